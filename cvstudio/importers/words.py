"""The word lists of words.toml, and what is asked of them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale

from cvstudio.document.model import CV_LANGUAGES, CvLanguage, Language

EDGE = re.compile(r"^[\W\d_]+|[\W_]+$")
TOWN = re.compile(
    r"[a-z']+(?:-[a-z']+)*-(?:en|sur|sous|les|le|la|de|du)-[a-z'-]+|sainte?-[a-z'-]+"
)  # how many French ones are built
WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")


def plain(text: str) -> str:
    """Small letters without accents, straight apostrophes, single spaces, "&" as "and"/"et" left out."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.replace("’", "'").replace("œ", "oe").replace("ß", "ss").split())


@lru_cache(maxsize=4096)
def heading(text: str) -> str:
    """The section that a heading opens: "work", "skills", … "contact", "title"; blank when it is none we know."""
    if not 2 <= len(text) <= 60:
        return ""
    bare = EDGE.sub("", plain(text))
    spelt = re.sub(r"\s*(?:&|\+|/|,)\s*", " and ", bare)
    known = _headings()
    for form in (bare, spelt, spelt.replace(" and ", " et "), bare.replace("-", " "), spelt.replace(" and ", " ")):
        if form in known:
            return known[form]
    if " " in bare and (
        key := _close_headings().get(bare.replace(" ", "").replace("-", ""))
    ):  # l e t t e r s  s e t  w i d e
        return key
    first, joint, rest = spelt.partition(" and ")
    if not joint:
        first, joint, rest = spelt.partition(" et ")
    if joint and (rest in known or heading(rest)):  # "Skills, languages and interests"
        return known.get(first, "")
    said = bare.split()
    noun = " ".join(word for word in said if word not in _words("modifiers"))
    if not noun and len(said) == 2:  # "Personal summary": either may say only how
        noun = next((word for word in reversed(said) if word in known), "")
    return known.get(noun, "")


@cache
def _headings() -> dict[str, str]:
    return {word: key for key, words in _data()["headings"].items() for word in words}


@cache
def _close_headings() -> dict[str, str]:
    return {word.replace(" ", "").replace("-", ""): key for word, key in _headings().items()}


def words(table: str) -> frozenset[str]:
    return _words(table)


@cache
def _words(table: str) -> frozenset[str]:
    return frozenset(plain(word) for word in _data()[table]["words"])


def signs(kind: str) -> tuple[str, ...]:
    return tuple(_data()["signs"][kind])


def is_label(text: str) -> bool:
    """ "Responsibilities:", over the bullets of an entry."""
    return EDGE.sub("", plain(text)) in _words("labels")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def share(text: str, table: str) -> float:
    """How much of the text's words are in the table, its first word counting twice."""
    said = WORD.findall(plain(text))
    found = [word in _words(table) for word in said]
    named = [" ".join(said[:count]) for count in (2, 3)]
    if table == "degrees":
        named += [plain(part) for part in text.split(", ")[1:]]
    if found and any(one in _words(table) for one in named):
        found[0] = True  # "A Levels", "Nursing, A Levels"
    return (sum(found) + 2 * found[0]) / (len(found) + 2) if found else 0.0


@cache
def _language_names() -> frozenset[str]:
    more = {"mandarin", "chinese", "chinois", "langue des signes", "langue des signes francaise"}
    more |= {"sign language", "british sign language", "lsf", "bsl", "farsi"}
    names = (plain(name) for code in (*CV_LANGUAGES, "ar", "he") for name in Locale(code).languages.values())
    return frozenset({*names, *more})


def is_language(text: str) -> bool:
    """ "Français", "English (UK)", "Langue des signes française"."""
    bare = EDGE.sub("", plain(re.sub(r"\(.*?\)", "", text)))
    return bare in _language_names()


@cache
def _territories() -> dict[str, str]:
    found = {}
    for language in CV_LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found[plain(name)] = code
    return {**found, "uk": "GB", "usa": "US", "etats-unis": "US"}


def country(text: str) -> str:
    """The ISO code of a country's name in French or English; blank when it is none."""
    return _territories().get(EDGE.sub("", plain(text)), "")


def is_level(text: str) -> bool:
    """Whether the text says how well, and little else: "Courant (C1)", "Limited working proficiency"."""
    bare = EDGE.sub("", plain(re.sub(r"[()]", " ", text)))
    if not bare or len(bare) > 60:
        return False
    table = _words("levels")
    if bare in table or re.match(r"(?:niveau|level)\b", bare):
        return True
    found = re.split(r"\s*[,/·:–-]\s*|\s+", bare)
    return found[0] in table or any(" ".join(found[:count]) in table for count in (2, 3)) or found[-1] in table


def is_place(text: str) -> bool:
    """A town we know, a country, "Ville (44)", "Town, Region"."""
    bare = EDGE.sub("", plain(text)) if not text.rstrip().endswith(")") else plain(text)
    if not bare or len(bare) > 60 or any(sign in bare for sign in "@:;"):
        return False
    if match := re.fullmatch(r"([^\d(,]{2,40}?) ?\((?:\d{2,3}|2[ab]|([^\d()]{2,20}))\)", bare):
        return len(match[1].split()) <= 4 and (not match[2] or bool(country(match[2])))
    if re.fullmatch(r"\d{4,5} [^\d]{2,30}", bare) or TOWN.fullmatch(bare):
        return True
    towns = _words("places")
    pieces = [piece.strip() for piece in bare.split(",")]
    if pieces[0] in towns or country(pieces[-1]):
        return len(pieces) <= 4 and all(len(piece.split()) <= 5 for piece in pieces)
    state = re.fullmatch(r"[^\d,]{2,30}, (?!b[as]$)[a-z]{2}", bare)  # "Health Studies, BA" is a degree
    return bool(state) and len(pieces[0].split()) <= 4


def language_of(text: str) -> Language:
    """French or English, by the small words."""
    counts = _counts(text)
    if counts["fr"] == counts["en"]:
        return "fr" if re.search(r"[éèêàçôî]", text.casefold()) else "en"
    return "fr" if counts["fr"] > counts["en"] else "en"


def written_in(text: str) -> CvLanguage:
    """The language of a CV: another than our two only where it is clearly that one."""
    counts, ours = _counts(text), language_of(text)
    likest = max(counts, key=lambda language: counts[language])
    return likest if counts[likest] > max(4.0, 1.3 * counts[ours]) else ours


@lru_cache(maxsize=2)  # asked for both languages of a text, one after the other
def _counts(text: str) -> dict[CvLanguage, int]:
    """How often each language's small words are met."""
    small: dict[CvLanguage, list[str]] = _data()["small"]
    counts = dict.fromkeys(small, 0)
    for word in re.findall(r"[^\W\d_]+", plain(text[:50_000])):
        for language, known in small.items():
            counts[language] += word in known
    return counts


def title_case(text: str) -> str:
    """A name in capitals as it is usually written; anything else as it is."""
    letters = [letter for letter in text if letter.isalpha()]
    if len(letters) < 4 or not all(letter.isupper() for letter in letters):
        return text
    return re.sub(r"[^\W\d_]+", lambda found: found[0][0] + found[0][1:].lower(), text)
