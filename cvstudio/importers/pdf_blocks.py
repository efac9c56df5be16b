"""Rows of a column → blocks: wrapped lines put together again, bullets and headings told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cvstudio.importers import when
from cvstudio.importers import words as vocabulary
from cvstudio.importers.blocks import BULLET, GLYPHS, Block
from cvstudio.importers.contacts import reaches
from cvstudio.importers.model import Place
from cvstudio.importers.pdf_columns import Column, columns
from cvstudio.importers.pdf_lines import Row, Segment, place
from cvstudio.importers.pdf_mirror import mirrored
from cvstudio.importers.pdf_words import Page, Word, as_read, pieces, unbroken

GRIDS = {"skills", "languages", "interests", "references"}  # sections that are often set in several columns
MAX_CELL_LINES = 6  # under the name of a group
# No address ends so, and none begins as what follows.
CUT = re.compile(r"://\S*- |@ |@\S*\. (?:[\w-]+\.)+[a-z]+$")


@dataclass(frozen=True, slots=True)
class Edges:
    """Where the lines of a column begin and end."""

    left: float
    right: float
    ragged: bool  # they end flush right, and begin anywhere


def read(pages: Sequence[Page]) -> list[Block]:
    """The document's blocks in reading order, from geometry alone."""
    blocks: list[Block] = []
    for column in columns(mirrored(pages)):
        here = _column(column)
        if here:
            here[0].first = True
        blocks += here
    return [one for one, following in pairwise([*blocks, None]) if one and not _cut_by_the_page(one, following)]


def _cut_by_the_page(block: Block, following: Block | None) -> bool:
    """A line that the page's end goes through is drawn on both pages, less well on the first."""
    if following is None or block.place.page == following.place.page:
        return False
    one, other = ("".join(filter(str.isalnum, each.text)) for each in (block, following))
    return len(one) > 3 and one == other


def _column(column: Column) -> list[Block]:
    rows = _with_dates(_halves(column.rows))
    rows = _by_cells([row for whole in _unwrapped(rows) for row in _apart(whole)])
    rows = [row for row in rows if any(not word.drawn for word in row.words)]
    if not rows:
        return []
    leading = _leading(rows)
    edges = _edges(rows)
    below = [(above, row) for above, row in pairwise(rows) if row.text[:1].islower()]
    wraps = any(_full(above, row, edges[above.page]) for above, row in below)
    listed = False
    blocks: list[Block] = []
    group = [rows[0]]
    for above, row in pairwise(rows):
        listed = vocabulary.heading(above.text) in GRIDS or (listed and not vocabulary.heading(above.text))
        # What holds nothing but short names is as wide as the longest of them: it says nothing of where lines end.
        named = (
            (listed or edges[row.page].ragged)
            and not wraps
            and row.text[:1].isupper()
            and not above.text.endswith((",", "-", "&", "/"))
        )
        if not named and _goes_on(group, above, row, leading, edges[above.page]):
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


def _halves(rows: Sequence[Row]) -> list[Row]:
    """Bullets set in two columns under their title: those on the left, then those on the right, each with its lines."""
    found: list[Row] = []
    at = 0
    while at < len(rows):
        cut = _side_by_side(rows[at:])
        if cut:
            left, right = ([Row(part) for part in side if part] for side in zip(*cut, strict=True))
            end = max(row.x1 for row in left)
            found += [*(replace(row, end=end) for row in left), *_halves(right)]
        else:
            found.append(rows[at])
        at += len(cut) or 1
    return found


