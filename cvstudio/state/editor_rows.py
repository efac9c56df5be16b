"""What the editor's form shows of a document: structure and texts, never the document itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from cvstudio.document import CUSTOM, Document, Item, edit
from cvstudio.render import dates, page, themes, view

# Sections one line each: their fields are always at hand. The others open one entry at a time.
INLINE = ("skills", "languages", "interests", edit.PROFILES)
USUAL = ("summary", "work", "education", "skills", "languages")  # offered from the start, even while empty

# What an entry is called in its list: the first that is filled in, then what stands beside it.
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "work": (("position", "name"), ("name", "location")),
    "education": (("study_type", "area", "institution"), ("area", "institution")),
    "skills": (("name",), ()),
    "languages": (("language",), ("fluency",)),
    "projects": (("name",), ("entity",)),
    "certificates": (("name",), ("issuer",)),
    "volunteer": (("position", "organization"), ("organization",)),
    "awards": (("title",), ("awarder",)),
    "publications": (("name",), ("publisher",)),
    "interests": (("name",), ()),
    "references": (("name",), ()),
    "custom": (("name", "subtitle"), ("subtitle",)),
    edit.PROFILES: (("network", "url"), ("username",)),
}


@dataclass
class ItemRow:
    id: str
    path: str  # "work/<id>"
    name: str
    about: str
    when: str
    hidden: bool
    opened: bool
    place: int  # 1, 2 …
    texts: dict[str, str] = field(default_factory=dict)  # by field, of an opened entry only


@dataclass
class SectionRow:
    key: str
    kind: str  # "work" …, "summary", "custom"
    title: str  # the owner's own; blank: the usual word
    hidden: bool
    filled: bool
    shown: bool  # in the form; those not shown can be added
    place: int
    rows: list[ItemRow] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


@dataclass
class DesignRow:
    """The choices as they take effect, the theme's own where the owner made none."""

    template: str = "modern"
    accent: str = "#000000"
    accents: list[str] = field(default_factory=list)
    font: str = ""
    size: str = ""
    density: str = ""
    margins: str = ""
    page: str = ""
    photo: str = ""
    dates: str = ""
    language: str = "fr"
    touched: bool = False  # anything but the theme's own
    newer: int = 0  # the newest version of the template, where the CV has an earlier one


def sections(document: Document, opened: set[str], added: set[str]) -> list[SectionRow]:
    """Every section in the order of the page; `added` are keys asked for while still empty."""
    theme = themes.of(document)
    rows: list[SectionRow] = []
    for setting in view.ordered(document, theme):
        key = setting.key
        kind = "custom" if key.startswith(CUSTOM) else key
        entries = [] if key == "summary" else items(document, key, opened)
        filled = bool(document.basics.summary.strip()) if key == "summary" else bool(entries)
        rows.append(
            SectionRow(
                key=key,
                kind=kind,
                title=document.custom_section(key).title if kind == "custom" else setting.title,
                hidden=setting.hidden,
                filled=filled,
                shown=filled or kind == "custom" or key in USUAL or key in added,
                place=len(rows) + 1,
                rows=entries,
                ids=[entry.id for entry in entries],
                names=[entry.name for entry in entries],
            )
        )
    return rows


def items(document: Document, key: str, opened: set[str]) -> list[ItemRow]:
    kind = "custom" if key.startswith(CUSTOM) else key
    hidden = set(document.studio.hidden)
    return [
        _item(document, key, kind, item, place, item.id in hidden, kind in INLINE or item.id in opened)
        for place, item in enumerate(edit.items_of(document, key), start=1)
    ]


def _item(document: Document, key: str, kind: str, item: Item, place: int, hidden: bool, opened: bool) -> ItemRow:
    language = document.studio.language
    first, beside = NAMES[kind]
    named = next((name for name in first if getattr(item, name)), "")
    start, end = (getattr(item, name, "") for name in ("start_date", "end_date"))
    single = getattr(item, "date", "") or getattr(item, "release_date", "")
    row = ItemRow(
        id=item.id,
        path=f"{key}/{item.id}",
        name=str(getattr(item, named))[:120] if named else "",
        about=" · ".join(text for name in beside if name != named and (text := getattr(item, name)))[:160],
        when=dates.format_range(start, end, "short", language)
        if start or end
        else dates.format_date(single, "short", language),
        hidden=hidden,
        opened=opened,
        place=place,
    )
    if opened:
        row.texts = {name: shown(document, f"{row.path}/{name}") for name in FIELDS[kind]}
    return row


FIELDS: dict[str, tuple[str, ...]] = {
    "work": ("position", "name", "location", "start_date", "end_date", "summary", "highlights", "description", "url"),
    "education": (
        *("study_type", "area", "institution", "location", "start_date", "end_date"),
        *("score", "summary", "courses", "url"),
    ),
    "skills": ("name", "level", "keywords"),
    "languages": ("language", "fluency"),
    "projects": (
        *("name", "entity", "start_date", "end_date", "description"),
        *("highlights", "keywords", "roles", "url"),
    ),
    "certificates": ("name", "issuer", "date", "url"),
    "volunteer": ("position", "organization", "start_date", "end_date", "summary", "highlights", "url"),
    "awards": ("title", "awarder", "date", "summary"),
    "publications": ("name", "publisher", "release_date", "url", "summary"),
    "interests": ("name", "keywords"),
    "references": ("name", "reference"),
    "custom": ("name", "subtitle", "start_date", "end_date", "summary", "highlights", "url"),
    edit.PROFILES: ("network", "username", "url"),
}
BASICS = (
    *("basics.name", "basics.label", "basics.email", "basics.phone", "basics.url", "basics.summary"),
    *(f"basics.location.{name}" for name in ("address", "postal_code", "city", "region", "country_code")),
)


def basics(document: Document) -> dict[str, str]:
    """By the last word of the path: "name", "city" …"""
    return {path.rpartition(".")[2]: shown(document, path) for path in BASICS}


def shown(document: Document, path: str) -> str:
    """A field as one edits it: dates in words, in the CV's language."""
    text = edit.get_field(document, path)
    is_date = "/" in path and path.rpartition("/")[2] in edit.DATES
    return dates.format_date(text, "long", document.studio.language) if is_date else text


def design(document: Document) -> DesignRow:
    theme = themes.of(document)
    now = page.knobs(document, theme)
    return DesignRow(
        template=theme.slug,
        accent=now.accent,
        accents=list(theme.accents),
        font=now.font,
        size=f"{now.size:g}",
        density=now.density,
        margins=now.margins,
        page=now.page,
        photo=now.photo,
        dates=now.dates,
        language=document.studio.language,
        touched=bool(document.studio.design.model_dump(exclude_none=True)),
        newer=themes.get(theme.slug).version if theme.earlier else 0,
    )
