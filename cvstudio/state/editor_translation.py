"""A CV in another language: asked for in the editor, opened once it is there; and there, what is stale is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import reflex as rx
from reflex.event import EventSpec

from cvstudio import db
from cvstudio.document import Document
from cvstudio.document.model import CV_LANGUAGES
from cvstudio.domain import cvs, translations, turns
from cvstudio.errors import InvalidInput, StudioError
from cvstudio.models import Job
from cvstudio.state import bridge, editor_rows
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import checked_text
from cvstudio.state.editor_generation import saved

Next: TypeAlias = Any

EXAMPLES = 4  # of the texts that stay
LONG = 160  # characters shown of a text
MOST = 60  # stale fields shown
BUSY = ("saving", "queued", "running")


@dataclass
class StaleRow:
    path: str
    field: str  # "work/position", "basics.summary", "work" (a new entry), "gone/work", "title"
    name: str  # of the entry
    text: str  # the original's, now; of what is gone there, the translation's
    edited: bool
    at: str  # where Editor.pick goes; blank for what is not there yet
    gone: bool = False


class Translating(rx.State):
    opened: bool = False
    language: str = ""
    stays: int = 0  # texts
    examples: rx.Field[list[str]] = rx.field(default_factory=list)
    status: str = ""  # "", saving, queued, running, failed
    problem: str = ""
    origin_id: str = ""  # of the CV in the editor, when it is a translation
    origin_title: str = ""
    origin_language: str = "fr"
    rows: rx.Field[list[StaleRow]] = rx.field(default_factory=list)
    more: int = 0  # stale fields not shown

    _job_id: str = ""

    # ---- asking for one ------------------------------------------------------------------------------------

    @rx.event
    async def ask(self) -> None:
        """The dialog, with the language that is likeliest wanted."""
        editor = await self.get_state(Editor)
        own = editor._draft.document.studio.language
        self.opened, self.problem = True, ""
        if self.status not in BUSY:
            self.status = ""
            self._look(editor, "fr" if own == "en" else "en")

    @rx.event
    async def choose(self, language: str) -> None:
        self._look(await self.get_state(Editor), checked_text(language))

    def _look(self, editor: Editor, language: str) -> None:
        """What would stay as it is. Raises InvalidInput."""
        chosen = translations.chosen(language)
        if chosen is None:
            raise InvalidInput("no such language", fields={"language": [", ".join(CV_LANGUAGES)]})
        left = translations.left_out(editor._draft.document, chosen)
        self.language, self.stays = chosen, len(left)
        self.examples = [_short(one) for one in left[:EXAMPLES]]

    @rx.event
    def close(self) -> None:
        """What was asked for goes on."""
        self.opened = False

    @rx.event(background=True)
    async def translate(self) -> Next:
        """Saves what is unsaved, has the variant made, and opens it once it is there."""
        async with self:
            if self.status in BUSY:
                return
            self.status, self.problem, target = "saving", "", self.language
            editor = await self.get_state(Editor)
            for saving in editor.hurry():
                yield saving
        problem = ""
        try:
            cv_id, owner_id, problem = await saved(self)
            if cv_id:
                job = await rx.run_in_thread(lambda: _start(owner_id, cv_id, target))
                async with self:
                    self._job_id, self.status = job.id, job.status
                    if opening := await self._read():
                        yield opening
        except StudioError as error:
            problem = error.message(editor._lang)
        finally:
            async with self:
                if self.status == "saving":
                    self.status, self.problem = "failed", problem

    @rx.event
    async def happened(self, kind: str, object_id: str, _tab: str) -> Next:
        """The bus: the job went on, or the original was changed in another tab."""
        if kind == "job" and object_id == self._job_id:
            return await self._read()
        if kind == "cv" and object_id == self.origin_id:
            await self._compare()
        return None

    async def _read(self) -> EventSpec | None:
        editor = await self.get_state(Editor)
        owner_id, job_id = await editor._owner(), self._job_id
        job = await rx.run_in_thread(lambda: _job(owner_id, job_id))
        if job is None or self.status not in BUSY:
            return None
        if job.status == "done":
            self.status, self.opened, self._job_id = "", False, ""
            return rx.call_script(f"location.assign('/generate?cv={job.result['cv_id']}')")
        self.status = job.status
        if job.status == "failed":
            self.problem = translations.failure(job, editor._lang) or ""
        return None

    # ---- what is stale -------------------------------------------------------------------------------------

    @rx.event
    async def open(self) -> Next:
        """The page was opened, or its socket came back."""
        editor = await self.get_state(Editor)
        bridge.watch(
            await editor._owner(), self.router.session.client_token, "translation", Translating.happened, own=False
        )
        await self._compare()
        return await self._read() if self.status in BUSY else None

    @rx.event
    async def compare(self) -> None:
        """Something was undone or redone."""
        await self._compare()

    async def _compare(self) -> None:
        editor = await self.get_state(Editor)
        owner_id, cv_id = await editor._owner(), editor._draft.cv_id
        found = await rx.run_in_thread(lambda: _original(owner_id, cv_id))
        if found is None:
            self.origin_id = self.origin_title = ""
            self.rows, self.more = [], 0
            return
        original, title = found
        self.origin_id, self.origin_title = title
        self.origin_language = original.studio.language
        rows = _rows(original, editor._draft.document)
        self.rows, self.more = rows[:MOST], max(0, len(rows) - MOST)

    @rx.event
    async def again(self, path: str) -> Next:
        """One field anew from the original, or with a blank path all of them; undo brings back what was there."""
        return await self._change(
            path,
            lambda owner_id, original, now, paths: translations.again(owner_id, original, now, paths).document,
        )

    @rx.event
    async def settle(self, path: str) -> Next:
        """It is right as it is; with a blank path all of it."""
        return await self._change(
            path, lambda owner_id, original, now, paths: translations.settled(original, now, paths)
        )

    async def _change(self, path: str, how: Callable[[str, Document, Document, list[str]], Document]) -> Next:
        editor, wanted = await self.get_state(Editor), checked_text(path)
        owner_id, cv_id = await editor._owner(), editor._draft.cv_id
        found = await rx.run_in_thread(lambda: _original(owner_id, cv_id))
        if found is None:
            await self._compare()
            return None
        original, now = found[0], editor._draft.document
        known = [one.path for one in translations.stale_fields(original, now)]
        paths = [one for one in known if wanted in ("", one)]
        if not paths:
            await self._compare()
            return None
        editor.begin_change()
        made = await turns.for_page(lambda: how(owner_id, original, now, paths))
        made.check_size()
        editor._draft.document = made
        await self._compare()
        return editor.changed(anew=True)


def _rows(original: Document, now: Document) -> list[StaleRow]:
    rows = []
    for one in translations.stale_fields(original, now):
        place, _, name = one.path.rpartition("/")
        if one.path.startswith("title:"):
            key = one.path.removeprefix("title:")
            rows.append(StaleRow(one.path, "title", "", _short(one.text), one.edited, key))
        elif "/" not in one.path:
            at = "summary" if one.path == "basics.summary" else "basics"
            rows.append(StaleRow(one.path, one.path, "", _short(one.text), one.edited, at))
        elif one.gone:
            kind = f"gone/{_kind(place)}"
            rows.append(StaleRow(one.path, kind, _named(now, one.path), _short(one.text), one.edited, one.path, True))
        elif one.path.count("/") == 1:  # a whole entry, which is not here yet
            rows.append(StaleRow(one.path, _kind(place), "", _short(one.text), False, ""))
        else:
            field = f"{_kind(place.rpartition('/')[0])}/{name}"
            rows.append(StaleRow(one.path, field, _named(now, place), _short(one.text), one.edited, place))
    return rows


def _named(document: Document, entry: str) -> str:
    """As the editor's list calls it."""
    section, _, item_id = entry.rpartition("/")
    listed = editor_rows.items(document, section, set())
    return next((row.name or row.about for row in listed if row.id == item_id), "")


def _kind(section: str) -> str:
    return "custom" if section.startswith("custom:") else section


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= LONG else f"{plain[:LONG].rstrip()}…"


def _start(owner_id: str, cv_id: str, target: str) -> Job:
    with db.session() as session:
        return translations.start(session, owner_id, cvs.get_owned(session, owner_id, cv_id), target)


def _job(owner_id: str, job_id: str) -> Job | None:
    with db.session(write=False) as session:
        return translations.get_job(session, owner_id, job_id)


def _original(owner_id: str, cv_id: str) -> tuple[Document, tuple[str, str]] | None:
    """(the document, (id, title)) of what this CV was translated from."""
    if not owner_id or not cv_id:
        return None
    with db.session(write=False) as session:
        try:
            cv = translations.original_of(session, cvs.get_owned(session, owner_id, cv_id))
        except cvs.CvNotFound:
            return None
        return (Document.load(cv.document), (cv.id, cv.title)) if cv else None
