"""Tabs' states in files: written as Reflex writes them, without a look at all files for each."""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from reflex.istate.manager.token import BaseStateToken
from reflex.state import State

from cvstudio.cvstudio import app
from cvstudio.state import on_disk
from cvstudio.state.editor import Editor
from cvstudio.state.on_disk import OnDisk
from cvstudio.state.session import Session


def test_the_application_keeps_states_so():
    assert isinstance(app.state_manager, OnDisk)


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> OnDisk:
    monkeypatch.setattr(on_disk, "TOGETHER", 0.0)
    made = OnDisk()
    made._write_debounce_seconds = 600.0
    return made


def test_a_state_outlives_the_process(manager: OnDisk):
    async def scene() -> str:
        for answering in (State, Session, Editor):
            token = BaseStateToken(ident="tab-on-disk", cls=answering)
            async with manager.modify_state(token) as root:
                (await root.get_state(Session)).chosen = "en"
        assert len(manager._write_queue) == 1
        assert manager._write_queue_task is not None
        manager._write_queue_task.cancel()  # as at the end of the process: what waits is written
        await asyncio.gather(manager._write_queue_task, return_exceptions=True)
        again = await OnDisk().get_state(token)
        session: Session = await again.get_state(Session)
        return session.chosen

    assert asyncio.run(scene()) == "en"


def test_between_two_tabs_others_have_their_turn_and_at_the_end_nobody_waits(
    manager: OnDisk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(on_disk, "BETWEEN", 0.0125)
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        if seconds == on_disk.BETWEEN:
            pauses.append(seconds)
        await sleep(0 if seconds == on_disk.BETWEEN else seconds)

    async def scene() -> None:
        for number in range(3):
            async with manager.modify_state(BaseStateToken(ident=f"tab-{number}", cls=Session)) as root:
                (await root.get_state(Session)).chosen = "en"
        assert manager._write_queue_task is not None
        monkeypatch.setattr(asyncio, "sleep", noted)
        for item in list(manager._write_queue.values())[:2]:
            await manager.set_state_for_substate(item.token, manager._write_queue.pop(item.token).state)
        assert len(pauses) == 2  # once a tab, not once for each of its states
        manager._write_queue_task.cancel()
        await asyncio.gather(manager._write_queue_task, return_exceptions=True)
        assert len(pauses) == 2

        for number in range(3):
            again = await OnDisk().get_state(BaseStateToken(ident=f"tab-{number}", cls=State))
            assert (await again.get_state(Session)).chosen == "en"

    asyncio.run(scene())


def test_old_files_go_once_in_a_while(manager: OnDisk):
    old, new = (manager.states_directory / f"{name}.pkl" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"")
    long_ago = time.time() - manager.token_expiration - 60
    os.utime(old, (long_ago, long_ago))
    manager._purge_expired_states()
    assert old.exists()  # it looked when it was made
    manager._looked_at -= on_disk.LOOK_EVERY
    manager._purge_expired_states()
    assert not old.exists()
    assert new.exists()
