"""A career of 60 facts against 50 offers: alone, from the cache, to the PDF, and all at once while a page is used."""

from __future__ import annotations

import asyncio
import html
import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from websockets.asyncio.client import ClientConnection

from bench import accounts, tabs
from bench.eval.cases import cases
from bench.figures import Row, Times, below, row
from cvstudio import db
from cvstudio.domain import accounts as people
from cvstudio.domain import offers, profiles, widgets
from cvstudio.tailoring.profile import Fact
from tests.accounts import make_account
from tests.running import Running, running

FACTS, OFFERS = 60, 50
PRINTED = 20  # CVs made to the file
ROOT = "reflex___state____state"
TAILOR = f"{ROOT}.cvstudio___state___tailor____tailor"
# What a tab asks for while others' lines are written: one event that only changes state, one that reads the database.
EVENTS: tuple[tuple[str, dict[str, str]], ...] = ((f"{TAILOR}.come_by", {"way": "text"}), (f"{TAILOR}.open", {}))
PAUSE = 0.05  # seconds between a person's events


def measure() -> list[Row]:
    rows = _library()
    with tempfile.TemporaryDirectory(prefix="cvstudio-bench-") as scratch, _job_board() as board:
        place = f"127.0.0.1:{board.server_port}"
        with running(Path(scratch) / "data", fetch_also=place) as app:
            rows += _service(app, f"http://{place}")
    return rows


def career(facts: int = FACTS) -> list[Fact]:
    """So many facts of invented people, a header always with its first lines."""
    found: list[Fact] = []
    for number, case in enumerate(case for case in cases("tuned") if (case.kind, case.language) == ("right", "fr")):
        renamed = {fact.id: f"{number}-{fact.id}" for fact in case.profile.facts}
        found += [
            fact.model_copy(update={"id": renamed[fact.id], "of": renamed.get(fact.of, "")})
            for fact in case.profile.facts
        ]
    return found[:facts]


def texts(number: int = OFFERS) -> list[str]:
    return [case.offer for case in cases()][:number]


# ---------------------------------------------------------------------------- in the app


def _library() -> list[Row]:
    """Asked of the domain, with the database that is there by default."""
    db.migrate()
    owner_id = make_account("bench-tailoring@example.org", password=None, tier="team").id
    given = [
        profiles.FactGiven(fact.kind, fact.text, fact.id, fact.of, {name: getattr(fact, name) for name in _CONTEXT})
        for fact in career()
    ]
    read = [offers.read_text(text) for text in texts()]
    with db.session() as session:
        profiles.replace(session, owner_id, given, identity={"name": "Ada Bench", "email": "ada@example.org"})
        ids = [offers.keep(session, owner_id, one).id for one in read]
    made, again = Times(), Times()
    for times, cached in ((made, False), (again, True)):
        for analysis_id in ids:
            started = time.perf_counter()
            with db.session() as session:
                asked = widgets.ask(session, owner_id, analysis_id)
            lines = widgets.make(asked)
            times.runs.append((time.perf_counter() - started) * 1000)
            if lines.cached is not cached:
                raise RuntimeError("the cache was not as expected")
    db.close()
    return [
        row(f"widgets of {FACTS} facts, {OFFERS} offers one after the other", made),
        below("widgets of 60 facts, p95", made.p95, 300, "ms"),
        row("the same from the cache, in the app", again),
        below("from the cache, in the app, p95", again.p95, 5, "ms"),
    ]


_CONTEXT = profiles.CONTEXT


# ---------------------------------------------------------------------------- the service


def _service(app: Running, board: str) -> list[Row]:
    with closing(_Client(app, accounts.signed_in(app, "first@example.org"))) as client:
        client.tell_career()
        ids = [client.add(text) for text in texts()]
        whole, again = Times(), Times()
        for analysis_id in ids[:PRINTED]:
            started = time.perf_counter()
            made = client.ask("POST", "/api/cv/generate-v2", {"analysisId": analysis_id})
            client.ask("POST", "/api/export-pdf", {"filename": made["filename"]}, raw=True)
            whole.runs.append((time.perf_counter() - started) * 1000)
        for analysis_id in ids[:PRINTED] * 2:
            started = time.perf_counter()
            lines = client.ask("POST", "/api/cv/generate-widgets", {"analysisId": analysis_id})
            again.runs.append((time.perf_counter() - started) * 1000)
            if not lines["metadata"]["cached"]:
                raise RuntimeError("the cache was not as expected")
    quiet = asyncio.run(_used(app, lambda: time.sleep(3)))
    second = accounts.signed_in(app, "second@example.org")
    with closing(_Client(app, second)) as client:
        client.tell_career()
        ids = [client.add(text) for text in texts()]
    asking = asyncio.run(_used(app, lambda: _all_at_once(app, second, ids)))
    third = accounts.signed_in(app, "third@example.org")
    with closing(_Client(app, third)) as client:
        client.tell_career()
    working = asyncio.run(_used(app, lambda: _in_background(app, third, board)))
    return [
        row("from the cache, through HTTP", again),
        below("from the cache, through HTTP, p95", again.p95, 15, "ms"),
        row("generate-v2 → PDF", whole),
        below("generate-v2 → PDF, p95", whole.p95, 1_000, "ms"),
        row("an event of a page, nothing else going on", quiet.events),
        row(f"an event while {OFFERS} offers × {FACTS} facts are asked for at once", asking.events),
        below("event beside them, p95", asking.events.p95, 150, "ms"),
        row("a page fetched beside them", asking.pages),
        Row(f"{OFFERS} × generate-widgets at once, all answered", f"{asking.seconds:.1f} s"),
        row(f"an event while {OFFERS} CVs are made in the background", working.events),
        below("event beside them, p95 ", working.events.p95, 150, "ms"),
        row("a page fetched beside them ", working.pages),
        Row(f"{OFFERS} × link → CV in the background, all done", f"{working.seconds:.1f} s"),
    ]


