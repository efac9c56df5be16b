"""What a failed event tells the person: our own errors in their words, anything else without its insides."""

import reflex as rx
import structlog
from reflex.event import EventSpec

from cvstudio.errors import StudioError

log = structlog.get_logger(__name__)


def as_toast(exception: Exception) -> EventSpec:
    """The app's handler for exceptions in events; what was not expected is logged with its traceback."""
    if isinstance(exception, StudioError):
        log.info("event refused", code=exception.code, detail=exception.detail)
    else:
        log.error("event failed", exc_info=exception)
    failure = exception if isinstance(exception, StudioError) else StudioError()
    toast: EventSpec = rx.toast.error(_in_page_language(failure), id=failure.code, close_button=True)
    return toast


def _in_page_language(failure: StudioError) -> rx.Var[str]:
    """The handler knows no tab, so the tab chooses."""
    english, french = rx.Var.create(failure.message("en")), rx.Var.create(failure.message("fr"))
    return rx.Var(f'(document.documentElement.lang === "en" ? {english!s} : {french!s})', _var_type=str)
