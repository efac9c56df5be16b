"""The frame of the account page's parts: what it is about, and beside it what can be done."""

from typing import Any

import reflex as rx


def part(name: str, title: rx.Var[str], text: Any, *children: Any, kind: str = "") -> rx.Component:
    """`name` is where #name leads; `kind` a class on top."""
    return rx.el.section(
        rx.el.div(rx.el.h2(title, class_name="title", id=f"{name}-title"), rx.el.p(text), class_name="account-head"),
        rx.el.div(*children),
        id=name,
        aria_labelledby=f"{name}-title",
        class_name=f"account-part {kind}".strip(),
    )
