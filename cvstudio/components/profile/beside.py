"""How complete the career is, where more of it can come from, and what seems to be told twice."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cvstudio.components.editor.elements import file_drop
from cvstudio.components.links import button_link, server_link
from cvstudio.components.profile.fields import Row, wrong
from cvstudio.locales import by_language, t
from cvstudio.state.editor_files import MAX_UPLOAD
from cvstudio.state.profile import MAX_PASTED_TEXT, UPLOAD, Career


def state() -> rx.Component:
    """What was done, and the way back; always in sight."""
    return rx.el.div(
        rx.el.p(
            rx.cond(
                Career.said != "",
                Career.said,
                rx.cond(Career.saved, t("profile.saved"), t("profile.saved_as_you_type")),
            ),
            role="status",
            id="career-state",
            tab_index=-1,
            class_name="career-said",
        ),
        rx.el.button(
            rx.icon("undo-2", size=16, aria_hidden="true"),
            t("profile.undo"),
            type="button",
            id="undo",
            class_name="button small",
            custom_attrs={"aria-disabled": rx.cond(Career.undoable, "false", "true")},
            on_click=Career.undo,
        ),
        class_name="career-bar",
    )


def notices() -> rx.Component:
    return rx.fragment(
        rx.cond(
            Career.problem != "",
            rx.el.div(
                rx.el.p(Career.problem, id="career-problem", tab_index=-1), role="alert", class_name="notice danger"
            ),
        ),
        rx.cond(Career.clash != "", clash()),
    )


def clash() -> rx.Component:
    gone = Career.clash == "gone"
    return rx.el.div(
        rx.el.h2(rx.cond(gone, t("profile.gone_title"), t("profile.clash_title")), id="clash", tab_index=-1),
        rx.el.dl(
            rx.el.div(rx.el.dt(t("profile.clash_mine")), rx.el.dd(rx.cond(Career.mine == "", "—", Career.mine))),
            rx.cond(
                gone,
                rx.fragment(),
                rx.el.div(
                    rx.el.dt(t("profile.clash_theirs")), rx.el.dd(rx.cond(Career.theirs == "", "—", Career.theirs))
                ),
            ),
        ),
        rx.el.div(
            rx.cond(
                gone,
                rx.fragment(),
                rx.el.button(
                    t("profile.keep_mine"), type="button", class_name="button small", on_click=Career.settle(True)
                ),
            ),
            rx.el.button(
                rx.cond(gone, t("profile.understood"), t("profile.keep_theirs")),
                type="button",
                class_name="button small",
                on_click=Career.settle(False),
            ),
            class_name="actions",
        ),
        role="alert",
        class_name="notice warn clash",
    )


def completeness() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("profile.complete"), id="complete"),
        rx.el.p(rx.el.strong(Career.score), rx.el.span(" / 100"), class_name="career-score"),
        rx.el.div(rx.el.span(style={"width": f"{Career.score}%"}), class_name="part-bar", aria_hidden="true"),
        rx.cond(
            Career.missing.length() > 0,
            rx.fragment(
                rx.el.p(t("profile.missing"), class_name="note"),
                rx.el.ul(rx.foreach(Career.missing, _missing), role="list", class_name="missing"),
            ),
            rx.el.p(t("profile.nothing_missing"), class_name="note"),
        ),
        rx.cond(
            Career.score > 0,
            button_link(t("profile.use_it"), to="/tailor", kind="small"),
        ),
        class_name="card career-card",
    )


def _missing(part: Row) -> rx.Component:
    return rx.el.li(
        server_link(by_language(part.name_fr, part.name_en), href=part.place),
        rx.el.span("+", part.missing, class_name="part-points"),
    )


def sources() -> rx.Component:
    """What one has already."""
    return rx.el.section(
        rx.el.h2(t("profile.sources")),
        rx.el.p(t("profile.sources_text"), class_name="note"),
        rx.cond(
            Career.cvs.length() > 0,
            rx.fragment(
                rx.el.h3(t("profile.from_cvs")),
                rx.el.ul(rx.foreach(Career.cvs, _cv), role="list", class_name="career-cvs"),
            ),
        ),
        rx.el.h3(t("profile.file")),
        file_drop(
            rx.el.button(
                rx.icon("file-up", size=18, aria_hidden="true"),
                rx.cond(Career.reading == "", t("profile.choose_file"), t("profile.reading", file=Career.reading)),
                type="button",
                class_name="button small",
                custom_attrs={"aria-disabled": rx.cond(Career.reading == "", "false", "true")},
            ),
            upload_id=UPLOAD,
            label=t("profile.choose_file"),
            on_drop=Career.add_file,
            max_size=MAX_UPLOAD,
            on_drop_rejected=rx.toast.error(t("editor.import_one_file", most=MAX_UPLOAD // 1_000_000)),
        ),
        rx.el.p(t("profile.file_kinds"), class_name="note"),
        rx.el.details(
            rx.el.summary(t("profile.paste")),
            rx.el.form(
                rx.el.textarea(
                    id="add-text",
                    name="text",
                    rows=8,
                    max_length=MAX_PASTED_TEXT,
                    placeholder=t("profile.paste_placeholder"),
                    aria_label=t("profile.paste"),
                ),
                wrong("add-text"),
                rx.el.button(t("profile.take"), type="submit", class_name="button small"),
                key=f"add-text-{Career.forms['add-text']}",
                on_submit=Career.add_text,
                class_name="field",
            ),
        ),
        class_name="card career-card",
    )


def _cv(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.title),
        rx.el.button(
            rx.cond(row.told, t("profile.take_again"), t("profile.take")),
            type="button",
            class_name="button quiet small",
            aria_label=t("profile.take_cv", title=row.title),
            on_click=Career.add_cv(row.id),
        ),
    )


def twice() -> rx.Component:
    return rx.cond(
        Career.pairs.length() > 0,
        rx.el.section(
            rx.el.h2(t("profile.twice")),
            rx.el.p(t("profile.twice_text"), class_name="note"),
            rx.el.ul(rx.foreach(Career.pairs, _pair), role="list", class_name="pairs"),
            class_name="career-part twice",
        ),
    )


def _pair(pair: Row) -> rx.Component:
    return rx.el.li(
        rx.el.div(_side(pair.one, pair.two), _side(pair.two, pair.one), class_name="sides"),
        rx.el.button(
            t("profile.two_things"),
            type="button",
            class_name="button quiet small",
            on_click=Career.keep_apart(pair.one.id, pair.two.id),
        ),
        key=pair.one.id + pair.two.id,
        class_name="card pair",
    )


def _side(this: Any, that: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(this.text, class_name="side-text"),
        rx.cond(this.about != "", rx.el.p(this.about, class_name="note")),
        rx.cond(this.lines.length() > 0, rx.el.ul(rx.foreach(this.lines, rx.el.li))),
        rx.el.p(this.source, class_name="note side-source"),
        rx.el.button(
            t("profile.keep_this"),
            type="button",
            class_name="button small",
            aria_label=t("profile.keep_this_one", what=this.text, source=this.source),
            on_click=Career.merge(this.id, that.id),
        ),
        class_name="side",
    )
