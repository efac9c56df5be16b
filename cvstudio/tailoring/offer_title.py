"""The line an offer's title stands in, taken apart: "Data Analyst | Brightwave | Manchester", "Comptable chez Duval".

A part is what it says it is: a contract, a place by its postal code, an employer by its words or by "chez". A part made
of words that trades and skills are named with goes on with the title, and one with a word of no such name is a name.
"""

import re
from bisect import bisect_left
from functools import cache
from typing import Final, NamedTuple

from cvstudio.language import LANGUAGES
from cvstudio.tailoring import esco, offer_cues, offer_head, words

MAX_ROWS = 6
MAX_LINE, MAX_PARTS, MAX_NAME = 160, 8, 70  # characters; parts; characters of a part
TRADE = 0.5  # of a part, what an occupation's name accounts for
MIN_SPOKEN = 3  # words of an employer whose name is made of plain ones: Rivers Dental Practice
ALIKE = 7  # letters of a word that may be a form of a known one: cardiologie, cardiology

_CUT: Final = re.compile(
    r"\s+(?P<weak>/)\s+|\s+(?:[-–—|•·]+)\s+|\s*[|•]\s*|(?P<comma>,)\s+|\s+(?P<at>@|chez|at)\s+(?=[A-ZÀ-Þ\d]|l['’])"
    r"|\s+(?P<for>for|pour)\s+(?=[A-ZÀ-Þ])"
)
GENDERS: Final = re.compile(
    r"\s*[\[(]?\b(?:[hfmwdxn]\s?[/|]\s?[hfmwdxn](?:\s?[/|]\s?[hfmwdxn])?)\b[\])]?|\((?:all genders|tous genres)\)",
    re.IGNORECASE,
)
_BRACKET: Final = re.compile(r"\s*\((?P<inside>[^()]{2,60})\)\s*$")
_CODE: Final = re.compile(r"(?:\d{5}|\d{2}|2[AB]|97\d)")
_PLACED: Final = re.compile(r"^(?P<whose>.{2,60}?) (?:à|in) (?P<town>[A-ZÀ-Þ].*)$")
_NAMED: Final = re.compile(
    r"[A-ZÀ-Þ\d][^\s:?!;|]*(?: (?:[A-ZÀ-Þ\d&][^\s:?!;|]*|en|le|la|les|sur|sous|de|du|des|et|of|and|the|upon|d['’]\S+))*"
)
_PROCLAIMS: Final = re.compile(
    r"^(?P<whose>[^:]{2,70}?) (?:recrute|recherche|is hiring|are hiring|hiring|recruits)\b"
    r"\s*(?:[:–—-]\s*)?(?:une?|an?)?\s*",
    re.IGNORECASE,
)


class Heading(NamedTuple):
    title: str  # as written, gender marks and contract still in it
    company: str = ""
    place: str = ""
    sure: bool = True  # the company says itself that it is one


def headed(text: str, title: str) -> Heading | None:
    """That of the first lines' which has the title."""
    rows = [row for line in text.split("\n") if (row := line.strip(" *#-–—•"))][:MAX_ROWS]
    found = (heading(row) for row in rows if title and words.fold(title) in words.fold(row))
    return next((one for one in found if one and words.fold(title) in words.fold(one.title)), None)


class _Part(NamedTuple):
    text: str
    start: int
    end: int  # in the line
    sign: str  # what stands before it: "" for the first, "at", "weak", "comma", "bracket" or "cut"


def heading(line: str) -> Heading | None:
    """None where the line says neither whose offer it is nor where: then it is a title alone."""
    if len(line) > MAX_LINE or line.endswith((".", "!", "?", ":")):
        return None
    if said := _PROCLAIMS.match(line):
        whose, rest = said["whose"].strip(), line[said.end() :]
        if rest and _is_name(whose) and _is_trade(rest):
            told = heading(rest) or Heading(rest)
            return Heading(told.title, whose, told.place or told.company)
    parts = _parts(line)
    first = next((at for at, part in enumerate(parts) if not _says_nothing(part.text)), None)
    if first is None or len(parts) < 2 or not all(_is_listed(part) for part in parts):
        return None
    at = _title_at(parts, first)
    company = place = ""
    names: list[_Part] = []
    for number, part in enumerate(parts):
        if number == at or _says_nothing(part.text):
            continue
        text, town = _placed(part.text)
        if town and not text:
            place = place or town
        elif part.sign == "at" or offer_head.is_employer(text):
            if not _is_name(text, certain=part.sign == "at" or len(text.split()) >= MIN_SPOKEN):
                continue
            company, place = company or text, place or town
        elif part.sign == "bracket" and number == len(parts) - 1 and names and _is_shaped(text):
            place = place or text
        elif _is_name(text) and not _is_trade(text):
            names.append(part)
            place = place or town
    sure = company != ""
    company, place = _told(names, company, place, first=at == 0)
    if at > 0 and not sure and "|" not in line and not _says_what(company):
        company = place = ""  # "Annecy – Serveur": a town may stand first as well
    elif not company and not place:
        return None
    title = parts[at].text
    for part in parts[at + 1 :]:  # "Développeur Python / Django", "Monteur / Câbleur"
        if part.sign != "weak" or part in names or part.text in (company, place):
            break
        title = line[parts[at].start : part.end]
    return Heading(title, company, place, sure)


def _is_listed(part: _Part) -> bool:
    """What follows a comma in a list of names; in a sentence it goes on otherwise."""
    return part.sign != "comma" or _is_shaped(_placed(part.text)[0] or part.text) or _says_nothing(part.text)


