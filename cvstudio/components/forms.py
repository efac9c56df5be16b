"""Forms that the API answers: sent as JSON, refused in place, nothing typed is lost."""

from typing import Any

import reflex as rx

from cvstudio.locales import language, t

LIBRARY = "$/public/forms.jsx"  # assets/forms.jsx says what each prop does


class ApiForm(rx.Component):
    library = LIBRARY
    tag = "ApiForm"

    action: rx.Var[str]
    method: rx.Var[str]
    next: rx.Var[str]
    csrf: rx.Var[bool]
    carry: rx.Var[str]
    retry: rx.Var[str]
    clears: rx.Var[bool]
    said: rx.Var[str]
    words: rx.Var[dict[str, str]]
    unreachable: rx.Var[str]

    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class FormField(rx.Component):
    library = LIBRARY
    tag = "FormField"

    name: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    kind: rx.Var[str]
    show: rx.Var[str]
    hide: rx.Var[str]
    prefix: rx.Var[str]
    default_value: rx.Var[str]
    auto_complete: rx.Var[str]
    auto_capitalize: rx.Var[str]
    spell_check: rx.Var[bool]
    max_length: rx.Var[int]


class Notices(rx.Component):
    library = LIBRARY
    tag = "Notices"

    words: rx.Var[dict[str, list[str]]]


class When(rx.Component):
    library = LIBRARY
    tag = "When"

    moment: rx.Var[str]
    language: rx.Var[str]


class Providers(rx.Component):
    library = LIBRARY
    tag = "Providers"

    text: rx.Var[str]
    between: rx.Var[str]
    unreachable: rx.Var[str]


class Address(rx.Component):
    library = LIBRARY
    tag = "Address"

    otherwise: rx.Var[str]


class SentAddress(rx.Component):
    library = LIBRARY
    tag = "SentAddress"


class ByAddress(rx.Component):
    library = LIBRARY
    tag = "ByAddress"

    name: rx.Var[str]


class TypedConsent(rx.Component):
    library = LIBRARY
    tag = "TypedConsent"

    label: rx.Var[str]
    expected: rx.Var[str]
    prefix: rx.Var[str]


def api_form(*children: Any, action: str, method: str = "POST", **props: Any) -> rx.Component:
    return ApiForm.create(*children, action=action, method=method, unreachable=t("forms.unreachable"), **props)


def email_field(**props: Any) -> rx.Component:
    given = {
        "name": "email",
        "label": t("forms.email"),
        "kind": "email",
        "auto_complete": "username",
        "auto_capitalize": "none",
        "spell_check": False,
        "max_length": 254,
    }
    return FormField.create(**(given | props))


def text_field(name: str, label: rx.Var[str], **props: Any) -> rx.Component:
    return FormField.create(**({"name": name, "label": label, "kind": "text", "max_length": 120} | props))


def password_field(name: str = "password", *, new: bool = False, **props: Any) -> rx.Component:
    """`new`: one to be chosen now, which a password manager may propose."""
    given = {
        "name": name,
        "label": t("forms.new_password") if new else t("forms.password"),
        "kind": "password",
        "auto_complete": "new-password" if new else "current-password",
        "auto_capitalize": "none",
        "spell_check": False,
        "show": t("forms.show"),
        "hide": t("forms.hide"),
    }
    if new:
        given["hint"] = t("forms.password_hint")
    return FormField.create(**(given | props))


def submit(label: rx.Var[str], kind: str = "primary", **props: Any) -> rx.Component:
    return rx.el.button(label, type="submit", class_name=f"button {kind}", **props)


def providers() -> rx.Component:
    """The other ways in, as far as the settings name any; last, since what stands below them moves when they come."""
    return Providers.create(text=t("forms.with_provider"), between=t("forms.or"), unreachable=t("forms.unreachable"))


def typed_address() -> rx.Component:
    """The address that a mail was sent to."""
    return Address.create(otherwise=t("forms.your_address"))


def sent_address() -> rx.Component:
    """The same for a form that sends once more."""
    return SentAddress.create()


def by_address(name: str, **cases: rx.Component) -> rx.Component:
    """One of the cases, by the value of a parameter of the page's address; the first for any other value."""
    return ByAddress.create(
        *(rx.el.div(shown, custom_attrs={"data-case": value}) for value, shown in cases.items()), name=name
    )


def typed_consent(*children: Any, label: rx.Var[str], expected: rx.Var[str], prefix: str) -> rx.Component:
    """What it holds works once exactly `expected` was typed."""
    return TypedConsent.create(*children, label=label, expected=expected, prefix=prefix)


def notices(**words: tuple[str, rx.Var[str]]) -> rx.Component:
    """Says why one was led here. `error__Verification=("danger", …)` is for ?error=Verification, `error__any` for all
    others of that name."""
    told = {name.replace("__any", "=*").replace("__", "="): list(said) for name, said in words.items()}
    return Notices.create(words=rx.Var.create(told))


def when(moment: rx.Var[str]) -> rx.Component:
    """A moment (ISO 8601) as the reader writes it."""
    return When.create(moment=moment, language=language())


def sign_out(label: rx.Var[str], kind: str = "quiet") -> rx.Component:
    return api_form(submit(label, kind), action="/api/auth/signout", csrf=True, next="/")
