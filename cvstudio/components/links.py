"""Links: within the app without a reload, elsewhere as usual."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A
from reflex_components_core.react_router.dom import ReactRouterLink


def link(*children: Any, to: str | rx.Var[str], **props: Any) -> rx.Component:
    """To another page of ours; no trailing slash."""
    return ReactRouterLink.create(*children, to=to, **props)


def button_link(*children: Any, to: str | rx.Var[str], kind: str = "", **props: Any) -> rx.Component:
    """A link that looks like a button; `kind` is any of "primary", "quiet", "small", "large"."""
    return link(*children, to=to, class_name=f"button {kind}".strip(), **props)


def server_link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """To what the server itself answers (a file, the API's documentation) or to a place on this page.

    `rx.el.a` would not do: it navigates within the app.
    """
    return A.create(*children, href=href, **props)
