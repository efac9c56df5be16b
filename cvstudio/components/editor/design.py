"""How the CV looks: template, colour, type, space, page."""

from __future__ import annotations

import reflex as rx

from cvstudio.components.editor.elements import Row
from cvstudio.components.editor.upgrading import upgrade_notice
from cvstudio.components.thumbnails import name, thumbnail
from cvstudio.locales import as_text, is_english, t
from cvstudio.render import fonts, themes
from cvstudio.render.labels import LANGUAGE_NAMES
from cvstudio.render.themes import Theme
from cvstudio.state.editor import Editor
from cvstudio.state.editor_design import Designing

DESIGN: Row = Editor.design
SIZES = (8.5, 12.5, 0.1)  # points: least, most, step


def design() -> rx.Component:
    return rx.fragment(
        upgrade_notice(),
        _group(t("editor.templates"), rx.el.div(*(_template(theme) for theme in themes.all()), class_name="templates")),
        _group(t("editor.colour"), _colours()),
        rx.el.div(
            rx.el.div(
                _font(),
                _size(),
                class_name="pair",
            ),
            _choices("density", ("compact", "normal", "airy"), DESIGN.density),
            _choices("margins", ("narrow", "normal", "wide"), DESIGN.margins),
            _choices("page", ("A4", "Letter"), DESIGN.page, plain=True),
            _choices("photo", ("none", "circle", "rounded", "square"), DESIGN.photo),
            _choices("dates", ("short", "long", "numeric", "year"), DESIGN.dates),
            _language(),
            class_name="knobs",
        ),
        rx.el.button(
            rx.icon("rotate-ccw", size=16, aria_hidden="true"),
            t("editor.design_plain"),
            type="button",
            class_name="button quiet small add",
            disabled=~DESIGN.touched,
            on_click=Designing.plain,
        ),
    )


def _group(title: rx.Var[str], *children: rx.Component) -> rx.Component:
    return rx.el.fieldset(rx.el.legend(title), *children, class_name="knob")


def _template(theme: Theme) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="template",
            value=theme.slug,
            checked=DESIGN.template == theme.slug,
            on_change=Designing.use_template(theme.slug),
        ),
        thumbnail(theme),
        rx.el.span(
            name(theme),
            rx.el.span(t("editor.premium"), class_name="badge accent") if theme.premium else None,
            class_name="template-name",
        ),
        class_name="template",
    )


def _colours() -> rx.Component:
    return rx.el.div(
        rx.foreach(
            DESIGN.accents,
            lambda accent, index: rx.el.label(
                rx.el.input(
                    type="radio",
                    name="accent",
                    value=accent,
                    checked=DESIGN.accent == accent,
                    on_change=Designing.set_knob("accent", accent),
                    aria_label=t("editor.colour_n", n=index + 1),
                ),
                class_name="swatch",
                style={"--swatch": accent},
            ),
        ),
        rx.el.label(
            rx.el.input(
                type="color",
                default_value=DESIGN.accent,
                on_change=lambda value: Designing.set_knob("accent", value),
                key=f"{DESIGN.template}{Editor.revision}",
            ),
            rx.el.span(t("editor.colour_own")),
            class_name="own-colour",
        ),
        class_name="swatches",
    )


def _font() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("editor.font"), html_for="knob-font"),
        rx.el.select(
            *(rx.el.option(family.name, value=slug) for slug, family in fonts.families().items()),
            id="knob-font",
            value=DESIGN.font,
            on_change=lambda value: Designing.set_knob("font", value),
        ),
        class_name="field",
    )


def _size() -> rx.Component:
    least, most, step = SIZES
    return rx.el.div(
        rx.el.label(
            t("editor.size"),
            " ",
            rx.el.output(t("editor.points", size=decimal(DESIGN.size))),
            html_for="knob-size",
        ),
        rx.el.input(
            id="knob-size",
            type="range",
            custom_attrs={"min": least, "max": most, "step": step},
            default_value=DESIGN.size,
            key=f"{DESIGN.template}{Editor.revision}{DESIGN.touched}",
            on_change=lambda value: Designing.set_knob("size", value),
        ),
        class_name="field",
    )


def decimal(number: rx.Var[str]) -> rx.Var[str]:
    """As the reader writes it."""
    return as_text(rx.cond(is_english(), number, number.replace(".", ",")))


def _choices(knob: str, choices: tuple[str, ...], chosen: rx.Var[str], *, plain: bool = False) -> rx.Component:
    return _group(
        t(f"editor.{knob}"),
        rx.el.div(
            *(
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name=knob,
                        value=choice,
                        checked=chosen == choice,
                        on_change=Designing.set_knob(knob, choice),
                    ),
                    rx.el.span(choice if plain else t(f"editor.{knob}_{choice}")),
                )
                for choice in choices
            ),
            class_name="segments",
        ),
    )


def _language() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("editor.cv_language"), html_for="knob-language"),
        rx.el.select(
            *(rx.el.option(name, value=code, custom_attrs={"lang": code}) for code, name in LANGUAGE_NAMES.items()),
            id="knob-language",
            value=DESIGN.language,
            on_change=Designing.set_cv_language,
        ),
        rx.el.p(t("editor.cv_language_hint"), class_name="note"),
        class_name="field",
    )
