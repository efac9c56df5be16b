"""What a page draws beside its letters: bullets, rules, frames around words, and spaces by themselves."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pypdfium2 import raw

from cvstudio.importers.model import Box

MAX_OBJECTS = 20_000  # of a page
THIN = 3.5  # points: a shape no higher is a rule
SHORT = 8.0  # points: a shape no wider is none
FRAMES = 3  # fewer frames on a page are ornaments
MAX_FRAMES = 400


@dataclass(slots=True)
class Shapes:
    """Boxes are (left, top, right, bottom), in points from the top left of the page."""

    boxes: list[Box] = field(default_factory=list)
    spaces: dict[int, tuple[float, float]] = field(default_factory=dict)  # (x, y) of one, by the text after it

    @property
    def rules(self) -> list[Box]:
        return [box for box in self.boxes if box[3] - box[1] <= THIN and box[2] - box[0] > SHORT]

    def bullets(self, body: float) -> list[Box]:
        """Small shapes: many designs draw their bullets instead of typing them. `body`: size of the text."""
        return [
            (left, top, right, bottom)
            for left, top, right, bottom in self.boxes
            if 0.1 * body < right - left < 0.75 * body and 0.04 * body < bottom - top < 0.75 * body
        ]

    def frames(self, body: float) -> list[Box]:
        """As high as a line of text: skills are often set in one each."""
        found = [
            (left, top, right, bottom)
            for left, top, right, bottom in self.boxes
            if 1.05 * body < bottom - top < 2.6 * body and 1.2 * body < right - left < 30 * body
        ]
        return found if FRAMES <= len(found) <= MAX_FRAMES else []


def shapes(sheet: Any, height: float) -> Shapes:
    """Of a page. A browser draws each letter for itself, and PDFium passes over texts that are nothing but a space,
    then supposes spaces where the letters leave room."""
    found = Shapes()
    left, low, right, high = (ctypes.c_float() for _ in range(4))
    matrix = raw.FS_MATRIX()
    space: tuple[float, float] | None = None
    for index in range(min(raw.FPDFPage_CountObjects(sheet), MAX_OBJECTS)):
        shape = raw.FPDFPage_GetObject(sheet, index)
        kind = raw.FPDFPageObj_GetType(shape)
        if kind not in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_TEXT):
            continue
        if not raw.FPDFPageObj_GetBounds(shape, left, low, right, high):
            continue
        if kind == raw.FPDF_PAGEOBJ_PATH:
            found.boxes.append((left.value, height - high.value, right.value, height - low.value))
        elif right.value - left.value < 0.01:
            raw.FPDFPageObj_GetMatrix(shape, matrix)
            space = (matrix.e, matrix.f)
        elif space:
            found.spaces[ctypes.cast(shape, ctypes.c_void_p).value or 0] = space
            space = None
    return found


def crossed(rules: Iterable[Box], x: float) -> list[float]:
    """How far down the page rules cross x."""
    return sorted({round(bottom, 1) for left, _, right, bottom in rules if left < x - 5 and right > x + 5})
