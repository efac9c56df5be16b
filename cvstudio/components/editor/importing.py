"""A file that was brought: being read, refused, or shown with what is in it before anything is taken over."""

from __future__ import annotations

import reflex as rx

from cvstudio.components.editor.elements import Row
from cvstudio.components.editor.fields import SPECS
from cvstudio.components.modal import modal
from cvstudio.locales import by_language, count, t
from cvstudio.render.labels import LABELS
from cvstudio.state.editor_files import Files
from cvstudio.state.editor_import import HEADING, Importing

BASICS = {
    "basics.name": "name",
    "basics.label": "label",
    "basics.email": "email",
    "basics.phone": "phone",
    "basics.url": "url",
    "basics.summary": "profile",
    "basics.location.address": "address",
    "basics.location.postal_code": "postal_code",
    "basics.location.city": "city",
    "basics.location.region": "region",
    "basics.location.country_code": "country_code",
}
# What each field that can be read is called: the key of its text, after "f_".
CALLED = BASICS | {f"{kind}/{spec.name}": spec.label for kind, specs in SPECS.items() for spec in specs}


def import_dialog() -> rx.Component:
    reviewing = Importing.found > 0
    title = rx.cond(Files.name != "", t("editor.import_title", file=Files.name), t("editor.import_file")).to(str)
    return modal(
        rx.el.div(
            rx.cond(
                reviewing,
                review(),
                rx.fragment(
                    rx.el.h2(title, class_name="title"),
                    rx.cond(
                        Files.reading,
                        reading(),
                        rx.cond(Files.problem != "", refused(), rx.cond(Files.person != "", confirmed(), faulty())),
                    ),
                ),
            ),
            class_name="dialog",
        ),
        open=reviewing | Files.reading | (Files.problem != "") | (Files.person != "") | (Files.faults.length() > 0),
        label=title,
        on_close=[Files.close, Importing.close],
        class_name=rx.cond(reviewing, "importing", ""),
    )


def reading() -> rx.Component:
    return rx.el.p(
        rx.icon("loader-circle", size=18, class_name="spin", aria_hidden="true"),
        t("editor.import_reading", file=Files.name),
        role="status",
        class_name="import-reading",
    )


def refused() -> rx.Component:
    """The file as a whole."""
    return rx.fragment(
        rx.el.div(
            rx.el.p(Files.problem), rx.el.p(t("editor.import_problem")), role="alert", class_name="notice danger"
        ),
        rx.el.div(_close(), class_name="actions"),
    )


def confirmed() -> rx.Component:
    """A JSON Resume, which says all of itself."""
    return rx.fragment(
        rx.el.p(t("editor.import_confirm", person=Files.person)),
        rx.el.p(count("editor.entries", Files.entries), class_name="note"),
        rx.el.p(t("editor.import_keeps"), class_name="note"),
        rx.el.div(
            rx.el.button(t("editor.import_accept"), type="button", class_name="button primary", on_click=Files.accept),
            rx.el.button(t("editor.cancel"), type="button", class_name="button", on_click=Files.close),
            class_name="actions",
        ),
    )


def faulty() -> rx.Component:
    """A JSON Resume, with every fault by its place."""
    return rx.fragment(
        rx.el.p(t("editor.import_faults")),
        rx.el.dl(rx.foreach(Files.faults, _fault), class_name="faults"),
        rx.cond(Files.more > 0, rx.el.p(count("editor.more_faults", Files.more), class_name="note")),
        rx.el.div(_close(), class_name="actions"),
    )


def _close() -> rx.Component:
    return rx.el.button(t("editor.close"), type="button", class_name="button", on_click=Files.close)


def _fault(fault: Row) -> rx.Component:
    return rx.el.div(rx.el.dt(fault[0]), rx.el.dd(fault[1]))


# ---- what was read ---------------------------------------------------------------------------------------------


