"""Skills and occupations named as ESCO names them, found in French and English text.

The tables of `data/` are made by bench/esco/build.py. A concept's address is ESCO's URI, or `cvstudio:…` for the
certificates, tools and trades that ESCO lacks. Labels in French, and many English names, are written by hand;
occupations are linked to skills as ESCO does where its links were at hand, and by likeness of their descriptions
elsewhere. This service uses the ESCO classification of the European Commission.
"""

import gzip
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from operator import mul
from pathlib import Path
from typing import Final, Literal, NamedTuple, cast

from cvstudio.language import LANGUAGES, Language
from cvstudio.tailoring import words

DATA: Final = Path(__file__).parent / "data"
_PREFIXES: Final = {
    "s": "http://data.europa.eu/esco/skill/",
    "o": "http://data.europa.eu/esco/occupation/",
    "c": "cvstudio:",
}
Kind = Literal["skill", "certificate", "quality", "language", "education", "occupation"]
LONGEST: Final = 6  # words of a name, small ones not counted
DIMENSIONS: Final = 48
AT_LEAST_NEAR: Final = 0.3  # of what fills up an occupation's skills: a baker cuts no meat and grinds no metal
MIN_RESPELT, ALIKE = 6, 0.85  # letters of a word that may be misspelt; share of it that is right


@dataclass(frozen=True, slots=True)
class Concept:
    uri: str
    kind: Kind
    trade: str  # "health", "construction" …; blank for what is not in the vocabulary
    english: str
    french: str  # blank when unknown
    essential: tuple[int, ...]  # an occupation's skills, as rows
    optional: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    uri: str
    label: str  # in the language asked for, where known
    kind: Kind
    start: int  # in the text
    end: int


@dataclass(frozen=True, slots=True)
class Occupation:
    uri: str
    label: str
    trade: str
    fit: float  # 0–1: how much of the title it accounts for


class Skills(NamedTuple):
    essential: tuple[str, ...]  # URIs, the closest first
    optional: tuple[str, ...]


def find(text: str, language: Language) -> list[Found]:
    """The skills that `text` names, in order, without overlaps: of two readings the longer one stands."""
    return list(_found(text, language))


@lru_cache(maxsize=4_096)
def _found(text: str, language: Language) -> tuple[Found, ...]:
    known = _skill_index(language)
    candidates: list[tuple[int, int, int, int]] = []  # words (negative), start, end, row
    for run in _runs(text, language):
        stems = [words.stem(token.text, language) for token in run]
        for at, token in enumerate(run):
            row = _named(token.text, language, known)
            if row is not None and _meant(text, token):
                candidates.append((-1, token.start, token.end, row))
            for size in range(2, min(LONGEST, len(run) - at) + 1):
                row = known.get(" ".join(sorted(stems[at : at + size])))
                if row is not None:
                    candidates.append((-size, token.start, run[at + size - 1].end, row))
    taken: list[tuple[int, int, int]] = []
    used = bytearray(len(text))
    for _, start, end, row in sorted(candidates):
        if not any(used[start:end]):
            used[start:end] = b"\1" * (end - start)
            taken.append((start, end, row))
    return tuple(
        Found(_concept(row).uri, _label(_concept(row), language), _concept(row).kind, start, end)
        for start, end, row in sorted(taken)
    )


def occupation(title: str, language: Language) -> Occupation | None:
    """The occupation that a job title names, tolerant of gender, seniority, contract and place around it."""
    for tongue in (language, "en" if language == "fr" else "fr"):
        if found := _titled(title, tongue, language):
            return found
    return None


def respelt(title: str, language: Language) -> str:
    """The title's words, each that no occupation's name has as the nearest that one has: "cuisinnier"."""
    known = title_words(language)
    return " ".join(
        word
        if word in known or len(word) < MIN_RESPELT
        else next(iter(get_close_matches(word, [one for one in known if one[0] == word[0]], 1, ALIKE)), word)
        for word in _title_words(title, language)
    )


def skills_of(uri: str) -> Skills:
    """Of an occupation; none for what is not one."""
    if (row := _row(uri)) is None:
        return Skills((), ())
    one = _concept(row)
    return Skills(tuple(_concept(at).uri for at in one.essential), tuple(_concept(at).uri for at in one.optional))


