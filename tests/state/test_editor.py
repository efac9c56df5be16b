"""The editor's states without a browser: what handlers refuse, what is saved, what the form is told."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import Engine

from cvstudio import db, events
from cvstudio.document import Document, samples
from cvstudio.domain import cvs, versions
from cvstudio.domain.cvs import StaleRevision
from cvstudio.errors import InvalidInput, StudioError, Unauthorized
from cvstudio.models import Cv, Owner
from cvstudio.render import page, themes
from cvstudio.state import bridge, editor_rows
from cvstudio.state.editor import Editor
from cvstudio.state.editor_design import SMALLEST, tighter
from cvstudio.state.editor_draft import LONGEST, QUIET, Draft, load, store
from cvstudio.state.editor_files import read_resume
from cvstudio.state.editor_sections import Sections
from tests.state.tabs import script, tab, visited


@pytest.fixture
def editor(sqlite: Engine) -> Any:
    """A tab with the French sample open."""
    state: Any = Editor(_reflex_internal_init=True)
    state._draft = Draft(samples.load("fr"))
    state.begun = state.ready = True
    state._rows()
    return state


# ---- strangers' arguments --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("basics.nothing", "x"),
        ("basics.__class__", "x"),
        ("work/unknown/name", "x"),
        ("custom:nope/x/name", "x"),
        ("title:nope", "x"),
        ("meta.studio.template", "x"),
        ("", "x"),
        ("a" * 100_000, "x"),
        ("basics.name", "x" * 20_001),
        ("basics.name", {"$ne": 1}),
        ("basics.name", None),
        (["basics.name"], "x"),
        (7, "x"),
    ],
)
def test_no_path_and_no_text_of_a_stranger_does_harm(editor: Any, path: Any, value: Any):
    before = editor._draft.document.dump()
    with pytest.raises(InvalidInput):
        editor.edit(path, value)
    assert editor._draft.document.dump() == before


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        ("add_item", ("nope",)),
        ("add_item", (None,)),
        ("remove_item", ("work", "nope")),
        ("duplicate_item", ("work", ["x"])),
        ("move_item", ("nope", "x", 1)),
        ("step_item", ("work", "x", 1)),
        ("hide_item", ("work", "x", True)),
        ("toggle_item", ("work", "x")),
        ("pick", ("work/nope",)),
        ("use_template", ("nope",)),
    ],
)
def test_every_handler_refuses_what_does_not_exist(editor: Any, handler: str, arguments: tuple[Any, ...]):
    before = editor._draft.document.dump()
    with pytest.raises(StudioError):
        getattr(editor, handler)(*arguments)
    assert editor._draft.document.dump() == before


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        ("add", ("nope",)),
        ("add", (3,)),
        ("remove", ("custom:nope",)),
        ("remove", ("nope",)),
        ("hide", ("nope", True)),
        ("move", ("nope", 0)),
        ("step", (["x"], 1)),
    ],
)
def test_no_section_is_made_up(editor: Any, handler: str, arguments: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch):
    async def found(*_: object) -> Any:
        return editor

    monkeypatch.setattr(Sections, "get_state", found)
    before = editor._draft.document.dump()
    state: Any = Sections(_reflex_internal_init=True)
    with pytest.raises(StudioError):
        asyncio.run(getattr(state, handler)(*arguments))
    assert editor._draft.document.dump() == before


def test_numbers_out_of_range_mean_the_ends(editor: Any):
    jobs = [job.id for job in editor._draft.document.work]
    editor.move_item("work", jobs[0], 10**9)
    assert [job.id for job in editor._draft.document.work] == [*jobs[1:], jobs[0]]
    editor.move_item("work", jobs[0], -5)
    assert [job.id for job in editor._draft.document.work] == jobs
    editor.set_pages(10**12, True)
    assert editor.pages == 99


# ---- what is sent ----------------------------------------------------------------------------------------------


def test_a_keystroke_sends_the_pages_and_no_structure(editor: Any):
    editor.edit("basics.label", "A")
    editor._clean()
    todo = editor.edit("basics.label", "Ab")
    assert '"b"]' in script(todo)  # what is new, and no more
    assert len(script(todo)) < 200
    sent = set(editor.get_delta().get(editor.get_full_name(), {}))
    assert not {name for name in sent if name.startswith(("sections", "texts", "profiles", "design", "listed"))}


def test_the_document_never_goes_to_the_browser(editor: Any):
    editor.edit("basics.summary", "un secret gardé au serveur")
    assert "un secret" not in json.dumps(editor.get_delta(), default=str)


def test_styles_are_sent_when_they_change(editor: Any):
    assert "--accent" in script(editor._show())
    assert "--accent" not in script(editor._show())
    editor._draft.document.studio.design.accent = "#123456"
    assert "#123456" in script(editor._show())
    assert "--accent" in script(editor._show(everything=True))


# ---- the form's rows -------------------------------------------------------------------------------------------


def test_the_form_lists_sections_in_the_order_of_the_page():
    document = samples.load("fr")
    document.studio.template = next(theme.slug for theme in themes.all() if theme.order)
    rows = editor_rows.sections(document, set(), set())
    order = [key for key in themes.get(document.studio.template).order if key in {row.key for row in rows}]
    assert [row.key for row in rows][: len(order)] == order


def test_every_field_of_the_form_can_be_read_and_written(editor: Any):
    for key, fields in editor_rows.FIELDS.items():
        section = key
        if key == "custom":
            section = editor_rows.edit.add_custom_section(editor.begin_change())
        editor.add_item(section)
        draft = editor._draft.document
        items = editor_rows.items(draft, section, {item.id for item in editor_rows.edit.items_of(draft, section)})
        for name in fields:
            editor.edit(f"{items[-1].path}/{name}", "2020")
            assert editor_rows.shown(draft, f"{items[-1].path}/{name}") == "2020"
    for path in editor_rows.BASICS:
        editor.edit(path, "abc")
        assert editor_rows.shown(editor._draft.document, path) == "abc"


def test_dates_are_shown_in_words_and_read_back_alike():
    for language in ("fr", "en"):
        document = samples.load(language)
        for job in document.work:
            before = job.start_date
            words = editor_rows.shown(document, f"work/{job.id}/start_date")
            assert words != before
            editor_rows.edit.set_field(document, f"work/{job.id}/start_date", words)
            assert job.start_date == before


# ---- saving ----------------------------------------------------------------------------------------------------


def test_saved_once_then_again_under_its_revision(sqlite: Engine, owner: Owner):
    cv_id, revision = store(owner.id, "fr", "", 0, samples.load("fr").dump(), tab="a")
    changed = samples.load("fr")
    changed.basics.name = "Autre"
    assert store(owner.id, "fr", cv_id, revision, changed.dump(), tab="a") == (cv_id, revision + 1)
    with pytest.raises(StaleRevision):
        store(owner.id, "fr", cv_id, revision, samples.load("fr").dump(), tab="b")
    loaded = load(owner.id)
    assert loaded
    assert (loaded.cv_id, loaded.document.basics.name) == (cv_id, "Autre")


def test_a_cv_that_came_in_a_file_is_listed_as_such(sqlite: Engine, owner: Owner):
    for why, source in ("import", "import"), ("cleared", "manual"), ("", "manual"):
        cv_id, _ = store(owner.id, "fr", "", 0, samples.load("fr").dump(), tab="a", checkpoint=why)
        with db.session(write=False) as session:
            assert session.get_one(Cv, cv_id).source == source


def test_nobody_saves_without_a_cookie_nor_reads_another_s(sqlite: Engine, owner: Owner):
    with pytest.raises(Unauthorized):
        store("", "fr", "", 0, Document().dump(), tab="a")
    assert load("") is None
    cv_id, _ = store(owner.id, "fr", "", 0, samples.load("fr").dump(), tab="a")
    assert load("somebodyElse", cv_id) is None


def test_a_deleted_cv_gives_way_to_the_latest(sqlite: Engine, owner: Owner):
    first, _ = store(owner.id, "fr", "", 0, samples.load("fr").dump(), tab="a")
    second, _ = store(owner.id, "fr", "", 0, samples.load("en").dump(), tab="a")
    with db.session() as session:
        cvs.delete(session, owner.id, first)
    loaded = load(owner.id, first)
    assert loaded
    assert loaded.cv_id == second


def test_a_cv_that_is_not_there_is_said_to_be_missing(sqlite: Engine, owner: Owner):
    """Deleted, somebody else's or never there: the last one worked on opens in its place, and the page says so."""
    mine, _ = store(owner.id, "fr", "", 0, samples.load("fr").dump(), tab="a")
    root = tab(None, visitor_id=owner.id)
    editor: Any = asyncio.run(root.get_state(Editor))
    for address, missing in ("", False), (f"?cv={mine}", False), ("?cv=nope", True):
        visited(root, f"http://localhost/generate{address}")
        asyncio.run(editor.open())
        assert (editor.missing, editor.cv_id) == (missing, mine)
    editor.forget_missing()
    asyncio.run(editor.open())  # the socket came back
    assert not editor.missing


