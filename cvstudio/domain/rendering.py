"""What the worker does for a file: the page, the print, the store; with a browser that stays warm."""

import os
import threading
from functools import cache
from pathlib import Path
from typing import ClassVar

import httpx2
import pypdfium2
import structlog
from sqlmodel import Session

from cvstudio import db, jobs, render
from cvstudio.config import settings
from cvstudio.document import Document
from cvstudio.domain import files, generation, internal, wording
from cvstudio.errors import InvalidInput
from cvstudio.models import Job, Json
from cvstudio.render import browser_setup, fonts, pdf
from cvstudio.render.chromium import BrowserUnavailable, Chromium, fingerprint

REMOTE_SECONDS = 30.0  # for one exchange with the web process
PNG_SCALE = 2.0  # 144 pixels per inch

log = structlog.get_logger(__name__)


class InvalidPdf(InvalidInput):
    code: ClassVar[str] = "INVALID_PDF"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ceci n’est pas un fichier PDF complet.",
        "en": "This is not a complete PDF file.",
    }


# PDFium is not made for threads: whoever reads a PDF in this process holds it.
PDFIUM = threading.Lock()


def render_pdf(ctx: jobs.Context) -> Json:
    """The handler of a generation; its result is {file: key in the store, pages, bytes}."""
    wording.reword(ctx)
    ctx.progress(10, "compose")
    if settings().worker_mode == "remote":
        return _render_remotely(ctx)
    with db.session(write=False) as session:
        html = generation.page(session, ctx.job)
        key = file_key(html, renderer())
        stored = files.find(session, key)
    if stored:
        return _result(key, stored.read_bytes())
    ctx.progress(30, "print")
    data = printed(html, generation.snapshot(ctx.job))
    ctx.progress(90, "store")
    result = _result(key, data)
    with ctx.session() as session:
        files.put(session, key, data, generation.PDF)
        # From here on the job says which file is its owner's: who erases one finds the other.
        session.get_one(Job, ctx.job_id).result = result
    return result


def keep(session: Session, job: Job, data: bytes, renderer_name: str) -> Json:
    """Stores what a remote worker printed from this job's page; the job's result. Raises InvalidPdf."""
    key = file_key(generation.page(session, job), renderer_name)
    if session.get(Job, job.id, with_for_update=True, populate_existing=True) is None:
        raise generation.JobNotFound  # erased with its owner meanwhile
    try:
        result = _result(key, data)
    except pypdfium2.PdfiumError:
        raise InvalidPdf from None
    files.put(session, key, data, generation.PDF)
    job.result = result
    session.add(job)
    return result


def printed(html: str, document: Document) -> bytes:
    return chromium().pdf(
        html, title=render.title(document), author=document.basics.name, lang=document.studio.language
    )


def pictures(data: bytes, scale: float = PNG_SCALE) -> list[bytes]:
    """Every page of a PDF as PNG."""
    with PDFIUM:
        return pdf.png(data, scale=scale)


def first_page(data: bytes, scale: float) -> bytes:
    """Of a PDF, as PNG."""
    with PDFIUM:
        return pdf.png(data, scale=scale, most=1)[0]


def file_key(html: str, renderer_name: str) -> str:
    """Where the print of this page by this renderer is stored."""
    return files.key("pdf", html, renderer_name)


@cache
def executable() -> Path:
    """The browser's program. Raises BrowserUnavailable; what the operator can do about it is logged."""
    try:
        return browser_setup.find(settings().chromium_path, settings().data_dir)
    except (browser_setup.ChromiumMissing, browser_setup.ChromiumPathWrong) as error:
        log.error("chromium.unusable", reason=error.detail)
        raise BrowserUnavailable from error


@cache
def chromium() -> Chromium:
    """The browser of this process; started by the first print."""
    chosen = settings()
    return Chromium(
        executable(),
        fontconfig=fonts.write_config(chosen.data_dir / "fonts"),
        temp=chosen.data_dir / "tmp",
        pages=chosen.worker_threads,
    )


@cache
def renderer() -> str:
    """Names what, besides the page, decides a file's bytes."""
    return fingerprint(chromium().version, fonts.fingerprint())


def warm() -> None:
    """So that the first person does not wait for the browser."""
    chromium().warm()
    renderer()


def close() -> None:
    """End the browser, if one was started."""
    if chromium.cache_info().currsize:
        chromium().close()
    _forget()


def _forget() -> None:
    executable.cache_clear()
    chromium.cache_clear()
    renderer.cache_clear()


def _render_remotely(ctx: jobs.Context) -> Json:
    """Without a shared disk: the page comes from the web process, and the file goes there."""
    with httpx2.Client(base_url=settings().internal_url, timeout=REMOTE_SECONDS) as web:
        query = {"jobId": ctx.job_id, "token": internal.token(ctx.job_id, "render")}
        html = web.get("/internal/cv-render", params=query).raise_for_status().text
        ctx.progress(30, "print")
        data = printed(html, generation.snapshot(ctx.job))
        ctx.progress(90, "store")
        query = {
            "jobId": ctx.job_id,
            "token": internal.token(ctx.job_id, "store"),
            "renderer": renderer(),
        }
        sent = web.post(
            "/internal/cv-store", params=query, content=data, headers={"Content-Type": generation.PDF}
        ).raise_for_status()
    result: Json = sent.json()
    return {name: result[name] for name in ("file", "pages", "bytes")}


def page_count(data: bytes) -> int:
    with PDFIUM:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        document.close()
    return pages


def _result(key: str, data: bytes) -> Json:
    return {"file": key, "pages": page_count(data), "bytes": len(data)}


# A forked child must not drive the parent's browser.
os.register_at_fork(after_in_child=_forget)
