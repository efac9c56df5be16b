import threading
import time
from pathlib import Path

import pytest

from cvstudio import doorbell
from cvstudio.config import settings
from tests.conftest import Configure


def rings(bell: doorbell.Doorbell) -> threading.Event:
    """Set when a wait, begun now in another thread, returns."""
    woken = threading.Event()

    def wait() -> None:
        bell.wait()
        woken.set()

    threading.Thread(target=wait, daemon=True).start()
    return woken


def test_a_ring_wakes_every_listener_of_its_name() -> None:
    bells = [doorbell.Doorbell("jobs", patience=30) for _ in range(2)]
    other = doorbell.Doorbell("bus", patience=30)
    woken, unwoken = [rings(bell) for bell in bells], rings(other)
    doorbell.ring("jobs")
    assert all(event.wait(5) for event in woken)
    assert not unwoken.is_set()
    doorbell.ring("bus")
    assert unwoken.wait(5)
    for bell in (*bells, other):
        bell.close()


def test_a_ring_before_the_wait_is_kept() -> None:
    bell = doorbell.Doorbell("jobs", patience=30)
    doorbell.ring("jobs")
    assert rings(bell).wait(5)
    bell.close()


def test_patience_runs_out() -> None:
    bell = doorbell.Doorbell("jobs", patience=0.01)
    assert rings(bell).wait(5)
    bell.close()


def test_ringing_never_waits_and_never_fails() -> None:
    doorbell.ring("nobody")
    bell = doorbell.Doorbell("jobs", patience=30)
    started = time.monotonic()
    for _ in range(500):  # many more than the socket holds
        doorbell.ring("jobs")
    assert time.monotonic() - started < 5
    bell.close()
    doorbell.ring("jobs")


def test_a_dead_listener_is_cleared_away() -> None:
    bell = doorbell.Doorbell("jobs", patience=1)
    bell._socket.close()  # type: ignore[union-attr]  # what the kernel does to a killed process
    doorbell.ring("jobs")
    assert list((settings().data_dir / "run").iterdir()) == []


def test_without_sockets_it_polls(configure: Configure, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(data_dir=tmp_path / ("long" * 30))  # past what the name of a socket may hold
    bell = doorbell.Doorbell("jobs", patience=30)
    assert rings(bell).wait(5)
    doorbell.ring("jobs")
    bell.close()
    assert "doorbell.polling" in capsys.readouterr().out
