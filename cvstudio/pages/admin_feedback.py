"""/admin/feedback: what people said of the service, read one by one."""

import reflex as rx

from cvstudio.components.administration import admin_page
from cvstudio.components.feedback import RATINGS
from cvstudio.components.forms import when
from cvstudio.locales import t
from cvstudio.state.admin_feedback import EVERY, AdminFeedback, SaidRow

STATUSES = {"new": "new", "reviewed": "reviewed", EVERY: "every"}  # value → name of its texts


def admin_feedback() -> rx.Component:
    return admin_page(
        "feedback",
        AdminFeedback.ready,
        rx.el.section(
            rx.el.h2(t("admin_feedback.said"), id="said-title", tab_index=-1, class_name="visually-hidden"),
            filters(),
            rx.cond(
                AdminFeedback.rows.length() > 0,
                rx.el.ol(rx.foreach(AdminFeedback.rows, said), class_name="said"),
                rx.el.p(t("admin_feedback.none"), class_name="note", role="status"),
            ),
            rx.cond(
                AdminFeedback.more,
                rx.el.button(
                    t("admin_feedback.older"), type="button", class_name="button", on_click=AdminFeedback.older
                ),
            ),
            class_name="admin-part",
            aria_labelledby="said-title",
        ),
        on_language=AdminFeedback.load,
    )


def filters() -> rx.Component:
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend(t("admin_feedback.status"), class_name="visually-hidden"),
            *(_filter(value, name) for value, name in STATUSES.items()),
            class_name="chips",
        ),
        rx.el.label(
            rx.el.input(type="checkbox", role="switch", checked=AdminFeedback.bugs, on_change=AdminFeedback.only_bugs),
            rx.el.span(t("admin_feedback.only_bugs")),
            class_name="switch",
        ),
        class_name="said-filters",
    )


def _filter(value: str, name: str) -> rx.Component:
    many = AdminFeedback.counts[value] if value else AdminFeedback.counts["new"] + AdminFeedback.counts["reviewed"]
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="status",
            value=value,
            checked=AdminFeedback.status == value,
            on_change=AdminFeedback.filter(value),
        ),
        rx.el.span(t(f"admin_feedback.{name}"), " ", rx.el.span(many, class_name="count")),
        class_name="chip",
    )


def said(row: rx.Var[SaidRow]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.span(t("admin_feedback.rating", rating=row.rating), class_name="visually-hidden"),
                *(
                    rx.icon("star", size=16, aria_hidden="true", class_name=rx.cond(row.rating >= number, "full", ""))
                    for number in RATINGS
                ),
                class_name="said-rating",
            ),
            rx.cond(row.bug, rx.el.span(t("admin_feedback.bug"), class_name="badge bad")),
            rx.cond(row.reviewed, rx.el.span(t("admin_feedback.is_reviewed"), class_name="badge good")),
            rx.el.span(when(row.at), class_name="note"),
            class_name="said-head",
        ),
        rx.cond(
            row.comment == "",
            rx.el.p(t("admin_feedback.no_comment"), class_name="note"),
            rx.el.p(row.comment, class_name="said-words"),
        ),
        rx.el.p(
            rx.cond(row.who == "", t("admin_feedback.visitor"), row.who),
            rx.cond(row.cv == "", rx.fragment(), rx.fragment(" · ", rx.el.code(row.cv))),
            class_name="note said-who",
        ),
        rx.el.div(
            rx.el.button(
                rx.cond(row.reviewed, t("admin_feedback.unreview"), t("admin_feedback.review")),
                type="button",
                id="review-" + row.id,
                class_name="button small",
                on_click=AdminFeedback.review(row.id, ~row.reviewed),
            ),
            rx.cond(
                row.removing,
                rx.fragment(
                    rx.el.button(
                        t("admin_feedback.remove_sure"),
                        type="button",
                        id="remove-" + row.id,
                        class_name="button small danger",
                        on_click=AdminFeedback.remove(row.id),
                    ),
                    rx.el.button(
                        t("admin_feedback.keep"),
                        type="button",
                        class_name="button small quiet",
                        on_click=AdminFeedback.ask_removal(row.id, False),
                    ),
                ),
                rx.el.button(
                    t("admin_feedback.remove"),
                    type="button",
                    id="remove-" + row.id,
                    class_name="button small quiet",
                    on_click=AdminFeedback.ask_removal(row.id, True),
                ),
            ),
            class_name="setting-actions",
        ),
        key=row.id,
    )
