"""Whether offers without headings are read as a person reads them: which sentences ask for something, and what."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.figures import Row
from cvstudio.tailoring.offer import Offer, UnreadableOffer
from cvstudio.tailoring.offer_analysis import analyse

OFFERS = Path(__file__).parent / "offers.toml"
ASKED = frozenset("DMN")  # a duty, a must, a nice-to-have; X is noise, O and T are not judged
FACTS = ("title", "company", "place", "contract", "hours", "years")


@dataclass(frozen=True)
class Told:
    name: str
    part: str
    text: str
    said: tuple[tuple[str, str], ...]  # what a reader takes a sentence for, and the sentence
    facts: dict[str, Any]


@dataclass(frozen=True)
class Judged:
    asked: str  # by the reader
    found: str  # by us: all that the sentence was taken for, "" for noise
    sentence: str


@cache
def told() -> tuple[Told, ...]:
    rows = tomllib.loads(OFFERS.read_text())["offer"]
    return tuple(_told(row) for row in rows)


def _told(row: dict[str, Any]) -> Told:
    text, said = "", []
    for line in row["said"].strip().splitlines():
        label, _, rest = line.partition(" ")
        sentence = rest.lstrip("\\").strip()
        if not label:
            text += "\n\n"
            continue
        own_line = rest.startswith("\\") or label == "T" or (said and said[-1][0] == "T")
        text += ("" if not text or text.endswith("\n") else "\n" if own_line else " ") + sentence
        said.append((label, sentence))
    facts = {fact: row.get(fact, None if fact == "years" else "") for fact in FACTS}
    return Told(row["name"], row["part"], text, tuple(said), facts)


def read(one: Told) -> Offer | None:
    try:
        return analyse(one.text)
    except UnreadableOffer:
        return None


def judged(one: Told) -> Iterator[Judged]:
    offer = read(one)
    kept = [(_plain(asked.sentence), asked) for asked in offer.requirements] if offer else []
    for label, sentence in one.said:
        if label in "TO":
            continue
        plain = _plain(sentence)
        hits = [asked for words, asked in kept if words in plain or plain in words]
        yield Judged(
            label, "".join(sorted({"D" if hit.kind == "duty" else hit.need[0].upper() for hit in hits})), sentence
        )


def wrong_facts(one: Told) -> Iterator[tuple[str, Any, Any]]:
    """What was read otherwise; a title may be told at more length than the reader would."""
    offer = read(one)
    for fact, expected in one.facts.items():
        found = getattr(offer, fact) if offer else ""
        short = fact == "title" and str(expected).lower()[:8] in str(found).lower()
        if found != expected and not (short and expected):
            yield fact, expected, found


def _plain(sentence: str) -> str:
    return re.sub(r"[\W_]+", " ", sentence.lower()).strip()


def reading(part: str) -> list[Row]:
    offers = [one for one in told() if one.part == part]
    if not offers:
        return []
    found = [judgement for one in offers for judgement in judged(one)]
    count = Counter((one.asked in ASKED, bool(one.found)) for one in found)
    right = sum(one.asked in one.found for one in found if one.asked in ASKED and one.found)
    kept, asked = count[True, True] + count[False, True], count[True, True] + count[True, False]
    wrong = sum(1 for one in offers for _ in wrong_facts(one))
    return [
        Row("sentences kept that ask for something (precision)", f"{count[True, True] / kept:.1%} of {kept}"),
        Row("sentences that ask for something, kept (recall)", f"{count[True, True] / asked:.1%} of {asked}"),
        Row("of those, told apart rightly: duty, must, nice", f"{right / count[True, True]:.1%}"),
        Row("titles, companies, places, contracts, hours, years misread", f"{wrong} of {len(FACTS) * len(offers)}"),
    ]
