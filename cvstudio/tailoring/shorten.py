"""Shorter forms of a line in its own words: without what stands in brackets, without its last whole clause.

Nothing is put in other words and nothing is moved. Whether a shorter form still says what the facts say is for the
gates; here only such cuts are made as leave a sentence, and take away nothing that turns its meaning round.
"""

from __future__ import annotations

import re

from cvstudio.tailoring.words import fold

LEAST = 30  # characters that must stay
BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
CLAUSE = re.compile(r"\s*;\s+|\s+:\s+|:\s+|\s+[–—-]\s+")
COMMA = re.compile(r",\s+")
ENDS = (".", "!", "…")
# What a clause after a comma begins with when the sentence is whole without it.
OPENING = """
afin avec dont grace notamment par pour en dans sur chez via selon au aux à
with by for including through using in on at from across to as such
"""
OPENERS = frozenset(OPENING.split())
# A clause with one of these limits or turns round what stands before it.
TURNING = """
mais puis sauf hors excepte malgre quoique si sinon cependant toutefois contre avant apres
but then except despite although though however unless if instead only until before after versus against
"""
TURNS = frozenset(TURNING.split())


def cuts(text: str) -> list[str]:
    """Each shorter than the one before; none where nothing can go."""
    found: list[str] = []
    left = text
    while cut := _without_brackets(left) or _without_clause(left):
        found.append(cut)
        left = cut
    return found


def _without_brackets(text: str) -> str:
    """Without the last pair, that what is told first stays longest."""
    pairs = [pair for pair in BRACKETS.finditer(text) if not _turns(pair[0])]
    return _whole(text[: pairs[-1].start()] + text[pairs[-1].end() :], text) if pairs else ""


def _without_clause(text: str) -> str:
    ends = [mark.start() for mark in CLAUSE.finditer(text)]
    for comma in COMMA.finditer(text):
        first = text[comma.end() :].replace("’", "'").split(" ", 1)[0].rstrip(".,;:").partition("'")[0].casefold()
        if first in OPENERS or fold(first) in OPENERS or (first.endswith("ing") and len(first) > 5):
            ends.append(comma.start())
    for end in sorted(ends, reverse=True):
        open_brackets = text.count("(", 0, end) - text.count(")", 0, end)
        if end >= LEAST and not open_brackets and not _turns(text[end:]):
            return _whole(text[:end], text)
    return ""


def _whole(cut: str, text: str) -> str:
    """Ended as the text was; blank when too little is left, or as much."""
    cut = re.sub(r"\s+([.,])", r"\1", cut).strip().rstrip(",;: –—-")
    if text.rstrip().endswith(ENDS) and not cut.endswith(ENDS):
        cut += text.rstrip()[-1]
    return cut if LEAST <= len(cut) < len(text) else ""


def _turns(clause: str) -> bool:
    return not TURNS.isdisjoint(re.findall(r"\w+", fold(clause)))
