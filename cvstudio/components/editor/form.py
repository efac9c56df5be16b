"""The content of the CV: who it is of, then every section with its entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from cvstudio.components.editor.elements import (
    DragHandle,
    Row,
    SortableItem,
    SortableList,
    file_drop,
    icon_button,
    sorting_words,
)
from cvstudio.components.editor.fields import SPECS, field, item_fields
from cvstudio.locales import by_language, t
from cvstudio.render.labels import LABELS
from cvstudio.state.editor import Editor
from cvstudio.state.editor_files import PHOTO_UPLOAD, Files
from cvstudio.state.editor_rows import INLINE
from cvstudio.state.editor_sections import Sections

PROFILES = "profiles"


def content() -> rx.Component:
    return rx.fragment(
        identity(),
        rx.foreach(Editor.sections, section_card),
        more_sections(),
    )


# ---- who ------------------------------------------------------------------------------------------------------


def identity() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("editor.identity"), class_name="visually-hidden"),
        rx.el.div(
            portrait(),
            rx.el.div(
                _basic("name", t("editor.f_name"), auto_complete="name"),
                _basic("label", t("editor.f_label"), auto_complete="organization-title"),
                class_name="fields single",
            ),
            rx.el.p(Files.photo_problem, role="alert", class_name="wrong"),
            class_name="identity",
        ),
        rx.el.div(
            _basic("email", t("editor.f_email"), "email", auto_complete="email"),
            _basic("phone", t("editor.f_phone"), "tel", auto_complete="tel"),
            _basic("city", t("editor.f_city"), scope="basics.location", auto_complete="address-level2"),
            _basic("url", t("editor.f_url"), "url", auto_complete="url"),
            class_name="fields",
        ),
        rx.el.details(
            rx.el.summary(t("editor.more_contact")),
            rx.el.div(
                _basic("address", t("editor.f_address"), scope="basics.location", auto_complete="street-address"),
                _basic("postal_code", t("editor.f_postal_code"), scope="basics.location", auto_complete="postal-code"),
                _basic("region", t("editor.f_region"), scope="basics.location"),
                _basic("country_code", t("editor.f_country_code"), scope="basics.location", auto_complete="country"),
                class_name="fields",
            ),
            class_name="more-fields",
        ),
        rx.el.div(
            rx.el.h3(t("editor.profiles")),
            _entries(PROFILES, PROFILES, Editor.profiles, Editor.profiles.length() > 0),
            _add_button(PROFILES, PROFILES),
            class_name="profiles",
        ),
        class_name="card section-card",
        aria_label=t("editor.identity"),
    )


def _basic(name: str, label: rx.Var[str], kind: str = "text", scope: str = "basics", **props: str) -> rx.Component:
    return field(f"{scope}.{name}", label, Editor.texts[name], kind, **props)


def portrait() -> rx.Component:
    return rx.el.div(
        file_drop(
            rx.el.button(
                rx.cond(
                    Editor.photo != "",
                    rx.el.img(src=Editor.photo, alt=t("editor.photo_of")),
                    rx.icon("image-plus", size=22, aria_hidden="true"),
                ),
                rx.el.span(
                    rx.cond(Editor.photo != "", t("editor.photo_change"), t("editor.photo_add")),
                    class_name=rx.cond(Editor.photo != "", "visually-hidden", ""),
                ),
                type="button",
                class_name="photo-button",
                aria_describedby="photo-hint",
            ),
            upload_id=PHOTO_UPLOAD,
            label=t("editor.photo_add"),
            on_drop=Files.bring_photo,
        ),
        rx.cond(
            Editor.photo != "",
            icon_button("trash-2", t("editor.photo_remove"), on_click=Files.drop_photo),
        ),
        rx.el.p(t("editor.photo_hint"), id="photo-hint", class_name="visually-hidden"),
        class_name="portrait",
    )


# ---- sections -------------------------------------------------------------------------------------------------


def section_name(section: Row) -> rx.Var[str]:
    """The owner's own title, or the usual word."""
    usual = rx.match(
        section.kind,
        *(
            (kind, by_language(LABELS[kind]["fr"], LABELS[kind]["en"]))
            for kind in ("summary", *SPECS)
            if kind in LABELS
        ),
        t("editor.own_section"),
    )
    named: rx.Var[str] = rx.cond(section.title != "", section.title, usual).to(str)
    return named


def section_card(section: Row) -> rx.Component:
    name = section_name(section)
    return rx.cond(
        section.shown,
        rx.el.section(
            rx.el.div(
                rx.el.h2(name, tab_index=-1, custom_attrs={"data-section": section.key}),
                rx.cond(section.hidden, rx.el.span(t("editor.hidden_badge"), class_name="badge")),
                hide_button(section.hidden, name, Sections.hide(section.key, ~section.hidden)),
                class_name="section-head",
            ),
            rx.match(
                section.kind,
                ("summary", _summary()),
                *((kind, _list(kind, section)) for kind in SPECS if kind != PROFILES),
                rx.fragment(),
            ),
            key=section.key,
            class_name=rx.cond(section.hidden, "card section-card is-hidden", "card section-card"),
            aria_label=name,
        ),
    )


def _summary() -> rx.Component:
    return rx.el.div(
        field("basics.summary", t("editor.f_profile"), Editor.texts["summary"], "area"), class_name="fields single"
    )


