"""The profile as LinkedIn prints it: employers before positions, and several positions under one employer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from cvstudio.importers import when, words
from cvstudio.importers.blocks import Block

OWN = frozenset(
    (
        *("top skills", "principales competences", "coordonnees", "contact", "experience", "formation", "education"),
        *("certifications", "languages", "honors-awards", "publications", "resume", "summary"),
        *("kontakt", "top-kenntnisse", "zusammenfassung", "berufserfahrung", "ausbildung"),
    )
)
LISTED = ("certificates", "awards", "publications")
ADDRESS = re.compile(r"linkedin\.com/in/", re.IGNORECASE)
SIGNED = re.compile(r"\(LinkedIn\)", re.IGNORECASE)
LENGTH = re.compile(
    r"^(?:\d+\s*(?:ans?|années?|years?|yrs?|jahre?)\s*)?(?:\d+\s*(?:mois|months?|mos?|monate?))?$"
    r"|^moins d.un an$|^less than a year$|^weniger als ein jahr$",
    re.IGNORECASE,
)


def looks_like(blocks: Sequence[Block]) -> bool:
    """Its address with "(LinkedIn)" behind, and its own headings."""
    text = " ".join(block.flat for block in blocks[:60])
    own = sum(words.plain(block.flat) in OWN for block in blocks)
    return bool(ADDRESS.search(text.replace(" ", "")) and SIGNED.search(text)) and own >= 3


def unfolded(blocks: Sequence[Block]) -> list[Block]:
    """The employer's name again before each of its positions; the sums of years left out.

    What the side column lists are names alone, however many lines they take.
    """
    found: list[Block] = []
    employer: Block | None = None
    waiting = False
    inside = listed = False
    for number, block in enumerate(blocks):
        text = block.flat
        if key := words.heading(text):
            inside, listed, employer = key == "work", key in LISTED, None
        following = blocks[number + 1].flat if number + 1 < len(blocks) else ""
        if inside and LENGTH.match(following) and following:
            employer, waiting = block, True
            continue
        if inside and LENGTH.match(text) and text:
            continue
        if inside and employer is not None and when.is_dates(following) and not block.item:
            if not waiting and _names_employer(blocks, number, employer):
                employer = None
            else:
                found.append(replace(employer))
                waiting = False
        found.append(_in_one_line(block) if listed and block.lines > 1 else block)
    return found


def _in_one_line(block: Block) -> Block:
    return replace(block, pieces=[replace(block.pieces[0], text=block.flat)], lines=1)


def _names_employer(blocks: Sequence[Block], number: int, employer: Block) -> bool:
    """A position whose line above is set as large as employers are: that one is a new employer."""
    above = blocks[number - 1] if number else None
    return (
        above is not None
        and not above.item
        and abs(above.size - employer.size) < 0.2
        and above.size > blocks[number].size
    )
