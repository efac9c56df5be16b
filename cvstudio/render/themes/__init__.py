"""Themes are data: a folder each with theme.toml, template.html.j2 and style.css. A new theme needs no Python.

What a theme looked like in an earlier version lies in its folder too, as v1, v2 …, with all that it was made of.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.document import SECTION_KEYS, Document
from cvstudio.errors import NotFound

FOLDER = Path(__file__).parent
OWN = ("theme.toml", "template.html.j2", "style.css")  # in the folder of each theme
SHARED = ("base.css", "macros.html.j2")  # what all of them stand on, and an earlier version on those of its day


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
    version: int = Field(ge=1)
    earlier: bool = False  # there is a newer version
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
    def folder(self) -> Path:
        """Of its own files."""
        return FOLDER / self.slug / f"v{self.version}" if self.earlier else FOLDER / self.slug

    @property
    def ground(self) -> Path:
        """Where the files lie that it shares, in the state that it was made on."""
        return self.folder if self.earlier else FOLDER

    @property
    def template_html(self) -> str:
        return (self.folder / "template.html.j2").read_text()

    @property
    def template_css(self) -> str:
        return (self.folder / "style.css").read_text()


@cache
def all() -> tuple[Theme, ...]:
    """Every theme in its newest version, by number."""
    found = [
        Theme(slug=manifest.parent.name, **tomllib.loads(manifest.read_text()))
        for manifest in FOLDER.glob("*/theme.toml")
    ]
    return tuple(sorted(found, key=lambda theme: theme.number))


@cache
def earlier(slug: str) -> dict[int, Theme]:
    """The versions of a theme before the newest, by number."""
    found = [
        Theme(slug=slug, earlier=True, **tomllib.loads(manifest.read_text()))
        for manifest in (FOLDER / slug).glob("v*/theme.toml")
    ]
    return {theme.version: theme for theme in sorted(found, key=lambda theme: theme.version)}


def get(name: str) -> Theme:
    """The newest version, by slug or by number ("modern", "1"). Raises TemplateNotFound."""
    for theme in all():
        if name in (theme.slug, str(theme.number)):
            return theme
    raise TemplateNotFound(f"no template {name[:40]!r}")


def of(document: Document) -> Theme:
    """A CV's theme in the version that the CV notes; the newest where it notes none, or one that we lack.

    Raises TemplateNotFound.
    """
    newest = get(document.studio.template)
    return earlier(newest.slug).get(document.studio.template_version or 0, newest)


def pin(document: Document) -> None:
    """A CV that notes no version of its theme notes the newest: from now on its look stays."""
    studio = document.studio
    if studio.template_version is None:
        studio.template_version = next((theme.version for theme in all() if theme.slug == studio.template), None)


def freeze(name: str) -> Path:
    """Keeps the look of a theme as an earlier version, so that its files are free for the next; where it is kept.

    Writes into FOLDER. Raises TemplateNotFound.
    """
    theme = get(name)
    kept = theme.folder / f"v{theme.version}"
    kept.mkdir()
    for source in (*(theme.folder / name for name in OWN), *(theme.ground / name for name in SHARED)):
        shutil.copyfile(source, kept / source.name)
    manifest = theme.folder / "theme.toml"
    raised = re.sub(r"^version = \d+$", f"version = {theme.version + 1}", manifest.read_text(), flags=re.MULTILINE)
    manifest.write_text(raised)
    return kept
