"""Pages know their visitor by the same door as the API."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy
from reflex.event import Event
from reflex.istate.data import HeaderData, RouterData
from reflex.istate.delta import resolve_delta
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.cvstudio import app
from cvstudio.domain import accounts, owners, site_settings
from cvstudio.domain.accounts import sessions
from cvstudio.models import User
from cvstudio.state import session
from cvstudio.state.admin import Gate
from cvstudio.state.session import Crier, Session
from tests.accounts import make_account
from tests.state import tabs


def tab(cookie: str, accept: str = "") -> Session:
    """A page that connected with these cookies."""
    state = Session(_reflex_internal_init=True)  # type: ignore[call-arg]
    object.__setattr__(state, "router", RouterData(headers=HeaderData(cookie=cookie, accept_language=accept)))
    return state


@pytest.fixture
def token(engine) -> str:
    user = make_account("marie@example.org", password=None)
    with db.session() as session:
        return accounts.sign_in(session, session.get_one(User, user.id), None, "password").token


def test_a_visitor(engine):
    owner_id, value = owners.new_cookie()
    assert tab(f"{owners.COOKIE}={value}").owner_id() == owner_id
    assert tab(f"{owners.COOKIE}={value}").user() is None
    forged = (f"{owners.COOKIE}={owner_id}", f"{owners.COOKIE}={value}x", f"x{owners.COOKIE}={value}")
    for nobody in ("", f"{owners.COOKIE}=forged", "=;=", "\x00=;;", f"{accounts.COOKIE}=forged", *forged):
        assert tab(nobody).owner_id() is None


def test_an_account_until_its_session_ends(token):
    page = tab(f"{accounts.COOKIE}={token}; {owners.COOKIE}={owners.new_cookie()[1]}")
    user = page.user()
    assert (user.email, page.owner_id()) == ("marie@example.org", user.id)
    with db.session() as session:
        sessions.end_all(session, user.id)
    assert page.user() is None
    assert page.owner_id() != user.id


@pytest.mark.parametrize(
    ("chosen", "accept", "spoken"),
    [("", "en-GB,en;q=0.9", "en"), ("fr", "en-GB", "fr"), ("<script>", "en", "en"), ("", "", "fr")],
)
def test_the_language_is_the_chosen_one_else_the_browsers(chosen: str, accept: str, spoken: str):
    page = tab("", accept)
    page.chosen = chosen
    assert page.language() == spoken == page.lang


def test_only_our_languages_can_be_chosen():
    page = tab("", "en")
    Session.set_lang.fn(page, "de")
    assert page.chosen == ""
    Session.set_lang.fn(page, "fr")
    assert page.chosen == "fr"


# ---- what administrators tell everyone -------------------------------------------------------------------------------

PAUSE = {"fr": "Pause à midi", "en": "Break at noon"}


@pytest.fixture
def announce(engine: Engine) -> Iterator[Callable[..., None]]:
    """Says it, and lets the time pass in which what was said before still holds."""

    def say(message: dict[str, str]) -> None:
        with db.session() as opened:
            site_settings.change(opened, "maintenance_message", message, None)
        session._message.cache_clear()

    yield say
    session._message.cache_clear()


def page(root: Any) -> Any:
    return root.get_substate(Session.get_full_name().split("."))


def told(root: Any) -> str | None:
    """The message that the tab is sent with the answer to an event; None when it has it already."""
    asyncio.run(Crier().preprocess(app, root, Event(name="whatever")))
    delta = asyncio.run(resolve_delta(root))
    root._clean()
    said: dict[str, str] = delta.get(Session.get_full_name(), {})
    return next((value for name, value in said.items() if name.startswith("maintenance")), None)


def test_a_message_reaches_a_tab_with_whatever_event(announce):
    root = tabs.tab(None, "fr")
    announce({"fr": "", "en": ""})
    assert told(root) == ""
    announce(PAUSE)
    root.get_substate(Gate.get_full_name().split(".")).shut = True  # as an event of another state does
    assert told(root) == "Pause à midi"
    assert told(root) is None
    announce({"fr": "Plus tard", "en": "Later"})
    assert told(root) == "Plus tard"
    announce({"fr": "", "en": ""})
    assert told(root) == ""


def test_a_message_is_in_the_pages_language_at_once(announce):
    announce(PAUSE)
    root = tabs.tab(None, "fr")
    assert told(root) == "Pause à midi"
    Session.set_lang.fn(page(root), "en")
    assert told(root) == "Break at noon"


def test_a_message_that_was_read_stays_hidden_until_there_is_another(announce):
    announce(PAUSE)
    root = tabs.tab(None, "fr")
    assert told(root) == "Pause à midi"
    Session.hide_maintenance.fn(page(root))
    assert told(root) == ""
    Session.set_lang.fn(page(root), "en")
    assert not told(root)
    announce({**PAUSE, "en": "Break at one"})
    assert told(root) == "Break at one"


def test_no_event_asks_the_database_for_the_message_anew(announce, engine: Engine):
    announce(PAUSE)
    first, second = tabs.tab(None, "fr"), tabs.tab(None, "en")
    asked: list[str] = []

    @sqlalchemy.event.listens_for(engine, "before_cursor_execute")
    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "site_setting" in statement:
            asked.append(statement)

    said = [told(first), told(second), told(first), told(second)]
    for root in (first, second) * 20:
        page(root).chosen = ""
        told(root)
    assert said == ["Pause à midi", "Break at noon", None, None]
    assert len(asked) <= 2  # two, should the time have run out in between
    assert asked
