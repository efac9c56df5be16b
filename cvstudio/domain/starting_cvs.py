"""CVs to start from, made in the background: what was read in a PDF, or a sample in the person's own name."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Session

from cvstudio import db, jobs
from cvstudio.document import Document, samples
from cvstudio.document.model import clean
from cvstudio.domain import background, charges, cvs, imports, owners, profiles, rate
from cvstudio.domain.offer_cvs import Asked
from cvstudio.domain.rate import Limit
from cvstudio.errors import StudioError
from cvstudio.importers import Imported
from cvstudio.language import Language
from cvstudio.models import Json, User

IMPORT, TEMPLATE = "import_pdf", "create_template_cv"
FEATURE = "pdf_import"
SAMPLES = Limit(20, 3600)
SAMPLE_TITLES: dict[Language, str] = {"fr": "CV à compléter", "en": "CV to complete"}


class NotAPdf(StudioError):
    code: ClassVar[str] = "IMPORT_NOT_A_PDF"
    status: ClassVar[int] = 415
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier n’est pas un PDF. Les autres formats s’importent sur la page de rédaction.",
        "en": "This file is not a PDF. Other formats are imported on the writing page.",
    }


def check_import(session: Session, owner_id: str) -> None:
    """Raises what start_import() would, and counts nothing."""
    charges.check(session, owner_id, FEATURE)


def read(owner_id: str, address: str, data: bytes, name: str) -> Imported:
    """In a process of its own, with no session open. Raises NotAPdf, and what imports.read does."""
    if not data.startswith(b"%PDF-"):
        raise NotAPdf
    return imports.read(owner_id, address, data, name)


def start_import(
    session: Session, owner_id: str, imported: Imported, name: str, device: str = "", *, began: datetime
) -> Asked:
    """`began` is when the file came: reading it is part of how long an import takes.

    Raises NothingTaken, InsufficientCredits, RateLimited.
    """
    document = imports.taken(imported, {})
    document.studio.language = imported.document.studio.language
    price = charges.admit(session, owner_id, FEATURE)
    title = clean(name).rpartition(".")[0] or document.basics.name
    filename = cvs.promise(session, owner_id, title)
    payload: Json = {"document": document.dump(), "filename": filename, "name": clean(name)[:200]}
    job = charges.enqueue(session, IMPORT, owner_id, payload, FEATURE, price)
    job.created_at = began
    session.add(job)
    background.track(session, job, title=title, filename=filename, device=device)
    return Asked(job, filename)


def start_sample(session: Session, owner_id: str, language: Language, device: str = "") -> Asked:
    """Raises RateLimited."""
    owners.lock(session, owner_id)
    rate.hit(session, "sample", owner_id, SAMPLES)
    title = SAMPLE_TITLES[language]
    filename = cvs.promise(session, owner_id, title)
    job = jobs.enqueue(session, TEMPLATE, owner_id, {"language": language, "filename": filename})
    background.track(session, job, title=title, filename=filename, device=device)
    return Asked(job, filename)


def keep_imported(ctx: jobs.Context) -> Json:
    """The handler of an import."""
    return _keep(ctx, Document.load(ctx.payload["document"]), "import", ctx.payload["name"])


def make_sample(ctx: jobs.Context) -> Json:
    """The handler of a sample: its lines show what to write; who it is about is the person."""
    document = samples.load(ctx.payload["language"])
    document.meta.studio.language = ctx.payload["language"]
    with db.session(write=False) as session:
        career = profiles.load(session, ctx.owner_id).profile
        user = session.get(User, ctx.owner_id)
    known = career.identity
    document.basics = known.model_copy(
        update={
            "name": known.name or (user.name if user else "") or "",
            "email": known.email or (user.email if user else ""),
            "label": known.label or document.basics.label,
            "summary": document.basics.summary,
        }
    )
    return _keep(ctx, document, "template", "")


def _keep(ctx: jobs.Context, document: Document, source: str, value: str) -> Json:
    filename = ctx.payload["filename"]
    with ctx.session(lambda session: owners.lock(session, ctx.owner_id)) as session:
        if ctx.once(session, background.MADE):
            cv = cvs.create(session, ctx.owner_id, document, source=source, source_value=value, promised=filename)
        else:
            cv = cvs.by_filename(session, ctx.owner_id, filename)
        return {"filename": cv.filename, "cv_id": cv.id, "title": cv.title}
