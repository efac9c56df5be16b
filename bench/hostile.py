"""What files made to do harm cost the running service: the slowest answer, and the memory that any of them takes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
from reflex_base.utils.format import format_event_handler

from bench import accounts, tabs
from bench.figures import Row, below
from bench.hostile_files import Sent, files
from cvstudio.state.editor_files import Files
from tests.running import Running, running

SECONDS, MEGABYTES = 2.0, 200.0
ROUTES = {
    "import": ("/api/background-tasks/import-pdf", "pdf"),
    "offer": ("/api/offers/pdf", "file"),
    "photo": ("/api/photos", "file"),
}
LOOK = 0.005  # seconds between two looks at the memory
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
BRING = format_event_handler(Files.bring_resume)
REFUSED = re.compile(r'"(?:problem_rx_state_": "[^"]|faults_rx_state_": \[\[)')
TAKEN = re.compile(r'"found_rx_state_": [1-9]')
HYDRATED = '"is_hydrated_rx_state_":true'


@dataclass(frozen=True)
class Answer:
    sent: Sent
    status: int
    seconds: float
    grown: float  # megabytes, at the worst moment
    said: str

    @property
    def right(self) -> bool:
        """Refused, or where that is honest shown for what could be read."""
        return 400 <= self.status < 500 or (self.sent.honest and self.status in (200, 201, 202))


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="cvstudio-bench-") as scratch, running(Path(scratch) / "data") as app:
        answers = list(ask(app))
    slowest, largest = max(answers, key=lambda one: one.seconds), max(answers, key=lambda one: one.grown)
    wrong = [f"{one.sent.what}: {one.status}" for one in answers if not one.right]
    return [
        below("the slowest answer", slowest.seconds, SECONDS, "s", f"   {slowest.sent.what}"),
        below(
            "memory of web and worker at its worst, more by", largest.grown, MEGABYTES, "MB", f"   {largest.sent.what}"
        ),
        Row(
            f"answers neither 4xx nor what could honestly be read, of {len(answers)}",
            f"{len(wrong)}   {'; '.join(wrong)}".strip(),
            "0",
            not wrong,
        ),
    ]


def ask(app: Running) -> Iterator[Answer]:
    """Every file, once, at the door that it is for."""
    access = accounts.signed_in(app)
    signed_in = {"Authorization": f"Bearer {access}"}
    with httpx2.Client(base_url=app.url, timeout=60) as client:
        _warm(client, signed_in)
        for sent in files():
            data = sent.make()
            if sent.door == "editor":
                yield asyncio.run(_in_the_editor(app, sent, data))
                continue
            with watched(app.process.pid) as memory:
                started = time.perf_counter()
                answer = _sent(client, signed_in, sent, data)
                seconds = time.perf_counter() - started
            yield Answer(sent, answer.status_code, seconds, memory.grown, answer.text[:200])


def _warm(client: httpx2.Client, signed_in: dict[str, str]) -> None:
    """What a process does once is not a file's doing."""
    for sent in files():
        if sent.what.endswith(("JavaScript on opening", "a page of HTML", "profile, JSON 100 000 deep")):
            _sent(client, signed_in, sent, sent.make())


def _sent(client: httpx2.Client, signed_in: dict[str, str], sent: Sent, data: bytes) -> httpx2.Response:
    if sent.door == "profile":
        return client.post("/api/profile/import", content=data, headers=signed_in | {"Content-Type": sent.kind})
    route, field = ROUTES[sent.door]
    return client.post(route, files={field: (sent.name, data, sent.kind)}, headers=signed_in)


async def _in_the_editor(app: Running, sent: Sent, data: bytes) -> Answer:
    """A visitor's tab of their own. Its door answers 200, and says in the page what it makes of the file."""
    with httpx2.Client(base_url=app.url, timeout=60) as client:
        page = client.get("/generate", headers={"Accept": "text/html"})
        cookie = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
        socket = await tabs.opened(app.url, cookie)
        token = parse_qs(urlsplit(socket.request.path if socket.request else "").query)["token"][0]
        await tabs.send(socket, tabs.HYDRATE, "/generate")
        while 'is_hydrated_rx_state_":true' not in (await tabs.heard(socket)).replace(" ", ""):
            pass
        told = {"Cookie": cookie, "Reflex-Client-Token": token, "Reflex-Event-Handler": BRING}
        with watched(app.process.pid) as memory:
            started = time.perf_counter()
            form = {"files": (sent.name, data, sent.kind)}
            answer = await asyncio.to_thread(client.post, "/_upload", files=form, headers=told)
            seconds = time.perf_counter() - started
        await socket.close()
    said = answer.text
    status = answer.status_code
    if status == 200:
        status = 400 if REFUSED.search(said) else 200 if TAKEN.search(said) else 500
    return Answer(sent, status, seconds, memory.grown, said[-300:])


# ---- memory --------------------------------------------------------------------------------------------------------


class Watched:
    """The memory that is nobody else's, of a process and all that come from it, until it is stopped."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.known = frozenset(_family(pid))
        self.before = self.peak = self.now()
        self.over = threading.Event()

    def look(self) -> None:
        while not self.over.wait(LOOK):
            self.peak = max(self.peak, self.now())

    def now(self) -> int:
        """Bytes, without what files share. A child that still is its parent's image has nothing of its own yet."""
        total = 0
        for pid in _family(self.pid):
            one = Path(f"/proc/{pid}")
            with suppress(FileNotFoundError, ProcessLookupError):
                if pid not in self.known and b"cvstudio.importers" not in (one / "cmdline").read_bytes():
                    continue
                resident, shared = (one / "statm").read_text().split()[1:3]
                total += (int(resident) - int(shared)) * PAGE_SIZE
        return total

    @property
    def grown(self) -> float:
        return (self.peak - self.before) / 2**20


@contextmanager
def watched(pid: int) -> Iterator[Watched]:
    memory = Watched(pid)
    looking = threading.Thread(target=memory.look)
    looking.start()
    try:
        yield memory
    finally:
        memory.over.set()
        looking.join()


def _family(pid: int) -> Iterator[int]:
    """A process and all that come from it."""
    yield pid
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def main() -> int:
    """`python -m bench.hostile`: every file with its answer."""
    with tempfile.TemporaryDirectory(prefix="cvstudio-bench-") as scratch, running(Path(scratch) / "data") as app:
        for one in ask(app):
            mark = " " if one.right and one.seconds < SECONDS and one.grown < MEGABYTES else "!"
            sys.stdout.write(f"{mark} {one.status} {one.seconds:6.2f} s {one.grown:6.0f} MB  {one.sent.what}\n")
            if not one.right:
                sys.stdout.write(f"      {one.said}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
