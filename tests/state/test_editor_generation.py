"""The PDF that a tab follows: its own, and one that was asked for elsewhere."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.document import samples
from cvstudio.domain import cvs, generation, owners
from cvstudio.models import Cv, Job
from cvstudio.state import bridge
from cvstudio.state.editor import Editor
from cvstudio.state.editor_generation import Generation
from tests.state.tabs import tab


@pytest.fixture
def owner_id(engine: Engine) -> Iterator[str]:
    with db.session() as session:
        made = owners.ensure(session, None).id
    yield made
    bridge._tabs.pop(made, None)


def make_cv(owner_id: str) -> Cv:
    with db.session() as session:
        return cvs.create(session, owner_id, samples.load("fr"))


def ask(cv: Cv) -> str:
    """The id of a job that makes its PDF."""
    with db.session() as session:
        return generation.start(session, cv.owner_id, session.get_one(Cv, cv.id)).id


def goes_on(job_id: str, status: str, progress: int) -> None:
    with db.session() as session:
        job = session.get_one(Job, job_id)
        job.status, job.progress = status, progress


def opened(cv: Cv) -> Any:
    """The state of a tab whose page has just shown the CV."""
    root = tab(None, visitor_id=cv.owner_id)

    async def opening() -> Any:
        editor, state = await root.get_state(Editor), await root.get_state(Generation)
        editor._owner_id, editor.cv_id = cv.owner_id, cv.id
        assert await state.open() is None
        return state

    return asyncio.run(opening())


def happens(state: Any, job_id: str) -> Any:
    """What the tab is told to do when the bus says that this job went on."""
    return asyncio.run(state.happened("job", job_id, ""))


def test_a_file_under_way_is_followed_and_left_to_the_tab_that_asked(owner_id: str):
    cv = make_cv(owner_id)
    job_id = ask(cv)
    state = opened(cv)
    assert (state.job_id, state.status) == (job_id, "queued")
    goes_on(job_id, "running", 40)
    assert happens(state, job_id) is None
    assert (state.status, state.progress) == ("running", 40)
    assert happens(state, "another") is None
    goes_on(job_id, "done", 100)
    assert happens(state, job_id) is None  # no download
    assert state.status == "done"
    assert job_id in str(state.download().args)  # until it is asked for


def test_the_tab_that_asked_downloads_once(owner_id: str):
    cv = make_cv(owner_id)
    state = opened(cv)
    assert (state.job_id, state.status) == ("", "")
    state.job_id, state.status = ask(cv), "queued"
    goes_on(state.job_id, "done", 100)
    assert state.job_id in str(happens(state, state.job_id).args)
    assert happens(state, state.job_id) is None


@pytest.mark.parametrize("status", ["done", "failed"])
def test_what_is_over_is_not_brought_up_again(owner_id: str, status: str):
    cv = make_cv(owner_id)
    goes_on(ask(cv), status, 100)
    state = opened(cv)
    assert (state.job_id, state.status) == ("", "")


def test_only_the_newest_file_of_this_cv_is_followed(owner_id: str):
    cv, other = make_cv(owner_id), make_cv(owner_id)
    ask(other)
    assert opened(cv).status == ""
    goes_on(ask(cv), "done", 100)
    newest = ask(cv)
    assert opened(cv).job_id == newest


def test_a_tab_without_a_cv_follows_nothing(owner_id: str):
    ask(make_cv(owner_id))
    assert opened(Cv(id="", owner_id=owner_id, document={})).status == ""
