"""Levels of degrees, by years after the baccalauréat: what an offer asks for without naming a subject, what one has."""

from __future__ import annotations

import re
from typing import Final

from cvstudio.tailoring import offer_cues, words
from cvstudio.tailoring.offer import Requirement
from cvstudio.tailoring.profile import Fact, Profile

_YEARS: Final = re.compile(r"\bbac\s?(?:\+|plus)\s?(\d)\b")
_ENGINEER: Final = re.compile(r"\b(?:d['’])?ingenieurs?\b")
_ALIKE: Final = re.compile(r"\bequivalen|\bbac\s?(?:\+|plus)|\bmaster|\buniversi")
_DEGREE: Final = re.compile(r"\bdegree\b")
# Of folded text. Where a name is a word as well (but, ba), only the name in capitals counts.
_NAMES: Final = (
    (8, re.compile(r"\b(?:doctorat|doctorate|doctoral|docteur|phd|ph\.d)\b")),
    (5, re.compile(r"\b(?:master(?:['’]?s)?|mastere|msc|m\.sc|meng|mba|m2|dess|dea|magistere)\b")),
    (5, _ENGINEER),
    (3, re.compile(r"\b(?:licence|licencie|bachelor(?:['’]?s)?|bsc|b\.sc|beng|graduate|undergraduate)\b")),
    (2, re.compile(r"\b(?:bts|btsa|dut|deug|deust|dueti|hnd|hnc)\b")),
    (
        0,
        re.compile(
            r"\b(?:bac(?: (?:pro|professionnel|general|techno|technologique))?|baccalaureat|a-levels?|high school)\b"
        ),
    ),
)
_CAPITALS: Final = ((3, re.compile(r"\b(?:BUT|BA|B\.A\.)(?!\w)")), (5, re.compile(r"\b(?:MA|M\.A\.)(?!\w)")))
# What may stand beside a level without asking for more.
_PLAIN: Final = frozenset(offer_cues.text("degrees", "plain").split())


def level(text: str) -> int | None:
    """The highest that is named; None where none is."""
    return max(_named(text)[0], default=None)


def asked(requirement: Requirement) -> int | None:
    """The least that will do, where the offer asks for a level and for nothing beside it: "Bac+3 minimum"."""
    if requirement.kind != "education":
        return None
    folded = words.fold(requirement.text)
    if _ENGINEER.search(folded) and not _ALIKE.search(folded):
        return None  # a title of its own
    levels, rest = _named(requirement.text)
    if not levels or any(word not in _PLAIN and not word.isdigit() for word in words.tokens(rest)):
        return None
    return min(levels)


def holding(profile: Profile, least: int) -> list[Fact]:
    """One's degrees of at least this level."""
    held = [(fact, level(f"{fact.title} {fact.text}")) for fact in profile.of_kind("education")]
    return [fact for fact, reached in held if reached is not None and reached >= least]


def _named(text: str) -> tuple[list[int], str]:
    """Levels, and what is said beside them."""
    found: list[int] = []
    for years, pattern in _CAPITALS:
        if pattern.search(text):
            found.append(years)
            text = pattern.sub(" ", text)
    folded = words.fold(text)
    found += [int(years) for years in _YEARS.findall(folded)]
    folded = _YEARS.sub(" ", folded)
    for years, pattern in _NAMES:
        if pattern.search(folded):
            found.append(years)
            folded = pattern.sub(" ", folded)
    if not found and _DEGREE.search(folded):
        found.append(3)
    return found, _DEGREE.sub(" ", folded)
