"""A CV brought as a file, without a browser: shown first, taken over as the person leaves it, and only in their tab."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from sqlalchemy import Engine
from sqlmodel import select

from cvstudio import db, importers
from cvstudio.components.editor.importing import CALLED
from cvstudio.document import Document, edit, samples
from cvstudio.document.portrait import embed
from cvstudio.domain import imports, photos
from cvstudio.domain.accounts import sessions
from cvstudio.domain.imports import Busy
from cvstudio.errors import InvalidInput, Unauthorized
from cvstudio.importers import Imported, reading
from cvstudio.importers.failures import EncryptedFile
from cvstudio.locales import text
from cvstudio.models import Cv
from cvstudio.render import exports
from cvstudio.state import editor_import
from cvstudio.state.editor import Editor
from cvstudio.state.editor_files import Files, is_json
from cvstudio.state.editor_import import PICTURED, WARNINGS, Importing, groups
from tests.accounts import make_account
from tests.documents import photo_jpeg
from tests.state.tabs import tab

MARKDOWN = exports.markdown(samples.load("fr")).encode()
NAME = samples.load("fr").basics.name


class Sitting:
    """Somebody at the editor's page."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.do(self.get(Editor).open())

    def get(self, kind: Any) -> Any:
        return asyncio.run(self.root.get_state(kind))

    def do(self, todo: Any) -> Any:
        return asyncio.run(todo)

    def bring(self, data: bytes, name: str = "cv.md") -> list[bool]:
        """Whether it said that it was reading, at each of its answers."""
        files, said = self.get(Files), []

        async def bringing() -> None:
            uploaded = rx.UploadFile(file=io.BytesIO(data), path=Path(name))
            async for _ in files.bring_resume([uploaded]):
                said.append(files.reading)

        asyncio.run(bringing())
        return said

    @property
    def review(self) -> Any:
        return self.get(Importing)

    @property
    def editor(self) -> Any:
        return self.get(Editor)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process, which is quicker; domain/test_imports.py has it read in another."""
    monkeypatch.setattr(imports.sandbox, "read", lambda data, filename, *, wall: reading.read(data, filename))


@pytest.fixture
def ada(sqlite: Engine, here: None) -> Sitting:
    return Sitting(tab(make_account("ada@example.org"), "fr"))


def stored() -> int:
    with db.session(write=False) as session:
        return len(session.exec(select(Cv)).all())


def test_what_was_read_is_shown_and_nothing_changes_before_a_yes(ada: Sitting):
    before = ada.editor._draft.document.dump()
    assert ada.bring(MARKDOWN) == [True, True]
    assert not ada.get(Files).reading
    assert ada.review.found > 50
    assert [group.key for group in ada.review.groups][:2] == ["basics", "profiles"]
    first = ada.review.groups[0].rows[0].read[0]
    assert (first.field, first.text, first.where, first.source) == ("basics.name", NAME, "ligne 1", "")
    email = next(row for row in ada.review.groups[0].rows[0].read if row.field == "basics.email")
    assert email.where == "ligne 5"
    assert email.text in email.source
    assert (ada.editor._draft.document.dump(), ada.editor.begun, stored()) == (before, False, 0)
    ada.review.close()
    assert (ada.review.found, ada.review.groups, ada.review._review) == (0, [], None)
    assert (ada.editor._draft.document.dump(), ada.editor.begun, stored()) == (before, False, 0)


def test_a_yes_fills_the_editor_with_what_is_ticked_and_undo_takes_it_back(ada: Sitting):
    ada.editor.begin("sample")
    ada.editor.edit("basics.name", "Somebody Else")
    ada.editor._draft.document.studio.template = "classic"
    ada.bring(exports.markdown(samples.load("en")).encode())
    assert ada.review.replaces
    ada.review.keep("basics.phone", False)
    ada.review.keep("basics.email", False)
    ada.review.keep("basics.email", True)
    ada.review.change("basics.name", "Ada Lovelace")
    ada.do(ada.review.accept())
    document = ada.editor._draft.document
    assert (document.basics.name, document.basics.phone) == ("Ada Lovelace", "")
    assert document.basics.email == samples.load("en").basics.email
    assert (document.studio.template, document.studio.language) == ("classic", "en")
    assert ada.editor.begun
    assert ada.review._review is None
    ada.editor.undo()
    assert ada.editor._draft.document.basics.name == "Somebody Else"
    ada.editor.redo()
    assert ada.editor._draft.document.basics.name == "Ada Lovelace"


def test_a_cv_in_german_stays_german(ada: Sitting):
    ada.bring(
        b"# Jannik Brodersen\n\nj.brodersen@web.de\n\n## Berufserfahrung\n\n### Mechatroniker, Danfoss GmbH\n\n"
        b"08/2011 bis 03/2017\n\n- Montage von Umrichtern mit dem Team und Wartung der Linie\n"
        b"- Leitung der Schicht, auch die Planung und das Lager\n\n## Kenntnisse\n\nSPS, EPLAN\n"
    )
    ada.do(ada.review.accept())
    assert ada.editor._draft.document.studio.language == "de"


def test_a_yes_counts_once_and_never_without_a_file(ada: Sitting):
    assert ada.do(ada.review.accept()) is None
    ada.bring(MARKDOWN)
    ada.do(ada.review.accept())
    edits = ada.editor._draft.edits
    assert ada.do(ada.review.accept()) is None
    assert ada.editor._draft.edits == edits


def test_nothing_ticked_is_said_and_changes_nothing(ada: Sitting):
    ada.bring(MARKDOWN)
    for path in list(ada.review._review.known):
        ada.review.keep(path, False)
    assert ada.do(ada.review.accept()) is None
    assert "coché" in ada.review.problem
    assert not ada.editor.begun
    assert ada.review._review is not None


@pytest.mark.parametrize("path", ["basics.image", "work/nope/name", "title:x", "", None, 7, ["basics.name"]])
def test_no_path_and_no_text_of_a_stranger_does_harm(ada: Sitting, path: Any):
    with pytest.raises(InvalidInput):
        ada.review.keep("basics.name", False)  # there is no file yet
    ada.bring(MARKDOWN)
    for attempt in (lambda: ada.review.keep(path, False), lambda: ada.review.change(path, "x")):
        with pytest.raises(InvalidInput):
            attempt()
    for value in ("x" * 20_001, None, {"$ne": 1}):
        with pytest.raises(InvalidInput):
            ada.review.change("basics.name", value)
    assert ada.review._review.changes() == {}


def test_a_drop_of_nothing_leaves_what_is_being_looked_at(ada: Sitting):
    """A file that the browser refuses is a drop, too, of no files."""
    ada.bring(MARKDOWN)
    found, files = ada.review.found, ada.get(Files)

    async def dropping() -> list[Any]:
        return [said async for said in files.bring_resume([])]

    assert ada.do(dropping()) == []
    assert found
    assert ada.review.found == found


def test_a_refusal_is_said_in_the_dialog(ada: Sitting, monkeypatch: pytest.MonkeyPatch):
    ada.bring(MARKDOWN)
    ada.bring(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "cv.docx")
    assert ada.get(Files).problem == EncryptedFile().message("fr")
    assert (ada.review.found, ada.review._review) == (0, None)  # and the file before it is forgotten
    ada.bring(b"0" * (imports.MAX_BYTES + 1), "cv.pdf")
    assert "volumineux" in ada.get(Files).problem
    ada.get(Files).close()
    assert ada.get(Files).problem == ""


def test_the_server_goes_on_while_a_file_is_read(ada: Sitting, monkeypatch: pytest.MonkeyPatch):
    """The reader is let go by what can only happen while it waits."""
    others = threading.Event()

    def read(*_: object) -> Imported:
        assert others.wait(30)
        return reading.read(MARKDOWN, "cv.md")

    async def both() -> None:
        async def go_on() -> None:
            others.set()

        uploaded = rx.UploadFile(file=io.BytesIO(MARKDOWN), path=Path("cv.md"))
        going = asyncio.create_task(go_on())
        async for _ in files.bring_resume([uploaded]):
            pass
        await going

    files = ada.get(Files)
    monkeypatch.setattr(imports, "read", read)
    asyncio.run(both())
    assert ada.review.found


def test_others_files_are_waited_for_but_not_for_ever(ada: Sitting, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(editor_import, "PAUSES", (0.0, 0.0))
    answers: list[Any] = [Busy(), Busy(), reading.read(MARKDOWN, "cv.md")]

    def read(*_: object) -> Imported:
        answer = answers.pop(0)
        if isinstance(answer, Busy):
            raise answer
        return answer  # type: ignore[no-any-return]

    monkeypatch.setattr(imports, "read", read)
    ada.bring(MARKDOWN)
    assert ada.review.found
    answers += [Busy(), Busy(), Busy()]
    ada.bring(MARKDOWN)
    assert (ada.get(Files).problem, ada.review.found) == (Busy().message("fr"), 0)


def test_nobody_reads_without_a_cookie_nor_takes_over_when_signed_out(sqlite: Engine, here: None):
    nobody = Sitting(tab(None, "fr"))
    nobody.bring(MARKDOWN)
    assert nobody.get(Files).problem == Unauthorized().message("fr")
    user = make_account("ada@example.org")
    ada = Sitting(tab(user, "fr"))
    ada.bring(MARKDOWN)
    with db.session() as session:
        sessions.end_all(session, user.id)
    with pytest.raises(Unauthorized):
        ada.do(ada.review.accept())
    assert ada.review._review is None
    assert not ada.editor.begun


def test_another_tab_sees_nothing_of_it(sqlite: Engine, here: None):
    user = make_account("ada@example.org")
    ada, again = Sitting(tab(user, "fr")), Sitting(tab(user, "fr"))
    bob = Sitting(tab(make_account("bob@example.org"), "fr"))
    ada.bring(MARKDOWN)
    for other in (again, bob):
        assert (other.review.found, other.review._review) == (0, None)
        assert NAME not in str(other.root.dict())
        assert other.do(other.review.accept()) is None
        assert not other.editor.begun


# ---- what is shown -----------------------------------------------------------------------------------------------


def test_the_browser_is_sent_what_it_shows_and_no_document(ada: Sitting):
    ada.bring(MARKDOWN)
    sent = str(ada.root.dict())
    assert NAME in sent
    assert "confidence" not in sent
    assert "_review" not in sent


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_can_be_read_has_a_name_of_its_own(language: Any):
    imported = reading.read(exports.markdown(samples.load(language)).encode(), "cv.md")
    rows = [row for group in groups(imported, b"", language) for entry in group.rows for row in entry.read]
    assert {row.field for row in rows} <= set(CALLED)
    assert all(text(f"editor.f_{label}", language) for label in CALLED.values())


def test_dates_are_shown_in_words_and_doubts_marked():
    document = Document.load({"work": [{"id": "w", "name": "X", "startDate": "2019-04"}]})
    fields = tuple(
        importers.Field(path, edit.get_field(document, path), confidence, importers.Place(page=page, text="X SA, Lyon"))
        for path, confidence, page in (("work/w/name", 0.9, 1), ("work/w/start_date", 0.4, 2))
    )
    shown = groups(Imported(document, fields, "pdf", "fr"), b"%PDF", "en")
    name, start = shown[0].rows[0].read
    assert (name.doubtful, name.where, name.source) == (False, "page 1", "X SA, Lyon")
    assert (start.doubtful, start.where, start.text) == (True, "page 2", "avril 2019")


@pytest.mark.parametrize(
    ("line", "value", "expected"),
    [
        ("# Ada Lovelace", "Ada Lovelace", ""),
        ("**Analyst**,  Acme", "Acme", "**Analyst**, Acme"),
        ("x" * 60 + " Acme " + "y" * 60, "Acme", "…" + "x" * 23 + " Acme " + "y" * 23 + "…"),
        ("May 2020 to date", "2020-05", "May 2020 to date"),
        ("", "Acme", ""),
    ],
)
def test_of_a_line_what_stands_around_the_value_is_shown(line: str, value: str, expected: str):
    assert editor_import._excerpt(line, value) == expected


def carrying(image: str) -> bytes:
    return json.dumps({"basics": {"name": "Lou Martin", "image": image}}).encode()


def test_the_portrait_in_a_json_resume_comes_along(ada: Sitting):
    ada.bring(carrying(embed(photo_jpeg(), "image/jpeg")), "cv.json")
    first = ada.editor._draft.document.basics
    assert (first.name, first.image[:6], ada.get(Files).photo_problem) == ("Lou Martin", "photo:", "")
    with db.session(write=False) as session:
        kept = photos.portrait(session, ada.editor._owner_id, ada.editor._draft.document)
    assert kept == photos.redraw(photo_jpeg())[0]
    ada.bring(carrying(embed(photo_jpeg(), "image/png")), "cv.json")  # over a CV that has something in it: asked first
    ada.do(ada.get(Files).accept())
    assert ada.editor._draft.document.basics.image == first.image


def test_a_portrait_that_cannot_be_read_is_said_and_the_rest_comes(ada: Sitting):
    ada.bring(carrying("data:image/png;base64,bm8gcGljdHVyZQ=="), "cv.json")
    basics = ada.editor._draft.document.basics
    assert (basics.name, basics.image) == ("Lou Martin", "")
    assert ada.get(Files).photo_problem == text("editor.import_photo_unreadable", "fr")


def test_every_warning_of_the_importers_has_its_sentence():
    found = {
        node.args[0].value
        for file in Path(importers.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "warn"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert found <= set(WARNINGS)
    assert all(text(f"editor.import_warn_{code}", "fr") for code in (*WARNINGS, "photo"))
    assert set(PICTURED) <= set(importers.model.KINDS)


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b'{"basics": {}}', "cv.txt", True),
        (b"\xef\xbb\xbf\n {", "cv", True),
        (b"[1, 2]", "cv.json", True),
        (b"\xff\xfe\x00", "cv.JSON", True),
        (b"[Ada](https://example.org)", "cv.md", False),
        (b"%PDF-1.7", "cv.json", False),
        (b"PK\x03\x04", "cv.json", False),
        (b"{\\rtf1}", "cv.rtf", False),
        (b"", "cv.pdf", False),
    ],
)
def test_a_json_resume_is_told_by_what_is_in_it(data: bytes, name: str, expected: bool):
    assert is_json(data, name) == expected
