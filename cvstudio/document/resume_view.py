"""cv-builder's resume: the document in that door's words, read and written without loss on either side.

| resume | document |
|---|---|
| full_name, title, email, phone, website, summary | basics: name, label, email, phone, url, summary |
| address | basics.location: address, postalCode and city, region |
| linkedin_url, github_url | basics.profiles: the one of that network |
| experiences: company, position, location, start_date, end_date, description | work: name, …, summary and highlights |
| education: institution, degree, field_of_study, location, dates, grade, description | education: …, score, summary |
| skills: name, level, category | skills: an entry each; of a group, its keywords, with its name as their category |
| languages_data: language, level | languages: language, fluency |
| certifications_data: name, issuer, date | certificates |
| projects_data: name, description, url | projects |
| custom_sections: title, content | custom: title, the text of its entries |

A description's last lines that begin with "• " are highlights. `is_current` follows from the dates: it goes on where
there is a start and no end; what contradicts that is kept beside. Skill levels are the four of that door, in the
document's language inside of it. Only what was given is written, and only where it says something else than what
stands there: so hidden entries keep their places, and entries that are recognised (by `id`; without one, by what they
say) keep what the resume cannot show. A list that is given replaces the list; of an entry with an `id`, the missing
fields stay. `order` sorts a list that comes in; going out it counts from 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from cvstudio.document import model as m
from cvstudio.document.dates import is_present, normalise
from cvstudio.document.intake import ID
from cvstudio.document.model import MAX_CUSTOM, MAX_ITEMS, MAX_TEXT, Document, Item, clean
from cvstudio.errors import InvalidInput

LEVELS: dict[str, dict[m.Language, str]] = {
    "beginner": {"fr": "Débutant", "en": "Beginner"},
    "intermediate": {"fr": "Intermédiaire", "en": "Intermediate"},
    "advanced": {"fr": "Avancé", "en": "Advanced"},
    "expert": {"fr": "Expert", "en": "Expert"},
}
CODES = {word.casefold(): code for code, words in LEVELS.items() for word in words.values()}
BULLET = "• "
CURRENT, CATEGORY = "isCurrent", "category"  # our keys beside the document's own
NETWORKS = {
    "linkedin_url": ("LinkedIn", "https://www.linkedin.com/in/"),
    "github_url": ("GitHub", "https://github.com/"),
}

Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(clean)] | None
Id = Annotated[str, Field(max_length=100), BeforeValidator(lambda value: str(value) if type(value) is int else value)]
Order = Annotated[int, Field(ge=-(2**31), le=2**31)] | None


class Entry(BaseModel):
    """Unknown keys are passed over: a resume comes back as it was handed out, with more than can be written."""

    model_config = ConfigDict(extra="ignore")

    id: Id | None = None

    def given(self, name: str, present: str) -> str:
        """What it says of a field; where it says nothing, what is there."""
        return (getattr(self, name) or "") if name in self.model_fields_set else present


class Ordered(Entry):
    order: Order = None


class Dated(Ordered):
    location: Text = None
    start_date: Text = None
    end_date: Text = None
    is_current: bool | None = None
    description: Text = None


class Experience(Dated):
    company: Text = None
    position: Text = None


class School(Dated):
    institution: Text = None
    degree: Text = None
    field_of_study: Text = None
    grade: Text = None


class Skill(Ordered):
    name: Text = None
    level: Text = None
    category: Text = None


class Language(Entry):
    language: Text = None
    level: Text = None


class Certification(Entry):
    name: Text = None
    issuer: Text = None
    date: Text = None


class Project(Entry):
    name: Text = None
    description: Text = None
    url: Text = None


class CustomSection(Entry):
    title: Text = None
    content: Text = None


class Resume(BaseModel):
    """Every field may be missing; null and blank say the same."""

    model_config = ConfigDict(extra="ignore")

    full_name: Text = None
    title: Text = None
    email: Text = None
    phone: Text = None
    address: Text = None
    website: Text = None
    linkedin_url: Text = None
    github_url: Text = None
    summary: Text = None
    experiences: Annotated[list[Experience], Field(max_length=MAX_ITEMS)] | None = None
    education: Annotated[list[School], Field(max_length=MAX_ITEMS)] | None = None
    skills: Annotated[list[Skill], Field(max_length=MAX_ITEMS)] | None = None
    languages_data: Annotated[list[Language], Field(max_length=MAX_ITEMS)] | None = None
    certifications_data: Annotated[list[Certification], Field(max_length=MAX_ITEMS)] | None = None
    projects_data: Annotated[list[Project], Field(max_length=MAX_ITEMS)] | None = None
    custom_sections: Annotated[list[CustomSection], Field(max_length=MAX_CUSTOM)] | None = None


PLAIN = {"full_name": "name", "title": "label", "email": "email", "phone": "phone"}
PLAIN |= {"website": "url", "summary": "summary"}


# ---------------------------------------------------------------------------- reading


def read(document: Document) -> Resume:
    """Everything shown; hidden entries are not in it."""
    basics, hidden = document.basics, set(document.studio.hidden)
    texts = {name: getattr(basics, field) or None for name, field in PLAIN.items()}
    texts |= {name: _profile_url(document, name) or None for name in NETWORKS}
    return Resume(
        **texts,
        address=_address(basics.location) or None,
        experiences=[_experience(item, n) for n, item in enumerate(_shown(document.work, hidden))],
        education=[_school(item, n) for n, item in enumerate(_shown(document.education, hidden))],
        skills=[entry for entry, _ in _skills(_shown(document.skills, hidden))],
        languages_data=[
            Language(id=item.id, language=item.language, level=item.fluency or None)
            for item in _shown(document.languages, hidden)
        ],
        certifications_data=[
            Certification(id=item.id, name=item.name, issuer=item.issuer or None, date=item.date or None)
            for item in _shown(document.certificates, hidden)
        ],
        projects_data=[
            Project(id=item.id, name=item.name, description=item.description or None, url=item.url or None)
            for item in _shown(document.projects, hidden)
        ],
        custom_sections=[
            CustomSection(id=section.id, title=section.title, content=_content(section, hidden))
            for section in document.custom
        ],
    )


def _experience(item: m.Work, order: int) -> Experience:
    return Experience(
        id=item.id,
        company=item.name,
        position=item.position,
        location=item.location or None,
        description=_description(item.summary, item.highlights) or None,
        order=order,
        **_dates(item),
    )


def _school(item: m.Education, order: int) -> School:
    return School(
        id=item.id,
        institution=item.institution,
        degree=item.study_type,
        field_of_study=item.area or None,
        location=item.location or None,
        grade=item.score or None,
        description=item.summary or None,
        order=order,
        **_dates(item),
    )


def _dates(item: m.Dated) -> dict[str, Any]:
    return {"start_date": item.start_date or None, "end_date": item.end_date or None, "is_current": _current(item)}


def _current(item: m.Dated) -> bool:
    said = (item.model_extra or {}).get(CURRENT)
    natural = bool(item.start_date) and not item.end_date
    return said if isinstance(said, bool) and not item.end_date else natural


def _skills(skills: Sequence[m.Skill]) -> list[tuple[Skill, m.Skill]]:
    """Each with the document's entry that it comes from."""
    found: list[tuple[Skill, m.Skill]] = []
    for item in skills:
        level = CODES.get(item.level.casefold(), item.level) or None
        if not item.keywords:
            category = (item.model_extra or {}).get(CATEGORY)
            category = category or None if isinstance(category, str) else None
            found.append((Skill(id=item.id, name=item.name, level=level, category=category), item))
        for place, word in enumerate(item.keywords):
            turn = item.keywords[:place].count(word)
            name = f"{item.id}-{hashlib.blake2b(f'{turn}/{word}'.encode(), digest_size=4).hexdigest()}"
            found.append((Skill(id=name, name=word, level=level, category=item.name or None), item))
    for order, (entry, _) in enumerate(found):
        entry.order = order
    return found


