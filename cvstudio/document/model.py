"""The CV document: a JSON Resume superset.

Every dump is a valid JSON Resume document (schema 1.x). What JSON Resume has no place for lives in three spots:
`id` on items, `custom` (free sections) and `meta.studio` (template, design, order, visibility, language).
Keys we do not know are carried through untouched.

Dates, addresses and links are kept *as typed*: JSON Resume constrains their form, people do not. On dump a value the
schema would refuse ("printemps 2020", "monsite.fr") moves to the item's `asTyped` map; on load it comes back.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from typing import Any, ClassVar, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from cvstudio.errors import InvalidInput

MAX_TEXT = 20_000  # characters in one field
MAX_ITEMS = 500  # items in one list
MAX_DEPTH = 32  # levels of nesting, keys we do not know included
MAX_CHARACTERS = 1_000_000  # of the whole document, all texts together

DATE = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
URL = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?([/?#]([A-Za-z0-9._~:/?#@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

Language = Literal["fr", "en"]


def new_item_id() -> str:
    """A short random id, unique enough within one document."""
    return secrets.token_hex(5)


def clean(text: str) -> str:
    """Control characters and lone surrogates out: no file format of ours can carry them."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _clean_tree(value: object, depth: int = 0) -> object:
    if depth > MAX_DEPTH:
        raise InvalidInput("the CV is nested too deeply", fields={"document": [f"at most {MAX_DEPTH} levels"]})
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _clean_tree(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, list):
        return [_clean_tree(entry, depth + 1) for entry in value]
    return value


