"""What the worker does: each kind of job and the domain function that does it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from cvstudio import jobs
from cvstudio.config import settings
from cvstudio.domain import (
    generation,
    improving,
    mailing,
    matching,
    notices,
    offer_cvs,
    pictures,
    rendering,
    starting_cvs,
    thumbnails,
    translations,
)
from cvstudio.errors import StudioError

HANDLERS: dict[str, jobs.Handler] = {
    generation.KIND: rendering.render_pdf,
    mailing.KIND: mailing.deliver,
    matching.KIND: matching.score,
    offer_cvs.KIND: offer_cvs.generate,
    offer_cvs.KIND_BY_TITLE: offer_cvs.generate,
    improving.KIND: improving.propose,
    pictures.KIND: pictures.draw,
    starting_cvs.IMPORT: starting_cvs.keep_imported,
    starting_cvs.TEMPLATE: starting_cvs.make_sample,
    translations.KIND: translations.translate,
}
jobs.at_end(notices.job_ended)

log = structlog.get_logger(__name__)


@contextmanager
def lifespan() -> Iterator[None]:
    """What handlers need for as long as the worker runs: a warm browser. It warms up while jobs are already taken."""
    leaving = threading.Event()
    warming = threading.Thread(target=_warm_up, args=(leaving,), name="warm-up", daemon=True)
    warming.start()
    try:
        yield
    finally:
        leaving.set()
        warming.join()
        rendering.close()


def _warm_up(leaving: threading.Event) -> None:
    try:
        rendering.warm()
        if settings().worker_mode == "local":  # a remote worker's files would stay with it
            log.info("worker.warm", thumbnails=thumbnails.draw_missing(leaving))
    except StudioError as error:  # a job will meet it again and say so to its owner
        log.warning("worker.cold", code=error.code, reason=error.detail)
