"""The CV document: a JSON Resume superset.

Every dump is a valid JSON Resume document (schema 1.x). What JSON Resume has no place for lives in three spots:
`id` on items, `custom` (free sections) and `meta.studio` (template, design, order, visibility, language).
Keys we do not know are carried through untouched.

Dates, addresses and links are kept *as typed*: JSON Resume constrains their form, people do not. On dump a value the
schema would refuse ("printemps 2020", "monsite.fr") moves to the item's `asTyped` map; on load it comes back.
"""

from __future__ import annotations

import copy
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from cvstudio.document.intake import MAX_VALUES, give_ids, intake
from cvstudio.document.intake import clean as clean
from cvstudio.errors import InvalidInput

MAX_TEXT = 20_000  # characters in one field
MAX_ITEMS = 500  # items in one list
FAR = 2  # times smaller
MAX_CUSTOM = 50  # sections of the owner's own

DATE = re.compile(r"[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
URI = re.compile(  # RFC 3986, with a host where there is "//"
    r"[A-Za-z][A-Za-z0-9+.-]*:(?=[^?#])"
    r"(//([A-Za-z0-9._~!$&'()*+,;=:-]+@)?[A-Za-z0-9._~-]+(:\d{1,5})?(?=[/?#]|\Z)|(?!//))"
    r"([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
    r"(\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
    r"(#([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)

Language = Literal["fr", "en"]  # that we speak, and in which texts are read and weighed
CvLanguage = Literal["fr", "en", "de", "es", "it", "pt"]  # that a CV may be in
CV_LANGUAGES: tuple[CvLanguage, ...] = get_args(CvLanguage)


def new_item_id() -> str:
    """A short random id, unique enough within one document."""
    return secrets.token_hex(5)


class Part(BaseModel):
    """Anything in the document. Blank values count as absent; unknown keys are kept."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow", strict=True)

    as_typed_patterns: ClassVar[dict[str, re.Pattern[str]]] = {}
    json_names: ClassVar[frozenset[str]]
    written: ClassVar[tuple[tuple[str, str, re.Pattern[str] | None], ...]]  # of each field: name, JSON name, pattern

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        names = {name: field.alias or name for name, field in cls.model_fields.items()}
        cls.json_names = frozenset(names.values())
        cls.written = tuple((name, key, cls.as_typed_patterns.get(key)) for name, key in names.items())

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, data: object) -> object:
        """Null counts as absent, in our lists too; what was put aside as typed comes back."""
        if not isinstance(data, dict):
            return data
        tidy: dict[str, Any] = {}
        for key, value in data.items():
            if key not in cls.json_names:
                tidy[key] = value
            elif isinstance(value, list):
                tidy[key] = [entry for entry in value if entry is not None]
            elif value is not None:
                tidy[key] = value
        if cls.as_typed_patterns and isinstance(typed := tidy.pop("asTyped", {}), dict):
            foreign = {}
            for key, value in typed.items():
                if key in cls.as_typed_patterns and isinstance(value, str):
                    tidy[key] = tidy.get(key) or value
                else:
                    foreign[key] = value
            if foreign:
                tidy["asTyped"] = foreign
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
        values = vars(self)
        for name, key, pattern in self.written:
            value = _plain(values[name])
            if value in ("", [], {}, None):
                continue
            if pattern is not None and not pattern.fullmatch(value):
                typed[key] = value
            else:
                plain[key] = value
        if self.model_extra:
            plain.update(copy.deepcopy(self.model_extra))
        if typed:
            plain["asTyped"] = {**plain.get("asTyped", {}), **typed}
        return plain


def _plain(value: object) -> Any:
    if type(value) is str:  # nearly all are
        return value
    if isinstance(value, Part):
        return value.dump()
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value


class Item(Part):
    """An entry of a section, or a profile: what can be added, moved and hidden."""

    id: str = Field(default_factory=new_item_id, max_length=64)


class Location(Part):
    address: str = ""
    postal_code: str = ""
    city: str = ""
    country_code: str = ""
    region: str = ""


class Profile(Item):
    as_typed_patterns = {"url": URI}
    network: str = ""
    username: str = ""
    url: str = ""


class Basics(Part):
    as_typed_patterns = {"email": EMAIL, "url": URI}
    name: str = ""
    label: str = ""
    image: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    summary: str = ""
    location: Location = Field(default_factory=Location)
    profiles: list[Profile] = Field(default_factory=list)


class Dated(Item):
    as_typed_patterns = {"startDate": DATE, "endDate": DATE, "url": URI}
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
    as_typed_patterns = {"date": DATE, "url": URI}
    name: str = ""
    date: str = ""
    issuer: str = ""
    url: str = ""


class Publication(Item):
    as_typed_patterns = {"releaseDate": DATE, "url": URI}
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


class Translation(Part):
    """What a translation rests on: by field path, fingerprints of the original's text then and of ours."""

    origin: dict[str, str] = Field(default_factory=dict)
    made: dict[str, str] = Field(default_factory=dict)


class Studio(Part):
    template: str = Field(default="modern", max_length=40, pattern=r"^[a-z0-9-]+$")
    template_version: int | None = Field(default=None, ge=1)  # none noted: the newest
    language: CvLanguage = "fr"
    design: Design = Field(default_factory=Design)
    sections: list[SectionSetting] = Field(default_factory=list)
    hidden: list[str] = Field(default_factory=list)  # ids of items kept but not shown
    translation: Translation = Field(default_factory=Translation)


class Meta(Part):
    as_typed_patterns = {"canonical": URI}
    canonical: str = ""
    version: str = ""
    last_modified: str = ""
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
    __slots__ = ("_spare",)  # no content: letters and values that there is surely room for
    as_typed_patterns = {"$schema": URI}
    json_schema: str = Field(default="", alias="$schema")
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
    custom: list[CustomSection] = Field(default_factory=list, max_length=MAX_CUSTOM)
    meta: Meta = Field(default_factory=Meta)

    @classmethod
    def load(cls, data: object) -> Document:
        """From parsed JSON. Raises InvalidInput naming every field at fault, by its path ("work.0.position")."""
        if not isinstance(data, dict):
            raise InvalidInput("a CV is a JSON object", fields={"document": ["must be a JSON object"]})
        tree = intake(data)
        give_ids(tree, (*SECTIONS, "custom"))
        try:
            return cls.model_validate(tree, by_alias=True, by_name=False)
        except ValidationError as fault:
            raise InvalidInput("the CV does not fit its schema", fields=_by_field(fault.errors())) from fault

    def check_size(self, grown: int | None = None) -> None:
        """Raises InvalidInput when the whole comes near what `load` takes.

        `grown`: by how many letters and values at most since it was last asked, where that is known.
        """
        spare = 0 if grown is None else getattr(self, "_spare", 0) - grown
        if spare <= 0:
            # Every value and every letter is in this text too: far from the limit there is nothing to count.
            spare = MAX_VALUES // FAR - len(self.model_dump_json())
            if spare < 0:
                intake(self.dump(), room=0.9)
        object.__setattr__(self, "_spare", spare)

    @property
    def studio(self) -> Studio:
        return self.meta.studio

    @property
    def read_in(self) -> Language:
        """The language whose rules its texts are weighed by: English where we have none for its own."""
        return "fr" if self.studio.language == "fr" else "en"

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

    def section_settings(self, order: Sequence[str] = ()) -> list[SectionSetting]:
        """Every section once. The owner's order counts once it places all of them; till then `order`, then the usual.

        A title or a "hidden" alone places nothing, so that a theme's own order stays in force.
        """
        known = [*SECTION_KEYS, *(CUSTOM + section.id for section in self.custom)]
        settings: dict[str, SectionSetting] = {}
        for setting in self.studio.sections:
            if setting.key in known:
                settings.setdefault(setting.key, setting)
        first = settings if settings.keys() >= set(SECTION_KEYS) else [key for key in order if key in known]
        return [settings.get(key) or SectionSetting(key=key) for key in dict.fromkeys((*first, *known))]

    def texts(self) -> Iterator[str]:
        """Every text of the person's: settings and ids aside, keys we do not know included."""
        stack: list[object] = [value for key, value in self.dump().items() if key not in ("meta", "$schema")]
        while stack:
            value = stack.pop()
            if isinstance(value, str):
                yield value
            elif isinstance(value, dict):
                stack.extend(entry for key, entry in value.items() if key != "id")
            elif isinstance(value, list):
                stack.extend(value)


def _by_field(errors: list[ErrorDetails]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for fault in errors:
        path = ".".join(str(step) for step in fault["loc"]) or "document"
        fields.setdefault(path, []).append(fault["msg"].removeprefix("Value error, "))
    return fields