def _side_by_side(rows: Sequence[Row]) -> list[tuple[list[Segment], list[Segment]]]:
    """(left, right) of the first rows, as far as they are two columns of bullets whose lines go on; else nothing."""
    first, bulleted = rows[0], [segment for segment in rows[0].segments if _bulleted(segment.words)]
    if len(bulleted) < 2 or bulleted[0] is not first.segments[0]:
        return []
    x = bulleted[1].x0
    found: list[tuple[list[Segment], list[Segment]]] = []
    for above, row in pairwise([first, *rows]):
        near = row.page == first.page and row.base - above.base < 2.2 * row.size
        alike = abs(row.size - first.size) < 0.08 * row.size and row.words[-1].bold == first.words[-1].bold
        parts = [part for segment in row.segments for part in _cut_at(segment, x)]
        apart = row.x0 > first.x0 - 1 and all(part.x1 < x or part.x0 > x - 1.5 for part in parts)
        if not (near and alike and apart) or any(when.is_dates(part.text) for part in parts):
            break
        found.append(([part for part in parts if part.x1 < x], [part for part in parts if part.x1 >= x]))
    wrapped = any(not _bulleted(side[0].words) for sides in found for side in sides if side)
    return found if wrapped else []


def _cut_at(segment: Segment, x: float) -> list[Segment]:
    """In two where a bullet stands at x, however little room there is before it."""
    at = next((n for n, word in enumerate(segment.words) if n and abs(word.x0 - x) < 1.5), 0)
    if not at or not _bulleted(segment.words[at:]):
        return [segment]
    return [Segment(words, segment.page, _text(words)) for words in (segment.words[:at], segment.words[at:])]


def _text(words: Sequence[Word]) -> str:
    return "".join(piece.joint + piece.text for piece in pieces(as_read(words))).strip()


def _with_dates(rows: Sequence[Row]) -> list[Row]:
    """Dates to the right that wrapped, or hang beside the first bullet, go up to the title they belong to."""
    found: list[Row] = []
    head: Row | None = None  # the last title
    for row in rows:
        last = row.segments[-1]
        if head and len(row.segments) > 1 and when.is_piece(last.text) and _takes(head, row, last):
            if when.is_piece(head.segments[-1].text):
                head.segments[-1] = _joined(head.segments[-1], last)
            else:
                head.segments.append(_at(head.base, last))
            row = Row(row.segments[:-1])
        elif not _bulleted(row.words):
            head = row
        found.append(row)
    return found


def _takes(head: Row, row: Row, dates: Segment) -> bool:
    """Whether a title has no dates yet, or only the first part of some, just above these."""
    near = head.page == row.page and 0 < row.base - head.base < 5 * row.size
    known = head.segments[-1]
    if when.is_piece(known.text) and len(head.segments) > 1:
        beneath = dates.x0 < known.x1 and dates.x1 > known.x0
        unfinished = known.text.endswith(("–", "-", "—")) or dates.text[:1] in "–-—" or not when.find(dates.text)
        return near and beneath and unfinished
    return near and _bulleted(row.words) and not when.find(head.text)


def _unwrapped(rows: Sequence[Row]) -> list[Row]:
    """Dates and headings in the margin that went on in the row below, "03/2022 –" over "06/2023", in one row again."""
    found: list[Row] = []
    headed: Row | None = None  # the last one with a heading in its margin
    for row in rows:
        above = found[-1] if found else None
        first = row.segments[0]
        if headed and _beneath(headed, first) and _one_label(headed.segments[0].text, first.text):
            headed.segments[0] = _joined(headed.segments[0], first)
            row = Row(row.segments[1:])
            if not row.segments:
                continue
            first = row.segments[0]
        elif headed and _pushed_down(headed, first):
            headed.segments.insert(1, _at(headed.base, first))
            headed, row = None, Row(row.segments[1:])
            if not row.segments:
                continue
            first = row.segments[0]
        if above and len(above.segments) > 1 and _one_label(above.segments[0].text, first.text):
            label = above.segments[0]
            near = above.page == row.page and row.base - above.base < 2 * first.size
            if near and abs(first.x1 - label.x1) + abs(first.x0 - label.x0) < 12 * first.size:
                above.segments[0] = _joined(label, first)
                row = Row(row.segments[1:])
        elif above and _beside_dates(above, row):
            above.segments[0] = _joined(above.segments[0], first)
            row = Row([])
        if row.segments:
            found.append(row)
            if len(row.segments) > 1 and vocabulary.heading(row.segments[0].text):
                headed = row
    return found


