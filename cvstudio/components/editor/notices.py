"""Ways to start, and what the editor has to say: a conflict, a fit that cannot be had."""

from __future__ import annotations

import reflex as rx

from cvstudio.components.editor.elements import icon_button
from cvstudio.components.editor.toolbar import resume_upload
from cvstudio.components.editor.translating import stale_notice
from cvstudio.components.links import button_link
from cvstudio.locales import count, t
from cvstudio.state.editor import Editor
from cvstudio.state.editor_design import Designing
from cvstudio.state.editor_tabs import OtherTabs


def start(panel: str) -> rx.Component:
    """Stands in more than one panel; each has an upload of its own."""
    return rx.el.section(
        rx.el.h2(t("editor.start_title"), class_name="display small"),
        rx.el.p(t("editor.start_text"), class_name="lead"),
        rx.el.ul(
            _way("file-plus-2", "empty", Editor.begin("empty")),
            _way("book-open-text", "sample", Editor.begin("sample")),
            rx.el.li(
                resume_upload(
                    rx.el.button(*_words("file-up", "file"), type="button", class_name="card way"),
                    upload_id=f"resume-start-{panel}",
                ),
            ),
            class_name="ways",
            role="list",
        ),
        class_name="start",
        aria_label=t("editor.start_title"),
    )


def _way(icon: str, name: str, on_click: rx.event.EventType[()]) -> rx.Component:
    return rx.el.li(rx.el.button(*_words(icon, name), type="button", class_name="card way", on_click=on_click))


def _words(icon: str, name: str) -> tuple[rx.Component, rx.Component]:
    return rx.icon(icon, size=24, aria_hidden="true"), rx.el.span(
        rx.el.strong(t(f"editor.start_{name}")), rx.el.span(t(f"editor.start_{name}_text"))
    )


def notices() -> rx.Component:
    return rx.el.div(missing(), conflict(), unsaved(), stale_notice(), fitted(), class_name="editor-notices")


def missing() -> rx.Component:
    """The address names a CV that is not there: which one this is instead, and where to look."""
    return rx.cond(
        Editor.missing,
        rx.el.div(
            rx.el.h2(t("editor.missing_title")),
            rx.el.p(t("editor.missing_text"), " ", rx.cond(Editor.begun, t("editor.missing_instead"), "")),
            rx.el.div(
                button_link(t("editor.missing_look"), to="/cvs", kind="small"),
                rx.cond(
                    Editor.begun,
                    rx.el.button(
                        t("editor.missing_stay"),
                        type="button",
                        class_name="button small",
                        on_click=Editor.forget_missing,
                    ),
                ),
                class_name="actions",
            ),
            class_name="notice warn",
            role="alert",
        ),
    )


def conflict() -> rx.Component:
    return rx.cond(
        Editor.saving == "conflict",
        rx.el.div(
            rx.el.h2(t("editor.conflict_title")),
            rx.el.p(t("editor.conflict_text")),
            rx.el.div(
                rx.el.button(
                    t("editor.keep_mine"), type="button", class_name="button small", on_click=OtherTabs.resolve(True)
                ),
                rx.el.button(
                    t("editor.keep_theirs"), type="button", class_name="button small", on_click=OtherTabs.resolve(False)
                ),
                class_name="actions",
            ),
            class_name="notice warn",
            role="alert",
        ),
    )


def unsaved() -> rx.Component:
    return rx.cond(
        Editor.begun & (Editor.saving == "failed"),
        rx.el.div(
            rx.el.p(t("editor.save_failed")),
            rx.el.button(t("editor.save_again"), type="button", class_name="button small", on_click=Editor.save_again),
            class_name="notice danger line",
            role="alert",
        ),
    )


def fitted() -> rx.Component:
    def said(words: rx.Var[str], kind: str) -> rx.Component:
        close = icon_button("x", t("editor.close"), on_click=Designing.forget)
        return rx.el.div(rx.el.p(words), close, class_name=f"notice line {kind}")

    return rx.el.div(
        rx.match(
            Designing.fitted,
            ("done", said(t("editor.fit_done"), "good")),
            ("already", said(t("editor.fit_already"), "good")),
            ("impossible", said(count("editor.fit_impossible", Designing.least), "warn")),
            rx.fragment(),
        ),
        role="status",
    )
