"""What can be translated for certain without a language model: levels, names of languages, skills and jobs of ESCO's.

Anything else is left, for the caller to say so. ESCO's names are at hand in English and partly in French only.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any, Literal

from babel import Locale

from cvstudio.document.model import CV_LANGUAGES, CvLanguage, Language
from cvstudio.tailoring import esco
from cvstudio.tailoring.words import fold, form, tokens

Role = Literal["prose", "title", "skill", "language", "level"]

BETWEEN = re.compile(r"(\s*[(),/;|–—]\s*|\s+-\s+)")
NEUTRAL = re.compile(r"(?=[^a-z]*[A-Z0-9])[A-Z0-9 .+%'’-]{1,30}")  # "C1", "TOEIC 925": the same everywhere
# Letters and digits or signs mixed, capitals inside: "C++", "GitHub", "SAP", "ISO 9001".
CODE = re.compile(
    r"(?=.*[A-Za-z])(?:[A-Z0-9][A-Z0-9.+#&/-]*|[A-Za-z]*[a-z][A-Z][A-Za-z0-9]*|[A-Za-z]+[0-9+#][\w+#.-]*)"
)
LIKELY = "ar bg cs da de el en es et fi fr he hi hr hu it ja ko lt lv nl no pl pt ro ru sk sl sv tr uk vi zh"
LONGEST_CODE, LONGEST_NAME = 60, 120  # characters
MOST_WORDS = 3  # of ESCO's name for a job: longer ones are nobody's title


def known(role: Role, text: str, source: CvLanguage, target: CvLanguage) -> str | None:
    """The text in the target language where that is certain, else None."""
    said = text.strip()
    if is_neutral(role, said):
        return text
    if len(said) > LONGEST_NAME:
        return None
    found: str | None = None
    if role == "level":
        found = _level(said, source, target)
    elif role == "language":
        found = _spoken(said, source, target)
    elif role == "skill":
        found = _spoken(said, source, target) or _skill(said, source, target)
    elif role == "title":
        found = _job(said, source, target)
    return _as_written(found, said) if found else None


def is_neutral(role: Role, text: str) -> bool:
    """Whether it reads the same in every language: no letters, a code, the name of a tool."""
    if not any(letter.isalpha() for letter in text):
        return True
    if role not in ("skill", "level") or len(text) > LONGEST_NAME:
        return False
    return all(is_code(word) or not word.isalpha() for word in text.split()) or _tool(text)


def is_code(word: str) -> bool:
    return len(word) <= LONGEST_CODE and bool(CODE.fullmatch(word))


def common(text: str, language: CvLanguage) -> tuple[list[str], str]:
    """The countries, languages, months and weekdays that a text names, by their codes, sorted; and the text without."""
    pattern, codes = _common(language)
    found = sorted({codes[match[0]] for match in pattern.finditer(text)})
    return found, pattern.sub(" ", text)


@cache
def _common(language: CvLanguage) -> tuple[re.Pattern[str], dict[str, str]]:
    locale = Locale(language)
    codes = {name: f"country {code}" for code, name in locale.territories.items() if len(code) == 2 and code.isalpha()}
    codes |= {locale.languages[code]: f"language {code}" for code in LIKELY.split() if code in locale.languages}
    for kind, names in (("month", locale.months), ("day", locale.days)):
        codes |= {name: f"{kind} {number}" for number, name in names["format"]["wide"].items()}
    codes |= {name[:1].upper() + name[1:]: code for name, code in codes.items()}
    longest = sorted(codes, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)"), codes


def numbers() -> dict[str, str]:
    """Small numbers in words, in any of the six languages: "drei" → "3"."""
    return _numbers()


@cache
def _numbers() -> dict[str, str]:
    return {fold(word): value for value, words in _data()["numbers"].items() for word in words}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((esco.DATA / "translation.toml").read_text(encoding="utf-8"))


@cache
def _orders() -> frozenset[str]:
    return frozenset(_data()["orders"]["words"])


def _as_written(found: str, said: str) -> str:
    """With a capital where the person had one."""
    return found[:1].upper() + found[1:] if said[:1].isupper() else found


# ---- levels ------------------------------------------------------------------------------------------------------


def _level(text: str, source: CvLanguage, target: CvLanguage) -> str | None:
    """Every piece is a level or reads the same everywhere: "Courant (C1, TOEIC 925)"."""
    whole = _levels(source).get(fold(text))
    if whole:
        return str(_data()["levels"][whole][target][0])
    pieces = BETWEEN.split(text)
    for at, piece in enumerate(pieces):
        if at % 2 or not piece or NEUTRAL.fullmatch(piece):
            continue
        word, _, rest = piece.partition(" ")
        if fold(word) == fold(_data()["level"][source]) and NEUTRAL.fullmatch(rest):
            pieces[at] = f"{_as_written(_data()['level'][target], word)} {rest}"
        elif level := _levels(source).get(fold(piece)):
            pieces[at] = _as_written(_data()["levels"][level][target][0], piece)
            if at and piece[:1].islower() and target != "de":
                pieces[at] = pieces[at][:1].lower() + pieces[at][1:]
        else:
            return None
    return "".join(pieces)


@cache
def _levels(source: CvLanguage) -> dict[str, str]:
    return {fold(word): level for level, forms in _data()["levels"].items() for word in forms[source]}


# ---- languages ---------------------------------------------------------------------------------------------------


def _spoken(text: str, source: CvLanguage, target: CvLanguage) -> str | None:
    """ "Französisch" → "francés"; the one who wrote it may have used another language's word."""
    for tongue in (source, *CV_LANGUAGES):
        if code := _codes(tongue).get(fold(text)):
            return str(Locale(target).languages.get(code, "")) or None
    return None


