"""True pictures of the themes: the first page of a sample CV, printed and photographed once, then kept."""

from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Event

from PIL import Image
from sqlmodel import Session

from cvstudio import db, render
from cvstudio.document import Document, samples
from cvstudio.document.model import Language
from cvstudio.domain import files, rendering
from cvstudio.render import pdf, themes
from cvstudio.render.themes import Theme

MEDIA_TYPE = "image/png"
SCALE = 1.25  # an A4 page becomes 744 pixels wide
COLOURS = 128
LANGUAGES: tuple[Language, ...] = ("fr", "en")


@cache
def key(theme: Theme, language: Language) -> str:
    """Changes whenever the picture does: it may be cached for ever under an address that holds it."""
    return files.key("thumbnail", f"{SCALE}/{COLOURS}", str(pdf.VERSION), render.html(_sample(theme, language)))


def find(session: Session, theme: Theme, language: Language) -> Path | None:
    """None until it is drawn."""
    return files.find(session, key(theme, language))


def draw(theme: Theme, language: Language) -> bytes:
    """A PNG; takes a browser and some 100 ms, so it is done outside of any transaction."""
    sample = _sample(theme, language)
    return small(rendering.first_page(rendering.printed(render.html(sample), sample), SCALE))


def small(png: bytes) -> bytes:
    """The same picture of a palette: a third of the bytes, and no eye can tell."""
    out = BytesIO()
    with Image.open(BytesIO(png)) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def keep(session: Session, theme: Theme, language: Language, png: bytes) -> Path:
    return files.put(session, key(theme, language), png, MEDIA_TYPE)


def draw_missing(leaving: Event) -> int:
    """Draws and keeps those not there yet, so that no visitor waits for one, until told to leave; how many it was."""
    with db.session(write=False) as session:
        missing = [
            (theme, language)
            for theme in themes.all()
            for language in LANGUAGES
            if find(session, theme, language) is None
        ]
    drawn = 0
    for theme, language in missing:
        if leaving.is_set():
            break
        png = draw(theme, language)
        with db.session() as session:
            keep(session, theme, language, png)
        drawn += 1
    return drawn


def _sample(theme: Theme, language: Language) -> Document:
    document = samples.load(language)
    document.studio.template, document.studio.template_version = theme.slug, theme.version
    return document
