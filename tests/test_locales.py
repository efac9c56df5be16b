"""Both languages say everything, say the same things, and nothing is said for nobody."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from cvstudio import locales
from cvstudio.importers.failures import AnOffer
from cvstudio.language import LANGUAGES, choose

SOURCES = Path(locales.__file__).parents[1]
PAGES = sorted(file.stem for file in locales.FOLDER.glob("*.toml"))


def texts() -> Iterator[tuple[str, dict[str, str]]]:
    for page in PAGES:
        for key, entry in locales.table(page).items():
            yield f"{page}.{key}", dict(entry)


def params(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def used() -> tuple[set[str], set[str], set[str]]:
    """Keys named in the sources, and the fixed beginnings and ends of keys put together there."""
    keys: set[str] = set()
    starts: set[str] = set()
    ends: set[str] = set()
    for file in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                keys.add(node.value)
            elif isinstance(node, ast.JoinedStr) and node.values:
                first, last = node.values[0], node.values[-1]
                if isinstance(first, ast.Constant) and str(first.value).partition(".")[0] in PAGES:
                    starts.add(str(first.value))
                elif isinstance(last, ast.Constant) and re.fullmatch(r"\.[a-z_]{6,}", str(last.value)):
                    ends.add(str(last.value))
    return keys, {start for start in starts if "." in start}, ends


def test_every_text_is_there_in_both_languages() -> None:
    found = list(texts())
    assert len(found) > 10
    for key, entry in found:
        assert set(entry) == set(LANGUAGES), key
        for language, said in entry.items():
            assert said.strip() == said != "", f"{key} {language}"


def test_both_languages_take_the_same_params() -> None:
    for key, entry in texts():
        assert params(entry["fr"]) == params(entry["en"]), key


def test_no_text_is_unused() -> None:
    keys, starts, ends = used()
    unused = [
        key
        for key, _ in texts()
        if key not in keys
        and key.removesuffix(".one").removesuffix(".other") not in keys
        and not key.startswith(tuple(starts))
        and not key.endswith(tuple(ends))
    ]
    assert unused == []


def test_french_typography() -> None:
    """A space before ; : ! ? does not break; apostrophes are curved."""
    for key, entry in texts():
        for sign in ";:!?»":
            assert f" {sign}" not in entry["fr"], f"{key}: put a no-break space before {sign}"
        assert "'" not in entry["fr"], key


@pytest.mark.parametrize(
    ("chosen", "header", "expected"),
    [
        ("", "", "fr"),
        ("en", "fr", "en"),
        ("de", "fr-CA", "fr"),
        ("", "en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("", "fr;q=0.4, en;q=0.5", "en"),
        ("", "de-DE,de;q=0.9", "en"),
        ("", "*", "fr"),
        ("", "en;q=abc,fr", "fr"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_preferred(chosen: str, header: str, expected: str) -> None:
    assert choose(chosen, header) == expected


def test_who_brings_an_offer_for_a_cv_is_sent_to_a_page_by_its_name():
    for language in LANGUAGES:
        assert locales.text("shell.tailor", language) in AnOffer().message(language)
