"""/account: who one is here, how one gets in, what was agreed to, and the way out with everything."""

import reflex as rx

from cvstudio.components.account_factors import passkeys, two_step
from cvstudio.components.account_linked import linked_services, linked_words
from cvstudio.components.account_part import part
from cvstudio.components.forms import (
    api_form,
    email_field,
    notices,
    password_field,
    submit,
    text_field,
    typed_consent,
    when,
)
from cvstudio.components.links import server_link
from cvstudio.components.shell import page
from cvstudio.language import LANGUAGES, NATIVE_NAMES
from cvstudio.locales import language, t
from cvstudio.state.account import Account, Choice, SignIn
from cvstudio.state.tour import Tour

# What a consent banner usually asks; anything else is shown as it was recorded.
ACTIONS = ("accept_all", "reject_all", "customize", "withdraw")
PURPOSES = ("necessary", "functional", "analytics", "marketing")
METHODS = ("password", "magic", "verification", "passkey")


def account() -> rx.Component:
    return page(
        "account",
        rx.el.div(
            rx.el.header(
                rx.el.h1(t("account.title"), class_name="display small"),
                rx.el.p(Account.email),
                notices(
                    error__any=("danger", t("login.link_used")),
                    emailChanged__any=("good", t("account.email_changed")),
                    **linked_words(),
                ),
            ),
            rx.cond(
                Account.ready,
                rx.fragment(
                    profile(),
                    password(),
                    two_step(),
                    passkeys(),
                    linked_services(),
                    speech(),
                    sign_ins(),
                    consents(),
                    rx.cond(Account.tour, guided_tour()),
                    data(),
                    deletion(),
                ),
                rx.el.p(t("account.loading"), class_name="note", role="status"),
            ),
            class_name="account wrap",
        ),
    )


def profile() -> rx.Component:
    return part(
        "profile",
        t("account.profile"),
        t("account.profile_text"),
        api_form(
            text_field("name", t("account.name"), prefix="profile", auto_complete="name", default_value=Account.name),
            submit(t("account.save"), ""),
            action="/api/account/profile",
            method="PUT",
            said=t("account.saved"),
            on_done=Account.load,
        ),
        api_form(
            email_field(
                prefix="profile",
                default_value=Account.email,
                auto_complete="email",
                hint=rx.cond(Account.verified, t("account.email_hint"), t("account.email_unverified")),
            ),
            submit(t("account.change_email"), ""),
            action="/api/account/profile",
            method="PUT",
            said=t("account.email_sent"),
        ),
        rx.cond(
            Account.verified,
            rx.fragment(),
            api_form(
                rx.el.input(type="hidden", name="email", value=Account.email, read_only=True),
                submit(t("account.verify_again"), "quiet"),
                action="/api/auth/resend-verification",
                said=t("account.verify_sent"),
            ),
        ),
    )


def password() -> rx.Component:
    return part(
        "password",
        t("forms.password"),
        rx.cond(Account.has_password, t("account.password_text"), t("account.password_none")),
        api_form(
            # For password managers: whose password it is.
            rx.el.input(
                type="text",
                name="username",
                value=Account.email,
                auto_complete="username",
                read_only=True,
                hidden=True,
                aria_hidden="true",
                tab_index=-1,
            ),
            rx.cond(
                Account.has_password,
                password_field("currentPassword", label=t("account.current_password"), prefix="password"),
            ),
            password_field("newPassword", new=True, prefix="password"),
            submit(t("account.change_password"), ""),
            action="/api/account/password",
            method="PUT",
            clears=True,
            said=t("account.password_saved"),
            on_done=Account.load,
        ),
    )


def speech() -> rx.Component:
    return part(
        "language",
        t("account.language"),
        t("account.language_text"),
        rx.el.fieldset(
            rx.el.legend(t("account.language"), class_name="visually-hidden"),
            *(
                rx.el.label(
                    rx.el.input(
                        type="radio",
                        name="language",
                        value=lang,
                        checked=language() == lang,
                        on_change=Account.choose_language(lang),
                    ),
                    rx.el.span(NATIVE_NAMES[lang], custom_attrs={"lang": lang}),
                    class_name="chip",
                )
                for lang in LANGUAGES
            ),
            class_name="chips",
        ),
    )


def sign_ins() -> rx.Component:
    return part(
        "sessions",
        t("account.sessions"),
        t("account.sessions_text"),
        rx.el.ul(rx.foreach(Account.sign_ins, _sign_in), class_name="rows"),
        api_form(
            submit(t("account.sign_out_everywhere"), ""),
            action="/api/account/sessions",
            method="DELETE",
            next="/login",
        ),
    )


def _sign_in(login: rx.Var[SignIn]) -> rx.Component:
    device = rx.cond(login.device == "", t("account.unknown_device"), login.device)
    return rx.el.li(
        rx.el.b(device),
        rx.el.p(
            rx.match(
                login.method,
                *((method, t(f"account.method_{method}")) for method in METHODS),
                t("account.method_other"),
            ),
            " · ",
            when(login.seen_at),
            rx.cond(login.address == "", "", " · " + login.address),
            class_name="note",
        ),
        rx.cond(
            login.current,
            rx.el.span(t("account.this_device"), class_name="badge good"),
            rx.el.button(
                t("account.revoke"),
                type="button",
                class_name="button small",
                aria_label=t("account.revoke_device", device=device),
                on_click=Account.end_sign_in(login.id),
            ),
        ),
        key=login.id,
    )


def consents() -> rx.Component:
    return part(
        "consents",
        t("account.consents"),
        t("account.consents_text"),
        rx.cond(
            Account.choices.length() > 0,
            rx.el.ul(rx.foreach(Account.choices, _choice), class_name="rows"),
            rx.el.p(t("account.consents_none"), class_name="note"),
        ),
    )


def _choice(choice: rx.Var[Choice]) -> rx.Component:
    action = rx.match(choice.action, *((known, t(f"account.consent_{known}")) for known in ACTIONS), choice.action)
    return rx.el.li(
        rx.el.b(action),
        rx.el.p(when(choice.at), class_name="note"),
        rx.el.ul(rx.foreach(choice.purposes, _purpose), class_name="badges"),
    )


def _purpose(name: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        rx.match(name, *((known, t(f"account.purpose_{known}")) for known in PURPOSES), name), class_name="badge"
    )


def guided_tour() -> rx.Component:
    return part(
        "tour",
        t("account.tour"),
        t("account.tour_text"),
        rx.el.button(t("account.tour_again"), type="button", class_name="button", on_click=Tour.again),
    )


def data() -> rx.Component:
    return part(
        "data",
        t("account.data"),
        t("account.data_text"),
        server_link(
            rx.icon("download", size=16, aria_hidden="true"),
            t("account.export"),
            href="/api/account/export",
            class_name="button",
            custom_attrs={"download": True},
        ),
    )


def deletion() -> rx.Component:
    return part(
        "deletion",
        t("account.deletion"),
        t("account.deletion_text"),
        api_form(
            typed_consent(
                rx.cond(Account.has_password, password_field(prefix="deletion")),
                submit(t("account.delete"), "danger"),
                label=t("account.delete_typed", email=Account.email),
                expected=Account.email,
                prefix="deletion",
            ),
            action="/api/account/delete",
            method="DELETE",
            next="/",
        ),
        kind="grave",
    )
