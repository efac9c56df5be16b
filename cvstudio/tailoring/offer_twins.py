"""Offers given in two languages, one below the other or line by line: what is said twice counts once.

Twins are known by this: both languages tell of as much to do and to bring, in the same order, and most sentences of one
share a number, a name, a skill or a word with their counterpart. All else stays: a paragraph in another language may
ask for something of its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from cvstudio.language import Language
from cvstudio.tailoring import esco, words
from cvstudio.tailoring.offer_lines import NOISE_PARTS, Line

MIN_SHARE = 0.2  # of the telling small words: less of the other language is no second half
MIN_ASKED = 3  # sentences that ask for something, in each language
APART = 0.35  # how far the counts of a part may differ, and places in the order
SPARE = 2  # sentences by which short lists may always differ
MATCHED = 0.6  # of the other language's sentences
STEM, MIN_WORD = 5, 6  # letters that words of both languages share, of words so long: "maintenance", "client"

_NAME: Final = re.compile(r"(?<=[\w,;:(/] )[A-Z][\w+#.&-]*\w|\b[A-Z]{2,}[\w+#]*\b")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_SIDES: Final = re.compile(r"\s+[/|]\s+")
_USUAL: Final = frozenset({"exper", "minim", "profi", "equip", "respo"})  # every offer has these


@dataclass(frozen=True, slots=True)
class _Said:
    line: Line
    signs: frozenset[str]  # numbers, names, stems, skills
    own: frozenset[str]  # those that no counterpart lacks: numbers, languages, certificates


def main_language(text: str) -> Language | None:
    """The language that an offer in two begins with; None for an offer in one."""
    french, english = words.telling(text)
    if min(french, english) < MIN_SHARE * (french + english):
        return None
    half = text[: len(text) // 3]
    return words.detect(half)


def parted(lines: list[Line], main: Language) -> tuple[list[Line], list[Line]]:
    """The lines to read, and the twins of what they say in the other language; no twins where nothing is said twice."""
    lines, sides = _sides(lines, main)
    tongues = _tongues(lines, main)
    kept = [line for line, tongue in zip(lines, tongues, strict=True) if tongue == main]
    others = [line for line, tongue in zip(lines, tongues, strict=True) if tongue != main]
    if not _alike(kept, others):
        return lines, sides
    ours = [_said(line, main) for line in kept if _asks(line)]
    theirs = [_said(line, "en" if main == "fr" else "fr") for line in others if _asks(line)]
    met = [_met(one, at / len(theirs), ours) for at, one in enumerate(theirs)]
    if sum(met) < MATCHED * len(theirs):
        return lines, sides
    told = frozenset[str]().union(*(_said(line, main).own for line in kept))  # its heading and noise too
    extra = {id(one.line) for one, found in zip(theirs, met, strict=True) if not found and one.own - told}
    twins = {id(line) for line in others if id(line) not in extra}
    return [line for line in lines if id(line) not in twins], [*sides, *(line for line in others if id(line) in twins)]


def _sides(lines: list[Line], main: Language) -> tuple[list[Line], list[Line]]:
    """ "Accueillir les clients / Welcome customers": one side is kept, where lines are given so."""
    found: dict[int, tuple[Line, Line]] = {}
    for at, line in enumerate(lines):
        sides = _SIDES.split(line.text)
        tongues = [_tongue(side) for side in sides]
        if len(sides) == 2 and main in tongues and None not in tongues and tongues[0] != tongues[1]:
            here = tongues.index(main)
            found[at] = replace(line, text=sides[here]), replace(line, text=sides[1 - here])
    if len(found) < MIN_ASKED:
        return lines, []
    return [found[at][0] if at in found else line for at, line in enumerate(lines)], [one for _, one in found.values()]


def _tongues(lines: list[Line], main: Language) -> list[Language]:
    """The language of each line; one that nothing tells of goes with the line before it."""
    found: list[Language] = []
    for line in lines:
        found.append(_tongue(line.text) or (found[-1] if found else main))
    return found


def _tongue(text: str) -> Language | None:
    french, english = words.telling(text)
    if french == english:
        french, english = words.looking(text)
    return None if french == english else "fr" if french > english else "en"


def _asks(line: Line) -> bool:
    return line.part not in NOISE_PARTS and line.part != "other"


def _alike(kept: Iterable[Line], others: Iterable[Line]) -> bool:
    """Whether both tell of as much to do, and of as much to bring."""
    counts = []
    for side in (kept, others):
        asked = [line for line in side if _asks(line)]
        duties = sum(line.part == "duties" for line in asked)
        counts.append((duties, len(asked) - duties, len(asked)))
    if min(counts[0][2], counts[1][2]) < MIN_ASKED:
        return False
    return all(abs(one - other) <= max(SPARE, APART * max(one, other)) for one, other in zip(*counts, strict=True))


def _said(line: Line, tongue: Language) -> _Said:
    found = esco.find(line.text, tongue)
    numbers = set(_NUMBER.findall(line.text))
    names = {words.fold(name) for name in _NAME.findall(line.text)}
    stems = {token[:STEM] for token in words.tokens(line.text) if len(token) >= MIN_WORD} - _USUAL
    own = numbers | {one.uri for one in found if one.kind in ("language", "certificate")}
    return _Said(line, frozenset(numbers | names | stems | {one.uri for one in found}), frozenset(own))


def _met(one: _Said, place: float, ours: list[_Said]) -> bool:
    """Whether a sentence near the same place in the order says something of the same."""
    return any(abs(at / len(ours) - place) <= APART and one.signs & other.signs for at, other in enumerate(ours))
