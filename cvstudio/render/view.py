"""What a theme's template sees: sections in order, every kind of entry in one shape, dates already in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from cvstudio.document import CUSTOM, Document, Item
from cvstudio.document import model as m
from cvstudio.document.edit import PROFILES
from cvstudio.render.contacts import Link, contacts, one_line, web
from cvstudio.render.dates import format_date, format_range
from cvstudio.render.labels import label
from cvstudio.render.memory import Memory
from cvstudio.render.page import knobs
from cvstudio.render.themes import Defaults, Theme

ENTRY_LISTS = ("work", "education", "projects", "volunteer", "certificates", "awards", "publications", "custom")
ROOM = 24_000_000  # characters of entries that a process remembers: those of hundreds of CVs being written at once
NONE: Mapping[str, Any] = {}
# Pasted or typed along with the line it marked, Word's too. In a list, which has marks of its own, those that may be a
# sign of the text elsewhere: not before a figure, where it may be a minus.
GLYPH = re.compile(r"^[•●○◦▪■‣⁃∙·◆◇➢▸►✓✔\uf0b7\uf0a7\uf0d8\uf076\uf0fc]\s*")
LIST_MARK = re.compile(r"^(?:[-–—*]\s+(?=[^\W\d_])|[o§](?:\t|[ \u00a0]{2})\s*)")


# The same content is the same object (see `_entry` and `_section`): found, and told apart, without being read.
@dataclass(frozen=True, eq=False)
class Entry:
    path: str  # "work/<id>": where an edit of it goes
    title: str = ""  # what: position, degree, project …; without one, where. Blank: there is only a body
    org: str = ""  # where: company, school, issuer …
    place: str = ""
    dates: str = ""
    link: Link | None = None
    note: str = ""  # grade, skill level, fluency, kind of project …
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # keywords, courses, roles
    level: int = 0  # 1–5 where the words tell a level, else 0
    length: int = 0  # characters of what it was made of

    @property
    def shown(self) -> bool:
        return bool(self.title or self.dates or self.link or self.paragraphs or self.bullets or self.tags)


@dataclass(frozen=True, eq=False)
class Section:
    key: str
    kind: str  # summary, entries, skills, languages, interests, references
    title: str
    entries: tuple[Entry, ...] = ()
    paragraphs: tuple[str, ...] = ()
    colon: str = ""  # of the CV's language, between a name and what belongs to it


@dataclass(frozen=True)
class View:
    language: m.CvLanguage
    name: str
    role: str
    contacts: tuple[Link, ...]
    photo: str
    photo_shape: str
    sections: tuple[Section, ...]
    design: Defaults
    theme: Theme
    words: dict[str, str] = field(default_factory=dict)
    settings: tuple[m.SectionSetting, ...] = ()  # of the sections that may be shown, those without content too

    @property
    def main(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.key not in self.theme.side)

    @property
    def side(self) -> tuple[Section, ...]:
        return tuple(section for section in self.sections if section.key in self.theme.side)

    @property
    def title(self) -> str:
        """Of the file: person and role."""
        return f"{self.name} – {self.role}" if self.role else self.name


def build(document: Document, theme: Theme, photo_src: str | None = None) -> View:
    design = knobs(document, theme)
    language = document.studio.language
    settings = tuple(one for one in ordered(document, theme) if not one.hidden)
    sections = (_section(document, setting, design) for setting in settings)
    name, role = _heading(document)
    return View(
        language=language,
        name=name,
        role=role,
        contacts=contacts(document),
        photo=_photo(photo_src, design),
        photo_shape=design.photo,
        sections=tuple(section for section in sections if section),
        design=design,
        theme=theme,
        words={key: label(key, language) for key in ("contact", "watermark", "cv", "colon")},
        settings=settings,
    )


def after(last: View, document: Document, edited: str, photo_src: str | None = None) -> View:
    """What `build` gives once the field `edited` (a path of document.edit) has changed: only that is read anew."""
    key, _, rest = edited.partition("/")
    if key == PROFILES or not (rest or edited == "basics.summary"):
        name, role = _heading(document)
        found, photo = contacts(document), _photo(photo_src, last.design)
        return replace(last, name=name, role=role, contacts=found, photo=photo)
    key, path = (key, f"{key}/{rest.partition('/')[0]}") if rest else ("summary", "")
    known = {section.key: section for section in last.sections}
    sections: list[Section] = []
    for setting in last.settings:
        section = known.get(setting.key)
        if setting.key == key:
            entries = {entry.path: entry for entry in section.entries if entry.path != path} if section else {}
            section = _section(document, setting, last.design, entries)
        if section:
            sections.append(section)
    return replace(last, sections=tuple(sections))


def _heading(document: Document) -> tuple[str, str]:
    """Name and role: the page has a heading, whatever there is."""
    name, role = one_line(document.basics.name), one_line(document.basics.label)
    return (name, role) if name else (role or label("cv", document.studio.language), "")


def _photo(src: str | None, design: Defaults) -> str:
    return src if src and design.photo != "none" else ""


def ordered(document: Document, theme: Theme) -> list[m.SectionSetting]:
    """Every section as the page has it: the owner's order once there is one; before that, the theme's."""
    return document.section_settings(theme.order)


def _section(
    document: Document, setting: m.SectionSetting, design: Defaults, known: Mapping[str, Entry] = NONE
) -> Section | None:
    """`known`: its entries that are as they were, by path."""
    language = document.studio.language
    key = setting.key
    if key == "summary":
        paragraphs = _paragraphs(document.basics.summary)
        title = one_line(setting.title) or label("summary", language)
        return _same(key, "summary", title, (), paragraphs, "") if paragraphs else None
    items = document.section(key)
    if not items:
        return None
    hidden = set(document.studio.hidden)
    kind = "custom" if key.startswith(CUSTOM) else key
    shaped = (
        known.get(f"{key}/{item.id}") or _entry(key, kind, item, design.dates, language)
        for item in items
        if item.id not in hidden
    )
    entries = tuple(entry for entry in shaped if entry.shown)
    if not entries:
        return None
    if kind == "custom":
        title = one_line(document.custom_section(key).title) or label("custom", language)
    else:
        title = one_line(setting.title) or label(kind, language)
    return _same(key, "entries" if kind in ENTRY_LISTS else kind, title, entries, (), label("colon", language))


def _same(*parts: Any) -> Section:
    """The section of these parts: one and the same each time."""
    if (known := _sections.get(parts)) is not None:
        return known
    made = Section(*parts)
    # It keeps its entries, also those forgotten otherwise.
    length = len(made.title) + sum(map(len, made.paragraphs)) + sum(entry.length for entry in made.entries)
    return _sections.keep(parts, made, length)


_sections: Memory[tuple[Any, ...], Section] = Memory(ROOM)


def _paragraphs(text: str) -> tuple[str, ...]:
    return _lines(text.split("\n"))


def _lines(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(line for text in lines if (line := one_line(GLYPH.sub("", text.lstrip()))))


def _bullets(lines: Iterable[str]) -> tuple[str, ...]:
    return _lines(LIST_MARK.sub("", line.lstrip()) for line in lines)


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in map(one_line, parts) if part)


def _entry(key: str, kind: str, item: Item, style: str, language: m.CvLanguage) -> Entry:
    # By all that is in it: a keystroke changes one entry, and all others are found as they were shaped before.
    told = (key, repr(vars(item)), style, language)
    known = _entries.get(told)
    return known or _entries.keep(told, _shaped(key, kind, item, style, language, len(told[1])), len(told[1]))


_entries: Memory[tuple[str, str, str, str], Entry] = Memory(ROOM)


def _shaped(key: str, kind: str, item: Item, style: str, language: m.CvLanguage, length: int) -> Entry:
    fields = _SHAPES[kind](item, style, language)
    for name in ("title", "org", "place", "note"):
        fields[name] = one_line(fields.get(name, ""))
    for name in ("org", "place", "note"):
        if not fields["title"]:
            fields["title"], fields[name] = fields[name], ""
    return Entry(path=f"{key}/{item.id}", length=length, **fields)


def _dated(item: m.Dated, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return {"dates": format_range(item.start_date, item.end_date, style, language), "link": _link(item.url)}


def _link(url: str) -> Link | None:
    link = web(url)
    return link if link.text else None


def _work(item: m.Work, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.position,
        "org": item.name,
        "place": item.location,
        "note": item.description,
        "paragraphs": _paragraphs(item.summary),
        "bullets": _bullets(item.highlights),
    }


def _volunteer(item: m.Volunteer, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.position,
        "org": item.organization,
        "paragraphs": _paragraphs(item.summary),
        "bullets": _bullets(item.highlights),
    }


def _education(item: m.Education, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": _joined((item.study_type, item.area)),
        "org": item.institution,
        "place": item.location,
        "note": item.score,
        "paragraphs": _paragraphs(item.summary),
        "tags": _lines(item.courses),
    }


def _project(item: m.Project, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.name,
        "org": item.entity,
        "note": _joined((*item.roles, item.type)),
        "paragraphs": _paragraphs(item.description),
        "bullets": _bullets(item.highlights),
        "tags": _lines(item.keywords),
    }


def _award(item: m.Award, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return {
        "title": item.title,
        "org": item.awarder,
        "dates": format_date(item.date, style, language),
        "paragraphs": _paragraphs(item.summary),
    }


def _certificate(item: m.Certificate, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return {
        "title": item.name,
        "org": item.issuer,
        "dates": format_date(item.date, style, language),
        "link": _link(item.url),
    }


def _publication(item: m.Publication, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return {
        "title": item.name,
        "org": item.publisher,
        "dates": format_date(item.release_date, style, language),
        "link": _link(item.url),
        "paragraphs": _paragraphs(item.summary),
    }


def _custom(item: m.CustomItem, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return _dated(item, style, language) | {
        "title": item.name,
        "org": item.subtitle,
        "paragraphs": _paragraphs(item.summary),
        "bullets": _bullets(item.highlights),
    }


def _skill(item: m.Skill, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return _tagged(item.name, item.keywords) | {"note": item.level, "level": _level(item.level, language)}


def _spoken(item: m.SpokenLanguage, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return {"title": item.language, "note": item.fluency, "level": _level(item.fluency, language)}


def _interest(item: m.Interest, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return _tagged(item.name, item.keywords)


def _tagged(name: str, keywords: Iterable[str]) -> dict[str, Any]:
    """Keywords without a name stand for themselves."""
    tags = _lines(keywords)
    return {"title": name, "tags": tags} if name.strip() else {"title": ", ".join(tags)}


def _reference(item: m.Reference, style: str, language: m.CvLanguage) -> dict[str, Any]:
    return {"title": item.name, "paragraphs": _paragraphs(item.reference)}


_SHAPES: dict[str, Callable[[Any, str, m.CvLanguage], dict[str, Any]]] = {
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

# First match wins: "compétence professionnelle limitée" before "professionnelle".
_LEVELS: tuple[tuple[int, str], ...] = (
    (5, r"natif|native|maternelle|natale|bilingue|bilingual|mother tongue|expert|experte|master|c2"),
    (2, r"limited|limitée?|scolaire|school|a2|bases"),
    (3, r"professional working|intermédiaire|intermediate|opérationnel(?:le)?|b2|b1|conversational|conversation"),
    (4, r"courante?|couramment|fluent|advanced|avancée?|confirmée?|senior|professionnel(?:le)?|professional|c1"),
    (2, r"élémentaire|elementary"),
    (1, r"débutante?|beginner|notions|basic|a1"),
)
# Asked first, in the CV's own language only: "base" says more in Italian than in French.
_OWN_LEVELS: dict[m.CvLanguage, tuple[tuple[int, str], ...]] = {
    "de": (
        (5, r"muttersprach\w*|zweisprachig|experte|expertin"),
        (4, r"fließend|fliessend|verhandlungssicher|sehr gut\w*|fortgeschritten\w*|fachkundig"),
        (3, r"gute?|konversationssicher|mittel\w*"),
        (1, r"grundkenntnisse|grundlagen|anfänger\w*"),
    ),
    "es": (
        (5, r"nativ[oa]|lengua materna|bilingüe|expert[oa]"),
        (4, r"fluid[oa]|avanzad[oa]|profesional|alto"),
        (3, r"intermedi[oa]|medio"),
        (1, r"básic[oa]|principiante|nociones|elemental"),
    ),
    "it": (
        (5, r"madrelingua|nativ[oa]|bilingue|espert[oa]"),
        (4, r"fluente|avanzat[oa]|professionale|ottim[oa]"),
        (3, r"intermedi[oa]|buon[oa]?"),
        (1, r"base|principiante|elementare|scolastic[oa]"),
    ),
    "pt": (
        (5, r"nativ[oa]|língua materna|bilíngue|especialista"),
        (4, r"fluente|avançad[oa]|profissional"),
        (3, r"intermediári[oa]|intermédi[oa]"),
        (1, r"básic[oa]|iniciante|noções|elementar"),
    ),
}
_LEVEL_WORDS = {
    language: tuple(
        (level, re.compile(rf"\b(?:{words})\b")) for level, words in (*_OWN_LEVELS.get(language, ()), *_LEVELS)
    )
    for language in m.CV_LANGUAGES
}


@lru_cache(maxsize=1024)
def _level(words: str, language: m.CvLanguage) -> int:
    plain = words[:200].casefold()
    return next((level for level, pattern in _LEVEL_WORDS[language] if pattern.search(plain)), 0)
