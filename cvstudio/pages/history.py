"""/history: the versions of a CV, two of them side by side, what differs in words, and the way back."""

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.components.comparison import comparison
from cvstudio.components.forms import when
from cvstudio.components.links import button_link
from cvstudio.components.notices import empty_state
from cvstudio.components.shell import page
from cvstudio.locales import count, t
from cvstudio.state.history import AFTER, BEFORE, History

# A var of one of state.history_rows' classes: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any

KINDS = {"added": "+", "removed": "−", "changed": "~", "moved": "↕"}
NOW = "0"


def history() -> rx.Component:
    return page(
        "history",
        rx.el.div(
            rx.el.header(
                rx.el.h1(t("history.title"), class_name="display small"),
                rx.cond(History.cv_id == "", rx.el.p(t("history.lead"), class_name="lead"), whose()),
                class_name="history-head",
            ),
            rx.el.div(
                rx.cond(
                    History.said == "",
                    rx.fragment(),
                    rx.el.div(
                        rx.el.p(History.said, id="history-said", tab_index=-1),
                        rx.cond(
                            History.replaced > 0,
                            rx.el.button(
                                t("history.undo"),
                                type="button",
                                class_name="button small",
                                on_click=History.restore(History.replaced),
                            ),
                        ),
                        class_name="notice good history-said",
                    ),
                ),
                role="status",
            ),
            rx.cond(
                History.ready,
                rx.cond(
                    History.cv_id == "",
                    empty_state(
                        t("history.no_cv_title"),
                        t("history.no_cv_text"),
                        button_link(t("history.no_cv_start"), to="/generate", kind="primary"),
                    ),
                    rx.el.div(
                        rx.el.div(keeping(), versions(), class_name="history-list"),
                        rx.cond(History.count == 0, none_yet(), compared()),
                        class_name="history-work",
                    ),
                ),
            ),
            class_name="history",
        ),
        on_language=History.open,
    )


def whose() -> rx.Component:
    return rx.el.p(
        rx.el.b(History.title),
        button_link(t("history.back"), to="/generate?cv=" + History.cv_id, kind="small"),
        class_name="history-whose",
    )


def keeping() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(t("history.note"), html_for="history-note"),
            rx.el.input(
                id="history-note",
                name="note",
                key=History.kept,
                max_length=200,
                placeholder=t("history.note_placeholder"),
                auto_complete="off",
            ),
            class_name="field",
        ),
        rx.el.button(t("history.keep"), type="submit", class_name="button"),
        class_name="history-keep",
        on_submit=History.keep,
    )


def none_yet() -> rx.Component:
    return empty_state(t("history.empty_title"), t("history.empty_text"))


def versions() -> rx.Component:
    return rx.cond(
        History.count > 0,
        rx.el.section(
            rx.el.h2(count("history.versions", History.count), id="history-versions", class_name="history-title"),
            rx.el.ol(rx.foreach(History.versions, _version), class_name="history-versions"),
            rx.cond(
                History.count > History.versions.length(),
                rx.el.button(
                    t("history.older"), type="button", class_name="button quiet small", on_click=History.older
                ),
            ),
            custom_attrs={"aria-labelledby": "history-versions"},
        ),
    )


def _version(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(t("history.version", number=row.number), class_name="history-number"),
            rx.el.span(row.why, class_name="history-why"),
            rx.el.span(when(row.at), class_name="note"),
            rx.cond(row.note == "", rx.fragment(), rx.el.span(row.note, class_name="history-note")),
            type="button",
            aria_pressed=rx.cond(row.number == History.before, "true", "false"),
            on_click=History.choose(row.number),
        ),
        key=row.number,
    )


# ---- two of them -----------------------------------------------------------------------------------------------


def compared() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                t("history.version", number=History.before),
                id="history-compared",
                class_name="history-title",
                tab_index=-1,
            ),
            rx.el.div(
                rx.el.label(t("history.against"), html_for="history-against"),
                rx.el.select(
                    rx.el.option(t("history.now"), value=NOW),
                    rx.foreach(
                        History.versions,
                        lambda row: rx.cond(
                            row.number == History.before,
                            rx.fragment(),
                            rx.el.option(t("history.version", number=row.number), value=row.number.to_string()),
                        ),
                    ),
                    id="history-against",
                    value=History.after.to_string(),
                    on_change=History.against,
                ),
                class_name="history-against",
            ),
            rx.el.button(
                rx.icon("rotate-ccw", size=16, aria_hidden="true"),
                t("history.restore", number=History.before),
                type="button",
                class_name="button primary small",
                on_click=History.restore(History.before),
            ),
            class_name="history-choice",
        ),
        comparison(BEFORE, AFTER, t("history.version", number=History.before), _after()),
        differences(),
        class_name="history-compared",
        custom_attrs={"aria-labelledby": "history-compared"},
    )


def _after() -> rx.Var[str]:
    found: rx.Var[str] = rx.cond(History.after == 0, t("history.now"), t("history.version", number=History.after)).to(
        str
    )
    return found


def differences() -> rx.Component:
    return rx.el.div(
        rx.el.h3(t("history.differences"), class_name="history-title"),
        rx.el.p(t("history.reading"), class_name="note"),
        rx.cond(
            History.groups.length() == 0,
            rx.el.p(t("history.same"), class_name="history-same"),
            rx.foreach(History.groups, _group),
        ),
        rx.cond(History.more > 0, rx.el.p(count("history.more", History.more), class_name="note")),
        class_name="history-differences",
    )


def _group(group: Row) -> rx.Component:
    return rx.el.div(rx.el.h4(group.title), rx.foreach(group.parts, _entry), class_name="history-group")


def _entry(entry: Row) -> rx.Component:
    return rx.el.div(
        rx.cond(entry.name == "", rx.fragment(), rx.el.h5(entry.name)),
        rx.el.ul(rx.foreach(entry.lines, _line)),
        class_name="history-entry",
    )


def _line(line: Row) -> rx.Component:
    """What happened is said in words and by a sign, the colour comes on top."""
    return rx.el.li(
        rx.el.span(
            rx.el.span(rx.match(line.kind, *KINDS.items(), ""), aria_hidden="true"),
            " ",
            rx.match(line.kind, *((kind, t(f"history.{kind}")) for kind in KINDS), ""),
            class_name="history-kind",
        ),
        rx.el.b(line.name),
        rx.el.p(rx.foreach(line.pieces, _piece)),
        custom_attrs={"data-kind": line.kind},
    )


def _piece(piece: Row) -> rx.Component:
    return rx.match(
        piece.kind,
        ("gone", rx.el.del_(piece.text)),
        ("new", rx.el.ins(piece.text)),
        rx.el.span(piece.text),
    )
