"""The lines an offer opens with, "Atelier Ferro • Roubaix (59) • CDI", taken apart: whose offer it is, and where.

What a cell is, it says itself: a postal code, a legal form, a name that the text comes back to. One that says nothing
is left alone.
"""

import re
from collections.abc import Iterator
from typing import Final

from cvstudio.language import LANGUAGES
from cvstudio.tailoring import esco, offer_cues, words

MAX_LINES, MAX_LINE, MAX_CELLS = 7, 160, 12  # of the head; characters; of a line
MAX_CELL = 70  # characters
MIN_NAME = 4  # characters of a word by which a name is known again

_CUT: Final = re.compile(r"\s+[-–—|•·@●]+\s+|\s*[|•●]\s*|\s+(?=(?:Réf|Ref)(?:[ .:]|érence))")
_BRACKET: Final = re.compile(r"\s*\((?P<code>[^()]{1,12})\)\s*$")
_CODE_FR: Final = re.compile(r"(?:\d{5}|\d{2}|2[AB]|97\d)")
_LINKS: Final = "en|le|la|les|sur|sous|de|du|des|lès|aux?|et|upon|of|the|on"
_NAME: Final = rf"[A-ZÀ-Þ][\w'’.]*(?:[ -](?:(?:{_LINKS})[ -])?[A-ZÀ-Þ][\w'’.]*){{0,4}}"
_NAME_WIDE: Final = r"[A-ZÀ-Þ0-9][\w&'’.-]*(?: (?:(?:de|du|des|la|le|et|d'|of|and|the|&) ?)?[A-ZÀ-Þ0-9][\w&'’.-]*){1,4}"
_SPOKEN: Final = re.compile(r"(?:you|we|vous|nous|tu|on) ")  # a sentence, though it be in capitals
_SHAPE: Final = re.compile(
    rf"[A-ZÀ-Þ][^\s:?!;]*(?: (?:(?:{_LINKS}|&|d['’])\s?)*[A-ZÀ-Þ\d&][^\s:?!;]*){{0,7}}"
)  # no sentence
_KIND: Final = re.compile(rf"[A-ZÀ-Þ][a-zà-ÿ]+(?: [a-zà-ÿ'’-]+){{1,4}}[ '’]{_NAME}")  # Clinique vétérinaire du Parc
_TOWN: Final = re.compile(rf"(?P<name>{_NAME})(?: \d{{1,2}}(?:er?|[èe]me)?)?")
_CODED: Final = re.compile(
    rf"(?:\d{{5}} (?P<after>{_NAME})|(?P<before>{_NAME})(?: \d{{5}}| [A-Z]{{1,2}}\d[\dA-Z]?(?: \d[A-Z]{{2}})?))"
)
# As LinkedIn writes it.
_REGIONAL: Final = re.compile(
    rf"(?P<town>{_NAME})(?:, {_NAME})?, (?:{'|'.join(offer_cues.parts('names', 'countries'))})"
)
_AT: Final = re.compile(rf"^(?P<whose>.{{2,{MAX_CELL}}}?) (?:à|in) (?P<town>{_NAME})$")
_WHOSE: Final = rf"[A-ZÀ-Þ][^\s:?!;,|]*(?: (?:(?:{_LINKS}|&|and|d['’])\s?)*[A-ZÀ-Þ\d&][^\s:?!;,|]*){{0,6}}"
_NAMED_AT: Final = re.compile(
    rf"(?P<whose>{_WHOSE})(?:, [a-zà-ÿ]+)?(?:, | [-–—|·•] )"
    rf"(?P<post>\d{{5}} )?(?P<where>{_NAME})(?: \((?P<code>\d{{2,5}}|2[AB])\))?(?:, (?P<beyond>{_NAME}))?"
)
_AREA: Final = re.compile(r"(?:secteur|region|zone|departement|agglomeration|quartier|greater|central|near|pres)\b")
_SIGNED: Final = re.compile(r"&|['’]s\b|^(?:The|Le|La|Les) \S+ \S|^L['’]\S+ \S")
_LINKED: Final = re.compile(rf"[ -](?:{_LINKS}|St|Saint)[ -]")
REGIONS: Final = frozenset(re.split(r"[|\n]", offer_cues.text("names", "regions").strip()))
_SAYS: Final = offer_cues.patterns("head")


