"""A newer version of the CV's template: seen beside the one that the CV has, and taken only when its owner says so."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.domain import versions
from cvstudio.state.editor import Editor
from cvstudio.state.preview import show

Next: TypeAlias = Any

HEADING = "#upgrade-heading"
BEFORE, AFTER = "upgrade-before", "upgrade-after"  # frames


class Upgrading(rx.State):
    opened: bool = False

    @rx.event
    async def compare(self) -> Next:
        """The CV as it is, and as the template's newest version has it."""
        editor = await self.get_state(Editor)
        if not editor.design.newer:
            return None
        self.opened = True
        now = editor._draw(editor._draft.document)
        newer = editor._draft.document.model_copy(deep=True)
        newer.studio.template_version = editor.design.newer
        return [show(BEFORE, now), show(AFTER, editor._draw(newer)), editor.focus(HEADING)]

    @rx.event
    def close(self) -> None:
        self.opened = False

    @rx.event
    async def take(self) -> Next:
        """The newer version: a change like any other, which undo takes back."""
        editor = await self.get_state(Editor)
        self.opened = False
        if not (newer := editor.design.newer):
            return None
        editor.begin_change().studio.template_version = newer
        editor._draft.checkpoint = versions.TEMPLATE
        return [*editor.changed(undoable="upgraded"), editor.focus("#tab-design")]
