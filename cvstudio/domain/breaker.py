"""A circuit breaker: a service that keeps failing is left alone for a while, then asked by one caller first."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Opens after `failures` within `window` seconds, for `rest` seconds; then one probe decides. For threads."""

    def __init__(self, failures: int, window: float, rest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.failures, self.window, self.rest, self._clock = failures, window, rest, clock
        self._lock = threading.Lock()
        self._failed: deque[float] = deque()
        self._closed_again: float | None = None  # until then it is open; None: it is closed
        self._probe: float | None = None  # when the one probe began

    @property
    def state(self) -> State:
        with self._lock:
            if self._closed_again is None:
                return "closed"
            return "open" if self._clock() < self._closed_again else "half-open"

    def admit(self) -> bool:
        """Whether to ask the service now; who was admitted must say how it went."""
        with self._lock:
            now = self._clock()
            if self._closed_again is None:
                return True
            # A probe that never came back counts for as long as the breaker rests.
            if now < self._closed_again or (self._probe is not None and now < self._probe + self.rest):
                return False
            self._probe = now
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failed.clear()
            self._closed_again = self._probe = None

    def failed(self, wait: float | None = None) -> None:
        """`wait`: seconds for which the service itself asked to be left alone."""
        with self._lock:
            now = self._clock()
            self._failed.append(now)
            while self._failed[0] <= now - self.window:
                self._failed.popleft()
            if self._probe is not None or len(self._failed) >= self.failures:
                self._closed_again = max(now + max(self.rest, wait or 0), self._closed_again or 0)
                self._probe = None
