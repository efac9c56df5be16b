"""/tasks without a browser: asked for, followed, tried again, put away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest
from sqlalchemy import Engine

from cvstudio import db, jobs
from cvstudio.document import samples
from cvstudio.domain import background, cvs, offer_cvs, offers, profiles
from cvstudio.domain.background import TaskNotFound
from cvstudio.errors import Unauthorized
from cvstudio.locales import text
from cvstudio.models import Cv, Job, Owner
from cvstudio.state.tasks import Tasks
from tests.domain.test_tailored import OFFER
from tests.state.tabs import tab

TRADE = "Boulanger"


@pytest.fixture
def state(cv: Cv) -> Any:
    """The open page of a visitor who has one CV."""
    return opened(cv.owner_id)


def opened(owner_id: str, language: str = "fr") -> Any:
    found = asyncio.run(tab(None, language, visitor_id=owner_id).get_state(Tasks))
    run(found.open())
    return found


def run(handler: AsyncIterator[Any] | Coroutine[Any, Any, Any]) -> None:
    """All of a handler."""

    async def running() -> None:
        if hasattr(handler, "__aiter__"):
            async for _ in handler:
                pass
        else:
            await handler

    asyncio.run(running())


def ask(state: Any, offer: str, base: str = "") -> None:
    run(state.ask({"offer": offer, "base": base or state.bases[0].filename}))


def end(job_id: str, result: dict[str, Any] | Exception) -> None:
    def handler(ctx: jobs.Context) -> dict[str, Any]:
        if isinstance(result, Exception):
            raise result
        return result

    jobs.run(job_id, dict.fromkeys(background.TYPES, handler))


def test_from_a_trade_to_a_cv(state: Any, cv: Cv):
    assert (state.live, state.ended, [base.filename for base in state.bases]) == ([], [], [cv.filename])
    ask(state, TRADE)
    (row,) = state.live
    assert (row.title, row.status, row.usual, row.link) == (TRADE, "queued", "", "")
    assert row.kind == text("tasks.type_generate_cv_from_job_title", "fr")
    end(row.id, {"cv_id": "abc", "title": "Boulanger – Paris"})
    run(state.happened("job", row.id, ""))
    assert state.live == []
    (row,) = state.ended
    assert (row.title, row.status, row.link, row.again) == ("Boulanger – Paris", "done", "/generate?cv=abc", False)
    ask(state, TRADE)
    assert state.live[0].usual == text("tasks.usual", "fr", time=text("tasks.moment", "fr"))
    assert opened(cv.owner_id, "en").live[0].usual == "usually less than a second"


def test_an_offer_may_be_a_link_a_text_or_a_trade(state: Any, cv: Cv):
    for given in ("https://jobs.example.org/soudeur-tig", OFFER, TRADE):
        ask(state, given)
    with db.session(write=False) as session:
        tasks = background.all_of(session, cv.owner_id)
        found = [task.job.payload for task in tasks[::-1]]
        assert found[0]["url"] == "https://jobs.example.org/soudeur-tig"
        sources = [offers.get_owned(session, cv.owner_id, payload["offer"]).source for payload in found[1:]]
    assert sources == ["text", "title"]
    assert {payload["base"] for payload in found} == {cv.id}


@pytest.mark.parametrize("given", ["", "Qzxq", "x" * 300, "https://", "http://[", "file:///etc/passwd"])
def test_what_is_wrong_is_said_and_asks_nothing(state: Any, given: str):
    ask(state, given)
    assert state.wrong_fr != state.wrong_en != ""
    assert (state.live, state.asking) == ([], False)
    ask(state, TRADE)
    assert (state.wrong_fr, len(state.live)) == ("", 1)


def test_a_task_is_stopped_tried_again_and_put_away(state: Any):
    ask(state, TRADE)
    run(state.remove(state.live[0].id))
    (row,) = state.ended
    assert (row.status, row.again) == ("cancelled", True)
    assert "annulé" in row.outcome
    run(state.again(row.id))
    assert state.ended == []
    (row,) = state.live
    end(row.id, offer_cvs.web.LinkNotAllowed("no"))
    run(state.happened("job", row.id, ""))
    (row,) = state.ended
    assert (row.status, row.again, bool(row.outcome)) == ("failed", True, True)
    run(state.remove(row.id))
    assert state.ended == []


def test_what_other_tasks_came_to(state: Any, cv: Cv):
    results = {"match_score": {"score": 71}, "improve_cv": {"cv_id": cv.id, "proposals": [1, 2]}}
    for kind, result in results.items():
        with db.session() as session:
            job = jobs.enqueue(session, kind, cv.owner_id, {}, cv.id)
        end(job.id, result)
    run(state.happened("job", "x", ""))
    rows = {row.kind: row for row in state.ended}
    assert rows[text("tasks.type_match_score", "fr")].outcome.endswith("71 sur 100")
    assert rows[text("tasks.type_improve_cv", "fr")].outcome.endswith("2")
    links = {row.kind: (row.link, row.proposes) for row in rows.values()}
    assert links[text("tasks.type_match_score", "fr")] == (f"/generate?cv={cv.id}", False)
    assert links[text("tasks.type_improve_cv", "fr")] == (f"/generate?cv={cv.id}&improve={job.id}", True)


def test_a_career_is_a_base_and_cvs_made_for_an_offer_come_last(cv: Cv):
    with db.session() as session:
        profiles.add_cvs(session, cv.owner_id, [cv.id])
        cvs.create(session, cv.owner_id, samples.load("fr"), title="made", source="offer")
    page = opened(cv.owner_id)
    assert [base.title for base in page.bases] == [text("tasks.career", "fr"), cv.title, "made"]


def test_nothing_of_anothers(state: Any, cv: Cv):
    ask(state, TRADE)
    with db.session() as session:
        stranger = Owner(locale="fr")
        session.add(stranger)
    theirs = opened(stranger.id)
    assert (theirs.live, theirs.bases) == ([], [])
    for event in (theirs.remove, theirs.again):
        with pytest.raises(TaskNotFound):
            run(event(state.live[0].id))
    run(theirs.ask({"offer": TRADE, "base": cv.filename}))
    assert theirs.wrong_fr == cvs.CvNotFound().message("fr")
    with db.session(write=False) as session:
        assert session.get_one(Job, state.live[0].id).status == "queued"


def test_without_cookies(sqlite: Engine):
    page = asyncio.run(tab(None, "fr").get_state(Tasks))
    run(page.open())
    assert (page.ready, page.live, page.bases) == (True, [], [])
    with pytest.raises(Unauthorized):
        run(page.ask({"offer": TRADE}))
    with pytest.raises(Unauthorized):
        run(page.remove("x"))
