"""Fit by meaning: to reach a number of pages the least relevant lines go first, and every one can be put back."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Document
from cvstudio.tailoring.assemble import Choice, chosen, document
from cvstudio.tailoring.profile import HEADERS, Profile
from cvstudio.tailoring.widgets import AIWidget, AIWidgetsEnvelope

Measure = Callable[[Document], int]  # pages the document takes, as it will be printed


class Removed(BaseModel):
    """A line left out to save room; its widget's id in `Choice.on` puts it back."""

    model_config = ConfigDict(frozen=True)

    widget_id: str
    text: str
    relevance_score: int


class Fitted(BaseModel):
    """`fits` is false when even the least that makes a CV takes more pages."""

    document: Document
    pages: int
    fits: bool
    widgets: tuple[str, ...]  # ids, in order
    removed: tuple[Removed, ...]  # the least relevant first


def fit(
    profile: Profile, envelope: AIWidgetsEnvelope, pages: int, measure: Measure, choice: Choice | None = None
) -> Fitted:
    """The most relevant lines that fit. Measures about log2(lines) times; type and margins stay as they are."""
    choice = choice or Choice()
    taken = chosen(profile, envelope, choice)
    order = _order(taken, profile, choice)

    def without(count: int) -> Document:
        gone = {widget.id for widget in order[:count]}
        kept = [widget for widget in taken if widget.id not in gone]
        return document(profile, envelope, kept, include_photo=choice.include_photo)

    made = without(0)
    took = measure(made)
    count = 0
    if took > pages:
        low, high = 1, len(order)
        made, took, count = without(high), 0, high
        took = measure(made)
        while took <= pages and low < high:
            middle = (low + high) // 2
            trial = without(middle)
            trial_pages = measure(trial)
            if trial_pages <= pages:
                high, made, took, count = middle, trial, trial_pages, middle
            else:
                low = middle + 1
    gone = {widget.id for widget in order[:count]}
    return Fitted(
        document=made,
        pages=took,
        fits=took <= pages,
        widgets=tuple(widget.id for widget in taken if widget.id not in gone),
        removed=tuple(
            Removed(widget_id=widget.id, text=widget.text, relevance_score=widget.relevance_score)
            for widget in order[:count]
        ),
    )


def _order(taken: list[AIWidget], profile: Profile, choice: Choice) -> list[AIWidget]:
    """The order of leaving: by score, a header only after its last line; what was put back by hand stays.

    The newest job and degree, and the languages, are no part of it.
    """
    facts = {widget.id: profile.find(widget.id.removeprefix("widget_")) for widget in taken}
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

    return sorted((one for one in free if (fact := facts[one.id]) and fact.id not in held), key=leaves)
