"""Fit by meaning: to reach a number of pages the least relevant goes first, and all of it can be put back.

Lines below the score we recommend go, then what is said about companies, then lines that matter are shortened, then
these go too; the jobs themselves go last of all. Type and margins stay as they are. What went before the one that made
it fit may have made no room: beside it in another column, or more than was needed. As much of it as can comes back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import zip_longest
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Document
from cvstudio.tailoring.assemble import Choice, chosen, document
from cvstudio.tailoring.grounding import Gate
from cvstudio.tailoring.profile import HEADERS, Fact, Profile
from cvstudio.tailoring.shorten import cuts
from cvstudio.tailoring.tailor import mattering
from cvstudio.tailoring.widgets import AIWidget, AIWidgetsEnvelope

TRIES = 4  # measurements to put lines back
Measure = Callable[[Document], int]  # pages the document takes, as it will be printed


class Removed(BaseModel):
    """A line left out to save room; its widget's id in `Choice.on` puts it back."""

    model_config = ConfigDict(frozen=True)

    widget_id: str
    text: str
    relevance_score: int


class Shortened(BaseModel):
    """A line made shorter; without it in `Choice.short` it is whole again.

    A blank `short`: the widget stays as it is, without `text`, which was said about its company.
    """

    model_config = ConfigDict(frozen=True)

    widget_id: str
    text: str  # whole
    short: str
    relevance_score: int


class Fitted(BaseModel):
    """`fits` is false when even the least that makes a CV takes more pages."""

    document: Document
    pages: int
    fits: bool
    widgets: tuple[str, ...]  # ids, in order
    removed: tuple[Removed, ...]  # the first to go first
    shortened: tuple[Shortened, ...] = ()  # the least relevant first


class _Step(NamedTuple):
    widget: AIWidget
    short: str | None = None  # None: it goes


def fit(
    profile: Profile, envelope: AIWidgetsEnvelope, pages: int, measure: Measure, choice: Choice | None = None
) -> Fitted:
    """The most relevant lines that fit. Measures about log2(steps) + TRIES times."""
    choice = choice or Choice()
    taken = chosen(profile, envelope, choice)
    steps: list[_Step] = []

    def after(count: int, back: frozenset[str] | set[str] = frozenset()) -> Document:
        gone, short = _done(steps[:count], choice)
        gone -= back
        kept = [widget for widget in taken if widget.id not in gone]
        return document(profile, envelope, kept, choice.model_copy(update={"short": short}))

    made = after(0)
    took = measure(made)
    count = 0
    if took > pages:
        steps = _steps(taken, profile, choice, mattering(envelope))
        low, high = 1, len(steps)
        made, count = after(high), high
        took = measure(made)
        while took <= pages and low < high:
            middle = (low + high) // 2
            trial = after(middle)
            trial_pages = measure(trial)
            if trial_pages <= pages:
                high, made, took, count = middle, trial, trial_pages, middle
            else:
                low = middle + 1
    gone, short = _done(steps[:count], choice)
    back: set[str] = set()

    def fits(some: set[str]) -> bool:
        nonlocal made, took
        trial = after(count, some)
        if (trial_pages := measure(trial)) > pages:
            return False
        made, took = trial, trial_pages
        return True

    if count and took <= pages:
        back = _put_back(steps[:count], profile, fits)
    gone -= back
    return Fitted(
        document=made,
        pages=took,
        fits=took <= pages,
        widgets=tuple(widget.id for widget in taken if widget.id not in gone),
        removed=tuple(_removed(step.widget) for step in steps[:count] if step.short is None and step.widget.id in gone),
        shortened=tuple(
            _shortened(widget, profile, short[widget.id])
            for widget in sorted(taken, key=lambda one: (one.relevance_score, one.id))
            if widget.id in short and widget.id not in gone and short[widget.id] != choice.short.get(widget.id)
        ),
    )


def _put_back(steps: list[_Step], profile: Profile, fits: Callable[[set[str]], bool]) -> set[str]:
    """Of the lines that went before the last step, which alone is known to be needed, those that fit all the same.

    Each section's at once, which may stand in another column, then by halves; of the last step's own section one at a
    time, each shorter than what did not fit.
    """
    last = steps[-1]
    room = len(last.widget.text) - len(last.short or "")
    gone = [step.widget for step in reversed(steps[:-1]) if step.short is None]
    absent = {widget.id for widget in gone} | {last.widget.id if last.short is None else ""}
    sections: dict[str, list[AIWidget]] = {}
    for widget in gone:
        sections.setdefault(widget.section, []).append(widget)
    waiting = deque(sections.values())
    back: set[str] = set()
    tries = 0
    while waiting and tries < TRIES:
        lines = waiting.popleft()
        own = lines[0].section == last.widget.section
        lines = [one for one in lines if len(one.text) < room] if own else lines
        some = _under_headers(lines[:1] if own else lines, profile, absent)
        found = {one.id for one in some}
        if found:
            tries += 1
            if fits(back | found):
                back |= found
                absent -= found
            elif own:
                room = len(some[0].text)
            elif len(some) > 1:
                half = len(some) // 2
                waiting.extend((some[:half], some[half:]))
        if own and lines[1:]:
            waiting.append(lines[1:])
    return back


