"""A portrait inside a JSON Resume: its `basics.image` may hold the picture itself, as a data: URI (RFC 2397)."""

import base64
import binascii
import re
from typing import Any
from urllib.parse import unquote_to_bytes

EMBEDDED = re.compile(r"data:image/[a-z0-9.+-]{1,40}((?:;[^;,]{0,80}){0,4}),", re.IGNORECASE)


def embed(picture: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(picture).decode()}"


def take_out(resume: Any) -> bytes | None:
    """The picture that parsed JSON holds, which it then no longer does: as it came, nothing of it is verified.

    None when there is none; empty when it cannot be decoded.
    """
    basics = resume.get("basics") if isinstance(resume, dict) else None
    image = basics.get("image") if isinstance(basics, dict) else None
    if not isinstance(basics, dict) or not isinstance(image, str) or not (match := EMBEDDED.match(image.lstrip())):
        return None
    del basics["image"]
    written = image.lstrip()[match.end() :]
    if not match[1].casefold().endswith(";base64"):
        return unquote_to_bytes(written)
    try:
        letters = "".join(written.split())
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""
