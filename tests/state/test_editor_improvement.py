"""The editor's improvements without a browser: asked for, followed, decided one by one, undone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from cvstudio import db, jobs, tasks
from cvstudio.document import Document, samples
from cvstudio.domain import credits, cvs, improving, owners, versions
from cvstudio.locales import text
from cvstudio.models import Cv, Job
from cvstudio.state import bridge, editor_improvement
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import load
from cvstudio.state.editor_improvement import Improving
from tests.state.tabs import tab

SUMMARY = "cuisinier  depuis neuf ans"
FIRST = "tenue du poste chaud"


@pytest.fixture
def owner_id(sqlite: Engine) -> Iterator[str]:
    with db.session() as session:
        made = owners.ensure(session, None).id
    yield made
    bridge._tabs.pop(made, None)


@pytest.fixture
def cv(owner_id: str) -> Cv:
    """Of which two lines call for a tidier wording."""
    document = samples.load("fr")
    with db.session() as session:
        return cvs.create(session, owner_id, tidy(document))


def tidy(document: Document) -> Document:
    """Nothing to be proposed but for the two lines."""
    document = improving.accept(document, improving.improve(document).proposals)[0]
    document.basics.summary, document.work[0].highlights[0] = SUMMARY, FIRST
    return document


class Tab:
    """A tab that shows this CV; each of `does` is one event."""

    def __init__(self, cv: Cv) -> None:
        self.root = tab(None, visitor_id=cv.owner_id)
        self.editor = asyncio.run(self.root.get_state(Editor))
        self.state = asyncio.run(self.root.get_state(Improving))
        stored = load(cv.owner_id, cv.id)
        assert stored is not None
        asyncio.run(self.editor._who())
        self.editor.begun = True
        self.editor._take(stored)
        self.editor._saver = "none"  # nothing is saved behind the test's back
        self.do("open")

    def do(self, name: str, *values: Any) -> Any:
        return asyncio.run(getattr(self.state, name)(*values))

    @property
    def document(self) -> Document:
        document: Document = self.editor._draft.document
        return document

    @property
    def ids(self) -> list[str]:
        return [row.id for row in self.state.rows]

    def save(self) -> None:
        """As the editor's loop does."""
        self.editor._saver, self.editor._hurry = "here", True
        asyncio.run(self.editor._save_if_due("here"))
        self.editor._saver, self.editor._hurry = "none", False


def started(cv: Cv) -> Job:
    with db.session() as session:
        return improving.start(session, cv.owner_id, cvs.get_owned(session, cv.owner_id, cv.id))


def improved(cv: Cv) -> Job:
    job = started(cv)
    jobs.run(job.id, tasks.HANDLERS)
    with db.session(write=False) as session:
        return session.get_one(Job, job.id)


def line(cv: Cv) -> str:
    return f"work/{Document.load(cv.document).work[0].id}/highlights/0"


def test_what_it_does_is_said_before(cv: Cv):
    shown = Tab(cv)
    shown.do("ask")
    assert (shown.state.opened, shown.state.status, shown.state.rows) == (True, "", [])
    assert (shown.state.only_tidies, shown.state.price, shown.state.problem) == (True, 0, "")


