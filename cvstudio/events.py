"""The bus: what happened, told to every process at once. Payloads are ids; the rows are the truth.

`publish` from any thread of any process; `subscribe` in the web process. With Redis, events travel
by pub/sub; without, through a small SQLite file of their own that the doorbell says to read: it
never waits for the database's writers, and no burst overflows it as it would a socket (whose queue
holds ten messages). An event nobody listens to is gone: read the row after subscribing.
"""

import asyncio
import json
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, Self

import redis
import structlog

from cvstudio import doorbell
from cvstudio.config import settings

KEPT = 1_000  # events a slow reader may lag behind
PATIENCE = 0.25  # seconds a reader waits before it looks whether to stop, or whether a ring was lost
OPENING = 5.0  # seconds to try for, when several processes make the file at once
BACKLOG = 1_000  # events one subscriber may leave unread before it loses the oldest

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Event:
    topic: str  # "owner:<id>"
    payload: dict[str, str]  # {"kind": "job", "id": …}
    id: int  # grows


def owner_topic(owner_id: str) -> str:
    return f"owner:{owner_id}"


def publish(topic: str, payload: dict[str, str]) -> None:
    """Tell every subscriber. Losing an event is not worth failing the work it tells of: logged."""
    try:
        _bus().publish(topic, payload)
    except (sqlite3.Error, redis.RedisError) as error:
        log.warning("events.unpublished", topic=topic, reason=type(error).__name__)


def subscribe(topics: Iterable[str] | None = None) -> "Subscription":
    """Everything published from now on, or only `topics`. Needs a running event loop.

    async with events.subscribe([topic]) as stream:
        async for event in stream: ...
    """
    subscription = Subscription(topics, asyncio.get_running_loop())
    _hub().add(subscription)
    return subscription


def check() -> None:
    """Raises sqlite3.Error or redis.RedisError when nothing could be published now."""
    _bus().check()


def close() -> None:
    """End all subscriptions of this process; the next use starts afresh."""
    if _hub.cache_info().currsize:
        _hub().close()
    if _bus.cache_info().currsize:
        _bus().close()
    _forget()


class Subscription:
    """An async iterator of events; ends when closed."""

    def __init__(self, topics: Iterable[str] | None, loop: asyncio.AbstractEventLoop) -> None:
        self._topics = None if topics is None else frozenset(topics)
        self._loop = loop
        self._unread: asyncio.Queue[Event | None] = asyncio.Queue()
        self._closed = False

    def offer(self, event: Event) -> None:
        """Called from the hub's thread."""
        if not self._closed and (self._topics is None or event.topic in self._topics):
            self._hand_over(event)

    def close(self) -> None:
        self._closed = True
        self._hand_over(None)

    @property
    def closed(self) -> bool:
        return self._closed

    def _hand_over(self, event: Event | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, event)

    def _put(self, event: Event | None) -> None:
        if self._unread.qsize() >= BACKLOG:
            self._unread.get_nowait()
        self._unread.put_nowait(event)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        event = None if self._closed else await self._unread.get()
        if event is None:
            raise StopAsyncIteration
        return event


class Reader(Protocol):
    def read(self) -> list[Event]:
        """The events since the last call; waits for one, but not for ever."""

    def close(self) -> None: ...


class Bus(Protocol):
    def publish(self, topic: str, payload: dict[str, str]) -> None: ...

    def check(self) -> None: ...

    def reader(self) -> Reader: ...

    def close(self) -> None: ...


class _Hub:
    """One thread per process reads the bus and hands each event to those who asked for it."""

    def __init__(self) -> None:
        self._subscriptions: weakref.WeakSet[Subscription] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, subscription: Subscription) -> None:
        with self._lock:
            self._subscriptions.add(subscription)
            if self._thread is None:
                reader = _bus().reader()  # it listens from here on, before subscribe() returns
                self._thread = threading.Thread(target=self._run, args=(reader,), name="events", daemon=True)
                self._thread.start()

    def _run(self, reader: Reader) -> None:
        while not self._stopping.is_set():
            try:
                events = reader.read()
            except (sqlite3.Error, redis.RedisError) as error:
                log.warning("events.unreadable", reason=type(error).__name__)
                self._stopping.wait(PATIENCE)
                continue
            with self._lock:
                listening = list(self._subscriptions)
            for event in events:
                for subscription in listening:
                    subscription.offer(event)
        reader.close()

    def close(self) -> None:
        self._stopping.set()
        doorbell.ring("bus")
        if self._thread is not None:
            self._thread.join()
        for subscription in list(self._subscriptions):
            subscription.close()


