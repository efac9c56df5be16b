"""What people say, from the dialog to the administrators; and the offers that they read before. Without a browser."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from reflex.istate.data import ReflexURL
from sqlalchemy import Engine
from sqlmodel import select

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import cvs, feedback, links, offers
from cvstudio.domain.links import LinkNotFound
from cvstudio.domain.rate import Limit
from cvstudio.errors import Unauthorized
from cvstudio.locales import text
from cvstudio.models import Cv, Feedback, User
from cvstudio.state import admin_feedback, tailor
from cvstudio.state.admin_feedback import AdminFeedback
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import Draft
from cvstudio.state.feedback import Opinion
from cvstudio.state.recent_offers import RecentOffers
from tests.accounts import make_account
from tests.state.tabs import tab

OFFER = """Boulanger (H/F) – CDI – Rennes
Missions : pétrissage, façonnage et cuisson des pains, tenue du laboratoire.
Profil : CAP boulangerie, trois ans d’expérience, rigueur et ponctualité."""


def said() -> list[Feedback]:
    with db.session(write=False) as session:
        return list(session.exec(select(Feedback).order_by(Feedback.created_at)))


def dialog(cv: Cv, path: str = "/templates", user: User | None = None) -> Any:
    async def opened() -> Any:
        root = tab(user, "fr", visitor_id=cv.owner_id)
        there = replace(root.router, url=ReflexURL(f"http://localhost:3000{path}"))
        object.__setattr__(root, "router", there)
        editor, found = await root.get_state(Editor), await root.get_state(Opinion)
        await editor._who()
        editor._take(Draft(Document.load(cv.document), cv.id, cv.revision))
        await found.ask()
        return found

    return asyncio.run(opened())


def test_what_a_visitor_says_arrives_and_nothing_else(cv: Cv):
    found = dialog(cv)
    assert (found.opened, found.thanked, found.about) == (True, False, "")
    asyncio.run(found.give({"category": "opinion", "rating": "4", "comment": " Bien ! ", "cv": "yes", "x": ["y"]}))
    assert found.thanked
    (given,) = said()
    assert (given.owner_id, given.rating, given.comment) == (cv.owner_id, 4, "Bien !")
    assert (given.is_bug_report, given.cv_file, given.status) == (False, "", "new")
    found.close()
    asyncio.run(found.ask())
    assert (found.opened, found.thanked, found.bug) == (True, False, False)


def test_the_cv_in_the_editor_is_named_only_where_one_says_so(cv: Cv):
    found = dialog(cv, "/generate")
    assert found.about == cv.title
    for chosen in ({}, {"cv": "yes"}):
        asyncio.run(found.give({"category": "bug", "rating": "1", "comment": "Il saute."} | chosen))
    assert [(one.cv_file, one.is_bug_report) for one in said()] == [("", True), (cv.filename, True)]
    with db.session() as session:
        cvs.delete(session, cv.owner_id, cv.id)
    asyncio.run(found.ask())
    assert found.about == ""


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({}, "no_rating"),
        ({"rating": "0"}, "no_rating"),
        ({"rating": "6"}, "no_rating"),
        ({"rating": "55"}, "no_rating"),
        ({"rating": "0100"}, "no_rating"),
        ({"rating": "٣"}, "no_rating"),
        ({"rating": "1" * 5000}, "no_rating"),
        ({"rating": {"x": 1}}, "no_rating"),
        ({"rating": "3", "category": "bug", "comment": "  "}, "no_comment"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(cv: Cv, form: dict[str, Any], wrong: str):
    found = dialog(cv)
    asyncio.run(found.give(form))
    assert getattr(found, wrong) == text(f"feedback.{wrong}", "fr")
    assert (found.thanked, said()) == (False, [])


def test_nobody_floods_it_not_even_many_visitors(cv: Cv, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(feedback, "VISITORS", Limit(1, 3600))
    asyncio.run(dialog(cv).give({"rating": "5"}))
    nobody = dialog(cv)
    asyncio.run(nobody.give({"rating": "5"}))
    assert nobody.problem
    assert not nobody.thanked
    member = dialog(cv, user=make_account("ada@example.org"))
    asyncio.run(member.give({"rating": "5"}))
    assert member.thanked
    assert len(said()) == 2


def test_administrators_read_mark_and_remove(cv: Cv, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(admin_feedback, "PAGE", 2)
    with db.session() as session:
        for rating in (1, 2, 3):
            feedback.give(session, cv.owner_id, rating, "", bug=rating == 2)
    root = tab(make_account("root@example.org", role="admin"), "fr")

    async def working() -> Any:
        state = await root.get_state(AdminFeedback)
        await state.load()
        return state

    state = asyncio.run(working())
    assert ([row.rating for row in state.rows], state.more, state.ready) == ([3, 2], True, True)
    asyncio.run(state.older())
    assert ([row.rating for row in state.rows], state.more) == ([3, 2, 1], False)
    asyncio.run(state.review(state.rows[0].id, True))
    assert (state.rows[0].reviewed, state.counts) == (True, {"new": 2, "reviewed": 1})
    asyncio.run(state.filter("reviewed"))
    assert [row.rating for row in state.rows] == [3]
    asyncio.run(state.review(state.rows[0].id, False))
    asyncio.run(state.filter("anything"))
    asyncio.run(state.only_bugs(True))
    assert [row.rating for row in state.rows] == [2]
    asyncio.run(state.ask_removal(state.rows[0].id, True))
    assert state.rows[0].removing
    asyncio.run(state.remove(state.rows[0].id))
    assert (state.rows, state.counts) == ([], {"new": 2, "reviewed": 0})


def test_an_offer_read_by_link_can_be_read_again_and_forgotten(cv: Cv):
    found = offers.read_text(OFFER)
    for url in ("https://www.example.org/offres/7/", "https://example.net/8"):
        tailor._admitted(cv.owner_id, lambda url=url: replace(found, url=url))
    tailor._admitted(cv.owner_id, lambda: found)  # no link, nothing kept
    with db.session() as session:
        links.keep(session, cv.owner_id, "https://www.example.org/plain/")
    root = tab(None, "fr", visitor_id=cv.owner_id)

    async def opened() -> Any:
        state = await root.get_state(RecentOffers)
        await state.load()
        return state

    state = asyncio.run(opened())
    assert (state.rows[0].site, state.rows[0].title) == ("example.org", "example.org/plain")
    assert "Boulanger" in state.rows[1].title
    assert [row.url for row in state.rows][1:] == ["https://example.net/8", "https://www.example.org/offres/7/"]
    first = state.rows[0].id
    asyncio.run(state.forget(first))
    assert len(state.rows) == 2
    with pytest.raises(LinkNotFound):
        asyncio.run(state.forget(first))
    asyncio.run(state.forget_all())
    assert state.rows == []
    with db.session(write=False) as session:
        assert links.of(session, cv.owner_id) == []


def test_without_cookies_there_are_none(sqlite: Engine):
    async def opened() -> Any:
        state = await tab(None, "fr").get_state(RecentOffers)
        await state.load()
        return state

    state = asyncio.run(opened())
    assert state.rows == []
    with pytest.raises(Unauthorized):
        asyncio.run(state.forget_all())
