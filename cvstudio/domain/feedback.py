"""What people say of the service, and what administrators do with it."""

from typing import ClassVar, NamedTuple

from sqlmodel import Session, and_, col, func, or_, select

from cvstudio.document.model import clean
from cvstudio.domain import cvs, rate
from cvstudio.domain.owned import ID
from cvstudio.domain.rate import Limit
from cvstudio.errors import InvalidInput, NotFound
from cvstudio.models import Feedback, User

HOUR = 3600
FEEDBACK = Limit(10, HOUR)
VISITORS = Limit(100, HOUR)  # of all people without an account together: nothing else tells them apart for sure
RATINGS = (1, 2, 3, 4, 5)
MAX_COMMENT = 5_000
NEW, REVIEWED = STATUSES = ("new", "reviewed")
AT_ONCE = 50


class FeedbackNotFound(NotFound):
    code: ClassVar[str] = "FEEDBACK_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce retour n’existe pas, ou plus.",
        "en": "This feedback does not exist, or no longer.",
    }


class Said(NamedTuple):
    """As administrators see it."""

    feedback: Feedback
    email: str  # blank for a visitor
    name: str


def give(
    session: Session,
    owner_id: str,
    rating: int,
    comment: str,
    *,
    bug: bool = False,
    filename: str = "",
    visitor: bool = False,
) -> Feedback:
    """The owner's row must exist. Raises InvalidInput, CvNotFound for a CV that is not theirs, RateLimited."""
    if rating not in RATINGS:
        raise InvalidInput("no such rating", fields={"rating": ["from 1 to 5"]})
    if filename:
        cvs.by_filename(session, owner_id, filename)
    rate.hit(session, "feedback", owner_id, FEEDBACK)
    if visitor:
        rate.hit(session, "feedback", "visitors", VISITORS)
    given = Feedback(
        owner_id=owner_id, rating=rating, comment=clean(comment).strip(), is_bug_report=bug, cv_file=filename
    )
    session.add(given)
    session.flush()
    return given


def page(
    session: Session, *, status: str | None = None, bugs: bool = False, before: str | None = None, limit: int = AT_ONCE
) -> list[Said]:
    """The newest first, those after the one with the id `before`. Raises FeedbackNotFound when that has gone."""
    wanted = select(Feedback, User).join(User, col(User.id) == Feedback.owner_id, isouter=True)
    if status is not None:
        wanted = wanted.where(Feedback.status == status)
    if bugs:
        wanted = wanted.where(col(Feedback.is_bug_report))
    if before is not None:
        last = _get(session, before)
        earlier = col(Feedback.created_at) < last.created_at
        wanted = wanted.where(or_(earlier, and_(Feedback.created_at == last.created_at, col(Feedback.id) > last.id)))
    found = session.exec(wanted.order_by(col(Feedback.created_at).desc(), Feedback.id).limit(limit))
    return [Said(one, user.email if user else "", user.name if user else "") for one, user in found]


def counts(session: Session) -> dict[str, int]:
    """How many there are of each status."""
    found = dict(session.exec(select(Feedback.status, func.count()).group_by(Feedback.status)).all())
    return {status: found.get(status, 0) for status in STATUSES}


def review(session: Session, feedback_id: str, status: str) -> Feedback:
    """Says that it was read, or is to be read again. Raises FeedbackNotFound, InvalidInput."""
    if status not in STATUSES:
        raise InvalidInput("no such status", fields={"status": [f"must be one of: {', '.join(STATUSES)}"]})
    found = _get(session, feedback_id)
    found.status = status
    session.add(found)
    return found


def remove(session: Session, feedback_id: str) -> None:
    """For good. Raises FeedbackNotFound."""
    session.delete(_get(session, feedback_id))


def _get(session: Session, feedback_id: str) -> Feedback:
    found = session.get(Feedback, feedback_id) if ID.fullmatch(feedback_id) else None
    if found is None:
        raise FeedbackNotFound
    return found
