"""A newer version of the CV's template: that there is one, and both side by side to choose from."""

import reflex as rx

from cvstudio.components.comparison import comparison
from cvstudio.components.modal import modal
from cvstudio.locales import t
from cvstudio.state.editor import Editor
from cvstudio.state.editor_upgrade import AFTER, BEFORE, HEADING, Upgrading


def upgrade_notice() -> rx.Component:
    return rx.cond(
        Editor.begun & (Editor.design.newer > 0),
        rx.el.div(
            rx.el.p(t("editor.upgrade_offer")),
            rx.el.button(
                t("editor.upgrade_compare"), type="button", class_name="button small", on_click=Upgrading.compare
            ),
            class_name="notice line",
        ),
    )


def upgrade_dialog() -> rx.Component:
    title = t("editor.upgrade_title")
    return modal(
        rx.el.div(
            rx.el.div(
                rx.el.h2(title, id=HEADING.removeprefix("#"), tab_index=-1, class_name="title"),
                rx.el.p(t("editor.upgrade_text")),
                class_name="import-head",
            ),
            rx.el.div(
                rx.cond(
                    Upgrading.opened,
                    comparison(BEFORE, AFTER, t("editor.upgrade_yours"), t("editor.upgrade_newer")),
                ),
                class_name="upgrade-frames",
            ),
            rx.el.div(
                rx.el.div(
                    rx.el.button(
                        t("editor.upgrade_take"), type="button", class_name="button primary", on_click=Upgrading.take
                    ),
                    rx.el.button(
                        t("editor.upgrade_keep"), type="button", class_name="button", on_click=Upgrading.close
                    ),
                    class_name="actions",
                ),
                class_name="import-foot",
            ),
            class_name="dialog",
        ),
        open=Upgrading.opened,
        label=title,
        on_close=Upgrading.close,
        class_name="importing upgrading",
    )
