"""A CV's lines, better said: a job proposes them one by one, and each is taken over only if the person says so."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from sqlmodel import Session, col, select

from cvstudio import db, jobs
from cvstudio.document import CUSTOM, Document
from cvstudio.domain import background, charges, cvs, engines, owned, versions, widgets
from cvstudio.errors import Conflict, InvalidInput, NotFound
from cvstudio.language import Language
from cvstudio.models import Cv, Job, Json
from cvstudio.tailoring import words
from cvstudio.tailoring.improve import SECTIONS, Proposal, accept, improve

KIND = "improve_cv"
FEATURE = "improve"  # what a model's cost is summed under
# What the interface and the specifications call sections → the document's names.
NAMES = {"summary": "basics", "experience": "work", "experiences": "work", "header": "basics", "extras": "custom"}
KNOWN = ("basics", *SECTIONS, "custom")


class ProposalNotFound(NotFound):
    code: ClassVar[str] = "PROPOSAL_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette proposition n’existe pas.",
        "en": "There is no such proposal.",
    }


class ProposalStale(Conflict):
    code: ClassVar[str] = "PROPOSAL_STALE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette ligne a changé depuis la proposition. Demandez-en une nouvelle.",
        "en": "This line has changed since the proposal. Ask for a new one.",
    }


class NotImproved(Conflict):
    code: ClassVar[str] = "IMPROVEMENT_NOT_READY"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Les propositions ne sont pas encore prêtes. Réessayez dans un instant.",
        "en": "The proposals are not ready yet. Try again in a moment.",
    }


@dataclass(frozen=True)
class Undecided:
    told: Json  # one of the result's `proposals`
    late: bool  # its line reads otherwise by now

    @property
    def proposal(self) -> Proposal:
        return _proposal(self.told)


def price(session: Session, owner_id: str) -> int:
    """In credits, were it asked for now. Raises InsufficientCredits, RateLimited."""
    return charges.check(session, owner_id, widgets.FEATURE)


def only_tidies() -> bool:
    """Whether there is no language model to word anything."""
    return engines.status().model is None


def start(session: Session, owner_id: str, cv: Cv, sections: list[str] | None = None, device: str = "") -> Job:
    """Without `sections`, all of them. Raises InvalidInput, InsufficientCredits, RateLimited."""
    wanted = sorted({NAMES.get(name, name) for name in sections or KNOWN})
    if unknown := [name for name in wanted if name not in KNOWN]:
        raise InvalidInput("no such section", fields={"sections": [name[:40] for name in unknown]})
    price = charges.admit(session, owner_id, widgets.FEATURE)
    payload: Json = {"cv": cv.id, "sections": wanted}
    job = charges.enqueue(session, KIND, owner_id, payload, widgets.FEATURE, price)
    job.cv_id = cv.id
    session.add(job)
    background.track(session, job, title=cv.title, device=device)
    return job


def propose(ctx: jobs.Context) -> Json:
    """The handler."""
    ctx.progress(10, "read")
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, ctx.owner_id, ctx.payload["cv"])
    document = Document.load(cv.document)
    ctx.progress(40, "write")
    found = improve(document, engines.engine_for(FEATURE, ctx.owner_id))
    proposals = [_told(document, one) for one in found.proposals]
    return {
        "filename": cv.filename,
        "cv_id": cv.id,
        "revision": cv.revision,
        "model": found.model,
        "refused": len(found.refused),
        "proposals": [one for one in proposals if one["section"].partition(":")[0] in ctx.payload["sections"]],
    }


def take(session: Session, owner_id: str, task_id: str, proposal_id: str) -> Cv:
    """One proposal becomes the CV's line; doing so again changes nothing.

    Raises TaskNotFound, NotImproved, ProposalNotFound, CvNotFound, ProposalStale, StaleRevision.
    """
    job = get_owned(session, owner_id, task_id)
    if job.status != "done":
        raise NotImproved
    told = next((one for one in job.result["proposals"] if one["id"] == proposal_id), None)
    if told is None:
        raise ProposalNotFound
    cv = cvs.get_owned(session, owner_id, job.result["cv_id"])
    document = Document.load(cv.document)
    proposal = _proposal(told)
    made, late = accept(document, [proposal])
    if late:
        if accept(document, [_undone(proposal)])[1]:
            raise ProposalStale
        return cv
    saved = cvs.save(session, owner_id, cv.id, made, expected_revision=cv.revision, checkpoint=versions.AI)
    decide(session, owner_id, task_id, accepted=[proposal_id])
    return saved


def latest(session: Session, owner_id: str, cv_id: str) -> Job | None:
    """The newest improvement of this CV that is under way or done."""
    wanted = select(Job).where(Job.owner_id == owner_id, Job.cv_id == cv_id, Job.kind == KIND, Job.status != "failed")
    return session.exec(wanted.order_by(col(Job.created_at).desc(), Job.id).limit(1)).first()


def get_owned(session: Session, owner_id: str, task_id: str) -> Job:
    """Raises TaskNotFound."""
    job = owned.get(session, Job, owner_id, task_id, background.TaskNotFound)
    if job.kind != KIND:
        raise background.TaskNotFound
    return job


def undecided(job: Job, document: Document) -> list[Undecided]:
    """What is left to decide of a job that is done, in its order. `document` is the CV as the person sees it now.

    What was accepted and undone again is left to decide once more.
    """
    told = {one["id"]: one for one in job.result["proposals"]}
    open_ones = [_proposal(one) for name, one in told.items() if name not in job.result.get("declined", ())]
    other = accept(document, open_ones)[1]  # their lines are not what they were
    changed = {one.path for one in accept(document, [_undone(one) for one in other])[1]}
    changed -= set(job.result.get("accepted", ()))  # rewritten by the person afterwards
    there = {one.path for one in open_ones} - {one.path for one in other}
    return [Undecided(one, name in changed) for name, one in told.items() if name in there | changed]


def decide(
    session: Session, owner_id: str, task_id: str, *, accepted: Collection[str] = (), declined: Collection[str] = ()
) -> Job:
    """Keeps what the person said to proposals of a job that is done, so that nobody asks again.

    Raises TaskNotFound, NotImproved.
    """
    job = owned.get(session, Job, owner_id, task_id, background.TaskNotFound, lock=True)
    if job.kind != KIND:
        raise background.TaskNotFound
    if job.status != "done":
        raise NotImproved
    known = {one["id"] for one in job.result["proposals"]}
    said = {"accepted": accepted, "declined": declined}
    job.result = job.result | {name: sorted({*job.result.get(name, ()), *ids} & known) for name, ids in said.items()}
    session.add(job)
    session.flush()
    return job


def failure(job: Job, language: Language) -> str | None:
    """Why it failed, for its owner; None unless it did."""
    return jobs.failure(job, language)


def _proposal(told: Json) -> Proposal:
    return Proposal(path=told["id"], before=told["before"], after=told["after"])


def _undone(proposal: Proposal) -> Proposal:
    """For looking whether a line reads as proposed."""
    return proposal.model_copy(update={"before": proposal.after})


def _told(document: Document, proposal: Proposal) -> Json:
    """`why`: "tidied" when the words are the same, else "reworded"; `facts`: the CV's own words that it rests on."""
    section, _, rest = proposal.path.partition("/")
    item = rest.partition("/")[0] if section != "basics" else ""
    same = words.tokens(proposal.before) == words.tokens(proposal.after)
    return {
        "id": proposal.path,
        "section": section,
        "item": item,
        "before": proposal.before,
        "after": proposal.after,
        "why": "tidied" if same else "reworded",
        "facts": [*_above(document, section, item), proposal.before],
    }


def _above(document: Document, section: str, item_id: str) -> list[str]:
    """What stands over the line: "Chef de partie – Le Comptoir"."""
    if section not in SECTIONS and not section.startswith(CUSTOM):
        return []
    item = next((one for one in document.section(section) if one.id == item_id), None)
    fields = ("position", "study_type", "area", "name", "organization", "institution", "entity")
    named = " – ".join(dict.fromkeys(str(value) for field in fields if (value := getattr(item, field, ""))))
    return [named] if named else []
