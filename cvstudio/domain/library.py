"""A person's CVs as a list, with what is known beside them: the last match score, the offer, work under way."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from cvstudio.domain import matching
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, CvGeneration, Job, Offer, metadata

IMPROVE = "improve_cv"  # the kind of the jobs that rewrite a CV
MOST = 5_000  # in one answer
IDLE = "idle"


@dataclass(frozen=True)
class Listed:
    """A CV without its document."""

    id: str
    filename: str
    title: str
    template: str
    language: str
    source: str
    source_value: str
    origin_id: str | None
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime
    score: int | None = None  # the newest match score
    optimising: str = IDLE  # or the status of the newest job that rewrites it


_CV = metadata.tables["cv"].c
_COLUMNS = [_CV[name] for name in Listed.__annotations__ if name in _CV]


def page(session: Session, owner_id: str, limit: int = MOST, cursor: str = "") -> tuple[list[Listed], str]:
    """The last changed first, without those in the trash; and where the next page begins, blank at the end.

    Raises InvalidInput for a cursor that is not ours.
    """
    mine = select(*_COLUMNS).where(_CV.owner_id == owner_id, _CV.deleted_at.is_(None))
    if cursor:
        moment, cv_id = _position(cursor)
        mine = mine.where(or_(_CV.updated_at < moment, and_(_CV.updated_at == moment, _CV.id > cv_id)))
    found = session.connection().execute(mine.order_by(_CV.updated_at.desc(), _CV.id).limit(limit + 1)).all()
    rows, more = found[:limit], found[limit:]
    known = beside(session, owner_id, [row.id for row in rows])
    listed = [Listed(**row._mapping, **known.get(row.id, {})) for row in rows]
    return listed, _cursor(listed[-1]) if more else ""


def described(session: Session, cv: Cv) -> Listed:
    """One CV, the same way."""
    values = {name: getattr(cv, name) for name in Listed.__annotations__ if hasattr(cv, name)}
    return Listed(**values, **beside(session, cv.owner_id, [cv.id]).get(cv.id, {}))


def beside(session: Session, owner_id: str, cv_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest score, and the status of the newest improvement, of each."""
    found: dict[str, dict[str, Any]] = {}
    score = col(Job.result)["score"].as_integer().label("score")
    jobs = select(col(Job.cv_id), col(Job.kind), col(Job.status), score).where(
        col(Job.owner_id) == owner_id, col(Job.kind).in_((matching.KIND, IMPROVE)), col(Job.cv_id).is_not(None)
    )
    if len(cv_ids) < 500:
        jobs = jobs.where(col(Job.cv_id).in_(cv_ids))
    for row in session.connection().execute(jobs.order_by(col(Job.created_at))):
        known = found.setdefault(str(row.cv_id), {})
        if row.kind == IMPROVE:
            known["optimising"] = row.status
        elif row.status == "done":
            known["score"] = row.score
    return found


def offer_of(session: Session, cv: Cv) -> Offer | None:
    """The offer that it was made for, while that is kept."""
    made = session.get(CvGeneration, cv.id)
    offer = session.get(Offer, made.offer_id) if made and made.offer_id else None
    return offer if offer and offer.owner_id == cv.owner_id else None


def _cursor(last: Listed) -> str:
    return base64.urlsafe_b64encode(f"{last.updated_at.isoformat()} {last.id}".encode()).decode()


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        moment, _, cv_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        found = datetime.fromisoformat(moment)
    except (ValueError, binascii.Error):
        found, cv_id = None, ""
    if found is None or found.tzinfo is None:
        raise InvalidInput("bad cursor", fields={"cursor": ["not one of ours"]})
    return found, cv_id
