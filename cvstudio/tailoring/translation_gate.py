"""The gate after a translator: what must be the same in both languages is the same, and nothing was added.

Held byte for byte and in order: numbers, dates in figures, addresses, links, code, the document's names, tools and
acronyms. Held by meaning: months beside a year, small numbers in words, languages named. A changed verb is beyond it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from cvstudio.document.dates import normalise
from cvstudio.document.model import MAX_TEXT, CvLanguage, clean
from cvstudio.tailoring import esco, translation_words
from cvstudio.tailoring.translation_words import CODE
from cvstudio.tailoring.words import fold

NUMBER = re.compile(r"\d+(?:[.,:/\u00a0\u202f ’'-]?\d+)*")
ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[^\s<>()\"«»]+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}\b(?:/\S*)?"
)
QUOTED = re.compile(r"`[^`]*`|<[^<>]*>|\{[^{}]*\}|\$\w+")
WORD = re.compile(r"[^\W\d_][\w+#&/’'.-]*[\w+#]|[^\W_]")
START = re.compile(r"(?:^|[.!?:;•\n(«“\"–—-])\s*$")
MONTH = re.compile(r"([^\W\d_]{3,})\.?(?: de| of|,)? (\d{4})\b")
SIGNS = Counter("%€$£")
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
    for pattern in (NUMBER, ADDRESS, QUOTED):
        if pattern.findall(said) != pattern.findall(now):
            return False
    if any(said.count(sign) != now.count(sign) for sign in SIGNS):
        return False
    if any(_count(name, said) != _count(name, now) for name in names):
        return False
    if _months(said) != _months(now) or _counted(said) != _counted(now):
        return False
    if set(translation_words.languages(said, source)) != set(translation_words.languages(now, target)):
        return False
    if Counter(_marks(said)) != Counter(_marks(now)):
        return False
    before, after = (_tools(said), _tools(now)) if title else (_proper(said, source), _proper(now, target))
    known = {part for name in names for part in name.split()}
    lost = [word for word in before if not (word in known or _count(word, now) or _common(word, source))]
    return not lost and not [
        word for word in after if not (word in known or _count(word, said) or _common(word, target))
    ]


def _count(name: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _marks(text: str) -> Iterable[str]:
    """Tools, codes and acronyms, wherever they stand; a word in capitals only where others are not."""
    shouted = text.isupper()
    for word in WORD.findall(ADDRESS.sub(" ", text)):
        word = word.strip(".-/&’'")
        if len(word) > 1 and CODE.fullmatch(word) and not (shouted and word.isalpha()):
            yield word


def _months(text: str) -> list[str]:
    read = (normalise(f"{name} {year}") for name, year in MONTH.findall(text))
    return [month for month in read if month[:4].isdigit()]


def _counted(text: str) -> Counter[str]:
    words = translation_words.numbers()
    return Counter(words[word] for word in map(fold, WORD.findall(text)) if word in words)


def _proper(text: str, language: CvLanguage) -> list[str]:
    """Capitals inside a sentence mark names. German writes every noun so: there only the names of tools count."""
    if language == "de":
        return _tools(text)
    inside = [
        match[0] for match in WORD.finditer(text) if match[0][0].isupper() and not START.search(text[: match.start()])
    ]
    return [*inside, *_tools(text)]


def _tools(text: str) -> list[str]:
    """Names that ESCO knows as written, in either of its languages: "Python", "Excel"."""
    return [
        text[one.start : one.end]
        for one in esco.find(text, "en")
        if " " not in text[one.start : one.end]
        and text[one.start].isupper()
        and translation_words.is_neutral("skill", text[one.start : one.end])
    ]


def _common(word: str, language: CvLanguage) -> bool:
    """A language's name, or a month: capitalised in English, small in French; judged by what it means."""
    return bool(translation_words.languages(word, language)) or len(normalise(f"{word} 2020")) == len("2020-01")
