"""Numbers in a text as they are meant, however written: "1 200" and "twelve hundred", "15 %" and "fifteen percent".

French and English. "un", "une", "one" and "a" are articles more often than numbers, and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from cvstudio.tailoring.words import fold

UNITS = (
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen",
)
SMALL = {word: value for line in UNITS for value, word in enumerate(line.split())}
TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
    "huitante": 80, "nonante": 90, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
COLLECTIVE = {"douzaine": 12, "dizaine": 10, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "cinquantaine": 50}
COLLECTIVE |= {"centaine": 100, "millier": 1000, "dozen": 12}
COLLECTIVE |= {word + "s": value for word, value in COLLECTIVE.items()}
TIMES = {
    "cent": 100,
    "cents": 100,
    "hundred": 100,
    "mille": 1000,
    "thousand": 1000,
    "million": 10**6,
    "millions": 10**6,
}
TIMES |= {"milliard": 10**9, "milliards": 10**9, "billion": 10**9}
ARTICLES = {"un", "one"}
SCALES = {"k": 1000, "m": 10**6, "md": 10**9, "mds": 10**9, "bn": 10**9} | TIMES | {"millier": 1000, "milliers": 1000}
PERCENT = {"%", "percent", "pourcent"}
MONEY = {"€": "€", "euro": "€", "euros": "€", "eur": "€", "$": "$", "dollar": "$", "dollars": "$", "usd": "$"}
MONEY |= {"£": "£", "gbp": "£", "pounds": "£"}

FIGURE = re.compile(
    r"(?P<before>[€$£]\s?)?(?<![\w.,])"
    r"(?P<figure>\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+(?!\d)(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)"
    r"(?P<attached>(?:bn|[kKM])(?![^\W\d_]))?",
)
WORD = re.compile(r"[^\W\d_]+|[€$£%]")
FILLERS = {"de", "d", "of", "et", "and", "per", "pour"}


@dataclass(frozen=True)
class Number:
    """`canon` is the value with its sign, "15%", "50000€", "7"; `start` and `end` say where it stands."""

    canon: str
    start: int
    end: int


@lru_cache(maxsize=4_096)
def numbers(text: str) -> tuple[Number, ...]:
    """Every number in the text, in order."""
    found = sorted([*_figures(text), *_spelled(text)], key=lambda number: number.start)
    kept: list[Number] = []
    for number in found:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return tuple(kept)


def _figures(text: str) -> Iterator[Number]:
    for found in FIGURE.finditer(text):
        value = _value(found["figure"])
        end = found.end()
        if found["attached"]:
            value *= SCALES[found["attached"].lower()]
        elif found["before"] and re.match(r"m(?![a-z])", text[end:]):
            value, end = value * 10**6, end + 1
        unit, end, scale = _after(text, end)
        unit = MONEY.get((found["before"] or "").strip(), "") or unit
        yield Number(_canon(value * scale) + unit, found.start(), end)


def _value(figure: str) -> Decimal:
    grouped = re.fullmatch(r"(\d{1,3}(?:[ \u00a0\u202f.,'’]\d{3})+)(?:[.,](\d{1,2}))?", figure)
    if grouped and not figure.startswith("0"):
        whole = re.sub(r"\D", "", grouped[1])
        return Decimal(f"{whole}.{grouped[2] or 0}")
    return Decimal(figure.replace(",", "."))


def _after(text: str, end: int) -> tuple[str, int, int]:
    """The sign, scale word or currency that follows: "15 %", "1,2 M€", "2 millions d'euros"."""
    unit, scale, last = "", 1, end
    at = end
    for _ in range(4):
        found = re.compile(r"[\s\u00a0\u202f'’-]{0,2}(?:(M|k|K|Mds?)(?=[€$£])|([^\W\d_]+|[€$£%]))").match(text, at)
        if not found:
            break
        at = found.end()
        if found[1]:
            scale, last = scale * SCALES[found[1].lower()], at
            continue
        word = fold(found[2])
        if word in PERCENT or (word == "cent" and unit == "pour"):
            return "%", at, scale
        if word in MONEY:
            return MONEY[word], at, scale
        if word in SCALES and len(word) > 2:
            scale, last = scale * SCALES[word], at
        elif word == "pour" or word == "per":
            unit = "pour"
        elif word not in FILLERS:
            break
    return "", last, scale


def _spelled(text: str) -> Iterator[Number]:
    """Numbers in words; a run such as "quatre-vingt-dix" or "two hundred and five" is one number."""
    run: list[tuple[str, int, int]] = []
    for found in WORD.finditer(text):
        word = fold(found[0])
        joined = not run or text[run[-1][2] : found.start()] in (" ", "-", "\u00a0", " and ", " et ", "‑")
        if word in {"and", "et"} and run:
            continue
        if word in SMALL or word in TENS or word in TIMES or word in COLLECTIVE:
            if not joined:
                yield from _spoken(run, text)
                run = []
            run.append((word, found.start(), found.end()))
        else:
            yield from _spoken(run, text)
            run = []
    yield from _spoken(run, text)


def _spoken(run: list[tuple[str, int, int]], text: str) -> Iterator[Number]:
    if not run or all(word in ARTICLES for word, _, _ in run):
        return
    if run[0][0] in {"cent", "cents"} and re.search(r"(?:pour|per)\s$", text[: run[0][1]], re.IGNORECASE):
        return  # "pour cent" is a sign
    whole, part = 0, 0
    for word, _, _ in run:
        if word in TIMES:
            times = TIMES[word]
            part = max(part, 1) * times
            if times >= 1000:
                whole, part = whole + part, 0
        elif word in COLLECTIVE:
            part += COLLECTIVE[word]
        elif word in ("vingt", "vingts") and part % 100 == 4:
            part += 76  # quatre-vingt
        else:
            part += TENS.get(word, SMALL.get(word, 0))
    unit, end, _ = _after(text, run[-1][2])
    yield Number(_canon(Decimal(whole + part)) + unit, run[0][1], end if unit else run[-1][2])


def _canon(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
