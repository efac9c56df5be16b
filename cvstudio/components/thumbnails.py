"""A template's true picture: the first page of a sample CV, as the PDF has it."""

from typing import Any

import reflex as rx

from cvstudio.locales import by_language, language, t
from cvstudio.render.themes import Theme

WIDTH, HEIGHT = 744, 1053  # of the file, in pixels: the place is kept before it has loaded


def thumbnail(theme: Theme, **props: Any) -> rx.Component:
    return rx.el.img(
        src=f"/api/templates/{theme.slug}/thumbnail.png?lang={language()}",
        alt=t("templates.picture_of", name=name(theme)),
        custom_attrs={"width": WIDTH, "height": HEIGHT},
        loading="lazy",
        class_name="sheet",
        **props,
    )


def name(theme: Theme) -> rx.Var[str]:
    return by_language(theme.name["fr"], theme.name["en"])


def description(theme: Theme) -> rx.Var[str]:
    return by_language(theme.description["fr"], theme.description["en"])
