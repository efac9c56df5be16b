"""What /profile shows of a career: texts, never the engine's own objects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import get_args

from cvstudio.domain.profiles import HAND, Stored
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.render import dates
from cvstudio.tailoring.profile import HEADERS, Fact, Kind, Profile

KINDS: tuple[Kind, ...] = get_args(Kind)
BARE = "bare"  # lines that stand below nothing
TOLD = ("text", "title", "employer", "place", "start", "end", "level", "group", "url", "about")
ADDED_TO = {  # what a part of the completeness is gained by → the field where one begins
    "name": "me-name",
    "title": "me-label",
    "contact": "me-email",
    "place": "me-city",
    "summary": "add-summary-text",
    "experience": "add-experience-title",
    "realisations": "add-experience-title",
    "figures": "add-experience-title",
    "dates": "add-experience-start",
    "education": "add-education-title",
    "skills": "add-skill-text",
    "languages": "add-language-text",
}


@dataclass
class MeRow:
    name: str = ""
    label: str = ""
    email: str = ""
    phone: str = ""
    city: str = ""
    language: str = ""  # of the career; blank till the page is ready


@dataclass
class LineRow:
    id: str
    text: str
    check: bool


@dataclass
class FactRow:
    id: str
    name: str  # how it is called where it is only named
    text: str = ""
    title: str = ""
    employer: str = ""
    place: str = ""
    start: str = ""  # as people write it
    end: str = ""
    level: str = ""
    group: str = ""
    url: str = ""
    about: str = ""
    head: str = ""  # what one reads before opening it: what, where, when
    where: str = ""
    when: str = ""
    check: bool = False  # read from a file, and doubtful
    lines: list[LineRow] = field(default_factory=list)


@dataclass
class SideRow:
    id: str
    text: str
    about: str
    source: str
    lines: list[str]


@dataclass
class PairRow:
    one: SideRow
    two: SideRow


@dataclass
class PartRow:
    name_fr: str
    name_en: str
    missing: int
    place: str  # "#id"


@dataclass
class CvRow:
    id: str
    title: str
    told: bool


def me(stored: Stored, spoken: Language) -> MeRow:
    """`spoken`: the page's language, which is the career's until something says otherwise."""
    one = stored.profile.identity
    return MeRow(
        name=one.name,
        label=one.label,
        email=one.email,
        phone=one.phone,
        city=one.location.city,
        language=stored.profile.language if stored.revision else spoken,
    )


def facts(profile: Profile, doubtful: Collection[str]) -> dict[str, list[FactRow]]:
    """By kind; jobs and degrees from the newest, all else as it was told."""
    rows: dict[str, list[FactRow]] = {kind: [] for kind in (*KINDS, BARE)}
    for fact in profile.facts:
        if fact.of and profile.find(fact.of):
            continue
        below = [LineRow(one.id, one.text, one.id in doubtful) for one in profile.lines(fact.id)]
        kind = BARE if fact.kind == "realisation" else fact.kind
        rows[kind].append(_row(fact, profile.language, fact.id in doubtful, below))
    dated = {fact.id: (fact.end or "9999", fact.start) for fact in profile.facts}
    for kind in HEADERS:
        rows[kind].sort(key=lambda row: dated[row.id], reverse=True)
    return rows


def _row(fact: Fact, language: Language, check: bool, below: list[LineRow]) -> FactRow:
    told = {name: str(getattr(fact, name, "")) for name in TOLD}
    if fact.kind in HEADERS and not (fact.title or fact.employer):
        told["title"] = fact.text
    told |= {name: dates.format_date(told[name], "long", language) for name in ("start", "end")}
    head, *rest = [told[name] for name in ("title", "employer", "place", "level", "group") if told[name]] or [fact.text]
    return FactRow(
        id=fact.id,
        name=fact.text,
        head=head,
        where=" · ".join(rest),
        when=dates.format_range(fact.start, fact.end, "short", language),
        check=check,
        lines=below,
        **told,
    )


def pairs(stored: Stored, titles: Mapping[str, str], language: Language) -> list[PairRow]:
    """What seems to be told twice. `titles`: of the CVs, by id."""

    def side(fact_id: str) -> SideRow:
        fact = stored.profile.fact(fact_id)
        above = stored.profile.find(fact.of) if fact.of else None
        when = dates.format_range(fact.start, fact.end, "short", stored.profile.language)
        about = (fact.place, when, fact.level, fact.group, above.text if above else "")
        return SideRow(
            id=fact.id,
            text=fact.text,
            about=" · ".join(filter(None, about)),
            source=source(fact, titles, language),
            lines=[line.text for line in stored.profile.lines(fact.id)],
        )

    return [PairRow(side(keep), side(drop)) for keep, drop in stored.duplicates]


def source(fact: Fact, titles: Mapping[str, str], language: Language) -> str:
    kind, _, name = fact.source.partition(":")
    if kind == "cv" and name in titles:
        return titles[name]
    return text(f"profile.from_{kind if kind in ('cv', 'text', HAND) else 'file'}", language)


def parts(stored: Stored) -> list[PartRow]:
    """What is missing, the worthiest first, each with the place where one adds it."""
    return [
        PartRow(part.names["fr"], part.names["en"], part.missing, f"#{_place(part.key, stored.profile)}")
        for part in stored.completeness.missing
    ]


def _place(key: str, profile: Profile) -> str:
    jobs = profile.of_kind("experience", "project", "volunteer")
    if key in ("realisations", "figures") and jobs:
        return f"{jobs[0].id}-line"
    if key == "contact" and profile.identity.email:
        return "me-phone"
    if key == "dates":
        dated = (*jobs, *profile.of_kind("education"))
        return next((f"{one.id}-start" for one in dated if one.title and not (one.start or one.end)), ADDED_TO[key])
    return ADDED_TO[key]
