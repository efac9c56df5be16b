"""/register: a new account."""

import reflex as rx

from cvstudio.components.door import door
from cvstudio.components.forms import api_form, email_field, password_field, providers, submit, text_field
from cvstudio.components.links import link
from cvstudio.locales import t


def register() -> rx.Component:
    return door(
        "register",
        t("register.title"),
        t("register.lead"),
        api_form(
            text_field("name", t("register.name"), auto_complete="name"),
            email_field(),
            password_field(new=True, label=t("forms.password")),
            submit(t("register.create"), "primary large"),
            action="/api/auth/register",
            next="/login/check?for=verify",
            carry="referralCode",
        ),
        rx.el.p(t("register.known"), " ", link(t("login.sign_in"), to="/login", class_name="more"), class_name="turn"),
        providers(),
    )
