"""Field-level differences between two dumps, for people and programs to read, and to make again elsewhere.

A path leads through keys and, in lists of entries, through ids: "basics/name", "work/k3f9a/position",
"custom/a1b2c/items/d4e5f/summary". It stays the same when entries move. In a name of its own, "/" is written "~1" and
"~" is "~0", as in JSON Pointer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.document import patch
from cvstudio.document.intake import MAX_DEPTH
from cvstudio.document.model import MAX_ITEMS
from cvstudio.errors import InvalidInput

Kind = Literal["added", "removed", "changed", "moved"]
ABSENT = object()
MOST = 2_000  # changes at once
NAMES = ("position", "name", "title", "institution", "organization", "language", "network", "studyType")


class Change(BaseModel):
    """`before` and `after` are values as in the document; for "moved" they are the ids in their order."""

    model_config = ConfigDict(extra="ignore")

    path: str
    kind: Kind = "changed"
    before: Any = None
    after: Any = None
    about: str = Field("", description="what people call the entry it belongs to")


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """In the order of the document. apply(before, changes(before, after)) is `after`."""
    return list(_compare(before, after, (), ""))


def apply(before: dict[str, Any], wanted: Iterable[Change]) -> dict[str, Any]:
    """A copy of the dump with the changes made. Raises InvalidInput for a path that leads nowhere in it.

    Entries go and come first, then values change, then entries move, whatever the order they are given in.
    """
    made = list(wanted)
    if len(made) > MOST:
        raise InvalidInput("too many changes", fields={"changes": [f"at most {MOST}"]})
    # Left out is not null: nothing is emptied by a slip.
    if unsaid := [n for n, one in enumerate(made) if one.kind != "removed" and "after" not in one.model_fields_set]:
        raise InvalidInput("no new value", fields={f"changes.{number}.after": ["required"] for number in unsaid})
    tree: Any = before
    for turn in (("removed",), ("added",), ("changed",), ("moved",)):
        for number, change in enumerate(made):
            if change.kind in turn:
                tree = _make(tree, _steps(change.path, number), change, number)
    if not isinstance(tree, dict):
        raise InvalidInput("not a document", fields={"changes": ["must leave a JSON object"]})
    return tree


def _compare(before: Any, after: Any, at: tuple[str, ...], about: str) -> Iterator[Change]:
    if patch.diff(before, after) is None:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            old, new = before.get(key, ABSENT), after.get(key, ABSENT)
            yield from _compare_key(old, new, (*at, key), about)
        return
    old_entries, new_entries = patch.by_id(before), patch.by_id(after)
    if old_entries is not None and new_entries is not None:
        yield from _compare_entries(old_entries, new_entries, at)
        return
    yield Change(path=path(at), before=before, after=after, about=about)


def _compare_key(old: Any, new: Any, at: tuple[str, ...], about: str) -> Iterator[Change]:
    if old is ABSENT:
        if (entries := patch.by_id(new)) is not None:
            yield from _compare_entries({}, entries, at)
        else:
            yield Change(path=path(at), kind="added", after=new, about=about)
    elif new is ABSENT:
        if (entries := patch.by_id(old)) is not None:
            yield from _compare_entries(entries, {}, at)
        else:
            yield Change(path=path(at), kind="removed", before=old, about=about)
    else:
        yield from _compare(old, new, at, about)


def _compare_entries(before: dict[str, Any], after: dict[str, Any], at: tuple[str, ...]) -> Iterator[Change]:
    for name, entry in before.items():
        if name not in after:
            yield Change(path=path((*at, name)), kind="removed", before=entry, about=_called(entry))
    for name, entry in after.items():
        if name not in before:
            yield Change(path=path((*at, name)), kind="added", after=entry, about=_called(entry))
        else:
            yield from _compare(before[name], entry, (*at, name), _called(entry))
    met = [name for name in before if name in after] + [name for name in after if name not in before]
    if met != list(after):
        yield Change(path=path(at), kind="moved", before=list(before), after=list(after))


def _called(entry: dict[str, Any]) -> str:
    found = (entry.get(name) for name in NAMES)
    return next((text for text in found if isinstance(text, str) and text), "")[:120]


# ---------------------------------------------------------------------------- making them


def path(steps: Sequence[str]) -> str:
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


def _steps(written: str, number: int) -> list[str]:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in written.split("/")]
    if len(steps) > MAX_DEPTH:
        raise _nowhere(number)
    return steps


def _make(tree: Any, steps: list[str], change: Change, number: int) -> Any:
    """A copy of `tree` with the change made below it."""
    if not steps:
        return _moved(tree, change, number) if change.kind == "moved" else change.after
    step, rest = steps[0], steps[1:]
    if isinstance(tree, list):
        return _make_in_entries(tree, step, rest, change, number)
    if not isinstance(tree, dict):
        raise _nowhere(number)
    made = dict(tree)
    if rest:
        below = tree.get(step, ABSENT)
        if below is ABSENT:
            if change.kind not in ("added", "changed"):
                raise _nowhere(number)
            below = [] if change.kind == "added" and _is_entry(change.after, rest[-1]) and len(rest) == 1 else {}
        made[step] = _make(below, rest, change, number)
        if made[step] == [] and change.kind == "removed":
            del made[step]
    elif change.kind == "removed":
        if step not in made:
            raise _nowhere(number)
        del made[step]
    elif change.kind == "moved":
        made[step] = _make(tree.get(step), [], change, number)
    else:
        made[step] = change.after
    return made


def _make_in_entries(entries: list[Any], name: str, rest: list[str], change: Change, number: int) -> list[Any]:
    index = next((i for i, one in enumerate(entries) if isinstance(one, dict) and one.get("id") == name), None)
    if rest:
        if index is None:
            raise _nowhere(number)
        return [*entries[:index], _make(entries[index], rest, change, number), *entries[index + 1 :]]
    if change.kind == "added":
        if index is not None or not _is_entry(change.after, name) or len(entries) >= MAX_ITEMS:
            raise _nowhere(number)
        return [*entries, change.after]
    if index is None or (change.kind == "changed" and not _is_entry(change.after, name)):
        raise _nowhere(number)
    return [*entries[:index], *([] if change.kind == "removed" else [change.after]), *entries[index + 1 :]]


def _moved(entries: Any, change: Change, number: int) -> Any:
    """Those named, in their order; entries that are not named follow as they were."""
    known = patch.by_id(entries)
    order = change.after
    if known is None or not isinstance(order, list) or not all(isinstance(name, str) for name in order):
        raise _nowhere(number)
    first = [known.pop(name) for name in dict.fromkeys(order) if name in known]
    return [*first, *known.values()]


def _is_entry(value: Any, name: str) -> bool:
    return isinstance(value, dict) and value.get("id") == name


def _nowhere(number: int) -> InvalidInput:
    return InvalidInput("no such place", fields={f"changes.{number}.path": ["leads nowhere in this CV"]})
