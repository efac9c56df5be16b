"""What the documents say exists: settings, commands, files, addresses, keys, rooms."""

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cvstudio.api.app import api
from cvstudio.cli import cli
from cvstudio.config import PREFIX, Settings
from cvstudio.render.themes import Defaults, Theme

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
MAX_README_LINES = 150
SETTINGS = {PREFIX + field.upper(): field for field in Settings.model_fields}
# Read by make and compose themselves.
NOT_OURS = {"CVSTUDIO_VERSION"}


def text(name: str) -> str:
    return (ROOT / name).read_text()


def table(document: str) -> dict[str, list[str]]:
    """The rows of all tables that begin with a name in backticks: name → the other cells."""
    rows = re.findall(r"^\| (`.+?) \|(.*)\|$", document, re.MULTILINE)
    return {
        name: [cell.strip() for cell in rest.split("|")]
        for names, rest in rows
        for name in re.findall(r"`([^`]+)`", names)
    }


def test_operations_names_every_setting_and_no_other():
    rows = {name for name in table(text("docs/operations.md")) if name.startswith(PREFIX)}
    assert rows == SETTINGS.keys()


def test_operations_gives_the_true_defaults():
    for name, (default, *_) in table(text("docs/operations.md")).items():
        if name in SETTINGS:
            field = Settings.model_fields[SETTINGS[name]]
            assert default.strip("`") == str(field.default or "").removesuffix(".0"), name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_setting_named_anywhere_exists(document):
    named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", document.read_text()))
    assert named - NOT_OURS <= SETTINGS.keys()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_named_exists(document):
    words = document.read_text()
    first_words = {command.split()[0] for command in commands()}
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)cvstudio ([a-z]+)", words, re.MULTILINE)) <= first_words
    assert set(re.findall(r"(?:`|^|\S=\S+ |[;&] )make ([a-z-]+)", words, re.MULTILINE)) <= targets


def test_operations_lists_every_command():
    listed = [name.split()[1:] for name in table(text("docs/operations.md")) if name.startswith("cvstudio ")]
    assert {" ".join(word for word in words if word.islower()) for words in listed} == commands()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_and_link_named_exists(document):
    words = document.read_text()
    files = re.findall(r"`((?:cvstudio|tests|docs|bench|alembic|assets)/[\w./-]+)`", words)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", words) if "://" not in link]
    assert [name for name in files if not (ROOT / name).exists()] == []
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_is_short_and_opens_with_a_picture_and_the_two_commands():
    lines = README.read_text().splitlines()
    assert len(lines) < MAX_README_LINES
    opening = "\n".join(lines[:25])
    picture = re.search(r"!\[[^\]]+\]\(([^)]+)\)", opening)
    assert picture
    with Image.open(ROOT / picture[1]) as image:
        assert image.width >= 800
    assert opening.index(picture[0]) < opening.index("make run") < opening.index("make test")


def commands() -> set[str]:
    """As typed, without arguments: "run", "admin create"."""
    groups = [("", cli), *((f"{group.name} ", group.typer_instance) for group in cli.registered_groups)]
    return {
        prefix + (command.name or command.callback.__name__)
        for prefix, app in groups
        for command in app.registered_commands
    }


def addresses() -> set[str]:
    paths: dict[str, Any] = api.openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_the_api_page_names_every_address_and_no_other():
    named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /\S+)`", text("docs/api.md")))
    public = {address for address in addresses() if "/internal/" not in address}
    assert named == public


def test_the_themes_page_names_every_key_of_the_manifest():
    named = set(table(text("docs/themes.md")))
    keys = set(Theme.model_fields) - {"slug", "earlier"}
    assert keys <= named
    defaults = next(line for line in text("docs/themes.md").splitlines() if line.startswith("| `defaults`"))
    assert set(re.findall(r"`(\w+)`", defaults)) - {"defaults"} == set(Defaults.model_fields)


def test_the_architecture_page_names_every_room():
    rooms = {path.stem for path in (ROOT / "cvstudio").iterdir() if path.suffix == ".py" or path.is_dir()}
    named = set(re.findall(r"`(\w+)`", text("docs/architecture.md")))
    assert rooms - {"__init__", "__pycache__"} <= named
