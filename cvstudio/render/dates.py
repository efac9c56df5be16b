"""A CV's dates in words, at the precision they were given."""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import DATE, CvLanguage
from cvstudio.render.labels import label

DAY_FIRST: dict[CvLanguage, str] = {
    "fr": "{}/{}/{}",
    "de": "{}.{}.{}",
    "es": "{}/{}/{}",
    "it": "{}/{}/{}",
    "pt": "{}/{}/{}",
}
WITH_DAY: dict[CvLanguage, str] = {
    "fr": "{day} {month} {year}",
    "en": "{month} {day}, {year}",
    "de": "{day}. {month} {year}",
    "es": "{day} de {month} de {year}",
    "it": "{day} {month} {year}",
    "pt": "{day} de {month} de {year}",
}
FIRST: dict[CvLanguage, str] = {"fr": "1er", "it": "1º", "pt": "1º"}


@cache
def _month_names(language: CvLanguage, width: str) -> dict[int, str]:
    return dict(Locale(language).months["format"][width])


@lru_cache(maxsize=4096)
def format_date(date: str, style: str, language: CvLanguage) -> str:
    """ "2020-03" → "mars 2020" (short, long), "03/2020" (numeric), "2020" (year). Text that is no date stays itself."""
    date = normalise(date)
    if not DATE.fullmatch(date):
        return date
    year, month, day = [*date.split("-"), "", ""][:3]
    if style == "year" or not month:
        return year
    if style == "numeric":
        # English leaves the day out: it would be read both ways.
        return DAY_FIRST[language].format(day, month, year) if day and language in DAY_FIRST else f"{month}/{year}"
    name = _month_names(language, "wide" if style == "long" else "abbreviated")[int(month)]
    if style == "long" and day:
        return WITH_DAY[language].format(day=_day(int(day), language), month=name, year=year)
    return f"{name} de {year}" if style == "long" and language in ("es", "pt") else f"{name} {year}"


def format_range(start: str, end: str, style: str, language: CvLanguage) -> str:
    """ "mars 2020 – présent". A start alone goes on; an end alone stands for itself."""
    first = format_date(start, style, language)
    last = label("present", language) if is_present(end) else format_date(end, style, language)
    if first and not last:
        last = label("present", language)
    return f"{first} – {last}" if first and last and first != last else first or last


def _day(day: int, language: CvLanguage) -> str:
    return FIRST[language] if day == 1 and language in FIRST else str(day)
