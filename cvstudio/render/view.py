"""What a theme's template sees: sections in order, every kind of entry in one shape, dates already in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from cvstudio.document import CUSTOM, Document, Item
from cvstudio.document import model as m
from cvstudio.render.dates import format_date, format_range
from cvstudio.render.labels import label
from cvstudio.render.page import knobs
from cvstudio.render.themes import Defaults, Theme

ENTRY_LISTS = {
    "work",
    "education",
    "projects",
    "volunteer",
    "certificates",
    "awards",
    "publications",
    "custom",
}


@dataclass(frozen=True)
class Link:
    text: str
    href: str = ""  # blank: shown as text, nothing to follow
    kind: str = "link"  # email, phone, place, url, or the network's name in lower case


@dataclass(frozen=True)
class Entry:
    path: str  # "work/<id>": where an edit of it goes
    title: str = ""  # what: position, degree, project, certificate …
    org: str = ""  # where: company, school, issuer …
    place: str = ""
    dates: str = ""
    link: Link | None = None
    note: str = ""  # grade, skill level, fluency, kind of project …
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # keywords, courses, roles
    level: int = 0  # 1–5 where the words tell a level, else 0


@dataclass(frozen=True)
class Section:
    key: str
    kind: str  # summary, entries, skills, languages, interests, references
    title: str
    entries: tuple[Entry, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    language: str
    name: str
    role: str
    contacts: tuple[Link, ...]
    photo: str
    photo_shape: str
    sections: tuple[Section, ...]
    design: Defaults
    theme: Theme
    words: dict[str, str] = field(default_factory=dict)

    @property
    def main(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.key not in self.theme.side)

    @property
    def side(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.key in self.theme.side)

    @property
    def title(self) -> str:
        """Of the file: person and role."""
        return " – ".join(part for part in (self.name, self.role) if part) or label("cv", self.language)


def build(document: Document, theme: Theme, photo_src: str | None = None) -> View:
    design = knobs(document, theme)
    language = document.studio.language
    basics = document.basics
    sections = [
        section
        for setting in ordered(document, theme)
        if not setting.hidden and (section := _section(document, setting, design)) is not None
    ]
    return View(
        language=language,
        name=basics.name.strip(),
        role=basics.label.strip(),
        contacts=tuple(_contacts(document)),
        photo=photo_src if photo_src and design.photo != "none" else "",
        photo_shape=design.photo,
        sections=tuple(sections),
        design=design,
        theme=theme,
        words={key: label(key, language) for key in ("contact", "watermark", "cv")},
    )


def ordered(document: Document, theme: Theme) -> list[m.SectionSetting]:
    """The owner's order once there is one; before that, the theme's."""
    settings = document.section_settings()
    if document.studio.sections or not theme.order:
        return settings
    rank = {key: index for index, key in enumerate(theme.order)}
    return sorted(settings, key=lambda setting: rank.get(setting.key, len(rank)))


def _contacts(document: Document) -> list[Link]:
    basics = document.basics
    place = basics.location
    where = ", ".join(
        part for part in (place.address, " ".join(filter(None, (place.postal_code, place.city))), place.region) if part
    )
    links = [
        Link(basics.email, f"mailto:{basics.email}" if m.EMAIL.fullmatch(basics.email) else "", "email"),
        Link(basics.phone, _tel(basics.phone), "phone"),
        Link(where or place.country_code, "", "place"),
        _web(basics.url, kind="url"),
    ]
    hidden = set(document.studio.hidden)
    for profile in basics.profiles:
        if profile.id in hidden:
            continue
        kind = profile.network.strip().casefold() or "url"
        shown = profile.username if profile.username and not profile.url else ""
        link = _web(profile.url, kind=kind)
        links.append(
            Link(
                f"{profile.network} {shown}".strip() if shown else link.text or profile.network,
                link.href,
                kind,
            )
        )
    return [link for link in links if link.text.strip()]


def _tel(number: str) -> str:
    digits = re.sub(r"[^\d+]", "", number)
    return f"tel:{digits}" if len(digits) >= 6 else ""


def _web(url: str, kind: str = "link") -> Link:
    """Only http(s) can be followed; "javascript:" and friends stay text."""
    url = url.strip()
    text = re.sub(r"^https?://(www\.)?", "", url, flags=re.IGNORECASE).rstrip("/")
    if m.URL.fullmatch(url):
        return Link(text, url, kind)
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", url) and urlsplit(f"https://{url}").hostname:
        return Link(text, f"https://{url}", kind)
    return Link(text, "", kind)


def _section(document: Document, setting: m.SectionSetting, design: Defaults) -> Section | None:
    language = document.studio.language
    key = setting.key
    if key == "summary":
        paragraphs = _paragraphs(document.basics.summary)
        title = setting.title or label("summary", language)
        return Section(key, "summary", title, paragraphs=paragraphs) if paragraphs else None
    hidden = set(document.studio.hidden)
    kind = "custom" if key.startswith(CUSTOM) else key
    items = [item for item in document.section(key) if item.id not in hidden and not item.blank]
    entries = tuple(_entry(key, kind, item, design.dates, language) for item in items)
    if not entries:
        return None
    if kind == "custom":
        title = document.custom_section(key).title or label("custom", language)
    else:
        title = setting.title or label(kind, language)
    return Section(key, "entries" if kind in ENTRY_LISTS else kind, title, entries)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(block.strip() for block in re.split(r"\n\s*\n|\n", text) if block.strip())


def _lines(lines: list[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())


def _entry(key: str, kind: str, item: Item, style: str, language: str) -> Entry:
    fields = _SHAPES[kind](cast(Any, item), style, language)
    return Entry(path=f"{key}/{item.id}", **fields)


def _dated(item: m.Dated, style: str, language: str) -> dict[str, Any]:
    link = _web(item.url)
    return {
        "dates": format_range(item.start_date, item.end_date, style, language),
        "link": link if link.text else None,
    }


def _single(date: str, url: str, style: str, language: str) -> dict[str, Any]:
    link = _web(url)
    return {"dates": format_date(date, style, language), "link": link if link.text else None}


def _work(item: m.Work, style: str, language: str) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.position,
        "org": item.name,
        "place": item.location,
        "note": item.description,
        "paragraphs": _paragraphs(item.summary),
        "bullets": _lines(item.highlights),
    }


def _volunteer(item: m.Volunteer, style: str, language: str) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.position,
        "org": item.organization,
        "paragraphs": _paragraphs(item.summary),
        "bullets": _lines(item.highlights),
    }


def _education(item: m.Education, style: str, language: str) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": ", ".join(part for part in (item.study_type, item.area) if part),
        "org": item.institution,
        "place": item.location,
        "note": item.score,
        "paragraphs": _paragraphs(item.summary),
        "tags": _lines(item.courses),
    }


def _project(item: m.Project, style: str, language: str) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.name,
        "org": item.entity,
        "note": ", ".join(part for part in (*item.roles, item.type) if part),
        "paragraphs": _paragraphs(item.description),
        "bullets": _lines(item.highlights),
        "tags": _lines(item.keywords),
    }


def _award(item: m.Award, style: str, language: str) -> dict[str, Any]:
    shape = {"title": item.title, "org": item.awarder, "paragraphs": _paragraphs(item.summary)}
    return _single(item.date, "", style, language) | shape


def _certificate(item: m.Certificate, style: str, language: str) -> dict[str, Any]:
    return _single(item.date, item.url, style, language) | {"title": item.name, "org": item.issuer}


def _publication(item: m.Publication, style: str, language: str) -> dict[str, Any]:
    shape = {"title": item.name, "org": item.publisher, "paragraphs": _paragraphs(item.summary)}
    return _single(item.release_date, item.url, style, language) | shape


def _custom(item: m.CustomItem, style: str, language: str) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.name,
        "org": item.subtitle,
        "paragraphs": _paragraphs(item.summary),
        "bullets": _lines(item.highlights),
    }


def _skill(item: m.Skill, style: str, language: str) -> dict[str, Any]:
    return {
        "title": item.name,
        "note": item.level,
        "tags": _lines(item.keywords),
        "level": _level(item.level),
    }


def _spoken(item: m.SpokenLanguage, style: str, language: str) -> dict[str, Any]:
    return {"title": item.language, "note": item.fluency, "level": _level(item.fluency)}


def _interest(item: m.Interest, style: str, language: str) -> dict[str, Any]:
    return {"title": item.name, "tags": _lines(item.keywords)}


def _reference(item: m.Reference, style: str, language: str) -> dict[str, Any]:
    return {"title": item.name, "paragraphs": _paragraphs(item.reference)}


_SHAPES: dict[str, Callable[[Any, str, str], dict[str, Any]]] = {
    "work": _work,
    "volunteer": _volunteer,
    "education": _education,
    "projects": _project,
    "awards": _award,
    "certificates": _certificate,
    "publications": _publication,
    "custom": _custom,
    "skills": _skill,
    "languages": _spoken,
    "interests": _interest,
    "references": _reference,
}

_LEVELS: dict[int, tuple[str, ...]] = {
    5: ("natif", "maternelle", "bilingue", "native", "bilingual", "mother tongue", "expert", "master", "c2"),
    4: ("courant", "fluent", "advanced", "avancé", "professionnel", "professional", "c1", "confirmé"),
    3: ("intermédiaire", "intermediate", "opérationnel", "b2", "b1", "conversational", "conversation"),
    2: ("élémentaire", "elementary", "limited", "scolaire", "a2", "bases"),
    1: ("débutant", "beginner", "notions", "basic", "a1"),
}


def _level(words: str) -> int:
    plain = words.casefold()
    for level, names in _LEVELS.items():
        if any(re.search(rf"\b{re.escape(name)}\b", plain) for name in names):
            return level
    return 0
