"""cv-builder's resume: the document in that door's words. Writing through it is resume_write's; neither side loses.

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
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from cvstudio.document import model as m
from cvstudio.document.model import MAX_CUSTOM, MAX_ITEMS, MAX_TEXT, Document, Item, clean

LEVELS: dict[str, dict[m.CvLanguage, str]] = {
    "beginner": {
        "fr": "Débutant",
        "en": "Beginner",
        "de": "Anfängerkenntnisse",
        "es": "Principiante",
        "it": "Principiante",
        "pt": "Principiante",
    },
    "intermediate": {
        "fr": "Intermédiaire",
        "en": "Intermediate",
        "de": "Mittelstufe",
        "es": "Intermedio",
        "it": "Intermedio",
        "pt": "Intermédio",
    },
    "advanced": {
        "fr": "Avancé",
        "en": "Advanced",
        "de": "Fortgeschritten",
        "es": "Avanzado",
        "it": "Avanzato",
        "pt": "Avançado",
    },
    "expert": {
        "fr": "Expert",
        "en": "Expert",
        "de": "Experte",
        "es": "Experto",
        "it": "Esperto",
        "pt": "Especialista",
    },
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


Known = TypeVar("Known", bound=Item)


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
    texts |= {name: profile_url(document, name) or None for name in NETWORKS}
    return Resume(
        **texts,
        address=address_of(basics.location) or None,
        experiences=[_experience(item, n) for n, item in enumerate(shown(document.work, hidden))],
        education=[_school(item, n) for n, item in enumerate(shown(document.education, hidden))],
        skills=[entry for entry, _ in skills_of(shown(document.skills, hidden))],
        languages_data=[
            Language(id=item.id, language=item.language, level=item.fluency or None)
            for item in shown(document.languages, hidden)
        ],
        certifications_data=[
            Certification(id=item.id, name=item.name, issuer=item.issuer or None, date=item.date or None)
            for item in shown(document.certificates, hidden)
        ],
        projects_data=[
            Project(id=item.id, name=item.name, description=item.description or None, url=item.url or None)
            for item in shown(document.projects, hidden)
        ],
        custom_sections=[
            CustomSection(id=section.id, title=section.title, content=content_of(section, hidden))
            for section in document.custom
        ],
    )


def _experience(item: m.Work, order: int) -> Experience:
    return Experience(
        id=item.id,
        company=item.name,
        position=item.position,
        location=item.location or None,
        description=description_of(item.summary, item.highlights) or None,
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
    return {"start_date": item.start_date or None, "end_date": item.end_date or None, "is_current": is_current(item)}


def is_current(item: m.Dated) -> bool:
    said = (item.model_extra or {}).get(CURRENT)
    natural = bool(item.start_date) and not item.end_date
    return said if isinstance(said, bool) and not item.end_date else natural


def skills_of(skills: Sequence[m.Skill]) -> list[tuple[Skill, m.Skill]]:
    """Each with the document's entry that it comes from."""
    found: list[tuple[Skill, m.Skill]] = []
    for item in skills:
        level = code_of(item.level) or None
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


def description_of(summary: str, highlights: Sequence[str]) -> str:
    return "\n".join([*([summary] if summary else []), *(BULLET + line for line in highlights)])


def address_of(place: m.Location) -> str:
    town = f"{place.postal_code} {place.city}".strip()
    return ", ".join(part for part in (place.address, town, place.region) if part)


def content_of(section: m.CustomSection, hidden: set[str]) -> str:
    texts = []
    for item in shown(section.items, hidden):
        head = " – ".join(part for part in (item.name, item.subtitle) if part)
        texts.append("\n".join(part for part in (head, description_of(item.summary, item.highlights)) if part))
    return "\n\n".join(text for text in texts if text)


def profile_of(document: Document, name: str) -> m.Profile | None:
    network = NETWORKS[name][0].casefold()
    visible = shown(document.basics.profiles, set(document.studio.hidden))
    return next((one for one in visible if one.network.strip().casefold() == network), None)


def profile_url(document: Document, name: str) -> str:
    found = profile_of(document, name)
    if found is None:
        return ""
    return found.url or (NETWORKS[name][1] + found.username if found.username else "")


def code_of(level: str) -> str:
    return CODES.get(level.casefold(), level)


def shown(items: Sequence[Known], hidden: set[str]) -> list[Known]:
    return [item for item in items if item.id not in hidden]
