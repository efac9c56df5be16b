"""The pages, compiled once: built again only when what they are made of has changed."""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from cvstudio.config import Settings, settings
from cvstudio.errors import StudioError

ROOT = Path(__file__).resolve().parents[1]
STAMP = "cvstudio.stamp"

# A change in these cannot show in a page. What is not named here is taken for a source.
SERVER_ONLY = frozenset({
    "api", "clients", "models",
    "cli.py", "supervisor.py", "tasks.py", "web.py", "worker.py",
    "db.py", "doorbell.py", "events.py", "jobs.py", "logs.py",
})  # fmt: skip
SOURCES = ("cvstudio", "assets", "reflex.lock", "rxconfig.py", "requirements.lock", "bunfig.toml", ".npmrc")

TIMEOUT_SECONDS = 600
LAST_LINES = 25


class BuildFailed(StudioError):
    """The pages could not be compiled; `output` ends with the reason."""

    code = "FRONTEND_BUILD_FAILED"
    status = 500
    messages: ClassVar[dict[str, str]] = {
        "fr": "La construction des pages a échoué ; fin du journal ({log}) :\n{output}",
        "en": "The pages could not be built; the end of the log ({log}):\n{output}",
    }


def digest(root: Path = ROOT) -> str:
    """One hash over the names and contents of all that the pages are made of."""
    total = hashlib.sha256()
    for path in _sources(root):
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_current(pages: Path, root: Path = ROOT) -> bool:
    """Whether the build in `pages` is complete and made of the present sources."""
    stamp = pages / STAMP
    return (
        (pages / "build" / "client" / "index.html").is_file() and stamp.is_file() and stamp.read_text() == digest(root)
    )


def build(config: Settings, say: Callable[[str], None] = lambda _: None) -> bool:
    """Bring the pages up to date; True when that took a build. Raises BuildFailed."""
    pages = config.pages_dir
    if is_current(pages):
        return False
    pages.mkdir(parents=True, exist_ok=True)
    with _alone(pages.with_name(f"{pages.name}.lock")):
        if is_current(pages):
            return False
        first = not (pages / "node_modules").is_dir()
        say("Building the pages" + (" (the first time takes about half a minute)…" if first else "…"))
        (pages / STAMP).unlink(missing_ok=True)
        before = digest()
        with _package_list_as_it_was():
            _export(config.data_dir / "frontend.log")
        # A new npm package changes reflex.lock during the build: then the next start builds once more.
        (pages / STAMP).write_text(before)
        # A tab's state belongs to the pages it was made by.
        shutil.rmtree(config.data_dir / "states", ignore_errors=True)
    return True


def _sources(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        top = root / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            inside = path.relative_to(root).parts
            if path.is_file() and "__pycache__" not in inside and not SERVER_ONLY.intersection(inside[1:2]):
                yield path


def _export(log: Path) -> None:
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"]
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=TIMEOUT_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BuildFailed(log=log, output=f"no end after {TIMEOUT_SECONDS} seconds") from None
    log.write_text(done.stdout)
    if done.returncode != 0:
        raise BuildFailed(log=log, output="\n".join(done.stdout.splitlines()[-LAST_LINES:]))


@contextmanager
def _package_list_as_it_was() -> Iterator[None]:
    """Undo Reflex's reformatting of reflex.lock/package.json, which would look like a change; real changes stay."""
    path = ROOT / "reflex.lock" / "package.json"
    before = path.read_bytes() if path.is_file() else b"{}"
    try:
        yield
    finally:
        if path.is_file() and path.read_bytes() != before and json.loads(path.read_bytes()) == json.loads(before):
            path.write_bytes(before)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock at `path`: two processes never build into one folder."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    print("built" if build(settings(), say=print) else "up to date")  # noqa: T201
