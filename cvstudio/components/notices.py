"""What the app says beside the page: toasts, the connection banner, empty pages, a page that broke."""

from typing import Any

import reflex as rx
from reflex.vars import Var
from reflex_components_core.base.error_boundary import ErrorBoundary
from reflex_components_core.core.banner import has_too_many_connection_errors

from cvstudio.components.links import server_link
from cvstudio.locales import t

TOAST_MS = 8000  # long enough to read two lines without haste


def toaster() -> rx.Component:
    return rx.toast.provider(
        position="bottom-center",
        rich_colors=False,
        expand=False,
        close_button=True,
        custom_attrs={
            "containerAriaLabel": t("shell.toasts"),
            "toastOptions": Var.create({"duration": TOAST_MS, "closeButtonAriaLabel": t("shell.close")}),
        },
    )


def connection_banner(_stateful: bool = True) -> rx.Component:
    """Over the page, so that nothing moves; Reflex has by then failed to reconnect twice."""
    banner = rx.el.div(
        rx.cond(
            has_too_many_connection_errors,
            rx.el.p(
                rx.icon("cloud-off", size=18, aria_hidden="true"), t("shell.offline"), class_name="connection-lost"
            ),
        ),
        role="status",
    )
    # Reflex puts the page inside of what it gets here: beside the banner, not into it.
    return rx.fragment(banner)


def broken_page(_stateful: bool = True) -> rx.Component:
    """Catches what goes wrong while a page draws itself: says so without the technicalities."""
    shown = rx.el.div(
        rx.el.h1(t("shell.broken_title")),
        rx.el.p(t("shell.broken_text")),
        server_link(t("shell.reload"), href="", class_name="button primary"),
        class_name="empty",
        role="alert",
    )
    return ErrorBoundary.create(fallback_render=Var.create(shown))


def empty_state(title: Any, text: Any, *actions: rx.Component) -> rx.Component:
    """Says why there is nothing here and what to do next."""
    return rx.el.div(
        rx.el.h2(title), rx.el.p(text), rx.el.div(*actions, class_name="empty-actions"), class_name="empty"
    )
