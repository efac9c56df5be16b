"""Design knobs resolved against a theme, and the exact size of a page in CSS pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from cvstudio.document import Document
from cvstudio.render.themes import Defaults, Theme

PAGES = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}  # millimetres
PX_PER_MM = 96 / 25.4


@dataclass(frozen=True)
class PageBox:
    """CSS pixels. Chromium rounds a printed page's content box up to whole pixels, so the preview's columns do too."""

    width: int
    height: int
    content_width: int
    content_height: int
    margin_x: float
    margin_y: float


def knobs(document: Document, theme: Theme) -> Defaults:
    """The theme's defaults with the owner's choices on top."""
    return theme.defaults.model_copy(
        update=document.studio.design.model_dump(include=set(Defaults.model_fields), exclude_none=True)
    )


def margins_mm(theme: Theme, design: Defaults) -> tuple[float, float]:
    """(vertical, horizontal) white space around the content, whoever provides it: @page or padding."""
    return {"narrow": theme.margins.narrow, "normal": theme.margins.normal, "wide": theme.margins.wide}[design.margins]


def page_box(theme: Theme, design: Defaults) -> PageBox:
    width, height = PAGES[design.page]
    vertical, horizontal = (0.0, 0.0) if theme.bleed else margins_mm(theme, design)
    return PageBox(
        width=_pixels(width),
        height=_pixels(height),
        content_width=_pixels(width - 2 * horizontal),
        content_height=_pixels(height - 2 * vertical),
        margin_x=horizontal * PX_PER_MM,
        margin_y=vertical * PX_PER_MM,
    )


def _pixels(millimetres: float) -> int:
    """Up to whole CSS pixels; 215.9 mm are 816, though the product of floats is a hair more."""
    return math.ceil(round(millimetres * PX_PER_MM, 3))
