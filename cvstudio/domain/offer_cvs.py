"""A CV made for an offer in the background: from a link, a PDF or a job's title, of one's career or of a CV one has.

The filename is promised when the work is asked for. Reading a link, choosing lines and fitting them to the pages is the
worker's; the offer and the CV are saved together, once.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from sqlmodel import Session

from cvstudio import db, jobs, render
from cvstudio.clients import web
from cvstudio.document import Document
from cvstudio.domain import (
    background,
    charges,
    cvs,
    engines,
    lines,
    offers,
    owners,
    photos,
    profiles,
    rendering,
    tailored,
    widgets,
)
from cvstudio.domain.lines import Lines
from cvstudio.models import Cv, CvGeneration, Job, Json
from cvstudio.render import themes
from cvstudio.tailoring import offer as reading
from cvstudio.tailoring.assemble import Choice
from cvstudio.tailoring.fit import Fitted
from cvstudio.tailoring.profile import Profile, profile
from cvstudio.tailoring.tailor import Tailored, tailor

KIND, KIND_BY_TITLE = "generate_cv", "generate_cv_from_job_title"
GENERATOR = "background"
SOURCE_BY_TITLE = "title"  # of a CV that was made for a trade
TEMPLATE = "modern"  # of a CV that is made of no other


@dataclass(frozen=True)
class Asked:
    job: Job
    filename: str


def check(session: Session, owner_id: str, base: str | None) -> None:
    """Raises what start() would, and counts nothing: for whoever has to read the offer first."""
    _base(session, owner_id, base)
    charges.check(session, owner_id, widgets.FEATURE)


def start(
    session: Session, owner_id: str, wanted: str | offers.Read, base: str | None = None, device: str = ""
) -> Asked:
    """`wanted` is a link, or an offer that was read; `base` the filename of the CV to make it of, else one's career.

    Raises LinkNotAllowed, CvNotFound, ProfileMissing, ProfileIncomplete, InsufficientCredits, RateLimited.
    """
    if isinstance(wanted, str) and not (wanted.lower().startswith(("http://", "https://")) and _host(wanted)):
        raise web.LinkNotAllowed("only http and https")
    origin = _base(session, owner_id, base)
    price = _admit(session, owner_id)
    payload: Json = {"base": origin.id if origin else None}
    if isinstance(wanted, str):
        return _ask(session, owner_id, KIND, payload | {"url": wanted}, name_of_link(wanted), device, price)
    kind = KIND_BY_TITLE if wanted.analysis.source == "title" else KIND
    payload |= {"offer": offers.keep(session, owner_id, wanted).id}
    return _ask(session, owner_id, kind, payload, wanted.analysis.title, device, price)


def again(session: Session, owner_id: str, task_id: str) -> Asked:
    """The same once more, for a task that failed or was cancelled; it is put away.

    Raises TaskNotFound for another one, OfferNotFound, and what start() does.
    """
    task = background.get_owned(session, owner_id, task_id)
    if not can_be_tried_again(task):
        raise background.TaskNotFound
    given = task.job.payload
    _base(session, owner_id, cvs.get_owned(session, owner_id, given["base"]).filename if given["base"] else None)
    price = _admit(session, owner_id)
    if "offer" in given:
        offers.get_owned(session, owner_id, given["offer"])
    source: Json = {name: given[name] for name in ("base", "url", "offer") if name in given}
    background.remove(session, owner_id, task_id)
    return _ask(session, owner_id, task.job.kind, source, task.about.title, task.about.device, price)


def can_be_tried_again(task: background.Task) -> bool:
    return task.job.kind in (KIND, KIND_BY_TITLE) and task.job.status == "failed"


def _admit(session: Session, owner_id: str) -> int:
    price = charges.admit(session, owner_id, widgets.FEATURE)
    offers.admit(session, owner_id)
    return price


def _ask(session: Session, owner_id: str, kind: str, payload: Json, title: str, device: str, price: int) -> Asked:
    filename = cvs.promise(session, owner_id, title)
    job = charges.enqueue(session, kind, owner_id, payload | {"filename": filename}, widgets.FEATURE, price)
    background.track(session, job, title=title, filename=filename, device=device)
    return Asked(job, filename)


def generate(ctx: jobs.Context) -> Json:
    """The handler of both kinds. Raises what reading an offer and writing lines may."""
    with db.session(write=False) as session:
        if background.is_made(session, ctx.job_id):
            return _result(session, ctx)
    ctx.progress(10, "read")
    read, offer_id = _offer(ctx)
    ctx.progress(40, "select")
    career, original = _career(ctx)
    told = tailor(career, read.analysis, engines.engine_for(widgets.FEATURE, ctx.owner_id), description=read.text)
    if not told.envelope.widgets:
        raise widgets.NothingMade
    ctx.progress(60, "fit")
    made, choice, fitted = _fitted(ctx.owner_id, career, told, original)
    ctx.progress(90, "store")
    with ctx.session(lambda session: owners.lock(session, ctx.owner_id)) as session:
        if ctx.once(session, background.MADE):
            details = made.metadata(choice) | {"generator_type": GENERATOR, "pages": fitted.pages, "fits": fitted.fits}
            _save(session, ctx, read, offer_id, fitted, details)
        return _result(session, ctx)


def name_of_link(url: str) -> str:
    """What to call it until it is read: the last words of its address, else the site."""
    last = unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]).rpartition(".")
    words = " ".join(cvs.slug(last[0] or last[2]).split("-"))
    return words if any(word.isalpha() and len(word) > 2 for word in words.split()) else _host(url)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _base(session: Session, owner_id: str, filename: str | None) -> Cv | None:
    """The CV to make it of; None when the career is there and good enough."""
    if filename is not None:
        return cvs.by_filename(session, owner_id, filename)
    stored = profiles.load(session, owner_id)
    if not stored.profile.facts:
        raise widgets.ProfileMissing
    if stored.completeness.score < widgets.LEAST_SCORE:
        raise widgets.ProfileIncomplete(score=stored.completeness.score, needed=widgets.LEAST_SCORE)
    return None


def _offer(ctx: jobs.Context) -> tuple[offers.Read, str | None]:
    """And its id, when it is kept already."""
    if url := ctx.payload.get("url"):
        return offers.read_link(url), None
    with db.session(write=False) as session:
        kept = offers.get_owned(session, ctx.owner_id, ctx.payload["offer"])
    return offers.Read(offers.analysis(kept), kept.text, kept.url), kept.id


def _career(ctx: jobs.Context) -> tuple[Profile, Document | None]:
    with db.session(write=False) as session:
        if ctx.payload["base"] is None:
            return profiles.load(session, ctx.owner_id).profile, None
        original = Document.load(cvs.get_owned(session, ctx.owner_id, ctx.payload["base"]).document)
    return profile(tailored.without_hidden(original)), original


def _fitted(owner_id: str, career: Profile, told: Tailored, original: Document | None) -> tuple[Lines, Choice, Fitted]:
    """Prints until it takes no more pages than its template is at its best in: the original's, with its design."""
    theme = themes.of(original) if original else themes.get(TEMPLATE)
    made = Lines(career, told.envelope, lines.as_in(original) if original else lines.in_template(theme))
    choice = Choice(min_score=told.optimal_min_score, include_photo=True)
    with db.session(write=False) as session:
        photo = photos.data_uri(session, owner_id, made.document(choice))

    def pages(document: Document) -> int:
        return rendering.page_count(rendering.printed(render.html(document, photo_src=photo), document))

    return made, choice, made.fit(theme.pages, pages, choice)


def _save(
    session: Session, ctx: jobs.Context, read: offers.Read, offer_id: str | None, fitted: Fitted, details: Json
) -> None:
    offer: reading.Offer = read.analysis
    by_title = offer.source == "title"
    lines.save(
        session,
        ctx.owner_id,
        Document.load(fitted.document.dump()),  # what cannot be read back is not written
        title=" – ".join(filter(None, (offer.title, offer.company))),
        offer_id=offer_id or offers.keep(session, ctx.owner_id, read).id,
        value=offer.title if by_title else read.url,
        origin_id=ctx.payload["base"],
        details=details,
        room=lines.room_made(fitted.removed, fitted.shortened),
        source=SOURCE_BY_TITLE if by_title else lines.SOURCE,
        promised=ctx.payload["filename"],
    )


def _result(session: Session, ctx: jobs.Context) -> Json:
    cv = cvs.by_filename(session, ctx.owner_id, ctx.payload["filename"])
    made = session.get_one(CvGeneration, cv.id)
    return {
        "filename": cv.filename,
        "cv_id": cv.id,
        "title": cv.title,
        "offer_id": made.offer_id,
        "pages": made.details["pages"],
        "fits": made.details["fits"],
    }
