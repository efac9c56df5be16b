"""A person's CVs as a list, with what is known beside them: the last match score, the offer, work under way."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, col

from cvstudio.document.model import clean
from cvstudio.domain import cvs, matching
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, CvGeneration, Job, Offer, metadata
from cvstudio.models.fields import storable

IMPROVE = "improve_cv"  # the kind of the jobs that rewrite a CV
MOST = 5_000  # in one answer
IDLE = "idle"
MAX_WORDS = 8  # of a search
CHANGED, TITLE, SCORE = SORTS = ("changed", "title", "score")


@dataclass(frozen=True)
class Wanted:
    """Which CVs, and in what order; blank means any."""

    words: str = ""  # each of them in the title, the person's name or their role
    language: str = ""
    source: str = ""
    template: str = ""
    sort: str = CHANGED  # the last first; "title"; "score": the best first
    trashed: bool = False  # those in the trash instead, the last put there first


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
    deleted_at: datetime | None
    picture: str
    picture_of: int
    score: int | None = None  # the newest match score
    origin_title: str | None = None  # of the CV it was made from, while that is there
    optimising: str = IDLE  # or the status of the newest job that rewrites it


ALL = Wanted()
_CVS = metadata.tables["cv"]
_CV = _CVS.c
_COLUMNS = [_CV[name] for name in Listed.__annotations__ if name in _CV]
_SCORE = col(Job.result)["score"].as_integer().label("score")


def page(
    session: Session, owner_id: str, limit: int = MOST, cursor: str = "", wanted: Wanted = ALL
) -> tuple[list[Listed], str]:
    """Those that are wanted, in their order; and where the next page begins, blank at the end.

    Raises InvalidInput for a cursor that is not ours.
    """
    key, descending = _ordered(wanted)
    mine = select(_CV.id, key.label("key")).where(*_conditions(owner_id, wanted))
    if cursor:
        value, cv_id = _position(cursor, wanted)
        mine = mine.where(or_(key < value if descending else key > value, and_(key == value, _CV.id > cv_id)))
    order = key.desc() if descending else key
    found = session.connection().execute(mine.order_by(order, _CV.id).limit(limit + 1)).all()
    places = {row.id: place for place, row in enumerate(found[:limit])}
    # Only now what is shown of them: a sort would carry it along for every CV.
    rows = session.connection().execute(select(*_COLUMNS).where(_CV.id.in_(places), _CV.owner_id == owner_id))
    shown = sorted(rows, key=lambda row: places[row.id])
    known = beside(session, owner_id, [row.id for row in shown])
    origins = _titles(session, owner_id, {row.origin_id for row in shown if row.origin_id})
    listed = [Listed(**row._mapping, **known.get(row.id, {}), origin_title=origins.get(row.origin_id)) for row in shown]
    return listed, _cursor(found[limit - 1]) if len(found) > limit else ""


def count(session: Session, owner_id: str, wanted: Wanted = ALL) -> int:
    mine = select(func.count()).select_from(_CVS).where(*_conditions(owner_id, wanted))
    return int(session.connection().execute(mine).scalar_one())


def _conditions(owner_id: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [_CV.owner_id == owner_id, _CV.deleted_at.is_not(None) if wanted.trashed else _CV.deleted_at.is_(None)]
    for name in ("language", "source", "template"):
        if value := getattr(wanted, name):
            found.append(_CV[name] == clean(value))
    words = cvs.folded(clean(wanted.words)).split()[:MAX_WORDS]
    return found + [_CV.search.contains(word, autoescape=True) for word in words]


def _ordered(wanted: Wanted) -> tuple[ColumnElement[Any], bool]:
    """(what they are sorted by, whether downwards)"""
    if wanted.trashed:
        return _CV.deleted_at, True
    if wanted.sort == TITLE:
        return _CV.search, False
    if wanted.sort == SCORE:
        newest = select(_SCORE).where(
            col(Job.cv_id) == _CV.id,
            col(Job.kind) == matching.KIND,
            col(Job.status) == "done",
        )
        latest = newest.order_by(col(Job.created_at).desc()).limit(1).correlate(_CVS).scalar_subquery()
        return func.coalesce(latest, -1), True
    return _CV.updated_at, True


def _titles(session: Session, owner_id: str, cv_ids: set[str]) -> dict[str, str]:
    """Of those that are not in the trash."""
    if not cv_ids:
        return {}
    there = select(_CV.id, _CV.title).where(_CV.id.in_(cv_ids), _CV.owner_id == owner_id, _CV.deleted_at.is_(None))
    return {row.id: row.title for row in session.connection().execute(there)}


def described(session: Session, cv: Cv) -> Listed:
    """One CV, the same way."""
    values = {name: getattr(cv, name) for name in Listed.__annotations__ if hasattr(cv, name)}
    return Listed(**values, **beside(session, cv.owner_id, [cv.id]).get(cv.id, {}))


def beside(session: Session, owner_id: str, cv_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest score, and the status of the newest improvement, of each."""
    found: dict[str, dict[str, Any]] = {}
    jobs = select(col(Job.cv_id), col(Job.kind), col(Job.status), _SCORE).where(
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


def _cursor(last: Any) -> str:
    key = last.key.isoformat() if isinstance(last.key, datetime) else last.key
    return base64.urlsafe_b64encode(json.dumps([key, last.id]).encode()).decode()


def _position(cursor: str, wanted: Wanted) -> tuple[Any, str]:
    """(what the last one was sorted by, its id)"""
    kind = datetime if wanted.trashed else {TITLE: str, SCORE: int}.get(wanted.sort, datetime)
    try:
        value, cv_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        key = datetime.fromisoformat(value) if kind is datetime else value
        if type(key) is kind and isinstance(cv_id, str) and storable([value, cv_id]) and _possible(key):
            return key, cv_id
    except (ValueError, TypeError, binascii.Error):
        pass
    raise InvalidInput("bad cursor", fields={"cursor": ["not one of ours"]})


def _possible(key: Any) -> bool:
    if isinstance(key, datetime):
        return key.tzinfo is not None
    return isinstance(key, str) or -1 <= key <= 100
