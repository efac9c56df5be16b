"""The editor's own elements, see assets/editor.jsx."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.locales import t

# A var of one of state.editor_rows' classes: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any

LIBRARY = "$/public/editor.jsx"
SORTING = ["@dnd-kit/core@6.3.1", "@dnd-kit/sortable@10.0.0", "@dnd-kit/utilities@3.2.2"]


class EditorRoot(rx.Component):
    library = LIBRARY
    tag = "EditorRoot"
    lib_dependencies: list[str] = SORTING

    cv: rx.Var[str]
    ready: rx.Var[bool]
    saving: rx.Var[str]

    on_undo: rx.EventHandler[rx.event.no_args_event_spec]
    on_redo: rx.EventHandler[rx.event.no_args_event_spec]
    on_restore: rx.EventHandler[rx.event.passthrough_event_spec(dict[str, str])]


class Panels(rx.Component):
    """Its children are the panels in the order of `names`, the last one the preview."""

    library = LIBRARY
    tag = "Panels"

    label: rx.Var[str]
    names: rx.Var[dict[str, str]]


class Disclosure(rx.Component):
    library = LIBRARY
    tag = "Disclosure"

    label: rx.Var[str]
    trigger: rx.Var[rx.Component]
    align: rx.Var[str]


class Field(rx.Component):
    library = LIBRARY
    tag = "Field"

    path: rx.Var[str]
    label: rx.Var[str]
    value: rx.Var[str]
    kind: rx.Var[str]
    hint: rx.Var[str]
    placeholder: rx.Var[str]
    auto_complete: rx.Var[str]
    wide: rx.Var[bool]

    on_edit: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_leave: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class SaveState(rx.Component):
    library = LIBRARY
    tag = "SaveState"

    saving: rx.Var[str]
    offline: rx.Var[bool]
    words: rx.Var[dict[str, str]]


class SortableList(rx.Component):
    library = LIBRARY
    tag = "SortableList"

    ids: rx.Var[list[str]]
    names: rx.Var[list[str]]
    words: rx.Var[dict[str, str]]

    on_move: rx.EventHandler[rx.event.passthrough_event_spec(str, int)]


class SortableItem(rx.Component):
    library = LIBRARY
    tag = "SortableItem"


class DragHandle(rx.Component):
    library = LIBRARY
    tag = "DragHandle"

    label: rx.Var[str]


def sorting_words() -> rx.Var[dict[str, str]]:
    names = ("instructions", "lifted", "over", "dropped", "cancelled")
    return rx.Var.create({name: t(f"editor.drag_{name}") for name in names} | {"untitled": t("editor.untitled")})


def icon_button(icon: str, label: rx.Var[str], **props: Any) -> rx.Component:
    """A square button that shows an icon and says `label`."""
    return rx.el.button(
        rx.icon(icon, size=16, aria_hidden="true"),
        type="button",
        class_name="tool",
        aria_label=label,
        title=label,
        **props,
    )


def file_drop(*children: rx.Component, upload_id: str, label: rx.Var[str], on_drop: Any, **props: Any) -> rx.Component:
    """A button that takes one file, chosen or dropped on it; whether it is the right kind is for the server to say."""
    drop = rx.upload.root(
        *children,
        id=upload_id,
        max_files=1,
        multiple=False,
        no_keyboard=True,
        class_name="dropzone",
        on_drop=on_drop(rx.upload_files(upload_id=upload_id)),
        **props,
    )
    # The input that Reflex adds is out of sight, but assistive technology still finds it.
    drop.children[0].children[0].custom_attrs = {"aria-label": label}
    return drop
