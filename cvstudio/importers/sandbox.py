"""Reading a stranger's file in a process of its own, which can take down nothing but itself.

The child gets the bytes in a file it inherits, no environment, and limits it cannot lift again: memory, processor time,
open files, no writing beyond its answer, no processes of its own. It dies with its parent. The parent waits up to a
wall-clock limit and reads an answer of limited size; its memory grows by that answer and nothing else.

A child takes some 0.3 s to start, nearly all of it importing pydantic and the parsing libraries.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import IO, Any, TypeVar

from cvstudio.errors import StudioError, kinds
from cvstudio.importers import pdf, reading
from cvstudio.importers.failures import FileTooLarge, TooMuchWork, UnreadableFile
from cvstudio.importers.model import Imported

MEMORY = 200_000_000  # bytes of address space: an ordinary CV takes 80 MB, sixteen full pages or a 6 MB picture 95 MB
PROCESSOR = 6  # seconds, on whatever machine
LEEWAY = 4.5  # times the processor time that starting took
A_PAGE = 0.45  # the same for each page of a PDF, if that is more: a full one takes 0.3
WALL = 10.0  # seconds
ANSWER = 16_000_000  # bytes
FILES = 32
PARENT_DEATH = 1  # PR_SET_PDEATHSIG
CRASHED = 70  # exit code of a child that gave up

Told = TypeVar("Told")


def read(data: bytes, filename: str, *, wall: float = WALL) -> Imported:
    """`reading.read` in a child process; raises what it raises, and TooMuchWork where the child hit its limits."""
    return _answered("cv", data, filename, wall, _imported)


def pdf_text(data: bytes, *, wall: float = WALL) -> str:
    """`pdf.text` in a child process; raises as read() does."""
    return _answered("text", data, "", wall, _text)


def _answered(task: str, data: bytes, filename: str, wall: float, taken: Callable[[Any], Told]) -> Told:
    if len(data) > reading.MAX_BYTES:
        raise FileTooLarge
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
        source.write(data)
        source.seek(0)
        _run(source, answer, task, filename, wall)
        answer.seek(0)
        return _understood(answer.read(ANSWER + 1), taken)


def _run(source: IO[bytes], answer: IO[bytes], task: str, filename: str, wall: float) -> None:
    paths = os.pathsep.join(path for path in sys.path if path)
    child = subprocess.Popen(  # noqa: S603 - our own module; the name of the file is an argument, never a command
        [sys.executable, "-m", "cvstudio.importers.sandbox", str(os.getpid()), task, filename[-80:].replace("\0", "")],
        stdin=source,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": paths, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"},
        start_new_session=True,
        close_fds=True,
    )
    try:
        child.wait(timeout=wall)
    except subprocess.TimeoutExpired as fault:
        raise TooMuchWork(f"over {wall:g} s") from fault
    finally:
        # Also when this thread is interrupted: no child is left behind.
        if child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    if child.returncode != 0:
        raise TooMuchWork(f"the reader ended with {child.returncode}")


def _imported(tree: Any) -> Imported:
    return Imported.load(tree["imported"])


def _text(tree: Any) -> str:
    if not isinstance(tree["text"], str):
        raise TypeError
    return tree["text"]


def _understood(answer: bytes, taken: Callable[[Any], Told]) -> Told:
    """What is `taken` from the child's answer, which is as untrusted as the file was."""
    try:
        tree = json.loads(answer)
        if "error" not in tree:
            return taken(tree)
        fault = tree["error"]
        kind = kinds()[fault["code"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as unclear:
        raise TooMuchWork("the reader's answer makes no sense") from unclear
    if not issubclass(kind, StudioError) or kind.status >= 500:
        raise UnreadableFile
    raise kind(str(fault.get("detail", ""))[:300], fields=fault.get("fields") or None, **fault.get("params", {}))


def main() -> int:
    """The child: limits first, then the file from standard input, then one JSON object to standard output."""
    parent, task, filename = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    _confine(parent)
    # A slow or busy machine takes as much longer to start as it does to read.
    started = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LEEWAY * started)
    data = sys.stdin.buffer.read(reading.MAX_BYTES + 1)
    try:
        signal.setitimer(signal.ITIMER_PROF, max(LEEWAY, A_PAGE * pdf.page_count(data)) * started)
        result: dict[str, Any]
        result = {"text": pdf.text(data)} if task == "text" else {"imported": reading.read(data, filename).dump()}
    except StudioError as fault:
        told = {"code": fault.code, "detail": fault.detail, "fields": fault.fields, "params": fault.params}
        result = {"error": told}
    except (MemoryError, RecursionError):
        return CRASHED
    sys.stdout.write(json.dumps(result))
    sys.stdout.flush()
    return 0


def _confine(parent: int) -> None:
    ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != parent:  # gone before we could ask to go with it
        os._exit(CRASHED)
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, ANSWER),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (limit, limit))


if __name__ == "__main__":
    sys.exit(main())
