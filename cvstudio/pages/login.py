"""/login: in by password, by a link in one's mail or by a passkey; /login/check: that mail is on its way; /login/code:
the second step."""

import reflex as rx

from cvstudio.components.account_factors import passkey_button
from cvstudio.components.door import door
from cvstudio.components.forms import (
    api_form,
    by_address,
    email_field,
    notices,
    password_field,
    providers,
    sent_address,
    submit,
    text_field,
    typed_address,
)
from cvstudio.components.links import link
from cvstudio.locales import t


def login() -> rx.Component:
    return door(
        "login",
        t("login.title"),
        t("login.lead"),
        notices(
            error__Verification=("danger", t("login.link_used")),
            error__CredentialsSignin=("danger", t("login.wrong_credentials")),
            error__EmailSignin=("danger", t("login.wrong_address")),
            error__SessionRequired=("warn", t("login.session_over")),
            error__OAuthAccountNotLinked=("warn", t("login.not_linked")),
            error__EmailNotVerified=("warn", t("login.email_not_verified")),
            error__AccessDenied=("warn", t("login.no_new_accounts")),
            error__ProviderUnavailable=("danger", t("login.provider_unavailable")),
            error__any=("danger", t("login.provider_refused")),
            csrf__any=("danger", t("login.provider_refused")),
            sent__any=("good", t("login.link_sent")),
            reset__any=("good", t("login.password_saved")),
        ),
        _form(),
        passkey_button(),
        rx.el.p(
            t("login.no_account"), " ", link(t("login.register"), to="/register", class_name="more"), class_name="turn"
        ),
        providers(),
    )


def _form() -> rx.Component:
    return api_form(
        email_field(),
        password_field(),
        link(t("login.forgot"), to="/forgot", class_name="more small forgot"),
        submit(t("login.sign_in"), "primary large"),
        rx.el.div(
            submit(
                t("login.send_link"),
                "large",
                form_action="/api/auth/signin/email",
                custom_attrs={
                    "data-action": "/api/auth/signin/email",
                    "data-next": "/login/check?for=magic",
                    "data-fields": "email",
                },
            ),
            rx.el.p(t("login.link_hint"), class_name="note"),
            class_name="instead",
        ),
        action="/api/auth/callback/credentials",
        next="answer",
        csrf=True,
        carry="callbackUrl",
        retry="password",
        words=rx.Var.create({"EmailSignin": t("login.wrong_address")}),
    )


def code() -> rx.Component:
    return door(
        "code",
        t("code.title"),
        t("code.lead"),
        notices(error__any=("danger", t("code.wrong"))),
        api_form(
            text_field(
                "code",
                t("code.code"),
                hint=t("code.hint"),
                auto_complete="one-time-code",
                auto_capitalize="none",
                spell_check=False,
                max_length=40,
            ),
            submit(t("code.enter"), "primary large"),
            action="/api/auth/callback/second-factor",
            next="answer",
            csrf=True,
            carry="callbackUrl",
            retry="code",
        ),
        rx.el.p(t("code.late"), " ", link(t("code.again"), to="/login", class_name="more"), class_name="turn"),
    )


def check() -> rx.Component:
    return door(
        "check",
        t("check.title"),
        rx.fragment(t("check.lead"), " ", typed_address()),
        by_address(
            "for",
            magic=_sent(t("check.magic"), "/api/auth/signin/email", back="/login", csrf=True),
            reset=_sent(t("check.reset"), "/api/auth/request-reset", back="/forgot"),
            verify=_sent(t("check.verify"), "/api/auth/resend-verification", back="/register"),
        ),
    )


def _sent(text: rx.Var[str], action: str, *, back: str, csrf: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.p(text),
        rx.el.p(t("check.missing"), class_name="note"),
        api_form(sent_address(), submit(t("check.again"), ""), action=action, csrf=csrf, said=t("check.sent_again")),
        rx.el.p(link(t("check.other_address"), to=back, class_name="more"), class_name="turn"),
        class_name="sent",
    )
