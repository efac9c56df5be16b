"""Changing a document one step at a time, addressed by paths that survive reordering.

A field path is "basics.name", "basics.location.city", "work/<item id>/position" or
"custom:<section id>/<item id>/summary". Lists are typed as text: highlights and courses one a line, keywords and roles
separated by commas. Dates are understood as typed ("mars 2020") and kept in ISO form. Every function changes the document in place and raises InvalidInput for what does not exist,
so a path sent by a stranger does no harm.
"""

from __future__ import annotations

import re
from typing import get_origin

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import (
    CUSTOM,
    MAX_ITEMS,
    MAX_TEXT,
    SECTIONS,
    CustomItem,
    CustomSection,
    Document,
    Item,
    Part,
    Profile,
    SectionSetting,
    clean,
)
from cvstudio.errors import InvalidInput

DATES = ("start_date", "end_date", "date", "release_date")
COMMA_LISTS = ("keywords", "roles")
PROFILES = "profiles"  # basics.profiles, edited like a section


def items_of(document: Document, section: str) -> list[Item]:
    """The live list of a section, of the profiles, or of a custom section."""
    try:
        if section == PROFILES:
            return document.basics.profiles  # type: ignore[return-value]  # Profile has an id, all we need here
        return document.section(section)
    except KeyError:
        raise InvalidInput("no such section", fields={"section": [section[:80]]}) from None


def find(document: Document, section: str, item_id: str) -> Item:
    for item in items_of(document, section):
        if item.id == item_id:
            return item
    raise InvalidInput("no such entry", fields={"item": [item_id[:80]]})


def get_field(document: Document, path: str) -> str:
    """The field as one text, in the form `set_field` takes."""
    part, name = _resolve(document, path)
    value = getattr(part, name)
    if isinstance(value, list):
        return (", " if name in COMMA_LISTS else "\n").join(value)
    return str(value)


def set_field(document: Document, path: str, text: str) -> None:
    part, name = _resolve(document, path)
    text = clean(text)
    if len(text) > MAX_TEXT:
        raise InvalidInput("text too long", fields={path[:80]: [f"at most {MAX_TEXT} characters"]})
    if get_origin(type(part).model_fields[name].annotation) is list:
        pieces = re.split(r"[,;\n]" if name in COMMA_LISTS else r"\n", text)
        kept = [piece.strip() for piece in pieces if piece.strip()]
        if len(kept) > MAX_ITEMS:
            raise InvalidInput("too many lines", fields={path[:80]: [f"at most {MAX_ITEMS} lines"]})
        setattr(part, name, kept)
    elif name in DATES:
        setattr(part, name, "" if name == "end_date" and is_present(text) else normalise(text))
    else:
        setattr(part, name, text)


def add_item(document: Document, section: str, at: int | None = None) -> str:
    """Adds a blank entry (at the end, or at an index) and gives its id."""
    items = items_of(document, section)
    if len(items) >= MAX_ITEMS:
        raise InvalidInput("too many entries", fields={"section": [f"at most {MAX_ITEMS} entries"]})
    kind: type[Part] = Profile if section == PROFILES else SECTIONS.get(section, CustomItem)
    item = kind()
    items.insert(len(items) if at is None else at, item)  # type: ignore[arg-type]
    return str(item.id)  # type: ignore[attr-defined]


def duplicate_item(document: Document, section: str, item_id: str) -> str:
    items = items_of(document, section)
    source = find(document, section, item_id)
    new_id = add_item(document, section, items.index(source) + 1)
    items[items.index(source) + 1] = source.model_copy(deep=True, update={"id": new_id})
    return new_id


def remove_item(document: Document, section: str, item_id: str) -> None:
    items_of(document, section).remove(find(document, section, item_id))
    _forget_hidden(document, {item_id})


def move_item(document: Document, section: str, item_id: str, to: int) -> None:
    """Moves an entry to an index; an index past either end means that end."""
    items = items_of(document, section)
    item = find(document, section, item_id)
    items.remove(item)
    items.insert(max(0, min(to, len(items))), item)


def set_item_hidden(document: Document, section: str, item_id: str, hidden: bool) -> None:
    find(document, section, item_id)
    _forget_hidden(document, {item_id})
    if hidden:
        document.studio.hidden.append(item_id)


def add_custom_section(document: Document, title: str = "") -> str:
    """Adds a free section with one blank entry; gives its section key."""
    if len(document.custom) >= 30:
        raise InvalidInput("too many sections", fields={"section": ["at most 30 sections of your own"]})
    section = CustomSection(title=clean(title)[:120], items=[CustomItem()])
    document.custom.append(section)
    return CUSTOM + section.id


def remove_custom_section(document: Document, key: str) -> None:
    section = _custom(document, key)
    document.custom.remove(section)
    document.studio.sections = [setting for setting in document.studio.sections if setting.key != key]
    _forget_hidden(document, {item.id for item in section.items})


def set_section_title(document: Document, key: str, title: str) -> None:
    """The owner's own heading; blank returns to the usual word."""
    title = clean(title).replace("\n", " ")[:120]
    if key.startswith(CUSTOM):
        _custom(document, key).title = title
    else:
        _setting(document, key).title = title


def set_section_hidden(document: Document, key: str, hidden: bool) -> None:
    _setting(document, key).hidden = hidden


def move_section(document: Document, key: str, to: int) -> None:
    setting = _setting(document, key)
    settings = document.studio.sections
    settings.remove(setting)
    settings.insert(max(0, min(to, len(settings))), setting)


def order_sections(document: Document, keys: list[str]) -> None:
    """Puts the named sections in this order; the others follow as they were."""
    current = {setting.key: setting for setting in document.section_settings()}
    first = [current.pop(key) for key in dict.fromkeys(keys) if key in current]
    document.studio.sections = [*first, *current.values()]


def _setting(document: Document, key: str) -> SectionSetting:
    document.studio.sections = document.section_settings()
    for setting in document.studio.sections:
        if setting.key == key:
            return setting
    raise InvalidInput("no such section", fields={"section": [key[:80]]})


def _custom(document: Document, key: str) -> CustomSection:
    try:
        return document.custom_section(key)
    except KeyError:
        raise InvalidInput("no such section", fields={"section": [key[:80]]}) from None


def _forget_hidden(document: Document, ids: set[str]) -> None:
    document.studio.hidden = [item_id for item_id in document.studio.hidden if item_id not in ids]


def _resolve(document: Document, path: str) -> tuple[Part, str]:
    part: Part
    if "/" in path:
        section, _, rest = path.partition("/")
        item_id, _, field = rest.partition("/")
        part = find(document, section, item_id)
    else:
        scope, _, field = path.rpartition(".")
        scopes: dict[str, Part] = {"basics": document.basics, "basics.location": document.basics.location}
        if scope not in scopes:
            raise InvalidInput("no such field", fields={"path": [path[:80]]})
        part = scopes[scope]
    known = type(part).model_fields.get(field)
    if known is None or field == "id" or not _is_text(known.annotation):
        raise InvalidInput("no such field", fields={"path": [path[:80]]})
    return part, field


def _is_text(annotation: object) -> bool:
    return annotation in (str, list[str])
