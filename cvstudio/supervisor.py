"""One parent for the web process and the worker: starts both, watches both, stops both."""

import ctypes
import errno
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from types import FrameType
from typing import ClassVar

from cvstudio.config import Settings
from cvstudio.errors import StudioError
from cvstudio.frontend import ROOT

WEB = "cvstudio.web"
WORKER = "cvstudio.worker"

START_SECONDS = 60.0  # until the first answer
STOP_SECONDS = 25.0  # jobs in hand may end; what takes longer is cut off, and taken up again at the next start
TICK_SECONDS = 0.1
MAX_DEATHS = 5  # within DEATH_WINDOW_SECONDS: then starting it again does not help
DEATH_WINDOW_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


class CannotStart(StudioError):
    """The machine lacks what the service needs; `reason` says what, and what to do."""

    code = "CANNOT_START"
    status = 503
    messages: ClassVar[dict[str, str]] = {
        "fr": "CV Studio ne peut pas démarrer : {reason}",
        "en": "CV Studio cannot start: {reason}",
    }


@dataclass
class Child:
    """One of our processes, and when it last died."""

    name: str
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_DEATHS))

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            # Ctrl-C is ours to pass on; should we be killed, the kernel ends the child.
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def hopeless(self) -> bool:
        """Note a death; whether it dies too often to be started again."""
        self.deaths.append(time.monotonic())
        return len(self.deaths) == MAX_DEATHS and self.deaths[-1] - self.deaths[0] < DEATH_WINDOW_SECONDS


def children() -> list[Child]:
    """The processes of one machine."""
    return [Child(name, (sys.executable, "-m", module)) for name, module in (("web server", WEB), ("worker", WORKER))]


def run(config: Settings, children: list[Child], say: Callable[[str], None]) -> int:
    """Run the children until SIGINT or SIGTERM; 0 when asked to stop, 1 when one of them cannot live."""
    stop = Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():  # asked twice: at once
            raise KeyboardInterrupt
        stop.set()

    check_port(config)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, on_signal)
    try:
        for child in children:
            child.start()
        return _watch(config, children, stop, say)
    finally:
        _stop(children, say)


def check_port(config: Settings) -> None:
    """Raise CannotStart when the port is taken or not ours to take."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = (
                    f"port {config.port} is already in use. Stop the program that holds it, "
                    f"or choose another port: CVSTUDIO_PORT={config.port + 1} make run"
                )
            else:
                reason = f"it cannot listen on {config.host}, port {config.port} ({error.strerror})."
            raise CannotStart(reason=reason) from None


def answers(config: Settings) -> bool:
    """Whether the web process answers at all; any HTTP status will do."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(config.host, config.host)  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{host}:{config.port}/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _watch(config: Settings, children: list[Child], stop: Event, say: Callable[[str], None]) -> int:
    deadline = time.monotonic() + START_SECONDS
    ready = False
    while not stop.wait(TICK_SECONDS):
        for child in children:
            code = child.exit_code()
            if code is None:
                continue
            if not ready or child.hopeless():
                say(f"The {child.name} stopped ({_how(code)}). What it wrote above says why.")
                return 1
            say(f"The {child.name} stopped ({_how(code)}); starting it again.")
            child.start()
        if not ready and answers(config):
            ready = True
            say(f"CV Studio is ready: {config.public_url}   (Ctrl-C stops it)")
        if not ready and time.monotonic() > deadline:
            say(f"The web server gave no answer within {START_SECONDS:.0f} seconds.")
            return 1
    return 0


def _stop(children: list[Child], say: Callable[[str], None]) -> None:
    living = [child.process for child in children if child.process and child.process.poll() is None]
    if not living:
        return
    say("Stopping…")
    deadline = time.monotonic() + STOP_SECONDS
    for process in living:
        process.terminate()
    try:
        for process in living:
            process.wait(max(0.0, deadline - time.monotonic()))
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        for process in living:
            process.kill()
            process.wait()
    say("Stopped.")


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
