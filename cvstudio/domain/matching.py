"""How far a CV answers an offer: a job scores it, its result is the latest score there is."""

from typing import Any, ClassVar

from sqlmodel import Session, col, select

from cvstudio import db, jobs
from cvstudio.document import Document
from cvstudio.domain import background, cvs, offers, rate
from cvstudio.domain.rate import Limit
from cvstudio.errors import Conflict, InvalidInput, NotFound
from cvstudio.models import Cv, CvGeneration, Job, Json, utcnow
from cvstudio.tailoring.match import match
from cvstudio.tailoring.profile import profile

KIND = "match_score"
PER_HOUR = Limit(120, 3600)


class MatchNotFound(NotFound):
    code: ClassVar[str] = "MATCH_SCORE_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce CV n’a pas encore été comparé à une offre.",
        "en": "This CV has not been compared with an offer yet.",
    }


class MatchNotReady(Conflict):
    code: ClassVar[str] = "MATCH_SCORE_NOT_READY"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La comparaison est en cours. Réessayez dans un instant.",
        "en": "The comparison is under way. Try again in a moment.",
    }


def start(session: Session, owner_id: str, cv: Cv, offer_id: str | None, device: str = "") -> Job:
    """Asks for the score; without an offer, for the one that the CV was made for.

    Raises InvalidInput where there is none, OfferNotFound, RateLimited.
    """
    if offer_id is None:
        made = session.get(CvGeneration, cv.id)
        offer_id = made.offer_id if made else None
    if offer_id is None:
        raise InvalidInput("no offer to compare with", fields={"jobOfferId": ["required"]})
    offer = offers.get_owned(session, owner_id, offer_id)
    rate.hit(session, "match", owner_id, PER_HOUR)
    job = jobs.enqueue(session, KIND, owner_id, {"offer_id": offer.id}, cv.id)
    background.track(session, job, title=cv.title, device=device)
    return job


def score(ctx: jobs.Context) -> Json:
    """The handler; its result is what latest() gives."""
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, ctx.owner_id, ctx.job.cv_id or "")
        offer = offers.get_owned(session, ctx.owner_id, str(ctx.payload["offer_id"]))
    career = profile(Document.load(cv.document))
    found = match(career, offers.analysis(offer))
    lines = {fact.id: fact.text for fact in career.facts}

    def said(part: Any) -> Json:
        told: Json = part.model_dump(mode="json")
        return told | {"lines": [lines[fact_id] for fact_id in told.pop("facts")]}

    return {
        "offer_id": offer.id,
        "revision": cv.revision,
        "score": found.score,
        "breakdown": [said(part) for part in found.breakdown],
        "matching": [said(skill) for skill in found.matching],
        "missing": [said(skill) for skill in found.missing],
        "suggestions": [suggestion.model_dump(mode="json") for suggestion in found.suggestions],
        "scored_at": utcnow().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def latest(session: Session, cv: Cv) -> Json:
    """The newest score. Raises MatchNotFound, MatchNotReady."""
    asked = select(Job).where(Job.cv_id == cv.id, Job.owner_id == cv.owner_id, Job.kind == KIND)
    newest = session.exec(asked.where(Job.status != "failed").order_by(col(Job.created_at).desc()).limit(1)).first()
    if newest is None:
        raise MatchNotFound
    if newest.status != "done":
        raise MatchNotReady
    return newest.result
