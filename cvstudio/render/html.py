"""Document → HTML: a whole printable page, or the parts the live preview shows. Same markup, same styles."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from cvstudio.document import Document
from cvstudio.render import fonts, themes
from cvstudio.render.contacts import Link, one_line
from cvstudio.render.memory import Memory
from cvstudio.render.page import PAGES, PageBox, margins_mm, page_box
from cvstudio.render.themes import Defaults, Theme
from cvstudio.render.view import Entry, Section, View, after, build

DENSITY = {
    "compact": (0.72, 1.3),
    "normal": (1.0, 1.42),
    "airy": (1.3, 1.54),
}  # (spacing factor, line height)

DESK = 24  # CSS pixels on each side of a shared page's sheet
ROOM = 16_000_000  # characters of rendered parts that a process remembers
READABLE = 0.18  # relative luminance up to which a colour and white differ by at least 4.5 : 1

# Nothing is fetched, run or submitted, whatever a text contains.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


HELD = re.compile(r" (?=[:;!?%€»](?:[\s).,;/»]|$))|(?<=«) ")  # spaces that French sets within
KEYCAP = re.compile("([0-9#*])\ufe0f?\u20e3")  # no face of ours draws the key
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


@dataclass(frozen=True)
class Preview:
    """What the preview frame needs: the same body and styles as print, and the exact page."""

    css: str
    body: str
    language: str
    page: PageBox
    fonts: tuple[str, ...]  # slugs of the families in use (see render.fonts.face_css)
    view: View  # that it was made of
    watermark: bool = False


def _set(value: object) -> object:
    """A text as it is set: no line begins with "%" or "»", Arabic, Hebrew and the like read in their own direction,
    whatever line they stand in, and a figure in a key ("1️⃣") has a key drawn around it.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    if " " in value:
        value = HELD.sub("\u00a0", value)
    rightward = RIGHT_TO_LEFT.search(value)
    if "\u20e3" in value:
        value = _keyed(value)
    return Markup("<bdi>{}</bdi>").format(value) if rightward else value


def _keyed(text: str) -> Markup:
    return Markup(KEYCAP.sub(r"<kbd>\1</kbd>", str(escape(text))))  # noqa: S704 - escaped


Part: TypeAlias = Entry | Section | tuple[Link, ...]
_made: Memory[tuple[Path, str, Part], Markup] = Memory(ROOM)


def _remembered(ground: Path, macro: Macro) -> Callable[[Part], Markup]:
    """For templates: a macro of `ground`'s macros.html.j2, which sees nothing but the part of the page it is given."""

    def made(part: Part) -> Markup:
        key = (ground, macro.name, part)
        if (known := _made.get(key)) is not None:
            return known
        html = Markup(macro(part))  # noqa: S704 - autoescaped there
        return _made.keep(key, html, len(html))

    return made


@functools.cache
def _environment(ground: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ground),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_set,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["keyed"] = _keyed
    environment.globals["remembered"] = functools.partial(_remembered, ground)
    return environment


def html(document: Document, *, photo_src: str | None = None, watermark: bool = False) -> str:
    """A standalone page to print: `photo_src` is a data: URI. Raises TemplateNotFound."""
    theme = themes.of(document)
    view = build(document, theme, photo_src)
    return (
        f'<!DOCTYPE html><html lang="{view.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<title>{escape(view.title)}</title>"
        f'<meta name="author" content="{escape(one_line(document.basics.name))}">'
        f"<style>{_print_css(theme, view.design)}{css(theme, view.design)}</style></head>"
        f"<body>{_body(view, watermark)}</body></html>"
    )


def shared(
    document: Document, *, photo_src: str | None, watermark: bool, head: Markup, top: Markup, fonts_address: str
) -> str:
    """The same page to be read on a screen by whoever has its link: one sheet, below what stands on `top`.

    Its fonts come from `fonts_address`, on our own origin; nothing else is fetched. Raises TemplateNotFound.
    """
    theme = themes.of(document)
    view = build(document, theme, photo_src)
    families = dict.fromkeys((view.design.font, theme.heading_font or view.design.font))
    sheet = "shared-sheet bleed" if theme.bleed else "shared-sheet"
    return (
        f'<!DOCTYPE html><html lang="{view.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width={page_box(theme, view.design).width + 2 * DESK}">'
        f"<title>{escape(view.title)}</title>{head}"
        f"<style>{fonts.face_css(families, fonts_address)}{_print_css(theme, view.design)}"
        f"{css(theme, view.design)}{_sheet(themes.FOLDER / 'shared.css')}</style></head>"
        f'<body>{top}<main class="{sheet}">{_body(view, watermark)}</main></body></html>'
    )


