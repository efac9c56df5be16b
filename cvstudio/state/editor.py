"""The editor: a keystroke changes the document in memory, the preview at once, the database a moment later.

The browser gets the form's structure, never the document. Every argument of a handler is a stranger's: `document.edit`
refuses paths and keys that do not exist, and texts that are too long.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx
from reflex.event import Event

from cvstudio import db
from cvstudio.document import Document, edit, samples
from cvstudio.document.model import DATE, CvLanguage, new_item_id
from cvstudio.domain import billing, cvs, photos
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.render import Preview, preview, themes
from cvstudio.state import editor_rows, editor_saving
from cvstudio.state.editor_draft import Draft, checked_text, load, store
from cvstudio.state.editor_rows import DesignRow, ItemRow, SectionRow
from cvstudio.state.preview import Told, run, script, show_change, tell
from cvstudio.state.session import Credentials, Session

Next: TypeAlias = Any  # what a handler may return: event specs, handlers, lists of them

FRAME = "editor-preview"
MAX_RESTORED = 500  # fields


class Editor(rx.State):
    ready: bool = False
    begun: bool = False  # there is a CV to edit; till then, ways to start are offered
    revision: int = 0  # of the form: its fields are made anew when this grows
    cv_id: str = ""
    sections: rx.Field[list[SectionRow]] = rx.field(default_factory=list)
    profiles: rx.Field[list[ItemRow]] = rx.field(default_factory=list)
    texts: rx.Field[dict[str, str]] = rx.field(default_factory=dict)  # of basics
    design: rx.Field[DesignRow] = rx.field(default_factory=DesignRow)
    photo: str = ""  # its address
    saving: str = "saved"  # saved, saving, failed, conflict
    can_undo: bool = False
    can_redo: bool = False
    pages: int = 0
    too_wide: bool = False
    missing: bool = False  # the CV that the address names is not there
    said: str = ""  # to screen readers

    _draft: rx.Field[Draft] = rx.field(default_factory=Draft)
    _owner_id: str = ""
    _shown: Credentials = Credentials(None, None)
    _tab: str = ""  # what other tabs call this one
    _lang: Language = "fr"
    _told: rx.Field[Told] = rx.field(default_factory=Told)  # the frame
    _unmarked: bool = True  # no watermark
    _asked: str = ""  # the CV of which it is known that it is missing
    _saver: str = ""  # names the loop that saves, while one does
    _hurry: bool = False  # something waits for it

    @rx.var
    def listed(self) -> list[SectionRow]:
        """Those in the form."""
        return [row for row in self.sections if row.shown]

    # ---- opening -------------------------------------------------------------------------------------------

    @rx.event
    async def open(self) -> Next:
        """The page was opened, or its socket came back: the CV as it is now, without touching fields in use."""
        await self._who()
        wanted = self.router.url.query_parameters
        asked = wanted.get("cv", "")
        stored = await rx.run_in_thread(lambda: load(self._owner_id, asked))
        draft = self._draft
        same = stored is not None and (stored.cv_id, stored.revision) == (draft.cv_id, draft.revision)
        if not draft.clean:
            pass  # typed in this tab and not saved yet: it comes first, and saving will find out about others
        elif stored is None:
            self._take(Draft(Document()))
            self._draft.document.studio.language = self._lang
        elif not same:
            self._take(stored)
        self._saver, self._hurry, self.saving = "", False, "saved"
        self.begun = bool(self._draft.cv_id or self._draft.edits)
        self.missing = asked not in ("", self._draft.cv_id, self._asked)
        self.ready = True
        self._rows()
        todo: list[Any] = []
        if (slug := wanted.get("template", "")) and slug in {theme.slug for theme in themes.all()}:
            todo += [*self.use_template(slug), run("history.replaceState(history.state, '', '/generate')")]
        if not self._draft.clean:
            todo += self._save_soon()
        return [self._show(everything=True), *todo]

    async def _who(self) -> None:
        session = await self.get_state(Session)
        owner_id = session.owner_id() or ""
        if owner_id != self._owner_id:
            everything: Any = self
            everything.reset()  # what someone left here is not the next one's
        self._lang, self._owner_id = session.language(), owner_id
        # As the tab connected: when it does so anew, the page is opened anew.
        self._shown, self._tab = session.credentials(), session.router.session.client_token

    async def _owner(self) -> str:
        """Whose CV this is, asked again: blank when their session has ended meanwhile, and nothing more is theirs."""
        session = await self.get_state(Session)
        return self._owner_id if session.owner_id() == self._owner_id else ""

    @rx.event
    def forget_missing(self) -> None:
        """The notice was read: it does not come back with the socket."""
        self.missing, self._asked = False, self.router.url.query_parameters.get("cv", "")

    @rx.event
    async def language_changed(self) -> Next:
        """The page's language; the CV keeps its own."""
        session = await self.get_state(Session)
        self._lang = session.language()
        if not self.begun:
            self._draft.document.studio.language = self._lang
            self._rows()
            return self._show()
        return None

    @rx.event
    def begin(self, how: str) -> Next:
        """With nothing ("empty") or with somebody else's CV ("sample"); the template and its design stay."""
        old, before = self._draft.begin(), self.begun
        fresh = samples.load(self._lang) if how == "sample" else Document()
        fresh.studio.template, fresh.studio.template_version = old.studio.template, old.studio.template_version
        fresh.studio.design, fresh.studio.language = old.studio.design, self._lang
        themes.pin(fresh)
        self._draft.document, self._draft.checkpoint = fresh, "cleared"
        return [
            *self.changed(anew=True, undoable=("sampled" if how == "sample" else "cleared") if before else ""),
            self.focus('[data-field="basics.name"]'),
        ]

    def _take(self, draft: Draft) -> None:
        self._draft = draft
        self.cv_id = draft.cv_id
        self.revision += 1

    # ---- a change ------------------------------------------------------------------------------------------

    def _changed(self, *, rows: bool = True, anew: bool = False, edited: str = "") -> list[Any]:
        """What follows a change. `rows`: the form has another structure; `anew`: other texts; `edited`: one field."""
        self._draft.changed()
        self._draft = self._draft  # or Reflex would not know
        self._set(begun=True, can_undo=self._draft.history.can_undo, can_redo=self._draft.history.can_redo)
        if anew:
            self.revision += 1
        if rows or anew:
            self._rows()
        return [self._show(edited=edited), *self._save_soon()]

    def _rows(self) -> None:
        draft = self._draft
        self._set(
            sections=editor_rows.sections(draft.document, draft.opened, draft.added),
            profiles=editor_rows.items(draft.document, edit.PROFILES, draft.opened),
            texts=editor_rows.basics(draft.document),
            photo=photos.src(draft.document) or "",
            design=editor_rows.design(draft.document),
            can_undo=draft.history.can_undo,
            can_redo=draft.history.can_redo,
        )
        with db.session(write=False) as session:
            self._unmarked = billing.may_export_clean(session, self._owner_id, themes.of(draft.document))

    def _set(self, **values: object) -> None:
        """Vars that differ, and no others: what is assigned is sent."""
        for name, value in values.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    def _show(self, *, everything: bool = False, edited: str = "") -> Event:
        """Tell the frame what differs from what it was told before; `edited`: nothing but this field does."""
        shown, self._told = show_change(FRAME, self._preview(edited), Told() if everything else self._told)
        return shown

    def _preview(self, edited: str) -> Preview:
        """The CV, or while there is none somebody else's in the same template."""
        draft = self._draft
        document, last, draft.shown = draft.document, draft.shown if edited else None, None
        if not self.begun:
            sample = samples.load(self._lang)
            sample.studio.template = document.studio.template
            return preview(sample)
        draft.shown = self._draw(document, last, edited)
        return draft.shown

    def _draw(self, document: Document, last: Preview | None = None, edited: str = "") -> Preview:
        """A CV of this owner's, as its file would be; `last` and `edited` as in render.preview."""
        return preview(document, photo_src=photos.src(document), watermark=not self._unmarked, last=last, edited=edited)

    def focus(self, selector: str) -> Event:
        return run(f"window.cvFocus?.({script(selector)})")

    def say(self, key: str, **params: object) -> None:
        # A zero-width space makes the same words again a change, which is what gets read out.
        words = text(f"editor.{key}", self._lang, **params)
        self.said = words if words != self.said else words + "\u200b"

    # ---- fields --------------------------------------------------------------------------------------------

    @rx.event
    def edit(self, path: str, value: str) -> Next:
        """A keystroke."""
        path, value = checked_text(path), checked_text(value)
        document = self._draft.begin(path)
        if path.startswith("title:"):
            edit.set_section_title(document, path.removeprefix("title:"), value)
            return self._changed(rows=False)
        edit.set_field(document, path, value)
        return self._changed(rows=False, edited=path)

    @rx.event
    def restore(self, kept: dict[str, str]) -> Next:
        """What the browser kept of a tab that closed before all was saved; what no longer fits anywhere is left."""
        document, applied = self._draft.begin(), False
        for path, value in list(dict(kept).items())[:MAX_RESTORED]:
            try:
                if edit.get_field(document, checked_text(path)) != value:
                    edit.set_field(document, path, checked_text(value))
                    applied = True
            except InvalidInput:
                continue
        return self.changed(anew=True, undoable="restored") if applied else None

    @rx.event
    def leave(self, path: str) -> Next:
        """A field that was changed is left: the lists show its entry's new name, a date what was understood."""
        path = checked_text(path)
        self._rows()
        if path.rpartition("/")[2] not in edit.DATES or "/" not in path:
            return None
        stored = edit.get_field(self._draft.document, path)
        if not stored:
            understood = text("editor.understood_present", self._lang) if path.endswith("/end_date") else ""
        else:
            key = "understood_date" if DATE.fullmatch(stored) else "understood_as_typed"
            understood = text(f"editor.{key}", self._lang, date=editor_rows.shown(self._draft.document, path))
        detail = script({"path": path, "text": understood})
        return run(f'window.dispatchEvent(new CustomEvent("cv:understood", {{detail: {detail}}}))')

    # ---- entries -------------------------------------------------------------------------------------------

    @rx.event
    def add_item(self, key: str) -> Next:
        item_id = edit.add_item(self._draft.begin(), checked_text(key))
        self._draft.opened.add(item_id)
        return [*self._changed(), self.focus(f'[data-field^="{key}/{item_id}/"]')]

    @rx.event
    def duplicate_item(self, key: str, item_id: str) -> Next:
        copy_id = edit.duplicate_item(self._draft.begin(), checked_text(key), checked_text(item_id))
        self._draft.opened.add(copy_id)
        return [*self._changed(), self.focus(f'[data-field^="{key}/{copy_id}/"]')]

    @rx.event
    def remove_item(self, key: str, item_id: str) -> Next:
        edit.remove_item(self._draft.begin(), checked_text(key), checked_text(item_id))
        return [*self._changed(), self.focus(f'[data-add="{key}"]'), self._undoable("removed")]

    @rx.event
    def move_item(self, key: str, item_id: str, to: int) -> Next:
        """To an index, by mouse, finger or keyboard."""
        return self._move_item(checked_text(key), checked_text(item_id), int(to))

    @rx.event
    def step_item(self, key: str, item_id: str, by: int) -> Next:
        """One up (-1) or down (1), by a button that keeps the focus."""
        row = self._item(checked_text(key), checked_text(item_id))
        moved = self._move_item(key, item_id, max(0, row.place - 1 + (1 if by > 0 else -1)))
        return [*moved, self.focus(f'[data-item="{item_id}"] [data-step="{"down" if by > 0 else "up"}"]')]

    def _move_item(self, key: str, item_id: str, to: int) -> list[Any]:
        edit.move_item(self._draft.begin(), key, item_id, to)
        changed, row = self._changed(), self._item(key, item_id)
        count = len(edit.items_of(self._draft.document, key))
        self.say("moved", name=row.name or text("editor.untitled", self._lang), place=row.place, count=count)
        return changed

    def _item(self, key: str, item_id: str) -> ItemRow:
        edit.find(self._draft.document, key, item_id)
        return next(row for row in editor_rows.items(self._draft.document, key, set()) if row.id == item_id)

    @rx.event
    def hide_item(self, key: str, item_id: str, hidden: bool) -> Next:
        edit.set_item_hidden(self._draft.begin(), checked_text(key), checked_text(item_id), bool(hidden))
        self.say("now_hidden" if hidden else "now_shown")
        return self._changed()

    @rx.event
    def toggle_item(self, key: str, item_id: str) -> Next:
        """Open an entry's fields, or close them."""
        edit.find(self._draft.document, checked_text(key), checked_text(item_id))
        opening = item_id not in self._draft.opened
        self._draft.opened ^= {item_id}
        self._draft = self._draft
        self._rows()
        return tell(FRAME, "cv:reveal", path=f"{key}/{item_id}", flash=True) if opening else None

    @rx.event
    def pick(self, path: str) -> Next:
        """A part of the preview was clicked: go to its field."""
        key, _, item_id = checked_text(path).partition("/")
        to_form = run('window.cvPanel?.("content")')
        if item_id:
            edit.find(self._draft.document, key, item_id)
            self._draft.opened.add(item_id)
            self._draft = self._draft
            self._rows()
            return [to_form, self.focus(f'[data-field^="{key}/{item_id}/"]')]
        if key == "basics":
            return [to_form, self.focus('[data-field="basics.name"]')]
        view_keys = {setting.key for setting in self._draft.document.section_settings()}
        return [to_form, self.focus(f'[data-section="{key}"]')] if key in view_keys else None

    # ---- for the other states of the editor ----------------------------------------------------------------

    def begin_change(self, key: str = "") -> Document:
        """The document, to be changed; then call `changed`."""
        return self._draft.begin(key)

    def changed(self, *, anew: bool = False, undoable: str = "") -> list[Any]:
        """`undoable`: the text of a toast that offers the way back."""
        return [*self._changed(anew=anew), *([self._undoable(undoable)] if undoable else [])]

    def use_template(self, slug: str) -> list[Any]:
        """Raises TemplateNotFound. Before there is a CV, the sample is shown in it."""
        theme = themes.get(slug)
        if self._draft.document.studio.template == theme.slug:
            return []
        studio = (self._draft.begin() if self.begun else self._draft.document).studio
        studio.template, studio.template_version = theme.slug, theme.version
        if self.begun:
            return self._changed()
        self._rows()
        return [self._show()]

    def adopted(self) -> list[Any]:
        """The draft's document was replaced by what is stored."""
        self._draft = self._draft
        self.cv_id, self.begun, self.saving = self._draft.cv_id, True, "saved"
        self.revision += 1
        self._rows()
        return [self._show()]

    def replace_document(self, document: Document, language: CvLanguage | None = None) -> list[Any]:
        """Another CV's content; its design too if it has one, else this one's, in the language that it is in."""
        old = self._draft.begin()
        if "meta" not in document.model_fields_set:
            document.meta = old.meta.model_copy(deep=True)
            document.studio.hidden, document.studio.sections = [], []
            document.studio.language = language or old.studio.language
        themes.pin(document)
        self._draft.document, self._draft.checkpoint = document, "import"
        return self.changed(anew=True, undoable="imported")

    def set_photo(self, reference: str) -> list[Any]:
        """Blank takes it off. A theme that shows none by itself is told to."""
        document = self._draft.begin()
        document.basics.image = reference
        if reference and editor_rows.design(document).photo == "none":
            document.studio.design.photo = "circle"
        return self._changed()

    # ---- undo ----------------------------------------------------------------------------------------------

    @rx.event
    def undo(self) -> Next:
        return self._go_to(self._draft.history.undo(self._draft.document), "undone")

    @rx.event
    def redo(self) -> Next:
        return self._go_to(self._draft.history.redo(self._draft.document), "redone")

    def _go_to(self, document: Document | None, said: str) -> Next:
        if document is None:
            self._draft = self._draft
            self.can_undo, self.can_redo = self._draft.history.can_undo, self._draft.history.can_redo
            return None
        self._draft.document = document
        self.say(said)
        return self._changed(anew=True)

    def _undoable(self, key: str) -> Any:
        """A toast with the way back."""
        words, back = text(f"editor.{key}", self._lang), text("editor.undo", self._lang)
        self.said = words
        return rx.toast(words, action={"label": back, "on_click": Editor.undo}, id="undo")

    # ---- saving --------------------------------------------------------------------------------------------

    def _save_soon(self) -> list[Any]:
        if self.saving == "conflict":
            return []
        self._set(saving="saving")
        if self._saver:
            return []
        self._saver = new_item_id()
        saving: Any = Editor.keep_saving
        return [saving(self._saver)]

    @rx.event(background=True)
    async def keep_saving(self, saver: str) -> None:
        """Saves whenever typing pauses, until all is saved. One at a time: a tab is never in conflict with itself."""
        if saver != self._saver:
            return
        try:
            with editor_saving.at_work(saver):
                pause: float | None = self._due_in(saver)
                while pause is not None:
                    if pause:
                        await editor_saving.pause(saver, pause)
                    pause = await self._save_if_due(saver)
        finally:
            if saver == self._saver:
                async with self:
                    self._rest(saver)

    async def _save_if_due(self, saver: str) -> float | None:
        """Seconds to wait until it is, None when there is nothing to do. Called without the lock."""
        async with self:
            draft = self._draft
            if saver != self._saver or draft.clean or self.saving == "conflict":
                return None
            if pause := self._due_in(saver):
                return pause
            owner_id, shown, tab, lang = self._owner_id, self._shown, self._tab, self._lang
            cv_id, revision, why = draft.cv_id, draft.revision, draft.checkpoint
            edits, dumped = draft.edits, draft.document.dump()
        try:
            saved = await rx.run_in_thread(
                lambda: store(owner_id, lang, cv_id, revision, dumped, tab=tab, checkpoint=why, shown=shown)
            )
        except cvs.StaleRevision:
            stored = await rx.run_in_thread(lambda: load(owner_id, cv_id))
            if stored is None or stored.document.dump() != dumped:
                async with self:
                    self.saving = "conflict"
                return None
            saved = stored.cv_id, stored.revision  # our own words, saved just before a break
        async with self:
            draft = self._draft
            (draft.cv_id, draft.revision), draft.saved = saved, edits
            draft.checkpoint = "" if draft.checkpoint == why and draft.clean else draft.checkpoint
            self._draft = draft
            self._set(cv_id=draft.cv_id)
            if draft.clean:
                self._rest(saver)
                return None
            editor_saving.take_turn(saver)
            return self._due_in(saver)

    def _due_in(self, saver: str) -> float:
        """Seconds."""
        return 0.0 if self._hurry else max(self._draft.wait(), editor_saving.wait(saver))

    def _rest(self, saver: str) -> None:
        """The loop ends."""
        if saver == self._saver:
            self._saver, self._hurry = "", False
            if self.saving == "saving":
                self.saving = "saved" if self._draft.clean else "failed"

    def hurry(self) -> list[Any]:
        """Someone waits for all to be saved, also a CV in which nothing was typed yet."""
        self._hurry = True
        editor_saving.hurry(self._saver)
        if not self._draft.cv_id and self._draft.clean:
            self._draft.changed()
            self._draft = self._draft
        return [] if self._draft.clean else self._save_soon()

    @rx.event
    def save_again(self) -> Next:
        """After saving failed."""
        return self._save_soon()

    # ---- the preview ---------------------------------------------------------------------------------------

    @rx.event
    def show_all(self) -> Next:
        """The frame missed something."""
        return self._show(everything=True)

    @rx.event
    def set_pages(self, pages: int, too_wide: bool) -> None:
        self.pages, self.too_wide = max(0, min(99, int(pages))), bool(too_wide)
