"""The live preview: an iframe (assets/preview.html) that shows a CV's very pages, as state.preview tells it."""

from typing import Any

import reflex as rx

from cvstudio.locales import t


class PreviewFrame(rx.Component):
    """The page's side of the frame, see assets/preview-frame.jsx."""

    library = "$/public/preview-frame.jsx"
    tag = "PreviewFrame"

    frame_title: rx.Var[str]
    words: rx.Var[dict[str, str]]
    zoomable: rx.Var[bool]
    pickable: rx.Var[bool]
    beside: rx.Var[str]

    on_pages: rx.EventHandler[rx.event.passthrough_event_spec(int, bool)]
    on_fitted: rx.EventHandler[rx.event.passthrough_event_spec(int, int)]
    on_pick: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_lost: rx.EventHandler[rx.event.no_args_event_spec]


def preview_frame(frame_id: str, **props: Any) -> rx.Component:
    """A frame to be told what to show by `state.preview.show(frame_id, …)`.

    `zoomable` adds zoom buttons; `pickable` makes parts clickable: `on_pick` gets their path ("work/<id>").
    The frame with the id `beside` is scrolled with this one.
    `on_pages` gets the number of pages and whether something is wider than a page;
    `on_fitted` answers "cv:fit" (see assets/preview.js); `on_lost` asks for all, after a change to what is not there.
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
