"""Two CVs side by side, their pages scrolled as one; in a narrow window one of the two, chosen without the server."""

import reflex as rx

from cvstudio.components.preview import preview_frame
from cvstudio.locales import t


def comparison(before: str, after: str, was: rx.Var[str], becomes: rx.Var[str]) -> rx.Component:
    """`before` and `after` are ids of frames for `state.preview.show`; `was` and `becomes` what they are called."""
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend(t("preview.see"), class_name="visually-hidden"),
            _side("before", before, was, checked=True),
            _side("after", after, becomes),
            class_name="compared-sides chips",
        ),
        _frame("before", before, after, was),
        _frame("after", after, before, becomes),
        class_name="compared-frames",
    )


def _side(side: str, frame_id: str, label: rx.Var[str], *, checked: bool = False) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="compared-side", id=f"see-{frame_id}", value=side, default_checked=checked),
        rx.el.span(label),
        class_name="chip",
    )


def _frame(side: str, frame_id: str, other_id: str, label: rx.Var[str]) -> rx.Component:
    return rx.el.figure(
        rx.el.figcaption(label),
        preview_frame(frame_id, beside=other_id),
        class_name=f"desk compared-{side}",
    )
