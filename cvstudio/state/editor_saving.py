"""When what is typed is saved: as soon as typing pauses, and under load seldom enough to leave time for the typing.

Every tab with something unsaved has one loop (`Editor.keep_saving`). It sleeps here, without the tab's state, and is
woken when its time has come or someone hurries.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

A_SECOND = 25  # saves of all tabs of this process together


@dataclass
class _Loop:
    turn: float = 0.0  # on the monotonic clock: not before then
    woken: asyncio.Event = field(default_factory=asyncio.Event)  # someone hurries


_at_work: dict[str, _Loop] = {}  # of this process, by name
_next = [0.0]  # the first turn nobody has


@contextmanager
def at_work(saver: str) -> Iterator[None]:
    """While the loop of this name runs."""
    _at_work[saver] = _Loop()
    take_turn(saver)
    try:
        yield
    finally:
        del _at_work[saver]


def take_turn(saver: str) -> None:
    """Its next save comes after those of the others who wait, one by one: tabs that began together, at a lecture or
    after a restart, would else go on saving in the same second for ever. Who is nearly alone waits for nobody.
    """
    now = time.monotonic()
    # Those who left have left their turns free.
    turn = min(max(now, _next[0]), now + (len(_at_work) - 1) / A_SECOND)
    _at_work[saver].turn, _next[0] = turn, turn + 1 / A_SECOND


def wait(saver: str) -> float:
    """Seconds until its turn."""
    return max(0.0, _at_work[saver].turn - time.monotonic())


async def pause(saver: str, seconds: float) -> None:
    woken = _at_work[saver].woken
    with suppress(TimeoutError):
        await asyncio.wait_for(woken.wait(), seconds)
    woken.clear()


def hurry(saver: str) -> None:
    if (loop := _at_work.get(saver)) is not None:  # another process may have it: then it takes its time
        loop.woken.set()
