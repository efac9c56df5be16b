"""What was made once and serves again, as much as there is room for."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Of things with a length: every keystroke makes another, and counted by number long ones would take all memory.

    What is not asked for while half the room fills is forgotten. Safe to share between threads: at worst one forgets.
    """

    def __init__(self, room: int) -> None:
        self.room = room  # characters
        self._recent: dict[Key, tuple[Value, int]] = {}
        self._before: dict[Key, tuple[Value, int]] = {}
        self._length = 0  # of the recent

    def get(self, key: Key) -> Value | None:
        if (known := self._recent.get(key)) is not None:
            return known[0]
        if (known := self._before.get(key)) is None:
            return None
        return self.keep(key, *known)

    def keep(self, key: Key, value: Value, length: int) -> Value:
        if (self._length + length) * 2 > self.room:
            self._before, self._recent, self._length = self._recent, {}, 0
        self._recent[key] = (value, length)
        self._length += length
        return value
