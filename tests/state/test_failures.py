"""What a person is told when an event fails."""

import json
import logging

import pytest

from cvstudio.errors import StudioError
from cvstudio.render.themes import TemplateNotFound
from cvstudio.state.failures import as_toast


def told(exception: Exception) -> str:
    """The script that the browser is sent."""
    return "".join(str(value) for _, value in as_toast(exception).args)


def test_our_own_errors_in_both_languages():
    said = told(TemplateNotFound("no template 'x'"))
    for language in ("fr", "en"):
        assert json.dumps(TemplateNotFound().message(language)) in said
    assert "no template" not in said


def test_anything_else_without_its_insides(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR):
        said = told(ValueError("secret path /srv/data"))
    assert "secret" not in said
    assert json.dumps(StudioError().message("en")) in said