class Part(BaseModel):
    """Anything in the document. Blank values count as absent; unknown keys are kept."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow", strict=True)

    as_typed_patterns: ClassVar[dict[str, re.Pattern[str]]] = {}

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        tidy = {key: value for key, value in data.items() if value is not None}
        typed = tidy.pop("asTyped", None)
        if isinstance(typed, dict):
            for key, value in typed.items():
                if key in cls.as_typed_patterns and isinstance(value, str):
                    tidy.setdefault(key, value)
        return tidy

    @field_validator("*", mode="after")
    @classmethod
    def _text(cls, value: object) -> object:
        if isinstance(value, str):
            if len(value) > MAX_TEXT:
                raise ValueError(f"at most {MAX_TEXT} characters")
            return value
        if isinstance(value, list):
            if len(value) > MAX_ITEMS:
                raise ValueError(f"at most {MAX_ITEMS} items")
            if any(isinstance(text, str) and len(text) > MAX_TEXT for text in value):
                raise ValueError(f"at most {MAX_TEXT} characters")
        return value

    def dump(self) -> dict[str, Any]:
        """JSON Resume names, nothing blank, and nothing the published schema refuses."""
        plain: dict[str, Any] = {}
        typed: dict[str, str] = {}
        for name, field in type(self).model_fields.items():
            key = field.alias or name
            value = _plain(getattr(self, name))
            if value in ("", [], {}, None):
                continue
            pattern = self.as_typed_patterns.get(key)
            if pattern and not pattern.fullmatch(value):
                typed[key] = value
            else:
                plain[key] = value
        plain.update(self.model_extra or {})
        if typed:
            plain["asTyped"] = typed
        return plain


def _plain(value: object) -> object:
    if isinstance(value, Part):
        return value.dump()
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value


class Location(Part):
    address: str = ""
    postal_code: str = ""
    city: str = ""
    country_code: str = ""
    region: str = ""


class Profile(Part):
    as_typed_patterns = {"url": URL}
    id: str = Field(default_factory=new_item_id)
    network: str = ""
    username: str = ""
    url: str = ""


class Basics(Part):
    as_typed_patterns = {"email": EMAIL, "url": URL}
    name: str = ""
    label: str = ""
    image: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    summary: str = ""
    location: Location = Field(default_factory=Location)
    profiles: list[Profile] = Field(default_factory=list)


class Item(Part):
    """An entry of a section."""

    id: str = Field(default_factory=new_item_id, max_length=64)

    @property
    def blank(self) -> bool:
        """True while the person has typed nothing into it."""
        return set(self.dump()) <= {"id"}


class Dated(Item):
    as_typed_patterns = {"startDate": DATE, "endDate": DATE, "url": URL}
    start_date: str = ""
    end_date: str = ""  # blank with a start date: it goes on
    url: str = ""


class Work(Dated):
    name: str = ""
    position: str = ""
    location: str = ""
    description: str = ""
    summary: str = ""
    highlights: list[str] = Field(default_factory=list)


class Volunteer(Dated):
    organization: str = ""
    position: str = ""
    summary: str = ""
    highlights: list[str] = Field(default_factory=list)


class Education(Dated):
    institution: str = ""
    study_type: str = ""
    area: str = ""
    location: str = ""
    score: str = ""
    summary: str = ""
    courses: list[str] = Field(default_factory=list)


class Project(Dated):
    name: str = ""
    description: str = ""
    highlights: list[str] = Field(default_factory=list)
    keywords: list[str] = Field(default_factory=list)
    roles: list[str] = Field(default_factory=list)
    entity: str = ""
    type: str = ""


class Award(Item):
    as_typed_patterns = {"date": DATE}
    title: str = ""
    date: str = ""
    awarder: str = ""
    summary: str = ""


class Certificate(Item):
    as_typed_patterns = {"date": DATE, "url": URL}
    name: str = ""
    date: str = ""
    issuer: str = ""
    url: str = ""


class Publication(Item):
    as_typed_patterns = {"releaseDate": DATE, "url": URL}
    name: str = ""
    publisher: str = ""
    release_date: str = ""
    url: str = ""
    summary: str = ""


class Skill(Item):
    name: str = ""
    level: str = ""
    keywords: list[str] = Field(default_factory=list)


class SpokenLanguage(Item):
    language: str = ""
    fluency: str = ""


class Interest(Item):
    name: str = ""
    keywords: list[str] = Field(default_factory=list)


class Reference(Item):
    name: str = ""
    reference: str = ""


class CustomItem(Dated):
    name: str = ""
    subtitle: str = ""
    summary: str = ""
    highlights: list[str] = Field(default_factory=list)


class CustomSection(Item):
    title: str = ""
    items: list[CustomItem] = Field(default_factory=list)


class Design(Part):
    """The owner's choices; None leaves the theme's own default."""

    model_config = ConfigDict(strict=False)

    accent: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    font: str | None = Field(default=None, max_length=40, pattern=r"^[a-z0-9-]+$")
    size: float | None = Field(default=None, ge=8.5, le=12.5)  # body type, points
    density: Literal["compact", "normal", "airy"] | None = None
    margins: Literal["narrow", "normal", "wide"] | None = None
    page: Literal["A4", "Letter"] | None = None
    photo: Literal["none", "circle", "square", "rounded"] | None = None
    dates: Literal["short", "long", "numeric", "year"] | None = None


class SectionSetting(Part):
    key: str = Field(max_length=80)
    title: str = Field(default="", max_length=120)  # blank: the theme language's own word
    hidden: bool = False


class Studio(Part):
    template: str = Field(default="modern", max_length=40, pattern=r"^[a-z0-9-]+$")
    template_version: int = Field(default=1, ge=1)
    language: Language = "fr"
    design: Design = Field(default_factory=Design)
    sections: list[SectionSetting] = Field(default_factory=list)
    hidden: list[str] = Field(default_factory=list)  # ids of items kept but not shown


class Meta(Part):
    studio: Studio = Field(default_factory=Studio)


SECTIONS: dict[str, type[Item]] = {
    "work": Work,
    "education": Education,
    "skills": Skill,
    "languages": SpokenLanguage,
    "projects": Project,
    "certificates": Certificate,
    "volunteer": Volunteer,
    "awards": Award,
    "publications": Publication,
    "interests": Interest,
    "references": Reference,
}
SECTION_KEYS = ("summary", *SECTIONS)
CUSTOM = "custom:"  # + the custom section's id: its section key


class Document(Part):
    basics: Basics = Field(default_factory=Basics)
    work: list[Work] = Field(default_factory=list)
    volunteer: list[Volunteer] = Field(default_factory=list)
    education: list[Education] = Field(default_factory=list)
    awards: list[Award] = Field(default_factory=list)
    certificates: list[Certificate] = Field(default_factory=list)
    publications: list[Publication] = Field(default_factory=list)
    skills: list[Skill] = Field(default_factory=list)
    languages: list[SpokenLanguage] = Field(default_factory=list)
    interests: list[Interest] = Field(default_factory=list)
    references: list[Reference] = Field(default_factory=list)
    projects: list[Project] = Field(default_factory=list)
    custom: list[CustomSection] = Field(default_factory=list)
    meta: Meta = Field(default_factory=Meta)

    @classmethod
    def load(cls, data: object) -> Document:
        """From parsed JSON. Raises InvalidInput naming every field at fault, by its path ("work.0.position")."""
        if not isinstance(data, dict):
            raise InvalidInput("a CV is a JSON object", fields={"document": ["must be a JSON object"]})
        try:
            document = cls.model_validate(_clean_tree(data))
        except ValidationError as fault:
            raise InvalidInput("the CV does not fit its schema", fields=_by_field(fault.errors())) from fault
        if sum(map(len, document.texts())) > MAX_CHARACTERS:
            raise InvalidInput("the CV is too long", fields={"document": [f"at most {MAX_CHARACTERS} characters"]})
        document._make_ids_unique()
        return document

    @property
    def studio(self) -> Studio:
        return self.meta.studio

    def section(self, key: str) -> list[Item]:
        """The live list behind a section key; for "custom:<id>" the custom section's items. KeyError if unknown."""
        if key.startswith(CUSTOM):
            return cast(list[Item], self.custom_section(key).items)
        if key not in SECTIONS:
            raise KeyError(key)
        return cast(list[Item], getattr(self, key))

    def custom_section(self, key: str) -> CustomSection:
        for section in self.custom:
            if CUSTOM + section.id == key:
                return section
        raise KeyError(key)

    def section_settings(self) -> list[SectionSetting]:
        """Every section once, in the owner's order; those never placed follow in the usual order."""
        known = [*SECTION_KEYS, *(CUSTOM + section.id for section in self.custom)]
        placed: dict[str, SectionSetting] = {}
        for setting in self.studio.sections:
            if setting.key in known:
                placed.setdefault(setting.key, setting)
        return [*placed.values(), *(SectionSetting(key=key) for key in known if key not in placed)]

    def texts(self) -> Iterator[str]:
        """Every text anywhere in the document, keys we do not know included."""
        stack: list[object] = [self.dump()]
        while stack:
            value = stack.pop()
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict):
                stack.extend(value.values())
            elif isinstance(value, list):
                stack.extend(value)

    def _make_ids_unique(self) -> None:
        seen: set[str] = set()
        lists: list[list[Item]] = [getattr(self, key) for key in SECTIONS]
        lists.append(cast(list[Item], self.custom))
        lists.extend(cast(list[Item], section.items) for section in self.custom)
        for items in lists:
            for item in items:
                if item.id in seen or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", item.id):
                    item.id = new_item_id()
                seen.add(item.id)


def _by_field(errors: list[ErrorDetails]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for fault in errors:
        path = ".".join(str(step) for step in fault["loc"]) or "document"
        fields.setdefault(path, []).append(fault["msg"].removeprefix("Value error, "))
    return fields
