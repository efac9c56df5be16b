"""True pictures of CVs: page one as it prints, drawn by a worker once somebody looks at the list.

A CV's row says which picture it has and of which revision. The file is stored under the hash of the page: what looks
alike is drawn once.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from cvstudio import db, jobs, render
from cvstudio.config import settings
from cvstudio.document import Document
from cvstudio.domain import cvs, files, owned, owners, photos, rendering, thumbnails
from cvstudio.domain.library import Listed
from cvstudio.errors import NotFound, Unavailable
from cvstudio.models import Cv, Job, Json, Share, utcnow

KIND = "draw_pictures"
SCALE = 0.5  # an A4 page becomes 298 pixels wide: too few to pass for the document
AT_ONCE = 60  # CVs of one job
PATIENCE = timedelta(minutes=10)  # after a job that failed

log = structlog.get_logger(__name__)


class PictureNotFound(NotFound):
    code: ClassVar[str] = "PICTURE_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "L’image de ce CV n’est pas encore là.",
        "en": "The picture of this CV is not there yet.",
    }


def find(session: Session, owner_id: str, cv_id: str) -> Path:
    """Also of a CV in the trash. Raises CvNotFound, PictureNotFound."""
    cv = owned.get(session, Cv, owner_id, cv_id, cvs.CvNotFound)
    path = files.find(session, cv.picture) if cv.picture else None
    if path is None:
        raise PictureNotFound
    return path


def missing(listed: Sequence[Listed]) -> list[str]:
    """Ids of the CVs that have changed since their picture was drawn."""
    return [cv.id for cv in listed if cv.picture_of != cv.revision and cv.deleted_at is None]


def ask(session: Session, owner_id: str, cv_ids: Sequence[str]) -> Job | None:
    """Has them drawn; None while others of this owner are, or when that has failed a moment ago."""
    owners.lock(session, owner_id)
    wanted = select(Job).where(Job.owner_id == owner_id, Job.kind == KIND)
    last = session.exec(wanted.order_by(col(Job.created_at).desc()).limit(1)).first()
    if last and (last.status in ("queued", "running") or (last.status == "failed" and _recent(last))):
        return None
    return jobs.enqueue(session, KIND, owner_id, {"cvs": list(cv_ids)[:AT_ONCE]})


def draw(ctx: jobs.Context) -> Json:
    """The handler. A picture is there for its tab as soon as it is drawn."""
    if settings().worker_mode == "remote":
        raise Unavailable("the pictures of a remote worker would stay with it")
    wanted, drawn = ctx.payload["cvs"], 0
    for number, cv_id in enumerate(wanted, 1):
        with db.session(write=False) as session:
            cv = session.get(Cv, cv_id)
            if cv is None or cv.owner_id != ctx.owner_id or cv.deleted_at or cv.picture_of == cv.revision:
                continue
            document = Document.load(cv.document)
            html = render.html(document, photo_src=photos.data_uri(session, cv.owner_id, document))
            key = files.key("picture", str(SCALE), rendering.renderer(), html)
            there = files.find(session, key) is not None
        png = b"" if there else _drawn(html, document)
        with ctx.session() as session:
            if png:
                files.put(session, key, png, thumbnails.MEDIA_TYPE)
            _show(session, cv, key)
        drawn += 1
        ctx.progress(100 * number // len(wanted), "draw")
    return {"drawn": drawn}


def drop(session: Session, keys: set[str]) -> None:
    """Removes those that no CV and no link shows any more."""
    shown = session.exec(select(Cv.picture).where(col(Cv.picture).in_(keys))).all()
    linked = session.exec(select(Share.picture).where(col(Share.picture).in_(keys))).all()
    for key in keys.difference(shown, linked):
        files.remove(session, key)


def _show(session: Session, cv: Cv, key: str) -> None:
    """Unless the CV has changed meanwhile: then another picture will be asked for."""
    same = update(Cv).where(col(Cv.id) == cv.id, col(Cv.revision) == cv.revision)
    session.connection().execute(same.values(picture=key, picture_of=cv.revision))
    drop(session, {old for old in (cv.picture, key) if old})


def _drawn(html: str, document: Document) -> bytes:
    return thumbnails.small(rendering.first_page(rendering.printed(html, document), SCALE))


def _recent(job: Job) -> bool:
    return job.finished_at is not None and job.finished_at > utcnow() - PATIENCE
