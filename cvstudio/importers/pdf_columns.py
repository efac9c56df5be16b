"""An untagged page put into reading order: columns found by their gutters, then rows.

A gutter is a strip that no segment crosses over several rows in a row; a rule drawn across ends it. Two sides of a
gutter are read one after the other, unless one of them only labels the rows of the other (dates, places, headings in
the margin): then they are read row by row.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from cvstudio.importers import when
from cvstudio.importers import words as vocabulary
from cvstudio.importers.blocks import GLYPHS
from cvstudio.importers.contacts import LABEL as CONTACT
from cvstudio.importers.contacts import reaches
from cvstudio.importers.model import Box
from cvstudio.importers.pdf_drawn import crossed
from cvstudio.importers.pdf_lines import Row, Segment, segments
from cvstudio.importers.pdf_words import Page

MIN_SEGMENTS = 5  # on both sides together, before a gap is a gutter
GUTTER = 0.9  # of the body size: the narrowest gutter


@dataclass
class Column:
    """Rows read from top to bottom; `side` says which part of its page's frame it is, to find it on the next page."""

    rows: list[Row]
    gutter: float | None = None
    side: str = "all"
    pages: set[int] = field(default_factory=set)


def columns(pages: Sequence[Page]) -> list[Column]:
    """Every column of the document in reading order; one that goes on over the page is one."""
    found: list[Column] = []
    for page in pages:
        if found_here := segments(page):
            body = _middle([word.size for word in page.words if not word.drawn])
            here = _read(found_here, body, page.rules, known=found[-1].gutter if found else None)
            for column in here:
                column.pages.add(page.number)
            _append(found, here)
    return found


def _append(found: list[Column], here: list[Column]) -> None:
    """The next page's columns: behind all, but a column that the page before ended with is carried on there."""
    ended = list(itertools.takewhile(lambda column: column.gutter is not None, reversed(found)))
    for column in here:
        match = None
        if column.gutter is not None:
            match = next((c for c in ended if c.side == column.side and _near(c.gutter, column.gutter)), None)
        elif column is here[0] or len(here) == 1:
            match = next((c for c in ended if _fits(column, c)), None)
        if match is not None and not match.pages & column.pages:
            match.rows += column.rows
            match.pages |= column.pages
        else:
            found.append(column)


def _near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) < 12


def _fits(column: Column, other: Column) -> bool:
    """A page that holds only the rest of one column."""
    gutter = other.gutter or 0.0
    left = all(row.x1 <= gutter + 2 for row in column.rows)
    right = all(row.x0 >= gutter - 2 for row in column.rows)
    return (other.side == "right" and right) or (other.side == "left" and left)


