"""A CV in the list of one's CVs."""

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.components.forms import when
from cvstudio.components.links import link, server_link
from cvstudio.locales import count, t
from cvstudio.state.cvs import Shelf

# A var of state.cvs.Row: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any

FORMATS = {
    "pdf": "PDF",
    "docx": "Word",
    "md": "Markdown",
    "txt": "TXT",
    "json": "JSON Resume",
    "xml": "Europass",
}
WIDTH, HEIGHT = 298, 421  # of a picture of an A4 page


def row(cv: Row) -> rx.Component:
    return rx.el.li(
        rx.cond(Shelf.in_trash, rx.fragment(), _pick(cv)),
        rx.cond(
            Shelf.in_trash,
            rx.el.div(_picture(cv), class_name="cv-picture"),
            # For the mouse: by keyboard and aloud, the title leads to the same place.
            link(_picture(cv), to="/generate?cv=" + cv.id, class_name="cv-picture", tab_index=-1, aria_hidden="true"),
        ),
        rx.el.div(
            rx.cond(Shelf.renaming == cv.id, _renaming(cv), _name(cv)),
            rx.el.p(_source(cv), class_name="note"),
            class_name="cv-about",
        ),
        rx.el.ul(
            rx.cond(cv.score == "", rx.fragment(), rx.el.li(t("cvs.match", score=cv.score), class_name="badge good")),
            rx.el.li(cv.language, class_name="badge"),
            rx.el.li(cv.template, class_name="badge"),
            class_name="badges",
        ),
        rx.el.p(
            rx.cond(Shelf.in_trash, t("cvs.thrown"), t("cvs.changed")), " ", when(cv.at), class_name="note cv-when"
        ),
        rx.el.div(
            rx.cond(
                Shelf.in_trash,
                rx.el.button(
                    t("cvs.restore"),
                    type="button",
                    class_name="button small",
                    aria_label=t("cvs.restore_named", title=cv.title),
                    on_click=Shelf.restore(cv.id),
                ),
                rx.fragment(
                    _button("pencil", "rename", cv, Shelf.begin_rename(cv.id)),
                    _button("copy", "duplicate", cv, Shelf.duplicate(cv.id)),
                    _button("trash-2", "remove", cv, Shelf.remove(cv.id)),
                ),
            ),
            class_name="cv-actions",
        ),
        key=cv.id,
        custom_attrs={"data-cv": cv.id},
    )


def _picture(cv: Row) -> rx.Component:
    """In a place of its size, also before it is there."""
    return rx.cond(
        cv.picture == "",
        rx.fragment(),
        rx.el.img(src=cv.picture, alt="", loading="lazy", custom_attrs={"width": WIDTH, "height": HEIGHT}),
    )


def _pick(cv: Row) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            default_checked=Shelf.picked.contains(cv.id),  # the browser ticks it without waiting for us
            key=Shelf.unpicked,
            on_change=lambda on: Shelf.pick(cv.id, on),
            aria_label=t("cvs.pick", title=cv.title),
        ),
        class_name="cv-pick",
    )


def picked() -> rx.Component:
    """What can be done with several; over the page, so that nothing moves."""
    return rx.cond(
        Shelf.picked.length() > 0,
        rx.el.div(
            rx.el.p(count("cvs.picked", Shelf.picked.length()), role="status"),
            rx.el.label(t("cvs.format"), html_for="cvs-format", class_name="visually-hidden"),
            rx.el.select(
                *(rx.el.option(name, value=format) for format, name in FORMATS.items()),
                id="cvs-format",
                value=Shelf.packed,
                on_change=Shelf.pack_as,
            ),
            rx.el.button(t("cvs.pack"), type="button", class_name="button primary small", on_click=Shelf.pack),
            rx.el.button(t("cvs.pick_none"), type="button", class_name="button small", on_click=Shelf.pick_none),
            rx.el.p(rx.cond(Shelf.packed == "pdf", t("cvs.pack_note"), ""), class_name="note"),
            role="region",
            aria_label=t("cvs.picked_region"),
            class_name="shelf-picked",
        ),
    )


def _name(cv: Row) -> rx.Component:
    """The way into the editor; what is in the trash has to leave that first."""
    return rx.el.h2(
        rx.cond(
            Shelf.in_trash,
            rx.el.span(cv.title, class_name="cv-name", tab_index=-1),
            link(cv.title, to="/generate?cv=" + cv.id, class_name="cv-name"),
        )
    )


def _renaming(cv: Row) -> rx.Component:
    return rx.el.form(
        rx.el.input(type="hidden", name="id", value=cv.id),
        rx.el.div(
            rx.el.input(
                id="cv-rename",
                name="title",
                type="text",
                default_value=cv.title,
                max_length=120,
                auto_complete="off",
                aria_label=t("cvs.rename_field"),
                on_key_down=lambda key: rx.cond(key == "Escape", Shelf.stop_renaming(), rx.noop()),
            ),
            class_name="field",
        ),
        rx.el.button(t("cvs.rename_keep"), type="submit", class_name="button primary small"),
        rx.el.button(
            t("cvs.rename_cancel"), type="button", class_name="button quiet small", on_click=Shelf.stop_renaming
        ),
        on_submit=Shelf.rename,
        class_name="cv-rename",
    )


def _source(cv: Row) -> rx.Component:
    return rx.cond(
        cv.link == "",
        rx.fragment(cv.source),
        rx.cond(
            cv.elsewhere,
            server_link(cv.source, href=cv.link, target="_blank", rel="noopener noreferrer nofollow"),
            link(cv.source, to=cv.link),
        ),
    )


def _button(icon: str, does: str, cv: Row, event: Any) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16, aria_hidden="true"),
        type="button",
        class_name="button quiet icon small",
        aria_label=t(f"cvs.{does}_named", title=cv.title),
        title=t(f"cvs.{does}"),
        on_click=event,
    )
