"""Structured logs, ours and the libraries' alike: one line an event, with request and job ids.

Say ids, counts, durations and codes; never what a person wrote or is called. As a net below that
rule, addresses and fields known to hold personal data are masked on the way out.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from cvstudio.config import settings

PERSONAL = frozenset(
    {"address", "body", "document", "email", "first_name", "form", "last_name", "name", "payload", "phone"}
)
MASK = "‹masked›"
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_QUIET = ("alembic", "asyncio", "fontTools", "httpx", "httpx2", "huey", "PIL", "watchfiles")  # warnings and up only


def configure() -> None:
    """Set up logging for this process: to stderr, as JSON lines or for reading in a terminal."""
    chosen = settings()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering: list[Processor] = [
        structlog.processors.format_exc_info,
        mask_personal,
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if chosen.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    # Ours go straight to the stream: through the standard library each line would cost a request twice as much.
    structlog.configure(
        processors=[*shared, *rendering],
        logger_factory=lambda *named: _Stream(sys.stderr, *named),
        wrapper_class=structlog.make_filtering_bound_logger(chosen.log_level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(chosen.log_level)
    for library in _QUIET:
        logging.getLogger(library).setLevel(max(logging.WARNING, root.level))


class _Stream(structlog.WriteLogger):
    """Writes whole lines, for the module called `name`."""

    def __init__(self, stream: TextIO, name: str = "") -> None:
        super().__init__(stream)
        self.name = name


@contextmanager
def bound(**ids: str) -> Iterator[None]:
    """Every line logged inside carries `ids` (request_id, job_id); threads start without them."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def mask_personal(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    for key, value in line.items():
        if key in PERSONAL:
            line[key] = MASK
        elif isinstance(value, str) and "@" in value:
            line[key] = _EMAIL.sub(MASK, value)
    return line
