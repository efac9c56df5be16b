"""Where a wrong address leads."""

import reflex as rx

from cvstudio.components.links import button_link
from cvstudio.components.shell import page
from cvstudio.locales import t


def not_found() -> rx.Component:
    return page(
        "not-found",
        rx.el.div(
            rx.el.h1(t("not_found.title"), class_name="display small"),
            rx.el.p(t("not_found.text"), class_name="lead"),
            rx.el.div(
                button_link(t("not_found.home"), to="/", kind="primary"),
                button_link(t("shell.templates"), to="/templates"),
                class_name="empty-actions",
            ),
            class_name="wrap lost",
        ),
    )
