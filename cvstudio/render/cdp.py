"""One headless Chromium process, spoken to in its DevTools protocol over a pair of pipes.

A pipe rather than a port, so that nobody else on the machine can speak to it; the process rather than a driver's
child, so that it can be measured, killed with all it started, and ends by itself when we are gone.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from pathlib import Path
from typing import Any

_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-startup-window",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-gpu",
    "--in-process-gpu",  # nothing is drawn: a process less to start, to feed and to keep in memory
    "--enable-begin-frame-control",  # frames only when asked for, and nobody asks: a tenth of the processor's work
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-back-forward-cache",
    "--disable-renderer-backgrounding",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # on top of the per-page bars: no name, no address, no connection
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
)
_PRINT = {
    "transferMode": "ReturnAsBase64",
    "preferCSSPageSize": True,
    "printBackground": True,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
    "paperWidth": 8.27,
    "paperHeight": 11.69,
    **dict.fromkeys(("marginTop", "marginBottom", "marginLeft", "marginRight"), 0),
}
# Policies of documents set into one page add up, and each style is held against all of them.
_FRESH_AFTER = 16  # documents
_BLANK = "about:blank"
_HOME = "chromium-"  # what every browser's own folder is called, before its random part
_ENDED = "the browser ended"  # an event of ours
_NO_SANDBOX = (
    "its sandbox needs user namespaces, which this machine or container forbids "
    "(Docker: --security-opt seccomp=unconfined)"
)
_GRACE = 2.0  # seconds a browser gets to leave by itself


class BrowserGone(Exception):
    """The process ended or never answered; the message is what it last said."""


class PageGone(Exception):
    """This page cannot be trusted with the document: it crashed, navigated away, or would not print."""


class Browser:
    """A running browser; `home` is its private folder under `temp`, gone after `close`.

    Methods may be called from any thread. Raises BrowserGone when it does not come up within `timeout` seconds.
    """

    def __init__(
        self, executable: Path, *, fontconfig: Path | None, temp: Path | None, sandbox: bool, timeout: float
    ) -> None:
        if temp:
            temp.mkdir(parents=True, exist_ok=True)
            sweep(temp)
        self.home = Path(tempfile.mkdtemp(prefix=_HOME, dir=temp))
        self.renders = 0
        self.busy = 0
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._answers: dict[int, Future[dict[str, Any]]] = {}
        self._listeners: dict[str, Callable[[str, dict[str, Any]], None]] = {}
        self._ended = threading.Event()
        self._closed = False
        self._owner = os.getpid()
        self._claim = (self.home / "lock").open("w")
        fcntl.flock(self._claim, fcntl.LOCK_EX)
        self._spawn(executable, fontconfig, sandbox)
        threading.Thread(target=self._read, name="chromium-pipe", daemon=True).start()
        try:
            answer = self.call("Browser.getVersion", deadline=time.monotonic() + timeout)
        except (BrowserGone, TimeoutError) as error:
            said = self._last_words()
            self.close()
            raise BrowserGone(said) from error
        self.version = str(answer["product"]).rpartition("/")[2]

    def _spawn(self, executable: Path, fontconfig: Path | None, sandbox: bool) -> None:
        (theirs_in, self._out), (self._in, theirs_out) = os.pipe(), os.pipe()
        # Out of the way of 3 and 4, where Chromium looks for its ends.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out)]
        os.set_blocking(self._out, False)
        home = str(self.home)
        # Nothing of our own environment, which holds secrets.
        environment = {"HOME": home, "TMPDIR": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        if fontconfig:
            environment["FONTCONFIG_FILE"] = str(fontconfig)
        libraries = executable.parent / "lib"
        if libraries.is_dir():  # a browser that brings its own
            environment["LD_LIBRARY_PATH"] = str(libraries)
        arguments = [str(executable), *_FLAGS, f"--user-data-dir={home}", *([] if sandbox else ["--no-sandbox"])]
        log = str(self.home / "stderr.log")
        try:
            self.pid = os.posix_spawn(
                executable,
                arguments,
                environment,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, high[0], 3),
                    (os.POSIX_SPAWN_DUP2, high[1], 4),
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT, 0o600),
                ],
                setpgroup=0,  # so that it and all it starts can be killed at once, and Ctrl-C is ours alone
            )
        except OSError as error:
            os.close(self._out)
            os.close(self._in)
            self._claim.close()
            shutil.rmtree(self.home, ignore_errors=True)
            raise BrowserGone(f"{executable} does not start: {error.strerror}") from error
        finally:
            for end in (theirs_in, theirs_out, *high):
                os.close(end)

    @property
    def alive(self) -> bool:
        return not self._ended.is_set() and not self._closed

    def listen(self, session: str, listener: Callable[[str, dict[str, Any]], None]) -> None:
        """Have `listener` called, on the reading thread, with each event's method and params."""
        self._listeners[session] = listener

    def forget(self, session: str) -> None:
        self._listeners.pop(session, None)

    def send(
        self, method: str, params: dict[str, Any] | None = None, *, session: str = "", deadline: float
    ) -> Future[dict[str, Any]]:
        """Send a command; the future holds the whole answer."""
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        raw = json.dumps(message, ensure_ascii=False).encode(errors="replace") + b"\0"
        answer: Future[dict[str, Any]] = Future()
        self._answers[number] = answer
        self._write(raw, deadline)
        if self._ended.is_set():  # it may have ended before the answer was listed
            self._answers.pop(number, None)
            raise BrowserGone(self._last_words())
        return answer

    def call(
        self, method: str, params: dict[str, Any] | None = None, *, session: str = "", deadline: float
    ) -> dict[str, Any]:
        """Send a command and wait for its result. Raises TimeoutError, BrowserGone, PageGone (refused)."""
        return _result(self.send(method, params, session=session, deadline=deadline), deadline)

    def _write(self, raw: bytes, deadline: float) -> None:
        if not self._lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise TimeoutError
        try:
            rest = memoryview(raw)
            poll = select.poll()
            while rest:
                if self._closed:
                    raise BrowserGone("closed")
                try:
                    rest = rest[os.write(self._out, rest) :]
                except BlockingIOError:
                    poll.register(self._out, select.POLLOUT)
                    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                        raise TimeoutError from None
        except BrokenPipeError:
            raise BrowserGone(self._last_words()) from None
        finally:
            self._lock.release()

    def _read(self) -> None:
        buffer = bytearray()
        while chunk := os.read(self._in, 1 << 20):
            seen = len(buffer)
            buffer += chunk
            while (end := buffer.find(0, seen)) >= 0:
                message = json.loads(bytes(buffer[:end]))
                del buffer[: end + 1]
                seen = 0
                if "id" in message:
                    if answer := self._answers.pop(message["id"], None):
                        _settle(answer, message)
                elif listener := self._listeners.get(message.get("sessionId", "")):
                    listener(message["method"], message.get("params", {}))
        self._ended.set()
        os.close(self._in)
        for number in list(self._answers):
            if answer := self._answers.pop(number, None):
                _settle(answer, BrowserGone(self._last_words()))
        for listener in list(self._listeners.values()):  # a page may be waiting for an event instead
            listener(_ENDED, {})

    def _last_words(self) -> str:
        """What it complained of when it ended; a healthy one chatters too, so only what is fatal."""
        with contextlib.suppress(OSError):
            lines = (self.home / "stderr.log").read_text(errors="replace").splitlines()
            if any("No usable sandbox" in line for line in lines):
                return _NO_SANDBOX
            if fatal := [line for line in lines if "FATAL" in line or "error while loading" in line]:
                return fatal[-1][-300:]
        return "it ended"

    def memory(self) -> int:
        """Bytes resident in the browser and all its children; 0 where the system does not tell."""
        return sum(resident for _, resident in _group(self.pid))

    def kill(self) -> None:
        """End it now, whatever it is doing."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Ask it to leave, make it leave, reap it, remove its folder. Safe to call twice."""
        if os.getpid() != self._owner:
            return  # a forked child ends, and its parent still prints
        deadline = time.monotonic() + _GRACE
        with contextlib.suppress(BrowserGone, TimeoutError):
            if not self._closed:
                self.send("Browser.close", deadline=deadline)
                self._ended.wait(max(0.0, deadline - time.monotonic()))
        with self._lock:
            if self._closed:
                return
            self._closed = True
        while not _reaped(self.pid):
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(0.005)
        for pid, _ in _group(self.pid):  # a child that outlived it
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._ended.wait(_GRACE)
        os.close(self._out)
        self._claim.close()
        shutil.rmtree(self.home, ignore_errors=True)


