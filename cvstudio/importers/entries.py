"""The blocks of a section → its entries, each with a head (what, where, when) and a body (text, bullets, keywords)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from cvstudio.importers import when, words
from cvstudio.importers.blocks import Block, Piece, commas
from cvstudio.importers.contacts import LINK
from cvstudio.importers.model import Place

Run = tuple[int, int]  # first and last of a stretch of head lines
UNDATED_HEADS = 3  # lines of an entry's head, dates not counted


@dataclass
class Atom:
    text: str
    place: Place
    strong: bool = False  # bold, or larger than the rest
    block: int = 0  # which line of the head
    unsure: bool = False  # where it begins or ends is a guess


@dataclass
class Raw:
    """An entry before its parts have names."""

    head: list[Block] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)

    def atoms(self) -> list[Atom]:
        atoms = []
        for number, block in enumerate(self.head):
            found, _ = block.head()
            strong = block.bold or block.level > 0
            bold = {piece.text.strip() for piece in block.pieces if piece.bold}
            for text in found:
                mine = strong or any(text in one or one in text for one in bold if len(one) > 2)
                atoms.append(Atom(text, block.place, mine, number))
        return atoms

    def dates(self) -> tuple[when.Span, Place] | None:
        for block in self.head:
            if span := block.head()[1]:
                return span, block.place
        return None

    @property
    def bullets(self) -> list[Block]:
        return [block for block in self.body if block.item]

    @property
    def paragraphs(self) -> list[Block]:
        return [block for block in self.body if not block.item and not is_link(block)]

    def link(self) -> Block | None:
        return next((block for block in [*self.body, *self.head] if is_link(block)), None)


def is_link(block: Block) -> bool:
    match = LINK.search(block.flat)
    return bool(match) and len(match[0]) >= len(block.flat) - 6 if match else False


def split(blocks: Sequence[Block], *, listed: bool = False) -> list[Raw]:
    """The section's entries in order. `listed`: entries here are often single bullets (certificates, awards)."""
    blocks = _without_labels(blocks)
    if not blocks:
        return []
    if any(block.level for block in blocks):
        return _by_level(blocks)
    heads = [_can_be_head(block) for block in blocks]
    if listed or not any(heads):
        items = [block for block in blocks if block.item]
        told = [block for block in items if _opens_with_name(block)]
        if len(items) >= 0.6 * len(blocks) and (listed or any(block.dates for block in items) or told == [*blocks]):
            return _by_item(blocks)
    if any(block.dates for block, head in zip(blocks, heads, strict=True) if head):
        return _by_dates(blocks, heads)
    return _by_strength(blocks, heads, listed)


def _opens_with_name(block: Block) -> bool:
    """ "pgdoctor – a tool that explains slow queries", the name in bold."""
    first = block.pieces[0]
    return len(block.pieces) > 1 and first.bold and not block.pieces[1].bold and len(first.text.split()) <= 6


def _without_labels(blocks: Sequence[Block]) -> list[Block]:
    """ "Responsibilities:" says nothing, but that what stands further in beneath it is a list, bullets or none."""
    kept: list[Block] = []
    label: Block | None = None
    for block in blocks:
        if not block.flat or when.is_length(block.flat):  # how long it lasted is in its dates
            continue
        if words.is_label(block.flat):
            label = block
            continue
        listed = label is not None and block.indent > label.indent + 4 and not block.dates and not block.level
        if listed and not block.item:
            block = replace(block, item=True)
        elif not listed:
            label = None
        kept.append(block)
    return kept


def _can_be_head(block: Block) -> bool:
    if block.terms:
        return False
    if block.item:
        return when.is_dates(block.flat)  # behind a small picture of a calendar
    return not block.is_prose() or _dated_head(block)


def _dated_head(block: Block) -> bool:
    """A whole entry in a line or two, dates first or last: "2019 – 2021. Analyst, Acme, Leeds."."""
    span = block.dates
    ends = span is not None and not span.alone and (not span.before or not span.after.strip(" ."))
    return ends and block.lines <= 2 and len(block.flat) < 200


def _by_level(blocks: Sequence[Block]) -> list[Raw]:
    """The source marks where entries begin."""
    level = min(block.level for block in blocks if block.level)
    found: list[Raw] = []
    for block in _dates_last(blocks, level):
        if block.level == level or not found:
            found.append(Raw([block]))
            continue
        raw = found[-1]
        if block.dates and block.dates.alone and raw.dates() is None:
            raw.head.append(block)  # beside the entry, and told after all of it
        elif raw.body or (block.item and not when.is_dates(block.flat)) or is_link(block) or len(raw.head) > 3:
            raw.body.append(block)
        elif _says_where(block, raw) or _says_when(block, raw):
            raw.head.append(block)
        elif block.is_prose() or _keywords(block) or not _wants_more(raw):
            raw.body.append(block)
        else:
            raw.head.append(block)
    return found


