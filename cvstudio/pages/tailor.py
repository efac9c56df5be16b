"""/tailor: a CV is fitted to a job offer, line by line, with the result beside it."""

import reflex as rx

from cvstudio.components.preview import preview_frame
from cvstudio.components.shell import page
from cvstudio.components.tailor.reading import given, no_cv, offer
from cvstudio.components.tailor.recent import recent
from cvstudio.components.tailor.result import bar, lines, match, tips
from cvstudio.locales import t
from cvstudio.state.tailor import FRAME, Tailor


def tailor() -> rx.Component:
    return page(
        "tailor",
        rx.el.div(
            rx.el.div(
                rx.el.header(
                    rx.el.h1(t("tailor.title"), class_name="display small"),
                    rx.el.p(t("tailor.lead"), class_name="lead"),
                    class_name="tailor-head",
                ),
                rx.cond(
                    Tailor.ready & (Tailor.cv_id == ""),
                    no_cv(),
                    rx.fragment(
                        given(),
                        recent(),
                        rx.cond(Tailor.read > 0, rx.fragment(bar(), offer(), match(), lines(), tips())),
                    ),
                ),
                class_name="tailor-work",
            ),
            rx.el.section(
                preview_frame(FRAME, zoomable=True, on_pages=Tailor.counted, on_fitted=Tailor.measured),
                id="tailored",
                class_name=rx.cond(
                    Tailor.ready & (Tailor.cv_id == ""), "tailor-stage desk without", "tailor-stage desk"
                ),
                aria_label=t("tailor.preview"),
            ),
            class_name="tailor",
        ),
    )
