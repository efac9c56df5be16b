"""The frame of the pages that lead into an account: a narrow column, and beside it a sheet with what awaits."""

from typing import Any

import reflex as rx

from cvstudio.components.shell import page
from cvstudio.locales import t


def door(name: str, title: rx.Var[str], lead: Any, *children: Any) -> rx.Component:
    """`name` is the page's route without the slash."""
    return page(
        name,
        rx.el.div(
            rx.el.div(
                rx.el.h1(title, class_name="display small"),
                rx.el.p(lead, class_name="door-lead"),
                *children,
                class_name="door-way",
            ),
            _sheet(),
            class_name="door wrap",
        ),
    )


def _sheet() -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            rx.el.p(t("forms.sheet_title"), class_name="title"),
            rx.el.ul(
                rx.el.li(t("forms.sheet_kept")),
                rx.el.li(t("forms.sheet_devices")),
                rx.el.li(t("forms.sheet_yours")),
            ),
            class_name="door-sheet",
        ),
        class_name="door-desk desk",
        aria_label=t("forms.sheet_title"),
    )
