"""An offer's lines, each told what it is: what one will do, what is asked for, what would be nice, or noise.

Headings say so for what follows them; where none does, the sentence's own words do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast

from cvstudio.tailoring import offer_cues, words

Part = Literal["duties", "profile", "nice", "perks", "company", "apply", "other"]
NOISE_PARTS: Final[frozenset[Part]] = frozenset({"perks", "company", "apply"})
MAX_HEADING = 9  # words
NARROWEST, WIDEST = 50, 180  # characters a line, where lines are broken by a page: narrower are lists, wider is none
FULL = 0.8  # of the longest line: letters differ in width
MIN_TALK = 25  # characters: shorter lines that say nothing are titles, places and the like


@dataclass(frozen=True, slots=True)
class Line:
    text: str  # one sentence, as written
    part: Part
    bullet: bool
    heading: str = ""  # what it stands under, or before its colon


_HEADING: Final = offer_cues.patterns("headings")
_SAYS: Final = offer_cues.patterns("sentences")
_BULLET: Final = re.compile(r"^\s*(?:[-–—•·*▪◦●○■□►▶➤➢✓✔✅→»>]|\(?\d{1,2}[.)]|[a-z]\))\s+")
_INLINE: Final = re.compile(r"^(.{3,60}?)\s*[:：]\s+(.{3,})$")

# "Au sein de l'atelier, vous :" says nothing itself, and tells what follows.
_LEADS: Final = re.compile(
    r"\b(?:vous|tu|you|will|include|including|comprend|comprennent|suivante?s?|following|duties|tasks|responsibilities)\b.*:$"
)
_JOINS: Final = re.compile(r"[,;]| et | and ")
_INFINITIVE: Final = re.compile(r"^(?:[a-z']+ )?\w{2,}(?:er|ir|re|oir)\b")


def unwrapped(text: str) -> str:
    """Sentences that a page's width broke are whole again: a line as long as they get there, a small letter next."""
    rows = text.split("\n")
    width = max(map(len, rows))
    if not NARROWEST <= width <= WIDEST:
        return text
    whole, last = [rows[0]], rows[0]
    for row in rows[1:]:
        full = len(last) + 1 + len(row.partition(" ")[0]) > FULL * width
        if full and row[:1].islower() and not _BULLET.match(row) and not last.endswith((".", ":", ";", "!", "?")):
            whole[-1] += f" {row}"
        else:
            whole.append(row)
        last = row
    return "\n".join(whole)


def lines(text: str) -> list[Line]:
    """Every sentence of a cleaned text, in order, headings left out."""
    found: list[Line] = []
    part: Part = "other"
    heading, inline = "", False
    for raw in text.split("\n"):
        if not raw.strip():
            if inline:  # "Avantages : …" speaks for its own paragraph alone
                part, heading, inline = "other", "", False
            continue
        bullet = bool(_BULLET.match(raw))
        plain = _BULLET.sub("", raw).strip()
        if (named := heading_part(plain)) and not (bullet and not plain.endswith(":")):
            part, heading, inline = named, plain.rstrip(" :"), False
            continue
        if plain.endswith(":") and not bullet and _LEADS.search(folded := words.fold(plain)):
            if part == "other":
                part, heading = ("profile" if _asks_plainly(folded) else "duties"), plain.rstrip(" :")
            inline = False
            continue
        here, under = part, heading
        if (split := _INLINE.match(plain)) and (named := heading_part(split[1], alone=False)):
            plain, here, under = split[2], named, split[1]
            if not bullet:
                part, heading, inline = named, split[1], True
        found.extend(
            Line(sentence, _part(sentence, here, bullet), bullet, under) for sentence in words.sentences(plain)
        )
    return found


def heading_part(line: str, *, alone: bool = True) -> Part | None:
    """What a heading announces; None for a line that is none."""
    bare = re.sub(r"(?<![\w+])\+(?![\w+])", "plus", words.fold(words.plain(line)))  # "Les + :"
    bare = re.sub(r"^[^\w]+|[^\w)]+$", "", bare).strip()
    bare = re.sub(r"\s+", " ", re.sub(r"\(.*?\)", "", bare)).strip()
    if not bare or len(bare.split()) > MAX_HEADING or (alone and line.rstrip().endswith((".", ";", ","))):
        return None
    if alone and not line.rstrip().endswith((":", "?")) and len(bare.split()) > 6:
        return None
    return next((cast(Part, part) for part, pattern in _HEADING.items() if pattern.fullmatch(bare)), None)


def _part(sentence: str, under: Part, bullet: bool) -> Part:
    """What a sentence is, under a heading of that part."""
    folded = words.fold(sentence)
    if _SAYS["machines"].search(folded):
        return "company"
    if _SAYS["equality"].search(folded) or _SAYS["apply"].search(folded):
        return "apply"
    if _SAYS["nothing_asked"].search(folded):
        return "company"
    if under in NOISE_PARTS:
        return under
    if _SAYS["perks"].search(folded) and not _sells(folded):
        return "perks"
    ours = bool(_SAYS["we"].search(folded)) and not _SAYS["person"].search(folded)
    if under != "other":
        if under == "duties" and not bullet and _asks_plainly(folded):
            return "profile"
        if _SAYS["receives"].match(folded) and not bullet and not _JOINS.search(folded):
            return "company"  # "You will join a team of eight."
        talk = _SAYS["company"].search(folded) or (ours and not bullet and folded.count(";") < 2)  # that is a list
        return "company" if talk and not _asks_or_does(folded) else under
    if _asks_plainly(folded):
        return "profile"
    if (
        _SAYS["company"].search(folded)
        or _SAYS["receives"].search(folded)
        or (ours and not _SAYS["seeks"].search(folded))
    ):
        return "company"
    asks = _SAYS["asks"].search(folded)
    if _SAYS["does"].search(folded) or (bullet and _INFINITIVE.match(folded) and not asks):
        return "duties"
    if asks:
        return "profile"
    return "duties" if bullet or _SAYS["person"].search(folded) else "other"


def _asks_plainly(folded: str) -> bool:
    return bool(_SAYS["asks_plainly"].search(folded))


def _asks_or_does(folded: str) -> bool:
    return bool(_SAYS["asks"].search(folded) or _SAYS["does"].search(folded))


def _sells(folded: str) -> bool:
    """Pay, bonuses and insurance are also some people's work."""
    return bool(_SAYS["handles_pay"].search(folded))


def noise(found: list[Line]) -> Iterator[str]:
    return (
        line.text for line in found if line.part in NOISE_PARTS or (line.part == "other" and len(line.text) > MIN_TALK)
    )
