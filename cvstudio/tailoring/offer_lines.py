"""An offer's lines, each told what it is: what one will do, what is asked for, what would be nice, or noise.

Headings say so for what follows them; where none does, the sentence's own words do, and where these do not either,
the sentence goes on with what was told before it.
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
MIN_HOLDER = 5  # letters of a title's word by which sentences about who has the job are known
MIN_TALK = 25  # characters: shorter lines that say nothing are titles, places and the like


@dataclass(frozen=True, slots=True)
class Line:
    text: str  # one sentence, as written
    part: Part
    bullet: bool
    heading: str = ""  # what it stands under, or before its colon


_HEADING: Final = offer_cues.patterns("headings")
_SAYS: Final = offer_cues.patterns("sentences")
# Headings over all that the offer says: its sentences tell themselves what they are.
_OPEN: Final = re.compile("|".join(offer_cues.parts("announcements", "open")))
_OTHERS: Final = re.compile("|".join(offer_cues.parts("announcements", "others")))
MAX_LINK = 80  # characters
MIN_OWN = 40  # words of the offer before others are shown: a heading above it is a link to them
_ACTS: Final = "|".join(offer_cues.parts("announcements", "acts"))
_BULLET: Final = re.compile(r"^\s*(?:[-–—•·*▪◦●○■□►▶➤➢✓✔✅→»>]|\(?\d{1,2}[.)]|[a-z]\))\s+")
_INLINE: Final = re.compile(r"^(.{3,60}?)\s*[:：]\s+(.{3,})$")

# "Au sein de l'atelier, vous :" says nothing itself, and tells what follows.
_LEADS: Final = re.compile(
    r"\b(?:vous|tu|you|will|include|including|comprend|comprennent|suivante?s?|following|duties|tasks|responsibilities)\b.*:$"
)
_JOINS: Final = re.compile(r"[,;]| et | and ")
MIN_LISTED = 2  # commas of a sentence without a verb that lists tasks: "Tonte, taille de haies, élagage."
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


def own(text: str) -> str:
    """An offer's text without the other offers that a site shows below it."""
    at = said = 0
    for row in text.split("\n"):
        if said >= MIN_OWN and len(row) <= MAX_LINK and _OTHERS.fullmatch(_unmarked(row)):
            return text[:at].rstrip()
        at, said = at + len(row) + 1, said + len(row.split())
    return text


def lines(text: str, title: str = "", company: str = "") -> list[Line]:
    """Every sentence of a cleaned text, in order, headings left out. `title` and `company` are the job's, if known."""
    found: list[Line] = []
    part: Part = "other"
    told: Part = "other"  # what a text without headings spoke of last
    heading, inline = "", False
    holder, house = _holder(title), re.compile(rf"{re.escape(company)}\b") if company else None
    for raw in text.split("\n"):
        if not raw.strip():
            if inline:  # "Avantages : …" speaks for its own paragraph alone
                part, heading, inline = "other", "", False
            continue
        bullet = bool(_BULLET.match(raw))
        plain = _BULLET.sub("", raw).strip()
        if (named := heading_part(plain)) and not (bullet and not plain.endswith(":")):
            part, heading, inline = named, plain.rstrip(" :"), False
            if named == "duties" and _OPEN.fullmatch(_unmarked(plain)):
                part, told = "other", "duties"
            continue
        if plain.endswith(":") and not bullet and _LEADS.search(folded := words.fold(plain)):
            if part == "other":
                part, heading = ("profile" if _asks_plainly(folded) else "duties"), plain.rstrip(" :")
            inline = False
            continue
        # "Missions : …" speaks for its own line; those below it may go on with it or not.
        here, under = ("other" if inline and not bullet and part != "nice" else part), heading
        if (split := _INLINE.match(plain)) and (named := heading_part(split[1], alone=False)):
            plain, here, under = split[2], named, split[1]
            if not bullet:
                part, heading, inline = named, split[1], True
                told = named
        for sentence in words.sentences(plain):
            what: Part
            if house and house.match(sentence) and _is_about(words.fold(sentence), here):
                what = "company"
            elif here != "other":
                what = _part(sentence, here, bullet)
            else:
                what = _told(sentence, bullet, told, holder)
            found.append(Line(sentence, what, bullet, under))
            if what != "other" and not _SAYS["hires"].search(words.fold(sentence)):
                told = what
    return found


def _is_about(folded: str, under: Part) -> bool:
    """Whether a sentence that begins with the employer's name tells of the employer, or that someone is sought."""
    if _SAYS["hires"].search(folded):
        return not _asks_or_does(folded)
    return under == "other" and not _SAYS["person"].search(folded)


def _holder(title: str) -> re.Pattern[str] | None:
    """A sentence whose subject is who has the job: "Le conducteur part le lundi", "The technician prepares"."""
    named = [re.escape(word) for word in words.tokens(title.split("(")[0]) if len(word) >= MIN_HOLDER]
    return re.compile(rf"\b(?:le |la |les |l'|the |our )(?:{'|'.join(named)})\w*,? {_ACTS}") if named else None


