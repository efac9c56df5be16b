"""The live preview: an iframe (assets/preview.html) that shows a CV's very pages, and what to tell it."""

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import reflex as rx

from cvstudio.locales import t
from cvstudio.render import Preview, fonts

FONTS_ADDRESS = "/api/fonts"


class PreviewFrame(rx.Component):
    """The page's side of the frame, see assets/preview-frame.jsx."""

    library = "$/public/preview-frame.jsx"
    tag = "PreviewFrame"

    frame_title: rx.Var[str]
    words: rx.Var[dict[str, str]]
    zoomable: rx.Var[bool]
    pickable: rx.Var[bool]

    on_pages: rx.EventHandler[rx.event.passthrough_event_spec(int, bool)]
    on_pick: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def preview_frame(frame_id: str, **props: Any) -> rx.Component:
    """A frame to be told what to show by `show(frame_id, …)`.

    `zoomable` adds zoom buttons; `pickable` makes parts clickable: `on_pick` gets their path ("work/<id>").
    `on_pages` gets the number of pages and whether something is wider than a page.
    """
    return PreviewFrame.create(
        id=frame_id,
        frame_title=t("preview.title"),
        words=rx.Var.create(
            {
                "document": t("preview.document"),
                "page": t("preview.page"),
                "zoom": t("preview.zoom"),
                "in": t("preview.zoom_in"),
                "out": t("preview.zoom_out"),
                "fit": t("preview.fit"),
            }
        ),
        **props,
    )


def message(shown: Preview, *, styles: bool = True) -> dict[str, Any]:
    """What the frame needs to show this; `styles=False` when it has the same styles already."""
    told: dict[str, Any] = {"body": shown.body, "language": shown.language}
    if styles:
        told |= {"css": shown.css, "faces": faces(shown.fonts), "page": asdict(shown.page)}
    return told


@lru_cache(maxsize=64)
def faces(slugs: tuple[str, ...]) -> str:
    return fonts.face_css(slugs, FONTS_ADDRESS)


def show(frame_id: str, shown: Preview, *, styles: bool = True) -> rx.event.EventSpec:
    return tell(frame_id, "cv:show", **message(shown, styles=styles))


def tell(frame_id: str, kind: str, **told: Any) -> rx.event.EventSpec:
    """The message is data whatever it holds: JSON without "<", which Reflex and HTML might read something into."""
    payload = json.dumps({"to": frame_id, "type": kind, **told}, ensure_ascii=False).replace("<", "\\u003c")
    return rx.call_script(f"(window.cvPreview??=[]).push({payload})")
