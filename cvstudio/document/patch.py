"""What turns one dump into another, as small as it can be said: for keeping many versions of a CV.

A patch is plain JSON. Texts and lists are spliced (so many kept at the start, so many at the end, this in between);
entries are told by their ids, so that moving one costs its id and editing one costs the edit.

| patch | means |
|---|---|
| `{"v": value}` | this value instead |
| `{"d": {key: patch}, "x": [key]}` | an object: patches below it, keys that went |
| `{"s": [start, end, middle]}` | a text or a list: what lies between the first `start` and the last `end` |
| `{"e": {index: patch}}` | a list as long as before, with patches in some places |
| `{"o": [id], "p": {id: patch}, "n": {id: entry}}` | entries: their order if it changed, patches, new ones |
"""

from __future__ import annotations

import json
from typing import Any

Patch = dict[str, Any]
SHORT = 24  # characters of a text that are said again as a whole


def diff(before: Any, after: Any) -> Patch | None:
    """None: nothing to do. Strict about types: 1, 1.0 and true are three values."""
    if type(before) is not type(after):
        return {"v": after}
    if isinstance(before, dict):
        return _diff_object(before, after)
    if isinstance(before, list):
        old, new = by_id(before), by_id(after)
        if old is not None and new is not None:
            return _diff_entries(old, new)
        return _diff_list(before, after)
    if before == after:
        return None
    if isinstance(after, str) and len(after) > SHORT:
        start, end = _ends(before, after)
        return {"s": [start, end, after[start : len(after) - end]]}
    return {"v": after}


def apply(before: Any, patch: Patch | None) -> Any:
    """The inverse: apply(a, diff(a, b)) is b. What the patch does not touch is shared with `before`."""
    if patch is None:
        return before
    if "v" in patch:
        return patch["v"]
    if "s" in patch:
        start, end, middle = patch["s"]
        return before[:start] + middle + before[len(before) - end :]
    if "e" in patch:
        return [apply(one, patch["e"].get(str(place))) for place, one in enumerate(before)]
    if "o" in patch or "p" in patch:
        entries = {entry["id"]: entry for entry in before} | patch.get("n", {})
        changed = patch.get("p", {})
        return [apply(entries[name], changed.get(name)) for name in patch.get("o") or [one["id"] for one in before]]
    whole = {key: value for key, value in before.items() if key not in patch.get("x", ())}
    for key, inner in patch.get("d", {}).items():
        whole[key] = apply(before.get(key), inner)
    return whole


def by_id(entries: Any) -> dict[str, Any] | None:
    """The entries of a list by their ids; None where it is another kind of list, or an empty one."""
    if not isinstance(entries, list) or not entries:
        return None
    found: dict[str, Any] = {}
    for entry in entries:
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = entry
    return found


def _diff_object(before: dict[str, Any], after: dict[str, Any]) -> Patch | None:
    patch: Patch = {}
    inner: dict[str, Any] = {}
    for key, value in after.items():
        change = diff(before[key], value) if key in before else {"v": value}
        if change is not None:
            inner[key] = change
    gone = [key for key in before if key not in after]
    if inner:
        patch["d"] = inner
    if gone:
        patch["x"] = gone
    return patch or None


def _diff_list(before: list[Any], after: list[Any]) -> Patch | None:
    if len(before) != len(after):
        start, end = _ends(before, after)
        return {"s": [start, end, after[start : len(after) - end]]}
    changed = {
        str(place): change
        for place, (old, new) in enumerate(zip(before, after, strict=True))
        if (change := diff(old, new)) is not None
    }
    return {"e": changed} if changed else None


def _diff_entries(before: dict[str, Any], after: dict[str, Any]) -> Patch | None:
    patch: Patch = {}
    changed = {
        name: change
        for name, entry in after.items()
        if name in before and (change := diff(before[name], entry)) is not None
    }
    new = {name: entry for name, entry in after.items() if name not in before}
    if list(before) != list(after):
        patch["o"] = list(after)
    if changed:
        patch["p"] = changed
    if new:
        patch["n"] = new
    return patch or None


def _ends(before: Any, after: Any) -> tuple[int, int]:
    """How much two texts, or lists, have in common at their starts and at their ends."""
    most = min(len(before), len(after))
    start = 0
    while start < most and _same(before[start], after[start]):
        start += 1
    end = 0
    while end < most - start and _same(before[-1 - end], after[-1 - end]):
        end += 1
    return start, end


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict | list):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return type(one) is type(other) and bool(one == other)
