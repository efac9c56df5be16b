"""Real child processes, started, killed and stopped by a real supervisor."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cvstudio.config import Settings
from cvstudio.errors import StudioError
from cvstudio.supervisor import CannotStart, check_port

DEADLINE = 30.0

SUPERVISE = """
import sys
from pathlib import Path
from cvstudio.config import Settings
from cvstudio import supervisor
supervisor.STOP_SECONDS = 1.0
config = Settings.load({"CVSTUDIO_DATA_DIR": sys.argv[1], "CVSTUDIO_PORT": sys.argv[2]})
children = [supervisor.Child(name, (sys.executable, "-c", code)) for name, code in zip(sys.argv[3::2], sys.argv[4::2])]
sys.exit(supervisor.run(config, children, lambda sentence: print(sentence, flush=True)))
"""

# Answers like a web process, and leaves its process id where the test finds it.
WEB = """
import http.server, os, pathlib
pathlib.Path({pids!r}, "web").write_text(str(os.getpid()))
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", {port}), Quiet).serve_forever()
"""
WORKER = """
import os, pathlib, time
pathlib.Path({pids!r}, "worker").write_text(str(os.getpid()))
time.sleep(600)
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WORKER


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended but was not waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited {DEADLINE} s for {what}"
        time.sleep(0.02)


class Supervised:
    def __init__(self, process: subprocess.Popen[str], pids: Path, output: Path) -> None:
        self.process, self.pids, self.output = process, pids, output

    def pid(self, name: str) -> int:
        path = self.pids / name
        wait_for(lambda: path.exists() and path.read_text(), f"{name} to start\n{self.said()}")
        return int(path.read_text())

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_said(self, words: str) -> None:
        wait_for(lambda: words in self.said(), f"{words!r} in\n{self.said()}")


@contextmanager
def supervised(folder: Path, worker: str = WORKER, web: str = WEB) -> Iterator[Supervised]:
    pids, output, port = folder / "pids", folder / "output", free_port()
    pids.mkdir()
    children = ["web server", web, "worker", worker]
    filled = [textwrap.dedent(part).format(pids=str(pids), port=port) for part in children]
    with output.open("w") as sink:
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, str(folder / "data"), str(port), *filled],
            stdout=sink,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield Supervised(process, pids, output)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_says_when_it_is_ready_and_stops_both(tmp_path, number):
    with supervised(tmp_path) as run:
        run.wait_until_said("CV Studio is ready: http://localhost:")
        web, worker = run.pid("web"), run.pid("worker")
        run.process.send_signal(number)
        assert run.process.wait(DEADLINE) == 0
        assert not alive(web)
        assert not alive(worker)
        assert run.said().endswith("Stopping…\nStopped.\n")


def test_a_worker_that_dies_is_started_again(tmp_path):
    with supervised(tmp_path) as run:
        run.wait_until_said("is ready")
        first = run.pid("worker")
        (run.pids / "worker").unlink()
        os.kill(first, signal.SIGKILL)
        run.wait_until_said("The worker stopped (signal SIGKILL); starting it again.")
        assert run.pid("worker") != first
        assert run.process.poll() is None


def test_a_worker_that_keeps_dying_ends_it_all(tmp_path):
    with supervised(tmp_path, worker="import sys, time\ntime.sleep(0.5)\nsys.exit(3)") as run:
        assert run.process.wait(DEADLINE) == 1
        assert "The worker stopped (exit code 3). What it wrote above says why." in run.said()
        assert not alive(run.pid("web"))


def test_a_web_server_that_cannot_start_ends_it_all(tmp_path):
    with supervised(tmp_path, web="raise SystemExit('no such thing')") as run:
        assert run.process.wait(DEADLINE) == 1
        assert "no such thing" in run.said()
        assert "The web server stopped (exit code 1)." in run.said()
        assert "Traceback" not in run.said()


def test_a_worker_that_does_not_stop_is_cut_off(tmp_path):
    with supervised(tmp_path, worker=STUBBORN) as run:
        run.wait_until_said("is ready")
        worker = run.pid("worker")
        run.process.terminate()
        assert run.process.wait(DEADLINE) == 0
        assert not alive(worker)


def test_no_orphans_when_the_parent_is_killed(tmp_path):
    with supervised(tmp_path) as run:
        run.wait_until_said("is ready")
        web, worker = run.pid("web"), run.pid("worker")
        run.process.kill()
        wait_for(lambda: not alive(web) and not alive(worker), "the children to end")


def test_a_port_in_use_is_named_with_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = Settings.load({"CVSTUDIO_DATA_DIR": str(tmp_path), "CVSTUDIO_PORT": str(port)})
        with pytest.raises(CannotStart) as caught:
            check_port(config)
    assert f"port {port} is already in use" in caught.value.message("en")
    assert f"CVSTUDIO_PORT={port + 1}" in caught.value.message("en")
    assert isinstance(caught.value, StudioError)
    check_port(config)  # free again


def test_an_address_that_is_not_ours_is_named(tmp_path):
    config = Settings.load({"CVSTUDIO_DATA_DIR": str(tmp_path), "CVSTUDIO_HOST": "192.0.2.1"})
    with pytest.raises(CannotStart, match=r"cannot listen on 192\.0\.2\.1"):
        check_port(config)
