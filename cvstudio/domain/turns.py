"""Long work of the web process, so many pieces at a time that pages and short requests go on beside it.

Python computes in one thread at a time, and the event loop is one among those that ask for the next turn: forty that
compute would keep it waiting for seconds. Whoever waits here holds no thread.
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from cvstudio.config import settings

Result = TypeVar("Result")

ASKED = 1  # by programs: two that compute take no less time than one after the other
PRINTED = 2  # the second goes on while the first waits for the browser that prints
ADMITTED = 4
WAITING = 32  # for sites that people link to


async def for_page(work: Callable[[], Result]) -> Result:
    """What `work` returns: a career's lines, a score, a layout. Nobody at a page waits behind programs that ask."""
    return await to_thread.run_sync(work, limiter=_limiter("page", _at_once(PRINTED)))


async def for_request(work: Callable[[], Result]) -> Result:
    """The same for the API: a career's lines, a score."""
    return await to_thread.run_sync(work, limiter=_limiter("request", _at_once(ASKED)))


async def laid_out(work: Callable[[], Result]) -> Result:
    """The same for the API: a layout, printed to be measured."""
    return await to_thread.run_sync(work, limiter=_limiter("laid out", PRINTED))


async def admitted(work: Callable[[], Result]) -> Result:
    """What `work` returns, which counts and looks up before longer work: short, and one writes at a time anyway."""
    return await to_thread.run_sync(work, limiter=_limiter("admitted", ADMITTED))


async def waited(work: Callable[[], Result]) -> Result:
    """What `work` returns, which mostly waits for someone else's machine."""
    return await to_thread.run_sync(work, limiter=_limiter("waited", WAITING))


def _at_once(computing: int) -> int:
    """Where a model writes, most of the work is waiting for it."""
    chosen = settings()
    return computing if chosen.text_engine == "offline" else max(computing, chosen.text_engine_parallel)


# Of each event loop: one cannot wake who waits in another.
_limiters: RunVar[dict[tuple[str, int], CapacityLimiter]] = RunVar("turns")


def _limiter(kind: str, at_once: int) -> CapacityLimiter:
    try:
        known = _limiters.get()
    except LookupError:
        known = {}
        _limiters.set(known)
    return known.setdefault((kind, at_once), CapacityLimiter(at_once))
