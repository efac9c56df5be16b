"""When the pages are built again, and what is said when they cannot be."""

import shutil
from pathlib import Path

import pytest

from cvstudio import frontend
from cvstudio.frontend import STAMP, BuildFailed, build, digest, is_current


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small project folder."""
    root = tmp_path / "project"
    for name in ("cvstudio/pages/landing.py", "cvstudio/api/app.py", "cvstudio/locales/shell.toml", "assets/a.css"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    for name in ("rxconfig.py", "requirements.lock", "bunfig.toml", ".npmrc"):
        (root / name).write_text(name)
    (root / "reflex.lock").mkdir()
    return root


@pytest.mark.parametrize(
    "name",
    ["cvstudio/pages/landing.py", "cvstudio/locales/shell.toml", "assets/a.css", "assets/new.js", "requirements.lock"],
)
def test_a_changed_source_changes_the_digest(root, name):
    before = digest(root)
    (root / name).write_text("changed")
    assert digest(root) != before


def test_a_renamed_source_changes_the_digest(root):
    before = digest(root)
    (root / "assets/a.css").rename(root / "assets/b.css")
    assert digest(root) != before


@pytest.mark.parametrize("name", ["cvstudio/api/app.py", "cvstudio/pages/__pycache__/landing.pyc", "README.md"])
def test_what_no_page_is_made_of_does_not(root, name):
    before = digest(root)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("changed")
    assert digest(root) == before


def test_a_build_is_current_only_when_complete_and_of_these_sources(root, tmp_path):
    pages = tmp_path / "pages"
    client = pages / "build" / "client"
    assert not is_current(pages, root)
    client.mkdir(parents=True)
    (client / "index.html").touch()
    assert not is_current(pages, root)
    (pages / STAMP).write_text(digest(root))
    assert is_current(pages, root)
    (root / "assets/a.css").write_text("changed")
    assert not is_current(pages, root)
    shutil.rmtree(client)
    (pages / STAMP).write_text(digest(root))
    assert not is_current(pages, root)


def test_the_real_project_is_read():
    assert digest() == digest()
    sources = {path.relative_to(frontend.ROOT).as_posix() for path in frontend._sources(frontend.ROOT)}
    assert {"rxconfig.py", "cvstudio/cvstudio.py", "cvstudio/serving.py", "reflex.lock/bun.lock"} <= sources
    assert not any(name.endswith(".pyc") or name.startswith("cvstudio/models/") for name in sources)
    # What is left out by name exists: a renamed module would otherwise slip in or out unseen.
    rooms = {path.name for path in (frontend.ROOT / "cvstudio").iterdir()}
    assert frontend.SERVER_ONLY - {"clients"} <= rooms


def test_no_host_is_written_into_the_javascript_lock():
    for file in (frontend.ROOT / "reflex.lock").iterdir():
        assert "http:" not in file.read_text()
        assert "https:" not in file.read_text()


def test_a_failing_build_says_why_and_is_not_taken_for_done(root, configure, monkeypatch):
    (root / "rxconfig.py").write_text("raise SystemExit('the reason')")
    monkeypatch.setattr(frontend, "ROOT", root)
    config = configure()
    with pytest.raises(BuildFailed) as failed:
        build(config)
    assert "the reason" in failed.value.message("en")
    assert "the reason" in (config.data_dir / "frontend.log").read_text()
    assert not (config.pages_dir / STAMP).exists()


@pytest.mark.parametrize(
    ("written", "kept"),
    [('{"a": 1}', '{\n  "a": 1\n}'), ('{"a": 2}', '{"a": 2}')],
    ids=["reformatted", "changed"],
)
def test_the_package_list_changes_only_when_the_packages_do(root, monkeypatch, written, kept):
    monkeypatch.setattr(frontend, "ROOT", root)
    path = root / "reflex.lock" / "package.json"
    path.write_text('{\n  "a": 1\n}')
    with frontend._package_list_as_it_was():
        path.write_text(written)
    assert path.read_text() == kept
