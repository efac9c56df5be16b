"""cv-instant-pro's CVFormData: a flat form over the document, read and written without loss on either side.

| form | document |
|---|---|
| first_name, last_name | basics.name |
| title, email, phone, summary | basics.label, email, phone, summary |
| location | basics.location: city and region |
| experiences: company, position, dates, achievements | work: name, position, startDate, endDate, highlights |
| education: school, degree, year | education: institution, studyType and area, startDate to endDate |
| skills | skills: names, and the keywords of groups |

Dates are free text in the form ("Janv. 2020", "Présent") and ISO 8601 in the document. What the person typed stays
beside what we understood, under `asGiven`, and is shown again for as long as it still means the same. Writing keeps
whatever the form cannot show: hidden entries in their places, and the other fields of the entries it recognises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import (
    MAX_ITEMS,
    MAX_TEXT,
    Basics,
    CvLanguage,
    Document,
    Education,
    Item,
    Part,
    Skill,
    Work,
    clean,
)

AS_GIVEN = "asGiven"
PRESENT: dict[CvLanguage, str] = {
    "fr": "Présent",
    "en": "Present",
    "de": "Heute",
    "es": "Actualidad",
    "it": "Presente",
    "pt": "Presente",
}
YEARS = re.compile(r"\s*(.+?)\s*(?:[–—]|\s-\s|(?<=\d)\s*-\s*(?=\d{4}\b)|\sà\s|\sto\s)\s*(.+?)\s*")

Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(clean)]


# Half a field: both names together are one in the document.
Name = Annotated[str, Field(max_length=MAX_TEXT // 2 - 1), AfterValidator(clean)]


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FormExperience(Form):
    company: Text
    position: Text
    start_date: Text
    end_date: Text | None = "Présent"
    achievements: list[Text] = Field(default_factory=list, max_length=MAX_ITEMS)


class FormEducation(Form):
    school: Text
    degree: Text
    year: Text


class CVFormData(Form):
    first_name: Name
    last_name: Name
    title: Text
    email: Text | None = None
    phone: Text | None = None
    location: Text | None = None
    summary: Text
    experiences: list[FormExperience] = Field(default_factory=list, max_length=MAX_ITEMS)
    education: list[FormEducation] = Field(default_factory=list, max_length=MAX_ITEMS)
    skills: list[Text] = Field(default_factory=list, max_length=MAX_ITEMS)


def new(form: CVFormData, *, template: str = "modern", language: CvLanguage = "fr") -> Document:
    """A document that says what the form says. Raises InvalidInput if it is too long as a whole."""
    document = Document()
    document.studio.template, document.studio.language = template, language
    write(document, form)
    return Document.load(document.dump())


def read(document: Document) -> CVFormData:
    """The document as a form; hidden entries are not in it."""
    basics = document.basics
    hidden = set(document.studio.hidden)
    first_name, last_name = _names(basics)
    return CVFormData(
        first_name=first_name,
        last_name=last_name,
        title=basics.label,
        email=basics.email or None,
        phone=basics.phone or None,
        location=_place(basics) or None,
        summary=basics.summary,
        experiences=[
            FormExperience(
                company=work.name,
                position=work.position,
                start_date=_start_date(work),
                end_date=_end_date(work, document.studio.language),
                achievements=list(work.highlights),
            )
            for work in document.work
            if work.id not in hidden
        ],
        education=[
            FormEducation(school=entry.institution, degree=_degree(entry), year=_year(entry, document.studio.language))
            for entry in document.education
            if entry.id not in hidden
        ],
        skills=_words(_shown(document.skills, hidden)),
    )


def write(document: Document, form: CVFormData) -> None:
    """Makes the document say what the form says, in place."""
    basics = document.basics
    _write_names(basics, form.first_name, form.last_name)
    basics.label, basics.summary = form.title, form.summary
    basics.email, basics.phone = form.email or "", form.phone or ""
    _write_place(basics, form.location or "")
    hidden, language = set(document.studio.hidden), document.studio.language

    works = _matched(
        form.experiences,
        _shown(document.work, hidden),
        lambda entry: (entry.company, entry.position, normalise(entry.start_date)),
        lambda work: (work.name, work.position, work.start_date),
    )
    document.work = _with_hidden(
        [_write_work(work or Work(), entry, language) for entry, work in zip(form.experiences, works, strict=True)],
        document.work,
        hidden,
    )
    schools = _matched(
        form.education,
        _shown(document.education, hidden),
        lambda entry: (entry.school, entry.degree, _span(entry.year)),
        lambda school: (school.institution, _degree(school), (school.start_date, school.end_date)),
    )
    document.education = _with_hidden(
        [
            _write_school(school or Education(), entry, language)
            for entry, school in zip(form.education, schools, strict=True)
        ],
        document.education,
        hidden,
    )
    shown = _shown(document.skills, hidden)
    if form.skills != _words(shown):
        document.skills = _with_hidden(_skills(form.skills, shown), document.skills, hidden)


# ---------------------------------------------------------------------------- the person


def _names(basics: Basics) -> tuple[str, str]:
    first, last = _remembered(basics, "firstName"), _remembered(basics, "lastName")
    if first is not None and last is not None and _joined(first, last) == basics.name:
        return first, last
    first, _, last = basics.name.partition(" ")
    return first, last


def _write_names(basics: Basics, first: str, last: str) -> None:
    if (first, last) == _names(basics):
        return
    basics.name = _joined(first, last)
    plain = basics.name.partition(" ")
    simple = (plain[0], plain[2]) == (first, last)
    _remember(basics, "firstName", None if simple else first)
    _remember(basics, "lastName", None if simple else last)


def _joined(first: str, last: str) -> str:
    return f"{first} {last}".strip()


def _place(basics: Basics) -> str:
    place = basics.location
    return ", ".join(part for part in (place.city, place.region) if part) or place.country_code


def _write_place(basics: Basics, text: str) -> None:
    if text == _place(basics):
        return
    place = basics.location
    place.city, place.region = text, ""
    if not text:
        place.country_code = ""


# ---------------------------------------------------------------------------- entries


def _write_work(work: Work, entry: FormExperience, language: CvLanguage) -> Work:
    work.name, work.position, work.highlights = entry.company, entry.position, list(entry.achievements)
    if entry.start_date != _start_date(work):
        work.start_date = normalise(entry.start_date)
        _remember(work, "startDate", None)
        if _start_date(work) != entry.start_date:
            _remember(work, "startDate", entry.start_date)
    end = PRESENT[language] if entry.end_date is None else entry.end_date
    if end != _end_date(work, language):
        work.end_date = _end(end)
        _remember(work, "endDate", None)
        if _end_date(work, language) != end:
            _remember(work, "endDate", end)
    return work


def _start_date(work: Work) -> str:
    given = _remembered(work, "startDate")
    return given if given is not None and normalise(given) == work.start_date else work.start_date


def _end_date(work: Work, language: CvLanguage) -> str:
    given = _remembered(work, "endDate")
    if given is not None and _end(given) == work.end_date:
        return given
    return work.end_date or PRESENT[language]


def _end(text: str) -> str:
    return "" if is_present(text) else normalise(text)


def _write_school(school: Education, entry: FormEducation, language: CvLanguage) -> Education:
    school.institution = entry.school
    if entry.degree != _degree(school):
        school.study_type, school.area = entry.degree, ""
    if entry.year != _year(school, language):
        school.start_date, school.end_date = _span(entry.year)
        _remember(school, "year", None)
        if _year(school, language) != entry.year:
            _remember(school, "year", entry.year)
    return school


def _degree(school: Education) -> str:
    return ", ".join(part for part in (school.study_type, school.area) if part)


def _year(school: Education, language: CvLanguage) -> str:
    given = _remembered(school, "year")
    if given is not None and _span(given) == (school.start_date, school.end_date):
        return given
    if school.start_date:
        return f"{school.start_date} – {school.end_date or PRESENT[language]}"
    return school.end_date


def _span(year: str) -> tuple[str, str]:
    """(start, end) of "2016 – 2018", "2018" (when it ended), "2024 – présent"."""
    if match := YEARS.fullmatch(year):
        return normalise(match[1]), _end(match[2])
    return "", normalise(year)


# ---------------------------------------------------------------------------- skills


def _words(skills: Sequence[Skill]) -> list[str]:
    return [word for skill in skills for word in skill.keywords or [skill.name]]


def _skills(words: Sequence[str], known: Sequence[Skill]) -> list[Skill]:
    """The words in their order; neighbours from one group stay that group, with its name and level."""
    home: dict[str, Skill] = {word: skill for skill in reversed(known) for word in _words([skill])}
    made: list[Skill] = []
    used: set[str] = set()
    for skill_id, run in groupby(words, key=lambda word: home[word].id if word in home else ""):
        together = list(run)
        group = next((skill for skill in known if skill.id == skill_id), None)
        if group is None:
            made += [Skill(name=word) for word in together]
        elif not group.keywords:
            made += [_again(group, used) if place == 0 else Skill(name=word) for place, word in enumerate(together)]
        else:
            kept = _again(group, used)
            kept.keywords = together
            made.append(kept)
    return made


def _again(skill: Skill, used: set[str]) -> Skill:
    """The skill itself the first time, a twin with an id of its own after that."""
    if skill.id not in used:
        used.add(skill.id)
        return skill.model_copy(deep=True)
    return skill.model_copy(deep=True, update={"id": Skill().id})


# ---------------------------------------------------------------------------- lists

Entry = TypeVar("Entry")
Known = TypeVar("Known", bound=Item)


def _shown(items: Sequence[Known], hidden: set[str]) -> list[Known]:
    return [item for item in items if item.id not in hidden]


def _matched(
    entries: Sequence[Entry],
    known: Sequence[Known],
    of_entry: Callable[[Entry], tuple[object, ...]],
    of_known: Callable[[Known], tuple[object, ...]],
) -> list[Known | None]:
    """For each entry the item it means: alike in all parts, else in fewer, at least in the first."""
    found: list[Known | None] = [None] * len(entries)
    free = list(known)
    for length in range(len(of_entry(entries[0])) if entries else 0, 0, -1):
        for index, entry in enumerate(entries):
            if found[index] is None:
                same = (item for item in free if of_known(item)[:length] == of_entry(entry)[:length])
                found[index] = next(same, None)
                free = [item for item in free if item is not found[index]]
    return found


def _with_hidden(shown: list[Known], before: Sequence[Known], hidden: set[str]) -> list[Known]:
    for index, item in enumerate(before):
        if item.id in hidden:
            shown.insert(min(index, len(shown)), item)
    return shown


# ---------------------------------------------------------------------------- as given


def _remembered(part: Part, key: str) -> str | None:
    kept = (part.model_extra or {}).get(AS_GIVEN)
    value = kept.get(key) if isinstance(kept, dict) else None
    return value if isinstance(value, str) else None


def _remember(part: Part, key: str, text: str | None) -> None:
    extra = part.model_extra
    if extra is None:
        return
    kept = extra.pop(AS_GIVEN, None)
    kept = {name: value for name, value in kept.items() if name != key} if isinstance(kept, dict) else {}
    if text is not None:
        kept[key] = text
    if kept:
        extra[AS_GIVEN] = kept