def _description(summary: str, highlights: Sequence[str]) -> str:
    return "\n".join([*([summary] if summary else []), *(BULLET + line for line in highlights)])


def _address(place: m.Location) -> str:
    town = f"{place.postal_code} {place.city}".strip()
    return ", ".join(part for part in (place.address, town, place.region) if part)


def _content(section: m.CustomSection, hidden: set[str]) -> str:
    texts = []
    for item in _shown(section.items, hidden):
        head = " – ".join(part for part in (item.name, item.subtitle) if part)
        texts.append("\n".join(part for part in (head, _description(item.summary, item.highlights)) if part))
    return "\n\n".join(text for text in texts if text)


def _profile(document: Document, name: str) -> m.Profile | None:
    network = NETWORKS[name][0].casefold()
    shown = _shown(document.basics.profiles, set(document.studio.hidden))
    return next((one for one in shown if one.network.strip().casefold() == network), None)


def _profile_url(document: Document, name: str) -> str:
    found = _profile(document, name)
    if found is None:
        return ""
    return found.url or (NETWORKS[name][1] + found.username if found.username else "")


# ---------------------------------------------------------------------------- writing


def write(document: Document, resume: Resume) -> None:
    """Makes the document say what was given of a resume, in place. Raises InvalidInput by field; then it is spoilt."""
    basics = document.basics
    for name in resume.model_fields_set & PLAIN.keys():
        setattr(basics, PLAIN[name], getattr(resume, name) or "")
    if "address" in resume.model_fields_set and (resume.address or "") != _address(basics.location):
        place = basics.location
        place.address, place.postal_code, place.city, place.region = resume.address or "", "", "", ""
    for name in resume.model_fields_set & NETWORKS.keys():
        _write_profile(document, name, getattr(resume, name) or "")
    writer = _Writer(document)
    for name in resume.model_fields_set & LISTS.keys():
        LISTS[name](writer, getattr(resume, name) or [])


