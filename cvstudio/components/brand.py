"""The mark: a sheet between crop marks, as a printer trims it."""

import reflex as rx

from cvstudio.locales import t


def mark(size: int = 26) -> rx.Component:
    return rx.el.svg(
        rx.el.path(d="M8 1v5M1 8h5M24 1v5M31 8h-5M8 31v-5M1 24h5M24 31v-5M31 24h-5", class_name="mark-crop"),
        rx.el.rect(x="8.5", y="8.5", width="15", height="15", class_name="mark-sheet"),
        view_box="0 0 32 32",
        width=str(size),
        height=str(size),
        fill="none",
        stroke_width="2.4",
        class_name="mark",
        aria_hidden="true",
    )


def wordmark() -> rx.Component:
    return rx.fragment(mark(), rx.el.span(t("shell.product")))