def test_a_price_is_shown_and_a_dearer_search_is_not_begun(cv: Cv, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(improving, "price", lambda session, owner_id: 1)
    shown = Tab(cv)
    shown.do("ask")
    assert shown.state.price == 1
    assert editor_improvement._start(cv.owner_id, cv.id, 0) is None
    with db.session(write=False) as session:
        assert improving.latest(session, cv.owner_id, cv.id) is None
    assert editor_improvement._start(cv.owner_id, cv.id, 1) is not None


def test_who_cannot_pay_is_told_why(cv: Cv, monkeypatch: pytest.MonkeyPatch):
    def refuse(session: object, owner_id: str) -> int:
        raise credits.InsufficientCredits(need=1, balance=0)

    monkeypatch.setattr(improving, "price", refuse)
    shown = Tab(cv)
    shown.do("ask")
    assert (shown.state.price, "0" in shown.state.problem) == (0, True)


def test_it_is_followed_and_left_and_come_back_to(cv: Cv):
    job = started(cv)
    shown = Tab(cv)
    assert (shown.state.status, shown.state._job_id) == ("queued", job.id)
    assert shown.do("happened", "job", "another", "") is None
    shown.state.close()
    jobs.run(job.id, tasks.HANDLERS)
    toast = shown.do("happened", "job", job.id, "")
    assert text("editor.improve_ready", "fr") in str(toast.args)
    assert (shown.state.status, shown.ids) == ("done", ["basics/summary", line(cv)])
    assert shown.do("happened", "job", job.id, "") is None  # said once
    assert Tab(cv).ids == shown.ids


def test_a_proposal_says_what_changes_why_and_what_it_rests_on(cv: Cv):
    improved(cv)
    summary, job = Tab(cv).state.rows
    entry = Document.load(cv.document).work[0]
    assert (summary.section, summary.name, summary.why, summary.above) == ("basics", "", "tidied", "")
    assert (job.section, job.name) == ("work", entry.position)
    assert job.above == f"{entry.position} – {entry.name}"
    assert [piece.text for piece in job.before_pieces if piece.changed] == ["tenue"]
    assert [piece.text for piece in job.after_pieces if piece.changed] == ["Tenue", "."]
    assert "".join(piece.text for piece in job.after_pieces) == job.after


def test_one_is_accepted_into_what_is_being_edited_and_undone(cv: Cv):
    improved(cv)
    shown = Tab(cv)
    shown.document.basics.phone = "07 00 00 00 00"  # typed, not saved yet
    shown.do("ask")
    shown.do("accept", "basics/summary")
    assert shown.document.basics.summary == "Cuisinier depuis neuf ans."
    assert shown.document.basics.phone == "07 00 00 00 00"
    assert shown.ids == [line(cv)]
    assert shown.editor._draft.checkpoint == versions.AI
    shown.editor.undo()
    shown.do("compare")
    assert (shown.document.basics.summary, shown.ids) == (SUMMARY, ["basics/summary", line(cv)])


def test_saving_keeps_what_was_before_as_a_version(cv: Cv):
    improved(cv)
    shown = Tab(cv)
    shown.do("accept", "basics/summary")
    shown.save()
    with db.session(write=False) as session:
        now = cvs.get_owned(session, cv.owner_id, cv.id)
        (kept,) = versions.all_of(session, now)
        assert versions.at(session, now, kept.number)["basics"]["summary"] == SUMMARY
    assert (kept.change_type, shown.editor._draft.checkpoint) == (versions.AI, "")
    assert Document.load(now.document).basics.summary == "Cuisinier depuis neuf ans."


def test_all_at_once_and_each_is_undone_by_itself(cv: Cv):
    improved(cv)
    shown = Tab(cv)
    shown.do("accept_all")
    assert (shown.ids, shown.state.found) == ([], 2)
    assert shown.document.work[0].highlights[0] == "Tenue du poste chaud."
    shown.editor.undo()
    assert shown.document.basics.summary == "Cuisinier depuis neuf ans."
    assert shown.document.work[0].highlights[0] == FIRST
    shown.editor.undo()
    assert shown.document.basics.summary == SUMMARY


def test_a_line_that_changed_meanwhile_says_so_and_is_passed_over(cv: Cv):
    improved(cv)
    shown = Tab(cv)
    shown.document.work[0].highlights[0] = "Autre chose"
    shown.do("ask")
    assert [row.late for row in shown.state.rows] == [False, True]
    shown.do("accept", line(cv))
    shown.do("accept_all")
    assert shown.document.work[0].highlights[0] == "Autre chose"
    assert (shown.document.basics.summary, shown.ids) == ("Cuisinier depuis neuf ans.", [line(cv)])
    shown.document.basics.summary = "Réécrit ensuite."
    shown.do("compare")
    assert shown.ids == [line(cv)]  # what was accepted and rewritten is settled


def test_what_is_refused_is_shown_nowhere_again(cv: Cv):
    improved(cv)
    shown = Tab(cv)
    shown.do("decline", "basics/summary")
    shown.do("decline", "basics/nonsense")
    assert (shown.document.basics.summary, shown.ids) == (SUMMARY, [line(cv)])
    assert Tab(cv).ids == [line(cv)]
    assert not shown.editor.can_undo


def test_nothing_is_proposed_where_nothing_is_to_be(cv: Cv):
    improved(cv)
    first = Tab(cv)
    first.do("accept_all")
    first.save()
    improved(cv)
    again = Tab(cv)
    assert (again.state.status, again.state.found, again.state.tidied, again.ids) == ("done", 0, True, [])


def test_a_link_opens_it_on_the_cv_it_is_for_alone(cv: Cv, monkeypatch: pytest.MonkeyPatch):
    job, shown = improved(cv), Tab(cv)
    with db.session() as session:
        other = cvs.create(session, cv.owner_id, samples.load("fr"))
        stranger = owners.ensure(session, None).id
    for owner, of, found in ((cv.owner_id, cv, True), (cv.owner_id, other, False), (stranger, cv, False)):
        assert (editor_improvement._job(owner, of.id, job.id) is not None) is found
    assert (shown.state.opened, shown.state.status) == (False, "done")


def test_a_search_that_failed_says_why(cv: Cv):
    job = started(cv)
    shown = Tab(cv)
    shown.do("ask")
    with db.session() as session:
        cvs.delete(session, cv.owner_id, cv.id)
    jobs.run(job.id, tasks.HANDLERS)
    shown.do("happened", "job", job.id, "")
    assert (shown.state.status, bool(shown.state.problem)) == ("failed", True)


def test_what_a_model_worded_is_told_as_such(cv: Cv):
    job = improved(cv)
    with db.session() as session:
        row = session.get_one(Job, job.id)
        told = [one | {"after": "Cuisine depuis neuf ans.", "why": "reworded"} for one in row.result["proposals"][:1]]
        row.result = row.result | {"model": "a-model", "proposals": told}
    shown = Tab(cv).state
    assert (shown.tidied, [row.why for row in shown.rows]) == (False, ["reworded"])
