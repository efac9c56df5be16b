"""Reading CVs back: `python -m bench.imports [--people N] [--held-out] [--layout NAME] [--faults]`.

Truth by construction: people who do not exist (bench.people), printed by our own themes and by layouts that are not
ours (bench/layouts), read back and compared field by field. Seeds from HELD_OUT on were never looked at while the
reader was written; the others may be.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from bench import layouts, people
from bench.import_score import Score, score, trusted
from cvstudio import importers, render
from cvstudio.config import settings
from cvstudio.document import Document
from cvstudio.errors import StudioError
from cvstudio.render import browser_setup, fonts, themes
from cvstudio.render.chromium import Chromium

ROOT = Path(__file__).resolve().parents[1]
OURS, OTHERS = 0.98, 0.85
GROUPS = {"ours": OURS, "ours, untagged": None, "others": OTHERS, "others, tagged": OTHERS}  # what each has to reach
HELD_OUT = 10_000  # seeds from here on


@dataclass(frozen=True)
class Case:
    group: str  # of GROUPS
    layout: str
    language: people.Language
    truth: Document
    pdf: bytes
    without: frozenset[str]


@dataclass(frozen=True)
class Read:
    case: Case
    score: Score
    milliseconds: float
    doubts: Counter[tuple[bool, bool]]  # values by (doubted, wrong)


def cases(pool: Chromium, count: int, first: int, only: str) -> Iterator[Case]:
    for language in ("fr", "en"):
        for seed in range(first, first + count):
            rich, lean = people.person(seed, language), people.person(seed, language, rich=False)
            for theme in themes.all():
                if only in ("", "ours", theme.slug):
                    truth = rich.model_copy(deep=True)
                    truth.studio.template = theme.slug
                    pdf = _print(pool, render.html(truth), truth)
                    yield Case("ours", theme.slug, language, truth, pdf, frozenset())
                    yield Case("ours, untagged", theme.slug, language, truth, untagged(pdf), frozenset())
            for name in layouts.NAMES:
                if only in ("", "others", name):
                    pdf = _print(pool, layouts.html(name, lean), lean)
                    seen = layouts.shown(name, lean)
                    yield Case("others", name, language, seen, untagged(pdf), layouts.without(name))
                    yield Case("others, tagged", name, language, seen, pdf, layouts.without(name))


def _print(pool: Chromium, html: str, document: Document) -> bytes:
    return pool.pdf(html, title=render.title(document), author="", lang=document.studio.language)


def untagged(pdf: bytes) -> bytes:
    """Most PDFs in the world have no tags."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for key in ("/StructTreeRoot", "/MarkInfo", "/Outlines"):
            if key in file.Root:
                del file.Root[key]
        out = io.BytesIO()
        file.save(out)
    return out.getvalue()


def read(case: Case) -> Read:
    started = time.perf_counter()
    try:
        imported = importers.read(case.pdf, "cv.pdf")
        found, doubts = imported.document, trusted(case.truth, imported.fields)
    except StudioError:
        found, doubts = Document(), Counter()
    elapsed = (time.perf_counter() - started) * 1000
    return Read(case, score(case.truth, found, case.without), elapsed, doubts)


def main() -> int:
    parser = argparse.ArgumentParser(description="Field F1 of imports.")
    parser.add_argument("--people", type=int, default=30, help="CVs per layout and language")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--held-out", action="store_true", help="seeds that were never looked at")
    parser.add_argument("--layout", default="", help="one layout or theme alone, or all of ours, or all others")
    parser.add_argument("--faults", action="store_true", help="every value that was missed or made up")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    first = HELD_OUT if asked.held_out else asked.first

    executable = browser_setup.find(settings().chromium_path, ROOT / "data")
    with tempfile.TemporaryDirectory() as scratch:
        fontconfig = fonts.write_config(Path(scratch))
        with Chromium(executable, fontconfig=fontconfig, temp=Path(scratch)) as pool:
            corpus = list(cases(pool, asked.people, first, asked.layout))
    with ProcessPoolExecutor(asked.processes) as workers:
        results = list(workers.map(read, corpus, chunksize=4))
    sys.stdout.write(report(results, faults=asked.faults))
    return 0 if met(results) else 1


def totals(results: list[Read]) -> dict[tuple[str, str, str], Score]:
    sums: dict[tuple[str, str, str], Score] = {}
    for one in results:
        case = one.case
        for key in ((case.group, "", ""), (case.group, case.layout, ""), (case.group, case.layout, case.language)):
            sums.setdefault(key, Score()).add(one.score)
    return sums


def met(results: list[Read]) -> bool:
    """Every design and every layout, in either language, by itself."""
    return all(
        whole.f1() >= (GROUPS[group] or 0.0) for (group, _, language), whole in totals(results).items() if language
    )


def report(results: list[Read], *, faults: bool) -> str:
    sums = totals(results)
    lines = []
    for group in GROUPS:
        if (group, "", "") not in sums:
            continue
        whole = sums[(group, "", "")]
        times = sorted(one.milliseconds for one in results if one.case.group == group)
        lines += [
            "",
            f"{group}: {len(times)} CVs, F1 {whole.f1():.4f}   "
            f"(p50 {times[len(times) // 2]:.0f} ms, p95 {times[int(len(times) * 0.95)]:.0f} ms a CV)",
        ]
        doubts = sum((one.doubts for one in results if one.case.group == group), Counter[tuple[bool, bool]]())
        lines.append(
            f"  {_wrong(doubts, False)} of the values it is sure of are wrong, {_wrong(doubts, True)} of the doubtful"
        )
        for name in dict.fromkeys(one.case.layout for one in results if one.case.group == group):
            by = "   ".join(
                f"{language} {sums[key].f1():.3f}"
                for language in ("fr", "en")
                if (key := (group, name, language)) in sums
            )
            lines.append(f"  {name:<14} {sums[(group, name, '')].f1():.3f}   {by}")
    groups = [group for group in GROUPS if (group, "", "") in sums]
    names = sorted({name for group in groups for name in sums[(group, "", "")].fields()})
    lines += ["", f"  {'field':<26}" + "".join(f"{group:>18}{'n':>7}" for group in groups)]
    for name in names:
        row = [sums[(group, "", "")] for group in groups]
        lines.append(f"  {name:<26}" + "".join(f"{whole.f1(name):>18.3f}{whole.count(name):>7}" for whole in row))
    if faults:
        for one in results:
            if one.score.faults:
                lines += ["", f"{one.case.group} {one.case.layout} {one.case.language}"]
                lines += [f"    {fault}" for fault in sorted(one.score.faults, key=lambda fault: fault[2:])]
    return "\n".join(lines) + "\n"


def _wrong(doubts: Counter[tuple[bool, bool]], doubted: bool) -> str:
    wrong, whole = doubts[(doubted, True)], doubts[(doubted, True)] + doubts[(doubted, False)]
    return f"{wrong} in {whole} ({100 * wrong / whole if whole else 0:.1f} %)"


if __name__ == "__main__":
    sys.exit(main())
