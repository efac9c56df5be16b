"""/reset-password?token=…: where that mail leads."""

import reflex as rx

from cvstudio.components.door import door
from cvstudio.components.forms import api_form, password_field, submit
from cvstudio.components.links import link
from cvstudio.locales import t


def reset() -> rx.Component:
    return door(
        "reset-password",
        t("reset.title"),
        t("reset.lead"),
        api_form(
            password_field(new=True),
            submit(t("reset.save"), "primary large"),
            action="/api/auth/reset-password",
            next="/login?reset=1",
            carry="token",
        ),
        rx.el.p(t("reset.expired"), " ", link(t("reset.new_link"), to="/forgot", class_name="more"), class_name="turn"),
    )
