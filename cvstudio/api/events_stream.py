"""fitmycv's stream: what becomes of one's tasks, as Server-Sent Events.

An event is a task as it stands, in the very JSON of `sync`. What to send is read from the rows whenever the bus says
that something changed, and at every heartbeat: a stream that was cut, by whomever and for however long, loses nothing
but the steps in between. An event's id is the moment up to which its reader is informed.
"""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Header
from fastapi.responses import StreamingResponse

from cvstudio import db, events
from cvstudio.api.answers import errors
from cvstudio.api.deps import AccountId, Lang, LoginId
from cvstudio.api.tasks_shown import TaskOut, shown
from cvstudio.domain import background
from cvstudio.domain.accounts import sessions
from cvstudio.errors import StudioError
from cvstudio.language import Language
from cvstudio.models import utcnow

router = APIRouter(prefix="/api/events", tags=["Background tasks"])

HEARTBEAT = 15.0  # seconds; as often it is asked whether the session lives
MOST = 10  # streams of one owner, in each web process
READERS = 4  # threads that read for all streams, of the forty that answer requests
OVERLAP = timedelta(seconds=5)  # a row's moment may be this much older than its commit
LAST_WORDS = 2.0  # seconds that a leaving process gives its streams to end
RETRY_MS = 3_000  # before a browser connects again
NAMES = {"queued": "created", "running": "progress", "done": "done"}  # else failed

_open: Counter[str] = Counter()
_readers = CapacityLimiter(READERS)


class TooManyStreams(StudioError):
    code: ClassVar[str] = "TOO_MANY_STREAMS"
    status: ClassVar[int] = 429
    messages: ClassVar[dict[str, str]] = {
        "fr": "Trop de fenêtres suivent vos tâches en même temps. Fermez-en une, puis réessayez.",
        "en": "Too many windows are following your tasks at once. Close one, then try again.",
    }


@dataclass(frozen=True)
class _Read:
    now: datetime
    tasks: list[tuple[datetime, TaskOut]]  # each with the moment that its reader is informed up to


@router.get(
    "/stream",
    response_class=StreamingResponse,
    responses=errors(401, 429)
    | {
        200: {
            "content": {"text/event-stream": {"example": 'id: 1795255200000\nevent: task.done\ndata: {"id": "…"}\n\n'}},
            "description": "`task.created`, `task.progress`, `task.done`, `task.failed`; data as in `sync`",
        }
    },
)
async def stream(
    owner_id: AccountId,
    login_id: LoginId,
    language: Lang,
    last_event_id: Annotated[str, Header(alias="Last-Event-ID")] = "",
) -> StreamingResponse:
    """One's tasks as they go: first those under way, and with `Last-Event-ID` all that ended since; then each change.

    It ends with the session. A task may be told twice, and is told as it is then: the last word counts.
    """
    if _open[owner_id] >= MOST:
        raise TooManyStreams
    since = _moment(last_event_id) or utcnow()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _told(owner_id, login_id, language, since), media_type="text/event-stream", headers=headers
    )


@asynccontextmanager
async def ending() -> AsyncIterator[None]:
    """A lifespan task of the web process: told to stop, it ends its streams first, or the server would wait for them.

    Then it tells itself again, by the signal that servers take for the same and that is not ours.
    """
    loop, leaving = asyncio.get_running_loop(), set()

    async def leave() -> None:
        await asyncio.to_thread(events.close)
        until = time.monotonic() + LAST_WORDS
        while _open and time.monotonic() < until:
            await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    loop.add_signal_handler(signal.SIGTERM, lambda: leaving.add(loop.create_task(leave())))
    yield
    loop.remove_signal_handler(signal.SIGTERM)


async def _told(owner_id: str, login_id: str, language: Language, since: datetime) -> AsyncIterator[str]:
    _open[owner_id] += 1
    sent: dict[str, tuple[object, ...]] = {}
    try:
        async with events.subscribe([events.owner_topic(owner_id)]) as bus:
            yield f"retry: {RETRY_MS}\n\n"
            while True:
                found = await to_thread.run_sync(_read, owner_id, login_id, language, since, limiter=_readers)
                if found is None:
                    return
                for moment, task in found.tasks:
                    state = (task.status, task.progress, task.step)
                    if sent.get(task.id) != state:
                        sent[task.id] = state
                        yield _event(moment, task)
                since = found.now
                if not await _changed(bus):
                    yield ":\n\n"  # the heartbeat
                if bus.closed:  # the process is leaving
                    return
    finally:
        _open[owner_id] -= 1
        if not _open[owner_id]:
            del _open[owner_id]


async def _changed(bus: events.Subscription) -> bool:
    """Returns when one of the owner's jobs has; False after a heartbeat without."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            async for event in bus:
                if event.payload.get("kind") == "job":
                    return True
    except TimeoutError:
        return False
    return True


def _read(owner_id: str, login_id: str, language: Language, since: datetime) -> _Read | None:
    """None when the session is over."""
    with db.session(write=False) as session:
        if sessions.by_id(session, login_id) is None:
            return None
        now = utcnow()
        tasks = background.changed_since(session, owner_id, since - OVERLAP)
        moments = [task.job.finished_at or now for task in tasks]
        return _Read(now, list(zip(moments, shown(session, tasks, language), strict=True)))


def _event(moment: datetime, task: TaskOut) -> str:
    number = int(moment.timestamp() * 1000)
    return f"id: {number}\nevent: task.{NAMES.get(task.status, 'failed')}\ndata: {task.model_dump_json()}\n\n"


def _moment(event_id: str) -> datetime | None:
    if not (event_id.isascii() and event_id.isdecimal() and len(event_id) <= 13):
        return None
    return datetime.fromtimestamp(int(event_id) / 1000, UTC)