def preview(
    document: Document,
    *,
    photo_src: str | None = None,
    watermark: bool = False,
    last: Preview | None = None,
    edited: str = "",
) -> Preview:
    """For the live preview: `photo_src` is an address on our own origin. Raises TemplateNotFound.

    `last`, that of the same document before its one field `edited` was: the rest of it is taken as it was.
    """
    if last is not None and watermark == last.watermark:
        view = after(last.view, document, edited, photo_src)
        return replace(last, body=_patched(last, view) or str(_body(view, watermark)), view=view)
    theme = themes.of(document)
    view = build(document, theme, photo_src)
    design = view.design
    families = tuple(dict.fromkeys((design.font, theme.heading_font or design.font)))
    return Preview(
        css=css(theme, design),
        body=str(_body(view, watermark)),
        language=view.language,
        page=page_box(theme, design),
        fonts=families,
        view=view,
        watermark=watermark,
    )


def _patched(last: Preview, view: View) -> str:
    """The body with its one section that changed in place of what it was; blank where that is not how they differ."""
    before = last.view
    if (view.contacts, view.name, view.role, view.photo) != (before.contacts, before.name, before.role, before.photo):
        return ""
    if len(view.sections) != len(before.sections):
        return ""
    macros = _environment(view.theme.ground).get_template("macros.html.j2").module
    section = macros.section  # type: ignore[attr-defined]
    body = last.body
    for old, new in zip(before.sections, view.sections, strict=True):
        if old is not new:
            # It names its section, so that no other part of the page can be the same. Themes may have their own.
            head, found, tail = body.partition(section(old))
            if not found:
                return ""
            body = f"{head}{section(new)}{tail}"
    return body


def title(document: Document) -> str:
    """Person and role: the title of the file."""
    return title_of(document.basics.name, document.basics.label)


def title_of(name: str, label: str) -> str:
    parts = (one_line(name), one_line(label))
    return " – ".join(part for part in parts if part) or "CV"


def _body(view: View, watermark: bool) -> Markup:
    ground = view.theme.ground
    template = _environment(ground).get_template(
        (view.theme.folder.relative_to(ground) / "template.html.j2").as_posix()
    )
    mark = f'<div class="watermark" aria-hidden="true">{escape(view.words["watermark"])}</div>' if watermark else ""
    return Markup(f"{template.render(v=view)}{mark}")  # noqa: S704 - autoescaped above


def _print_css(theme: Theme, design: Defaults) -> str:
    width, height = PAGES[design.page]
    vertical, horizontal = (0.0, 0.0) if theme.bleed else margins_mm(theme, design)
    background = "html{background:var(--sheet)}" if theme.bleed else ""
    return f"@page{{size:{width}mm {height}mm;margin:{vertical}mm {horizontal}mm}}{background}"


@functools.lru_cache(maxsize=512)
def css(theme: Theme, design: Defaults) -> str:
    """The theme's styles with the knobs as custom properties on :root."""
    spacing, leading = DENSITY[design.density]
    vertical, horizontal = margins_mm(theme, design)
    box = page_box(theme, design)
    properties = {
        "accent": design.accent,
        "accent-soft": _mix(design.accent, 0.12),
        "accent-dark": _ink(design.accent),
        "on-accent": "#ffffff" if _luminance(design.accent) < READABLE else "#16181d",
        "font": fonts.stack(design.font),
        "heading-font": fonts.stack(theme.heading_font or design.font),
        "size": f"{design.size}pt",
        "d": f"{spacing}",
        "leading": f"{leading}",
        "mx": f"{horizontal}mm",
        "my": f"{vertical}mm",
        "page-width": f"{box.width}px",
        "page-height": f"{box.height}px",
        "content-width": f"{box.content_width}px",
        "sheet": "#ffffff",
    }
    root = ":root{" + "".join(f"--{name}:{value};" for name, value in properties.items()) + "}"
    return root + _sheet(theme.ground / "base.css") + _sheet(theme.folder / "style.css")


@functools.cache
def _sheet(path: Path) -> str:
    text = path.read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(parts: list[float]) -> str:
    return "#" + "".join(f"{round(max(0.0, min(1.0, part)) * 255):02x}" for part in parts)


def _mix(colour: str, share: float) -> str:
    """The colour thinned with white."""
    return _hex([1 - share + share * part for part in _rgb(colour)])


def _ink(colour: str) -> str:
    """The colour for words on white: a third darker, and as much more as reading takes."""
    share = 0.65
    while _luminance(inked := _hex([part * share for part in _rgb(colour)])) > READABLE:
        share -= 0.03
    return inked


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
