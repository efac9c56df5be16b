"""The facts, by what they are of."""

from __future__ import annotations

from typing import Any

import reflex as rx

from cvstudio.components.links import server_link
from cvstudio.components.profile.fields import BELOW, SPECS, Row, adding, adding_line, kept, label
from cvstudio.language import LANGUAGES
from cvstudio.locales import t
from cvstudio.state.profile import ME, Career
from cvstudio.state.profile_rows import BARE

HEADED = ("experience", "education", "project", "volunteer", "other")
ORDER = (
    "summary",
    "experience",
    "education",
    "skill",
    "language",
    "project",
    "volunteer",
    "certificate",
    "award",
    "publication",
    "interest",
    "reference",
    "other",
)
COLUMNS = ("skill", "language", "certificate", "award", "publication", "reference")
IDENTITY = (("name", "name"), ("label", "label"), ("email", "email"), ("phone", "phone"), ("city", "city"))


def facts() -> rx.Component:
    return rx.el.div(me(), *(section(kind) for kind in ORDER), bare(), class_name="career-facts")


def me() -> rx.Component:
    """Who one is."""
    return rx.el.section(
        rx.el.h2(t("profile.me")),
        rx.el.div(
            *(_mine(name, called) for name, called in IDENTITY),
            rx.el.div(
                rx.el.label(t("profile.facts_language"), html_for="me-language"),
                rx.el.select(
                    rx.el.option(t("profile.in_fr"), value="fr"),
                    rx.el.option(t("profile.in_en"), value="en"),
                    id="me-language",
                    value=rx.cond(Career.me.language == "", LANGUAGES[0], Career.me.language),
                    on_change=Career.speak,
                ),
                class_name="field",
            ),
            class_name="fact-fields of-me",
        ),
        class_name="career-part",
    )


def _mine(name: str, called: str) -> rx.Component:
    place = f"{ME}-{name}"
    return rx.el.div(
        rx.el.label(t(f"editor.f_{called}"), html_for=place),
        rx.el.input(
            id=place,
            type="text",
            default_value=getattr(Career.me, name),
            key=f"{place}-{Career.anew}",
            max_length=500,
            auto_complete={"email": "email", "phone": "tel", "name": "name"}.get(name, "off"),
            on_change=lambda told: Career.write(ME, name, told).debounce(700),
            on_blur=lambda told: Career.write(ME, name, told),
        ),
        class_name="field",
    )


def section(kind: str) -> rx.Component:
    rows = Career.rows[kind]
    one = headed if kind in HEADED else single
    return rx.el.section(
        rx.el.h2(t(f"profile.kind_{kind}"), id=f"part-{kind}"),
        rx.cond(
            rows.length() > 0,
            rx.fragment(
                _columns(kind) if kind in COLUMNS else None,
                rx.el.ul(rx.foreach(rows, lambda row: one(kind, row)), role="list"),
            ),
        ),
        adding(kind),
        class_name=rx.cond(rows.length() > 0, "career-part", "career-part without"),
    )


def _columns(kind: str) -> rx.Component:
    """What stands in which column, for those who see columns: each field has a name of its own."""
    return rx.el.div(
        *(rx.el.span(label(spec)) for spec in SPECS[kind]),
        aria_hidden="true",
        class_name=f"fact-single fact-columns of-{kind}",
    )


def contents() -> rx.Component:
    """Where in the list one wants to go, and how much is there."""
    return rx.el.nav(
        rx.el.h2(t("profile.contents"), id="contents"),
        rx.el.ul(
            *(
                rx.el.li(
                    server_link(
                        t(f"profile.kind_{kind}"),
                        rx.cond(
                            Career.rows[kind].length() > 0,
                            rx.el.span(Career.rows[kind].length(), class_name="count"),
                        ),
                        href=f"#part-{kind}",
                    )
                )
                for kind in ORDER
            ),
            role="list",
        ),
        aria_labelledby="contents",
        class_name="career-contents",
    )


def bare() -> rx.Component:
    """Lines that nobody knows the job of."""
    return rx.cond(
        Career.rows[BARE].length() > 0,
        rx.el.section(
            rx.el.h2(t("profile.bare")),
            rx.el.p(t("profile.bare_text"), class_name="note"),
            rx.el.ul(rx.foreach(Career.rows[BARE], _line), role="list"),
            class_name="career-part",
        ),
    )


def headed(kind: str, row: Row) -> rx.Component:
    """A job, a degree, a project, with the lines below it: read at a glance, its fields opened where one edits them."""
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.h3(row.head),
                rx.cond(row.when != "", rx.el.span(row.when, class_name="fact-when")),
                rx.cond(row.where != "", rx.el.span(row.where, class_name="fact-where")),
                _check(row),
                rx.el.span(rx.icon("pencil", size=14, aria_hidden="true"), t("profile.edit"), class_name="fact-edit"),
            ),
            rx.el.div(
                *(kept(row.id, spec, getattr(row, spec.name)) for spec in SPECS[kind]),
                class_name=f"fact-fields of-{kind}",
            ),
            class_name="fact-head",
        ),
        _remove(row.id, row.name),
        rx.cond(row.lines.length() > 0, rx.el.ul(rx.foreach(row.lines, _line), role="list", class_name="fact-lines")),
        adding_line(row),
        key=row.id,
        class_name="card fact",
    )


def single(kind: str, row: Row) -> rx.Component:
    """A skill, a language, a paper: on one line."""
    return rx.el.li(
        *(
            kept(row.id, spec, getattr(row, spec.name), called=t("profile.field_of", field=label(spec), what=row.name))
            for spec in SPECS[kind]
        ),
        _check(row),
        _remove(row.id, row.name),
        key=row.id,
        class_name=f"fact-single of-{kind}",
    )


def _line(line: Row) -> rx.Component:
    return rx.el.li(
        kept(line.id, BELOW, line.text, called=t("profile.line")),
        _check(line),
        _remove(line.id, line.text),
        key=line.id,
        class_name="fact-line",
    )


def _check(row: Row) -> rx.Component:
    return rx.cond(row.check, rx.el.span(t("editor.import_check"), class_name="badge warn"))


def _remove(fact_id: Any, what: Any) -> rx.Component:
    return rx.el.button(
        rx.icon("x", size=16, aria_hidden="true"),
        type="button",
        class_name="button quiet icon small",
        aria_label=t("profile.remove", what=what),
        on_click=Career.remove(fact_id),
    )
