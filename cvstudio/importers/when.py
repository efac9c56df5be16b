"""Dates inside a line of a CV: "mars 2019 – présent", "09/2015 - 02/2020", "depuis 2021", "2018"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from babel import Locale

from cvstudio.document.dates import PRESENT_WORDS, is_present, normalise
from cvstudio.document.model import CV_LANGUAGES, DATE
from cvstudio.importers.words import plain

BARS = (
    r"\s*(?:–|—|-{1,3}|−|→|>|/|\bà\b|\bau\b|\bjusqu'à\b|\bjusqu’à\b|\bto\b|\buntil\b|\btill\b"
    r"|\bbis\b|\bhasta\b|\baté\b|\bal?\b)\s*"
)
SINCE = re.compile(r"\b(?:depuis|since|from|à partir de|dès|seit|ab|desde|dal|da)\s*(?:le\s+)?$", re.IGNORECASE)
ISSUED = re.compile(
    r"(?:^|\s)\(?(?:issued|obtained|awarded|achieved|completed|granted|délivrée?|obtenue?|validée?"
    r"|valid (?:to|until|till)|expires|valable jusqu['’](?:en|au|à)|expire)(?: on| in| le| en)?\s*:?\s*$",
    re.IGNORECASE,
)
FILLER = re.compile(r"^(?:de|du|from|le|en|depuis|since|dès)\s+", re.IGNORECASE)
LENGTH = re.compile(  # LinkedIn counts after its dates: "(2 ans 3 mois)", "· 1 yr 2 mos"
    r"^\s*[·(]?\s*(?:\d+\s*(?:an(?:s|née|nées)?|yrs?|years?|jahre?)\b)?\s*(?:\d+\s*(?:mois|mos?|months?|monate?)\b)?\s*\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    start: str  # ISO 8601 at the precision given, or as written; blank when only one date stands there
    end: str  # blank with a start: it goes on
    before: str  # the text around the dates
    after: str
    single: bool = False

    @property
    def alone(self) -> bool:
        """Nothing but dates in the text."""
        return not self.before and not self.after


@cache
def _month() -> str:
    names = {"sept", "jan", "fév", "fev", "juil", "jui", "aoû", "aout", "decembre", "fevrier", "feb", "dec"}
    for language in CV_LANGUAGES:  # LinkedIn's own words are those of who prints the profile
        for width in ("wide", "abbreviated"):
            names |= {name.strip(".") for name in Locale(language).months["format"][width].values()}
    return "(?:" + "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True)) + r")(?![^\W\d_])\.?"


@cache
def _date() -> str:
    year = r"(?:19|20)\d{2}"
    season = r"(?:printemps|été|automne|hiver|spring|summer|autumn|fall|winter)"
    return (
        rf"(?:\d{{1,2}}(?:er|st|nd|rd|th|\.)?\s+(?:de\s+)?{_month()}\s*(?:del?\s+)?{year}"
        rf"|{_month()},?\s*(?:del?\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?{year}"
        rf"|{season}\s+{year}"
        rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]{year}|{year}-\d{{2}}-\d{{2}}|{year}[-/.](?:0[1-9]|1[0-2])(?!\d)"
        rf"|(?:0?[1-9]|1[0-2])\s?[/.-]\s?{year}|{year})"
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Periods, those within a year, those told from their end, and single dates."""
    present = "|".join(sorted((re.escape(word) for word in _present_words()), key=len, reverse=True))
    flags = re.IGNORECASE
    return (
        re.compile(rf"(?<![\w/.-])({_date()}){BARS}({_date()}|(?:{present})(?!\w))(?![\w%€])", flags),
        re.compile(rf"(?<!\w)({_month()}){BARS}({_month()}\s+(?:19|20)\d{{2}})(?!\w)", flags),
        re.compile(rf"(?<![\w/.-])(?:{present})\s*[–—-]\s*({_date()})(?![\w%€])", flags),
        re.compile(rf"(?<![\w/.+-])({_date()})(?![\w%€/-]|[.,]\d|\s?(?:€|%|k€|m²))", flags),
    )


@cache
def _present_words() -> frozenset[str]:
    accented = {"présent", "à ce jour", "à présent", "jusqu’à présent", "jusqu'à présent", "jusqu’à aujourd’hui"}
    accented |= {"até hoje"}
    typed = {word.replace("'", "’") for word in PRESENT_WORDS}
    return frozenset({*PRESENT_WORDS, *typed, *accented, "actuel.", "ongoing", "date"})


