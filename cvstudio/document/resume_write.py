"""Writing through cv-builder's resume (see cvstudio.document.resume_view for what stands for what)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cvstudio.document import model as m
from cvstudio.document.dates import is_present, normalise
from cvstudio.document.intake import ID
from cvstudio.document.model import Document, Item
from cvstudio.document.resume_view import (
    BULLET,
    CATEGORY,
    CURRENT,
    LEVELS,
    NETWORKS,
    PLAIN,
    Certification,
    CustomSection,
    Dated,
    Entry,
    Experience,
    Known,
    Language,
    Project,
    Resume,
    School,
    Skill,
    address_of,
    code_of,
    content_of,
    description_of,
    is_current,
    profile_of,
    profile_url,
    shown,
    skills_of,
)
from cvstudio.errors import InvalidInput


def write(document: Document, resume: Resume) -> None:
    """Makes the document say what was given of a resume, in place. Raises InvalidInput by field; then it is spoilt."""
    basics = document.basics
    for name in resume.model_fields_set & PLAIN.keys():
        setattr(basics, PLAIN[name], getattr(resume, name) or "")
    if "address" in resume.model_fields_set and (resume.address or "") != address_of(basics.location):
        place = basics.location
        place.address, place.postal_code, place.city, place.region = resume.address or "", "", "", ""
    for name in resume.model_fields_set & NETWORKS.keys():
        _write_profile(document, name, getattr(resume, name) or "")
    writer = _Writer(document)
    for name in resume.model_fields_set & LISTS.keys():
        LISTS[name](writer, getattr(resume, name) or [])


def _write_profile(document: Document, name: str, url: str) -> None:
    if url == profile_url(document, name):
        return
    found, (network, prefix) = profile_of(document, name), NETWORKS[name]
    if not url:
        document.basics.profiles.remove(found) if found else None
        return
    if found is None:
        found = m.Profile(network=network)
        document.basics.profiles.append(found)
    found.url = url
    found.username = url.removeprefix(prefix).rstrip("/") if url.startswith(prefix) else ""


Given = TypeVar("Given", bound=Entry)


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.language = document.studio.language
        self.hidden = set(document.studio.hidden)
        lists: list[Sequence[Item]] = [document.section(key) for key in m.SECTIONS]
        lists += [document.basics.profiles, document.custom, *(section.items for section in document.custom)]
        self.taken = {item.id for items in lists for item in items} | self.hidden

    def experiences(self, given: list[Experience]) -> None:
        def update(item: m.Work, entry: Experience) -> None:
            item.name = entry.given("company", item.name)
            item.position = entry.given("position", item.position)
            item.location = entry.given("location", item.location)
            before = description_of(item.summary, item.highlights)
            if (text := entry.given("description", before)) != before:
                item.summary, item.highlights = _parted(text)
            _write_dates(item, entry)

        self.document.work = self._list(
            given,
            self.document.work,
            m.Work,
            update,
            lambda entry: (entry.company or "", entry.position or "", normalise(entry.start_date or "")),
            lambda item: (item.name, item.position, item.start_date),
        )

    def education(self, given: list[School]) -> None:
        def update(item: m.Education, entry: School) -> None:
            item.institution = entry.given("institution", item.institution)
            item.study_type = entry.given("degree", item.study_type)
            item.area = entry.given("field_of_study", item.area)
            item.location = entry.given("location", item.location)
            item.score = entry.given("grade", item.score)
            item.summary = entry.given("description", item.summary)
            _write_dates(item, entry)

        self.document.education = self._list(
            given,
            self.document.education,
            m.Education,
            update,
            lambda entry: (entry.institution or "", entry.degree or "", normalise(entry.start_date or "")),
            lambda item: (item.institution, item.study_type, item.start_date),
        )

    def languages(self, given: list[Language]) -> None:
        def update(item: m.SpokenLanguage, entry: Language) -> None:
            item.language = entry.given("language", item.language)
            item.fluency = entry.given("level", item.fluency)

        self.document.languages = self._list(
            given,
            self.document.languages,
            m.SpokenLanguage,
            update,
            lambda entry: (entry.language or "",),
            lambda item: (item.language,),
        )

    def certifications(self, given: list[Certification]) -> None:
        def update(item: m.Certificate, entry: Certification) -> None:
            item.name = entry.given("name", item.name)
            item.issuer = entry.given("issuer", item.issuer)
            item.date = _date(entry.given("date", item.date), item.date)

        self.document.certificates = self._list(
            given,
            self.document.certificates,
            m.Certificate,
            update,
            lambda entry: (entry.name or "", entry.issuer or ""),
            lambda item: (item.name, item.issuer),
        )

    def projects(self, given: list[Project]) -> None:
        def update(item: m.Project, entry: Project) -> None:
            item.name = entry.given("name", item.name)
            item.description = entry.given("description", item.description)
            item.url = entry.given("url", item.url)

        self.document.projects = self._list(
            given,
            self.document.projects,
            m.Project,
            update,
            lambda entry: (entry.name or "",),
            lambda item: (item.name,),
        )

    def custom_sections(self, given: list[CustomSection]) -> None:
        def update(section: m.CustomSection, entry: CustomSection) -> None:
            section.title = entry.given("title", section.title)
            before = content_of(section, self.hidden)
            if (text := entry.given("content", before)) != before:
                kept = [item for item in section.items if item.id in self.hidden]
                section.items = [*([m.CustomItem(summary=text)] if text else []), *kept]

        self.document.custom = self._list(
            given,
            self.document.custom,
            m.CustomSection,
            update,
            lambda entry: (entry.title or "",),
            lambda section: (section.title,),
        )

    def skills(self, given: list[Skill]) -> None:
        """Neighbours from one group stay that group; a new one beside them, of its category and level, joins it."""
        known = skills_of(shown(self.document.skills, self.hidden))
        levels = {entry.level or "" for entry, _ in known} | LEVELS.keys() | {""}
        made: list[m.Skill] = []
        used: set[str] = set()
        entries = _sorted(given)
        for entry, at in zip(entries, _matched_skills(entries, known), strict=True):
            before, origin = known[at] if at is not None else (Skill(), None)
            name = entry.given("name", before.name or "")
            level = entry.given("level", before.level or "")
            category = entry.given("category", before.category or "")
            if level not in levels:
                raise InvalidInput("no such level", fields={"skills": [f"level: {', '.join(LEVELS)}"]})
            grouped = origin is not None and origin.keywords != []
            same = (level, category) == (before.level or "", before.category or "")
            last = made[-1] if made else None
            joins = last is not None and last.keywords and category == last.name and level == code_of(last.level)
            if last is not None and joins and (origin is None or (grouped and origin.id == last.id)):
                last.keywords.append(name)
            elif origin is not None and grouped and same and origin.id not in used:
                made.append(origin.model_copy(deep=True, update={"keywords": [name]}))
                used.add(origin.id)
            else:
                keeps = origin is not None and not grouped and origin.id not in used
                item = origin.model_copy(deep=True) if origin and keeps else m.Skill.model_validate(self._own_id(entry))
                used.add(item.id)
                item.name = name
                if level != code_of(item.level):
                    item.level = LEVELS[level][self.language] if level in LEVELS else level
                if category != ((before.category or "") if keeps else ""):
                    _extra(item, CATEGORY, category or None)
                made.append(item)
        self.document.skills = _with_hidden(made, self.document.skills, self.hidden)

    def _list(
        self,
        given: list[Given],
        before: list[Known],
        kind: type[Known],
        update: Callable[[Known, Given], None],
        of_entry: Callable[[Given], tuple[str, ...]],
        of_item: Callable[[Known], tuple[str, ...]],
    ) -> list[Known]:
        entries, visible = _sorted(given), shown(before, self.hidden)
        made = []
        for entry, found in zip(entries, _matched(entries, visible, of_entry, of_item), strict=True):
            item = found or kind.model_validate(self._own_id(entry))
            update(item, entry)
            made.append(item)
        return _with_hidden(made, before, self.hidden)

    def _own_id(self, entry: Entry) -> dict[str, str]:
        """The id that it came with, where it is free: an entry that was removed and comes back is the same."""
        if entry.id and ID.fullmatch(entry.id) and entry.id not in self.taken:
            self.taken.add(entry.id)
            return {"id": entry.id}
        return {}


LISTS: dict[str, Callable[[_Writer, Any], None]] = {
    "experiences": _Writer.experiences,
    "education": _Writer.education,
    "skills": _Writer.skills,
    "languages_data": _Writer.languages,
    "certifications_data": _Writer.certifications,
    "projects_data": _Writer.projects,
    "custom_sections": _Writer.custom_sections,
}


def _write_dates(item: m.Dated, entry: Dated) -> None:
    current = entry.is_current if entry.is_current is not None else None
    start = _date(entry.given("start_date", item.start_date), item.start_date)
    end = _date(entry.given("end_date", item.end_date), item.end_date)
    if (start, end, current) == (item.start_date, item.end_date, is_current(item)):
        return  # as it was handed out, in whatever words
    end = "" if current or is_present(end) else end
    if (start, end, current) == (item.start_date, item.end_date, is_current(item)):
        return
    item.start_date, item.end_date = start, end
    natural = bool(start) and not end
    if current is not None or "end_date" in entry.model_fields_set:
        _extra(item, CURRENT, current if current is not None and current != natural and not end else None)


def _date(given: str, before: str) -> str:
    return before if given == before else normalise(given)


def _parted(text: str) -> tuple[str, list[str]]:
    """(summary, highlights): the last lines that are bullets are highlights."""
    lines = text.split("\n")
    first = len(lines)
    while first and lines[first - 1].startswith(BULLET) and lines[first - 1] != BULLET:
        first -= 1
    summary = "\n".join(lines[:first])
    if first and not summary:  # a blank line above the bullets would be lost
        return text, []
    return summary, [line.removeprefix(BULLET) for line in lines[first:]]


def _extra(item: Item, key: str, value: object) -> None:
    extra = item.model_extra
    if extra is None:
        return
    if value is None:
        extra.pop(key, None)
    else:
        extra[key] = value


# ---------------------------------------------------------------------------- lists


def _sorted(given: Sequence[Given]) -> list[Given]:
    places = [getattr(entry, "order", None) for entry in given]
    order = sorted(range(len(given)), key=lambda n: n if (place := places[n]) is None else place)
    return [given[n] for n in order]


def _matched(
    entries: Sequence[Given],
    known: Sequence[Known],
    of_entry: Callable[[Given], tuple[str, ...]],
    of_item: Callable[[Known], tuple[str, ...]],
) -> list[Known | None]:
    """For each entry the item it means: by its id; one without, by what both say, all of it or at least the first."""
    free = {item.id: item for item in known}
    found: list[Known | None] = [free.pop(entry.id or "", None) for entry in entries]
    for length in range(len(of_entry(entries[0])) if entries else 0, 0, -1):
        for n, entry in enumerate(entries):
            if found[n] is None and entry.id is None:
                said = of_entry(entry)[:length]
                same = (item for item in free.values() if said[0] and of_item(item)[:length] == said)
                if (match := next(same, None)) is not None:
                    found[n] = free.pop(match.id)
    return found


def _matched_skills(entries: Sequence[Skill], known: Sequence[tuple[Skill, m.Skill]]) -> list[int | None]:
    free = {entry.id: n for n, (entry, _) in enumerate(known)}
    found = [free.pop(entry.id, None) if entry.id else None for entry in entries]
    for n, entry in enumerate(entries):
        if found[n] is None and entry.id is None:
            same = (at for at in free.values() if known[at][0].name == entry.name)
            if (match := next(same, None)) is not None:
                found[n] = free.pop(known[match][0].id)
    return found


def _with_hidden(visible: list[Known], before: Sequence[Known], hidden: set[str]) -> list[Known]:
    for place, item in enumerate(before):
        if item.id in hidden:
            visible.insert(min(place, len(visible)), item)
    return visible