class Page:
    """A page without script or network, used for one document after another."""

    def __init__(self, browser: Browser, *, deadline: float) -> None:
        self.browser = browser
        self._loaded = threading.Event()
        self._lost: str = ""
        self._frame = ""
        self._prints = 0
        self._clearing = False
        self._awaited: Future[dict[str, Any]] | None = None

        def call(method: str, session: str = "", **params: Any) -> dict[str, Any]:
            return browser.call(method, params, session=session, deadline=deadline)

        self._context = call("Target.createBrowserContext", disposeOnDetach=True)["browserContextId"]
        asked = {"url": _BLANK, "browserContextId": self._context}
        try:
            target = call("Target.createTarget", **asked, enableBeginFrameControl=True)["targetId"]
        except PageGone:  # the full browser, which knows no frames on demand
            target = call("Target.createTarget", **asked)["targetId"]
        self._session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.listen(self._session, self._on_event)
        call("Emulation.setScriptExecutionDisabled", self._session, value=True)
        call("Fetch.enable", self._session, patterns=[{"urlPattern": "*"}])
        call("Inspector.enable", self._session)
        call("Page.enable", self._session)
        self._frame = call("Page.getFrameTree", self._session)["frameTree"]["frame"]["id"]
        self._lost = ""  # coming to the blank page is no leaving

    def _on_event(self, method: str, params: dict[str, Any]) -> None:
        if method == "Page.loadEventFired":
            self._loaded.set()
        elif method == "Fetch.requestPaused":
            # "Aborted" leaves a page where it is; any other reason would show an error page in its place.
            refusal = {"requestId": params["requestId"], "errorReason": "Aborted"}
            with contextlib.suppress(BrowserGone, TimeoutError):
                self.browser.send(
                    "Fetch.failRequest", refusal, session=self._session, deadline=time.monotonic() + _GRACE
                )
        elif method == "Inspector.targetCrashed":
            self._lose("the page crashed")
        elif method == _ENDED:
            self._lose(method)
        elif method == "Page.frameNavigated" and "parentId" not in (frame := params["frame"]):
            if self._clearing and frame["url"] == _BLANK:
                self._frame = frame["id"]
            else:
                self._lose("the page navigated")

    def _lose(self, why: str) -> None:
        self._lost = why
        self._loaded.set()
        if awaited := self._awaited:  # a crashed page answers nothing any more
            _settle(awaited, PageGone(why))

    def pdf(self, html: str, *, deadline: float) -> bytes:
        """Print a document as Chromium writes it. Raises TimeoutError, BrowserGone, PageGone."""
        if self._prints == _FRESH_AFTER:
            self._clear(deadline)
        self._prints += 1
        self._load("Page.setDocumentContent", {"frameId": self._frame, "html": html}, deadline)
        # Had it gone elsewhere before printing, the event came before this answer.
        return base64.b64decode(self._call("Page.printToPDF", _PRINT, deadline)["data"])

    def _clear(self, deadline: float) -> None:
        """Leave nothing of the documents before."""
        self._clearing = True
        self._load("Page.navigate", {"url": _BLANK}, deadline)
        self._clearing = False
        self._prints = 0

    def _load(self, method: str, params: dict[str, Any], deadline: float) -> None:
        """Send a command that gives the page a document, and wait until that is loaded."""
        self._loaded.clear()
        self._call(method, params, deadline)
        if not self._loaded.wait(max(0.0, deadline - time.monotonic())):
            raise TimeoutError
        if self._lost:
            raise PageGone(self._lost)

    def _call(self, method: str, params: dict[str, Any], deadline: float) -> dict[str, Any]:
        """The result of a command, if it is still this page's."""
        self._awaited = self.browser.send(method, params, session=self._session, deadline=deadline)
        if self._lost:
            raise PageGone(self._lost)
        answer = _result(self._awaited, deadline)
        if self._lost:
            raise PageGone(self._lost)
        return answer

    def close(self) -> None:
        self.browser.forget(self._session)
        with contextlib.suppress(BrowserGone, PageGone, TimeoutError):
            deadline = time.monotonic() + _GRACE
            self.browser.call("Target.disposeBrowserContext", {"browserContextId": self._context}, deadline=deadline)