@cache
def _codes(language: CvLanguage) -> dict[str, str]:
    names = {fold(name): code for code, name in Locale(language).languages.items() if len(code) <= 3}
    return {name: code for name, code in names.items() if len(name) > 3}


# ---- skills and jobs ---------------------------------------------------------------------------------------------


def _skill(text: str, source: CvLanguage, target: CvLanguage) -> str | None:
    pair = _pair(source, target)
    uri = _whole(text, pair[0]) if pair else ""
    if not pair or not uri or fold(esco.label(uri, pair[0])) != fold(text) or not esco.labelled(uri, pair[1]):
        return None
    label = re.sub(r"\s*\(.*?\)$", "", esco.label(uri, pair[1]))
    return None if pair[1] == "en" and label.split()[0] in _orders() else label


def _job(text: str, source: CvLanguage, target: CvLanguage) -> str | None:
    """A job by its plain name. French ones that differ for men and women are not certain from English."""
    pair = _pair(source, target)
    found = esco.occupation(text, pair[0]) if pair else None
    if not pair or found is None or found.fit < 1 or not esco.labelled(found.uri, pair[1]):
        return None
    named, label = esco.label(found.uri, pair[0]), esco.label(found.uri, pair[1])
    if _forms(text, pair[0]) != _forms(named, pair[0]) or len(label.split()) > MOST_WORDS or BETWEEN.search(text):
        return None  # a name beside the label may be another job: a gilder is kept with frame makers
    if pair[1] == "fr" and (len(label.split()) > 1 or not label.endswith("e")):
        return None
    return label


def _forms(name: str, language: Language) -> list[str]:
    return [form(token, language) for token in tokens(name)]


def _pair(source: CvLanguage, target: CvLanguage) -> tuple[Language, Language] | None:
    if source == "fr" and target == "en":
        return "fr", "en"
    return ("en", "fr") if source == "en" and target == "fr" else None


def _whole(text: str, language: Language) -> str:
    """The skill that the text names and nothing besides."""
    found = esco.find(text, language)
    return found[0].uri if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)) else ""


def _tool(text: str) -> bool:
    """A name of its own: ESCO's French label has its capital, and it is found in English, too."""
    uri = _whole(text, "fr")
    label = esco.label(uri, "fr") if uri else ""
    return bool(label) and not label.islower() and fold(label) == fold(text) and _whole(text, "en") == uri