def _dates_last(blocks: Sequence[Block], level: int) -> list[Block]:
    """Where dates stand above the titles, from the first on, each with its title before it."""
    kept = list(blocks)
    if blocks[0].level or not when.is_dates(blocks[0].flat):
        return kept
    for at, (dates, title) in enumerate(pairwise(blocks)):
        if title.level == level and not dates.level and when.is_dates(dates.flat):
            kept[at], kept[at + 1] = title, dates
    return kept


def _says_where(block: Block, raw: Raw) -> bool:
    return _only_place(block) and not any(_only_place(one) for one in raw.head)


def _says_when(block: Block, raw: Raw) -> bool:
    span = block.dates
    return span is not None and raw.dates() is None and (not span.single or span.alone)


def _wants_more(raw: Raw) -> bool:
    """Whether a head that has its title may still get a line saying where."""
    return sum(1 for block in raw.head[1:] if not block.dates) < 1


def _keywords(block: Block) -> bool:
    """A list of short terms, not the line that says where."""
    terms = commas(block.flat)
    short = len(terms) >= 3 and max(len(term.split()) for term in terms) <= 6 and "·" not in block.flat
    return short and not words.is_place(block.flat)  # "Nantes, Pays de la Loire, France"


def _by_item(blocks: Sequence[Block]) -> list[Raw]:
    found: list[Raw] = []
    for block in blocks:
        if block.item or not found:
            found.append(Raw([block]))
        else:
            found[-1].body.append(block)
    return found


def _by_strength(blocks: Sequence[Block], heads: Sequence[bool], listed: bool) -> list[Raw]:
    """No dates: a bold or larger line begins an entry; without any, what blank lines set apart, or each run of lines
    before a body."""
    strong = [head and (block.bold or block.caps) for block, head in zip(blocks, heads, strict=True)]
    blank = [head and block.space > 0.3 for block, head in zip(blocks, heads, strict=True)]
    close = any(block.space < 0.1 for block in blocks[1:])
    if not any(strong) and not listed and close and sum(blank[1:]):
        strong = [not number or apart for number, apart in enumerate(blank)]  # blank lines say where the next begins
    found: list[Raw] = []
    for number, block in enumerate(blocks):
        begins = strong[number] if any(strong) else heads[number] and (number == 0 or not heads[number - 1] or listed)
        if begins or not found:
            found.append(Raw([block]))
        elif heads[number] and not found[-1].body and len(found[-1].head) < UNDATED_HEADS:
            found[-1].head.append(block)
        else:
            found[-1].body.append(block)
    return found


def _by_dates(blocks: Sequence[Block], heads: Sequence[bool]) -> list[Raw]:
    """Every entry has its dates; the first shows on which line of the head they stand, and how many lines follow."""
    dated = [n for n, block in enumerate(blocks) if heads[n] and block.dates and _is_entry_date(block)]
    if not dated:
        return _by_strength(blocks, heads, False)
    home = {at: run for run in _runs(heads) for at in range(run[0], run[1] + 1)}
    lead = _lead(blocks, home, dated)
    titles = _titled(blocks, home, dated)
    tails = _tails(blocks, home, dated)
    starts: list[int] = []
    for at in dated:
        start = at
        floor = home[at][0]
        floor = max(floor, starts[-1] + 1 if starts else 0)
        above = 0
        if floor in titles and at - floor <= UNDATED_HEADS:
            start = floor
        while start > floor and above < lead:
            start -= 1
            above += not _only_place(blocks[start])
        # Dates on a line of their own leave the title above when the usual place is taken.
        starts.append(start)
    found: list[Raw] = []
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(blocks)
        raw = Raw()
        for position in range(start, end):
            block = blocks[position]
            late = position > dated[number] + tails[number] and not words.is_place(block.flat)
            # What a title has no employer beside, may have it beneath the dates, though others have none there.
            late = late and not (start in titles and position <= home[start][1] and len(raw.atoms()) == 1)
            if heads[position] and not late and not raw.body and not is_link(block) and not _is_told(block, raw):
                raw.head.append(block)
            else:
                raw.body.append(block)
        found.append(raw)
    if starts[0] > 0 and found:
        found[0].body[:0] = [block for block in blocks[: starts[0]] if block.is_prose() or block.item]
    return found


def _is_told(block: Block, raw: Raw) -> bool:
    """A list, or a line of several words beneath one with the title, the employer and the dates: none of the head."""
    if not raw.head or block.dates or len(raw.atoms()) < 2:
        return False
    whole = len(raw.head) == 1 and raw.head[0].dates is not None and len(raw.head[0].atoms()) > 2
    told = whole and len(block.flat.split()) > 3 and not block.bold and not words.share(block.flat, "employers")
    return _keywords(block) or (told and not words.share(block.flat, "titles") and not words.is_place(block.flat))


