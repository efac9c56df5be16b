"""What a page tells a preview frame (components.preview): the CV to show, and where to look."""

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import reflex as rx
from reflex.event import EventSpec

from cvstudio.render import Preview, fonts

FONTS_ADDRESS = "/api/fonts"


def show(frame_id: str, shown: Preview, *, styles: bool = True) -> EventSpec:
    """Show this CV; `styles=False` when the frame has the same styles already."""
    return tell(frame_id, "cv:show", **message(shown, styles=styles))


def message(shown: Preview, *, styles: bool = True) -> dict[str, Any]:
    told: dict[str, Any] = {"body": shown.body, "language": shown.language}
    if styles:
        told |= {"css": shown.css, "faces": faces(shown.fonts), "page": asdict(shown.page)}
    return told


@lru_cache(maxsize=64)
def faces(slugs: tuple[str, ...]) -> str:
    return fonts.face_css(slugs, FONTS_ADDRESS)


def tell(frame_id: str, kind: str, **told: Any) -> EventSpec:
    """The message is data whatever it holds: JSON without "<", which Reflex and HTML might read something into."""
    return rx.call_script(f"(window.cvPreview??=[]).push({script({'to': frame_id, 'type': kind, **told})})")


def script(value: object) -> str:
    """A value as JavaScript source."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
