"""A CV read from a file, looked at before it is taken over: what was read, where it stood, what is doubtful.

What was read is kept in the tab, as the browser gets no more of it than it shows, and is gone with a yes or a no.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import reflex as rx

from cvstudio.document import CUSTOM, edit
from cvstudio.document.model import MAX_TEXT
from cvstudio.domain import imports
from cvstudio.errors import InvalidInput, StudioError, Unauthorized
from cvstudio.importers import Imported, Place
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.render import dates
from cvstudio.state import editor_rows
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import checked_text

Next: TypeAlias = Any

# Of the importers, as far as we say them.
WARNINGS = ("text_cut", "list_cut", "no_name", "second_cv", "linkedin_files_missing")
PICTURED = ("pdf", "linkedin_pdf", "docx", "europass")  # kinds of files that may hold a portrait
LONG = 60  # characters: more than a line of a field holds
MARKS = " #*-_•·:|"  # of headings, lists, emphasis
AROUND = 24  # characters of a line that are shown on either side of a value
PAUSES = (0.3, 0.6, 0.9)  # seconds between tries while others' files are being read
HEADING = "#import-heading"


@dataclass
class ValueRow:
    path: str
    field: str  # "work/position", "basics.name": what it is called
    text: str
    where: str  # "page 2"
    source: str  # the line it stood in
    doubtful: bool
    long: bool


@dataclass
class EntryRow:
    id: str
    name: str
    read: list[ValueRow] = field(default_factory=list)


@dataclass
class GroupRow:
    key: str
    kind: str  # "basics", "work" …, "custom"
    title: str  # of a section of the person's own
    rows: list[EntryRow] = field(default_factory=list)


class Review:
    """A plain class, so that Reflex neither wraps it nor sends it to the browser."""

    def __init__(self, owner_id: str, imported: Imported) -> None:
        self.owner_id = owner_id
        self.imported = imported
        self.known = {value.path for value in imports.values(imported)}
        self.typed: dict[str, str] = {}
        self.dropped: set[str] = set()

    def changes(self) -> dict[str, str]:
        return self.typed | dict.fromkeys(self.dropped, "")


class Importing(rx.State):
    file: str = ""
    groups: rx.Field[list[GroupRow]] = rx.field(default_factory=list)
    warnings: rx.Field[list[str]] = rx.field(default_factory=list)
    doubtful: int = 0
    found: int = 0
    replaces: bool = False  # a CV that has something in it
    problem: str = ""  # why it could not be taken over

    _review: Review | None = None

    async def _read(self, data: bytes, filename: str, address: str) -> Next:
        """Shows what is in a file. Raises what imports.read does."""
        editor = await self.get_state(Editor)
        owner_id = await editor._owner()
        imported = await patiently(lambda: imports.read(owner_id, address, data, filename))
        self._forget()
        self._review = Review(owner_id, imported)
        self.file = filename
        found = imports.values(imported)
        self.found, self.doubtful = len(found), sum(value.doubtful for value in found)
        self.groups = groups(imported, data, editor._lang)
        self.warnings = [text(f"editor.import_warn_{code}", editor._lang) for code in worth_saying(imported)]
        self.replaces = editor.begun and any(editor._draft.document.texts())
        return editor.focus(HEADING)

    @rx.event
    def keep(self, path: str, kept: bool) -> None:
        """Ticked, or not."""
        review = self._reviewing(path)
        (review.dropped.discard if kept else review.dropped.add)(path)
        self.problem = ""

    @rx.event
    def change(self, path: str, value: str) -> None:
        """Corrected by hand; blank is left out."""
        review = self._reviewing(path)
        if len(checked_text(value)) > MAX_TEXT:
            raise InvalidInput("text too long", fields={"value": [f"at most {MAX_TEXT} characters"]})
        review.typed[path] = value
        self.problem = ""

    def _reviewing(self, path: str) -> Review:
        if self._review is None or checked_text(path) not in self._review.known:
            raise InvalidInput("no such value", fields={"path": [path[:80]] if isinstance(path, str) else []})
        self._review = self._review  # or Reflex would not know
        return self._review

    @rx.event
    async def accept(self) -> Next:
        """Yes: what is ticked, in place of the CV there is; undo brings that back."""
        review, editor = self._review, await self.get_state(Editor)
        if review is None:
            return None
        if await editor._owner() != review.owner_id:
            self._forget()
            raise Unauthorized
        try:
            document = imports.taken(review.imported, review.changes())
        except StudioError as wrong:
            self.problem = wrong.message(editor._lang)
            return None
        self._forget()
        filled = editor.replace_document(document, review.imported.document.studio.language)
        return [*filled, editor.focus('[data-field="basics.name"]')]

    @rx.event
    def close(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.file = self.problem = ""
        self.groups, self.warnings, self.doubtful, self.found, self._review = [], [], 0, 0, None


async def patiently(read: Callable[[], Imported]) -> Imported:
    """What is read from a file, as soon as others' files leave room. Raises what imports.read does."""
    for pause in PAUSES:
        try:
            return await asyncio.to_thread(read)
        except imports.Busy:
            await asyncio.sleep(pause)
    return await asyncio.to_thread(read)


