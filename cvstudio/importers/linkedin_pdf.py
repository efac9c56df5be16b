"""The profile as LinkedIn prints it: a narrow column at the left, the person's name large at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cvstudio.importers.model import Imported
from cvstudio.importers.pdf_words import Page


def looks_like(pages: Sequence[Page]) -> bool:
    return False


def read(pages: Sequence[Page], links: Mapping[str, str]) -> Imported:
    raise NotImplementedError
