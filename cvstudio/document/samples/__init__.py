"""Two invented people with complete CVs of two pages: what a visitor sees first, and what we measure with."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from cvstudio.document.model import Document, Language

FOLDER = Path(__file__).parent


def load(language: Language) -> Document:
    """A fresh copy each time: change it freely."""
    return Document.load(json.loads(_source(language)))


@cache
def _source(language: Language) -> str:
    return (FOLDER / f"{language}.json").read_text(encoding="utf-8")
