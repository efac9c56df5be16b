"""Tabs' states in files, so that a restart of the embedded application loses none.

Reflex looks through all files for old ones whenever it writes one; with hundreds of tabs that is most of what it does.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

import reflex as rx
from reflex.istate.manager.disk import StateManagerDisk
from reflex.istate.manager.token import BaseStateToken

LOOK_EVERY = 600.0  # seconds
TOGETHER = 1.0  # seconds: what falls due in them is written in one go, …
BETWEEN = 0.025  # … but with so many between two tabs: hundreds that were opened together must not halt the typing


class OnDisk(StateManagerDisk):
    _looked_at = -math.inf  # for old files, on the monotonic clock

    async def set_state(self, token: Any, state: Any, **context: Any) -> None:
        """One entry a tab in what is to be written, not one for each state that answered an event: all go together."""
        if isinstance(token, BaseStateToken):
            token = token.with_cls(token.cls.get_root_state())
        await super().set_state(token, state, **context)

    async def set_state_for_substate(self, token: Any, substate: Any) -> None:
        await super().set_state_for_substate(token, substate)
        whole = getattr(substate, "parent_state", None) is None  # and not a part of a tab's state
        if whole and self._write_queue:  # nothing is in it when all has to be written before the end
            await asyncio.sleep(BETWEEN)

    def _purge_expired_states(self) -> None:
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            self._looked_at = time.monotonic()
            super()._purge_expired_states()  # type: ignore[no-untyped-call]

    async def _process_write_queue_delay(self) -> None:
        await super()._process_write_queue_delay()  # type: ignore[no-untyped-call]
        await asyncio.sleep(TOGETHER)


def keep_on_disk(app: rx.App) -> None:
    """In place of Reflex's own, where states are kept in files: before the application starts."""
    ours: Any = OnDisk  # whose methods mypy takes for abstract, as Reflex defines them twice
    if isinstance(app.state_manager, StateManagerDisk):
        app._state_manager = ours()