def heading_part(line: str, *, alone: bool = True) -> Part | None:
    """What a heading announces; None for a line that is none."""
    bare = _unmarked(line)
    if not bare or len(bare.split()) > MAX_HEADING or (alone and line.rstrip().endswith((".", ";", ","))):
        return None
    if alone and not line.rstrip().endswith((":", "?")) and len(bare.split()) > 6:
        return None
    return next((cast(Part, part) for part, pattern in _HEADING.items() if pattern.fullmatch(bare)), None)


def _unmarked(line: str) -> str:
    """A heading's words, folded, without what frames them."""
    bare = re.sub(r"(?<![\w+])\+(?![\w+])", "plus", words.fold(words.plain(line)))  # "Les + :"
    bare = re.sub(r"^[^\w]+|[^\w)]+$", "", bare).strip()
    return re.sub(r"\s+", " ", re.sub(r"\(.*?\)", "", bare)).strip()


def _part(sentence: str, under: Part, bullet: bool) -> Part:
    """What a sentence is, under a heading of that part."""
    folded = words.fold(sentence)
    if aside := _aside(folded):
        return aside
    if under in NOISE_PARTS:
        return under
    if _sold(folded) or (_SAYS["conditions"].match(folded) and not _asks_plainly(folded)):
        return "perks"
    if under == "duties" and not bullet and _asks_plainly(folded):
        return "profile"
    if _SAYS["receives"].match(folded) and not bullet and not _JOINS.search(folded):
        return "company"  # "You will join a team of eight."
    ours = _SAYS["we"].search(folded) and not _SAYS["person"].search(folded)
    talk = _SAYS["company"].search(folded) or (ours and not bullet and folded.count(";") < 2)  # that is a list
    return "company" if talk and not _asks_or_does(folded) else under


def _told(sentence: str, bullet: bool, before: Part, holder: re.Pattern[str] | None) -> Part:
    """What a sentence is by its own words, under no heading, after sentences that spoke of `before`."""
    folded = words.fold(sentence)
    if aside := _aside(folded):
        return aside
    if _SAYS["letter"].search(folded):
        return "company"
    if _SAYS["wished"].search(folded):
        return "profile"
    if _sold(folded):
        return "perks"
    if _asks_plainly(folded):
        return "profile"
    given = _SAYS["receives"].sub(" ", folded)  # "Vous intégrez une équipe" is no task
    does = _SAYS["does"].search(given) or _SAYS["tasks"].search(given) or (holder and holder.search(given))
    asks = _SAYS["asks"].search(given) or _SAYS["wants"].search(given)
    stated = _SAYS["terms"].match(folded) or _SAYS["conditions"].match(folded)
    if stated and not _asks_or_does(given):
        return "perks"
    if not does and (_SAYS["company"].search(folded) or given != folded):
        return "company"
    if _SAYS["house"].search(folded) and not asks:
        return "company"
    ours = _SAYS["us"].search(folded) if before in ("duties", "profile") else _SAYS["we"].search(folded)
    if not does and ours and not any(_SAYS[who].search(folded) for who in ("person", "seeks", "wants")):
        return "company"  # that something is handed to "l'équipe" says little amid what is done
    if does and asks:
        if asks.start() < does.start() and not _SAYS["addressed"].match(folded, asks.start()):
            return "profile"  # "De formation BTS, vous tenez …": what comes first is what is said
        return before if before in ("duties", "profile") else "duties"
    if does or (bullet and _INFINITIVE.match(folded) and not asks):
        return "duties"
    if asks:
        return "profile"
    if _SAYS["hires"].search(folded):
        return "other"  # that someone is sought is no task
    if bullet:
        return "duties"
    if before in NOISE_PARTS:
        return "duties" if _SAYS["person"].search(folded) else "other"
    if before == "other" and (folded.count(",") >= MIN_LISTED and not _SAYS["finite"].search(folded)):
        return "duties"
    return before if before != "other" or not _SAYS["person"].search(folded) else "duties"


def _aside(folded: str) -> Part | None:
    """What is said to machines, to everyone, or about how to apply."""
    if _SAYS["machines"].search(folded):
        return "company"
    if _SAYS["equality"].search(folded) or _SAYS["apply"].search(folded):
        return "apply"
    return "company" if _SAYS["nothing_asked"].search(folded) else None


def _sold(folded: str) -> bool:
    """Pay and perks; pay, bonuses and insurance are also some people's work."""
    return bool(_SAYS["perks"].search(folded)) and not (
        _SAYS["handles_pay"].search(folded) or _SAYS["wished"].search(folded)
    )


def _asks_plainly(folded: str) -> bool:
    return bool(_SAYS["asks_plainly"].search(folded))


def _asks_or_does(folded: str) -> bool:
    return bool(_SAYS["asks"].search(folded) or _SAYS["does"].search(folded))


def noise(found: list[Line]) -> Iterator[str]:
    return (
        line.text for line in found if line.part in NOISE_PARTS or (line.part == "other" and len(line.text) > MIN_TALK)
    )
