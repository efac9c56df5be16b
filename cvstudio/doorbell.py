"""Wake the other processes of this machine at once, instead of letting them poll.

A listener binds a datagram socket in data_dir/run; ringing sends one byte to each. A ring says
"look again" and nothing more, so one that is lost or doubled only costs a look. Measured on the
queue: 1.5 ms from enqueue to dequeue and no idle work, against 13 ms and 1.6 % of a core for
polling every 20 ms.
"""

import os
import secrets
import socket
import time
from contextlib import suppress
from pathlib import Path

import structlog

from cvstudio.config import settings

POLL_SECONDS = 0.05  # where sockets cannot be had

log = structlog.get_logger(__name__)


def _folder() -> Path:
    return settings().data_dir / "run"


class Doorbell:
    """A listener for rings of `name`; any number of threads may wait on one."""

    def __init__(self, name: str, *, patience: float) -> None:
        """`patience`: seconds after which wait() returns unrung, to look anyway."""
        folder = _folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path = folder / f"{name}-{os.getpid()}-{secrets.token_hex(2)}.sock"
        self._socket: socket.socket | None = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(patience)
        try:
            self._socket.bind(str(self._path))
        except OSError as error:  # the path is too long, or the file system has no sockets
            log.warning("doorbell.polling", reason=error.strerror or str(error), every_seconds=POLL_SECONDS)
            self._socket.close()
            self._socket = None

    def wait(self) -> None:
        """Return when rung, or when patience runs out."""
        if self._socket is None:
            time.sleep(POLL_SECONDS)
            return
        with suppress(TimeoutError):
            self._socket.recv(1)

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        if self._socket is not None:
            self._socket.close()


def ring(name: str) -> None:
    """Wake whoever listens to `name`; never waits, never fails."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for path in _folder().glob(f"{name}-*.sock"):
            try:
                sender.sendto(b"!", str(path))
            except BlockingIOError:
                pass  # it has rings enough waiting
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # its listener died without closing
            except FileNotFoundError:
                pass  # its listener closed just now
