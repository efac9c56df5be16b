"""A tab's token, stolen or guessed: the app's own sockets and uploads, asked by a browser with other cookies."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from reflex.app import _ContextMiddleware, upload
from reflex_base.utils.format import format_event_handler
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from cvstudio import db
from cvstudio.cvstudio import app
from cvstudio.document import samples
from cvstudio.domain import accounts, cvs, owners
from cvstudio.domain.accounts import sessions
from cvstudio.models import User
from cvstudio.state import tabs
from cvstudio.state.editor import Editor
from cvstudio.state.editor_files import Files
from tests.accounts import make_account
from tests.conftest import wait_until

HYDRATE = "reflex___state____state.hydrate_and_load"
SECRET = "Zq7unmistakable"
READY = '"is_hydrated_rx_state_":true'


@pytest.fixture
def server(sqlite: Any) -> Iterator[TestClient]:
    """All that Reflex serves, and what stands before it."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with app._setup_event_processor():
            yield

    routes = [Route(tabs.UPLOAD, upload(app), methods=["POST"]), Mount("/", app=app._api)]
    served = tabs.own_uploads(Starlette(routes=routes), app)
    context = Middleware(_ContextMiddleware, reflex_app=app)
    with TestClient(Starlette(lifespan=lifespan, middleware=[context], routes=[Mount("/", app=served)])) as client:
        yield client


@dataclass
class Socket:
    wire: Any
    token: str
    told: list[str] = field(default_factory=list)

    def send(self, event: str, **payload: Any) -> None:
        router = {"pathname": "/generate", "asPath": "/generate", "query": {}}
        said = ["event", {"name": event, "payload": payload, "router_data": router}]
        self.wire.send_text(f"42/_event,{json.dumps(said)}")

    def hear(self, what: str) -> str:
        """All up to the message that has this in it."""
        heard: list[str] = []
        while not any(what in one for one in heard):
            message = self.wire.receive_text()
            if message.startswith('42/_event,["new_token"'):
                self.token = json.loads(message.removeprefix("42/_event,"))[1]
            heard.append(message)
        self.told += heard
        return "".join(heard)


@contextmanager
def connected(server: TestClient, token: str, cookies: str) -> Iterator[Socket]:
    address = f"/_event/?EIO=4&transport=websocket&token={token}"
    headers = {"cookie": cookies, "origin": "http://testserver", "upgrade": "websocket"}
    with server.websocket_connect(address, headers=headers) as wire:
        socket = Socket(wire, token)
        wire.send_text("40/_event,")
        socket.hear('40/_event,{"sid"')
        yield socket
        wire.send_text("41/_event,")
        wait_until(lambda: socket.token not in app.event_namespace.token_to_sid)


def person(email: str, name: str) -> tuple[str, str]:
    """(their Cookie header, the id of their CV)."""
    user = make_account(email)
    document = samples.load("fr")
    document.basics.name = name
    with db.session() as session:
        cv = cvs.create(session, user.id, document)
        signed = accounts.sign_in(session, session.get_one(User, user.id), None, "password")
    return f"{accounts.COOKIE}={signed.token}; {owners.COOKIE}={owners.new_cookie()[1]}", cv.id


@pytest.fixture
def ada(sqlite: Any) -> str:
    return person("ada@example.org", SECRET)[0]


@pytest.fixture(params=["signed in", "anonymous", "without cookies"])
def stranger(request: pytest.FixtureRequest, sqlite: Any) -> str:
    if request.param == "signed in":
        return person("bob@example.org", "Bob")[0]
    return f"{owners.COOKIE}={owners.new_cookie()[1]}" if request.param == "anonymous" else ""


def opened(server: TestClient, cookies: str) -> str:
    """The token of a tab in which these cookies' owner looked at their CV; it is closed."""
    with connected(server, str(uuid4()), cookies) as tab:
        tab.send(HYDRATE)
        assert SECRET in tab.hear(READY)
        return tab.token


def test_a_closed_tab_s_token_opens_nothing_to_another(server: TestClient, ada: str, stranger: str):
    token = opened(server, ada)
    with connected(server, token, stranger) as tab:
        assert tab.token != token
        tab.send(HYDRATE)
        tab.hear(READY)
        tab.send(format_event_handler(Editor.edit), path="basics.label", value="By a stranger")
        tab.hear("By a stranger")
        assert SECRET not in "".join(tab.told)
    with connected(server, token, ada) as tab:
        assert tab.token == token
        tab.send(HYDRATE)
        heard = tab.hear(READY)
        assert SECRET in heard
        assert "By a stranger" not in heard


def test_an_open_tab_s_token_opens_nothing_to_another(server: TestClient, ada: str, stranger: str):
    with connected(server, str(uuid4()), ada) as hers:
        hers.send(HYDRATE)
        hers.hear(READY)
        with connected(server, hers.token, stranger) as tab:
            assert tab.token != hers.token
            tab.send(HYDRATE)
            tab.hear(READY)
            assert SECRET not in "".join(tab.told)


def test_the_same_browser_finds_its_tab_again(server: TestClient, ada: str):
    token = opened(server, ada)
    with connected(server, token, ada) as tab:
        assert tab.token == token


def test_the_next_person_at_the_same_browser_begins_anew(server: TestClient, ada: str):
    """Signed out and another signed in, in one tab: only the sign-in is another."""
    token = opened(server, ada)
    bob = person("bob@example.org", "Bob")[0].partition("; ")[0]
    with connected(server, token, f"{bob}; {ada.partition('; ')[2]}") as tab:
        assert tab.token != token


def test_a_sign_in_that_has_ended_opens_its_tabs_no_more(server: TestClient, ada: str):
    token = opened(server, ada)
    with db.session() as session:
        found = sessions.by_token(session, ada.partition("; ")[0].partition("=")[2])
        assert found
        sessions.end(session, found[0].id)
    with connected(server, token, ada) as tab:
        assert tab.token != token


def test_no_file_is_brought_to_another_s_tab(server: TestClient, ada: str, stranger: str):
    resume = ("files", ("cv.json", b'{"basics": {"name": "By a stranger"}}', "application/json"))
    headers = {"reflex-event-handler": format_event_handler(Files.bring_resume)}
    with connected(server, str(uuid4()), ada) as hers:
        hers.send(HYDRATE)
        hers.hear(READY)
        named = {**headers, "reflex-client-token": hers.token}
        refused = server.post("/_upload", files=[resume], headers={**named, "cookie": stranger})
        assert (refused.status_code, refused.content) == (404, b"")
        brought = server.post("/_upload", files=[resume], headers={**named, "cookie": ada})
        assert brought.status_code == 200
        assert "By a stranger" in brought.text  # it waits for Ada's yes


@pytest.mark.parametrize("size", ["20000001", "", "-1", "many"])
def test_no_file_fills_the_disk(server: TestClient, size: str):
    headers = {"content-length": size, "content-type": "multipart/form-data; boundary=x"}
    assert server.post("/_upload", content=b"--x--", headers=headers).status_code == 413