def of_trade(trade: str, occupation_uri: str) -> list[str]:
    """The vocabulary's skills and certificates of a trade that have to do with the occupation, the nearest first."""
    found = [
        _uri(code)
        for code, kind_, named, *_ in (line.split("\t") for line in _lines())
        if trade and named == trade and kind_ in {"skill", "certificate"}
    ]
    ranked = sorted((-near(occupation_uri, uri), uri) for uri in found)
    return [uri for distance, uri in ranked if distance <= -AT_LEAST_NEAR]


def near(one: str, other: str) -> float:
    """How related two concepts are: 1 the same, 0 strangers, else up to 0.8. Of skills, occupations or one of each."""
    if one == other:
        return 1.0
    first, second = _row(one), _row(other)
    if first is None or second is None:
        return 0.0
    if _concept(first).kind == _concept(second).kind == "language":  # who speaks one does not half speak another
        return 0.0
    vectors = _vectors()
    ones, others = (vectors[row * DIMENSIONS : (row + 1) * DIMENSIONS] for row in (first, second))
    product: int = sum(map(mul, ones, others))
    return round(0.8 * min(1.0, max(0.0, (product / 127**2 - 0.25) / 0.75)), 3)


def label(uri: str, language: Language) -> str:
    """Its name; blank for a URI that is not known."""
    row = _row(uri)
    return "" if row is None else _label(_concept(row), language)


def labelled(uri: str, language: Language) -> bool:
    """Whether its name is known in that very language."""
    row = _row(uri)
    return row is not None and (language == "en" or bool(_concept(row).french))


def kind(uri: str) -> Kind | None:
    row = _row(uri)
    return None if row is None else _concept(row).kind


def trade(uri: str) -> str:
    """Of the vocabulary's trades the concept's; blank for what is not in it."""
    row = _row(uri)
    return "" if row is None else _concept(row).trade


# --- names and keys: shared with bench/esco/build.py, so that what is stored is what is looked up ---

# Plain words that are also names: these count only as the name is written.
_AS_WRITTEN: Final = """
Go Swift Rust React Express Node Spark Teams Word Excel Access Outlook Tableau Opera Chef Notion Sage Ciel Oracle Zoom
Slack Sketch Shell Ruby Rails Bash Helm Flask Spring Unity Vue Angular Puppet Exchange Looker Asana Galileo Inventor
Illustrator Cassandra Cambridge Dynamics Series Confluence Canva Switch Sabre Quadra Make Polish Turkish Welsh Fidelio
AS BR QS MAS FAM SAS API GPO TIG MAG MIG CAP ARC DEC BI PR IA AI SST FCO ADR AES ASE EBP ACD BA PIN PAC PII CSS REST SEO
SEA TVA IT RH ADV IAS MOT FA DE ER SIG UX UI NLP MBA MOA BIM PLU PMS SSI SOC CRM ERP ETL LMS PC GED BUT CE LESS SOPS ED
"""
_NAMES: Final = {words.fold(name): name for name in _AS_WRITTEN.split()}
_SEVERAL: Final = {one + ending for one, name in _NAMES.items() if not name.isupper() for ending in ("s", "es")}
_BEGINS: Final = re.compile(r"(?:^|[.!?:;\n•*–—-])\s*$")
_ALONE: Final = re.compile(r"\s*(?:$|[,.;:/()&+\n]|(?:et|and|ou|or)\b)")


def skill_keys(name: str, language: Language, *, by_hand: bool = False) -> Iterator[str]:
    """What a skill's name is looked up by: its stems in any order, or "=" and the singular of its one word."""
    plain = re.sub(r"\(.*?\)", " ", name)
    for run in _runs(plain, language):
        if len(run) == 1:
            # "Goods in", "sans diplôme": without its small words a name says another thing. Not so "US GAAP".
            lost = len(words.spans(plain.partition(",")[0])) > 1
            if not lost or plain[run[0].start + 1 : run[0].end].isupper():
                yield "=" + words.singular(run[0].text, language)
                yield "~" + words.form(run[0].text, language)  # for qualities
        elif len(run) <= LONGEST:
            yield " ".join(sorted(words.stem(token.text, language) for token in run))
        return  # what follows a comma is left out


