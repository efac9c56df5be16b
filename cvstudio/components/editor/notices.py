"""Ways to start, and what the editor has to say: a conflict, a file that cannot be read, a fit that cannot be had."""

from __future__ import annotations

import reflex as rx

from cvstudio.components.editor.elements import Row, icon_button
from cvstudio.components.editor.toolbar import resume_upload
from cvstudio.components.modal import modal
from cvstudio.locales import count, t
from cvstudio.state.editor import Editor
from cvstudio.state.editor_design import Designing
from cvstudio.state.editor_files import Files
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
                    rx.el.button(*_words("file-json-2", "file"), type="button", class_name="card way"),
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
    return rx.el.div(conflict(), unsaved(), fitted(), class_name="editor-notices")


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


def import_dialog() -> rx.Component:
    close = rx.el.button(t("editor.close"), type="button", class_name="button", on_click=Files.close)
    return modal(
        rx.el.div(
            rx.el.h2(t("editor.import_title", file=Files.name), class_name="title"),
            rx.cond(
                Files.person != "",
                rx.fragment(
                    rx.el.p(t("editor.import_confirm", person=Files.person)),
                    rx.el.p(count("editor.entries", Files.entries), class_name="note"),
                    rx.el.p(t("editor.import_keeps"), class_name="note"),
                    rx.el.div(
                        rx.el.button(
                            t("editor.import_accept"), type="button", class_name="button primary", on_click=Files.accept
                        ),
                        rx.el.button(t("editor.cancel"), type="button", class_name="button", on_click=Files.close),
                        class_name="actions",
                    ),
                ),
                rx.fragment(
                    rx.el.p(t("editor.import_faults")),
                    rx.el.dl(rx.foreach(Files.faults, _fault), class_name="faults"),
                    rx.cond(Files.more > 0, rx.el.p(count("editor.more_faults", Files.more), class_name="note")),
                    rx.el.div(close, class_name="actions"),
                ),
            ),
            class_name="dialog",
        ),
        open=(Files.person != "") | (Files.faults.length() > 0),
        label=t("editor.import_title", file=Files.name),
        on_close=Files.close,
    )


def _fault(fault: Row) -> rx.Component:
    return rx.el.div(rx.el.dt(fault[0]), rx.el.dd(fault[1]))
