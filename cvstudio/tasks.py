"""What the worker does: each kind of job and the domain function that does it."""

from collections.abc import Iterator
from contextlib import contextmanager

from cvstudio import jobs

HANDLERS: dict[str, jobs.Handler] = {}


@contextmanager
def lifespan() -> Iterator[None]:
    """What handlers need for as long as the worker runs."""
    yield
