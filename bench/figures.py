"""Measured times and the table they end in."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Times:
    """Milliseconds, one per run."""

    runs: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        return statistics.median(self.runs)

    @property
    def p95(self) -> float:
        return sorted(self.runs)[min(len(self.runs) - 1, int(len(self.runs) * 0.95))]


@dataclass
class Row:
    """One line: what was measured, the figures as text, and whether the target was met (None: there is none)."""

    what: str
    figure: str
    target: str = ""
    met: bool | None = None


def row(what: str, times: Times, target: str = "", met: bool | None = None) -> Row:
    return Row(what, f"p50 {times.p50:7.1f} ms   p95 {times.p95:7.1f} ms", target, met)


def below(what: str, value: float, limit: float, unit: str = "×", note: str = "") -> Row:
    return Row(what, f"{value:.2f} {unit}{note}", f"≤ {limit:g} {unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "×", note: str = "") -> Row:
    return Row(what, f"{value:.1f} {unit}{note}", f"≥ {limit:g} {unit}", value >= limit)


def interleaved(
    contenders: dict[str, Callable[[int], object]], runs: int, warm_up: int = 5, in_a_row: int = 1
) -> dict[str, Times]:
    """Each contender in turn, so that a noisy neighbour disturbs all of them alike.

    `in_a_row`: how often at a turn. Where warmth is what is measured, somebody else's run in between empties the
    processor's caches; then the first of a turn is not counted.
    """
    times = {name: Times() for name in contenders}
    warm_up = -(-warm_up // in_a_row) * in_a_row
    for turn in range(-warm_up, runs, in_a_row):
        for name, contender in contenders.items():
            for again in range(-1 if in_a_row > 1 else 0, in_a_row):
                started = time.perf_counter()
                contender(turn + warm_up + max(0, again))
                if turn >= 0 and again >= 0:
                    times[name].runs.append((time.perf_counter() - started) * 1000)
    return times


def table(groups: list[tuple[str, list[Row]]]) -> str:
    rows = [row for _, found in groups for row in found]
    wide, figures, targets = (
        max((len(text) for text in texts), default=0)
        for texts in ([r.what for r in rows], [r.figure for r in rows], [r.target for r in rows])
    )
    marks = {True: "met", False: "MISSED", None: ""}
    lines = []
    for title, found in groups:
        lines += ["", title]
        lines += [
            f"  {row.what:<{wide}}  {row.figure:<{figures}}  {row.target:<{targets}}  {marks[row.met]}".rstrip()
            for row in found
        ]
    return "\n".join(lines)
