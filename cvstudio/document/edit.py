"""Changing a document one step at a time, addressed by paths that survive reordering.

A field path is "basics.name", "basics.location.city", "work/<item id>/position" or
"custom:<section id>/<item id>/summary". Lists are typed as text: highlights and courses one a line, keywords and roles
separated by commas. Dates are understood as typed ("mars 2020") and kept in ISO form.

Every function changes the document in place, or raises InvalidInput and leaves it as it was: for what does not exist,
and for what would make the whole too large to load again. So a path sent by a stranger does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import cast

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import (
    CUSTOM,
    MAX_CUSTOM,
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
    new_item_id,
)
from cvstudio.errors import InvalidInput

DATES = ("start_date", "end_date", "date", "release_date")
COMMA_LISTS = ("keywords", "roles")
BETWEEN_COMMAS = re.compile(r"(?:\([^()]*\)|[^,])+")
BETWEEN_SEMICOLONS = re.compile(r"(?:\([^()]*\)|[^;])+")
MAX_TITLE = 120
PROFILES = "profiles"  # basics.profiles, edited like a section


def items_of(document: Document, section: str) -> list[Item]:
    """The live list of a section, of the profiles, or of a custom section."""
    try:
        if section == PROFILES:
            return cast(list[Item], document.basics.profiles)
        return document.section(section)
    except KeyError:
        raise InvalidInput("no such section", fields={"section": [clean(section[:80])]}) from None


def find(document: Document, section: str, item_id: str) -> Item:
    for item in items_of(document, section):
        if item.id == item_id:
            return item
    raise InvalidInput("no such entry", fields={"item": [clean(item_id[:80])]})


def get_field(document: Document, path: str) -> str:
    """The field as one text, in the form `set_field` takes."""
    part, name = _resolve(document, path)
    value = getattr(part, name)
    if not isinstance(value, list):
        return str(value)
    return _joined(value) if name in COMMA_LISTS else "\n".join(value)


def part_of(document: Document, path: str) -> tuple[tuple[str | int, ...], Part] | None:
    """Where in the document's JSON the part stands that a field is in, and the part; None where there is no such."""
    section, _, rest = path.partition("/")
    if not rest:
        return (("basics",), document.basics) if path.startswith("basics.") else None
    try:
        item = find(document, section, rest.partition("/")[0])
    except InvalidInput:
        return None
    items = items_of(document, section)
    index = next(index for index, one in enumerate(items) if one is item)
    if section == PROFILES:
        return ("basics", PROFILES, index), item
    if section.startswith(CUSTOM):
        owner = _custom(document, section)
        return ("custom", next(n for n, one in enumerate(document.custom) if one is owner), "items", index), item
    return (section, index), item


def set_field(document: Document, path: str, text: str) -> None:
    part, name = _resolve(document, path)
    text = clean(text)
    if len(text) > MAX_TEXT:
        raise InvalidInput("text too long", fields={clean(path[:80]): [f"at most {MAX_TEXT} characters"]})
    before = getattr(part, name)
    value: str | list[str] = text
    if isinstance(before, list):
        value = _pieces(text) if name in COMMA_LISTS else _lines(text)
        if len(value) > MAX_ITEMS:
            raise InvalidInput("too many lines", fields={clean(path[:80]): [f"at most {MAX_ITEMS} lines"]})
    elif name in DATES:
        value = "" if name == "end_date" and is_present(text) else normalise(text)
    setattr(part, name, value)
    if (grown := len("".join(value)) - len("".join(before))) > 0:
        grown += len(value) if isinstance(value, list) else 0
        _or_undo(document, lambda: setattr(part, name, before), grown)


def add_item(document: Document, section: str, at: int | None = None) -> str:
    """Adds a blank entry (at the end, or at an index) and gives its id."""
    kind = Profile if section == PROFILES else SECTIONS.get(section, CustomItem)
    return _insert(document, section, kind(), at)


def duplicate_item(document: Document, section: str, item_id: str) -> str:
    """A copy right after the entry; gives the copy's id."""
    source = find(document, section, item_id)
    copy = source.model_copy(deep=True, update={"id": new_item_id()})
    return _insert(document, section, copy, items_of(document, section).index(source) + 1)


def _insert(document: Document, section: str, item: Item, at: int | None) -> str:
    items = items_of(document, section)
    if len(items) >= MAX_ITEMS:
        raise InvalidInput("too many entries", fields={"section": [f"at most {MAX_ITEMS} entries"]})
    items.insert(len(items) if at is None else max(0, at), item)
    _or_undo(document, lambda: items.remove(item))
    return item.id


