"""The editor's translations without a browser: what stays is said first, what is stale is shown and settled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from cvstudio import db, jobs, tasks
from cvstudio.document import Document, edit, samples
from cvstudio.domain import cvs, owners, translations
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv, Job
from cvstudio.state import bridge
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import load
from cvstudio.state.editor_translation import Translating
from tests.state.tabs import tab


@pytest.fixture
def owner_id(sqlite: Engine) -> Iterator[str]:
    with db.session() as session:
        made = owners.ensure(session, None).id
    yield made
    bridge._tabs.pop(made, None)


@pytest.fixture
def pair(owner_id: str) -> tuple[Cv, Cv]:
    """A CV in French and its German variant."""
    with db.session() as session:
        cv = cvs.create(session, owner_id, samples.load("fr"))
        job = translations.start(session, owner_id, cv, "de")
        return cv, cvs.by_filename(session, owner_id, job.payload["filename"])


def change(cv: Cv, path: str, text: str) -> None:
    with db.session() as session:
        now = cvs.get_owned(session, cv.owner_id, cv.id)
        document = Document.load(now.document)
        edit.set_field(document, path, text)
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=now.revision)


class Tab:
    """A tab that shows this CV; each of `does` is one event."""

    def __init__(self, cv: Cv) -> None:
        self.root = tab(None, visitor_id=cv.owner_id)
        self.editor = asyncio.run(self.root.get_state(Editor))
        self.state = asyncio.run(self.root.get_state(Translating))
        stored = load(cv.owner_id, cv.id)
        assert stored is not None
        self.editor._owner_id, self.editor.begun = cv.owner_id, True
        self.editor._take(stored)
        self.editor._saver = "none"  # nothing is saved behind the test's back
        self.do("open")

    def do(self, name: str, *values: Any) -> Any:
        return asyncio.run(getattr(self.state, name)(*values))

    @property
    def document(self) -> Document:
        document: Document = self.editor._draft.document
        return document


def test_what_would_stay_is_said_before(pair):
    shown = Tab(pair[0])
    shown.do("ask")
    assert (shown.state.opened, shown.state.language) == (True, "en")
    shown.do("choose", "de")
    left = translations.left_out(shown.document, "de")
    assert shown.state.stays == len(left) > 10
    assert shown.document.basics.summary[:20] in " ".join(shown.state.examples)
    with pytest.raises(InvalidInput):
        shown.do("choose", "nl")


def test_an_original_shows_no_notice_and_a_fresh_variant_only_whose_it_is(pair):
    original, variant = pair
    assert Tab(original).state.origin_id == ""
    shown = Tab(variant).state
    assert (shown.origin_id, shown.origin_title, shown.rows) == (original.id, original.title, [])


def test_changes_of_the_original_are_listed_where_they_are(pair):
    original, variant = pair
    job = Document.load(original.document).work[0]
    shown = Tab(variant)
    change(original, "basics.summary", "Autre résumé.")
    change(original, f"work/{job.id}/end_date", "mars 2024")
    change(variant, "basics.summary", "Meine Worte.")
    shown.editor._take(load(variant.owner_id, variant.id))
    shown.do("happened", "cv", original.id, "")
    rows = [(row.field, row.text, row.edited, row.at) for row in shown.state.rows]
    assert rows == [
        ("basics.summary", "Autre résumé.", True, "summary"),
        ("work/end_date", "2024-03", False, f"work/{job.id}"),
    ]


def test_what_is_gone_from_the_original_is_named_and_can_go_here_too(pair):
    original, variant = pair
    job = Document.load(original.document).work[0]
    with db.session() as session:
        row = session.get_one(Cv, original.id)
        document = Document.load(row.document)
        edit.remove_item(document, "work", job.id)
        cvs.save(session, original.owner_id, original.id, document, expected_revision=row.revision)
    shown = Tab(variant)
    here = f"work/{job.id}"
    assert [(row.path, row.field, row.at, row.gone) for row in shown.state.rows] == [(here, "gone/work", here, True)]
    shown.do("again", here)
    assert job.id not in {item.id for item in shown.document.work}
    assert shown.state.rows == []


def test_one_field_is_made_again_another_is_called_right_and_undo_leads_back(pair):
    original, variant = pair
    change(original, "basics.summary", "Autre résumé.")
    change(original, "basics.phone", "07 00 00 00 00")
    shown = Tab(variant)
    assert len(shown.state.rows) == 2
    shown.do("again", "basics.phone")
    assert shown.document.basics.phone == "07 00 00 00 00"
    assert [row.field for row in shown.state.rows] == ["basics.summary"]
    shown.do("settle", "basics.summary")
    assert shown.document.basics.summary == Document.load(variant.document).basics.summary
    assert shown.state.rows == []
    shown.editor.undo()
    shown.editor.undo()
    shown.do("compare")
    assert len(shown.state.rows) == 2
    assert shown.document.basics.phone == Document.load(variant.document).basics.phone


def test_everything_at_once_and_nothing_that_is_not_stale(pair):
    original, variant = pair
    change(original, "basics.summary", "Autre résumé.")
    shown = Tab(variant)
    before = shown.document.dump()
    assert shown.do("again", "basics.name") is None
    assert shown.document.dump() == before
    shown.do("again", "")
    assert shown.document.basics.summary == "Autre résumé."
    assert shown.state.rows == []


def test_the_variant_opens_when_its_job_is_done(pair):
    original, variant = pair
    shown = Tab(original)
    with db.session() as session:
        job = session.get_one(Job, translations.start(session, original.owner_id, original, "de").id)
    shown.state._job_id, shown.state.status = job.id, "queued"
    assert shown.do("happened", "job", "another", "") is None
    assert shown.do("happened", "job", job.id, "") is None
    jobs.run(job.id, tasks.HANDLERS)
    going = shown.do("happened", "job", job.id, "")
    assert variant.id in str(going.args)
    assert (shown.state.status, shown.state.opened) == ("", False)


def test_a_job_that_failed_says_why(pair):
    original, _ = pair
    shown = Tab(original)
    with db.session() as session:
        job = translations.start(session, original.owner_id, original, "es")
        cvs.delete(session, original.owner_id, original.id)
    shown.state._job_id, shown.state.status = job.id, "queued"
    jobs.run(job.id, tasks.HANDLERS)
    assert shown.do("happened", "job", job.id, "") is None
    assert shown.state.status == "failed"
    assert shown.state.problem