def worth_saying(imported: Imported) -> list[str]:
    said = [code for code in imported.warnings if code in WARNINGS]
    return [*said, "photo"] if imported.kind in PICTURED else said


# ---- what the dialog shows ---------------------------------------------------------------------------------------


def groups(imported: Imported, data: bytes, language: Language) -> list[GroupRow]:
    """Who it is of, then the sections, in the order in which they were read."""
    lines = _lines(imported, data)
    found: dict[str, GroupRow] = {"basics": GroupRow("basics", "basics", "")}
    entries: dict[tuple[str, str], EntryRow] = {}
    for value in imports.values(imported):
        section, _, rest = value.path.partition("/") if "/" in value.path else ("basics", "", "/")
        item_id = rest.partition("/")[0]
        if section not in found:
            found[section] = _group(imported, section)
        if (section, item_id) not in entries:
            entries[section, item_id] = entry = EntryRow(item_id, _name(imported, section, item_id))
            found[section].rows.append(entry)
        entries[section, item_id].read.append(_row(imported, value, found[section].kind, lines, language))
    return [group for group in found.values() if group.rows]


def _group(imported: Imported, section: str) -> GroupRow:
    own = section.startswith(CUSTOM)
    title = imported.document.custom_section(section).title if own else ""
    return GroupRow(section, "custom" if own else section, title)


def _name(imported: Imported, section: str, item_id: str) -> str:
    """As the editor's lists call it."""
    if not item_id:
        return ""
    rows = editor_rows.items(imported.document, section, set())
    return next((row.name or row.about for row in rows if row.id == item_id), "")


def _row(imported: Imported, value: imports.Value, kind: str, lines: list[str], language: Language) -> ValueRow:
    path = value.list_path or value.path
    name = path.rpartition("/")[2]
    shown = dates.format_date(value.text, "long", imported.language) if name in edit.DATES else value.text
    line = value.place.line or 0
    return ValueRow(
        path=value.path,
        field=f"{kind}/{name}" if "/" in path else path,
        text=shown,
        where=_where(value.place, imported, language),
        source=_excerpt(lines[line - 1] if 0 < line <= len(lines) else value.place.text, value.text),
        doubtful=value.doubtful,
        long=len(shown) > LONG or "\n" in shown,
    )


def _excerpt(line: str, value: str) -> str:
    """What stands around the value in its line, or that line's beginning; blank when there is nothing but the value."""
    line, value = " ".join(line.split()), " ".join(value.split())
    at = line.casefold().find(value.casefold())
    start, end = (max(0, at - AROUND), at + len(value) + AROUND) if at >= 0 else (0, 3 * AROUND)
    shown = line[start:end].strip()
    if shown.strip(MARKS) == value.strip(MARKS):
        return ""
    return f"{'…' if start else ''}{shown}{'…' if end < len(line) else ''}"


def _where(place: Place, imported: Imported, language: Language) -> str:
    if place.page:
        return text("editor.import_page", language, n=place.page)
    if place.file:
        return text("editor.import_row", language, file=place.file[:60], n=place.row or 1)
    if place.line and imported.kind != "europass":  # whose lines nobody has ever seen
        return text(
            "editor.import_paragraph" if imported.kind == "docx" else "editor.import_line", language, n=place.line
        )
    return ""


def _lines(imported: Imported, data: bytes) -> list[str]:
    """Of a file that is nothing but text."""
    if imported.kind not in ("markdown", "text"):
        return []
    whole = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return [] if "\ufffd" in whole else whole.split("\n")
