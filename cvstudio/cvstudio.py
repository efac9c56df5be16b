"""Assembly only: the Reflex app, its pages, the API in front of them."""

from typing import Any

import reflex as rx

from cvstudio.config import settings
from cvstudio.locales import page_language, t
from cvstudio.serving import accept_own_origin, mount_pages


def index() -> rx.Component:
    return rx.el.h1(t("shell.product"))


# Reflex takes Vars here, its annotation says only str.
html_attributes: dict[str, Any] = {"lang": page_language()}

app = rx.App(api_transformer=[mount_pages], html_custom_attrs=html_attributes)
app.add_page(index, route="/", title=t("shell.product"))

accept_own_origin(app, settings().public_url)
