"""The stream of one's tasks: what it tells, from where it goes on, when it ends, and how many there may be.

The ASGI application is asked as a server would, so that a stream can be read while things happen.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from cvstudio import db, events, jobs
from cvstudio.api import events_stream
from cvstudio.api.app import api
from cvstudio.domain import accounts, background
from cvstudio.domain.accounts import sessions
from cvstudio.models import Job, utcnow
from tests.api.conftest import is_error, member, visitor
from tests.api.test_widgets import account

PATIENCE = 30.0
DONE: jobs.Handlers = {"generate_cv": lambda ctx: ctx.progress(40, "select") or {"cv_id": "x"}}


class Stream:
    """What has been sent; `await next()` is the next event."""

    def __init__(self) -> None:
        self.status = 0
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message.get("body") or not message.get("more_body"):
            self.pieces.put_nowait(message.get("body") or None)

    async def piece(self) -> bytes | None:
        """As sent; None at the end."""
        return await asyncio.wait_for(self.pieces.get(), PATIENCE)

    async def next(self) -> tuple[str, str, dict[str, Any]]:
        """(id, name, data)"""
        while piece := await self.piece():
            fields = dict(line.split(": ", 1) for line in piece.decode().splitlines() if ": " in line)
            if "event" in fields:
                return fields["id"], fields["event"], json.loads(fields["data"])
        raise AssertionError("the stream has ended")

    async def end(self) -> None:
        while await self.piece() is not None:
            pass


@asynccontextmanager
async def stream(client, last: str = "") -> AsyncIterator[Stream]:
    cookie = f"{accounts.COOKIE}={client.cookies[accounts.COOKIE]}"
    headers = [(b"host", b"testserver"), (b"cookie", cookie.encode()), (b"accept-language", b"en")]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/events/stream",
        "raw_path": b"/api/events/stream",
        "query_string": b"",
        "root_path": "",
        "headers": headers + ([(b"last-event-id", last.encode())] if last else []),
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
    }
    opened = Stream()
    body = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        return next(body, None) or await opened.receive()

    running = asyncio.create_task(api(scope, receive, opened.send))  # type: ignore[arg-type]
    try:
        assert (await opened.piece() or b"").startswith((b"retry:", b"{"))
        yield opened
    finally:
        opened.left.set()
        await asyncio.wait_for(running, PATIENCE)


def play(scene: Callable[[], Awaitable[None]]) -> None:
    try:
        asyncio.run(scene())  # type: ignore[arg-type]
    finally:
        events.close()


async def a_task(client, **values: Any) -> str:
    def ask() -> str:
        with db.session() as session:
            job = jobs.enqueue(session, "generate_cv", account(client), {})
            for name, value in values.items():
                setattr(job, name, value)
            session.add(job)
            background.track(session, job, title="Offer")
            return job.id

    return await asyncio.to_thread(ask)


def run(task_id: str, handlers: jobs.Handlers = DONE) -> Awaitable[None]:
    return asyncio.to_thread(jobs.run, task_id, handlers)


def test_a_task_is_told_from_its_request_to_its_end(client, stranger):
    async def scene() -> None:
        async with stream(client) as mine, stream(stranger) as theirs:
            task_id = await a_task(client)
            # A task of the stranger's tells us that nothing of ours came to them before.
            number, name, told = await mine.next()
            assert (name, told["id"], told["type"]) == ("task.created", task_id, "generate-cv")
            assert (told["status"], told["title"]) == ("queued", "Offer")
            await run(task_id)
            seen = []
            while name != "task.done":
                number, name, told = await mine.next()
                seen.append(name)
            assert set(seen) <= {"task.progress", "task.done"}
            assert told["result"] == {"cvId": "x"}
            assert number.isdecimal()
            shown = await asyncio.to_thread(client.get, "/api/background-tasks/sync", headers={"Accept-Language": "en"})
            assert shown.json()["tasks"] == [told]
            own = await a_task(stranger)
            assert (await theirs.next())[2]["id"] == own

    play(scene)


def test_it_goes_on_where_it_was_cut(client):
    """Also by another process, or after a restart: nothing of it is remembered."""

    async def scene() -> None:
        long_ago = utcnow() - timedelta(hours=1)
        known = await a_task(client, status="done", finished_at=long_ago - timedelta(hours=1))
        first = await a_task(client, status="failed", error_code="WORKER_LOST", finished_at=long_ago)
        second = await a_task(client, status="done", finished_at=long_ago + timedelta(minutes=1))
        live = await a_task(client)
        last = int((long_ago - timedelta(minutes=1)).timestamp() * 1000)
        async with stream(client, str(last)) as resumed:
            told = [await resumed.next() for _ in range(3)]
        assert [(name, task["id"]) for _, name, task in told] == [
            ("task.failed", first),
            ("task.done", second),
            ("task.created", live),
        ]
        assert told[0][2]["error"]
        assert [int(number) for number, _, _ in told] == sorted(int(number) for number, _, _ in told)
        assert int(told[0][0]) > last
        async with stream(client, told[0][0]) as again:  # cut in the middle: what came after comes again
            found = [(await again.next())[2]["id"] for _ in range(3)]
        assert set(found[-2:]) == {second, live}
        for nonsense in ("", "x", "9" * 40, "-1", "١"):
            async with stream(client, nonsense) as anew:
                assert (await anew.next())[2]["id"] == live
        assert known not in found

    play(scene)


def test_what_the_bus_has_lost_is_told_at_the_next_heartbeat(client, monkeypatch):
    async def scene() -> None:
        monkeypatch.setattr(events_stream, "HEARTBEAT", 0.05)
        async with stream(client) as mine:
            while await mine.piece() != b":\n\n":
                pass
            monkeypatch.setattr(events, "publish", lambda topic, payload: None)
            task_id = await a_task(client)
            assert (await mine.next())[2]["id"] == task_id

    play(scene)


def test_it_ends_with_the_session(client, monkeypatch):
    monkeypatch.setattr(events_stream, "HEARTBEAT", 0.05)

    async def scene() -> None:
        async with stream(client) as mine:
            with db.session() as session:
                (login,) = sessions.living(session, account(client))
                sessions.end(session, login.id)
            await mine.end()

    play(scene)


def test_it_ends_when_the_process_leaves(client):
    async def scene() -> None:
        async with stream(client) as mine:
            while not events._hub()._subscriptions:
                await asyncio.sleep(0)
            stopped = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopped.set)
            async with events_stream.ending():
                os.kill(os.getpid(), signal.SIGTERM)
                await mine.end()
                await asyncio.wait_for(stopped.wait(), PATIENCE)

    play(scene)


def test_an_account_has_so_many(client, stranger, monkeypatch):
    monkeypatch.setattr(events_stream, "MOST", 2)

    async def scene() -> None:
        async with stream(client), stream(client), stream(stranger):
            refused = await asyncio.to_thread(client.get, "/api/events/stream")
            is_error(refused, 429, "TOO_MANY_STREAMS")
        async with stream(client) as mine:
            assert mine.status == 200
        assert not events_stream._open

    play(scene)


def test_it_wants_an_account(engine):
    is_error(visitor().get("/api/events/stream"), 401, "UNAUTHORIZED")


def test_two_hundred_leave_the_rest_its_turn(sqlite, monkeypatch):
    """They hold no connection and no thread while they wait."""
    monkeypatch.setattr(events_stream, "MOST", 200)
    client = member()

    async def scene() -> None:
        opened = [stream(client) for _ in range(200)]
        for one in opened:
            await one.__aenter__()
        assert (await asyncio.to_thread(client.get, "/api/background-tasks/sync")).json() == {"tasks": []}
        assert db.engine().pool.checkedout() == 0  # type: ignore[attr-defined]
        for one in opened:
            await one.__aexit__(None, None, None)

    play(scene)


@pytest.fixture(autouse=True)
def _nothing_is_left_open():
    yield
    assert not events_stream._open


def test_ended_jobs_of_other_kinds_are_not_told(client):
    async def scene() -> None:
        with db.session() as session:
            session.add(Job(kind="render_pdf", owner_id=account(client), status="queued"))
        async with stream(client) as mine:
            task_id = await a_task(client)
            assert (await mine.next())[2]["id"] == task_id

    play(scene)
