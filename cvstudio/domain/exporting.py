"""A CV's file while its caller waits: some sections of it or all, and a link that opens it for a day."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

from itsdangerous import BadSignature, TimestampSigner
from sqlmodel import Session

from cvstudio import db, render
from cvstudio.config import settings
from cvstudio.document import CUSTOM, Document
from cvstudio.document import model as m
from cvstudio.domain import billing, cvs, files, generation, photos, rendering
from cvstudio.domain.owned import SIGNED
from cvstudio.errors import InvalidInput, NotFound, StudioError
from cvstudio.language import Language
from cvstudio.models import Job
from cvstudio.render import themes

LINK_LIFE = timedelta(days=1)
# fitmycv's names of sections, and ours; those left are its extras.
SECTIONS = {
    "summary": ("summary",),
    "experience": ("work",),
    "education": ("education",),
    "skills": ("skills",),
    "languages": ("languages",),
    "projects": ("projects",),
}
HEADER, EXTRAS = "header", "extras"
PDF = "pdf"
MOST = 50  # CVs at once
# What needs no printing, from the document and its portrait.
WRITERS: dict[str, Callable[[Document, bytes | None], str | bytes]] = {
    "json": lambda document, photo: render.json_resume(photos.carried(document, photo)),
    "md": lambda document, photo: render.markdown(document),
    "txt": lambda document, photo: render.text(document),
    "docx": render.docx,
    "xml": lambda document, photo: render.europass(document),
}
LEFT_OUT: dict[Language, str] = {"fr": "Ce qui manque.txt", "en": "What is missing.txt"}
EXTRA_KEYS = tuple(key for key in m.SECTION_KEYS if not any(key in keys for keys in SECTIONS.values()))


class LinkExpired(NotFound):
    code: ClassVar[str] = "DOWNLOAD_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce lien de téléchargement n’est pas, ou plus, valable. Exportez le CV à nouveau.",
        "en": "This download link is not valid, or no longer. Export the CV again.",
    }


@dataclass(frozen=True)
class Exported:
    job: Job
    data: bytes
    watermark: bool


def export(owner_id: str, cv_id: str, sections: Mapping[str, bool] | None = None) -> Exported:
    """The PDF of the CV as it is now. Takes no session: none waits for the browser.

    Raises CvNotFound, QuotaReached, InsufficientCredits, RateLimited, BrowserUnavailable.
    """
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, owner_id, cv_id)
        generation.price(session, owner_id)
        document = chosen(Document.load(cv.document), sections or {})
        theme = themes.of(document)
        watermark = not billing.may_export_clean(session, owner_id, theme)
        photo = photos.data_uri(session, owner_id, document)
        html = render.html(document, photo_src=photo, watermark=watermark)
        key = rendering.file_key(html, rendering.renderer())
        stored = files.find(session, key)
    data = stored.read_bytes() if stored else rendering.printed(html, document)
    with db.session() as session:
        cv = cvs.get_owned(session, owner_id, cv_id)  # unless it went meanwhile
        files.put(session, key, data, generation.PDF)
        result = {"file": key, "pages": rendering.page_count(data), "bytes": len(data)}
        job = generation.record(session, cv, document, watermark, result)
    return Exported(job, data, watermark)


def writer(session: Session, owner_id: str, document: Document) -> Callable[[str], str | bytes]:
    """Of this CV in any of the formats that need no printing."""
    photo = photos.portrait(session, owner_id, document)
    return lambda format: WRITERS[format](document, photo)


def check(owner_id: str, cv_ids: Sequence[str], format: str) -> None:
    """Raises what many() would, as far as that is known before."""
    if not 0 < len(cv_ids) <= MOST or format not in (PDF, *WRITERS):
        raise InvalidInput("bad selection", fields={"ids": [f"1 to {MOST}"], "format": [", ".join((PDF, *WRITERS))]})
    with db.session(write=False) as session:
        for cv_id in cv_ids:
            cvs.get_owned(session, owner_id, cv_id)
        if format == PDF:
            generation.price(session, owner_id)


def many(owner_id: str, cv_ids: Sequence[str], format: str, language: Language) -> dict[str, str | bytes]:
    """Several CVs as files, by names that say what they are; a PDF counts as one each.

    Where the day's files run out midway, one more file says which are missing and why. Raises InvalidInput,
    CvNotFound, and for the first PDF what export() does.
    """
    cv_ids = list(dict.fromkeys(cv_ids))
    check(owner_id, cv_ids, format)
    made: dict[str, str | bytes] = {}
    for number, cv_id in enumerate(cv_ids):
        with db.session(write=False) as session:
            cv = cvs.get_owned(session, owner_id, cv_id)
            write = writer(session, owner_id, Document.load(cv.document))
        try:
            data = export(owner_id, cv_id).data if format == PDF else write(format)
        except StudioError as refused:
            if not made:
                raise
            made[LEFT_OUT[language]] = _missing(owner_id, cv_ids[number:], refused.message(language))
            break
        made[_free_name(cv.title, format, made)] = data
    return made


def _missing(owner_id: str, cv_ids: Sequence[str], why: str) -> str:
    with db.session(write=False) as session:
        titles = [cvs.get_owned(session, owner_id, cv_id).title for cv_id in cv_ids]
    return "\n".join((why, "", *(f"- {title}" for title in titles), ""))


def _free_name(title: str, extension: str, taken: Mapping[str, object]) -> str:
    """ "CV Marie Dupont – Soudeuse.pdf"; a second one of that title is "… (2).pdf"."""
    stem = generation.saved_name(title if title.casefold().startswith("cv") else f"CV {title}")
    numbers = itertools.chain([""], (f" ({number})" for number in itertools.count(2)))
    return next(name for number in numbers if (name := f"{stem}{number}.{extension}") not in taken)


def chosen(document: Document, sections: Mapping[str, bool]) -> Document:
    """A copy without the sections that are off; without its header it says neither who nor how to reach them."""
    made = document.model_copy(deep=True)
    off = {key for name, keys in SECTIONS.items() if not sections.get(name, True) for key in keys}
    if not sections.get(EXTRAS, True):
        off |= {*EXTRA_KEYS, *(CUSTOM + section.id for section in made.custom)}
    if off:
        every = made.section_settings(themes.of(made).order)
        for setting in every:
            setting.hidden = setting.hidden or setting.key in off
        made.studio.sections = every
    if not sections.get(HEADER, True):
        made.basics = m.Basics(summary=made.basics.summary)
    return made


def link(job: Job) -> str:
    """What opens the file for a day, to whoever has it."""
    return _signer().sign(job.id).decode()


def linked(session: Session, token: str) -> tuple[Path, str]:
    """(path, name to save it under). Raises LinkExpired."""
    try:
        job_id = _signer().unsign(token, max_age=int(LINK_LIFE.total_seconds())).decode() if _sound(token) else ""
    except BadSignature:
        raise LinkExpired from None
    job = session.get(Job, job_id) if job_id else None
    path = files.find(session, str(job.result["file"])) if job and job.status == "done" else None
    if job is None or path is None:
        raise LinkExpired
    return path, generation.filename(job)


def _sound(token: str) -> bool:
    return SIGNED.fullmatch(token) is not None


def _signer() -> TimestampSigner:
    return TimestampSigner(settings().secret_key, salt="cvstudio.download", digest_method=sha256)
