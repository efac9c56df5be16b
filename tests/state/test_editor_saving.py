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


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, to be set, and nobody before us."""
    now = [500.0]
    monkeypatch.setattr(editor_saving.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(editor_saving, "_next", [0.0])
    return now


@pytest.mark.usefixtures("minute")
def test_who_writes_alone_waits_for_nobody():
    with editor_saving.at_work("mine"):
        assert editor_saving.wait("mine") == 0.0
        editor_saving.take_turn("mine")
        assert editor_saving.wait("mine") == 0.0


def _most_at_once(turns: list[float]) -> int:
    """Within any half second."""
    return max(sum(one <= other < one + 0.5 for other in turns) for one in turns)


@pytest.mark.parametrize("tabs", [50, 400, 1_000])
def test_tabs_that_begin_in_the_same_moment_save_one_after_another_and_go_on_so(minute: list[float], tabs: int):
    names = [f"tab {number}" for number in range(tabs)]
    with ExitStack() as here:
        for name in names:
            here.enter_context(editor_saving.at_work(name))
        last: dict[str, float] = {}
        for _ in range(3):
            turns = {name: minute[0] + editor_saving.wait(name) for name in names}
            assert _most_at_once(list(turns.values())) <= editor_saving.A_SECOND / 2 + 2
            for name in sorted(names, key=turns.__getitem__):
                minute[0] = max(minute[0], turns[name])
                assert minute[0] - last.get(name, minute[0]) <= tabs / editor_saving.A_SECOND + 1
                last[name] = minute[0]
                editor_saving.take_turn(name)


@pytest.mark.usefixtures("minute")
def test_turns_of_those_who_left_are_free():
    with ExitStack() as others:
        for number in range(400):
            others.enter_context(editor_saving.at_work(f"tab {number}"))
    with editor_saving.at_work("mine"):
        assert editor_saving.wait("mine") == 0.0


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
