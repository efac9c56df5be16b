"""Asking for the CV in another language; and in a translation, what its original says otherwise by now."""

from __future__ import annotations

import reflex as rx

from cvstudio.components.editor.elements import Row
from cvstudio.components.editor.importing import CALLED
from cvstudio.components.modal import modal
from cvstudio.locales import by_language, count, t
from cvstudio.render.labels import LABELS, LANGUAGE_NAMES
from cvstudio.state.editor import Editor
from cvstudio.state.editor_translation import Translating

OPEN_ORIGINAL = "/generate?cv="


def translate_dialog() -> rx.Component:
    busy = (Translating.status == "saving") | (Translating.status == "queued") | (Translating.status == "running")
    title = t("editor.translate_title")
    return modal(
        rx.el.div(
            rx.el.h2(title, class_name="title"),
            rx.el.p(t("editor.translate_text")),
            rx.el.div(
                rx.el.label(t("editor.translate_into"), html_for="translate-into"),
                rx.el.select(
                    *(
                        rx.el.option(
                            name, value=code, disabled=Editor.design.language == code, custom_attrs={"lang": code}
                        )
                        for code, name in LANGUAGE_NAMES.items()
                    ),
                    id="translate-into",
                    value=Translating.language,
                    on_change=Translating.choose,
                    disabled=busy,
                ),
                class_name="field",
            ),
            rx.el.div(
                rx.cond(
                    Translating.stays > 0,
                    rx.fragment(
                        rx.el.p(count("editor.translate_stays", Translating.stays)),
                        rx.el.ul(
                            rx.foreach(
                                Translating.examples,
                                lambda words: rx.el.li(words, custom_attrs={"lang": Editor.design.language}),
                            ),
                            class_name="translate-examples",
                        ),
                    ),
                    rx.el.p(t("editor.translate_all")),
                ),
                class_name="notice",
                role="status",
            ),
            rx.el.p(Translating.problem, role="alert", class_name="wrong"),
            rx.el.div(
                rx.el.button(
                    rx.cond(busy, rx.icon("loader-circle", size=17, class_name="spin", aria_hidden="true")),
                    rx.cond(busy, t("editor.translate_busy"), t("editor.translate_go")),
                    type="button",
                    class_name="button primary",
                    aria_disabled=rx.cond(busy, "true", "false"),
                    on_click=Translating.translate,
                ),
                rx.el.button(t("editor.close"), type="button", class_name="button", on_click=Translating.close),
                class_name="actions",
            ),
            class_name="dialog translating",
        ),
        open=Translating.opened,
        label=title,
        on_close=Translating.close,
    )


def stale_notice() -> rx.Component:
    """Quiet: a line that says what this is, and the changed fields one by one."""
    return rx.cond(
        Translating.origin_id != "",
        rx.el.section(
            rx.el.p(
                t("editor.translation_of"),
                " ",
                rx.el.a(Translating.origin_title, href=OPEN_ORIGINAL + Translating.origin_id),
            ),
            rx.cond(
                Translating.rows.length() > 0,
                rx.fragment(
                    rx.el.details(
                        rx.el.summary(count("editor.stale_found", Translating.rows.length() + Translating.more)),
                        rx.el.ul(rx.foreach(Translating.rows, _stale), role="list"),
                        rx.cond(Translating.more > 0, rx.el.p(t("editor.stale_more", n=Translating.more))),
                        rx.el.div(
                            _button("stale_again_all", Translating.again("")),
                            _button("stale_settle_all", Translating.settle("")),
                            class_name="actions",
                        ),
                        open=True,
                    ),
                ),
            ),
            class_name="notice stale",
            aria_label=t("editor.translation"),
        ),
    )


def _stale(row: Row) -> rx.Component:
    usual = [(kind, by_language(words["fr"], words["en"])) for kind, words in LABELS.items()]
    called = rx.match(
        row.field,
        *((path, t(f"editor.f_{label}")) for path, label in CALLED.items()),
        *((kind, t("editor.stale_new", section=words)) for kind, words in usual),
        ("profiles", t("editor.stale_new", section=t("editor.profiles"))),
        *((f"gone/{kind}", t("editor.stale_gone", section=words)) for kind, words in usual),
        ("gone/profiles", t("editor.stale_gone", section=t("editor.profiles"))),
        ("title", t("editor.stale_heading")),
        row.field,
    )
    name = rx.fragment(called, rx.cond(row.name != "", rx.fragment(" · ", row.name)))
    return rx.el.li(
        rx.cond(
            row.at != "",
            rx.el.button(name, type="button", class_name="button quiet small", on_click=Editor.pick(row.at)),
            rx.el.strong(name),
        ),
        rx.cond(row.edited, rx.el.span(t("editor.stale_edited"), class_name="badge")),
        rx.cond(
            row.text != "",
            rx.el.p(
                row.text,
                class_name="stale-text",
                custom_attrs={"lang": rx.cond(row.gone, Editor.design.language, Translating.origin_language)},
            ),
            rx.el.p(t("editor.stale_emptied"), class_name="stale-text note"),
        ),
        rx.el.div(
            rx.cond(
                row.gone,
                rx.fragment(
                    _button("stale_remove", Translating.again(row.path)),
                    _button("stale_keep", Translating.settle(row.path)),
                ),
                rx.fragment(
                    _button("stale_again", Translating.again(row.path)),
                    _button("stale_settle", Translating.settle(row.path)),
                ),
            ),
            class_name="actions",
        ),
        key=row.path,
    )


def _button(key: str, on_click: rx.event.EventType[()]) -> rx.Component:
    return rx.el.button(t(f"editor.{key}"), type="button", class_name="button small", on_click=on_click)
