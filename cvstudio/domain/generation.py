"""From a CV to its file: who may ask, how often, what is asked, and where the result is."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

from sqlmodel import Session, col, select

from cvstudio import jobs, render
from cvstudio.document import Document, form_view
from cvstudio.document.form_view import CVFormData
from cvstudio.document.model import Language
from cvstudio.domain import billing, credits, cvs, files, owned, owners, photos, rate, tiers, wording
from cvstudio.domain.tiers import Tier
from cvstudio.errors import Conflict, Forbidden, NotFound
from cvstudio.models import Cv, Job, Json, utcnow
from cvstudio.render import themes
from cvstudio.tailoring.arrange import arranged

KIND = "render_pdf"
PDF = "application/pdf"

FEATURE = "pdf_export"  # what it is called where credits are spent
QUOTA_WINDOW = timedelta(days=1)  # of a tier's free files; failures do not count


class JobNotFound(NotFound):
    code: ClassVar[str] = "JOB_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette génération n’existe pas, ou plus.",
        "en": "This generation does not exist, or no longer.",
    }


class QuotaReached(Forbidden):
    """`limit` files in a day; `reset_at` (ISO 8601) is when the next may be made."""

    code: ClassVar[str] = "QUOTA_REACHED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Vous avez généré vos {limit} fichiers du jour. Votre CV est gardé ; revenez demain.",
        "en": "You have generated your {limit} files of the day. Your CV is kept; come back tomorrow.",
    }


class NotReady(Conflict):
    code: ClassVar[str] = "NOT_READY"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le fichier n’est pas encore prêt. Réessayez dans un instant.",
        "en": "The file is not ready yet. Try again in a moment.",
    }


class GenerationFailed(Conflict):
    code: ClassVar[str] = "GENERATION_FAILED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier n’a pas pu être généré. Votre CV est gardé ; lancez une nouvelle génération.",
        "en": "This file could not be generated. Your CV is kept; start a new generation.",
    }


def start(session: Session, owner_id: str, cv: Cv, *, notify: bool = False) -> Job:
    """Asks for the PDF of the CV as it is now; with `notify` an account gets a mail once it is there.

    Raises CvNotFound, QuotaReached, InsufficientCredits, RateLimited.
    """
    if cv.owner_id != owner_id:
        raise cvs.CvNotFound
    return _ask(session, cv, _admit(session, owner_id), notify)


def start_form(
    session: Session,
    owner_id: str,
    template_id: str,
    form: CVFormData,
    language: Language = "fr",
    *,
    notify: bool = False,
) -> Job:
    """The same for cv-instant-pro's form, which becomes a CV of its own. Raises TemplateNotFound, InvalidInput too."""
    theme = themes.get(template_id)
    document = arranged(form_view.new(form, template=theme.slug, language=language))
    document.studio.template_version = theme.version
    price = _admit(session, owner_id)
    return _ask(session, cvs.create(session, owner_id, document, source="api"), price, notify, reword=True)


def record(session: Session, cv: Cv, document: Document, watermark: bool, result: Json) -> Job:
    """A file that was printed at once, as a job that is done: counted and paid for like any. Raises what start() would.

    `result`: {file: key in the store, pages, bytes}.
    """
    cost = _admit(session, cv.owner_id)
    job = Job(
        kind=KIND,
        owner_id=cv.owner_id,
        cv_id=cv.id,
        status="done",
        progress=100,
        payload={"document": document.dump(), "watermark": watermark, "notify": False},
        result=result,
        finished_at=utcnow(),
    )
    session.add(job)
    session.flush()
    if cost:
        credits.debit(session, cv.owner_id, FEATURE, job.id, cost)
    return job


def price(session: Session, owner_id: str) -> int:
    """What the next file would cost, in credits; nothing is counted. Raises what start() would."""
    tier = tiers.of(session, owner_id)
    cost = _cost(session, owner_id, tier)
    rate.check(session, "generation", owner_id, tier.limit)
    return cost


def get_job(session: Session, owner_id: str, job_id: str) -> Job:
    """Raises JobNotFound."""
    job = owned.get(session, Job, owner_id, job_id, JobNotFound)
    if job.kind != KIND:
        raise JobNotFound  # other work of theirs, which makes no file
    return job


