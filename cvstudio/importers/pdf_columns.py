"""An untagged page put into reading order: segments of lines, columns found by their gutters, rows, then blocks.

A segment is a run of words without a wide gap. A gutter is a strip that no segment crosses over several rows in a row.
Two sides of a gutter are read one after the other, unless one of them only labels the rows of the other (dates, places,
headings in the margin): then they are read row by row.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cvstudio.importers import when
from cvstudio.importers import words as vocabulary
from cvstudio.importers.blocks import GLYPHS
from cvstudio.importers.contacts import LABEL as CONTACT
from cvstudio.importers.contacts import reaches
from cvstudio.importers.pdf_words import SPACE, WIDE, Page, Word, as_read, box, pieces

MIN_SEGMENTS = 5  # on both sides together, before a gap is a gutter
PAGE_NUMBER = re.compile(
    r"^(?:page\s*)?\d{1,2}\s*(?:(?:/|of|sur|de)\s*\d{1,2})?$|^.{2,60}\spage\s\d{1,2}\s*(?:/|of|sur|de)\s*\d{1,2}$",
    re.IGNORECASE,
)
GUTTER = 0.9  # of the body size: the narrowest gutter


@dataclass(slots=True)
class Segment:
    words: list[Word]
    page: int
    text: str = ""
    x0: float = field(init=False)
    x1: float = field(init=False)
    base: float = field(init=False)
    size: float = field(init=False)

    def __post_init__(self) -> None:
        self.x0 = min(word.x0 for word in self.words)
        self.x1 = max(word.x1 for word in self.words)
        self.base = self.words[-1].base
        self.size = max(word.size for word in self.words)


@dataclass
class Row:
    """One line of one column, its segments from left to right."""

    segments: list[Segment]
    end: float | None = None  # where its lines end, if not where its column does

    @property
    def words(self) -> list[Word]:
        return [word for segment in self.segments for word in segment.words]

    @property
    def base(self) -> float:
        return max(self.segments, key=lambda segment: segment.size).base

    @property
    def x0(self) -> float:
        return min(segment.x0 for segment in self.segments)

    @property
    def x1(self) -> float:
        return max(segment.x1 for segment in self.segments)

    @property
    def size(self) -> float:
        return max(segment.size for segment in self.segments)

    @property
    def page(self) -> int:
        return self.segments[0].page

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


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
        segments = _segments(page)
        if segments:
            segments = _unstacked(segments)
            body = _middle([word.size for word in page.words if not word.drawn])
            here = _read(segments, body, known=found[-1].gutter if found else None)
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


def _segments(page: Page) -> list[Segment]:
    """Words on one baseline without a wide gap, top to bottom and left to right."""
    lines: list[list[Word]] = []
    for word in sorted(page.words, key=lambda word: (word.base, word.x0)):
        home = next(
            (
                line
                for line in reversed(lines[-6:])
                if abs(line[-1].base - word.base) < 0.35 * min(line[-1].size, word.size)
            ),
            None,
        )
        if home is None:
            lines.append([word])
        else:
            home.append(word)
    found: list[Segment] = []
    for line in lines:
        line.sort(key=lambda word: word.x0)
        line = _without_meters(line)
        run: list[Word] = []
        for word in line:
            gap = word.x0 - run[-1].x1 if run else 0.0
            # A bullet belongs to the words behind it, however far it hangs out: word processors leave half an inch.
            wide = 3.0 if len(run) == 1 and (run[0].drawn or run[0].text in GLYPHS) else WIDE
            begins = word.drawn and bool(run) and when.is_dates(" ".join(one.text for one in run))
            begins = begins or (gap > 0.45 * word.size and _styled_apart(run, word))
            if run and (begins or gap > wide * max(run[-1].size if not run[-1].drawn else word.size, 4)):
                found.append(_segment(run, page))
                run = []
            run.append(word)
        if run:
            found.append(_segment(run, page))
    return [
        segment for segment in found if any(not word.drawn for word in segment.words) and not _number(segment, page)
    ]


def _styled_apart(run: list[Word], word: Word) -> bool:
    """Dates in a narrow margin, and the title beside them in another face."""
    same = (run[-1].bold, run[-1].italic, run[-1].size) == (word.bold, word.italic, word.size)
    return not same and when.is_piece(" ".join(one.text for one in run))


def _unstacked(segments: list[Segment]) -> list[Segment]:
    """A period that a narrow column breaks over several lines, "October" over "2020 –" over "Present", on one line:
    that of what stands beside its first."""
    pieces = sorted((one for one in segments if when.is_piece(one.text)), key=lambda one: one.base)
    others = [one.base for one in segments if not when.is_piece(one.text)]
    stacks: dict[int, list[Segment]] = {}
    taken: set[int] = set()
    for number, first in enumerate(pieces):
        if id(first) in taken:
            continue
        stack = [first]
        for one in pieces[number + 1 :]:
            beneath = one.x0 < stack[-1].x1 and one.x1 > stack[-1].x0
            if beneath and 0.8 * one.size < one.base - stack[-1].base < 2.4 * one.size and id(one) not in taken:
                stack.append(one)
        if count := _period(stack):
            stacks[id(first)] = stack[:count]
            taken |= {id(one) for one in stack[:count]}
    found = []
    for one in segments:
        if id(one) in stacks:
            base = min([one.base, *others], key=lambda base: abs(base - one.base) or one.size)
            base = base if abs(base - one.base) < 0.9 * one.size else one.base
            words = [replace(word, base=base, spaced=True) for part in stacks[id(one)] for word in part.words]
            found.append(Segment(words, one.page, " ".join(part.text for part in stacks[id(one)])))
        elif id(one) not in taken:
            found.append(one)
    return found


def _period(stack: list[Segment]) -> int:
    """How many of the lines make up one period, with how long it lasted if that follows; 0 when none do."""
    for count in range(1, min(len(stack), 6) + 1):
        span = when.find(" ".join(one.text for one in stack[:count]))
        if span and span.alone and not span.single:
            lasted = len(stack) > count and when.is_length(stack[count].text)
            return count + lasted if count + lasted > 1 else 0
    return 0


def _number(segment: Segment, page: Page) -> bool:
    """The number of the page, in its margin."""
    edge = segment.base > 0.9 * page.height or segment.base < 0.06 * page.height
    return edge and bool(PAGE_NUMBER.match(segment.text))


def _without_meters(line: list[Word]) -> list[Word]:
    """Four or five dots in a row tell a level, not four bullets."""
    kept: list[Word] = []
    dots: list[Word] = []
    for word in [*line, None]:
        if word is not None and word.drawn and (not dots or word.x0 - dots[-1].x1 < word.size):
            dots.append(word)
            continue
        if len(dots) < 3:
            kept += dots
        dots = [word] if word is not None and word.drawn else []
        if word is not None and not word.drawn:
            kept.append(word)
    return kept


def _segment(run: list[Word], page: Page) -> Segment:
    for number, word in enumerate(run[1:], start=1):
        word.spaced = word.spaced or word.x0 - run[number - 1].x1 > SPACE * word.size + word.tracking
    return Segment(list(run), page.number, "".join(piece.joint + piece.text for piece in pieces(as_read(run))).strip())


def _read(segments: list[Segment], body: float, depth: int = 0, known: float | None = None) -> list[Column]:
    """`known`: the gutter of the page before, good for fewer rows than a new one needs."""
    split = _best_gutter(segments, body) if depth < 6 and len(segments) > 3 else None
    if split is None and known is not None:
        split = _same_gutter(segments, known, body)
    if split is None:
        return [Column(_rows(segments))]
    gutter, top, bottom = split
    above = [segment for segment in segments if segment.base < top]
    below = [segment for segment in segments if segment.base > bottom]
    within = [segment for segment in segments if top <= segment.base <= bottom]
    left = [segment for segment in within if segment.x1 <= gutter + 1]
    right = [segment for segment in within if segment.x1 > gutter + 1]
    found = _read(above, body, depth + 1) if above else []
    for side, part in (("left", left), ("right", right)):
        inner = _read(part, body, depth + 1)
        if len(inner) == 1:
            inner[0].gutter, inner[0].side = gutter, side
        found += inner
    return found + (_read(below, body, depth + 1) if below else [])


def _best_gutter(segments: list[Segment], body: float) -> tuple[float, float, float] | None:
    """(x, first baseline, last baseline) of the gutter that parts most text, if any does."""
    rows = _rows(segments)
    edges = sorted({round(segment.x0, 0) for row in rows for segment in row.segments[1:]})
    edges += [edge for edge in sorted({round(row.x0, 0) for row in rows}) if edge not in edges]
    best: tuple[float, float, float, float] | None = None
    for edge in edges:
        x = edge - 1.0
        for whole in _runs(rows, x, body):
            for run in (whole, _from_headings(whole, x)):
                score = _score(run, x, body)
                if score and (best is None or score > best[0]):
                    best = (score, x, run[0].base - 0.1, run[-1].base + 0.1)
                    break
    return best[1:] if best else None


def _same_gutter(segments: list[Segment], x: float, body: float) -> tuple[float, float, float] | None:
    """The gutter of the page before, as far down as nothing crosses it, where there is something on either side."""
    rows = _rows(segments)
    runs = _runs(rows, x, body)
    if not runs or runs[0][0] is not rows[0]:
        return None
    sides = {segment.x0 < x - 1 for row in runs[0] for segment in row.segments}
    return (x, runs[0][0].base - 0.1, runs[0][-1].base + 0.1) if len(sides) == 2 else None


def _runs(rows: list[Row], x: float, body: float) -> list[list[Row]]:
    """The longest stretches of rows that nothing crosses at x."""
    runs: list[list[Row]] = [[]]
    for row in rows:
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
    if overlap < 2 * body or (not _heads_both(run[0], x) and (_labels(left, right) or _labels(right, left))):
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
    alone = all(abs(one.base - date.base) > 1.9 * date.size for date in dates for one in kept)
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


def place(rows: Sequence[Row]) -> tuple[int, tuple[float, float, float, float]]:
    """(page, box) of rows, of those on the first one's page."""
    here = [word for row in rows if row.page == rows[0].page for word in row.words]
    return rows[0].page, box(here)