def _under_headers(lines: list[AIWidget], profile: Profile, absent: set[str]) -> list[AIWidget]:
    """Without those whose header is absent and not among them."""
    missing = absent - {one.id for one in lines}
    facts = [(one, profile.find(one.id.removeprefix("widget_"))) for one in lines]
    return [one for one, fact in facts if fact is None or f"widget_{fact.of}" not in missing]


def _done(steps: list[_Step], choice: Choice) -> tuple[set[str], dict[str, str]]:
    """What is gone after these steps, and the texts that are shorter."""
    return (
        {step.widget.id for step in steps if step.short is None},
        {**choice.short, **{step.widget.id: step.short for step in steps if step.short is not None}},
    )


def _steps(taken: list[AIWidget], profile: Profile, choice: Choice, matters: int) -> list[_Step]:
    """What can be done, in this order. A line whose score `matters` is shortened before it goes."""
    facts = {widget.id: profile.find(widget.id.removeprefix("widget_")) for widget in taken}
    order = _order(taken, facts, choice)
    lines = [(worth, widget) for worth, widget in order if not _is(facts[widget.id], "experience")]
    jobs = [_Step(widget) for _, widget in order if _is(facts[widget.id], "experience")]
    little = [_Step(widget) for worth, widget in lines if worth < matters]
    much = [_Step(widget) for worth, widget in lines if worth >= matters]
    going = {step.widget.id for step in little}
    staying = sorted(
        (widget for widget in taken if widget.id not in going and widget.id not in choice.on),
        key=lambda one: (one.relevance_score, one.id),
    )
    gate = Gate(profile)
    plain = [_Step(one, "") for one in staying if (fact := facts[one.id]) and fact.about and one.id not in choice.short]
    rounds = zip_longest(*(_shorter(one, facts[one.id], gate, choice) for one in staying))
    shorter = [step for turn in rounds for step in turn if step]
    return [*little, *plain, *shorter, *much, *jobs]


def _shorter(widget: AIWidget, fact: Fact | None, gate: Gate, choice: Choice) -> list[_Step]:
    """The ways to shorten a line, mildest first, as far as its facts carry what is left."""
    if fact is None or fact.kind != "realisation" or widget.sources is None:
        return []
    found = []
    for cut in cuts(choice.short.get(widget.id) or widget.text):
        if gate.flaws(cut, widget.sources.ids()):
            break
        found.append(_Step(widget, cut))
    return found


def _removed(widget: AIWidget) -> Removed:
    return Removed(widget_id=widget.id, text=widget.text, relevance_score=widget.relevance_score)


def _shortened(widget: AIWidget, profile: Profile, short: str) -> Shortened:
    fact = profile.find(widget.id.removeprefix("widget_"))
    text = widget.text if short or fact is None else fact.about
    return Shortened(widget_id=widget.id, text=text, short=short, relevance_score=widget.relevance_score)


def _is(fact: Fact | None, kind: str) -> bool:
    return fact is not None and fact.kind == kind


def _order(taken: list[AIWidget], facts: dict[str, Fact | None], choice: Choice) -> list[tuple[int, AIWidget]]:
    """The order of leaving, with what decides it: a header only after its last line; what was put back by hand stays.

    The newest job and degree, and the languages, are no part of it.
    """
    newest: dict[str, str] = {}
    for widget in taken:
        fact = facts[widget.id]
        if fact and fact.kind in ("experience", "education"):
            newest.setdefault(fact.kind, widget.id)
    free = [
        widget
        for widget in taken
        if widget.id not in choice.on
        and widget.id not in newest.values()
        and (fact := facts[widget.id])
        and fact.kind != "language"
    ]
    kept = {widget.id for widget in taken} - {widget.id for widget in free}
    held = {fact.of for widget_id in kept if (fact := facts[widget_id])}
    worth: dict[str, int] = {}
    for widget in free:
        fact = facts[widget.id]
        if fact and fact.of:
            worth[fact.of] = max(worth.get(fact.of, 0), widget.relevance_score)

    def leaves(widget: AIWidget) -> tuple[int, bool, str]:
        fact = facts[widget.id]
        header = fact is not None and fact.kind in HEADERS
        own = max(widget.relevance_score, worth.get(fact.id, 0)) if fact and header else widget.relevance_score
        return own, header, widget.id

    leaving = sorted((one for one in free if (fact := facts[one.id]) and fact.id not in held), key=leaves)
    return [(leaves(one)[0], one) for one in leaving]
