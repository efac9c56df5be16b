"""The dialog in which a person says what is good or broken, and the ways to it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cvstudio.components.modal import modal
from cvstudio.locales import t
from cvstudio.state.feedback import COMMENT_MOST, Opinion

RATINGS = (1, 2, 3, 4, 5)


def feedback_button(menu: str = "") -> rx.Component:
    """Opens it; from within a `menu` (its id), which goes away first."""
    hides: dict[str, Any] = {"popoverTarget": menu, "popoverTargetAction": "hide"} if menu else {}
    return rx.el.button(
        t("feedback.open"), type="button", class_name="as-link", on_click=Opinion.ask, custom_attrs=hides
    )


def feedback_icon() -> rx.Component:
    """The same where there is little room."""
    return rx.el.button(
        rx.icon("message-circle", size=18, aria_hidden="true"),
        type="button",
        class_name="button quiet icon",
        aria_label=t("feedback.open"),
        title=t("feedback.open"),
        on_click=Opinion.ask,
    )


def feedback_dialog() -> rx.Component:
    return modal(
        rx.cond(Opinion.opened, rx.cond(Opinion.thanked, _thanks(), _form())),
        open=Opinion.opened,
        label=t("feedback.title"),
        on_close=Opinion.close,
    )


def _thanks() -> rx.Component:
    return rx.el.div(
        rx.el.h2(t("feedback.thanks"), id="feedback-thanks", tab_index=-1, class_name="title"),
        rx.el.p(t("feedback.thanks_text")),
        rx.el.div(
            rx.el.button(t("feedback.close"), type="button", class_name="button primary", on_click=Opinion.close),
            class_name="actions",
        ),
        class_name="dialog feedback",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h2(t("feedback.title"), class_name="title"),
        rx.el.p(t("feedback.text")),
        rx.el.fieldset(
            rx.el.legend(t("feedback.category")),
            rx.el.div(_category(False, "opinion"), _category(True, "bug"), class_name="chips"),
        ),
        rx.el.fieldset(
            rx.el.legend(t("feedback.rating")),
            rx.el.div(*(_star(number) for number in RATINGS), class_name="stars"),
            _wrong("rating", Opinion.no_rating),
            aria_describedby="feedback-rating-wrong",
        ),
        rx.el.div(
            rx.el.label(
                rx.cond(Opinion.bug, t("feedback.comment_bug"), t("feedback.comment")), html_for="feedback-comment"
            ),
            rx.el.textarea(
                id="feedback-comment",
                name="comment",
                rows=5,
                max_length=COMMENT_MOST,
                custom_attrs={
                    "aria-describedby": "feedback-comment-wrong",
                    "aria-invalid": rx.cond(Opinion.no_comment == "", "false", "true"),
                },
            ),
            _wrong("comment", Opinion.no_comment),
            class_name="field",
        ),
        rx.cond(
            Opinion.about == "",
            rx.fragment(),
            rx.el.label(
                rx.el.input(type="checkbox", name="cv", value="yes"),
                rx.el.span(t("feedback.about", title=Opinion.about)),
                class_name="sharing-choice",
            ),
        ),
        rx.el.p(Opinion.problem, id="feedback-problem", role="alert", class_name="wrong", tab_index=-1),
        rx.el.div(
            rx.el.button(t("feedback.send"), type="submit", class_name="button primary"),
            rx.el.button(t("feedback.cancel"), type="button", class_name="button", on_click=Opinion.close),
            class_name="actions",
        ),
        key=Opinion.asked,
        class_name="dialog feedback",
        on_submit=Opinion.give,
        custom_attrs={"noValidate": True},
    )


def _category(bug: bool, name: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="category",
            value=name,
            default_checked=not bug,
            on_change=lambda _chosen: Opinion.choose(bug),
        ),
        rx.el.span(t(f"feedback.{name}")),
        class_name="chip",
    )


def _star(number: int) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="rating", value=str(number), id=f"feedback-rating-{number}"),
        rx.icon("star", size=28, aria_hidden="true"),
        rx.el.span(t(f"feedback.rating_{number}")),
    )


def _wrong(field: str, said: rx.Var[str]) -> rx.Component:
    return rx.el.p(said, id=f"feedback-{field}-wrong", role="alert", class_name="wrong")