def test_waits_for_a_pause_but_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    now = [1000.0]
    monkeypatch.setattr("cvstudio.state.editor_draft.time.time", lambda: now[0])
    draft = Draft()
    draft.changed()
    assert draft.wait() == pytest.approx(QUIET)
    for _ in range(30):
        now[0] += QUIET / 2
        draft.changed()
    assert now[0] - 1000.0 > LONGEST
    assert draft.wait() == 0.0


# ---- fitting, importing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [theme.slug for theme in themes.all()])
def test_designs_grow_tighter_and_stay_readable(theme: str):
    document = samples.load("fr")
    document.studio.template = theme
    tried = tighter(document)
    now = page.knobs(document, themes.get(theme))
    assert tried
    assert all(SMALLEST <= design["size"] <= now.size for design in tried)
    assert [design["size"] for design in tried] == sorted((design["size"] for design in tried), reverse=True)
    assert tried[-1] == {"size": min(now.size, SMALLEST), "density": "compact", "margins": "narrow"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "document"),
        (b"{", "document"),
        (b'"text"', "document"),
        (b"{}", "document"),
        (b"\xff", "document"),
        (b"[" * 100_000, "document"),
        (b'{"basics": ' + b"9" * 5_000 + b"}", "document"),
        (b" " * 2_000_001, "document"),
        (b'{"work": 3}', "work"),
        (b'{"work": [{"name": "a"}, {"position": 4}]}', "work.1.position"),
    ],
)
def test_a_file_that_is_no_cv_is_refused_by_its_place(data: bytes, field: str):
    with pytest.raises(InvalidInput) as refused:
        read_resume(data, "fr")
    assert field in refused.value.fields


