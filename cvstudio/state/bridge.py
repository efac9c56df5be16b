"""From the bus to the tabs: what happened elsewhere (a worker, another tab) becomes an event of every tab concerned.

The event carries ids only; its handler reads the rows again. A tab whose socket has gone is forgotten; one that comes
back watches anew in its page's on_load, where it also catches up.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import Event as ReflexEvent

from cvstudio import events

Listener = Any  # an event handler of (kind, id, tab): what changed ("job", "Zr4T…"), and the tab that did it if one did

_tabs: dict[str, dict[str, dict[str, tuple[Listener, bool]]]] = {}  # owner id → tab's token → name → listener, own


def watch(owner_id: str, token: str, name: str, listener: Listener, *, own: bool = True) -> None:
    """Tell this tab of everything that happens to the owner's things; one listener of a name a tab.

    Without `own`, of nothing that the tab did itself: an editor saves often.
    """
    if owner_id:
        _tabs.setdefault(owner_id, {}).setdefault(token, {})[name] = (listener, own)


async def run(app: rx.App) -> None:
    """A lifespan task of the web process."""
    async with events.subscribe() as stream:
        async for event in stream:
            owner_id = event.topic.removeprefix("owner:")
            for token in list(_tabs.get(owner_id, {})):
                await _tell(app, owner_id, token, event.payload)


async def _tell(app: rx.App, owner_id: str, token: str, payload: dict[str, str]) -> None:
    namespace = app.event_namespace
    # Not its `token_to_sid`, which is a copy of everyone's.
    if namespace is None or token not in namespace._token_manager.token_to_socket:
        _tabs[owner_id].pop(token, None)
        if not _tabs[owner_id]:
            del _tabs[owner_id]
        return
    told = (payload.get("kind", ""), payload.get("id", ""), payload.get("tab", ""))
    for listener, own in list(_tabs[owner_id][token].values()):
        if told[2] == token and not own:
            continue
        for event in ReflexEvent.from_event_type(listener(*told)):
            await app.event_processor.enqueue(token, event)