def _write_profile(document: Document, name: str, url: str) -> None:
    if url == _profile_url(document, name):
        return
    found, (network, prefix) = _profile(document, name), NETWORKS[name]
    if not url:
        document.basics.profiles.remove(found) if found else None
        return
    if found is None:
        found = m.Profile(network=network)
        document.basics.profiles.append(found)
    found.url = url
    found.username = url.removeprefix(prefix).rstrip("/") if url.startswith(prefix) else ""


Given = TypeVar("Given", bound=Entry)
Known = TypeVar("Known", bound=Item)


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
            before = _description(item.summary, item.highlights)
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
            before = _content(section, self.hidden)
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
        shown = _shown(self.document.skills, self.hidden)
        known = _skills(shown)
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
            joins = last is not None and last.keywords and category == last.name and level == _code(last.level)
            if last is not None and joins and (origin is None or (grouped and origin.id == last.id)):
                last.keywords.append(name)
            elif origin is not None and grouped and same and origin.id not in used:
                made.append(origin.model_copy(deep=True, update={"keywords": [name]}))
                used.add(origin.id)
            else:
                keeps = origin is not None and not grouped and origin.id not in used
                item = origin.model_copy(deep=True) if origin and keeps else m.Skill(**self._own_id(entry))
                used.add(item.id)
                item.name = name
                if level != _code(item.level):
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
        entries, shown = _sorted(given), _shown(before, self.hidden)
        made = []
        for entry, found in zip(entries, _matched(entries, shown, of_entry, of_item), strict=True):
            item = found or kind(**self._own_id(entry))
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
    end = "" if current or is_present(end) else end
    if (start, end, current) == (item.start_date, item.end_date, _current(item)):
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


def _code(level: str) -> str:
    return CODES.get(level.casefold(), level)


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


def _shown(items: Sequence[Known], hidden: set[str]) -> list[Known]:
    return [item for item in items if item.id not in hidden]


def _with_hidden(shown: list[Known], before: Sequence[Known], hidden: set[str]) -> list[Known]:
    for place, item in enumerate(before):
        if item.id in hidden:
            shown.insert(min(place, len(shown)), item)
    return shown
