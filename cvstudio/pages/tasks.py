"""/tasks: CVs that are made in the background, with how far they are and what became of them."""

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.components.forms import when
from cvstudio.components.links import button_link
from cvstudio.components.notices import empty_state
from cvstudio.components.shell import page
from cvstudio.locales import by_language, t
from cvstudio.state.tasks import Tasks

# A var of state.tasks.Row: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any

STATUSES = {"queued": "", "running": "accent", "done": "good", "failed": "bad", "cancelled": ""}


def tasks() -> rx.Component:
    return page(
        "tasks",
        rx.el.div(
            rx.el.header(
                rx.el.h1(t("tasks.title"), class_name="display small"),
                rx.el.p(t("tasks.lead"), class_name="lead"),
            ),
            rx.cond(Tasks.ready, rx.cond(Tasks.bases.length() == 0, no_cv(), asking())),
            rx.cond(Tasks.live.length() > 0, listed("live", t("tasks.live"), Tasks.live, _live)),
            rx.cond(Tasks.ended.length() > 0, listed("ended", t("tasks.ended"), Tasks.ended, _ended)),
            rx.cond(
                Tasks.ready & (Tasks.bases.length() > 0) & (Tasks.live.length() + Tasks.ended.length() == 0),
                empty_state(t("tasks.empty_title"), t("tasks.empty_text")),
            ),
            class_name="tasks wrap",
        ),
        on_language=Tasks.open,
    )


def no_cv() -> rx.Component:
    return empty_state(
        t("tasks.no_cv_title"),
        t("tasks.no_cv_text"),
        button_link(t("tasks.no_cv_start"), to="/generate", kind="primary"),
    )


def asking() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(t("tasks.offer"), html_for="task-offer"),
            rx.el.textarea(
                id="task-offer",
                name="offer",
                rows=3,
                key=Tasks.asked,
                required=True,
                placeholder=t("tasks.offer_placeholder"),
                auto_complete="off",
                spell_check=False,
                custom_attrs={
                    "aria-invalid": rx.cond(Tasks.wrong_fr == "", "false", "true"),
                    "aria-describedby": "task-wrong",
                },
            ),
            rx.el.p(by_language(Tasks.wrong_fr, Tasks.wrong_en), id="task-wrong", class_name="wrong", role="alert"),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(t("tasks.base"), html_for="task-base"),
            rx.el.select(
                rx.foreach(Tasks.bases, lambda base: rx.el.option(base.title, value=base.filename)),
                id="task-base",
                name="base",
            ),
            class_name="field",
        ),
        rx.el.button(
            rx.cond(Tasks.asking, t("tasks.asking"), t("tasks.go")),
            type="submit",
            class_name="button primary",
            disabled=Tasks.asking,
        ),
        class_name="tasks-ask card",
        on_submit=Tasks.ask,
    )


def listed(name: str, title: rx.Var[str], rows: Any, shown: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, id=f"tasks-{name}", class_name="title"),
        rx.el.ul(rx.foreach(rows, shown), class_name="tasks-list"),
        custom_attrs={"aria-labelledby": f"tasks-{name}"},
    )


def _live(row: Row) -> rx.Component:
    return rx.el.li(
        _about(row),
        rx.el.progress(value=row.progress, max=100, custom_attrs={"aria-label": t("tasks.progress", title=row.title)}),
        rx.el.div(_button(row, "cancel"), class_name="task-actions"),
        key=row.id,
    )


def _ended(row: Row) -> rx.Component:
    return rx.el.li(
        _about(row),
        rx.cond(row.outcome == "", rx.fragment(), rx.el.p(row.outcome, class_name="task-outcome")),
        rx.el.div(
            rx.cond(
                row.link == "",
                rx.fragment(),
                button_link(
                    rx.cond(row.proposes, t("tasks.see"), t("tasks.open")),
                    to=row.link,
                    kind="small",
                    aria_label=rx.cond(
                        row.proposes,
                        t("tasks.see_named", title=row.title),
                        t("tasks.open_named", title=row.title),
                    ),
                ),
            ),
            rx.cond(row.again, _button(row, "again")),
            _button(row, "dismiss"),
            class_name="task-actions",
        ),
        key=row.id,
    )


def _about(row: Row) -> rx.Component:
    return rx.el.div(
        rx.el.b(row.title),
        rx.el.span(
            rx.match(row.status, *((status, t(f"tasks.{status}")) for status in STATUSES), row.status),
            class_name=rx.match(
                row.status, *((status, f"badge {kind}".strip()) for status, kind in STATUSES.items()), "badge"
            ),
        ),
        rx.el.p(
            rx.cond(row.kind == row.title, "", row.kind + " · "),
            when(row.at),
            rx.cond(row.step == "", "", " · " + row.step),
            rx.cond(row.usual == "", "", " · " + row.usual),
            class_name="note",
        ),
        class_name="task-about",
    )


def _button(row: Row, does: str) -> rx.Component:
    return rx.el.button(
        t(f"tasks.{does}"),
        type="button",
        class_name="button small" if does == "again" else "button quiet small",
        aria_label=t(f"tasks.{does}_named", title=row.title),
        on_click=Tasks.again(row.id) if does == "again" else Tasks.remove(row.id),
    )