def test_what_we_export_we_import():
    document = samples.load("en")
    data = ("\ufeff" + json.dumps(document.dump())).encode()
    found, portrait = read_resume(data, "en")
    assert (found.dump(), portrait) == (document.dump(), None)


# ---- the bridge ------------------------------------------------------------------------------------------------


class FakeApp:
    """As much of rx.App as the bridge sees."""

    def __init__(self) -> None:
        self.event_namespace = self._token_manager = self
        self.event_processor = self
        self.token_to_socket = {"tab-1": "sid", "tab-2": "sid"}
        self.told: list[tuple[str, Any]] = []

    async def enqueue(self, token: str, event: Any) -> None:
        self.told.append((token, event))


def test_the_bus_reaches_the_owner_s_tabs_and_nobody_else_s(sqlite: Engine):
    async def scene() -> FakeApp:
        app: Any = FakeApp()
        running = asyncio.create_task(bridge.run(app))
        for owner, token in (("ada", "tab-1"), ("ada", "gone"), ("grace", "tab-2")):
            bridge.watch(owner, token, "editor", lambda *told: Editor.pick(told[1]))
        async with asyncio.timeout(20):
            # What was published before the bridge subscribed is gone; one tab is told after the other.
            while not app.told or "gone" in bridge._tabs["ada"]:
                await asyncio.to_thread(events.publish, events.owner_topic("ada"), {"kind": "job", "id": "j1"})
                await asyncio.sleep(0.05)
        running.cancel()
        return app

    app = asyncio.run(scene())
    assert {token for token, _ in app.told} == {"tab-1"}
    assert "gone" not in bridge._tabs.get("ada", {})
    events.close()
    bridge._tabs.clear()


# ---- versions --------------------------------------------------------------------------------------------------


def test_what_an_import_or_a_sample_replaces_is_kept_as_a_version(editor: Any, owner: Owner):
    """The tab says why; the save makes the version, and the next one makes none."""
    draft = editor._draft
    draft.cv_id, draft.revision = store(owner.id, "fr", "", 0, draft.document.dump(), tab="a")
    before = draft.document.dump()
    for replace, why in (
        (lambda: editor.replace_document(samples.load("en")), "import"),
        (lambda: editor.begin("empty"), "cleared"),
    ):
        replace()
        assert editor._draft.checkpoint == why
        saved = store(
            owner.id, "fr", draft.cv_id, draft.revision, editor._draft.document.dump(), tab="a", checkpoint=why
        )
        draft.revision = saved[1]
    with db.session(write=False) as session:
        cv = session.get_one(Cv, draft.cv_id)
        assert [one.change_type for one in versions.all_of(session, cv)] == ["cleared", "import"]
        assert versions.at(session, cv, 1) == before