def remove_item(document: Document, section: str, item_id: str) -> None:
    items_of(document, section).remove(find(document, section, item_id))
    _forget_hidden(document, {item_id})


def move_item(document: Document, section: str, item_id: str, to: int) -> None:
    """Moves an entry to an index; an index past either end means that end."""
    items = items_of(document, section)
    item = find(document, section, item_id)
    items.remove(item)
    items.insert(max(0, to), item)


def set_item_hidden(document: Document, section: str, item_id: str, hidden: bool) -> None:
    find(document, section, item_id)
    _forget_hidden(document, {item_id})
    if hidden:
        if len(document.studio.hidden) >= MAX_ITEMS:
            raise InvalidInput("too many hidden", fields={"item": [f"at most {MAX_ITEMS} hidden entries"]})
        document.studio.hidden.append(item_id)


def add_custom_section(document: Document, title: str = "") -> str:
    """Adds a free section with one blank entry; gives its section key."""
    if len(document.custom) >= MAX_CUSTOM:
        raise InvalidInput("too many sections", fields={"section": [f"at most {MAX_CUSTOM} sections of your own"]})
    section = CustomSection(title=_heading(title), items=[CustomItem()])
    document.custom.append(section)
    _or_undo(document, lambda: document.custom.remove(section))
    return CUSTOM + section.id


def remove_custom_section(document: Document, key: str) -> None:
    section = _custom(document, key)
    document.custom.remove(section)
    document.studio.sections = [setting for setting in document.studio.sections if setting.key != key]
    _forget_hidden(document, {item.id for item in section.items})


def set_section_title(document: Document, key: str, title: str) -> None:
    """The owner's own heading; blank returns to the usual word."""
    title = _heading(title)
    if key.startswith(CUSTOM):
        _custom(document, key).title = title
    else:
        _setting(document, key).title = title


def set_section_hidden(document: Document, key: str, hidden: bool) -> None:
    _setting(document, key).hidden = hidden


def order_sections(document: Document, keys: Sequence[str]) -> None:
    """Puts the named sections in this order; the others follow as they were."""
    current = {setting.key: setting for setting in document.section_settings()}
    first = [current.pop(key) for key in dict.fromkeys(keys) if key in current]
    document.studio.sections = [*first, *current.values()]


def _setting(document: Document, key: str) -> SectionSetting:
    """The section's setting, from now on part of the document."""
    settings = document.section_settings()
    for setting in settings:
        if setting.key == key:
            others = [one for one in document.studio.sections if any(one is known for known in settings)]
            document.studio.sections = others if setting in others else [*others, setting]
            return setting
    raise InvalidInput("no such section", fields={"section": [clean(key[:80])]})


def _custom(document: Document, key: str) -> CustomSection:
    try:
        return document.custom_section(key)
    except KeyError:
        raise InvalidInput("no such section", fields={"section": [clean(key[:80])]}) from None


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
            raise InvalidInput("no such field", fields={"path": [clean(path[:80])]})
        part = scopes[scope]
    known = type(part).model_fields.get(field)
    if known is None or field == "id" or not _is_text(known.annotation):
        raise InvalidInput("no such field", fields={"path": [clean(path[:80])]})
    return part, field


def _is_text(annotation: object) -> bool:
    return annotation in (str, list[str])


def _heading(title: str) -> str:
    return clean(title).replace("\n", " ")[:MAX_TITLE]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _pieces(text: str) -> list[str]:
    """Apart at line ends; without any at semicolons; without any at commas. Brackets hold: "SQL (Oracle, DB2)"."""
    if "\n" in text:
        return _lines(text)
    pieces = (BETWEEN_SEMICOLONS if ";" in text else BETWEEN_COMMAS).findall(text)
    return [piece.strip() for piece in pieces if piece.strip()]


def _joined(pieces: list[str]) -> str:
    """The plainest text that `_pieces` takes apart again into the same."""
    for separator in (", ", "; "):
        for text in (separator.join(pieces), separator.join([*pieces, ""])):
            if _pieces(text) == pieces:
                return text
    return "\n".join([*pieces, ""])


def _or_undo(document: Document, undo: Callable[[], None], grown: int | None = None) -> None:
    try:
        document.check_size(grown)
    except InvalidInput:
        undo()
        raise
