"""The order of the CV's sections: drag, rename, hide, remove."""

from __future__ import annotations

import reflex as rx

from cvstudio.components.editor.elements import DragHandle, Row, SortableItem, SortableList, icon_button, sorting_words
from cvstudio.components.editor.fields import field
from cvstudio.components.editor.form import hide_button, more_sections, section_name, step_buttons
from cvstudio.locales import t
from cvstudio.state.editor import Editor
from cvstudio.state.editor_sections import Sections


def sections() -> rx.Component:
    return rx.fragment(
        rx.el.section(
            rx.el.h2(t("editor.sections_title")),
            rx.el.p(t("editor.sections_text"), class_name="note"),
            SortableList.create(
                rx.foreach(Editor.listed, _row),
                id="sort-sections",
                ids=Editor.listed.foreach(lambda section: section.key),
                names=Editor.listed.foreach(section_name),
                words=sorting_words(),
                on_move=Sections.move,
            ),
            class_name="card section-card",
        ),
        more_sections(),
    )


def _row(section: Row, index: rx.Var[int]) -> rx.Component:
    name = section_name(section)
    return SortableItem.create(
        rx.el.div(
            DragHandle.create(label=t("editor.drag_item", name=name)),
            field(f"title:{section.key}", name, section.title, placeholder=name),
            rx.el.div(
                hide_button(section.hidden, name, Sections.hide(section.key, ~section.hidden)),
                *step_buttons(index + 1, Editor.listed.length(), name, lambda by: Sections.step(section.key, by)),
                icon_button("trash-2", t("editor.remove", name=name), on_click=Sections.remove(section.key)),
                class_name="tools",
            ),
            class_name="entry-head",
        ),
        key=section.key,
        id=section.key,
        class_name=rx.cond(section.hidden, "entry section-row is-hidden", "entry section-row"),
    )