def below_title(text: str, title: str) -> tuple[str, str]:
    """Whose offer it is and where, by the line below the title: "Northgate Legal, London". Blank where in doubt."""
    rows = [line.strip(" *#") for line in text.split("\n") if line.strip()][:MAX_LINES]
    at = next((at for at, row in enumerate(rows[:3]) if title and words.fold(title) in words.fold(row)), None)
    if at is None:
        return "", ""
    for line in rows[at + 1 : at + 3]:
        row = " – ".join(cell for cell in _cut(line) if not is_status(cell))  # "…, Vannes (56) – CDI"
        if row and len(row) <= MAX_CELL * 2 and row[-1] not in ".:;!?":
            whose, where = side_by_side(row)
            if where and not _asks_for(whose or where, title):
                return whose, where
    return "", ""


def side_by_side(row: str) -> tuple[str, str]:
    """Whose offer it is, where the line is one of a name and a place, and the place; blank where it is not."""
    found = _NAMED_AT.fullmatch(row)
    if found is None:
        return "", ""
    whose, where, code, beyond = (found[part] or "" for part in ("whose", "where", "code", "beyond"))
    if _SPOKEN.match(words.fold(whose)) or _AREA.match(words.fold(whose)) or esco.find(where, "en"):
        return "", ""
    if beyond and beyond not in REGIONS and not is_employer(whose):
        return "", ""
    if where in REGIONS and not code:  # a town in its county, or a name of several words with none
        several = len(whose.split()) > 2 and not _LINKED.search(whose)
        return (whose, where) if several or is_employer(whose) else ("", whose)
    telling = beyond in REGIONS or code or found["post"] or is_employer(whose) or _SIGNED.search(whose)
    return (whose, where) if telling or _means_work(whose) else ("", "")


def _means_work(name: str) -> bool:
    """Whether a word of several says what is done there: "Northgate Legal", "Pompes Funèbres Lecomte"."""
    said = words.tokens(name)
    return len(said) > 1 and any(
        words.form(word, language) in esco.title_words(language) for word in said for language in LANGUAGES
    )


def cells(text: str) -> Iterator[str]:
    """What stands side by side in the first lines, brackets kept."""
    for line in [line.strip(" *#") for line in text.split("\n") if line.strip()][:MAX_LINES]:
        if len(line) <= MAX_LINE:
            for sentence in words.sentences(line):
                yield from (bare for cell in _cut(sentence)[:MAX_CELLS] if (bare := cell.strip(" .,:*")))


def _cut(line: str) -> list[str]:
    """Cells without what is said beside a name: "Leeds (hybrid)  £29,000"."""
    beside = _ASIDE.sub(lambda one: one[0] if _CODE_FR.fullmatch(one[1]) or not is_status(one[1]) else "", line)
    return [_PAY.split(cell)[0] or cell for cell in _CUT.split(beside)]


_ASIDE: Final = re.compile(r"\s*\(([^()]*)\)")
_PAY: Final = re.compile(r"\s+(?=[£$€] ?\d)")


def is_status(cell: str) -> bool:
    """A contract, hours, pay, a rank, when it was posted: neither a name nor a place."""
    return bool(_SAYS["status"].search(words.fold(cell)))


def is_employer(line: str) -> bool:
    """Whether it begins, or ends, as names of employers do: "Clinique du Parc", "Rivers Dental Practice"."""
    return bool(_SAYS["employers"].search(words.fold(line)))


