"""The one door to anything that belongs to somebody."""

import re
from typing import TypeVar

from sqlmodel import Session

from cvstudio.errors import NotFound
from cvstudio.models import Cv, Job, KeptLink, Offer, Photo

Owned = TypeVar("Owned", Cv, Job, KeptLink, Offer, Photo)

ID = re.compile(r"[A-Za-z0-9]{1,64}")
SIGNED = re.compile(r"[A-Za-z0-9._-]{1,200}")  # base64 decoders overlook other letters: signed texts have none


def get(
    session: Session, kind: type[Owned], owner_id: str, object_id: str, missing: type[NotFound], *, lock: bool = False
) -> Owned:
    """The object, if it is this owner's. Raises `missing` alike for what is not there and what is another's.

    With `lock` nobody else changes it before this transaction ends.
    """
    if ID.fullmatch(object_id):
        found = session.get(kind, object_id, with_for_update=lock or None, populate_existing=lock)
        if found is not None and found.owner_id == owner_id:
            return found
    raise missing