def _middle(sizes: list[float]) -> float:
    return sorted(sizes)[len(sizes) // 2] if sizes else 10.0


def _read(
    segments: list[Segment], body: float, rules: Sequence[Box], depth: int = 0, known: float | None = None
) -> list[Column]:
    """`known`: the gutter of the page before, good for fewer rows than a new one needs."""
    split = _best_gutter(segments, body, rules) if depth < 6 and len(segments) > 3 else None
    if split is None and known is not None:
        split = _same_gutter(segments, known, body, rules)
    if split is None:
        return [Column(_rows(segments))]
    gutter, top, bottom = split
    above = [segment for segment in segments if segment.base < top]
    below = [segment for segment in segments if segment.base > bottom]
    within = [segment for segment in segments if top <= segment.base <= bottom]
    found = _read(above, body, rules, depth + 1) if above else []
    for left, right in _bands(within, gutter):
        for side, part in (("left", left), ("right", right)):
            inner = _read(part, body, rules, depth + 1)
            if len(inner) == 1:
                inner[0].gutter, inner[0].side = gutter, side
            found += inner
    return found + (_read(below, body, rules, depth + 1) if below else [])


def _bands(segments: list[Segment], gutter: float) -> list[tuple[list[Segment], list[Segment]]]:
    """(left, right) of the gutter, apart where both sides begin a section on one line: what stands above it there,
    often a list in two halves, is read first."""
    starts = [row.base for row in _rows(segments) if _heads_both(row, gutter + 1)]
    found: list[tuple[list[Segment], list[Segment]]] = [([], [])]
    for segment in sorted(segments, key=lambda one: one.base):
        if starts and segment.base > starts[0] - 0.5 * segment.size:
            starts.pop(0)
            if all(found[-1]):
                found.append(([], []))
        found[-1][segment.x1 > gutter + 1].append(segment)
    return found


def _best_gutter(segments: list[Segment], body: float, rules: Sequence[Box]) -> tuple[float, float, float] | None:
    """(x, first baseline, last baseline) of the gutter that parts most text, if any does."""
    rows = _rows(segments)
    edges = sorted({round(segment.x0, 0) for row in rows for segment in row.segments[1:]})
    edges += [edge for edge in sorted({round(row.x0, 0) for row in rows}) if edge not in edges]
    best: tuple[float, float, float, float] | None = None
    for edge in edges:
        x = edge - 1.0
        for whole in _runs(rows, x, body, rules):
            for run in (whole, _from_headings(whole, x)):
                score = _score(run, x, body)
                if score and (best is None or score > best[0]):
                    best = (score, x, run[0].base - 0.1, run[-1].base + 0.1)
                    break
    return best[1:] if best else None


def _same_gutter(
    segments: list[Segment], x: float, body: float, rules: Sequence[Box]
) -> tuple[float, float, float] | None:
    """The gutter of the page before, as far down as nothing crosses it, where there is something on either side."""
    rows = _rows(segments)
    runs = _runs(rows, x, body, rules)
    if not runs or runs[0][0] is not rows[0]:
        return None
    sides = {segment.x0 < x - 1 for row in runs[0] for segment in row.segments}
    return (x, runs[0][0].base - 0.1, runs[0][-1].base + 0.1) if len(sides) == 2 else None


def _runs(rows: list[Row], x: float, body: float, rules: Sequence[Box]) -> list[list[Row]]:
    """The longest stretches of rows that nothing crosses at x, no text and no rule."""
    runs: list[list[Row]] = [[]]
    across = crossed(rules, x)
    for row in rows:
        if runs[-1] and any(runs[-1][-1].base - 1 < y < row.base - 0.3 * row.size for y in across):
            runs.append([])
        if any(segment.x0 < x - 1 and segment.x1 > x - GUTTER * body * 0.5 for segment in row.segments):
            runs.append([])
        else:
            runs[-1].append(row)
    return [trimmed for run in runs if (trimmed := _trim(_before_dates(run, x), x))]


def _before_dates(run: list[Row], x: float) -> list[Row]:
    """Addresses at the top right are a column of their own, though the dates of the entries stand below them."""
    right = [segment for row in run for segment in row.segments if segment.x0 >= x - 1]
    dates = list(itertools.takewhile(lambda segment: when.is_dates(segment.text), reversed(right)))
    if len(dates) < 2 or not any("@" in segment.text for segment in right):
        return run
    return [row for row in run if row.base < dates[-1].base - 1]


def _from_headings(run: list[Row], x: float) -> list[Row]:
    """From the first row with a heading on either side: what stands above it may be read row by row."""
    at = next((number for number, row in enumerate(run) if _heads_both(row, x)), len(run))
    return run[at:] if at else []


def _heads_both(row: Row, x: float) -> bool:
    """ "Languages" and "Certifications" level with each other, a column beneath each."""
    sides = {segment.x0 < x - 1 for segment in row.segments}
    headed = len(row.segments) > 1 and all(vocabulary.heading(segment.text) for segment in row.segments)
    return len(sides) == 2 and headed and len({_face(segment) for segment in row.segments}) == 1


def _trim(run: list[Row], x: float) -> list[Row]:
    """Without the rows at either end that lie on one side only and apart from the rest: a centred name, a last line."""
    both = [n for n, row in enumerate(run) if row.x0 < x <= max(segment.x0 for segment in row.segments) + 1]
    if not both:
        left = [n for n, row in enumerate(run) if row.x0 < x]
        if not left or len(left) == len(run):
            return []
        return run
    first, last = both[0], both[-1]
    edges = [segment.x0 for row in run[first : last + 1] for segment in (row.segments[0], row.segments[-1])]
    while first > 0 and (_beside(run[first - 1], run[first]) or _in_line(run[first - 1], edges)):
        first -= 1
    while last < len(run) - 1 and (run[last + 1].base - run[last].base < 60):
        last += 1
    while last > both[-1] and vocabulary.heading(run[last].text) and run[last] is run[-1]:
        run, last = run[:last], last - 1  # what it heads goes across
    return run[first : last + 1]


def _in_line(row: Row, edges: list[float]) -> bool:
    """Flush with a column's left edge, as a name set large above it is and a centred one is not."""
    return sum(abs(row.x0 - edge) < 1.5 for edge in edges) >= 2


def _beside(upper: Row, lower: Row) -> bool:
    return lower.base - upper.base < 2.2 * max(lower.size, upper.size) and upper.size < 1.35 * lower.size


def _score(run: list[Row], x: float, body: float) -> float:
    left = [segment for row in run for segment in row.segments if segment.x0 < x - 1]
    right = [segment for row in run for segment in row.segments if segment.x0 >= x - 1]
    if min(len(left), len(right)) < 2 or len(left) + len(right) < MIN_SEGMENTS:
        return 0.0
    gap = x + 1 - max(segment.x1 for segment in left)
    if gap < GUTTER * body:
        return 0.0
    overlap = min(left[-1].base, right[-1].base) - max(left[0].base, right[0].base)
    headed = _heads_both(run[0], x) and min(one.x0 for one in run[0].segments if one.x0 >= x - 1) < x + 3 * body
    if overlap < 2 * body or (not headed and (_labels(left, right) or _labels(right, left))):
        return 0.0
    sizes = [sum(segment.x1 - segment.x0 for segment in side) for side in (left, right)]
    return float(min(overlap, 400) * min(gap, 3 * body) * min(min(sizes), 4000.0) ** 0.5)


def _labels(side: list[Segment], other: list[Segment]) -> bool:
    """Whether one side only labels the rows of the other: dates, places, headings, short words on its baselines."""
    bases = [segment.base for segment in other]
    rows = [
        segment
        for number, segment in enumerate(side)
        if not vocabulary.heading(segment.text) and not (number and _goes_on(side[number - 1].text, segment.text))
    ]
    if sum(bool(CONTACT.fullmatch(segment.text)) for segment in other) > 1 and _beside_labels(side, other):
        return True
    if _dates_other(side, other):
        return True
    if any("@" in segment.text or _bulleted(segment) for segment in side):
        return False
    level = sum(any(abs(segment.base - base) < 0.35 * segment.size for base in bases) for segment in rows)
    if all(when.is_dates(segment.text) or (when.is_piece(segment.text) and 2 * level > len(rows)) for segment in rows):
        return True  # headings, or dates, and nothing they head or date: that is on the other side
    headings = {_face(segment) for segment in side if vocabulary.heading(segment.text)}
    beside = [segment for segment in rows if segment.base > bases[0] - segment.size]  # not a title above
    others = [segment for segment in beside if not when.is_dates(segment.text)]
    few = len(rows) < len(side) - 1 or 2 * len(others) <= len(side)
    if len(headings) == 1 and few and {_face(segment) for segment in others} <= headings:
        return True  # a heading among headings, in words that we do not know, and the dates beneath them
    aligned = sum(any(abs(segment.base - base) < 0.25 * segment.size for base in bases) for segment in rows)
    dated = sum(when.find(segment.text) is not None for segment in rows)
    long = sum(len(segment.text.split()) > 5 for segment in rows)
    if long > 0.15 * len(rows):
        return False
    # A row with nothing beside it labels nothing, and is none of a column's lines either.
    alone = sum(all(abs(segment.base - base) > 1.1 * segment.size for base in bases) for segment in rows)
    # Dates wrap and hang lower now and then; anything else has to stand on its row.
    least = (0.7 if dated >= 0.4 * len(rows) else 0.85) * (len(rows) - alone)
    return aligned >= least and aligned >= 0.4 * len(rows)


def _goes_on(above: str, text: str) -> bool:
    """The rest of dates, or of a heading, that had no more room."""
    return above.endswith(("–", "-", "—")) or bool(vocabulary.heading(f"{above} {text}"))


def _dates_other(side: list[Segment], other: list[Segment]) -> bool:
    """Whether dates on one side are those of entries on the other: level with lines there, where no others are, and
    with nothing of their own above or below them."""
    dates = [segment for segment in side if when.is_dates(segment.text)]
    if len(dates) < 2 or any(when.is_dates(segment.text) for segment in other):
        return False
    kept = [one for one in side if not (when.is_dates(one.text) or vocabulary.heading(one.text))]
    beneath = ((date, one) for date in dates for one in kept if one.x0 < date.x1 and one.x1 > date.x0)
    alone = all(abs(one.base - date.base) > 1.9 * date.size for date, one in beneath)
    bullets = [one.base for one in other if _bulleted(one)]
    below = [next((one for one in side if one.base > date.base + 1), None) for date in dates]
    # A list in two columns under the title and its dates: its right half stands below these.
    alone = alone or all(
        one is None or (_bulleted(one) and any(abs(one.base - base) < 2 for base in bullets)) for one in below
    )
    return alone and all(any(abs(one.base - date.base) < 0.35 * date.size for one in other) for date in dates)


def _bulleted(segment: Segment) -> bool:
    return segment.words[0].drawn or segment.text[:1] in GLYPHS


def _beside_labels(side: list[Segment], other: list[Segment]) -> bool:
    """Whether the address, the number and the rest each stand behind the word that says what they are."""
    named = [segment.base for segment in other if CONTACT.fullmatch(segment.text)]
    reached = [segment for segment in side if reaches(segment.text)]
    return bool(reached) and all(any(abs(one.base - base) < 0.25 * one.size for base in named) for one in reached)


def _face(segment: Segment) -> tuple[float, bool, bool]:
    word = segment.words[0]
    return (word.size, word.bold, word.italic)


def _rows(segments: Sequence[Segment]) -> list[Row]:
    rows: list[Row] = []
    for segment in sorted(segments, key=lambda segment: (segment.base, segment.x0)):
        row = rows[-1] if rows else None
        if row is not None and (
            abs(row.base - segment.base) < 0.4 * min(row.size, segment.size) or _hangs(row, segment)
        ):
            row.segments.append(segment)
            row.segments.sort(key=lambda one: one.x0)
        else:
            rows.append(Row([segment]))
    return rows


def _hangs(row: Row, segment: Segment) -> bool:
    """Small dates beside a large title, or a large heading in the margin beside a line, not quite level with it."""
    apart = segment.x0 > row.x1 or segment.x1 < row.x0
    if not apart or row.size == segment.size or abs(row.base - segment.base) > 0.75 * max(row.size, segment.size):
        return False
    left, right = (row, segment) if row.x0 < segment.x0 else (segment, row)
    heads = left.size > right.size and vocabulary.heading(left.text)
    return bool(heads) or when.is_dates(segment.text) or when.is_dates(row.text)