def town(text: str) -> str:
    """A place that says so by its postal code, or that follows a name which says so: "Oceanline Surveys, Plymouth"."""
    found = list(cells(text))
    for cell in found:
        if place := _coded(cell):
            return place
    for cell in found:
        whose, place = _parted(cell)
        if place and not is_status(cell) and _is_name(whose, text):
            return place
    return ""


def company(text: str, title: str) -> str:
    """The first cell that is the name of an employer; blank where none says so."""
    for cell in cells(text):
        if len(cell) > MAX_CELL or is_status(cell) or _coded(cell) == cell or words.fold(cell) == words.fold(title):
            continue
        whose, _ = _parted(cell)
        if _is_name(whose, text) and not _asks_for(whose, title):
            return whose
    return ""


def _parted(cell: str) -> tuple[str, str]:
    """Whose, and where: "SCP Durand, Tours 37000", "Maison Leroy à Angers (49)"."""
    bracket = _BRACKET.search(cell)
    bare = cell[: bracket.start()] if bracket and _CODE_FR.fullmatch(bracket["code"]) else cell
    if found := _AT.match(bare):
        return found["whose"].strip(" ,"), found["town"]
    whose, comma, rest = bare.partition(", ")
    first = rest.split(", ")[0].strip(" .")
    if comma and (place := _coded(first) or (first if _TOWN.fullmatch(first) else "")):
        return (whose.strip(), place) if not first.isupper() or _coded(first) else (bare, "")
    return bare.strip(), ""


def _coded(cell: str) -> str:
    bracket = _BRACKET.search(cell)
    if bracket and _CODE_FR.fullmatch(bracket["code"]):
        bare = cell[: bracket.start()].strip()
        found = _AT.match(bare)
        return found["town"] if found else bare if _TOWN.fullmatch(bare) else ""
    coded = _CODED.fullmatch(cell)
    if (regional := _REGIONAL.fullmatch(cell)) and not is_employer(regional["town"]):
        return regional["town"]
    return (coded["after"] or coded["before"]) if coded else ""


def _is_name(cell: str, text: str) -> bool:
    """An employer's: by a word that names are made of, or because a sentence begins with it again."""
    if _SPOKEN.match(words.fold(cell)):
        return False
    if " " in cell and is_employer(cell) and (_SHAPE.fullmatch(cell) or _KIND.fullmatch(cell)):
        return True
    if not _SHAPE.fullmatch(cell):
        return False
    first = cell.split()[0]
    if len(first) < MIN_NAME or words.fold(first) in words.STOP["fr"] | words.STOP["en"]:
        return False
    again = rf"(?m)(?:^|[.!?»] )(?:L['’]|The )?{re.escape(first)}\b[^\n.]{{0,60}}?,? (?:{_SUBJECT})\b"
    return bool(re.search(again, text))


def spoken_of(text: str, title: str) -> str:
    """A name of two words or with a legal form, of which a sentence says what it does: "Marsh & Pike LLP is a firm"."""
    for found in _SPOKEN_OF.finditer(text):
        name = found["name"].strip(" .,")
        first, *others = words.fold(name).split()
        if (
            first not in words.STOP["fr"] | words.STOP["en"]
            and (others or is_employer(name))
            and not _asks_for(name, title)
            and not any(skill.start == 0 for skill in esco.find(name, "en"))
        ):
            return name
    return ""


_SUBJECT: Final = "|".join(offer_cues.parts("names", "subject"))
_SPOKEN_OF: Final = re.compile(
    rf"(?m)(?:^(?:[-•] )?|[.!?] )(?P<name>{_NAME_WIDE}),? (?:{_SUBJECT})\b"
    rf"(?!{'|'.join(offer_cues.parts('names', 'praise'))})"
)


def _asks_for(cell: str, title: str) -> bool:
    """A part of the title: "Studio" in "Studio Manager"."""
    return set(words.tokens(cell)) <= set(words.tokens(title))
