"""Undo and redo over a whole document.

A step is what changed between two dumps, as reversible differences: a hundred of them weigh a few kilobytes, and the
history itself is plain data. Changes with the same key (typing into one field) that follow each other closely are one
step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cvstudio.document.model import Document, Part

MAX_STEPS = 200
PAUSE = 2.0  # seconds without typing that end a step

Path = tuple[str | int, ...]
Change = tuple[Path, Any, Any]  # where, before, after; ABSENT where there is nothing
Steps = list[list[Change]]
ABSENT = "\x00absent"  # no text of a document holds a NUL


@dataclass
class History:
    """Call `before(...)` ahead of every change, `undo`/`redo` for another document to go on with."""

    base: dict[str, Any] = field(default_factory=dict)  # what changes, as dumped when the step now open began
    at: Path = ()  # where that is: the whole document, or the one part that is typed into
    part: Part | None = None  # the latter
    past: Steps = field(default_factory=list)
    future: Steps = field(default_factory=list)
    key: str = ""  # of the open step; blank when none is open
    touched: float = 0.0

    def before(
        self,
        document: Document,
        key: str,
        now: float,
        typed_into: Callable[[], tuple[Path, Part] | None] = lambda: None,
    ) -> None:
        """A change of `document` is about to be made; `now` in seconds, on any steady clock.

        `typed_into`: the one part that it is in, and where, so that the rest need not be looked at.
        """
        if key and key == self.key and now - self.touched < PAUSE:
            self.touched = now
            return
        self._close(document)
        self.at, self.part = typed_into() or ((), None)
        self.base = (self.part or document).dump()
        self.key, self.touched = key or "once", now

    def undo(self, document: Document) -> Document | None:
        """The document one step back; None at the beginning."""
        self._close(document)
        return self._go(document, self.past, self.future, 1)

    def redo(self, document: Document) -> Document | None:
        """The document one step on again; None when nothing was undone, or something was done since."""
        self._close(document)
        return self._go(document, self.future, self.past, 2)

    @property
    def can_undo(self) -> bool:
        return bool(self.past or self.key)

    @property
    def can_redo(self) -> bool:
        return bool(self.future) and not self.key

    def _close(self, document: Document) -> None:
        if self.key and (changes := difference(self.base, (self.part or document).dump(), self.at)):
            self.past = [*self.past, changes][-MAX_STEPS:]
            self.future = []
        self.key = ""

    def _go(self, document: Document, source: Steps, target: Steps, side: int) -> Document | None:
        if not source:
            return None
        changes = source.pop()
        target.append(changes)
        dumped: Any = document.dump()
        for change in reversed(changes) if side == 1 else changes:
            dumped = _put(dumped, change[0], change[side])
        return Document.load(dumped)


def difference(before: Any, after: Any, at: Path = ()) -> list[Change]:
    """What turns `before` into `after`: into dicts and lists of equal length, whole values otherwise."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            change
            for key in dict.fromkeys((*before, *after))
            for change in difference(before.get(key, ABSENT), after.get(key, ABSENT), (*at, key))
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            change
            for index, (old, new) in enumerate(zip(before, after, strict=True))
            for change in difference(old, new, (*at, index))
        ]
    return [(at, before, after)]


def _put(tree: Any, path: Path, value: Any) -> Any:
    """A copy of `tree` with `value` at `path`; what the path does not touch is shared."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(tree, list):
        copy: Any = list(tree)
        copy[step] = _put(tree[int(step)], rest, value)
        return copy
    copy = dict(tree)
    changed = _put(tree.get(step, {}), rest, value)
    if changed == ABSENT:
        copy.pop(step, None)
    else:
        copy[step] = changed
    return copy
