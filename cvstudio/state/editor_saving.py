"""When what is typed is saved: as soon as typing pauses, and under load seldom enough to leave time for the typing.

Every tab with something unsaved has one loop (`Editor.keep_saving`). It sleeps here, without the tab's state, and is
woken when its time has come or someone hurries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

A_SECOND = 25  # saves of all tabs of this process together
LONGEST_APART = 16.0  # seconds from one save of a tab to its next, at most

_at_work: dict[str, asyncio.Event] = {}  # of the loops in this process, by name: set when someone hurries


@contextmanager
def at_work(saver: str) -> Iterator[None]:
    """While the loop of this name runs."""
    _at_work[saver] = asyncio.Event()
    try:
        yield
    finally:
        del _at_work[saver]


def apart() -> float:
    """Seconds to leave between two saves of one tab: next to nothing while few people write."""
    return min(LONGEST_APART, len(_at_work) / A_SECOND)


async def pause(saver: str, seconds: float) -> None:
    woken = _at_work[saver]
    with suppress(TimeoutError):
        await asyncio.wait_for(woken.wait(), seconds)
    woken.clear()


def hurry(saver: str) -> None:
    if (woken := _at_work.get(saver)) is not None:  # another process may have it: then it takes its time
        woken.set()