def _result(answer: Future[dict[str, Any]], deadline: float) -> dict[str, Any]:
    """What a command returned. Raises TimeoutError, BrowserGone, PageGone (refused)."""
    message = answer.result(max(0.0, deadline - time.monotonic()))
    if "error" in message:
        raise PageGone(message["error"].get("message", ""))
    value: dict[str, Any] = message["result"]
    return value


def _settle(answer: Future[dict[str, Any]], outcome: dict[str, Any] | Exception) -> None:
    """Whoever is first: the answer, or the news that none will come."""
    with contextlib.suppress(InvalidStateError):
        if isinstance(outcome, Exception):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)


def sweep(temp: Path) -> None:
    """Remove the folders of browsers whose owner was killed before it could."""
    for home in temp.glob(f"{_HOME}*"):
        with contextlib.suppress(OSError), (home / "lock").open() as claim:
            if time.time() - home.stat().st_mtime < _GRACE:
                continue  # being set up
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)  # still held by a living owner: OSError
            shutil.rmtree(home, ignore_errors=True)


def _reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _group(leader: int) -> Iterator[tuple[int, int]]:
    """(process, resident bytes) of a process group; nothing where there is no /proc."""
    page = os.sysconf("SC_PAGE_SIZE")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[2]) == leader and fields[0] != "Z":
                yield int(stat.parent.name), int(fields[21]) * page