def title_keys(name: str, language: Language, *, by_hand: bool = False) -> Iterator[str]:
    """What an occupation's name is looked up by: the forms of its words in order."""
    key = " ".join(_title_words(name, language))
    if key and key not in _VAGUE:
        yield key


def _named(token: str, language: Language, known: dict[str, int]) -> int | None:
    """What one word names. Nouns have one gender (un conduit, une conduite); qualities are told of both."""
    row = known.get("=" + words.singular(token, language))
    return row if row is not None else known.get("~" + words.form(token, language))


def _meant(text: str, token: words.Token) -> bool:
    """A name that is also a word, or an acronym, is meant where it is written as one.

    A sentence begins with a capital anyway: there it is meant if nothing but other names goes on with it.
    """
    written = text[token.start : token.end]
    name = _NAMES.get(token.text)
    if name is None:
        return token.text not in _SEVERAL  # "notions", "shells": of a name there is one
    if name.isupper():
        return written == name
    begins = _BEGINS.search(text[max(0, token.start - 4) : token.start]) is not None
    return written[:1].isupper() and (not begins or _ALONE.match(text, token.end) is not None)


_BREAK: Final = re.compile(r"[,.;:!?\n()\[\]{}•|…\"«»]")
_SMALL: Final[dict[Language, frozenset[str]]] = {
    language: words.STOP[language] - {"c", "d"} for language in ("fr", "en")
}


def _runs(text: str, language: Language) -> Iterator[list[words.Token]]:
    """The words that say something, in stretches without punctuation."""
    run: list[words.Token] = []
    before = 0
    small = _SMALL[language]
    for token in words.spans(text):
        if run and _BREAK.search(text, before, token.start):
            yield run
            run = []
        before = token.end
        if token.text not in small or (token.text in _NAMES and text[token.start : token.end] == _NAMES[token.text]):
            run.append(token)
    if run:
        yield run


# --- titles ---

_TITLE_PARTS: Final = re.compile(r"\s[-–—|@]\s|[,(:;]|\s/\s|\bchez\b|\bat\b")
_TITLE_NOISE: Final = re.compile(
    r"\b(?:h\s*/\s*f|f\s*/\s*h|m\s*/\s*f|f\s*/\s*m|m\s*/\s*w|w\s*/\s*m)(?:\s*/\s*[xdn])*\b|\((?:h|f|m|w|x|d|/|\s)+\)"
    r"|\b(?:cdi|cdd|interim|intérim|alternance|apprentissage|stage|temps (?:plein|partiel)|full[- ]time|part[- ]time"
    r"|permanent|fixed[- ]term|temporary|remote|télétravail|urgent|recherche|recrute|we are hiring|hiring|job|poste de"
    r"|offre d'emploi|emploi)\b",
    re.IGNORECASE,
)
_RANKS_FR = "junior senior confirme debutant experimente principal adjoint stagiaire apprenti alternant"
_RANKS_EN = "junior senior lead principal trainee graduate entry level experienced intern apprentice i ii iii"
_RANKS: Final[dict[Language, frozenset[str]]] = {
    "fr": frozenset(words.form(rank, "fr") for rank in _RANKS_FR.split()),
    "en": frozenset(_RANKS_EN.split()),
}
# Heads that name no trade alone.
_VAGUE_HEADS = """
agent ouvrier employe responsable technicien technicienne ingenieur directeur chef charge gestionnaire assistant
conseiller operateur conducteur specialiste manager worker operator engineer officer specialist director supervisor
analyst advisor executive assistant consultant technician clerk attendant representative leader coordinator lead
associate member staff expert professional head hand service team support site general maintenance production
"""
_VAGUE: Final = {words.form(head, language) for head in _VAGUE_HEADS.split() for language in LANGUAGES} - {"chef"}


def _title_words(title: str, language: Language) -> list[str]:
    small = words.STOP[language] - {"son"}  # l'ingénieur du son
    said: list[str] = []
    for token in words.spans(title):
        shouted = title.isupper() and " " in title.strip()
        acronym = not shouted and title[token.start : token.end].isupper() and len(token.text) > 1
        if token.text not in small or acronym:
            form = words.form(token.text, language)
            if said[-1:] != [form]:  # vendeur/vendeuse
                said.append(form)
    return said


