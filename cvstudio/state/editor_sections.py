"""The sections of the CV: which there are, in what order, shown or not."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.document import CUSTOM, SECTIONS, edit
from cvstudio.document.model import clean
from cvstudio.errors import InvalidInput
from cvstudio.render import themes, view
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import checked_text

Next: TypeAlias = Any


class Sections(rx.State):
    @rx.event
    async def add(self, key: str) -> Next:
        """A known section, or "custom" for a free one."""
        editor = await self.get_state(Editor)
        document = editor.begin_change()
        if checked_text(key) == "custom":
            key = edit.add_custom_section(document)
            editor._draft.opened.add(edit.items_of(document, key)[0].id)
            return [*editor.changed(), editor.focus(f'[data-field="title:{key}"]')]
        if key in SECTIONS and not edit.items_of(document, key):
            editor._draft.opened.add(edit.add_item(document, key))
        edit.set_section_hidden(document, key, False)
        editor._draft.added.add(key)
        return [*editor.changed(), editor.focus(f'[data-section="{key}"]')]

    @rx.event
    async def remove(self, key: str) -> Next:
        """With all that is in it; undo brings it back."""
        editor = await self.get_state(Editor)
        document = editor.begin_change()
        if checked_text(key).startswith(CUSTOM):
            edit.remove_custom_section(document, key)
        elif key == "summary":
            edit.set_field(document, "basics.summary", "")
        else:
            for item in list(edit.items_of(document, key)):
                edit.remove_item(document, key, item.id)
        editor._draft.added.discard(key)
        return editor.changed(anew=key == "summary", undoable="section_removed")

    @rx.event
    async def hide(self, key: str, hidden: bool) -> Next:
        editor = await self.get_state(Editor)
        edit.set_section_hidden(editor.begin_change(), checked_text(key), bool(hidden))
        editor.say("now_hidden" if hidden else "now_shown")
        return editor.changed()

    @rx.event
    async def move(self, key: str, to: int) -> Next:
        """Among the sections shown in the form, which `to` counts."""
        return _move(await self.get_state(Editor), checked_text(key), int(to))

    @rx.event
    async def step(self, key: str, by: int) -> Next:
        """One up (-1) or down (1), by a button that keeps the focus."""
        editor = await self.get_state(Editor)
        listed = [row.key for row in editor.listed]
        at = listed.index(checked_text(key)) if key in listed else 0
        moved = _move(editor, checked_text(key), max(0, at + (1 if by > 0 else -1)))
        return [*moved, editor.focus(f'[data-item="{key}"] [data-step="{"down" if by > 0 else "up"}"]')]


def _move(editor: Editor, key: str, to: int) -> list[Any]:
    listed = [row.key for row in editor.listed]
    if key not in listed:
        raise InvalidInput("no such section", fields={"section": [clean(key[:80])]})
    document = editor.begin_change()
    order = [setting.key for setting in view.ordered(document, themes.of(document))]
    target = order.index(listed[max(0, min(to, len(listed) - 1))])
    order.remove(key)
    order.insert(target, key)
    edit.order_sections(document, order)
    changed = editor.changed()
    place = [row.key for row in editor.listed].index(key) + 1
    editor.say("section_moved", place=place, count=len(listed))
    return changed