def review() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h2(t("editor.import_review"), id=HEADING.removeprefix("#"), tab_index=-1, class_name="title"),
            rx.el.p(
                count("editor.import_found", Importing.found, file=Importing.file),
                rx.cond(
                    Importing.doubtful > 0,
                    rx.fragment(", ", rx.el.strong(t("editor.import_doubtful", n=Importing.doubtful))),
                ),
                ".",
            ),
            rx.el.p(t("editor.import_review_text"), class_name="note"),
            rx.cond(
                Importing.warnings.length() > 0,
                rx.el.ul(rx.foreach(Importing.warnings, lambda said: rx.el.li(said)), class_name="notice warn"),
            ),
            rx.cond(
                (Importing.doubtful > 0) & (Importing.doubtful < Importing.found),
                rx.el.label(
                    rx.el.input(type="checkbox", id="only-doubtful"),
                    t("editor.import_only_doubtful"),
                    class_name="only",
                ),
            ),
            class_name="import-head",
        ),
        rx.el.div(rx.foreach(Importing.groups, _group), class_name="import-groups"),
        rx.el.div(
            rx.cond(Importing.replaces, rx.el.p(t("editor.import_replaces"), class_name="note")),
            rx.el.p(Importing.problem, role="alert", class_name="wrong"),
            rx.el.div(
                rx.el.button(
                    t("editor.import_use"), type="button", class_name="button primary", on_click=Importing.accept
                ),
                rx.el.button(t("editor.import_cancel"), type="button", class_name="button", on_click=Importing.close),
                class_name="actions",
            ),
            class_name="import-foot",
        ),
    )


def _group(group: Row) -> rx.Component:
    usual = rx.match(
        group.kind,
        ("basics", t("editor.identity")),
        ("profiles", t("editor.profiles")),
        *((kind, by_language(LABELS[kind]["fr"], LABELS[kind]["en"])) for kind in SPECS if kind in LABELS),
        t("editor.own_section"),
    )
    return rx.el.section(
        rx.el.h3(rx.cond(group.title != "", group.title, usual)),
        rx.foreach(group.rows, _entry),
        key=group.key,
        class_name="import-group",
    )


def _entry(entry: Row) -> rx.Component:
    return rx.el.div(
        rx.cond(entry.name != "", rx.el.h4(entry.name)),
        rx.el.ul(rx.foreach(entry.read, _value), role="list"),
        key=entry.id,
        class_name="import-entry",
    )


def _value(value: Row) -> rx.Component:
    """A tick, what it is, the value, where it stood. What is doubtful can be corrected on the spot."""
    name = rx.match(value.field, *((path, t(f"editor.f_{label}")) for path, label in CALLED.items()), value.field)
    tick = rx.el.input(
        type="checkbox",
        default_checked=True,
        on_change=lambda kept: Importing.keep(value.path, kept),
        custom_attrs={"data-keep": value.path},
    )
    correcting = {
        "default_value": value.text,
        "aria_label": t("editor.import_correct", name=name),
        "on_blur": lambda typed: Importing.change(value.path, typed),
        "custom_attrs": {"data-change": value.path},
    }
    return rx.el.li(
        rx.el.label(
            tick,
            rx.el.span(name, class_name="import-name"),
            rx.cond(
                value.doubtful,
                rx.el.span(t("editor.import_check"), class_name="badge warn"),
                rx.el.span(value.text, class_name="import-text"),
            ),
        ),
        rx.cond(
            value.doubtful,
            rx.el.div(
                rx.cond(value.long, rx.el.textarea(rows=3, **correcting), rx.el.input(type="text", **correcting)),
                class_name="field",
            ),
        ),
        rx.cond(
            (value.where != "") | (value.source != ""),
            rx.el.p(
                value.where,
                rx.cond(value.source != "", rx.fragment(" ", rx.el.q(value.source))),
                class_name="import-where",
            ),
        ),
        key=value.path,
        class_name=rx.cond(value.doubtful, "import-value doubtful", "import-value"),
    )
