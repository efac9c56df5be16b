"""Asking for better wordings of the CV, and what is proposed: each beside the line it is for, accepted or refused."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx

from cvstudio.components.editor.elements import Row
from cvstudio.components.modal import modal
from cvstudio.locales import by_language, count, t
from cvstudio.render.labels import LABELS
from cvstudio.state.editor import Editor
from cvstudio.state.editor_improvement import HEADING, Improving

SECTIONS = ("work", "volunteer", "projects", "education")


def improve_dialog() -> rx.Component:
    busy = (Improving.status == "saving") | (Improving.status == "queued") | (Improving.status == "running")
    title = t("editor.improve_title")
    return modal(
        rx.el.div(
            rx.el.div(
                rx.el.h2(title, id=HEADING.removeprefix("#"), tab_index=-1, class_name="title"),
                rx.cond(busy, reading(), rx.cond(Improving.status == "done", outcome(), asking())),
                class_name="import-head",
            ),
            rx.el.ol(rx.foreach(Improving.rows, _proposal), class_name="improve-list"),
            rx.el.div(
                rx.el.p(Improving.said, role="status", class_name="note"),
                rx.el.p(Improving.problem, role="alert", class_name="wrong"),
                rx.cond(~busy & (Improving.price > 0), rx.el.p(count("editor.improve_price", Improving.price))),
                rx.el.div(
                    rx.cond(
                        Improving.ready > 1,
                        rx.el.button(
                            t("editor.improve_accept_all"),
                            type="button",
                            class_name="button primary",
                            on_click=Improving.accept_all,
                        ),
                    ),
                    rx.cond(~busy, _search()),
                    rx.el.button(t("editor.close"), type="button", class_name="button", on_click=Improving.close),
                    class_name="actions",
                ),
                class_name="import-foot",
            ),
            class_name="dialog",
        ),
        open=Improving.opened,
        label=title,
        on_close=Improving.close,
        class_name="importing improving",
    )


def asking() -> rx.Component:
    return rx.fragment(
        rx.el.p(t("editor.improve_text")),
        rx.cond(Improving.only_tidies, rx.el.p(t("editor.improve_only_tidies"), class_name="notice")),
    )


def reading() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            rx.icon("loader-circle", size=18, class_name="spin", aria_hidden="true"),
            t("editor.improve_busy"),
            rx.cond(Improving.step != "", rx.el.span(Improving.step, class_name="note")),
            role="status",
            class_name="import-reading",
        ),
        rx.el.progress(value=Improving.progress, max=100, aria_label=t("editor.improve_busy")),
        rx.el.p(t("editor.improve_leave"), class_name="note"),
    )


def outcome() -> rx.Component:
    nothing = rx.cond(Improving.tidied, t("editor.improve_nothing_to_tidy"), t("editor.improve_nothing"))
    return rx.fragment(
        rx.cond(
            Improving.rows.length() > 0,
            rx.el.p(count("editor.improve_left", Improving.rows.length()), role="status"),
            rx.el.p(
                rx.cond(Improving.found > 0, t("editor.improve_all_decided"), nothing),
                role="status",
                class_name="notice good",
            ),
        ),
        rx.cond(Improving.tidied, rx.el.p(t("editor.improve_only_tidies"), class_name="note")),
    )


def _search() -> rx.Component:
    done = Improving.status == "done"
    return rx.el.button(
        rx.cond(done, t("editor.improve_again"), t("editor.improve_go")),
        type="button",
        class_name=rx.cond(done, "button", "button primary"),
        on_click=Improving.search,
    )


def _proposal(row: Row) -> rx.Component:
    usual = rx.match(
        row.section,
        ("basics", t("editor.f_profile")),
        *((kind, by_language(LABELS[kind]["fr"], LABELS[kind]["en"])) for kind in SECTIONS),
        t("editor.own_section"),
    )
    return rx.el.li(
        rx.el.h3(rx.cond(row.title != "", row.title, usual), rx.cond(row.name != "", rx.fragment(" · ", row.name))),
        rx.el.dl(
            _words("before", row.before_pieces, rx.el.del_),
            _words("after", row.after_pieces, rx.el.ins),
        ),
        rx.el.p(
            rx.cond(row.why == "tidied", t("editor.improve_tidied"), t("editor.improve_reworded")),
            " ",
            rx.cond(row.above != "", t("editor.improve_rests", above=row.above), t("editor.improve_rests_alone")),
            class_name="note",
        ),
        rx.cond(
            row.late,
            rx.fragment(
                rx.el.p(t("editor.improve_late"), class_name="notice warn"),
                rx.el.div(_button("drop", row, Improving.decline(row.id)), class_name="actions"),
            ),
            rx.el.div(
                _button("accept", row, Improving.accept(row.id)),
                _button("decline", row, Improving.decline(row.id)),
                class_name="actions",
            ),
        ),
        key=row.id,
        class_name=rx.cond(row.late, "late", ""),
        custom_attrs={"data-proposal": row.id},
    )


def _words(which: str, pieces: Row, mark: Callable[[rx.Var[str]], rx.Component]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(t(f"editor.improve_{which}")),
        rx.el.dd(
            rx.foreach(pieces, lambda piece: rx.cond(piece.changed, mark(piece.text), rx.el.span(piece.text))),
            custom_attrs={"lang": Editor.design.language},
        ),
    )


def _button(does: str, row: Row, on_click: rx.event.EventType[()]) -> rx.Component:
    return rx.el.button(
        t(f"editor.improve_{does}"),
        type="button",
        class_name="button small quiet" if does == "decline" else "button small",
        aria_label=t(f"editor.improve_{does}_named", line=row.after),
        on_click=on_click,
    )