class _Client:
    """Costs little beside what it measures."""

    def __init__(self, app: Running, access: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", urlsplit(app.url).port, timeout=120)
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {access}"}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, raw: bool = False) -> Any:
        self._http.request(method, path, json.dumps(body) if body is not None else None, self._headers)
        answer = self._http.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status} {said[:500]!r}")
        return said if raw else json.loads(said)

    def tell_career(self) -> None:
        facts = [
            {"id": fact.id, "kind": fact.kind, "text": fact.text, "of": fact.of}
            | {name: getattr(fact, name) for name in _CONTEXT}
            for fact in career()
        ]
        identity = {"name": "Ada Bench", "email": "ada@example.org"}
        self.ask("PUT", "/api/profile", {"facts": facts, "identity": identity, "language": "fr"})

    def add(self, text: str) -> str:
        return str(self.ask("POST", "/api/offers", {"text": text})["analysisId"])

    def close(self) -> None:
        self._http.close()


def _all_at_once(app: Running, access: str, ids: list[str]) -> None:
    """Everyone asks in the same moment, on a connection of their own."""
    failed: list[Exception] = []

    def ask(analysis_id: str) -> None:
        try:
            with closing(_Client(app, access)) as client:
                client.ask("POST", "/api/cv/generate-widgets", {"analysisId": analysis_id})
        except (RuntimeError, OSError, http.client.HTTPException) as fault:
            failed.append(fault)

    threads = [threading.Thread(target=ask, args=(analysis_id,)) for analysis_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _in_background(app: Running, access: str, board: str) -> None:
    with closing(_Client(app, access)) as client:
        wanted = {
            client.ask("POST", "/api/background-tasks/generate-cv", {"jobUrl": f"{board}/{number}"})["taskId"]
            for number in range(OFFERS)
        }
        while True:
            time.sleep(0.5)
            tasks = client.ask("GET", "/api/background-tasks/sync?deviceId=bench")["tasks"]
            if any(task["status"] == "failed" for task in tasks):
                raise RuntimeError(str(next(task for task in tasks if task["status"] == "failed")))
            if wanted <= {task["id"] for task in tasks if task["status"] == "done"}:
                return


@contextmanager
def _job_board() -> Iterator[ThreadingHTTPServer]:
    """A site of job offers on this machine, a page each."""
    pages = [_page(text) for text in texts()]

    class Board(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages[int(self.path.strip("/"))]
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Board) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


def _page(text: str) -> bytes:
    title, _, rest = text.partition("\n")
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in rest.splitlines() if line.strip())
    return f"<html><body><main><h1>{html.escape(title)}</h1>{lines}</main></body></html>".encode()


# ---------------------------------------------------------------------------- a page in use meanwhile


class _Use:
    def __init__(self) -> None:
        self.events, self.pages, self.seconds = Times(), Times(), 0.0


async def _used(app: Running, work: Any) -> _Use:
    """A signed-in person's tab sends events, and someone fetches the page, until `work` is done."""
    use, done = _Use(), asyncio.Event()
    cookie = await asyncio.to_thread(_login_cookie, app)
    async with (
        await tabs.opened(app.url, cookie) as socket,
        httpx2.AsyncClient(base_url=app.url, timeout=60) as client,
    ):
        await _expect(socket, "40/_event")
        await _event(socket, f"{ROOT}.hydrate", {})
        await _event(socket, *EVENTS[1])  # the first one opens the page: more than any later one
        tab = asyncio.create_task(_events(socket, use, done))
        visitor = asyncio.create_task(_visits(client, use, done))
        started = time.perf_counter()
        try:
            await asyncio.to_thread(work)
        finally:
            use.seconds = time.perf_counter() - started
            done.set()
        await asyncio.gather(tab, visitor)
    return use


def _login_cookie(app: Running) -> str:
    """As a browser gets it."""
    with httpx2.Client(base_url=app.url, timeout=60) as browser:
        token = browser.get("/api/auth/csrf").raise_for_status().json()["csrfToken"]
        given = {"email": "first@example.org", "password": accounts.PASSWORD, "csrfToken": token}
        browser.post("/api/auth/callback/credentials", data=given)
        return f"{people.COOKIE}={browser.cookies[people.COOKIE]}"


async def _events(socket: ClientConnection, use: _Use, done: asyncio.Event) -> None:
    number = 0
    while not done.is_set():
        use.events.runs.append(await _event(socket, *EVENTS[number % len(EVENTS)]))
        number += 1
        await asyncio.sleep(PAUSE)


async def _visits(client: httpx2.AsyncClient, use: _Use, done: asyncio.Event) -> None:
    while not done.is_set():
        started = time.perf_counter()
        (await client.get("/tailor")).raise_for_status()
        use.pages.runs.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(PAUSE)


async def _event(socket: ClientConnection, name: str, payload: dict[str, str]) -> float:
    """Milliseconds from an event to the last of what the server answers to it."""
    started = time.perf_counter()
    await tabs.send(socket, name, "/tailor", **payload)
    state = name.rpartition(".")[0]
    while True:
        said = await _expect(socket, "42/_event,")
        delta = json.loads(said.partition(",")[2])[1].get("delta") or {}
        if state in delta:
            return (time.perf_counter() - started) * 1000


async def _expect(socket: ClientConnection, start: str) -> str:
    """The next message that begins so."""
    while not (said := await asyncio.wait_for(tabs.heard(socket), 60)).startswith(start):
        pass
    return said
