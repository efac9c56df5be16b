"""/cvs: a person's CVs."""

import reflex as rx

from cvstudio.components.library import picked, row
from cvstudio.components.links import button_link
from cvstudio.components.modal import modal
from cvstudio.components.notices import empty_state
from cvstudio.components.shell import page
from cvstudio.locales import by_language, count, t
from cvstudio.render import themes
from cvstudio.state.cvs import LANGUAGES, MAX_WORDS, SOURCES, Shelf


def cvs() -> rx.Component:
    return page(
        "cvs",
        rx.el.div(
            head(),
            rx.cond(
                Shelf.ready,
                rx.fragment(
                    rx.cond(Shelf.kept + Shelf.trashed > 0, tools()),
                    rx.el.p(count("cvs.found", Shelf.found), class_name="found", role="status"),
                    rx.cond(Shelf.found == 0, nothing(), listed()),
                ),
            ),
            class_name="wrap shelf",
            custom_attrs={"data-ready": rx.cond(Shelf.ready, "true", "")},
        ),
        picked(),
        sure(),
        on_language=Shelf.open,
    )


def head() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.h1(
                rx.cond(Shelf.in_trash, t("cvs.title_trash"), t("cvs.title")),
                id="cvs-title",
                tab_index=-1,
                class_name="display small",
            ),
            rx.el.p(rx.cond(Shelf.in_trash, t("cvs.lead_trash"), t("cvs.lead")), class_name="lead"),
        ),
        rx.el.div(
            rx.cond(
                Shelf.in_trash,
                rx.fragment(
                    rx.el.button(
                        t("cvs.empty"),
                        type="button",
                        class_name="button danger",
                        disabled=Shelf.trashed == 0,
                        on_click=Shelf.ask_emptying(True),
                    ),
                    rx.el.button(t("cvs.back"), type="button", class_name="button", on_click=Shelf.show_trash(False)),
                ),
                rx.fragment(
                    rx.el.button(
                        rx.icon("trash-2", size=16, aria_hidden="true"),
                        t("cvs.trash", number=Shelf.trashed),
                        type="button",
                        class_name="button quiet",
                        on_click=Shelf.show_trash(True),
                    ),
                    rx.el.button(
                        rx.icon("plus", size=16, aria_hidden="true"),
                        t("cvs.new"),
                        type="button",
                        class_name="button primary",
                        on_click=Shelf.create,
                    ),
                ),
            ),
            class_name="shelf-actions",
        ),
        class_name="shelf-head",
    )


def tools() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(t("cvs.search"), html_for="cvs-search"),
            rx.el.input(
                id="cvs-search",
                type="search",
                key=Shelf.cleared,
                default_value=Shelf.words,
                max_length=MAX_WORDS,
                auto_complete="off",
                on_change=lambda words: Shelf.search(words).debounce(250),
            ),
            class_name="field shelf-search",
        ),
        _choice("language", rx.fragment(*(rx.el.option(name, value=key) for key, name in LANGUAGES.items()))),
        _choice("source", rx.fragment(*(rx.el.option(t(f"cvs.from_{source}"), value=source) for source in SOURCES))),
        _choice(
            "template",
            rx.fragment(
                *(
                    rx.el.option(by_language(theme.name["fr"], theme.name["en"]), value=theme.slug)
                    for theme in themes.all()
                )
            ),
        ),
        rx.cond(Shelf.in_trash, rx.fragment(), _sorting()),
        on_submit=rx.prevent_default,
        role="search",
        aria_label=t("cvs.tools"),
        class_name="shelf-tools",
    )


def _choice(name: str, options: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(t(f"cvs.{name}"), html_for=f"cvs-{name}"),
        rx.el.select(
            rx.el.option(t(f"cvs.any_{name}"), value=""),
            options,
            id=f"cvs-{name}",
            value=Shelf.chosen[name],
            on_change=lambda value: Shelf.choose(name, value),
        ),
        class_name="field",
    )


def _sorting() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("cvs.sort"), html_for="cvs-sort"),
        rx.el.select(
            rx.el.option(t("cvs.sort_changed"), value=""),
            rx.el.option(t("cvs.sort_title"), value="title"),
            rx.el.option(t("cvs.sort_score"), value="score"),
            id="cvs-sort",
            value=Shelf.chosen["sort"],
            on_change=lambda value: Shelf.choose("sort", value),
        ),
        class_name="field",
    )


def listed() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(Shelf.rows, row), role="list", class_name="shelf-list", aria_label=t("cvs.list")),
        rx.cond(
            Shelf.more,
            rx.el.button(t("cvs.more"), type="button", class_name="button shelf-more", on_click=Shelf.load_more),
        ),
    )


def nothing() -> rx.Component:
    cleared = rx.el.button(t("cvs.clear"), type="button", class_name="button", on_click=Shelf.clear)
    return rx.cond(
        Shelf.narrowed,
        empty_state(t("cvs.none_title"), t("cvs.none_text"), cleared),
        rx.cond(
            Shelf.in_trash,
            empty_state(t("cvs.trash_empty_title"), t("cvs.trash_empty_text")),
            empty_state(
                t("cvs.empty_title"),
                t("cvs.empty_lead"),
                button_link(t("cvs.start"), to="/generate", kind="primary"),
            ),
        ),
    )


def sure() -> rx.Component:
    return modal(
        rx.el.div(
            rx.el.h2(t("cvs.empty_sure"), class_name="title"),
            rx.el.p(t("cvs.empty_text")),
            rx.el.div(
                rx.el.button(t("cvs.empty_no"), type="button", class_name="button", on_click=Shelf.ask_emptying(False)),
                rx.el.button(t("cvs.empty_yes"), type="button", class_name="button danger", on_click=Shelf.empty),
                class_name="shelf-actions",
            ),
            class_name="shelf-sure",
        ),
        open=Shelf.emptying,
        label=t("cvs.empty_sure"),
        on_close=Shelf.ask_emptying(False),
    )