def _is_entry_date(block: Block) -> bool:
    """Dates that stand apart, not a year within a sentence."""
    span = block.dates
    return span is not None and (not span.single or len(block.flat) < 110)


def _runs(heads: Sequence[bool]) -> list[Run]:
    """(first, last) of the stretches of head lines."""
    runs: list[Run] = []
    for number, head in enumerate(heads):
        if not head:
            continue
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _lead(blocks: Sequence[Block], home: Mapping[int, Run], dated: Sequence[int]) -> int:
    """Head lines above the one with the dates: as in the section's first entry, unless most of the others say less."""
    lead = min(_above(blocks, home[dated[0]][0], dated[0]), UNDATED_HEADS)
    others = Counter(_above(blocks, home[at][0], at) for before, at in pairwise(dated) if before < home[at][0])
    usual = max(others, key=lambda count: (others[count], -count), default=lead)
    return min(lead, usual)


def _titled(blocks: Sequence[Block], home: Mapping[int, Run], dated: Sequence[int]) -> set[int]:
    """Where runs begin that are each the head of one entry: with its dates, and a title in bold like the others'."""
    counts = Counter(home[at][0] for at in dated)
    heads = [start for start, count in counts.items() if count == 1]
    first = blocks[heads[0]].pieces[0] if heads else None
    alike = all(first and first.bold and _same_style(blocks[at].pieces[0], first) for at in heads)
    return set(heads) if alike and len(heads) == len(set(home.values())) else set()


def _same_style(one: Piece, other: Piece) -> bool:
    return replace(one, mark=-1).like(replace(other, mark=-1))


def _above(blocks: Sequence[Block], start: int, end: int) -> int:
    """How many lines of a head stand there, without the place, which many entries lack."""
    return sum(not _only_place(block) for block in blocks[start:end])


def _only_place(block: Block) -> bool:
    return words.is_place(block.flat) and "\t" not in block.text and block.dates is None


def _tails(blocks: Sequence[Block], home: Mapping[int, Run], dated: Sequence[int]) -> list[int]:
    """For each entry, how many head lines stand below the one with its dates: the fewest that any with a run of its
    own has, of those that say as much beside their dates: only the title, or the employer too."""
    full = [len(blocks[at].head()[0]) > 1 for at in dated]
    counts: dict[bool, list[int]] = {True: [], False: []}
    for at, following, whole in zip(dated, [*dated[1:], -1], full, strict=True):
        if home[at] != home.get(following):
            counts[whole].append(home[at][1] - at)
    few = {whole: min(found, default=UNDATED_HEADS) for whole, found in counts.items()}
    return [min(UNDATED_HEADS, few[whole]) for whole in full]


def order(entries: Sequence[list[Atom]], first: str, second: str) -> tuple[bool, float]:
    """Whether what the table `first` knows stands before what `second` knows, by all entries; and how clearly."""
    score = 0.0
    for atoms in entries:
        if len(atoms) < 2:
            continue
        one, two = atoms[0].text, atoms[1].text
        score += words.share(one, first) - words.share(two, first)
        score += words.share(two, second) - words.share(one, second)
    return score >= 0, min(1.0, abs(score) / max(1, len(entries)))


def without_places(atoms: list[Atom]) -> tuple[list[Atom], Atom | None]:
    """The atoms but the first that is surely a place; "Acme, Lyon" gives its town up too."""
    for number, atom in enumerate(atoms):
        if number > 0 and len(atoms) > 2 and words.is_place(atom.text):
            return atoms[:number] + atoms[number + 1 :], atom
        bracketed = re.fullmatch(r"(.+?) ?\(([^()]+)\)", atom.text)
        if bracketed and words.is_place(bracketed[2]) and not words.is_place(atom.text):
            kept = Atom(bracketed[1], atom.place, atom.strong, atom.block)
            return [*atoms[:number], kept, *atoms[number + 1 :]], Atom(bracketed[2], atom.place)
        head, comma, town = atom.text.partition(", ")
        while comma:
            if words.is_place(town) and not words.is_place(atom.text):
                kept = Atom(head, atom.place, atom.strong, atom.block)
                return [*atoms[:number], kept, *atoms[number + 1 :]], Atom(town, atom.place)
            more, comma, town = town.partition(", ")
            head = f"{head}, {more}"
    if (
        len(atoms) == 2
        and words.is_place(atoms[1].text)
        and re.search(r"\(|,|remote|télétravail", atoms[1].text.casefold())
    ):
        return atoms[:1], atoms[1]
    return atoms, None
