"""A newer version of a template in the editor: offered, shown beside, taken, undone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import cvs, versions
from cvstudio.models import Cv
from cvstudio.render import themes
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import Draft, load, store
from cvstudio.state.editor_upgrade import AFTER, BEFORE, Upgrading
from tests import upgrades
from tests.state.tabs import script, tab

NOW, CLASSIC = themes.get("modern").version, themes.get("classic").version


@pytest.fixture
def raised(cv: Cv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The CV's theme got a second version after the CV was made."""
    with upgrades.copied(tmp_path / "themes", monkeypatch):
        upgrades.raised("modern")
        yield


class Tab:
    def __init__(self, cv: Cv) -> None:
        root = tab(None, visitor_id=cv.owner_id)
        self.editor: Any = asyncio.run(root.get_state(Editor))
        self.state: Any = asyncio.run(root.get_state(Upgrading))
        asyncio.run(self.editor._who())
        stored = load(cv.owner_id, cv.id)
        assert stored is not None
        self.editor._take(stored)
        self.editor.begun = self.editor.ready = True
        self.editor._rows()

    @property
    def version(self) -> int | None:
        document: Document = self.editor._draft.document
        return document.studio.template_version

    def does(self, name: str) -> Any:
        return asyncio.run(getattr(Upgrading, name).fn(self.state))

    def saved(self) -> Cv:
        draft = self.editor._draft
        with db.session(write=False) as session:
            cv = cvs.get_owned(session, self.editor._owner_id, draft.cv_id)
        why = draft.checkpoint
        store(cv.owner_id, "fr", cv.id, cv.revision, draft.document.dump(), tab="", checkpoint=why)
        with db.session(write=False) as session:
            return cvs.get_owned(session, cv.owner_id, cv.id)


def test_nothing_is_offered_while_there_is_nothing_newer(cv: Cv):
    one = Tab(cv)
    assert one.editor.design.newer == 0
    assert one.does("compare") is None
    assert one.does("take") is None
    assert (one.version, one.state.opened, one.editor.can_undo) == (NOW, False, False)


@pytest.mark.usefixtures("raised")
def test_the_newer_version_is_shown_beside_and_changes_nothing(cv: Cv):
    one = Tab(cv)
    assert one.editor.design.newer == NOW + 1
    told = one.does("compare")[:2]
    assert [frame in script(message) for frame, message in zip((BEFORE, AFTER), told, strict=True)] == [True, True]
    assert ["second cv" in script(message) for message in told] == [False, True]
    assert (one.version, one.state.opened) == (NOW, True)
    Upgrading.close.fn(one.state)
    assert (one.version, one.state.opened, one.editor.can_undo) == (NOW, False, False)


@pytest.mark.usefixtures("raised")
def test_the_newer_version_is_taken_kept_as_a_version_and_undone(cv: Cv):
    one = Tab(cv)
    one.does("compare")
    one.does("take")
    assert (one.version, one.state.opened, one.editor.design.newer) == (NOW + 1, False, 0)
    kept = one.saved()
    assert kept.document["meta"]["studio"]["templateVersion"] == NOW + 1
    with db.session(write=False) as session:
        (before,) = versions.all_of(session, kept)
        assert before.change_type == versions.TEMPLATE
        assert versions.at(session, kept, before.number)["meta"]["studio"]["templateVersion"] == NOW
    Editor.undo.fn(one.editor)
    assert (one.version, one.editor.design.newer) == (NOW, NOW + 1)
    assert "second cv" not in one.editor._told.body
    Editor.redo.fn(one.editor)
    assert one.version == NOW + 1


@pytest.mark.usefixtures("raised")
def test_a_new_cv_has_the_newest_and_typing_leaves_every_version_as_it_is(cv: Cv):
    one = Tab(cv)
    Editor.edit.fn(one.editor, "basics.name", "Ada")
    assert one.saved().document["meta"]["studio"]["templateVersion"] == NOW
    Editor.begin.fn(one.editor, "empty")  # the same CV, emptied: its design stays
    assert one.version == NOW
    one.editor._take(Draft())
    assert one.version == NOW + 1
    one.editor.replace_document(Document.load({"basics": {"name": "B"}, "meta": {"studio": {"template": "modern"}}}))
    assert one.version == NOW + 1


@pytest.mark.usefixtures("raised")
def test_choosing_another_template_and_coming_back_takes_the_newest(cv: Cv):
    one = Tab(cv)
    assert one.editor.use_template("modern") == []
    assert one.version == NOW
    one.editor.use_template("classic")
    assert (one.version, one.editor.design.newer) == (CLASSIC, 0)
    one.editor.use_template("modern")
    assert (one.version, one.editor.design.newer) == (NOW + 1, 0)