def _list(kind: str, section: Row) -> rx.Component:
    return rx.fragment(
        rx.cond(
            (section.kind == "custom") & (section.kind == kind),
            rx.el.div(
                field(f"title:{section.key}", t("editor.f_section_title"), section.title), class_name="fields single"
            ),
        )
        if kind == "custom"
        else None,
        _entries(kind, section.key, section.rows, section.filled),
        _add_button(kind, section.key),
    )


def _add_button(kind: str, key: str | rx.Var[str]) -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=16, aria_hidden="true"),
        t(f"editor.add_{kind}"),
        type="button",
        class_name="button quiet small add",
        custom_attrs={"data-add": key},
        on_click=Editor.add_item(key),
    )


# ---- entries --------------------------------------------------------------------------------------------------


def _entries(kind: str, key: str | rx.Var[str], rows: Row, filled: rx.Var[bool]) -> rx.Component:
    return rx.cond(
        filled,
        SortableList.create(
            rx.foreach(rows, lambda item: _entry(kind, key, item, rows.length())),
            id=f"sort-{key}",
            ids=rows.foreach(lambda item: item.id),
            names=rows.foreach(lambda item: item.name),
            words=sorting_words(),
            on_move=lambda item_id, to: Editor.move_item(key, item_id, to),
        ),
    )


def _entry(kind: str, key: str | rx.Var[str], item: Row, count: rx.Var[int]) -> rx.Component:
    name = rx.cond(item.name != "", item.name, t("editor.untitled")).to(str)
    tools = rx.el.div(
        hide_button(item.hidden, name, Editor.hide_item(key, item.id, ~item.hidden)),
        *step_buttons(item.place, count, name, lambda by: Editor.step_item(key, item.id, by)),
        icon_button("copy", t("editor.duplicate", name=name), on_click=Editor.duplicate_item(key, item.id))
        if kind not in INLINE
        else None,
        icon_button("trash-2", t("editor.remove", name=name), on_click=Editor.remove_item(key, item.id)),
        class_name="tools",
    )
    handle = DragHandle.create(label=t("editor.drag_item", name=name))
    hidden = rx.cond(item.hidden, " is-hidden", "")
    if kind in INLINE:
        return SortableItem.create(
            handle,
            item_fields(kind, item.path, item.texts),
            tools,
            key=item.id,
            id=item.id,
            class_name=f"entry inline {kind}{hidden}",
        )
    return SortableItem.create(
        rx.el.div(
            handle,
            rx.el.button(
                rx.el.span(name, class_name=rx.cond(item.name != "", "entry-name", "entry-name blank")),
                rx.el.span(
                    item.about,
                    rx.cond((item.about != "") & (item.when != ""), " · ", ""),
                    item.when,
                    class_name="entry-about",
                ),
                type="button",
                class_name="entry-open",
                aria_expanded=rx.cond(item.opened, "true", "false"),
                custom_attrs={"data-open": item.path},
                on_click=Editor.toggle_item(key, item.id),
            ),
            rx.cond(item.hidden, rx.el.span(t("editor.hidden_badge"), class_name="badge")),
            tools,
            class_name="entry-head",
        ),
        rx.cond(item.opened, item_fields(kind, item.path, item.texts)),
        key=item.id,
        id=item.id,
        class_name=rx.cond(item.opened, f"entry opened{hidden}", f"entry{hidden}"),
    )


def hide_button(hidden: rx.Var[bool], name: rx.Var[str], on_click: rx.event.EventType[()]) -> rx.Component:
    label = rx.cond(hidden, t("editor.show", name=name), t("editor.hide", name=name)).to(str)
    return rx.el.button(
        rx.cond(hidden, rx.icon("eye-off", size=16, aria_hidden="true"), rx.icon("eye", size=16, aria_hidden="true")),
        type="button",
        class_name="tool hide",
        aria_label=label,
        title=label,
        on_click=on_click,
    )


def step_buttons(
    place: rx.Var[int], count: rx.Var[int], name: rx.Var[str], step: Callable[[int], Any]
) -> tuple[rx.Component, ...]:
    """Up and down; at an end they stay focusable, so that the keyboard does not lose its place."""
    return tuple(
        icon_button(
            f"chevron-{way}",
            t(f"editor.{way}", name=name),
            on_click=step(by),
            aria_disabled=rx.cond(place == end, "true", "false"),
            custom_attrs={"data-step": way},
        )
        for way, by, end in (("up", -1, 1), ("down", 1, count))
    )


def more_sections() -> rx.Component:
    """Those not in the form yet, as chips."""
    return rx.el.section(
        rx.el.h2(t("editor.add_section")),
        rx.el.div(
            rx.foreach(
                Editor.sections,
                lambda section: rx.cond(~section.shown, _chip(section_name(section), section.key, section.key)),
            ),
            _chip(t("editor.own_section"), "custom", "custom"),
            class_name="chips",
        ),
        class_name="more-sections",
        aria_label=t("editor.add_section"),
    )


def _chip(name: rx.Var[str], key: str | rx.Var[str], react_key: str | rx.Var[str]) -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=14, aria_hidden="true"),
        name,
        type="button",
        class_name="chip",
        key=react_key,
        on_click=Sections.add(key),
    )
