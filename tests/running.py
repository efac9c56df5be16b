"""The whole application, started as people start it: `cvstudio run`, web and worker, on a port of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Kept between test runs, and built again only when what the pages are made of has changed.
PAGES = ROOT / "build" / "pages"
START_SECONDS = 240.0  # the first build of the pages is in it
STOP_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], what: Callable[[], str], seconds: float = START_SECONDS) -> None:
    """Return as soon as `condition` holds; fail with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} s: {what()}"
        time.sleep(0.02)


def environment(data_dir: Path, **values: object) -> dict[str, str]:
    """Ours, and the settings of one instance: `port=4000`, or `HOME=…` for any other variable."""
    given = {name if name.isupper() else f"CVSTUDIO_{name.upper()}": str(value) for name, value in values.items()}
    return {**os.environ, "CVSTUDIO_DATA_DIR": str(data_dir), "CVSTUDIO_FRONTEND_DIR": str(PAGES), **given}


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path
    output: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_ready(self) -> None:
        wait_for(lambda: "CV Studio is ready" in self.said() or self.process.poll() is not None, self.said)
        assert self.process.poll() is None, self.said()

    def stop(self, number: int = signal.SIGINT) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()


@contextmanager
def running(data_dir: Path, **settings: object) -> Iterator[Running]:
    """The application on `data_dir`, ready; stopped at the end."""
    port = int(str(settings.pop("port", 0))) or free_port()
    data_dir.mkdir(parents=True, exist_ok=True)
    output = data_dir.with_name(f"{data_dir.name}-{port}.log")
    with output.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "cvstudio.cli", "run"],
            cwd=ROOT,
            env=environment(data_dir, port=port, **settings),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    started = Running(process, port, data_dir, output)
    try:
        started.wait_until_ready()
        yield started
    finally:
        started.stop()
