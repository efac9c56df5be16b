"""A CV's dates in words, at the precision they were given."""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import DATE
from cvstudio.render.labels import label


@cache
def _month_names(language: str, width: str) -> dict[int, str]:
    return dict(Locale(language).months["format"][width])


@lru_cache(maxsize=4096)
def format_date(date: str, style: str, language: str) -> str:
    """ "2020-03" → "mars 2020" (short, long), "03/2020" (numeric), "2020" (year). Text that is no date stays itself."""
    date = normalise(date)
    if not DATE.fullmatch(date):
        return date
    year, month, day = [*date.split("-"), "", ""][:3]
    if style == "year" or not month:
        return year
    if style == "numeric":
        return f"{day}/{month}/{year}" if day and language == "fr" else f"{month}/{year}"
    name = _month_names(language, "wide" if style == "long" else "abbreviated")[int(month)]
    if style == "long" and day:
        return f"{_french_day(int(day))} {name} {year}" if language == "fr" else f"{name} {int(day)}, {year}"
    return f"{name} {year}"


def format_range(start: str, end: str, style: str, language: str) -> str:
    """ "mars 2020 – présent". A start alone goes on; an end alone stands for itself."""
    first = format_date(start, style, language)
    last = label("present", language) if is_present(end) else format_date(end, style, language)
    if first and not last:
        last = label("present", language)
    return f"{first} – {last}" if first and last and first != last else first or last


def _french_day(day: int) -> str:
    return "1er" if day == 1 else str(day)
