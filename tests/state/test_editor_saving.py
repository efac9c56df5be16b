"""When what is typed is saved."""

import asyncio
from contextlib import ExitStack

import pytest

from cvstudio.state import editor_draft, editor_saving
from cvstudio.state.editor_draft import LONGEST, QUIET, Draft


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be set."""
    now = [1_000.0]
    monkeypatch.setattr(editor_draft.time, "time", lambda: now[0])
    return now


def test_a_pause_in_typing_is_when_it_is_saved(clock: list[float]):
    draft = Draft()
    draft.changed()
    assert draft.wait() == pytest.approx(QUIET)
    clock[0] += QUIET
    assert draft.wait() == 0.0


def test_who_never_pauses_is_saved_all_the_same(clock: list[float]):
    draft = Draft()
    for _ in range(100):
        draft.changed()
        if not draft.wait():
            break
        clock[0] += 0.1
    assert clock[0] == pytest.approx(1_000.0 + LONGEST)


def test_the_more_people_write_the_longer_a_tab_leaves_between_two_saves_but_never_long(clock: list[float]):
    draft = Draft()
    draft.last_save_at = clock[0]
    draft.changed()
    with ExitStack() as others:
        waits = []
        for number in range(int(editor_saving.LONGEST_APART) * editor_saving.A_SECOND):
            others.enter_context(editor_saving.at_work(f"tab {number}"))
            waits.append(draft.wait(editor_saving.apart()))
    assert waits[0] == pytest.approx(QUIET)  # one alone is not held up
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(editor_saving.LONGEST_APART)
    assert editor_saving.apart() == 0.0  # once they have gone


def test_who_hurries_wakes_the_loop_of_that_tab_alone():
    async def scene() -> None:
        with editor_saving.at_work("mine"), editor_saving.at_work("theirs"):
            mine, theirs = (asyncio.create_task(editor_saving.pause(name, 60.0)) for name in ("mine", "theirs"))
            await asyncio.sleep(0)
            editor_saving.hurry("mine")
            await mine
            assert not theirs.done()
            editor_saving.hurry("theirs")
            await theirs
        editor_saving.hurry("mine")  # of a loop that has ended, or runs elsewhere

    asyncio.run(scene())


def test_a_pause_ends_by_itself():
    async def scene() -> None:
        with editor_saving.at_work("mine"):
            await editor_saving.pause("mine", 0.0)

    asyncio.run(scene())
