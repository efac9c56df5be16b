"""The gate after a translator: what must be the same in both languages is the same, and nothing was added.

Held byte for byte and in order: numbers, dates in figures, addresses, links, code, the document's names, tools and
acronyms. Held by meaning: months, weekdays, countries, languages, small numbers in words. A changed verb is beyond it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from cvstudio.document.dates import normalise
from cvstudio.document.model import MAX_TEXT, CvLanguage, clean
from cvstudio.tailoring import esco, translation_words
from cvstudio.tailoring.translation_words import is_code
from cvstudio.tailoring.words import fold

NUMBER = re.compile(r"\d+(?:[.,:/\u00a0\u202f ’'-]?\d+)*")
APART = re.compile(r"[\s<>()\"«»,;]+")
ENDING = re.compile(r"[a-z]{2,6}")
QUOTED = re.compile(r"`[^`]*`|<[^<>]*>|\{[^{}]*\}|\$\w+")
WORD = re.compile(r"[^\W\d_][\w+#&/’'.-]*[\w+#]|[^\W_]")
BEGINS = '•(«“".!?:;–—-'  # a sentence, whatever word follows
MONTH = re.compile(r"(?<!\w)([^\W\d_]{3,15})\.?(?: de| of|,)? (\d{4})\b")
SIGNS = "%€$£"
LONGER, ROOM = 2.5, 40  # times, and characters besides


def passes(
    said: str,
    now: str,
    source: CvLanguage,
    target: CvLanguage,
    names: Collection[str] = (),
    *,
    title: bool = False,
) -> bool:
    """Whether `now` may stand for `said`; `names` are those of the document. In a `title` any word may be capital."""
    if not now.strip() or now != clean(now) or len(now) > min(MAX_TEXT, LONGER * len(said) + ROOM):
        return False
    if len(said) > LONGER * len(now) + ROOM or said.count("\n") != now.count("\n"):
        return False
    if (
        addresses(said) != addresses(now)
        or numbers(said) != numbers(now)
        or QUOTED.findall(said) != QUOTED.findall(now)
    ):
        return False
    if any(said.count(sign) != now.count(sign) for sign in SIGNS):
        return False
    if any(_count(name, said) != _count(name, now) for name in names if name in said or name in now):
        return False
    if _months(said) != _months(now) or _counted(said) != _counted(now):
        return False
    (meant, bare), (means, left) = (
        translation_words.common(_undated(text), language) for text, language in ((said, source), (now, target))
    )
    if meant != means:
        return False
    if Counter(_marks(said)) != Counter(_marks(now)):
        return False
    before, after = (_tools(bare), _tools(left)) if title else (_proper(bare, source), _proper(left, target))
    parts = {part for name in names for part in name.split()}
    return _all_in(before - parts, said=now) and _all_in(after - parts, said=said)


def _all_in(words: set[str], said: str) -> bool:
    there = set(WORD.findall(said))
    return all(word in there or _count(word, said) for word in words)


def numbers(text: str) -> list[str]:
    """As written, with their separators."""
    return NUMBER.findall(text)


def addresses(text: str) -> list[str]:
    """E-mail addresses, links, and names of sites with or without a path."""
    return [word for part in APART.split(text) if _is_address(word := part.strip(".:!?'’“”"))]


def _is_address(word: str) -> bool:
    host = word.partition("/")[0]
    _, dot, ending = host.rpartition(".")
    return "@" in word or "://" in word or bool(dot and host[0] != "." and ENDING.fullmatch(ending))


def _count(name: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _marks(text: str) -> Iterable[str]:
    """Tools, codes and acronyms, wherever they stand; a word in capitals only where others are not."""
    shouted = text.isupper()
    for word in WORD.findall(text):
        word = word.strip(".-/&’'")
        if len(word) > 1 and is_code(word) and not (shouted and word.isalpha()):
            yield word


def _months(text: str) -> list[str]:
    return [month for match in MONTH.finditer(text) if (month := _month(match))]


def _month(match: re.Match[str]) -> str:
    read = normalise(f"{match[1]} {match[2]}")
    return read if read[:4].isdigit() else ""


def _undated(text: str) -> str:
    """Without months beside a year: French abbreviates its ninth like its seven."""
    return MONTH.sub(lambda match: " " if _month(match) else match[0], text)


def _counted(text: str) -> Counter[str]:
    words = translation_words.numbers()
    return Counter(words[word] for word in map(fold, WORD.findall(_undated(text))) if word in words)


def _proper(text: str, language: CvLanguage) -> set[str]:
    """Capitals inside a sentence mark names. German writes every noun so: there only the names of tools count."""
    if language == "de":
        return _tools(text)
    capital = [match for match in WORD.finditer(text) if match[0][0].isupper()]
    inside = [match[0] for match in capital if not _begins(text[max(0, match.start() - 8) : match.start()])]
    return {*inside, *_tools(text)}


def _begins(before: str) -> bool:
    words = before.rstrip(" \t\u00a0")
    return not words or words[-1] in BEGINS or words[-1] == "\n"


def _tools(text: str) -> set[str]:
    """Names that ESCO knows as written, in either of its languages: "Python", "Excel"."""
    return {
        text[one.start : one.end]
        for one in esco.find(text, "en")
        if " " not in text[one.start : one.end]
        and text[one.start].isupper()
        and translation_words.is_neutral("skill", text[one.start : one.end])
    }
