"""/forgot: asks for the mail that leads to a new password."""

import reflex as rx

from cvstudio.components.door import door
from cvstudio.components.forms import api_form, email_field, submit
from cvstudio.components.links import link
from cvstudio.locales import t


def forgot() -> rx.Component:
    return door(
        "forgot",
        t("forgot.title"),
        t("forgot.lead"),
        api_form(
            email_field(),
            submit(t("forgot.send"), "primary large"),
            action="/api/auth/request-reset",
            next="/login/check?for=reset",
        ),
        rx.el.p(link(t("forgot.back"), to="/login", class_name="more"), class_name="turn"),
    )
