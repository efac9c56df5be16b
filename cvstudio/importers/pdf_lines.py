"""A page's words → segments, runs of words on one line without a wide gap, and rows of these."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cvstudio.importers import when
from cvstudio.importers.blocks import GLYPHS
from cvstudio.importers.pdf_words import SPACE, WIDE, Page, Word, as_read, box, pieces

PAGE_NUMBER = re.compile(
    r"^(?:page\s*)?\d{1,2}\s*(?:(?:/|of|sur|de)\s*\d{1,2})?$|^.{2,60}\spage\s\d{1,2}\s*(?:/|of|sur|de)\s*\d{1,2}$",
    re.IGNORECASE,
)


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


def segments(page: Page) -> list[Segment]:
    """From top to bottom and from left to right."""
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
            begins = begins or (bool(run) and run[-1].frame != word.frame)
            if run and (begins or gap > wide * max(run[-1].size if not run[-1].drawn else word.size, 4)):
                found.append(_segment(run, page))
                run = []
            run.append(word)
        if run:
            found.append(_segment(run, page))
    return _unstacked([one for one in found if any(not word.drawn for word in one.words) and not _number(one, page)])


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
        right = run[number - 1] if word.mirror else word
        right.spaced = right.spaced or word.x0 - run[number - 1].x1 > SPACE * word.size + word.tracking
    return Segment(list(run), page.number, "".join(piece.joint + piece.text for piece in pieces(as_read(run))).strip())


def place(rows: Sequence[Row]) -> tuple[int, tuple[float, float, float, float]]:
    """(page, box) of rows, of those on the first one's page."""
    here = [word for row in rows if row.page == rows[0].page for word in row.words]
    return rows[0].page, box(here)
