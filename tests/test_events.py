import asyncio
import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from cvstudio import db, events
from cvstudio.config import settings
from cvstudio.events import Event

DEADLINE = 10.0


async def take(stream: events.Subscription, count: int) -> list[Event]:
    return [await asyncio.wait_for(anext(stream), DEADLINE) for _ in range(count)]


def test_subscribers_get_what_is_published_in_order(queue: str) -> None:
    async def scene() -> list[Event]:
        async with events.subscribe() as stream:
            for number in range(30):
                events.publish("owner:a", {"kind": "job", "id": str(number)})
            return await take(stream, 30)

    received = asyncio.run(scene())
    assert [event.payload["id"] for event in received] == [str(number) for number in range(30)]
    assert [event.id for event in received] == sorted({event.id for event in received})
    assert {event.topic for event in received} == {"owner:a"}


def test_only_the_topics_asked_for(queue: str) -> None:
    async def scene() -> tuple[list[Event], list[Event]]:
        async with events.subscribe(["owner:b"]) as only_b, events.subscribe() as everything:
            events.publish("owner:a", {"id": "1"})
            events.publish("owner:b", {"id": "2"})
            return await take(only_b, 1), await take(everything, 2)

    only_b, everything = asyncio.run(scene())
    assert [event.payload["id"] for event in only_b] == ["2"]
    assert [event.payload["id"] for event in everything] == ["1", "2"]


def test_what_was_published_before_is_gone(queue: str) -> None:
    async def scene() -> list[Event]:
        events.publish("owner:a", {"id": "old"})
        async with events.subscribe() as stream:
            events.publish("owner:a", {"id": "new"})
            return await take(stream, 1)

    assert asyncio.run(scene())[0].payload["id"] == "new"


def test_another_process_is_heard(queue: str) -> None:
    program = "from cvstudio import events; events.publish('owner:a', {'id': 'from afar', 'word': 'é😀'})"

    async def scene() -> list[Event]:
        async with events.subscribe() as stream:
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=db.ROOT, env=os.environ)
            received = await take(stream, 1)
            assert await process.wait() == 0
            return received

    assert asyncio.run(scene())[0].payload == {"id": "from afar", "word": "é😀"}


def test_many_threads_publish_and_nothing_is_lost(queue: str) -> None:
    def publish(name: int) -> None:
        for number in range(50):
            events.publish("owner:a", {"id": f"{name}-{number}"})

    async def scene() -> list[Event]:
        async with events.subscribe() as stream:
            threads = [threading.Thread(target=publish, args=(name,)) for name in range(4)]
            for thread in threads:
                thread.start()
            received = await take(stream, 200)
            for thread in threads:
                thread.join()
            return received

    assert len({event.payload["id"] for event in asyncio.run(scene())}) == 200


def test_closing_ends_the_iteration(queue: str) -> None:
    async def scene() -> list[Event]:
        stream = events.subscribe()
        events.publish("owner:a", {"id": "1"})
        received = await take(stream, 1)
        stream.close()
        async for event in stream:
            received.append(event)
        return received

    assert len(asyncio.run(scene())) == 1


def test_a_forgotten_subscription_is_let_go(queue: str) -> None:
    async def scene() -> int:
        events.subscribe()
        gc.collect()
        return len(events._hub()._subscriptions)

    assert asyncio.run(scene()) == 0


def test_a_subscriber_that_does_not_read_loses_the_oldest(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BACKLOG", 10)

    async def scene() -> list[Event]:
        async with events.subscribe() as slow, events.subscribe() as keeping_up:
            for number in range(25):
                events.publish("owner:a", {"id": str(number)})
                await take(keeping_up, 1)
            return await take(slow, 10)

    assert [event.payload["id"] for event in asyncio.run(scene())] == [str(number) for number in range(15, 25)]


def test_publishing_fails_silently_when_the_bus_is_away(
    queue: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*_: object) -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(events._bus(), "publish", away)
    events.publish("owner:a", {"id": "1"})
    assert "events.unpublished" in capsys.readouterr().out


def test_the_embedded_bus_keeps_no_more_than_it_must(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEPT", 100)
    if queue == "embedded":
        for number in range(450):
            events.publish("owner:a", {"id": str(number)})
        assert len(events._FileBus(settings().data_dir / "events.db").since(0)) <= 200


def test_a_forked_child_starts_afresh(queue: str) -> None:
    program = (
        "import os\n"
        "from cvstudio import events\n"
        "events.publish('owner:a', {'id': 'parent'})\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    assert events._bus.cache_info().currsize == 0\n"
        "    events.publish('owner:a', {'id': 'child'})\n"
        "    os._exit(0)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )

    async def scene() -> list[Event]:
        async with events.subscribe() as stream:
            done = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", program], cwd=db.ROOT, check=True)
            assert done.returncode == 0
            return await take(stream, 2)

    assert [event.payload["id"] for event in asyncio.run(scene())] == ["parent", "child"]


def test_processes_that_make_the_bus_at_once_all_get_it(tmp_path: Path) -> None:
    """Changing the journal's mode waits for nobody: web and worker start together."""
    everyone = threading.Barrier(4)

    def open_it(path: Path) -> int:
        everyone.wait()
        bus = events._FileBus(path)
        bus.publish("owner:ada", {})
        newest = bus.newest()
        bus.close()
        return newest

    with ThreadPoolExecutor(4) as threads:
        for number in range(100):
            opened = list(threads.map(open_it, [tmp_path / f"{number}.db"] * 4))
            assert max(opened) == 4
