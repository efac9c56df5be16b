"""Blocks → the head of the CV and its sections, by their headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from cvstudio.importers import words
from cvstudio.importers.blocks import Block, Piece, commas

INDENT = 40.0  # points: how far within its column a line may begin
BENEATH = 2.5  # of a heading's size: how far below it what it heads begins
CONTINUED = re.compile(r"\W*(?:suite|continued|cont(?:'d|\.)?|fortsetzung)?\W*$")
ONCE = ("contact", "summary")
LISTS = ("skills", "languages", "interests")
ENTRIES = ("work", "education", "projects", "volunteer", "certificates", "awards", "publications")
Look = tuple[float, bool, bool]  # size, bold, capitals: how a heading looks


@dataclass
class Section:
    key: str  # a section of the document, "contact", or "custom"
    title: str
    blocks: list[Block] = field(default_factory=list)
    heading: Block | None = None
    entitled: bool = False  # its entries begin with titles that look like its own

    def headed(self) -> list[Block]:
        """Its heading as the name of a group over what it holds."""
        return [*([self.heading] if self.heading else []), *self.blocks]

    def is_terms(self) -> bool:
        """Under a heading that we do not know, nothing but terms."""
        return self.key == "custom" and all(_is_term(block) for block in self.blocks)

    def of_programming(self) -> bool:
        """Languages none of which anybody speaks, beside that word: "Languages    Go, Python, Bash"."""
        said = [one for block in self.blocks for one in re.findall(r"[^\W\d_]+", block.flat)]
        spoken = any(words.is_language(one) or not one.isascii() for one in said)
        return self.key == "languages" and bool(said) and not spoken and self._beside_heading()

    def _beside_heading(self) -> bool:
        left, right = (self.heading and self.heading.place.box, self.blocks[0].place.box)
        return bool(left and right and right[0] > left[2] and abs(right[1] - left[1]) < 0.5 * (left[3] - left[1]))


def split(blocks: Sequence[Block]) -> tuple[list[Block], list[Section]]:
    """(what belongs to no section, the sections in reading order); one whose heading is met twice, "(continued)", is
    one."""
    keys = _headings(blocks)
    head: list[Block] = []
    sections: dict[str, Section] = {}
    current: Section | None = None
    columns: list[tuple[float, Section | None]] = [(-INDENT, None)]  # left edges, and what they end with
    headings: list[tuple[Block, Section]] = []
    level = min((blocks[number].level for number in keys if blocks[number].level), default=0)
    largest = max((blocks[number].size for number in keys), default=0.0)
    for number, block in enumerate(blocks):
        key = keys.get(number, "")
        if key == "title":
            continue
        if not key and (0 < block.level < level or (not block.level and block.size > 1.5 * largest > 0)):
            current = None  # the name, told after a side column: higher than the sections, it ends them
        if key == "custom" and current and _is_entry(current, blocks, keys, number):
            key = ""
        if key:
            said = CONTINUED.sub("", words.plain(block.flat))
            name = key if key in ONCE else f"{key}:{said}"
            current = sections.setdefault(name, Section(key, block.flat, heading=block))
            headings.append((block, current))
            if block.first:
                columns.append((block.indent, current))
            columns[-1] = (min(columns[-1][0], block.indent), current)
            continue
        if block.first and block.place.page == 1:
            # Where columns end, the text goes on from the one with the same left edge; a new edge begins anew.
            current = next((ended for left, ended in reversed(columns) if -4 < block.indent - left < INDENT), None)
            current = current or next((section for one, section in reversed(headings) if _spans(one, block)), None)
            columns.append((block.indent, current))
        (current.blocks if current else head).append(block)
    head, jobs = _unheaded_jobs(head)
    if jobs and all(section.key != "work" for section in sections.values()):
        sections["work"] = Section("work", "", jobs)
    kept = _unheaded_skills(_sorted_out(_refilled(list(sections.values()))))
    return head, [section for section in kept if section.blocks or section.key == "contact"]


def _spans(heading: Block, block: Block) -> bool:
    """A list in several columns under one heading: the next of them begins right beneath it, further to the right."""
    above, below = heading.place.box, block.place.box
    if above is None or below is None or heading.place.page != block.place.page:
        return False
    return heading.indent < block.indent - INDENT and -2 < below[1] - above[3] < BENEATH * heading.size


def _is_entry(section: Section, blocks: Sequence[Block], keys: Mapping[int, str], number: int) -> bool:
    """Some set every employer and school as high as the sections: what has dates right under a section's heading, or
    after such a one, is an entry of it."""
    if section.key not in ENTRIES or (section.blocks and not section.entitled):
        return False
    end = next((n for n in range(number + 1, len(blocks)) if n in keys), len(blocks))
    section.entitled = any(block.dates for block in blocks[number:end])
    return section.entitled


def _unheaded_jobs(head: list[Block]) -> tuple[list[Block], list[Block]]:
    """(who the person is, the jobs that stand under no heading): from the first line with dates and a list below, or
    from the first of several that each say what was done when."""
    periods = [n for n, block in enumerate(head) if n and _is_job(block)]
    if len(periods) > 1:
        return head[: periods[0]], head[periods[0] :]
    for number, (block, below) in enumerate(pairwise(head)):
        if block.dates and not block.item and below.item and number:
            return head[:number], head[number:]
    return head, []


def _is_job(block: Block) -> bool:
    """ "Staff Nurse, Marlowe Clinic, 2015 - 2020"."""
    span = block.dates
    return span is not None and not span.single and not span.alone and not block.item and not block.is_prose()


def _refilled(sections: list[Section]) -> list[Section]:
    """Some set every skill, language or interest as large as the sections: they are no sections of their own."""
    kept: list[Section] = []
    open_list: Section | None = None
    for section in sections:
        if kept and kept[-1].key == "skills" and section.of_programming():
            kept[-1].blocks += section.headed()
            continue
        if open_list and section.is_terms():
            open_list.blocks += section.headed()
            continue
        open_list = section if section.key in LISTS and not section.blocks else None
        kept.append(section)
    return kept


def _sorted_out(sections: list[Section]) -> list[Section]:
    """ "Languages: English (fluent)" among the skills, or under "Additional information", says where it belongs."""
    kept = [Section(section.key, section.title, [], section.heading) for section in sections]
    by_key = {section.key: section for section in kept}
    for section, target in zip(sections, tuple(kept), strict=True):
        for number, block in enumerate(section.blocks):
            following = section.blocks[number + 1].flat if number + 1 < len(section.blocks) else ""
            mixed = section.key in ("skills", "interests", "custom")
            if mixed and words.heading(block.flat.rstrip(" :")) == "languages" and _are_spoken(following):
                continue  # "Sprachen", beside "Deutsch (Muttersprache), Englisch (B1)"
            name, colon, rest = block.flat.partition(":")
            if mixed and _are_spoken(block.flat):
                name, colon, rest = "languages", ":", block.flat
            key = words.heading(name.strip()) if colon and rest.strip() else ""
            if key == "languages" and not any(words.is_language(one) for one in re.findall(r"[^\W\d_]+", rest)):
                key = ""  # of programming
            if section.key in (*LISTS, "custom") and key in LISTS and key != section.key:
                if key not in by_key:
                    kept.append(by_key.setdefault(key, Section(key, name.strip())))
                by_key[key].blocks.append(replace(block, pieces=[Piece(rest.strip())]))
            else:
                target.blocks.append(block)
    return kept


def _are_spoken(text: str) -> bool:
    """ "Anglais professionnel", "Deutsch (Muttersprache), Englisch (B1)": languages, and how well."""
    said = [one.partition(" ") for one in commas(text)]
    return bool(said) and all(words.is_language(name) and words.is_level(level) for name, _, level in said)


def _unheaded_skills(sections: list[Section]) -> list[Section]:
    """Skills set as large as the sections, and no heading over them at all."""
    found = [section for section in sections if section.is_terms()]
    bare = sum(not section.blocks for section in found)
    clear = bare > 2 or (len(found) > 1 and all(len(section.blocks) > 1 for section in found))
    if not clear or any(section.key == "skills" for section in sections):
        return sections
    terms = [block for section in found for block in section.headed()]
    return [*(section for section in sections if section not in found), Section("skills", found[0].title, terms)]


def _is_term(block: Block) -> bool:
    return len(block.flat.split()) <= 5 and block.dates is None and not block.is_prose()


def _headings(blocks: Sequence[Block]) -> dict[int, str]:
    """The section that each heading opens, by its block's number."""
    known = {
        number: key
        for number, block in enumerate(blocks)
        if (key := words.heading(block.flat.rstrip(" :"))) and (block.level or not block.item)
    }
    level = Counter(blocks[number].level for number in known if blocks[number].level).most_common(1)
    if level:
        return _by_level(blocks, known, level[0][0])
    return _by_look(blocks, known)


