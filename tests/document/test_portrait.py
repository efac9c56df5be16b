"""The picture that a JSON Resume may carry in itself."""

import base64
from typing import Any

import pytest

from cvstudio.document.portrait import embed, take_out

PICTURE = bytes(range(256))
LETTERS = base64.b64encode(PICTURE).decode()


def taken(image: Any) -> tuple[bytes | None, Any]:
    resume = {"basics": {"name": "Lou", "image": image}}
    return take_out(resume), resume["basics"].get("image")


@pytest.mark.parametrize(
    ("image", "picture"),
    [
        (embed(PICTURE, "image/jpeg"), PICTURE),
        (f"data:image/PNG;charset=utf-8;base64,{LETTERS}", PICTURE),
        (f" DATA:image/webp;Base64,{LETTERS[:100]}\n{LETTERS[100:]}", PICTURE),  # folded, as mails are
        (f"data:image/gif;base64,{LETTERS.rstrip('=')}", PICTURE),
        ("data:image/svg+xml,%3Csvg/%3E", b"<svg/>"),
        ("data:image/png;base64,not base64!", b""),
        ("data:image/png;base64,é", b""),
        ("data:image/png;base64,", b""),
    ],
)
def test_a_picture_is_taken_out_of_the_resume(image: str, picture: bytes):
    assert taken(image) == (picture, None)


@pytest.mark.parametrize(
    "image", ["", "https://example.org/me.jpg", "photo:Zr4TnW8sQe1VbK6m", "data:text/html,x", 3, None]
)
def test_what_is_no_picture_stays(image: Any):
    assert taken(image) == (None, image)


@pytest.mark.parametrize("resume", [None, [], "data:image/png;base64,", {}, {"basics": None}, {"basics": {}}])
def test_what_is_no_resume_is_left_alone(resume: Any):
    assert take_out(resume) is None