def find(text: str) -> Span | None:
    """The dates in a line, with what stands before and after; None when there are none."""
    if len(text) > 400 or not any(letter.isdigit() for letter in text):
        return None
    whole, months, back, one = _patterns()
    if match := whole.search(text):
        return _span(text, match.start(), match.end(), _iso(match[1]), _end(match[2]))
    if match := months.search(text):
        return _span(text, match.start(), match.end(), _iso(f"{match[1]} {match[2][-4:]}"), _iso(match[2]))
    if match := back.search(text):
        return _span(text, match.start(), match.end(), _iso(match[1]), "")
    if match := one.search(text):
        if SINCE.search(text[: match.start()]):
            at = SINCE.search(text[: match.start()])
            return _span(text, at.start() if at else 0, match.end(), _iso(match[1]), "")
        stated = ISSUED.search(text[: match.start()])
        if len(match[1]) == 4 and not stated and not _apart(text[: match.start()], text[match.end() :]):
            return None
        return _span(text, match.start(), match.end(), "", _iso(match[1]), single=True)
    return None


def is_length(text: str) -> bool:
    """How long it lasted, and nothing else: "2 ans 3 mois"."""
    match = LENGTH.match(text)
    return bool(match and match[0].strip() and match.end() == len(text.rstrip()))


def _apart(before: str, after: str) -> bool:
    """A year alone is a date only where something sets it off: "Prix 2019" is a name."""
    return (not before.strip() or before.rstrip(" ")[-1:] in "\t,;:([|·–—-•/") and (
        not after.strip() or after.lstrip(" ")[:1] in "\t,;:)]|·–—-•/."
    )


def _span(text: str, start: int, end: int, first: str, last: str, *, single: bool = False) -> Span:
    before = re.sub(r"(?:^|\s)(?:de|du|from|le|en|between)\s*$", "", text[:start].rstrip(" \t,–—-|·:•"), flags=re.I)
    before = ISSUED.sub("", before)
    after = text[end:]
    length = LENGTH.match(after)
    if length and any(letter.isdigit() for letter in length[0]):
        after = after[length.end() :]
    before, after = before.strip(" \t,–—|·:•"), after.strip(" \t,.–—|·:•-")
    if before.endswith("(") and after.startswith(")"):
        before, after = before[:-1], after[1:]
    if last and len(first) == len(last) and last < first and is_iso(first) and is_iso(last):
        first, last = last, first  # written, or read, from the end
    return Span(first, last, _balanced(before), _balanced(after), single)


def _balanced(text: str) -> str:
    """Without a bracket whose other half went with the dates."""
    if text.count("(") > text.count(")") and text.endswith("("):
        text = text[:-1]
    elif text.count(")") > text.count("("):
        text = text[1:] if text.startswith(")") else text.removesuffix(")")
    return text.strip(" \t,–—|·:•-")


def _iso(text: str) -> str:
    text = re.sub(r"(?<=[^\W\d_])(?=\d{4}$)", " ", text)  # "oct2014": narrow spaces get lost
    return normalise(re.sub(r"\s*([/.-])\s*", r"\1", text.strip()) if text[:1].isdigit() else text)


def _end(text: str) -> str:
    return "" if is_present(text) or plain(text).strip(" .") == "date" else _iso(text)


def is_dates(text: str) -> bool:
    """Whether a text is dates and nothing else."""
    span = find(text)
    return span is not None and span.alone


def is_period(text: str) -> bool:
    """Both ends of one."""
    span = find(text)
    return span is not None and not span.single


@cache
def _piece() -> re.Pattern[str]:
    present = "|".join(sorted((re.escape(word) for word in _present_words()), key=len, reverse=True))
    length = r"\d{1,2}\s*(?:ans?|années?|years?|yrs?|mois|months?|mos?)\b"
    part = rf"{_date()}|{_month()}|{present}|{length}|\bto\b|\bau\b|\bà\b|\bet\b|\band\b|[–—−,()·|-]"
    return re.compile(rf"(?:\s*(?:{part})\s*)+", re.IGNORECASE)


def is_piece(text: str) -> bool:
    """Dates and nothing else, or a part of some that went on in the next line: "June 2023 — November", "2 years"."""
    return len(text) < 60 and bool(_piece().fullmatch(text))


def is_iso(text: str) -> bool:
    return bool(DATE.fullmatch(text))