def _beneath(headed: Row, first: Segment) -> bool:
    """Under a heading in the margin, flush with it, and not in the way of what stands beside it."""
    heading = headed.segments[0]
    near = headed.page == first.page and 0 < first.base - headed.base < 3.5 * heading.size
    return near and abs(first.x0 - heading.x0) < 1.5 and first.x1 < headed.segments[-1].x0


def _pushed_down(headed: Row, first: Segment) -> bool:
    """Dates in the margin that stand under the section's heading there, where the first entry's line has begun."""
    dated = any(when.find(one.text) for one in headed.segments)
    return _beneath(headed, first) and when.is_dates(first.text) and not dated


def _at(base: float, segment: Segment) -> Segment:
    return Segment([replace(word, base=base) for word in segment.words], segment.page, segment.text)


def _joined(*parts: Segment) -> Segment:
    words = [replace(word, base=parts[0].base) for part in parts for word in part.words]  # on one line now
    return Segment(words, parts[0].page, " ".join(part.text for part in parts))


def _beside_dates(above: Row, row: Row) -> bool:
    """Whether a title that had no more room beside its dates goes on in this row."""
    if len(above.segments) != 2 or len(row.segments) > 1 or above.page != row.page or _bulleted(row.words):
        return False
    title, dates = above.segments
    last, first = title.words[-1], row.words[0]
    same = (last.bold, last.italic, last.size) == (first.bold, first.italic, first.size)
    near = abs(title.x0 - row.x0) < 1.5 and row.base - above.base < 1.6 * row.size
    full = title.x1 + (first.x1 - first.x0) > dates.x0 - 2 * row.size
    return same and near and full and when.is_dates(dates.text) and not vocabulary.heading(row.text)


def _unbroken_cells(rows: Sequence[Row]) -> list[Row]:
    """ "Photographie" in a grid, with "argentique" in the row below, is one cell."""
    found: list[Row] = []
    for row in rows:
        above = found[-1] if found else None
        if above and len(above.segments) > 1 and _rest_of_cells(above, row):
            cells = _cells(row, above)
            above.segments = [_joined(one, *cells.get(number, ())) for number, one in enumerate(above.segments)]
        else:
            found.append(row)
    return found


def _rest_of_cells(above: Row, row: Row) -> bool:
    near = above.page == row.page and row.base - above.base < 1.5 * row.size
    small = all(segment.text[:1].islower() for segment in row.segments)
    same = {_face(segment.words[0]) for segment in [*above.segments, *row.segments]}
    cells = _cells(row, above) if near and small and len(same) == 1 else {}
    return bool(cells) and all(len(one) == 1 and one[0].x0 < above.segments[n].x0 + 1.5 for n, one in cells.items())


def _by_cells(rows: Sequence[Row]) -> list[Row]:
    """Lists set as a grid, "Français" and "Anglais" above their levels, cell by cell instead of line by line."""
    found: list[Row] = []
    rows = _unbroken_cells(rows)
    listed, at = False, 0
    while at < len(rows):
        if len(rows[at].segments) == 1 and (key := vocabulary.heading(rows[at].text)):
            listed = key in GRIDS
        below = _below(rows, at, listed)
        if below:
            beneath = [_cells(row, rows[at]) for row in rows[at + 1 : at + 1 + below]]
            for number, head in enumerate(rows[at].segments):
                found += [Row([head]), *(Row(cells[number]) for cells in beneath if number in cells)]
        else:
            found.append(rows[at])
        at += 1 + below
    return found


