"""A dialog over the page, on the browser's own <dialog>."""

from typing import Any

import reflex as rx


class Modal(rx.Component):
    """See assets/studio.jsx."""

    library = "$/public/studio.jsx"
    tag = "Modal"

    open: rx.Var[bool]
    label: rx.Var[str]

    on_close: rx.EventHandler[rx.event.no_args_event_spec]
    on_key: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def modal(*children: Any, open: rx.Var[bool], label: rx.Var[str], **props: Any) -> rx.Component:
    """`on_close` must make `open` false; `on_key` gets "ArrowLeft" and "ArrowRight" typed outside fields."""
    return Modal.create(*children, open=open, label=label, **props)
