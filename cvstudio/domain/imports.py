"""A CV brought as a file: read in a process of its own, looked at by the person, and theirs once they say so.

Nothing is stored here: what was read lives in the person's tab until it is taken over or dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import ClassVar

from cvstudio import db
from cvstudio.document import Document, Item, edit
from cvstudio.domain import attempts, rate
from cvstudio.domain.rate import Limit
from cvstudio.errors import InvalidInput, Unauthorized, Unavailable
from cvstudio.importers import Imported, sandbox
from cvstudio.importers.failures import FileTooLarge
from cvstudio.importers.model import Place

MAX_BYTES = 10_000_000
AT_ONCE = 2  # files: each has a process that may take a second of a processor, and some 200 MB
SECONDS = 7.0  # that one may take; a tab in Redis may be held for ten
HOUR = 3600
OWNER = Limit(30, HOUR)
NETWORK = Limit(300, HOUR)  # a class that brings its CVs at once
_reading = BoundedSemaphore(AT_ONCE)


class Busy(Unavailable):
    code: ClassVar[str] = "IMPORT_BUSY"
    messages: ClassVar[dict[str, str]] = {
        "fr": "D’autres fichiers sont en cours de lecture. Réessayez dans quelques secondes.",
        "en": "Other files are being read right now. Please try again in a few seconds.",
    }


class NothingTaken(InvalidInput):
    code: ClassVar[str] = "IMPORT_NOTHING_TAKEN"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Rien n’est coché. Gardez au moins une ligne, ou annulez.",
        "en": "Nothing is ticked. Keep at least one line, or cancel.",
    }


@dataclass(frozen=True)
class Value:
    """Something that was read, as a person judges it: a field; a line of a list; keywords together, as one types them.

    `path` is that of document.edit; a line has its number behind ("work/<id>/highlights/0").
    """

    path: str
    text: str
    doubtful: bool
    place: Place

    @property
    def list_path(self) -> str:
        """Of the list that this is a line of; else blank."""
        above, _, number = self.path.rpartition("/")
        return above if number.isdecimal() else ""


def read(owner_id: str, address: str, data: bytes, filename: str) -> Imported:
    """What is in the file. Waits for another process: call it in a thread, with no session open.

    `address` is the caller's. Raises Unauthorized without an owner, FileTooLarge, Busy and RateLimited, which all count
    nothing, and what `importers.read` raises.
    """
    if not owner_id:
        raise Unauthorized
    if len(data) > MAX_BYTES:
        raise FileTooLarge
    with room():
        with db.session() as session:
            # Always in this order: on PostgreSQL each waits for the others that count the same.
            rate.hit(session, "import.network", attempts.hidden(attempts.network(address)), NETWORK)
            rate.hit(session, "import.owner", owner_id, OWNER)
        return sandbox.read(data, filename, wall=SECONDS)


@contextmanager
def room(wait: float = 0.0) -> Iterator[None]:
    """For one more file to be read, as soon as there is any in `wait` seconds. Raises Busy."""
    if not _reading.acquire(timeout=wait):
        raise Busy
    try:
        yield
    finally:
        _reading.release()


def values(imported: Imported) -> list[Value]:
    """In the order in which they were read."""
    found: dict[str, Value] = {}
    for field in imported.fields:
        above, _, number = field.path.rpartition("/")
        if number.isdecimal() and above.rpartition("/")[2] in edit.COMMA_LISTS:
            doubtful = field.doubtful or (above in found and found[above].doubtful)
            place = found[above].place if above in found else field.place
            found[above] = Value(above, edit.get_field(imported.document, above), doubtful, place)
        else:
            found[field.path] = Value(field.path, field.value, field.doubtful, field.place)
    return list(found.values())


def taken(imported: Imported, changes: Mapping[str, str]) -> Document:
    """What the person leaves of it: `changes` has values by path, blank ones are left out. It has no design of its own.

    Raises InvalidInput for a text that is too long, NothingTaken.
    """
    document = imported.document.model_copy(deep=True)
    lists: dict[str, list[str]] = {}
    for value in values(imported):
        text = changes.get(value.path, value.text)
        if value.list_path:
            lists.setdefault(value.list_path, []).append(text)
        elif value.path in changes:
            edit.set_field(document, value.path, text)
    changed = {path.rpartition("/")[0] for path in changes}
    for path, lines in lists.items():
        if path in changed:
            edit.set_field(document, path, "\n".join(lines))
    _drop_blank_entries(document, {path.partition("/")[0] for path in changes if "/" in path})
    if not any(document.texts()):
        raise NothingTaken
    return Document.load({key: part for key, part in document.dump().items() if key != "meta"})


def _drop_blank_entries(document: Document, sections: set[str]) -> None:
    for section in sections:
        items = edit.items_of(document, section)
        for item in [one for one in items if _is_blank(one)]:
            edit.remove_item(document, section, item.id)
        if not items and section.startswith("custom:"):
            edit.remove_custom_section(document, section)


def _is_blank(item: Item) -> bool:
    return not any(value for name, value in item if name != "id")
