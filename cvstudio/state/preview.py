"""What a page tells a preview frame (components.preview): the CV to show, and where to look."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from typing import Any, NamedTuple

from reflex.event import Event

from cvstudio.render import PageBox, Preview, fonts

FONTS_ADDRESS = "/api/fonts"


class Told(NamedTuple):
    """What a frame was told last: it is told what is new, and can say when it missed something."""

    turn: int = 0
    body: str = ""
    styles: tuple[str, PageBox] | None = None


def show(frame_id: str, shown: Preview, *, styles: bool = True) -> Event:
    """Show this CV; `styles=False` when the frame has the same styles already."""
    return tell(frame_id, "cv:show", **message(shown, styles=styles))


def show_change(frame_id: str, shown: Preview, told: Told) -> tuple[Event, Told]:
    """Show this CV in a frame that was told so much; and what it has been told then."""
    now = Told(told.turn + 1, shown.body, (shown.css, shown.page))
    whole = message(shown, styles=now.styles != told.styles)
    spliced = {"splice": splice(told.body, shown.body)} if told.turn else {}
    if spliced and len(spliced["splice"][2]) < len(shown.body) // 2:
        del whole["body"]
        whole |= spliced
    return tell(frame_id, "cv:show", turn=now.turn, **whole), now


def splice(before: str, after: str) -> tuple[int, int, str]:
    """(how much stays at the beginning, how much at the end, the text between); counted as JavaScript counts."""
    shorter = min(len(before), len(after))
    head = _most(shorter, lambda least, most: before.startswith(after[least:most], least))
    end = len(after)
    tail = _most(
        shorter - head, lambda least, most: before.endswith(after[end - most : end - least], 0, len(before) - least)
    )
    return _units(after[:head]), _units(after[end - tail :]), after[head : end - tail]


def _most(most: int, alike: Callable[[int, int], bool]) -> int:
    """How far two texts are alike: by halves, as comparing long texts is quick."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if alike(least, middle):
            least = middle
        else:
            most = middle - 1
    return least


def _units(text: str) -> int:
    """UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def message(shown: Preview, *, styles: bool = True) -> dict[str, Any]:
    told: dict[str, Any] = {"body": shown.body, "language": shown.language}
    if styles:
        told |= {"css": shown.css, "faces": faces(shown.fonts), "page": asdict(shown.page)}
    return told


@lru_cache(maxsize=64)
def faces(slugs: tuple[str, ...]) -> str:
    return fonts.face_css(slugs, FONTS_ADDRESS)


def tell(frame_id: str, kind: str, **told: Any) -> Event:
    """The message is data whatever it holds: JSON without "<", which Reflex and HTML might read something into."""
    return run(f"(window.cvPreview??=[]).push({script({'to': frame_id, 'type': kind, **told})})")


def run(code: str) -> Event:
    """What `rx.call_script` comes to, without the variables it makes of the code on the way."""
    return Event(name="_call_script", payload={"javascript_code": code, "callback": None})


def script(value: object) -> str:
    """A value as JavaScript source."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
