"""The `cvstudio` command as an operator meets it: it starts, it says what is wrong, it leaves nothing behind."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import inspect

from cvstudio import cli, db
from cvstudio.render import themes
from tests import upgrades
from tests.running import ROOT, environment, free_port, running


def cvstudio(data_dir: Path, *arguments: str, **values: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cvstudio.cli", *arguments],
        cwd=ROOT,
        env=environment(data_dir, **values),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def is_a_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 1 and one clear message, without a traceback."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.status == 200
        return answer.read()


def test_every_command_says_what_it_does():
    for command in cli.cli.registered_commands:
        assert command.callback.__doc__, command.callback.__name__


def test_two_run_side_by_side_and_stop_cleanly(tmp_path):
    with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
        assert one.port != two.port
        for app in (one, two):
            assert b"<html" in get(f"http://127.0.0.1:{app.port}/")
            assert (app.data_dir / "cvstudio.db").is_file()
        assert one.stop(signal.SIGINT) == 0
        assert b"<html" in get(f"http://127.0.0.1:{two.port}/")
        assert two.stop(signal.SIGTERM) == 0
        for app in (one, two):
            assert app.said().endswith("Stopped.\n")
            assert "Traceback" not in app.said()
            with socket.create_server(("127.0.0.1", app.port)):
                pass  # the port is free


def test_the_second_start_builds_nothing_and_writes_nowhere_else(tmp_path):
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    with running(tmp_path / "data", HOME=home, TMPDIR=temporary):
        pass
    with running(tmp_path / "data", HOME=home, TMPDIR=temporary) as app:
        get(f"http://127.0.0.1:{app.port}/")
        assert "ready" in app.said()
        assert "Building" not in app.said()
    assert list(home.rglob("*")) == []
    assert list(temporary.rglob("*")) == []
    assert not (ROOT / ".web").exists()
    assert not (ROOT / ".states").exists()


def test_a_port_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("run", "web"):
            is_a_sentence(
                cvstudio(tmp_path / "data", command, port=port), f"port {port} is already in use", "CVSTUDIO_PORT="
            )


def test_a_data_dir_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    is_a_sentence(cvstudio(tmp_path / "file" / "data", "run", port=free_port()), "cannot write", "CVSTUDIO_DATA_DIR")


def test_a_wrong_setting(tmp_path):
    is_a_sentence(cvstudio(tmp_path / "data", "run", port="many"), "CVSTUDIO_PORT")


def test_no_disk(tmp_path, capsys, monkeypatch, configure):
    configure(port=free_port())
    monkeypatch.setattr(cli, "MIN_FREE_BYTES", 10**18)
    monkeypatch.setattr(sys, "argv", ["cvstudio", "run"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert "MB are free in" in capsys.readouterr().err


def test_a_disk_that_fills_up(capsys, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/cvstudio.db")

    monkeypatch.setattr(db, "migrate", full)
    monkeypatch.setattr(sys, "argv", ["cvstudio", "migrate"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert capsys.readouterr().err == "Cannot write /data/cvstudio.db: No space left on device.\n"


def test_a_database_that_does_not_answer(tmp_path):
    address = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    done = cvstudio(tmp_path / "data", "migrate", database_url=address)
    assert done.returncode == 1
    assert done.stderr.startswith("The database does not answer")
    assert "Traceback" not in done.stderr


def test_migrate(configure, capsys, monkeypatch):
    configure()
    monkeypatch.setattr(sys, "argv", ["cvstudio", "migrate"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    assert {"cv", "job", "owner"} <= set(inspect(db.engine()).get_table_names())


def test_an_administrator_is_made_and_given_a_way_in(configure, capsys, monkeypatch):
    configure()
    for words in (["create", "Boss@Example.org"], ["list"]):
        monkeypatch.setattr(sys, "argv", ["cvstudio", "admin", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == 0
    said = capsys.readouterr().out.splitlines()
    assert "/api/auth/callback/email?token=" in said[-2]
    assert said[-1] == "boss@example.org"


def test_an_administrator_needs_an_address(configure, capsys, monkeypatch):
    configure()
    monkeypatch.setattr(sys, "argv", ["cvstudio", "admin", "create", "boss"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1


def test_demo_writes_every_format_without_a_server(tmp_path):
    done = cvstudio(tmp_path / "data", "demo", str(tmp_path / "out"), "--template", "1")
    assert done.returncode == 0, done
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert {Path(line).name for line in done.stdout.splitlines()} >= written.keys()
    for language in ("fr", "en"):
        assert written[f"cv-{language}.pdf"].startswith(b"%PDF-")
        assert f'lang="{language}"'.encode() in written[f"cv-{language}.html"]
        assert json.loads(written[f"cv-{language}.json"])["basics"]["name"]
        assert written[f"cv-{language}-1.png"].startswith(b"\x89PNG")
        assert {f"cv-{language}.md", f"cv-{language}.txt", f"cv-{language}-2.png"} <= written.keys()
    assert not (tmp_path / "data" / "cvstudio.db").exists()


def test_demo_of_an_unknown_template(tmp_path):
    is_a_sentence(cvstudio(tmp_path / "data", "demo", str(tmp_path / "out"), "--template", "no-such"))


def test_freeze_keeps_a_look_and_raises_the_version(tmp_path, capsys, monkeypatch):
    with upgrades.copied(tmp_path / "themes", monkeypatch) as folder:
        now = themes.get("modern").version, themes.get("tech").version
        monkeypatch.setattr(sys, "argv", ["cvstudio", "freeze", "modern", str(themes.get("tech").number)])
        with pytest.raises(SystemExit):
            cli.main()
        upgrades.forget()
        kept = [folder / "modern" / f"v{now[0]}", folder / "tech" / f"v{now[1]}"]
        assert capsys.readouterr().out.splitlines() == [str(path) for path in kept]
        assert (themes.get("modern").version, themes.get("tech").version) == (now[0] + 1, now[1] + 1)
        monkeypatch.setattr(sys, "argv", ["cvstudio", "freeze", "nothing"])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == 1
        assert capsys.readouterr().err == "There is no such template. Choose one from the gallery.\n"


def test_a_chromium_that_does_not_start(tmp_path):
    for command in (["run"], ["worker"], ["demo", str(tmp_path / "out")]):
        done = cvstudio(tmp_path / "data", *command, chromium_path="/bin/false", port=free_port())
        is_a_sentence(done, "CVSTUDIO_CHROMIUM_PATH", "/bin/false")


def test_openapi_writes_the_document_of_the_api(tmp_path):
    done = cvstudio(tmp_path / "data", "openapi", str(tmp_path / "api.json"))
    assert done.returncode == 0, done
    document = json.loads((tmp_path / "api.json").read_text())
    assert document["openapi"].startswith("3.")
    assert "/api/cv/jobs" in document["paths"]
