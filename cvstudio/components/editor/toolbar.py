"""Undo, what is saved, how many pages, files in and out, the PDF."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from cvstudio.components.editor.elements import Disclosure, SaveState, file_drop, icon_button
from cvstudio.components.links import link
from cvstudio.locales import count, t
from cvstudio.state.editor import Editor
from cvstudio.state.editor_design import Designing
from cvstudio.state.editor_files import MAX_UPLOAD, RESUME_UPLOAD, Files
from cvstudio.state.editor_generation import Generation
from cvstudio.state.editor_improvement import Improving
from cvstudio.state.editor_share import Sharing
from cvstudio.state.editor_translation import Translating

CLOSE: dict[str, Any] = {"data-close": "true"}


def toolbar() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("editor.heading"), class_name="visually-hidden"),
        icon_button(
            "undo-2", t("editor.undo_key"), on_click=[Editor.undo, Translating.compare], disabled=~Editor.can_undo
        ),
        icon_button(
            "redo-2", t("editor.redo_key"), on_click=[Editor.redo, Translating.compare], disabled=~Editor.can_redo
        ),
        save_state(),
        rx.el.div(class_name="space"),
        rx.cond(Editor.begun, rx.fragment(pages(), files_menu())),
        rx.cond(Editor.begun, pdf_button()),
        class_name="editor-bar",
        role="group",
        aria_label=t("editor.toolbar"),
    )


def save_state() -> rx.Component:
    words = {"offline": "offline", "failed": "save_failed", "conflict": "save_conflict"}
    return rx.cond(
        Editor.begun,
        SaveState.create(
            saving=Editor.saving,
            offline=has_connection_errors,
            words=rx.Var.create(
                {"saved": t("editor.saved"), "saving": t("editor.saving")}
                | {state: t(f"editor.{key}") for state, key in words.items()}
            ),
        ),
    )


def pages() -> rx.Component:
    return Disclosure.create(
        rx.el.p(t("editor.fit"), class_name="menu-title"),
        *(
            rx.el.button(
                t(f"editor.fit_goal_{goal}"),
                type="button",
                class_name="menu-item",
                custom_attrs=CLOSE,
                on_click=Designing.fit(goal),
            )
            for goal in (1, 2, 3)
        ),
        label=t("editor.fit"),
        trigger=rx.el.span(
            rx.icon("files", size=16, aria_hidden="true"),
            rx.cond(Editor.pages > 0, count("editor.pages", Editor.pages), "…"),
            class_name="pages-count",
        ),
        class_name="button quiet small",
    )


def files_menu() -> rx.Component:
    formats = ("pdf", "docx", "png", "json", "xml", "md", "txt", "html")
    return Disclosure.create(
        rx.el.p(t("editor.export_as"), class_name="menu-title"),
        *(
            rx.el.button(
                t(f"editor.as_{name}"),
                type="button",
                class_name="menu-item",
                custom_attrs=CLOSE,
                on_click=Generation.make(name),  # type: ignore[misc]  # in pages a handler is an event
            )
            for name in formats
        ),
        rx.el.hr(),
        rx.el.button(
            t("editor.translate"),
            type="button",
            class_name="menu-item",
            custom_attrs=CLOSE,
            on_click=Translating.ask,
        ),
        rx.el.button(
            t("editor.improve"),
            type="button",
            class_name="menu-item",
            custom_attrs=CLOSE,
            on_click=Improving.ask,
        ),
        rx.cond(
            Editor.cv_id == "",
            rx.fragment(),
            rx.fragment(
                link(t("editor.versions"), to="/history?cv=" + Editor.cv_id, class_name="menu-item"),
                rx.el.button(
                    t("editor.share"),
                    type="button",
                    class_name="menu-item",
                    custom_attrs=CLOSE,
                    on_click=Sharing.ask,
                ),
            ),
        ),
        rx.el.hr(),
        resume_upload(rx.el.button(t("editor.import_file"), type="button", class_name="menu-item")),
        rx.el.button(
            t("editor.import_sample"),
            type="button",
            class_name="menu-item",
            custom_attrs=CLOSE,
            on_click=Editor.begin("sample"),
        ),
        rx.el.button(
            t("editor.import_empty"),
            type="button",
            class_name="menu-item",
            custom_attrs=CLOSE,
            on_click=Editor.begin("empty"),
        ),
        label=t("editor.export"),
        trigger=rx.el.span(
            rx.icon("share", size=16, aria_hidden="true"),
            rx.el.span(t("editor.export"), class_name="wide-only"),
            class_name="pages-count",
        ),
        class_name="button quiet small",
    )


def resume_upload(button: rx.Component, upload_id: str = RESUME_UPLOAD) -> rx.Component:
    return file_drop(
        button,
        upload_id=upload_id,
        label=t("editor.import_file"),
        on_drop=Files.bring_resume,
        max_size=MAX_UPLOAD,
        # Not sent: it is too large, or more than one.
        on_drop_rejected=rx.toast.error(t("editor.import_one_file", most=MAX_UPLOAD // 1_000_000)),
    )


def pdf_button() -> rx.Component:
    busy = (Generation.status == "saving") | (Generation.status == "queued") | (Generation.status == "running")
    return rx.el.button(
        rx.cond(
            busy,
            rx.icon("loader-circle", size=17, class_name="spin", aria_hidden="true"),
            rx.icon("download", size=17, aria_hidden="true"),
        ),
        rx.el.span(t("editor.download"), class_name="wide-only"),
        rx.el.span("PDF", class_name="narrow-only", aria_hidden="true"),
        type="button",
        class_name="button primary small pdf",
        aria_label=t("editor.download"),
        aria_disabled=rx.cond(busy, "true", "false"),
        on_click=Generation.make("pdf"),  # type: ignore[misc]  # in pages a handler is an event
    )


def progress() -> rx.Component:
    """A file being made: live, and there again for who comes back."""
    busy = (Generation.status == "saving") | (Generation.status == "queued") | (Generation.status == "running")
    close = icon_button("x", t("editor.close"), on_click=Generation.dismiss)
    return rx.el.div(
        rx.cond(
            busy,
            rx.el.div(
                rx.el.div(
                    rx.el.strong(t("editor.making")),
                    rx.el.span(rx.cond(Generation.step != "", Generation.step, t("editor.step_waiting"))),
                    rx.el.span(t("editor.usual_duration"), class_name="note"),
                ),
                rx.el.progress(value=Generation.progress, max=100, aria_label=t("editor.making")),
                class_name="making",
            ),
        ),
        rx.cond(
            Generation.status == "done",
            rx.el.div(
                rx.icon("circle-check", size=18, aria_hidden="true"),
                rx.el.span(t("editor.made")),
                rx.el.button(
                    t("editor.download_again"),
                    type="button",
                    class_name="button quiet small",
                    on_click=Generation.download,
                ),
                close,
                class_name="making good",
            ),
        ),
        rx.cond(
            Generation.status == "failed",
            rx.el.div(
                rx.icon("circle-alert", size=18, aria_hidden="true"),
                rx.el.span(Generation.problem),
                close,
                class_name="making danger",
            ),
        ),
        role="status",
        class_name="progress",
    )
