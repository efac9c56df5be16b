"""The content-addressed store: bytes on disk under the hash of everything that decides them.

A key is given once and for all; a file is complete or not there. Private: doors serve from here only after asking
the domain whose it is.
"""

import os
import tempfile
from hashlib import sha256
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from cvstudio.config import settings
from cvstudio.models import StoredFile

EXTENSIONS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "application/zip": ".zip"}


def key(*parts: str | bytes) -> str:
    """The hash of the parts, in order, each with its length: no two lists of parts share a key."""
    digest = sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def find(session: Session, file_key: str) -> Path | None:
    """Where the file lies; None when it is not there in full, and has to be made (again)."""
    row = session.get(StoredFile, file_key)
    if row is None:
        return None
    path = folder() / row.path
    try:
        return path if path.stat().st_size == row.size else None
    except FileNotFoundError:
        return None


def put(session: Session, file_key: str, data: bytes, media_type: str) -> Path:
    """Stores the bytes; doing so twice, or twice at once, is the same as once."""
    name = f"{file_key[:2]}/{file_key}{EXTENSIONS[media_type]}"
    _write(folder() / name, data)
    row = session.get(StoredFile, file_key)
    if row is None:
        row = StoredFile(sha256=file_key, path=name, size=len(data), media_type=media_type)
        try:
            with session.begin_nested():
                session.add(row)
            return folder() / name
        except IntegrityError:  # another process stored the same content meanwhile
            row = session.get_one(StoredFile, file_key)
    row.path, row.size, row.media_type = name, len(data), media_type
    session.add(row)
    return folder() / name


def remove(session: Session, file_key: str) -> None:
    """The bytes at once, whatever becomes of the transaction; the row with it."""
    row = session.get(StoredFile, file_key)
    if row is not None:
        (folder() / row.path).unlink(missing_ok=True)
        session.delete(row)


def folder() -> Path:
    return settings().data_dir / "files"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
