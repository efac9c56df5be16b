"""Pages know their visitor by the same door as the API."""

import pytest
from reflex.istate.data import HeaderData, RouterData

from cvstudio import db
from cvstudio.domain import accounts, owners
from cvstudio.domain.accounts import sessions
from cvstudio.models import User
from cvstudio.state.session import Session
from tests.accounts import make_account


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
