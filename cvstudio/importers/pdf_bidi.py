"""Words as they are seen, from left to right → as they are read, where Arabic or Hebrew runs from right to left.

A page says where its letters stand, not how they are read: the Unicode bidirectional algorithm, backwards and as far
as a CV needs it. Two writings may look the same ("Python 3" and "3 Python" in Arabic); the likelier is taken.

A token is letters of one direction, a number, a single mark, or a space; a kind is a letter for each: "R" and "L" for
letters by their direction, "N" for digits, "%" for what goes with these, " " for a space, else "n".
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence

LEFTWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ON_LETTERS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"  # marks: points, accents
CLUSTER = re.compile(f".[{ON_LETTERS}]*", re.DOTALL)
BRACKETS = ("()", "[]", "{}", "«»")
STOPS = ".,;:!?؟،؛…"
BIDI = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N", "ET": "%", "WS": " "}


def runs_left(text: str) -> bool:
    """Whether any letter is one that is read from right to left."""
    return bool(LEFTWARDS.search(text))


def kind(text: str) -> str:
    """Of a token, or of a letter."""
    return BIDI.get(unicodedata.bidirectional(text[0]), "n")


def leans_left(lines: Sequence[Sequence[str]], *, likely: bool = False) -> bool:
    """Whether a paragraph is read from right to left. On which side of Latin words their commas stand, and of the last
    line its full stop, says so; else what most letters are, or that its page begins at the right (`likely`)."""
    left = right = 0
    for line in lines:
        kinds = [kind(token) for token in line]
        for at in (n for n, token in enumerate(line) if token in STOPS):
            before, after = "".join(kinds[:at])[::-1].lstrip(" n%"), "".join(kinds[at + 1 :]).lstrip(" n%")
            right += kinds[at - 1 : at] == ["L"] and after[:1] != "L"
            left += kinds[at + 1 : at + 2] == ["L"] and before[:1] != "L"
    right += lines[-1][-1] in STOPS
    left += lines[-1][0] in STOPS
    letters = "".join(kind(letter) for line in lines for token in line for letter in token)
    if left != right and "R" in letters:
        return left > right
    turned = re.search(r"\d\+$", "".join(lines[-1]))  # "+33" from right to left, and nothing else says so
    most = letters.count("R") > (0 if likely else letters.count("L"))
    return most or (bool(turned) and not set(letters) & {"R", "L"})


def order(tokens: Sequence[str], *, left: bool) -> list[int]:
    """A line's tokens, by their numbers, as they are read. `left`: the paragraph is read from right to left."""
    kinds = [kind(token) for token in tokens]
    for at, text in enumerate(tokens):
        if text == "+" and kinds[at + 1 : at + 2] == ["N"]:
            kinds[at] = "L"  # a telephone number that was set apart, to be read as it is seen
    if left:
        return [at for run in reversed(_runs(kinds)) for at in run]
    found: list[int] = []
    while len(found) < len(kinds):
        at = len(found)
        end = at + 1
        if kinds[at] == "R":  # words from right to left, up to the last of them before a Latin one
            stop = next((n for n in range(at, len(kinds)) if kinds[n] == "L"), len(kinds))
            end = 1 + max(n for n in range(at, stop) if kinds[n] == "R")
        found += [at + n for n in order(tokens[at:end], left=True)] if end > at + 1 else [at]
    return found


def _runs(kinds: Sequence[str]) -> list[list[int]]:
    """What keeps its order in a line from right to left: Latin words and what is between them, a number's digits."""
    found: list[list[int]] = []
    at = 0
    while at < len(kinds):
        end = at
        closing, through = {"L": ("LN%", "n "), "N": ("N%", "n")}.get(kinds[at], ("", ""))
        for number in range(at + 1, len(kinds)):
            if kinds[number] in closing:
                end = number
            elif kinds[number] not in through:
                break
        found.append(list(range(at, end + 1)))
        at = end + 1
    return found


def read(token: str) -> str:
    """A token as it is read, from its letters as they are seen."""
    return "".join(CLUSTER.findall(token)[::-1]) if kind(token) == "R" else token


def bracketed(texts: Sequence[str]) -> list[str]:
    """Brackets the right way round: on a page either half may be drawn for the other. One opens, the next closes."""
    found = list(texts)
    for both in BRACKETS:
        if sum(text.count(half) for text in texts for half in both) % 2:
            continue
        halves = itertools.cycle(both)
        found = ["".join(next(halves) if letter in both else letter for letter in text) for text in found]
    return found