def _told(names: list[_Part], company: str, place: str, *, first: bool) -> tuple[str, str]:
    """Whose, and where: of two names whose comes first, one alone is whose only where the place is known.

    "Trowley, Avonby" after a dash may be a town in its county: whose it is, a name has to say itself.
    """
    left = [_placed(part.text)[0] for part in names]
    if not company and left:
        county = len(left) > 1 and names[1].sign == "comma" and not _says_what(left[0])
        town = len(left) == 1 and (not place or place in _BEYOND)
        if not first or not (county or town):
            company = next((name for name in left if _says_what(name)), left[0])
            left.remove(company)
        elif not place or place in _BEYOND:
            return "", left[0] if county or place else ""
    if left and company and (not place or place in _BEYOND):
        place = left[0]
    return company, place


def _says_what(name: str) -> bool:
    """Whether a name says what is done there: "Marlowe Partners"."""
    return any(_is_known(word) for word in words.tokens(name))


def _parts(line: str) -> list[_Part]:
    found: list[_Part] = []
    start, sign = 0, ""
    for cut in [*_CUT.finditer(line), None][: MAX_PARTS + 1]:
        end = cut.start() if cut else len(line)
        if line.count("(", start, end) > line.count(")", start, end) and cut:
            continue  # inside brackets
        found += _unbracketed(line, start, end, sign)
        if cut:
            start, sign = cut.end(), cut.lastgroup or "cut"
    return found


def _unbracketed(line: str, start: int, end: int, sign: str) -> list[_Part]:
    """A bracket that ends a part is one of its own where it holds a name: "(Dublin)", not "(Nights)" or "(69)"."""
    text = line[start:end]
    bracket = _BRACKET.search(text)
    bare = text[: bracket.start()] if bracket else text
    if bracket and _says_nothing(bracket["inside"]) and not _CODE.fullmatch(bracket["inside"]):
        return [_Part(bare.strip(), start, start + len(bare), sign)]
    if bracket and not _CODE.fullmatch(bracket["inside"]):
        inside = [_Part(one.strip(), end, end, "bracket") for one in bracket["inside"].split(",")]
        if all(_is_name(one.text) for one in inside):
            return [_Part(bare.strip(), start, start + len(bare), sign), *inside]
    return [_Part(text.strip(), start, end, sign)] if text.strip() else []


def _title_at(parts: list[_Part], first: int) -> int:
    """The first part; where that is a name, the first that is a trade."""
    head = parts[first].text
    if not _is_name(head) or (_is_trade(head) and not offer_head.is_employer(head)):
        return first
    trades = (at for at in range(first + 1, len(parts)) if _is_trade(parts[at].text))
    return next((at for at in trades if not offer_head.is_employer(parts[at].text)), first)


def _placed(text: str) -> tuple[str, str]:
    """A name without the place that says so, and the place: "Lyon (69)", "Maison Leroy à Angers"."""
    bracket = _BRACKET.search(text)
    if bracket and _CODE.fullmatch(bracket["inside"]):
        bare = text[: bracket.start()]
        found = _PLACED.match(bare)
        return (found["whose"].strip(), found["town"].strip()) if found else ("", bare.strip())
    if text in _BEYOND:
        return "", text
    found = _PLACED.match(text)
    return (found["whose"].strip(), found["town"].strip()) if found and _is_shaped(found["town"]) else (text, "")


def _says_nothing(text: str) -> bool:
    bare = GENDERS.sub("", text)
    return not bare or offer_head.is_status(bare)


def _is_trade(text: str) -> bool:
    named = esco.occupation(text, "fr")  # and in English where that finds none
    return named is not None and named.fit >= TRADE


def _is_shaped(text: str) -> bool:
    return len(text) <= MAX_NAME and _NAMED.fullmatch(text) is not None


def _is_name(text: str, *, certain: bool = False) -> bool:
    """Written as names are, with a word that no trade or skill is named with, or `certain` to be one."""
    if not _is_shaped(text):
        return False
    said = [word for word in words.tokens(text) if word not in words.STOP["fr"] | words.STOP["en"]]
    signed = re.match(r"(?:The|L['’]|St|Saint) ?\S", text) is not None and len(said) > 1
    return bool(said) and (certain or signed or any(not _is_known(word) for word in said))


def is_plain(text: str) -> bool:
    """Whether all its words are those of trades and skills: no name of a place."""
    return text not in _BEYOND and all(_is_known(word) for word in words.tokens(text))


def _is_known(word: str) -> bool:
    """Whether trades or skills are named with it, or with a word that begins as it does."""
    known = _vocabulary()
    if word in _TOWNS:
        return False
    if word.isdigit() or any(
        form in known[0] for one in LANGUAGES for form in (word, words.stem(word, one), words.form(word, one))
    ):
        return True
    begins = word[: max(ALIKE - 1, len(word) - 2)]
    at = bisect_left(known[1], begins)
    return len(word) >= ALIKE and at < len(known[1]) and known[1][at].startswith(begins)


@cache
def _vocabulary() -> tuple[frozenset[str], list[str]]:
    found = frozenset().union(*(esco.name_words(one) for one in LANGUAGES)) | _PLAIN
    return found, sorted(found)


_PLAIN: Final = frozenset(words.fold(offer_cues.text("names", "plain")).split())
_BEYOND: Final = (offer_head.REGIONS | {name for name in offer_cues.parts("names", "countries") if name.isalpha()}) - {
    "Paris",
    "Luxembourg",
}  # towns as well
_TOWNS: Final = frozenset(words.fold(offer_cues.text("names", "towns")).split())
