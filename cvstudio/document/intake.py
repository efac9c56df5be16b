"""What comes in as JSON, made safe to build on: cleaned, counted, every entry with an id of its own."""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from typing import Any

from cvstudio.errors import InvalidInput

MAX_DEPTH = 32  # levels of nesting, keys we do not know included
MAX_VALUES = 100_000  # of the whole document, keys we do not know included
MAX_CHARACTERS = 1_000_000  # of the whole document, all texts and names together

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def clean(text: str) -> str:
    """Control characters and lone surrogates out: no file format of ours can carry them."""
    if text.isprintable():  # nearly all are, and then there is nothing to look for
        return text
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def intake(value: object, *, room: float = 1.0) -> Any:
    """A cleaned copy of parsed JSON. Raises InvalidInput for what is too deep, fills the room, or is not JSON."""
    try:
        return _Intake(room).copy(value)
    except _Refused as refused:
        where = clean(".".join(reversed(refused.path)))[:200] or "document"
        raise InvalidInput("the CV does not fit its schema", fields={where: [refused.why]}) from None


class _Refused(Exception):
    """Why, and where: from the innermost step out."""

    def __init__(self, why: str) -> None:
        self.why = why
        self.path: list[str] = []


class _Intake:
    """One walk over parsed JSON: a cleaned copy, counted, of nothing but JSON's own types."""

    def __init__(self, room: float) -> None:
        self.values = 0
        self.characters = 0
        self.max_values = int(MAX_VALUES * room)
        self.max_characters = int(MAX_CHARACTERS * room)

    def copy(self, value: object, depth: int = 0) -> Any:
        self.values += 1
        if self.values > self.max_values:
            raise InvalidInput("the CV is too long", fields={"document": [f"at most {self.max_values} values"]})
        if isinstance(value, str):
            return self._text(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            if not math.isfinite(value) if isinstance(value, float) else value.bit_length() > 64:
                raise _Refused("must be a number that JSON can carry")
            return value
        if depth >= MAX_DEPTH:
            raise InvalidInput("the CV is nested too deeply", fields={"document": [f"at most {MAX_DEPTH} levels"]})
        if isinstance(value, dict):
            return {self._text(key): self._at(key, entry, depth) for key, entry in value.items()}
        if isinstance(value, list):
            return [self._at(index, entry, depth) for index, entry in enumerate(value)]
        raise _Refused("must be JSON")

    def _at(self, step: object, value: object, depth: int) -> Any:
        try:
            return self.copy(value, depth + 1)
        except _Refused as refused:
            refused.path.append(str(step))
            raise

    def _text(self, text: object) -> str:
        if not isinstance(text, str):
            raise _Refused("names must be texts")
        self.characters += len(text)
        if self.characters > self.max_characters:
            raise InvalidInput("the CV is too long", fields={"document": [f"at most {self.max_characters} characters"]})
        return clean(text)


def give_ids(tree: dict[str, Any], keys: tuple[str, ...]) -> None:
    """Every entry an id of its own: kept where it can be, else made from its place, so that loading is repeatable."""
    places = [(key, tree.get(key)) for key in keys]
    basics, custom = tree.get("basics"), tree.get("custom")
    if isinstance(basics, dict):
        places.append(("profiles", basics.get("profiles")))
    if isinstance(custom, list):
        places += [
            (f"custom-{n}", section.get("items")) for n, section in enumerate(custom) if isinstance(section, dict)
        ]
    taken: set[str] = set()
    homeless: list[tuple[str, dict[str, Any]]] = []
    for key, entries in places:
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if not isinstance(entry, dict):
                continue
            wish = entry.get("id")
            wish = str(wish) if isinstance(wish, int | str) else ""
            if ID.fullmatch(wish) and wish not in taken:
                entry["id"] = wish
                taken.add(wish)
            else:
                homeless.append((f"{key}/{index}", entry))
    renamed: dict[str, object] = {}
    for place, entry in homeless:
        new = next(name for turn in itertools.count() if (name := _id_for(place, turn)) not in taken)
        taken.add(new)
        renamed[new] = entry.get("id")
        entry["id"] = new
    _hide_namesakes(tree, renamed)


def _id_for(place: str, turn: int) -> str:
    return hashlib.blake2b(f"{place}/{turn}".encode(), digest_size=5).hexdigest()


def _hide_namesakes(tree: dict[str, Any], renamed: dict[str, object]) -> None:
    """What was hidden under an id it had to give up stays hidden under the new one."""
    meta = tree.get("meta")
    studio = meta.get("studio") if isinstance(meta, dict) else None
    hidden = studio.get("hidden") if isinstance(studio, dict) else None
    if isinstance(hidden, list):
        hidden += [new for new, old in renamed.items() if isinstance(old, str) and old in hidden]
