"""How much of a document was read back: per-field precision, recall and F1. A value counts when it is all there."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cvstudio.document import SECTIONS, Document
from cvstudio.importers import Field

IGNORED = {"id", "meta", "username", "network"}  # a username is part of the address; a network its host


@dataclass
class Score:
    hit: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        self.hit += other.hit
        self.extra += other.extra
        self.missing += other.missing
        self.faults += other.faults

    def f1(self, name: str = "") -> float:
        """Of one field, or of all."""
        hit, extra, missing = (self._sum(counter, name) for counter in (self.hit, self.extra, self.missing))
        return 2 * hit / (2 * hit + extra + missing) if hit + extra + missing else 1.0

    def fields(self) -> list[str]:
        return sorted({*self.hit, *self.extra, *self.missing})

    def count(self, name: str) -> int:
        return self.hit[name] + self.missing[name]

    @staticmethod
    def _sum(counter: Counter[str], name: str) -> int:
        return counter[name] if name else sum(counter.values())


def score(truth: Document, found: Document, without: Iterable[str] = ()) -> Score:
    """`without`: fields that the page did not show, such as "work.location"."""
    result = Score()
    left_out = set(without)
    want, got = _basics(truth), _basics(found)
    _compare(result, want, got, left_out)
    for section in SECTIONS:
        wanted = [_values(section, item.dump(), left_out) for item in truth.section(section)]
        gotten = [_values(section, item.dump(), left_out) for item in found.section(section)]
        for one, other in _pairs(wanted, gotten):
            _compare(result, one, other, left_out)
    custom = [_values("custom", item.dump(), left_out) for part in truth.custom for item in part.items]
    other = [_values("custom", item.dump(), left_out) for part in found.custom for item in part.items]
    for one, two in _pairs(custom, other):
        _compare(result, one, two, left_out)
    return result


def trusted(truth: Document, fields: Iterable[Field]) -> Counter[tuple[bool, bool]]:
    """How many values were (doubted, wrong): doubt is worth something when it falls on what is wrong."""
    known = _basics(truth)
    for section in SECTIONS:
        for item in truth.section(section):
            known += _values(section, item.dump(), set())
    texts = {value for _, value in known}
    counts: Counter[tuple[bool, bool]] = Counter()
    for one in fields:
        if not one.path.startswith(("profiles", "custom")):
            counts[(one.doubtful, fold(one.value) not in texts)] += 1
    return counts


def _basics(document: Document) -> Counter[tuple[str, str]]:
    tree = document.basics.dump()
    profiles = tree.pop("profiles", [])
    values = _values("basics", tree, set())
    for profile in profiles:
        values += _values("profiles", profile, set())
    return values


def _values(section: str, tree: Mapping[str, Any], without: set[str]) -> Counter[tuple[str, str]]:
    """(field, folded value) of an entry; every line of a list for itself."""
    values: Counter[tuple[str, str]] = Counter()
    for key, value in tree.items():
        if key in IGNORED or f"{section}.{key}" in without:
            continue
        if key == "asTyped":
            values += _values(section, value, without)
        elif isinstance(value, dict):
            values += Counter({(f"{section}.{key}.{inner}", fold(str(text))): 1 for inner, text in value.items()})
        elif isinstance(value, list):
            values.update((f"{section}.{key}", fold(str(line))) for line in value)
        else:
            values[(f"{section}.{key}", fold(str(value)))] += 1
    return values


def _pairs(
    wanted: list[Counter[tuple[str, str]]], gotten: list[Counter[tuple[str, str]]]
) -> Iterable[tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]]:
    """Each wanted entry with the found one that is likest; the rest with nothing."""
    likeness = sorted(
        (
            (sum((one & other).values()), -abs(a - b), a, b)
            for a, one in enumerate(wanted)
            for b, other in enumerate(gotten)
        ),
        reverse=True,
    )
    left, right = set(range(len(wanted))), set(range(len(gotten)))
    for common, _, a, b in likeness:
        if common and a in left and b in right:
            left.discard(a)
            right.discard(b)
            yield wanted[a], gotten[b]
    yield from ((wanted[a], Counter()) for a in sorted(left))
    yield from ((Counter(), gotten[b]) for b in sorted(right))


def _compare(result: Score, want: Counter[tuple[str, str]], got: Counter[tuple[str, str]], without: set[str]) -> None:
    for counter, values, sign in (
        (result.hit, want & got, ""),
        (result.extra, got - want, "+"),
        (result.missing, want - got, "-"),
    ):
        for (name, value), count in values.items():
            if name not in without:
                counter[name] += count
                if sign:
                    result.faults.append(f"{sign} {name}: {value[:110]}")


def fold(text: str) -> str:
    """Case, typographic quotes, kinds of space and a last full stop do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‑", "-")
    return re.sub(r"\s+", " ", plain).strip().rstrip(".").removesuffix("/")