def _below(rows: Sequence[Row], at: int, listed: bool) -> int:
    """How many rows hang under the cells of this one: in another style, each segment beneath one of its.

    `listed`: in a section that is a list; elsewhere every cell has dates of its own, or it is no entry.
    """
    head = rows[at]
    style = _face(head.words[0])
    if len(head.segments) < 2 or any(_face(segment.words[0]) != style for segment in head.segments):
        return 0
    count = 0
    listed = listed or _headings(head)
    for above, row in pairwise(rows[at : at + 1 + (len(rows) if _headings(head) else MAX_CELL_LINES)]):
        follows = row.page == above.page and row.base - above.base < 3 * row.size
        apart = all(_face(segment.words[0]) != style for segment in row.segments)
        if not (follows and apart and _cells(row, head)) or vocabulary.heading(row.text):
            break
        count += 1
    filled = [_cells(row, head) for row in rows[at + 1 : at + 1 + count]]
    dated = {number for cells in filled for number, cell in cells.items() if any(when.find(one.text) for one in cell)}
    found = {number for cells in filled for number in cells} if listed else dated
    return count if len(found) > 1 and (listed or len(found) == len(head.segments)) else 0


def _headings(row: Row) -> bool:
    return all(vocabulary.heading(segment.text) for segment in row.segments)


def _cells(row: Row, head: Row) -> dict[int, list[Segment]]:
    """The row's segments by the segment of the head that they stand beneath; none when one of these is not flush."""
    found: dict[int, list[Segment]] = {}
    for segment in row.segments:
        number = sum(segment.x0 > one.x0 - 1.5 for one in head.segments) - 1
        if number not in found and not (number >= 0 and segment.x0 < head.segments[number].x0 + segment.size):
            return {}
        found.setdefault(number, []).append(segment)
    return found


def _face(word: Word) -> tuple[float, bool, bool]:
    return (word.size, word.bold, word.italic)


def _one_label(above: str, below: str) -> bool:
    half = when.is_piece(above) and when.is_piece(below) and not when.is_period(above)
    whole = when.find(f"{above} {below}") if half or above.endswith(("–", "-", "—")) else None
    worded = above[:1].isalpha() and not any(letter.isdigit() for letter in above + below)
    period = whole is not None and whole.alone and not (half and whole.single)
    return period or (worded and bool(vocabulary.heading(f"{above} {below}")))


def _apart(row: Row) -> list[Row]:
    """A heading in the margin stands before its row, not in it; the two halves of a list in two columns likewise."""
    first = row.segments[0]
    if len(row.segments) > 1 and _headings(row):
        return [row]
    if len(row.segments) > 1 and vocabulary.heading(first.text):
        return [Row([first]), Row(row.segments[1:])]
    bulleted = [_bulleted(segment.words) for segment in row.segments]
    if len(row.segments) > 1 and all(bulleted):
        return [Row([segment]) for segment in row.segments]
    beside = [when.is_dates(segment.text) for segment in row.segments[:-1]]
    if bulleted[-1] and sum(bulleted) == 1 and any(beside) and not all(beside):
        return [Row(row.segments[:-1]), Row(row.segments[-1:])]  # the first bullet beside the head, not beneath it
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


def _edges(rows: Sequence[Row]) -> dict[int, Edges]:
    """Of the column on each page."""
    found: dict[int, Edges] = {}
    for page in dict.fromkeys(row.page for row in rows):
        here = [row for row in rows if row.page == page]
        # The last line of a centred head may lie in a column without being as narrow.
        set_in = [row for row in here if not reaches(row.text)] or here
        left, right = min(row.x0 for row in set_in), max(row.x1 for row in set_in)
        ends, starts = (
            sum(abs(at - edge) < 1.5 for at in places)
            for edge, places in ((right, [row.x1 for row in here]), (left, [row.x0 for row in here]))
        )
        found[page] = Edges(left, right, ends > 0.8 * len(here) > 2 * starts)
    return found


