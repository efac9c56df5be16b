"""What the administrators' pages are made of."""

from collections.abc import Iterable
from typing import Any

import reflex as rx

from cvstudio.components.links import button_link, link
from cvstudio.components.shell import page
from cvstudio.locales import t
from cvstudio.state.admin import Gate

PAGES = ("emails", "feedback", "models", "settings")


def admin_page(name: str, ready: rx.Var[bool], *children: Any, on_language: Any) -> rx.Component:
    """`name` is its route under /admin; until the server has said who asks, and to all others, nothing of it shows."""
    return page(
        "admin",
        rx.cond(
            Gate.shut,
            nowhere(),
            rx.el.div(
                rx.el.header(
                    rx.el.h1(t(f"admin_{name}.title"), class_name="display small"),
                    rx.el.p(t(f"admin_{name}.lead")),
                    rx.el.nav(
                        *(
                            link(t(f"shell.admin_{other}"), to=f"/admin/{other}", **_current(other == name))
                            for other in PAGES
                        ),
                        class_name="admin-nav",
                        aria_label=t("shell.admin"),
                    ),
                ),
                rx.cond(
                    ready,
                    rx.fragment(*children),
                    rx.el.p(t("account.loading"), class_name="note", role="status"),
                ),
                class_name="account admin wrap",
            ),
        ),
        on_language=on_language,
    )


def _current(current: bool) -> dict[str, Any]:
    return {"aria_current": "page"} if current else {}


def nowhere() -> rx.Component:
    """For whom there is no such page."""
    return rx.el.div(
        rx.el.h1(t("not_found.title"), class_name="display small"),
        rx.el.p(t("not_found.text"), class_name="lead"),
        rx.el.div(button_link(t("not_found.home"), to="/", kind="primary"), class_name="empty-actions"),
        class_name="wrap lost",
    )


def refused(fault: rx.Var[str], **props: Any) -> rx.Component:
    """What was refused and why; read out when it appears."""
    return rx.el.div(rx.cond(fault != "", rx.el.p(fault, class_name="wrong")), role="alert", **props)


def wrong(faults: rx.Var[dict[str, str]], field: str) -> dict[str, Any]:
    """What a field says of itself that may be among the faults."""
    return {"aria_invalid": faults.contains(field), "aria_describedby": f"fault-{field}"}


def fault(faults: rx.Var[dict[str, str]], field: str) -> rx.Component:
    """Under its field, while that is being typed too."""
    said = rx.cond(faults.contains(field), rx.el.p(faults[field], class_name="wrong"))
    return rx.el.div(said, id=f"fault-{field}", aria_live="polite", class_name="fault")


def table(columns: Iterable[Any], rows: Any, **props: Any) -> rx.Component:
    """Can be scrolled, by keyboard too; an `aria_` prop names it."""
    props = {"tab_index": 0, "role": "region", "class_name": "table"} | props
    heads = (rx.el.th(column, scope="col") for column in columns)
    return rx.el.div(rx.el.table(rx.el.thead(rx.el.tr(*heads)), rx.el.tbody(rows)), **props)


def done(said: rx.Var[bool], words: Any) -> rx.Component:
    """That it is done; read out when it appears."""
    return rx.el.div(rx.cond(said, rx.el.p(words, class_name="done")), role="status")
