"""Links: within the app without a reload, elsewhere as usual."""

from typing import Any

import reflex as rx
from reflex.components.component import Component
from reflex_components_core.react_router.dom import ReactRouterLink


def link(*children: Any, to: str | rx.Var[str], **props: Any) -> rx.Component:
    """To another page of ours; no trailing slash."""
    return ReactRouterLink.create(*children, to=to, **props)


def button_link(*children: Any, to: str | rx.Var[str], kind: str = "", **props: Any) -> rx.Component:
    """A link that looks like a button; `kind` is any of "primary", "quiet", "small", "large"."""
    return link(*children, to=to, class_name=f"button {kind}".strip(), **props)


def server_link(*children: Any, href: str, **props: Any) -> Component:
    """To something the server answers itself (a file, the API's documentation)."""
    return rx.el.a(*children, href=href, **props)
