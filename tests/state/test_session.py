"""Whose tab it is and which language it speaks: both read from what the browser sent, trusted in nothing."""

from typing import Any

import pytest

from cvstudio.domain import owners
from cvstudio.state.session import Session


def session(**headers: str) -> Session:
    """As it is when a tab has connected with these headers."""
    state: Any = Session()
    state.router = state.router.from_router_data({"headers": headers})
    return state


@pytest.mark.parametrize(
    ("chosen", "accept", "spoken"),
    [("", "en-GB,en;q=0.9", "en"), ("fr", "en-GB", "fr"), ("<script>", "en", "en"), ("", "", "fr")],
)
def test_the_language_is_the_chosen_one_else_the_browsers(chosen: str, accept: str, spoken: str):
    state = session(accept_language=accept)
    state.chosen = chosen
    assert state.language() == spoken == state.lang


def test_only_our_languages_can_be_chosen():
    state = session(accept_language="en")
    Session.set_lang.fn(state, "de")
    assert state.chosen == ""
    Session.set_lang.fn(state, "fr")
    assert state.chosen == "fr"


def test_the_owner_is_read_from_the_signed_cookie_only():
    owner_id, cookie = owners.new_cookie()
    assert session(cookie=f"other=1; {owners.COOKIE}={cookie}").owner_id() == owner_id
    for forged in (
        "",
        f"{owners.COOKIE}={owner_id}",
        f"{owners.COOKIE}={cookie}x",
        "\x00=;;",
        f"x{owners.COOKIE}={cookie}",
    ):
        assert session(cookie=forged).owner_id() is None