def _goes_on(group: list[Row], above: Row, row: Row, leading: float, edges: Edges) -> bool:
    """Whether a row carries on the line above: same style, no more blank than usual, and no room left above."""
    if _framed(above) or _framed(row):
        return _framed(above) and _framed(row) and above.page == row.page and row.base - above.base < 3 * row.size
    if _bulleted(row.words) or len(row.segments) > 1 or (above.page != row.page and row.page != above.page + 1):
        return False
    first, last = row.words[0], [word for word in above.words if not word.drawn][-1]
    if abs(row.size - above.size) > 0.05 * row.size:
        return False
    item = _bulleted(group[0].words)
    if above.page == row.page and row.base - above.base > 1.28 * max(leading, 1.05 * row.size):
        return False
    if len(group) == 1 and (vocabulary.heading(f"{above.text} {row.text}") or _one_period(above, row)):
        return True
    headed = vocabulary.heading(row.text) and not (row.text.endswith(".") or row.text[:1].islower())
    if headed or vocabulary.heading(above.text) or when.is_dates(row.text):
        return False
    if len(group) == 1 and when.is_dates(above.text):
        return False
    if _alike(group[0].text, row.text):
        return False
    if reaches(above.text) or reaches(row.text):
        # An address may have taken more lines than one already.
        last_word, next_word = "".join(each.text for each in group).rsplit(" ", 1)[-1], row.text.split(" ", 1)[0]
        cut = bool(CUT.search(f"{last_word} {next_word}"))
        return unbroken(last_word, next_word) and (cut or _full(above, row, edges))
    if len(above.segments) > 1 and not item:
        return False
    start = group[0].words[1].x0 if item and len(group[0].words) > 1 else group[0].x0
    hanging = abs(row.x0 - start) < 0.5 * row.size
    if item and hanging and start > group[0].x0 + 2 and row.text[:1].islower():
        return True  # a list may be narrower than the text around it
    if item and not hanging and not (len(group) > 1 and abs(row.x0 - group[-1].x0) < 0.3 * row.size):
        flush = abs(row.x0 - group[0].x0) < 1
        if flush and row.text[:1].islower() and not above.text.endswith((".", ";")):
            return True
        beneath = flush and (row.text[:1].islower() or not above.text.endswith("."))
        return (beneath or row.x0 > group[0].x0 + 1) and _full(above, row, edges)
    if not item and not hanging and not _centred(group[0], row):
        return False
    if (first.bold, first.italic) != (last.bold, last.italic) and not _prose(group):
        return False
    if not item and {word.colour for word in above.words}.isdisjoint(word.colour for word in row.words):
        return False
    return _full(above, row, edges)


def _framed(row: Row) -> bool:
    """Words with a frame around each: a list."""
    return all(word.frame for word in row.words)


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


def _full(above: Row, row: Row, edges: Edges) -> bool:
    """The next word would not have fitted at the end of the line above."""
    first = row.words[0]
    room = (above.end or edges.right) - above.x1
    centred = abs(above.x0 - row.x0) > 0.5 * row.size and not _bulleted(above.words)
    if centred or edges.ragged:
        room += max(0.0, above.x0 - edges.left)
    return 0.2 * first.size + (first.x1 - first.x0) > room - 0.6 * first.size


def _centred(one: Row, other: Row) -> bool:
    """Or flush right."""
    return abs((one.x0 + one.x1) / 2 - (other.x0 + other.x1) / 2) < 1.5 or abs(one.x1 - other.x1) < 1.5


def _prose(group: Sequence[Row]) -> bool:
    return sum(len(row.words) for row in group) > 8


def _block(rows: Sequence[Row]) -> Block:
    words = [word for row in rows for word in row.words]
    item = _bulleted(rows[0].words)
    dots = [word for word in words if word.drawn]
    parts = (
        [rows]
        if all(len(row.segments) == 1 for row in rows)
        else [[Row([one])] for row in rows for one in row.segments]
    )
    spoken = [word for part in parts for word in as_read([one for row in part for one in row.words if not one.drawn])]
    number, area = place(rows)
    found = pieces(spoken, dots)
    if item and found:
        found[0].text = BULLET.sub("", found[0].text)
    found = [piece for piece in found if piece.text.strip()] or found
    terms = all(_framed(row) for row in rows)
    return Block(found, Place(page=number, box=area), item=item, indent=rows[0].x0, lines=len(rows), terms=terms)
