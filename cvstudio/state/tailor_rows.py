"""What /tailor shows of a CV and an offer: texts and numbers, never the engine's own objects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cvstudio.domain.tailored import Tailoring
from cvstudio.tailoring.match import Match
from cvstudio.tailoring.profile import Fact
from cvstudio.tailoring.tailor import SECTION_ORDER

SECTIONS = SECTION_ORDER  # for the page, which knows no cores

SHORT = 90  # characters of a line that is only named
SHOWN = 20_000  # characters of an offer's text
CUE = 10  # characters that a sentence has beside its requirement when it is only that: a bullet, an article, a stop


@dataclass
class CvRow:
    id: str
    title: str


@dataclass
class OfferRow:
    title: str = ""
    company: str = ""
    place: str = ""
    contract: str = ""
    hours: str = ""
    seniority: str = ""
    years: int = 0  # 0: none are asked for


@dataclass
class NeedRow:
    text: str
    sentence: str  # blank when it says no more
    need: str
    kind: str


@dataclass
class PartRow:
    name: str
    points: int
    of: int  # 0 where there is no fixed most
    words: list[str]  # the offer's
    lines: list[str]  # the CV's


@dataclass
class LineRow:
    id: str
    text: str
    about: str  # dates of a header
    score: int
    below: bool  # of the header before it
    parts: list[PartRow]
    asked: list[str]  # the offer's sentences that it answers


@dataclass
class SectionRow:
    key: str
    lines: list[LineRow] = field(default_factory=list)


@dataclass
class SkillRow:
    label: str
    need: str
    sentence: str
    met: bool


@dataclass
class TipRow:
    fr: str
    en: str


@dataclass
class LeftRow:
    id: str
    text: str
    score: int


@dataclass
class ShortRow:
    id: str
    text: str  # whole
    short: str  # blank: said about a company, and left out


@dataclass
class PieceRow:
    """A run of the offer's text; `need` is blank where it asks for nothing."""

    text: str
    need: str


def offer(work: Tailoring) -> OfferRow:
    read = work.offer
    return OfferRow(
        title=read.title,
        company=read.company,
        place=read.place,
        contract=read.contract,
        hours=read.hours,
        seniority=read.seniority,
        years=read.years or 0,
    )


def needs(work: Tailoring, need: str) -> list[NeedRow]:
    return [
        NeedRow(
            text=one.text,
            sentence=one.sentence if len(one.sentence) > len(one.text) + CUE else "",
            need=one.need,
            kind=one.kind,
        )
        for one in work.offer.requirements
        if one.need == need
    ]


def sections(work: Tailoring) -> list[SectionRow]:
    """Every line with its score, in the engine's order, and what the score is made of."""
    rows: list[SectionRow] = []
    sentences = {one.id: one.sentence for one in work.offer.requirements}
    for widget in work.tailored.envelope.widgets:
        fact = work.profile.find(widget.id.removeprefix("widget_"))
        if not rows or rows[-1].key != widget.section:
            rows.append(SectionRow(key=widget.section))
        parts = work.tailored.scores[widget.id].parts
        answered = dict.fromkeys(sentences[one] for part in parts for one in part.requirements if one in sentences)
        rows[-1].lines.append(
            LineRow(
                id=widget.id,
                text=widget.text,
                about=_years(fact) if fact else "",
                score=widget.relevance_score,
                below=bool(fact and fact.of),
                parts=[
                    PartRow(name=part.name, points=part.points, of=0, words=list(part.words), lines=[])
                    for part in parts
                    if part.points
                ],
                asked=list(answered),
            )
        )
    return rows


def parts(work: Tailoring, found: Match) -> list[PartRow]:
    return [
        PartRow(name=part.name, points=part.points, of=part.of, words=list(part.words), lines=_lines(work, part.facts))
        for part in found.breakdown
    ]


def skills(work: Tailoring, found: Match) -> list[SkillRow]:
    """All that the offer asks for by name, whether met or not: switching a line moves none of them."""
    first = work.tailored.match
    place = {one.label.casefold(): number for number, one in enumerate((*first.matching, *first.missing))}
    rows = [
        SkillRow(label=one.label, need=one.need, sentence=one.sentence, met=met)
        for skills, met in ((found.matching, True), (found.missing, False))
        for one in skills
    ]
    return sorted(rows, key=lambda row: place.get(row.label.casefold(), len(place)))


def tips(found: Match) -> list[TipRow]:
    return [TipRow(fr=one.message("fr"), en=one.message("en")) for one in found.suggestions]


def left_out(work: Tailoring) -> list[LeftRow]:
    return [LeftRow(id=one.widget_id, text=one.text, score=one.relevance_score) for one in work.left_out]


def shortened(work: Tailoring) -> list[ShortRow]:
    return [ShortRow(id=one.widget_id, text=one.text, short=one.short) for one in work.shortened]


def pieces(work: Tailoring) -> list[PieceRow]:
    """The offer's text with what it asks for marked, wherever a requirement's sentence stands in it as written."""
    text = work.read.text[:SHOWN]
    found: list[tuple[int, int, str]] = []
    for one in work.offer.requirements:
        for wanted in (one.sentence, one.text):
            pattern = r"\s+".join(re.escape(word) for word in wanted.split())
            if pattern and (place := re.search(pattern, text)):
                found.append((place.start(), place.end(), one.need))
                break
    rows: list[PieceRow] = []
    at = 0
    for start, end, need in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= at:
            rows += [PieceRow(text[at:start], "")] if start > at else []
            rows.append(PieceRow(text[start:end], need))
            at = end
    return [*rows, PieceRow(text[at:], "")] if at < len(text) else rows


def _lines(work: Tailoring, ids: tuple[str, ...]) -> list[str]:
    facts = (work.profile.find(one) for one in ids)
    return list(dict.fromkeys(_short(fact.text) for fact in facts if fact))


def _short(text: str) -> str:
    return text if len(text) <= SHORT else text[:SHORT].rpartition(" ")[0] + " …"


def _years(fact: Fact) -> str:
    start, end = fact.start[:4], fact.end[:4]
    return start if start == end else "–".join(filter(None, (start, end))) if end else f"{start} –" if start else ""
