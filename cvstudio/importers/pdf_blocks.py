"""Rows of a column → blocks: wrapped lines put together again, bullets and headings told apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cvstudio.importers import when
from cvstudio.importers import words as vocabulary
from cvstudio.importers.blocks import BULLET, GLYPHS, Block
from cvstudio.importers.contacts import reaches
from cvstudio.importers.model import Place
from cvstudio.importers.pdf_columns import Column, Row, Segment, columns, place
from cvstudio.importers.pdf_words import Page, Word, pieces, unbroken


def read(pages: Sequence[Page]) -> list[Block]:
    """The document's blocks in reading order, from geometry alone."""
    blocks: list[Block] = []
    for column in columns(pages):
        here = _column(column)
        if here:
            here[0].first = True
        blocks += here
    return blocks


def _column(column: Column) -> list[Block]:
    rows = [row for whole in _unwrapped(column.rows) for row in _apart(whole)]
    rows = [row for row in rows if any(not word.drawn for word in row.words)]
    if not rows:
        return []
    leading = _leading(rows)
    right = _right_edges(rows)
    blocks: list[Block] = []
    group = [rows[0]]
    for above, row in pairwise(rows):
        if _goes_on(group, above, row, leading, right[above.page]):
            group.append(row)
        else:
            blocks.append(_block(group))
            group = [row]
    blocks.append(_block(group))
    before: Row | None = None
    at = 0
    for block in blocks:
        row = rows[at]
        if before is not None and before.page == row.page:
            block.space = max(0.0, (row.base - before.base) / leading - 1)
        at += block.lines
        before = rows[at - 1]
    return blocks


def _unwrapped(rows: Sequence[Row]) -> list[Row]:
    """Dates and headings in the margin that went on in the row below, "03/2022 –" over "06/2023", in one row again."""
    found: list[Row] = []
    for row in rows:
        above = found[-1] if found else None
        first = row.segments[0]
        if above and len(above.segments) > 1 and _one_label(above.segments[0].text, first.text):
            label = above.segments[0]
            if abs(first.x1 - label.x1) + abs(first.x0 - label.x0) < 12 * first.size:
                joined = Segment([*label.words, *first.words], label.page, f"{label.text} {first.text}")
                above.segments[0] = joined
                row = Row(row.segments[1:])
        if row.segments:
            found.append(row)
    return found


def _one_label(above: str, below: str) -> bool:
    whole = when.find(f"{above} {below}") if above.endswith(("–", "-", "—")) else None
    worded = above[:1].isalpha() and not any(letter.isdigit() for letter in above)
    return bool(whole and whole.alone) or (worded and bool(vocabulary.heading(f"{above} {below}")))


def _apart(row: Row) -> list[Row]:
    """A heading in the margin stands before its row, not in it; the two halves of a list in two columns likewise."""
    first = row.segments[0]
    if len(row.segments) > 1 and vocabulary.heading(first.text):
        return [Row([first]), Row(row.segments[1:])]
    if len(row.segments) > 1 and all(_bulleted(segment.words) for segment in row.segments):
        return [Row([segment]) for segment in row.segments]
    return [row]


def _bulleted(words: Sequence[Word]) -> bool:
    if words[0].drawn:
        return True
    first = words[0].text
    return first[0] in GLYPHS or (len(words) > 1 and first in ("-", "–", "—", "*", "o", "+"))


def _leading(rows: Sequence[Row]) -> float:
    """The usual distance of baselines."""
    steps = sorted(
        lower.base - upper.base
        for upper, lower in pairwise(rows)
        if upper.page == lower.page and 0.9 * lower.size < lower.base - upper.base < 2.2 * lower.size
    )
    return steps[len(steps) // 3] if steps else 1.4 * rows[0].size


def _right_edges(rows: Sequence[Row]) -> dict[int, float]:
    edges: dict[int, float] = {}
    for row in rows:
        # The last line of a centred head may lie in a column without being as narrow.
        if not reaches(row.text):
            edges[row.page] = max(edges.get(row.page, 0.0), row.x1)
    for row in rows:
        edges.setdefault(row.page, row.x1)
    return edges


def _goes_on(group: list[Row], above: Row, row: Row, leading: float, right: float) -> bool:
    """Whether a row carries on the line above: same style, no more blank than usual, and no room left above."""
    if _bulleted(row.words) or len(row.segments) > 1 or (above.page != row.page and row.page != above.page + 1):
        return False
    first, last = row.words[0], [word for word in above.words if not word.drawn][-1]
    if abs(row.size - above.size) > 0.08 * row.size:
        return False
    item = _bulleted(group[0].words)
    if above.page == row.page and row.base - above.base > 1.28 * max(leading, 1.05 * row.size):
        return False
    if len(group) == 1 and (vocabulary.heading(f"{above.text} {row.text}") or _one_period(above, row)):
        return True
    if vocabulary.heading(row.text) or vocabulary.heading(above.text) or when.is_dates(row.text):
        return False
    if _alike(group[0].text, row.text):
        return False
    if reaches(above.text) or reaches(row.text):
        last_word, next_word = above.text.rsplit(" ", 1)[-1], row.text.split(" ", 1)[0]
        return unbroken(last_word, next_word) and _full(above, first, right)
    if len(above.segments) > 1 and not item:
        return False
    start = group[0].words[1].x0 if item and len(group[0].words) > 1 else group[0].x0
    hanging = abs(row.x0 - start) < 0.5 * row.size
    if item and not hanging and not (len(group) > 1 and abs(row.x0 - group[-1].x0) < 0.3 * row.size):
        beneath = abs(row.x0 - group[0].x0) < 1 and (row.text[:1].islower() or not above.text.endswith("."))
        return (beneath or row.x0 > group[0].x0 + 1) and _full(above, first, right)
    if not item and not hanging and not _centred(group[0], row):
        return False
    if (first.bold, first.italic) != (last.bold, last.italic) and not _prose(group):
        return False
    return _full(above, first, right)


def _one_period(above: Row, row: Row) -> bool:
    """Dates in a narrow margin: "sept. 2020 – oct." over "2024"."""
    whole = when.find(f"{above.text} {row.text}") if len(above.segments) == 1 else None
    upper = when.find(above.text)
    return bool(whole and whole.alone and not whole.single) and (upper is None or upper.single)


def _alike(first: str, row: str) -> bool:
    """Two entries of a line each, by their dates or their names with a colon; not one that wrapped."""
    dated = when.find(first) is not None and when.find(row) is not None
    named = ": " in first[:40] and ": " in row[:40] and row[:1].isupper()
    return dated or named


def _full(above: Row, first: Word, right: float) -> bool:
    """The next word would not have fitted at the end of the line above."""
    return above.x1 + 0.2 * first.size + (first.x1 - first.x0) > right - 0.6 * first.size


def _centred(one: Row, other: Row) -> bool:
    return abs((one.x0 + one.x1) / 2 - (other.x0 + other.x1) / 2) < 1.5


def _prose(group: Sequence[Row]) -> bool:
    return sum(len(row.words) for row in group) > 8


def _block(rows: Sequence[Row]) -> Block:
    words = [word for row in rows for word in row.words]
    item = _bulleted(rows[0].words)
    dots = [word for word in words if word.drawn]
    spoken = [word for word in words if not word.drawn]
    number, area = place(rows)
    found = pieces(spoken, dots)
    if item and found:
        found[0].text = BULLET.sub("", found[0].text)
    found = [piece for piece in found if piece.text.strip()] or found
    return Block(found, Place(page=number, box=area), item=item, indent=rows[0].x0, lines=len(rows))
