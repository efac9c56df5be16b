"""The first-run tour on /generate: who is shown it, and where they are in it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.domain import onboarding, site_settings
from cvstudio.domain.onboarding import STEPS
from cvstudio.errors import Unauthorized
from cvstudio.models import User
from cvstudio.state.account import Account
from cvstudio.state.tour import Tour
from tests.accounts import make_account
from tests.state.tabs import tab


def shown(root: Any, *events: str) -> str:
    """The card that a tab shows after /generate was opened and these buttons were pressed."""

    async def going() -> str:
        tour = await root.get_state(Tour)
        for event in ("open", *events):
            await getattr(tour, event)()
        return str(tour.step)

    return asyncio.run(going())


def kept(user: User) -> onboarding.State:
    with db.session(write=False) as session:
        return onboarding.state(session.get_one(User, user.id))


def switch(on: bool) -> None:
    with db.session() as session:
        site_settings.change(session, "onboarding_tour", on, None)


def test_a_new_account_begins_and_finishes(engine: Engine):
    user = make_account("new@example.org")
    assert shown(tab(user)) == STEPS[0]
    assert shown(tab(user), "next") == STEPS[1]
    assert shown(tab(user)) == STEPS[1]
    assert shown(tab(user), "back", "back") == STEPS[0]
    assert shown(tab(user), *["next"] * len(STEPS)) == ""
    assert kept(user).status == "completed"
    assert shown(tab(user)) == ""


def test_who_skipped_it_sees_it_again_when_they_ask(engine: Engine):
    user = make_account("skipped@example.org")
    root = tab(user)
    assert shown(root, "next", "skip") == ""
    assert kept(user).status == "skipped"
    assert shown(root) == ""
    assert shown(root, "again") == STEPS[0]


def test_a_visitor_is_not_shown_it(engine: Engine):
    root = tab(None)
    assert shown(root) == ""
    for event in ("next", "back", "skip", "again"):
        with pytest.raises(Unauthorized):
            shown(root, event)


def test_switched_off_it_is_neither_shown_nor_offered(engine: Engine):
    user = make_account("off@example.org")
    root = tab(user)

    async def offered() -> bool:
        account = await root.get_state(Account)
        await account.load()
        return bool(account.ready and account.tour)

    assert shown(root) == STEPS[0]
    assert asyncio.run(offered())
    switch(False)
    assert shown(root) == ""
    assert not asyncio.run(offered())
    assert kept(user).status == "new"
    switch(True)
    assert shown(root) == STEPS[0]
