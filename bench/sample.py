"""The CV that everything is measured with: the French two-page sample, a little different each time."""

from __future__ import annotations

from cvstudio import render
from cvstudio.document import Document, samples


def document(number: int) -> Document:
    """No two are alike, so that nobody wins by remembering."""
    cv = samples.load("fr")
    cv.basics.label = f"{cv.basics.label} {number}"
    return cv


def html(number: int) -> str:
    return render.html(document(number))
