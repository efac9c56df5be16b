"""Files brought to the editor: a CV that fills it, a portrait. What is wrong is said exactly, and then nothing has
changed. A JSON Resume says all of itself; any other CV is read elsewhere and looked at first."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import reflex as rx

from cvstudio import db
from cvstudio.document import Document
from cvstudio.document.portrait import take_out
from cvstudio.domain import imports, owners, photos, turns
from cvstudio.errors import InvalidInput, StudioError, Unauthorized
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import Draft
from cvstudio.state.editor_import import Importing

Next: TypeAlias = Any

MAX_UPLOAD = imports.MAX_BYTES
MAX_RESUME_BYTES = 2_000_000
MOST_FAULTS = 12  # shown of all
PHOTO_UPLOAD = "photo"
RESUME_UPLOAD = "resume"

# What pydantic and the model say, and the key of our own words for it; the group is a number.
FAULTS = (
    (r"Input should be a valid string", "must_text"),
    (r"Input should be a valid list", "must_list"),
    (r"Input should be a valid dictionary.*|must be a JSON object", "must_object"),
    (r"at most (\d+) characters", "most_characters"),
    (r"at most (\d+) items", "most_items"),
)


class Files(rx.State):
    name: str = ""  # of the file being looked at
    reading: bool = False
    problem: str = ""  # why it cannot be read
    faults: rx.Field[list[tuple[str, str]]] = rx.field(default_factory=list)  # (where, what)
    more: int = 0  # faults not shown
    person: str = ""  # in the file that waits for a yes
    entries: int = 0
    photo_problem: str = ""

    _waiting: Draft | None = None  # in a Draft, for Reflex wraps a bare document in a proxy
    _portrait: bytes | None = None  # what the file that waits carries

    @rx.event
    async def bring_resume(self, files: list[rx.UploadFile]) -> AsyncIterator[Next]:
        """A CV in any format that we read. Nothing changes before the person has seen what is in it."""
        if not files:  # what was dropped was not taken, and says so elsewhere
            return
        self._forget()
        importing = await self.get_state(Importing)
        importing._forget()
        self.name = (files[0].filename or "")[:120]
        data = await files[0].read(imports.MAX_BYTES + 1)
        if is_json(data, self.name):
            yield await self._bring_json(data)
            return
        self.reading = True
        yield
        try:
            yield await importing._read(data, self.name, self.router.session.client_ip)
        except StudioError as wrong:
            editor = await self.get_state(Editor)
            self.problem = wrong.message(editor._lang)
        finally:
            self.reading = False

    async def _bring_json(self, data: bytes) -> Next:
        """At once into an empty editor, after a yes into a filled one."""
        editor = await self.get_state(Editor)
        try:
            language = editor._lang
            document, portrait = await turns.for_page(lambda: read_resume(data, language))
        except InvalidInput as wrong:
            faults = [(where, fault) for where, said in wrong.fields.items() for fault in said]
            self.faults = [(_path(where, editor._lang), _fault(fault, editor._lang)) for where, fault in faults]
            self.more, self.faults = max(0, len(faults) - MOST_FAULTS), self.faults[:MOST_FAULTS]
            return None
        if not editor.begun or not any(editor._draft.document.texts()):
            return await self._fill(editor, document, portrait)
        self._waiting, self._portrait = Draft(document), portrait
        self.person = document.basics.name or text("editor.untitled", editor._lang)
        self.entries = sum(len(document.section(key)) for key in ("work", "education", "projects", "skills"))
        return None

    @rx.event
    async def accept(self) -> Next:
        """Yes: the file's CV in place of this one; undo brings it back."""
        waiting, portrait = self._waiting, self._portrait
        if waiting is None:
            return None
        return await self._fill(await self.get_state(Editor), waiting.document, portrait)

    @rx.event
    def close(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.name = self.person = self.problem = ""
        self.faults, self.more, self._waiting, self._portrait, self.reading = [], 0, None, None, False

    async def _fill(self, editor: Editor, document: Document, portrait: bytes | None) -> list[Any]:
        self._forget()
        self.photo_problem = ""
        if portrait is not None:
            owner_id, lang = await editor._owner(), editor._lang
            try:
                document.basics.image = await rx.run_in_thread(lambda: _keep(owner_id, lang, portrait))
            except InvalidInput:
                self.photo_problem = text("editor.import_photo_unreadable", lang)
        return editor.replace_document(document)

    # ---- portrait ------------------------------------------------------------------------------------------

    @rx.event
    async def bring_photo(self, files: list[rx.UploadFile]) -> Next:
        self.photo_problem = ""
        if not files:
            return None
        data = await files[0].read(photos.MAX_BYTES + 1)
        editor = await self.get_state(Editor)
        owner_id = await editor._owner()
        try:
            reference = await rx.run_in_thread(lambda: _keep(owner_id, editor._lang, data))
        except StudioError as wrong:
            self.photo_problem = wrong.message(editor._lang)
            return None
        return editor.set_photo(reference)

    @rx.event
    async def drop_photo(self) -> Next:
        self.photo_problem = ""
        editor = await self.get_state(Editor)
        return editor.set_photo("")


def is_json(data: bytes, filename: str) -> bool:
    """Whether it is meant to be."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    named = filename.casefold().endswith(".json") and not start.startswith((b"%PDF", b"PK"))
    return named or (start.startswith(b"{") and not start.startswith(b"{\\rtf"))


def read_resume(data: bytes, language: Language) -> tuple[Document, bytes | None]:
    """The CV in a JSON Resume file, and the portrait that it carries, as it came.

    Raises InvalidInput with every fault by its place.
    """
    if len(data) > MAX_RESUME_BYTES:
        raise InvalidInput("too large", fields={"document": [text("editor.file_too_large", language)]})
    try:
        read = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        raise InvalidInput("not UTF-8", fields={"document": [text("editor.not_text", language)]}) from fault
    except json.JSONDecodeError as fault:
        said = text("editor.not_json", language, line=fault.lineno, column=fault.colno)
        raise InvalidInput("not JSON", fields={"document": [said]}) from fault
    except ValueError as fault:  # a number of thousands of digits
        said = text("editor.not_json", language, line=1, column=1)
        raise InvalidInput("not JSON", fields={"document": [said]}) from fault
    except RecursionError as fault:
        raise InvalidInput("too deep", fields={"document": [text("editor.too_deep", language)]}) from fault
    portrait = take_out(read)
    document = Document.load(read)
    if not any(key in read for key in ("basics", *Document.model_fields)):
        raise InvalidInput("nothing known", fields={"document": [text("editor.not_resume", language)]})
    return document, portrait


def _keep(owner_id: str, language: Language, data: bytes) -> str:
    if not owner_id:
        raise Unauthorized
    with db.session() as session:
        owners.ensure(session, owner_id, language)
        return photos.reference(photos.store(session, owner_id, data))


def _path(path: str, language: Language) -> str:
    """ "work.0.position" → "work 1 › position", as people count."""
    if path == "document":
        return text("editor.whole_file", language)
    parts = [str(int(part) + 1) if part.isdigit() else part for part in path.split(".")]
    return " › ".join(parts)[:120]


def _fault(said: str, language: Language) -> str:
    for pattern, key in FAULTS:
        if match := re.fullmatch(pattern, said):
            return text(f"editor.{key}", language, n=match[1] if match.groups() else "")
    return said