def _by_level(blocks: Sequence[Block], known: dict[int, str], level: int) -> dict[int, str]:
    found = {number: key for number, key in known.items() if 0 < blocks[number].level <= level}
    # Some mark the person's title, or every entry, as high as the sections, and set it in another face.
    looks = {_face(blocks[number]) for number in found if blocks[number].level == level}
    for number, block in enumerate(blocks):
        unknown = block.level == level and number not in found and _face(block) in looks
        unknown = unknown and not words.is_label(block.flat)
        if unknown and (level > 1 or (found and number > min(found))):
            found[number] = "custom"
    first = min(found, default=0)
    found |= {number: key for number, key in known.items() if number < first and key in ("contact", "summary")}
    return found


def _by_look(blocks: Sequence[Block], known: dict[int, str]) -> dict[int, str]:
    """A look that is mostly worn by headings we know makes headings of the others that wear it."""
    looks = [_look(block) for block in blocks]
    lines = Counter(
        look
        for block, look in zip(blocks, looks, strict=True)
        if not block.item and block.lines == 1 and len(block.flat) < 60
    )
    hits = Counter(looks[number] for number in known)
    distinct = Counter({look: len({known[n] for n in known if looks[n] == look}) for look in hits})
    body = _body(blocks)
    trusted = {look for look in hits if _stands_out(look, body) and hits[look] >= 0.34 * lines[look]}
    trusted |= {look for look in hits if distinct[look] >= 4 and hits[look] >= 0.2 * lines[look]}
    found = {number: key for number, key in known.items() if looks[number] in trusted or key == "title"}
    if len({*found.values()} - {"title"}) < 2:
        found |= {number: key for number, key in known.items() if blocks[number].space > 0.25 or blocks[number].first}
    strict = {look for look in trusted if distinct[look] >= 2 and hits[look] >= 0.5 * lines[look]}
    first = min((n for n, key in found.items() if key != "title"), default=0)
    for number, block in enumerate(blocks):
        if number not in found and number > first and looks[number] in strict and _heading_like(block):
            found[number] = "custom"
    return found


def _look(block: Block) -> Look:
    return (round(block.size, 1), block.bold, block.caps)


def _face(block: Block) -> tuple[float, bool]:
    return (round(block.size, 1), block.bold)


def _body(blocks: Sequence[Block]) -> float:
    sizes: Counter[float] = Counter()
    for block in blocks:
        sizes[round(block.size * 2) / 2] += len(block.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _stands_out(look: Look, body: float) -> bool:
    size, bold, caps = look
    return bold or caps or size > 1.08 * body


def _heading_like(block: Block) -> bool:
    text = block.flat
    return (
        not block.item
        and block.lines == 1
        and not words.is_label(text)
        and 1 <= len(text.split()) <= 6
        and not any(letter.isdigit() or letter in "@.,;" for letter in text)
    )
