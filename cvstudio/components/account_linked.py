"""The account page's part about sign-in providers."""

import reflex as rx

from cvstudio.components.account_part import part
from cvstudio.components.forms import api_form, submit
from cvstudio.locales import t
from cvstudio.state.account_linked import LinkedServices, Service


def linked_words() -> dict[str, tuple[str, rx.Var[str]]]:
    """What the page says to someone who comes back from a provider; see `forms.notices`."""
    return {
        "error__IdentityTaken": ("danger", t("account_linked.taken")),
        "error__AlreadyLinked": ("warn", t("account_linked.already")),
        "error__OAuthCallback": ("danger", t("account_linked.refused")),
        "error__ProviderUnavailable": ("danger", t("login.provider_unavailable")),
        "linked__any": ("good", t("account_linked.done")),
    }


def linked_services() -> rx.Component:
    """Nothing where no provider is set up."""
    return rx.el.div(
        rx.cond(
            LinkedServices.services.length() > 0,
            part(
                "linked",
                t("account_linked.title"),
                t("account_linked.text"),
                rx.el.ul(rx.foreach(LinkedServices.services, _service), class_name="rows"),
            ),
        ),
        on_mount=LinkedServices.load,
    )


def _service(service: rx.Var[Service]) -> rx.Component:
    return rx.el.li(
        rx.el.b(service.label),
        rx.el.p(
            rx.cond(
                service.linked,
                rx.cond(service.email == "", t("account_linked.linked"), service.email),
                t("account_linked.none"),
            ),
            class_name="note",
        ),
        rx.cond(
            service.linked,
            api_form(
                _named(service),
                submit(
                    t("account_linked.unlink"), "small", aria_label=t("account_linked.unlink_name", name=service.label)
                ),
                action="/api/account/unlink-oauth",
                method="DELETE",
                on_done=LinkedServices.load,
            ),
            api_form(
                _named(service),
                submit(t("account_linked.link"), "small", aria_label=t("account_linked.link_name", name=service.label)),
                action="/api/account/link-oauth",
                next="provider",
            ),
        ),
        key=service.name,
    )


def _named(service: rx.Var[Service]) -> rx.Component:
    return rx.el.input(type="hidden", name="provider", value=service.name, read_only=True)
