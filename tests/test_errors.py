import importlib
import pkgutil
import re
import string

import pytest

import cvstudio
from cvstudio.errors import InvalidInput, NotFound, RateLimited, StudioError, kinds


class PageMissing(NotFound):
    code = "TEST_PAGE_MISSING"
    messages = {"fr": "La page {name} est introuvable.", "en": "The page {name} was not found."}  # noqa: RUF012


def every_error() -> list[type[StudioError]]:
    for module in pkgutil.walk_packages(cvstudio.__path__, "cvstudio."):
        if module.name != "cvstudio.cvstudio":  # the assembly: importing it builds the application
            importlib.import_module(module.name)
    found, waiting = [], [StudioError]
    while waiting:
        error = waiting.pop()
        found.append(error)
        waiting += error.__subclasses__()
    return found


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_error_has_a_code_a_status_and_a_sentence_in_both_languages() -> None:
    errors = every_error()
    assert len(errors) >= 10
    for error in errors:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]+", error.code), error
        assert 400 <= error.status <= 599, error
        assert set(error.messages) == {"fr", "en"}, error
        assert all(text.rstrip().endswith((".", "!", "?", "}")) for text in error.messages.values()), error
        assert placeholders(error.messages["fr"]) == placeholders(error.messages["en"]), error


def test_a_code_means_one_thing() -> None:
    statuses: dict[str, set[int]] = {}
    for error in every_error():
        statuses.setdefault(error.code, set()).add(error.status)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def test_message_is_in_the_readers_language_and_english_otherwise() -> None:
    error = PageMissing(name="3")
    assert error.message("fr") == "La page 3 est introuvable."
    assert error.message("en") == error.message("de") == "The page 3 was not found."


def test_detail_defaults_to_the_english_message() -> None:
    assert str(PageMissing(name="3")) == "The page 3 was not found."
    assert str(PageMissing("no row", name="3")) == "no row"


def test_a_missing_parameter_fails_where_it_is_raised() -> None:
    with pytest.raises(KeyError):
        PageMissing()


def test_fields_are_kept() -> None:
    assert InvalidInput(fields={"email": ["required"]}).fields == {"email": ["required"]}
    assert InvalidInput().fields == {}


def test_kinds_finds_errors_by_code() -> None:
    assert kinds()["TEST_PAGE_MISSING"] is PageMissing
    assert kinds()["NOT_FOUND"] is NotFound


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (20, "Attendez un instant", "Wait a moment"),
        (3_517, "dans 59 minutes.", "in 59 minutes."),
        (80_000, "dans 23 heures.", "in 23 hours."),
    ],
)
def test_who_has_to_wait_is_told_how_long(seconds: int, french: str, english: str) -> None:
    error = RateLimited(retry_after=seconds)
    assert french in error.message("fr")
    assert english in error.message("en")
