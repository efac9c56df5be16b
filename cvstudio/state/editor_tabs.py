"""Two tabs, one CV: what one saves the other takes over; if both changed it, the person chooses and nothing is lost."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.state import bridge
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import load

Next: TypeAlias = Any


class OtherTabs(rx.State):
    @rx.event
    async def open(self) -> None:
        editor = await self.get_state(Editor)
        bridge.watch(await editor._owner(), self.router.session.client_token, "tabs", OtherTabs.happened, own=False)

    @rx.event
    async def happened(self, kind: str, object_id: str, tab: str) -> Next:
        """The bus: a CV was saved."""
        editor = await self.get_state(Editor)
        draft = editor._draft
        if kind != "cv" or tab == self.router.session.client_token or draft.cv_id not in ("", object_id):
            return None
        owner_id, cv_id = await editor._owner(), object_id
        stored = await rx.run_in_thread(lambda: load(owner_id, cv_id))
        if stored is None or (stored.cv_id, stored.revision) == (draft.cv_id, draft.revision):
            return None
        if not draft.clean:
            editor.saving = "conflict"
            return None
        draft.history.before(draft.document, "", 0.0)
        draft.document, draft.cv_id, draft.revision = stored.document, stored.cv_id, stored.revision
        return editor.adopted()

    @rx.event
    async def resolve(self, mine: bool) -> Next:
        """Keep this tab's version or the other; undo then leads to the one not kept."""
        editor = await self.get_state(Editor)
        if editor.saving != "conflict":
            return None
        draft = editor._draft
        owner_id, cv_id = await editor._owner(), draft.cv_id
        stored = await rx.run_in_thread(lambda: load(owner_id, cv_id))
        editor.saving = "saved"
        if stored is None or stored.cv_id != cv_id:  # deleted elsewhere: this tab's becomes a CV of its own
            draft.cv_id, draft.revision = "", 0
            return editor.changed()
        kept, other = (draft.document, stored.document) if mine else (stored.document, draft.document)
        for one in (draft.document, other):  # what was typed ends there; from here it is one or the other
            draft.history.before(one, "", 0.0)
        draft.document, draft.revision = kept, stored.revision
        if mine:
            return editor.changed(anew=True)
        draft.saved = draft.edits
        return editor.adopted()
