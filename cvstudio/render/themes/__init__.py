"""Themes are data: a folder each with theme.toml, template.html.j2 and style.css. A new theme needs no Python."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.document import SECTION_KEYS
from cvstudio.errors import NotFound

FOLDER = Path(__file__).parent


class TemplateNotFound(NotFound):
    code: ClassVar[str] = "TEMPLATE_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce modèle n’existe pas. Choisissez-en un dans la galerie.",
        "en": "There is no such template. Choose one from the gallery.",
    }


class Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Defaults(Data):
    """What a knob is while the owner has not touched it."""

    accent: str = Field(pattern=r"^#[0-9a-f]{6}$")
    font: str
    size: float = Field(ge=8.5, le=12.5)
    density: Literal["compact", "normal", "airy"] = "normal"
    margins: Literal["narrow", "normal", "wide"] = "normal"
    page: Literal["A4", "Letter"] = "A4"
    photo: Literal["none", "circle", "square", "rounded"] = "none"
    dates: Literal["short", "long", "numeric", "year"] = "short"


class Margins(Data):
    """Millimetres, [vertical, horizontal]."""

    narrow: tuple[float, float]
    normal: tuple[float, float]
    wide: tuple[float, float]


class Theme(Data):
    slug: str
    number: int
    version: int = 1
    name: dict[str, str]
    description: dict[str, str]
    style: Literal["modern", "classic", "creative", "minimal"]
    pages: int  # the length it is at its best in
    ats_friendly: bool
    premium: bool = False
    bleed: bool = False  # the sheet has no @page margins; the content block carries them as padding
    created: str  # ISO date
    heading_font: str = ""  # a family of its own for headings; blank: the body's
    accents: tuple[str, ...]  # colours that suit it, the first is the default
    limits: dict[str, int]  # what the design carries well, e.g. highlights per job
    supported_sections: tuple[str, ...] = (*SECTION_KEYS, "custom")
    side: tuple[str, ...] = ()  # section keys that go to the side column, if there is one
    order: tuple[str, ...] = ()  # sections that this design puts first, in order
    margins: Margins
    defaults: Defaults

    def __hash__(self) -> int:
        return hash((self.slug, self.version))

    @property
    def template_html(self) -> str:
        return (FOLDER / self.slug / "template.html.j2").read_text()

    @property
    def template_css(self) -> str:
        return (FOLDER / self.slug / "style.css").read_text()


@cache
def all() -> tuple[Theme, ...]:
    """Every theme, by number."""
    found = [
        Theme(slug=manifest.parent.name, **tomllib.loads(manifest.read_text()))
        for manifest in FOLDER.glob("*/theme.toml")
    ]
    return tuple(sorted(found, key=lambda theme: theme.number))


def get(name: str) -> Theme:
    """By slug or by number ("modern", "1"). Raises TemplateNotFound."""
    for theme in all():
        if name in (theme.slug, str(theme.number)):
            return theme
    raise TemplateNotFound(f"no template {name[:40]!r}")
