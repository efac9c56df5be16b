"""/templates: every template by its true picture, filters, a close look."""

import reflex as rx

from cvstudio.components.links import button_link
from cvstudio.components.modal import modal
from cvstudio.components.notices import empty_state
from cvstudio.components.preview import preview_frame
from cvstudio.components.shell import page
from cvstudio.components.thumbnails import description, name, thumbnail
from cvstudio.locales import count, t
from cvstudio.render import themes
from cvstudio.render.themes import Theme
from cvstudio.state.templates import FACETS, FRAME, Facet, Templates


def templates() -> rx.Component:
    return page(
        "templates",
        rx.el.div(
            rx.el.header(
                rx.el.h1(t("templates.title"), class_name="display small"),
                rx.el.p(t("templates.lead"), class_name="lead"),
                class_name="gallery-head",
            ),
            filters(),
            rx.el.p(count("templates.found", Templates.shown.length()), class_name="found", role="status"),
            gallery(),
            class_name="wrap",
        ),
        close_look(),
        on_language=Templates.refresh,
    )


def filters() -> rx.Component:
    return rx.el.form(
        _filter("style", Templates.style),
        _filter("pages", Templates.pages),
        _filter("ats", Templates.ats),
        _filter("price", Templates.price),
        on_submit=rx.prevent_default,
        class_name="filters",
        aria_label=t("templates.filters"),
    )


def _filter(facet: Facet, chosen: rx.Var[str]) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t(f"templates.{facet}")),
        rx.el.div(
            _choice(facet, "", t("templates.all"), chosen),
            *(_choice(facet, choice, t(f"templates.{facet}_{choice}"), chosen) for choice in FACETS[facet]),
            class_name="chips",
        ),
    )


def _choice(facet: Facet, choice: str, label: rx.Var[str], chosen: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=facet,
            value=choice,
            checked=chosen == choice,
            on_change=Templates.choose(facet, choice),
        ),
        rx.el.span(label, rx.el.span(Templates.counts[f"{facet}:{choice}"], class_name="count") if choice else None),
        class_name="chip",
    )


def gallery() -> rx.Component:
    return rx.cond(
        Templates.shown.length() > 0,
        rx.el.ul(*(_card(theme) for theme in themes.all()), class_name="gallery"),
        empty_state(
            t("templates.none_title"),
            t("templates.none_text"),
            rx.el.button(t("templates.clear"), type="button", class_name="button", on_click=Templates.clear),
        ),
    )


def _card(theme: Theme) -> rx.Component:
    return rx.cond(
        Templates.shown.contains(theme.slug),
        rx.el.li(
            rx.el.button(
                thumbnail(theme),
                type="button",
                on_click=Templates.open(theme.slug),
                aria_label=t("templates.look", name=name(theme)),
                class_name="gallery-picture desk",
            ),
            rx.el.div(
                rx.el.h2(name(theme)),
                _badges(theme),
                rx.el.p(description(theme)),
                button_link(t("templates.use"), to=f"/generate?template={theme.slug}", kind="small"),
                class_name="gallery-text",
            ),
            class_name="gallery-card",
        ),
    )


def _badges(theme: Theme) -> rx.Component:
    return rx.el.ul(
        rx.el.li(t(f"templates.style_{theme.style}"), class_name="badge"),
        rx.el.li(t("templates.ats"), class_name="badge good") if theme.ats_friendly else None,
        rx.el.li(t("templates.price_premium"), class_name="badge accent") if theme.premium else None,
        class_name="badges",
    )


def close_look() -> rx.Component:
    return modal(
        rx.el.div(
            rx.el.div(
                # Outside of what changes with the template: the focus stays on the button pressed.
                rx.el.div(
                    _turn("ArrowLeft", "chevron-left", t("templates.previous")),
                    _turn("ArrowRight", "chevron-right", t("templates.next")),
                    _tool("x", t("shell.close"), Templates.close),
                    class_name="look-tools",
                ),
                rx.el.div(
                    rx.match(Templates.opened, *((theme.slug, _about(theme)) for theme in themes.all()), rx.fragment()),
                    aria_live="polite",
                ),
                class_name="look-text",
            ),
            rx.el.div(preview_frame(FRAME, zoomable=True), class_name="look-sheets desk"),
            class_name="look",
        ),
        open=Templates.opened != "",
        label=t("templates.close_look"),
        on_close=Templates.close,
        on_key=Templates.turn,
        class_name="wide",
    )


def _about(theme: Theme) -> rx.Component:
    return rx.el.div(
        rx.el.h2(name(theme), class_name="title"),
        _badges(theme),
        rx.el.p(description(theme)),
        rx.el.p(t("templates.premium_note"), class_name="note") if theme.premium else None,
        button_link(t("templates.use"), to=f"/generate?template={theme.slug}", kind="primary"),
        class_name="look-about",
    )


def _turn(key: str, icon: str, label: rx.Var[str]) -> rx.Component:
    return _tool(icon, label, Templates.turn(key))


def _tool(icon: str, label: rx.Var[str], on_click: rx.event.EventType[()]) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=18, aria_hidden="true"),
        type="button",
        class_name="button quiet icon",
        aria_label=label,
        title=label,
        on_click=on_click,
    )
