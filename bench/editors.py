"""Hundreds of people writing at once: real sockets, Reflex's own events, a keystroke a second each, all of it saved.

The one who loads is a process of its own (`python -m bench.editors`), so that it takes nothing from the server's.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from reflex_base.utils.format import format_event_handler
from websockets.asyncio.client import ClientConnection

from bench import sample, tabs
from bench.figures import Row, Times, below, row
from cvstudio import db
from cvstudio.document import Document, edit
from cvstudio.domain import cvs, owners
from cvstudio.state.editor import Editor
from tests.running import ROOT, environment, free_port, running, wait_for

EDITORS = 400
WARM_UP, SECONDS = 10, 30
PATIENCE = 60.0  # seconds for what has to happen
IN_A_ROW = 5  # edits of one field, then of another
AT_A_TIME = 20  # tabs being opened
OPEN_BARE, EDIT_BARE = (f"reflex___state____state.bench___bare_editors____bare.{name}" for name in ("open", "edit"))
EDIT, SET_PAGES = format_event_handler(Editor.edit), format_event_handler(Editor.set_pages)
SAVING = '"saving_rx_state_":"'


def measure(editors: int = EDITORS) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="cvstudio-bench-") as scratch:
        with running(Path(scratch) / "data") as app:
            told = load(app.url, app.process.pid, app.data_dir, editors)
        with bare(Path(scratch) / "bare") as (url, pid):
            alone = load(url, pid, Path(scratch) / "bare", editors, keeping=False)
    times, without = Times(told["took"]), Times(alone["took"])
    return [
        row(f"{editors} editors, an edit a second each: edit → preview", times),
        row(f"{editors} editors: the same of Reflex alone, which keeps and renders nothing", without),
        below(f"{editors} editors: edit → preview, p95", times.p95, 100, "ms"),
        below(f"{editors} editors: CPU of an edit, ours / Reflex alone", told["cpu"] / alone["cpu"], 2, "×"),
        Row(
            f"{editors} editors: CPU of the web process, one edit with its saving",
            f"{told['cpu']:.2f} ms   the load itself {told['own_cpu']:.2f} ms, late by {told['late']:.1f} ms (p95)",
        ),
        Row(f"{editors} editors: memory per editor", f"{told['memory']:.0f} KB"),
        Row(
            f"{editors} editors: last words that are not in the database",
            f"{told['lost']} of {editors}; broken connections {told['broken']}; saved {told['settled']:.1f} s after",
            "0",
            told["lost"] == 0 and told["broken"] == 0,
        ),
    ]


def load(
    url: str, pid: int, data_dir: Path, editors: int, seconds: int = SECONDS, *, keeping: bool = True
) -> dict[str, Any]:
    """What the one who loads has to tell (see `_load`) of the application at `url`."""
    ran = subprocess.run(
        [sys.executable, "-m", "bench.editors", url, str(pid), str(editors), str(seconds), "keeping" * keeping],
        cwd=ROOT,
        env=environment(data_dir),
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, Any] = json.loads(ran.stdout)
    return told


@contextmanager
def bare(data_dir: Path) -> Iterator[tuple[str, int]]:
    """Where Reflex alone answers, and the process."""
    port = free_port()
    started = subprocess.Popen(
        [sys.executable, "-c", f"from bench import bare_editors; bare_editors.serve({port})"],
        cwd=ROOT,
        env=environment(data_dir, port=port),
    )
    try:
        wait_for(lambda: _answers(port) or started.poll() is not None, lambda: "the bare prototype does not answer")
        yield f"http://localhost:{port}", started.pid
    finally:
        started.terminate()
        started.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@dataclass
class Person:
    number: int
    cookie: str
    cv_id: str
    texts: dict[str, str]  # by path: as they should be in the end
    fields: list[tuple[str, str]]  # what is edited, and how it was
    link: ClientConnection | None = None
    sent: dict[str, float] = field(default_factory=dict)  # by mark: when, of those not seen in the preview yet
    took: list[float] = field(default_factory=list)  # milliseconds
    late: list[float] = field(default_factory=list)
    edits: int = 0
    saving: str = "saved"
    body: str = ""  # of the preview
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, url: str) -> None:
        """A tab: its socket, and the editor with the CV in it."""
        self.link = await tabs.opened(url, self.cookie)
        await self._say(tabs.HYDRATE if self.cv_id else OPEN_BARE)

    async def listen(self) -> None:
        """Until the connection ends."""
        assert self.link is not None
        async for message in self.link:
            if message == tabs.PING:
                await self.link.send(tabs.PONG)
                continue
            said = str(message)
            if "cv:show" in said:
                self._see(said)
                now = time.perf_counter()
                for mark in [mark for mark in self.sent if mark in self.body]:
                    self.took.append((now - self.sent.pop(mark)) * 1000)
                self.opened.set()
            if (at := said.rfind(SAVING)) >= 0:
                self.saving = said[at + len(SAVING) :].partition('"')[0]

    def _see(self, said: str) -> None:
        """The preview as the page's script puts it together."""
        for event in json.loads(said[said.index("[") :])[1]["events"]:
            code = str(event["payload"].get("javascript_code", ""))
            if '"cv:show"' in code:
                told = json.loads(code[code.index("push(") + 5 : -1])
                head, tail, text = told.get("splice", (0, 0, told.get("body", "")))
                self.body = self.body[:head] + text + self.body[len(self.body) - tail :]

    async def type(self, begin: float, end: float) -> None:
        """An edit a second, whether or not the last was answered; times on perf_counter's clock."""
        due = begin
        while due < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            path, was = self.fields[self.edits // IN_A_ROW % len(self.fields)]
            mark = f"e{self.edits}c"
            text = self.texts[path] = f"{was} {'plus ' * (self.edits % IN_A_ROW)}{mark}"
            self.edits += 1
            now = time.perf_counter()
            self.late.append((now - due) * 1000)
            self.sent[mark] = now
            await self._say(EDIT if self.cv_id else EDIT_BARE, path=path, value=text)
            due += 1.0

    async def _say(self, event: str, **payload: Any) -> None:
        assert self.link is not None
        await tabs.send(self.link, event, "/generate", query={"cv": self.cv_id}, **payload)


def _people(count: int) -> list[Person]:
    """Each with a session and a CV of two pages of their own."""
    people = []
    with db.session() as session:
        for number in range(count):
            owner_id, cookie = owners.new_cookie()
            owners.ensure(session, owner_id)
            document = sample.document(number)
            cv = cvs.create(session, owner_id, document)
            work, school = document.work, document.education[0]
            paths = [
                "basics.label",
                f"work/{work[0].id}/highlights",
                "basics.summary",
                f"work/{work[1].id}/position",
                f"education/{school.id}/area",
                f"work/{work[-1].id}/highlights",
            ]
            fields = [(path, edit.get_field(document, path)) for path in paths]
            people.append(Person(number, f"{owners.COOKIE}={cookie}", cv.id, {}, fields))
    return people


def _alone(count: int) -> list[Person]:
    """Who write where nothing is kept."""
    paths = ("basics.label", "basics.summary", "work/position")
    return [Person(number, "", "", {}, [(path, "") for path in paths]) for number in range(count)]


async def _load(url: str, pid: int, count: int, seconds: int, *, keeping: bool) -> dict[str, Any]:
    people = _people(count) if keeping else _alone(count)
    server, me = _web(pid), psutil.Process()
    before = _memory(server)
    listening: list[asyncio.Task[None]] = []
    for start in range(0, count, AT_A_TIME):
        several = people[start : start + AT_A_TIME]
        await asyncio.gather(*(person.open(url) for person in several))
        listening += [asyncio.create_task(person.listen()) for person in several]
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(person.opened.wait() for person in several))
    for person in people if keeping else ():
        await person._say(SET_PAGES, pages=2, too_wide=False)

    sys.stderr.write(f"{count} editors are open\n")
    sys.stderr.flush()
    begin = time.perf_counter() + 0.5
    middle, end = begin + WARM_UP, begin + WARM_UP + seconds
    cpu, own = _cpu(server), _cpu([me])
    typing = [asyncio.create_task(person.type(begin + person.number / count, end)) for person in people]
    await asyncio.sleep(middle - time.perf_counter())
    for person in people:
        person.took, person.late = [], []
    await asyncio.sleep(end - time.perf_counter())
    memory = _memory(server) - before
    await asyncio.gather(*typing, return_exceptions=True)
    took = [one for person in people for one in person.took]

    waited = time.perf_counter()
    while time.perf_counter() < waited + PATIENCE:
        if all(person.saving == "saved" and not person.sent for person in people):
            break
        await asyncio.sleep(0.05)
    settled = time.perf_counter() - waited
    # To the last save, so that what was put off is in it.
    edits, cpu, own = sum(person.edits for person in people), _cpu(server) - cpu, _cpu([me]) - own
    broken = sum(task.done() for task in listening)
    told = {
        "took": [*took, *(PATIENCE * 1000 for person in people for _ in person.sent)],
        "late": Times([one for person in people for one in person.late]).p95,
        "cpu": cpu / edits * 1000,
        "own_cpu": own / edits * 1000,
        "memory": memory / count / 1024,
        "settled": settled,
        "broken": broken,
        "lost": _lost(people) if keeping else 0,
    }
    for task in listening:
        task.cancel()
    return told


def _lost(people: list[Person]) -> int:
    """How many whose words are not all in the database."""
    lost = 0
    with db.session(write=False) as session:
        for person in people:
            owner_id = owners.from_cookie(person.cookie.partition("=")[2])
            document = Document.load(cvs.get_owned(session, owner_id or "", person.cv_id).document)
            lost += any(edit.get_field(document, path) != text for path, text in person.texts.items())
    return lost


def _web(pid: int) -> list[psutil.Process]:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return [one for one in family if "cvstudio.web" in one.cmdline() or "bare_editors" in " ".join(one.cmdline())]


def _memory(processes: list[psutil.Process]) -> int:
    """Bytes that are nobody else's."""
    return sum(process.memory_full_info().uss for process in processes)


def _cpu(processes: list[psutil.Process]) -> float:
    """Seconds, in all."""
    return float(sum(sum(process.cpu_times()[:2]) for process in processes))


if __name__ == "__main__":
    address, parent, people, lasting, keeping = sys.argv[1:]
    told = asyncio.run(_load(address, int(parent), int(people), int(lasting), keeping=bool(keeping)))
    sys.stdout.write(json.dumps(told))
