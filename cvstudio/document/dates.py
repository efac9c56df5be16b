"""Reading dates as people type them, in any language that a CV may be in, into ISO 8601 at the precision given."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from babel import Locale

from cvstudio.document.model import CV_LANGUAGES, DATE

PRESENT_WORDS = frozenset(
    (
        *("present", "presente", "aujourd'hui", "auj", "actuel", "actuelle", "actuellement", "maintenant"),
        *("en cours", "en poste", "a ce jour", "ce jour", "a present", "jusqu'a present", "jusqu'a aujourd'hui"),
        *(
            "heute",
            "bis heute",
            "derzeit",
            "aktuell",
            "laufend",
            "actualidad",
            "actual",
            "actualmente",
            "hoy",
            "en curso",
        ),
        *("oggi", "ad oggi", "attuale", "attualmente", "in corso"),
        *("atual", "atualmente", "hoje", "ate hoje", "em curso"),
        *("now", "current", "currently", "ongoing", "today", "to date", "until now", "to present"),
    )
)

DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
MONTH_YEAR = re.compile(r"(\d{1,2})[/.-](\d{4})", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})(?:[/.-](\d{1,2}))?", re.ASCII)
WORD_YEAR = re.compile(
    r"(?:(\d{1,2})(?:er|st|nd|rd|th|\.|o)? (?:de )?)?([a-z]+)\.?,? (?:de )?(?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})",
    re.ASCII,
)
TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:.*", re.ASCII)
LONGEST = 40  # characters a date may take


def normalise(text: str) -> str:
    """ISO 8601 ("2020", "2020-03", "2020-03-14") where the text is a date; otherwise the text, trimmed."""
    text = " ".join(text.split())
    if DATE.fullmatch(text):
        return text
    if len(text) > LONGEST:
        return text
    plain = _plain(text)
    if match := TIMESTAMP.fullmatch(plain.upper()):
        return match[1] if DATE.fullmatch(match[1]) else text
    if match := DAY_FIRST.fullmatch(plain):
        first, second, year = match.groups()
        return _iso(year, second, first) or _iso(year, first, second) or text
    if match := MONTH_YEAR.fullmatch(plain):
        return _iso(match[2], match[1]) or text
    if match := YEAR_FIRST.fullmatch(plain):
        return _iso(*match.groups()) or text
    if match := WORD_YEAR.fullmatch(plain):
        before, word, after, year = match.groups()
        month = _months().get(word)
        if month:
            return _iso(year, str(month), before or after) or text
    return text


def is_present(text: str) -> bool:
    """True for "présent", "aujourd'hui", "current" … : an end that has not come."""
    return len(text) <= LONGEST and _plain(text).replace("\u2019", "'").strip(" .()") in PRESENT_WORDS


def _iso(year: str, month: str, day: str | None = None) -> str:
    iso = f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    return iso if DATE.fullmatch(iso) else ""


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def _months() -> dict[str, int]:
    words: dict[str, int] = {"sept": 9, "jan": 1, "fev": 2, "juil": 7}
    for language in CV_LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale(language).months["format"][width].items():
                words[_plain(name).strip(".")] = number
    return words
