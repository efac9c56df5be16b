"""The design of the CV: its template, the knobs, and fitting it to a number of pages."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx
from pydantic import ValidationError

from cvstudio.document import Document
from cvstudio.document.model import CV_LANGUAGES, Design
from cvstudio.errors import InvalidInput
from cvstudio.render import page, preview, themes
from cvstudio.state.editor import FRAME, Editor
from cvstudio.state.editor_draft import checked_text
from cvstudio.state.preview import tell

Next: TypeAlias = Any

KNOBS = frozenset(Design.model_fields)
SMALLEST = 9.0  # points: below this, print is hard to read
STEP = 0.3  # points
DENSITIES = ("airy", "normal", "compact")
MARGINS = ("wide", "normal", "narrow")


class Designing(rx.State):
    goal: int = 0  # pages asked for, while the frame tries
    fitted: str = ""  # "", "done", "already", "impossible"
    least: int = 0  # pages at the tightest, when that is too many

    _tried: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)

    @rx.event
    async def use_template(self, slug: str) -> Next:
        """Raises TemplateNotFound."""
        self.fitted = ""
        return (await self.get_state(Editor)).use_template(checked_text(slug))

    @rx.event
    async def set_knob(self, knob: str, value: str | float) -> Next:
        """A blank value returns to the theme's own."""
        if checked_text(knob) not in KNOBS:
            raise InvalidInput("no such choice", fields={"design": [knob[:40]]})
        self.fitted = ""
        editor = await self.get_state(Editor)
        document = editor.begin_change(f"design.{knob}")
        # A range input sends a number.
        wanted = value if isinstance(value, int | float) else checked_text(value)
        _choose(document, {knob: wanted or None})
        return editor.changed()

    @rx.event
    async def plain(self) -> Next:
        """All knobs back to the theme's own."""
        self.fitted = ""
        editor = await self.get_state(Editor)
        editor.begin_change().studio.design = Design()
        return editor.changed(undoable="design_reset")

    @rx.event
    async def set_cv_language(self, language: str) -> Next:
        chosen = next((one for one in CV_LANGUAGES if one == checked_text(language)), None)
        if chosen is None:
            return None
        editor = await self.get_state(Editor)
        editor.begin_change().studio.language = chosen
        return editor.changed(anew=True)

    # ---- fit to N pages ------------------------------------------------------------------------------------

    @rx.event
    async def fit(self, goal: int) -> Next:
        """The frame measures ever tighter designs, in one go and unseen, and answers with the first that fits."""
        editor = await self.get_state(Editor)
        self.goal, self.fitted = max(1, min(9, int(goal))), ""
        if editor.pages <= self.goal:
            self.fitted = "already"
            return None
        document = editor._draft.document.model_copy(deep=True)
        self._tried = tighter(document)
        attempts = []
        for choices in self._tried:
            _choose(document, choices)
            shown = preview(document)
            attempts.append({"css": shown.css[: shown.css.index("}") + 1], "page": vars(shown.page)})
        return tell(FRAME, "cv:fit", goal=self.goal, attempts=attempts)

    @rx.event
    async def fit_found(self, index: int, pages: int) -> Next:
        """The frame's answer: the index of the design that fits, or -1 and the pages of the tightest."""
        tried, self._tried = self._tried, []
        if not tried:
            return None
        if not 0 <= int(index) < len(tried):
            self.fitted, self.least = "impossible", max(1, min(99, int(pages)))
            return None
        self.fitted = "done"
        editor = await self.get_state(Editor)
        _choose(editor.begin_change(), tried[int(index)])
        return editor.changed()

    @rx.event
    def forget(self) -> None:
        self.fitted = ""


def tighter(document: Document) -> list[dict[str, Any]]:
    """Designs from the present one to the tightest that is still readable, the least change first."""
    now = page.knobs(document, themes.of(document))
    densities = DENSITIES[DENSITIES.index(now.density) :]
    margins = MARGINS[MARGINS.index(now.margins) :]
    spaces = [(d, m) for d in densities for m in margins]
    spaces.sort(key=lambda space: densities.index(space[0]) + margins.index(space[1]))
    sizes = [now.size]
    while sizes[-1] > SMALLEST:
        sizes.append(round(max(SMALLEST, sizes[-1] - STEP), 1))
    tightest = spaces[-1]
    first = [(now.size, *space) for space in spaces[1:]]
    second = [(size, *tightest) for size in sizes[1:]]
    return [{"size": size, "density": density, "margins": margin} for size, density, margin in (*first, *second)]


def _choose(document: Document, choices: dict[str, Any]) -> None:
    """Raises InvalidInput, and then nothing has changed."""
    try:
        wanted = document.studio.design.model_dump(exclude_none=True) | choices
        document.studio.design = Design.model_validate(wanted)
    except ValidationError as fault:
        raise InvalidInput("no such choice", fields={"design": [fault.errors()[0]["msg"]]}) from fault