def latest_job(session: Session, owner_id: str, cv_id: str) -> Job | None:
    """The CV's newest generation, to show where it stands when a page is opened again."""
    wanted = select(Job).where(Job.owner_id == owner_id, Job.cv_id == cv_id, Job.kind == KIND)
    return session.exec(wanted.order_by(col(Job.created_at).desc()).limit(1)).first()


def file(session: Session, owner_id: str, job_id: str) -> tuple[Path, str] | None:
    """(path, name to save it under); None while it is not there. Raises JobNotFound, GenerationFailed.

    A file that was lost or cut short since is made again, from the CV as it was then.
    """
    job = get_job(session, owner_id, job_id)
    if job.status == "failed":
        raise GenerationFailed
    if job.status != "done":
        return None
    path = files.find(session, job.result["file"])
    if path is None:
        job.status, job.progress, job.finished_at = "queued", 0, None
        job.lease_until = utcnow()  # the reaper offers it at once
        session.add(job)
        return None
    return path, filename(job)


def failure(job: Job, language: Language) -> str | None:
    """Why it failed, for its owner; None unless it did."""
    return jobs.failure(job, language)


def filename(job: Job, extension: str = "pdf") -> str:
    """The name a person would save it under: "CV Marie Dupont.pdf"."""
    return named(str(job.payload["document"].get("basics", {}).get("name", "")), extension)


def named(person: str, extension: str) -> str:
    return f"{saved_name(f'CV {person}')}.{extension}"


def saved_name(text: str) -> str:
    """As the name of a file that every system takes."""
    kept = "".join(letter if letter.isprintable() else " " for letter in re.sub(r'[\\/:*?"<>|]', " ", text))
    return " ".join(kept.split())[:100].strip(" .")


def snapshot(job: Job) -> Document:
    """The CV as it was when the file was asked for."""
    return Document.load(job.payload["document"])


def printable(session: Session, owner_id: str, document: Document) -> str:
    """The page as it would be printed now, with a watermark unless the template is free or paid for."""
    clean = billing.may_export_clean(session, owner_id, themes.of(document))
    return render.html(document, photo_src=photos.data_uri(session, owner_id, document), watermark=not clean)


def page(session: Session, job: Job) -> str:
    """The HTML to print for a job: nothing outside of it is needed."""
    document = snapshot(job)
    photo = photos.data_uri(session, job.owner_id, document)
    return render.html(document, photo_src=photo, watermark=job.payload["watermark"])


def _ask(session: Session, cv: Cv, price: int, notify: bool, *, reword: bool = False) -> Job:
    theme = themes.of(Document.load(cv.document))
    payload: Json = {
        "document": cv.document,
        "watermark": not billing.may_export_clean(session, cv.owner_id, theme),
        "notify": notify,
        wording.ASKED: reword,
    }
    job = jobs.enqueue(session, KIND, cv.owner_id, payload, cv.id)
    credits.hold(session, cv.owner_id, FEATURE, job.id, price)
    return job


def _admit(session: Session, owner_id: str) -> int:
    """The price: quota or credits, then rate; exact, for the owner's requests pass here one at a time."""
    owners.lock(session, owner_id)
    tier = tiers.of(session, owner_id)
    cost = _cost(session, owner_id, tier)
    rate.hit(session, "generation", owner_id, tier.limit)
    return cost


def _cost(session: Session, owner_id: str, tier: Tier) -> int:
    """Nothing while the tier's free files last. Then an account pays; a visitor, who cannot, waits."""
    oldest = None if tier.free_files is None else _asked(session, owner_id, tier.free_files)
    if oldest is None:
        return 0
    if tier.name == tiers.ANONYMOUS.name:
        raise QuotaReached(limit=tier.free_files, reset_at=_iso(oldest + QUOTA_WINDOW))
    cost = credits.PRICES[FEATURE]
    credits.afford(session, owner_id, cost)
    return cost


def _asked(session: Session, owner_id: str, number: int) -> datetime | None:
    """When the `number`th file before now was asked for, if that lies within the window."""
    if number == 0:
        return utcnow()
    recent = select(Job.created_at).where(
        Job.owner_id == owner_id,
        Job.kind == KIND,
        Job.status != "failed",
        Job.created_at > utcnow() - QUOTA_WINDOW,
    )
    return session.exec(recent.order_by(col(Job.created_at).desc()).offset(number - 1).limit(1)).first()


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
