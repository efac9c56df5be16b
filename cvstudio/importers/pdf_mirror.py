"""Pages that begin at the right, as Arabic and Hebrew ones do, seen in a mirror: laid out like any other there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from cvstudio.importers import pdf_bidi
from cvstudio.importers.pdf_words import WIDE, Page, Word

FEWEST = 4  # lines: fewer do not say where a page begins


def mirrored(pages: Sequence[Page]) -> Sequence[Page]:
    """The pages as they are, unless they begin at the right."""
    return [_mirrored(page) for page in pages] if _begin_right(pages) else pages


def _begin_right(pages: Sequence[Page]) -> bool:
    """Whether more lines with letters from right to left begin there, one beneath the other, than at the left."""
    left: Counter[tuple[int, int]] = Counter()
    right: Counter[tuple[int, int]] = Counter()
    for page in pages:
        for x0, x1 in _leftward(page):
            left[(page.number, round(x0 / 2))] += 1
            right[(page.number, round(x1 / 2))] += 1
    aligned = [sum(count for count in edges.values() if count > 1) for edges in (left, right)]
    return sum(left.values()) >= FEWEST and aligned[1] > aligned[0]


def _leftward(page: Page) -> list[tuple[float, float]]:
    """(left, right) of the stretches of words, of those that are read from right to left."""
    runs: list[list[Word]] = []
    for word in sorted(page.words, key=lambda word: (round(word.base), word.x0)):
        last = runs[-1][-1] if runs and not word.drawn else None
        if last and abs(last.base - word.base) < 2 and 0 <= word.x0 - last.x1 < WIDE * word.size:
            runs[-1].append(word)
        elif not word.drawn:
            runs.append([word])
    return [(run[0].x0, run[-1].x1) for run in runs if any(pdf_bidi.runs_left(word.text) for word in run)]


def _mirrored(page: Page) -> Page:
    width = page.width
    words = [replace(word, x0=width - word.x1, x1=width - word.x0, mirror=width) for word in page.words]
    rules = [(width - right, top, width - left, bottom) for left, top, right, bottom in page.rules]
    return Page(page.number, width, page.height, words, rules)
