"""The dialog in which a CV's owner shares it, sees what became of that, and withdraws it."""

from __future__ import annotations

import reflex as rx

from cvstudio.components.links import server_link
from cvstudio.components.modal import modal
from cvstudio.locales import count, t
from cvstudio.state.editor_share import Sharing


def share_dialog() -> rx.Component:
    title, shared = t("editor.share_title"), Sharing.link.token != ""
    return modal(
        rx.el.div(
            rx.el.h2(title, class_name="title"),
            rx.el.p(rx.cond(shared, t("editor.share_is_on"), t("editor.share_text"))),
            rx.el.p(Sharing.said, id="share-said", role="status", tab_index=-1),
            rx.cond(shared, _address()),
            rx.el.form(
                rx.el.div(
                    rx.el.label(
                        rx.cond(Sharing.link.locked, t("editor.share_new_password"), t("editor.share_password")),
                        html_for="share-password",
                    ),
                    rx.el.input(
                        id="share-password",
                        name="password",
                        type="password",
                        auto_complete="new-password",
                        max_length=256,
                    ),
                    class_name="field",
                ),
                rx.cond(Sharing.link.locked, _choice("unlocked", t("editor.share_unlock"))),
                rx.el.div(
                    rx.el.label(t("editor.share_expires"), html_for="share-expires"),
                    rx.el.input(id="share-expires", name="expires", type="date", default_value=Sharing.link.expires),
                    class_name="field",
                ),
                _choice("listed", t("editor.share_listed"), checked=Sharing.link.listed),
                rx.el.p(Sharing.problem, id="share-problem", role="alert", class_name="wrong", tab_index=-1),
                rx.el.div(
                    rx.el.button(
                        rx.cond(shared, t("editor.share_change"), t("editor.share_go")),
                        type="submit",
                        class_name="button primary",
                    ),
                    rx.cond(
                        shared,
                        rx.el.button(
                            t("editor.share_withdraw"),
                            type="button",
                            class_name="button danger",
                            on_click=Sharing.withdraw,
                        ),
                    ),
                    rx.el.button(t("editor.close"), type="button", class_name="button", on_click=Sharing.close),
                    class_name="actions",
                ),
                key=Sharing.asked,
                class_name="sharing-form",
                on_submit=Sharing.share,
            ),
            class_name="dialog sharing",
        ),
        open=Sharing.opened,
        label=title,
        on_close=Sharing.close,
    )


def _address() -> rx.Component:
    return rx.el.div(
        server_link(Sharing.address, href=Sharing.address, target="_blank", id="share-address"),
        rx.el.button(
            t("editor.share_copy"),
            type="button",
            class_name="button small",
            on_click=[rx.set_clipboard(Sharing.address), rx.toast(t("editor.share_copied"))],
        ),
        rx.el.p(
            count("editor.share_views", Sharing.link.views),
            " · ",
            count("editor.share_downloads", Sharing.link.downloads),
            class_name="note",
        ),
        class_name="notice sharing-link",
    )


def _choice(name: str, label: rx.Var[str], checked: rx.Var[bool] | bool = False) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, value="yes", default_checked=checked),
        label,
        class_name="sharing-choice",
    )