def _titled(title: str, language: Language, shown_in: Language) -> Occupation | None:
    known = _title_index(language)
    best: tuple[float, int] | None = None
    # "Conseiller emploi" needs the words that are noise in "Emploi : maçon"; so both are tried.
    for whole in (title, _TITLE_NOISE.sub(" ", words.plain(title))):
        # What stands before a dash, comma or parenthesis says more than what follows.
        for order, part in enumerate(_TITLE_PARTS.split(words.plain(whole))):
            said = _title_words(part, language)
            unranked = [word for word in said if word not in _RANKS[language]]
            for reading in (said, unranked):
                for score, row in _readings(reading, language, known):
                    if best is None or score - 0.3 * min(order, 2) > best[0]:
                        best = (score - 0.3 * min(order, 2), row)
            if best is not None and best[0] > 0.6:
                break
    if best is None or best[0] <= 0.1:
        return None
    found = _concept(best[1])
    return Occupation(found.uri, _label(found, shown_in), found.trade, round(min(1.0, best[0]), 3))


@cache
def title_words(language: Language) -> frozenset[str]:
    """The words that occupations' names are made of, as `words.form` has them."""
    return frozenset(word for name in _title_index(language) for word in name.split())


@cache
def name_words(language: Language) -> frozenset[str]:
    """The words of all names, those of skills as `words.stem` has them."""
    return title_words(language) | {word for name in _skill_index(language) for word in name.lstrip("=~").split()}


def _readings(said: list[str], language: Language, known: dict[str, int]) -> Iterator[tuple[float, int]]:
    """Names among the words of a title, with how much of it they account for."""
    count = len(said)
    for size in range(min(7, count), 0, -1):
        for at in range(count - size + 1):
            row = known.get(" ".join(said[at : at + size]))
            if row is not None:
                # French names begin with their head noun, English ones end with it.
                off_head = at if language == "fr" else count - at - size
                yield size / count - 0.12 * off_head, row
    # An English head and one word apart from it: HGV Class 1 Driver.
    for at in range(count - 2 if language == "en" else 0):
        pair = f"{said[at]} {said[-1]}"
        if pair in known:
            yield 1.8 / count, known[pair]


# --- the tables, read on first use ---


def _label(concept: Concept, language: Language) -> str:
    return (concept.french if language == "fr" else "") or concept.english


def _text(name: str) -> str:
    return gzip.decompress((DATA / name).read_bytes()).decode()


def _index(name: str) -> dict[str, int]:
    cells = _text(name).replace("\n", "\t").split("\t")
    return dict(zip(cells[::2], map(int, cells[1::2]), strict=True))


@cache
def _skill_index(language: Language) -> dict[str, int]:
    return _index(f"esco_skills.{language}.gz")


@cache
def _title_index(language: Language) -> dict[str, int]:
    return _index(f"esco_occupations.{language}.gz")


@cache
def _vectors() -> "array[int]":
    return array("b", gzip.decompress((DATA / "esco_vectors.gz").read_bytes()))


@cache
def _lines() -> list[str]:
    return _text("esco.tsv.gz").split("\n")


@cache
def _places() -> dict[str, int]:
    """Rows by the short form of a URI."""
    return {line[: line.index("\t")]: at for at, line in enumerate(_lines())}


def _row(uri: str) -> int | None:
    for letter, prefix in _PREFIXES.items():
        if uri.startswith(prefix):
            return _places().get(f"{letter}:{uri[len(prefix) :]}")
    return None


@cache
def _concept(row: int) -> Concept:
    code, kind, trade, english, french, essential, optional = _lines()[row].split("\t")
    return Concept(_uri(code), cast(Kind, kind), trade, english, french, _numbers(essential), _numbers(optional))


def _uri(code: str) -> str:
    return _PREFIXES[code[0]] + code[2:]


def _numbers(cell: str) -> tuple[int, ...]:
    return tuple(map(int, cell.split(","))) if cell else ()