class _FileBus:
    """A table that readers tail."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=5, check_same_thread=False, isolation_level=None)
        until = time.monotonic() + OPENING
        while not self._prepared(until):
            time.sleep(OPENING / 500)

    def _prepared(self, until: float) -> bool:
        """False when another is at it just now: whoever changes the journal's mode waits for nobody."""
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")  # events do not outlive the machine
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS event"
                " (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload TEXT NOT NULL)"
            )
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            return False
        return True

    def publish(self, topic: str, payload: dict[str, str]) -> None:
        with self._lock:
            written = self._connection.execute(
                "INSERT INTO event (topic, payload) VALUES (?, ?)", (topic, json.dumps(payload))
            ).lastrowid
            if written and written % 100 == 0:
                self._connection.execute("DELETE FROM event WHERE id <= ?", (written - KEPT,))
        doorbell.ring("bus")

    def check(self) -> None:
        self.newest()

    def since(self, event_id: int) -> list[Event]:
        with self._lock:
            rows = self._connection.execute(
                "SELECT topic, payload, id FROM event WHERE id > ? ORDER BY id", (event_id,)
            ).fetchall()
        return [Event(topic, json.loads(payload), number) for topic, payload, number in rows]

    def newest(self) -> int:
        with self._lock:
            row = self._connection.execute("SELECT max(id) FROM event").fetchone()
        return row[0] or 0

    def reader(self) -> "_FileReader":
        return _FileReader(self)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


class _FileReader:
    def __init__(self, bus: _FileBus) -> None:
        self._bell = doorbell.Doorbell("bus", patience=PATIENCE)
        self._bus = bus
        self._read = bus.newest()

    def read(self) -> list[Event]:
        events = self._bus.since(self._read)
        if not events:
            self._bell.wait()
            events = self._bus.since(self._read)
        if events:
            self._read = events[-1].id
        return events

    def close(self) -> None:
        self._bell.close()


class _RedisBus:
    def __init__(self, url: str, prefix: str) -> None:
        self._client = redis.Redis.from_url(url, decode_responses=True)
        self._channel = f"{prefix}:events"

    def publish(self, topic: str, payload: dict[str, str]) -> None:
        number = self._client.incr(f"{self._channel}:id")
        self._client.publish(self._channel, json.dumps({"topic": topic, "payload": payload, "id": number}))

    def check(self) -> None:
        self._client.ping()

    def reader(self) -> "_RedisReader":
        return _RedisReader(self._client, self._channel)

    def close(self) -> None:
        self._client.close()


class _RedisReader:
    def __init__(self, client: redis.Redis, channel: str) -> None:
        self._subscription = client.pubsub()  # type: ignore[no-untyped-call]
        self._subscription.subscribe(channel)
        self._subscription.get_message(timeout=PATIENCE)  # the server's word that we are subscribed

    def read(self) -> list[Event]:
        message = self._subscription.get_message(ignore_subscribe_messages=True, timeout=PATIENCE)
        return [Event(**json.loads(message["data"]))] if message else []

    def close(self) -> None:
        self._subscription.close()


@cache
def _bus() -> Bus:
    if url := settings().redis_url:
        return _RedisBus(url, settings().redis_prefix)
    return _FileBus(settings().data_dir / "events.db")


@cache
def _hub() -> _Hub:
    return _Hub()


def _forget() -> None:
    _hub.cache_clear()
    _bus.cache_clear()


# A forked child has neither the parent's thread nor a right to its connections.
os.register_at_fork(after_in_child=_forget)
