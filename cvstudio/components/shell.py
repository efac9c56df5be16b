"""What stands around every page: skip link, header, language and appearance, footer."""

from typing import Any

import reflex as rx

from cvstudio.components.brand import wordmark
from cvstudio.components.feedback import feedback_button, feedback_dialog, feedback_icon
from cvstudio.components.forms import sign_out
from cvstudio.components.links import button_link, link, server_link
from cvstudio.locales import language, t
from cvstudio.state.session import Session

MENU = "menu"
ACCOUNT_MENU = "account-menu"


class PageLanguage(rx.Component):
    """See assets/studio.jsx."""

    library = "$/public/studio.jsx"
    tag = "PageLanguage"

    language: rx.Var[str]

    on_change: rx.EventHandler[rx.event.no_args_event_spec]


def page(name: str, *children: Any, on_language: rx.event.EventType[()] | None = None) -> rx.Component:
    """A whole page; `name` is its route without the slash, `on_language` runs when the language was changed."""
    return rx.fragment(*_top(name, on_language), _main(name, *children), footer())


def bare_page(name: str, *children: Any, on_language: rx.event.EventType[()] | None = None) -> rx.Component:
    """A page without a footer whose main part takes all that the window leaves."""
    return rx.el.div(*_top(name, on_language), _main(name, *children), class_name="full-window")


def _top(name: str, on_language: rx.event.EventType[()] | None) -> tuple[rx.Component, ...]:
    events = {} if on_language is None else {"on_change": on_language}
    return (
        PageLanguage.create(language=language(), **events),
        server_link(t("shell.skip"), href="#main", class_name="skip"),
        header(name),
        maintenance(),
        feedback_dialog(),
    )


def maintenance() -> rx.Component:
    """What administrators tell everyone: over the page, so that nothing moves, until it was read."""
    return rx.el.div(
        rx.cond(
            Session.maintenance == "",
            rx.fragment(),
            rx.el.div(
                rx.icon("megaphone", size=18, aria_hidden="true"),
                rx.el.p(Session.maintenance),
                rx.el.button(
                    rx.icon("x", size=16, aria_hidden="true"),
                    type="button",
                    class_name="button quiet icon small",
                    aria_label=t("shell.close"),
                    on_click=Session.hide_maintenance,
                ),
                class_name="maintenance",
            ),
        ),
        role="region",
        aria_label=t("shell.maintenance"),
        aria_live="polite",
    )


def _administration() -> rx.Component:
    """Shown to administrators; everybody else would be refused there."""
    return rx.cond(
        Session.administers,
        rx.fragment(
            link(t("shell.admin_emails"), to="/admin/emails"),
            link(t("shell.admin_feedback"), to="/admin/feedback"),
            link(t("shell.admin_models"), to="/admin/models"),
            link(t("shell.admin_settings"), to="/admin/settings"),
        ),
    )


def _main(name: str, *children: Any) -> rx.Component:
    return rx.el.main(*children, id="main", tab_index=-1, class_name=f"page-{name}")


def header(current: str) -> rx.Component:
    return rx.el.header(
        rx.el.div(
            link(wordmark(), to="/", class_name="wordmark"),
            rx.el.nav(*_places(current), class_name="top-nav", aria_label=t("shell.main_nav")),
            rx.el.div(feedback_icon(), language_switch(), appearance_switch(), class_name="top-tools"),
            account_menu(),
            button_link(t("shell.write"), to="/generate", kind="primary small") if current != "generate" else None,
            rx.el.button(
                rx.icon("menu", size=20, aria_hidden="true"),
                type="button",
                class_name="button quiet icon top-menu",
                aria_label=t("shell.menu"),
                custom_attrs={"popoverTarget": MENU},
            ),
            class_name="wrap",
        ),
        rx.el.div(
            rx.el.nav(
                link(t("shell.home"), to="/"),
                *_places(current),
                link(t("shell.write"), to="/generate"),
                link(t("shell.tasks"), to="/tasks"),
                rx.cond(
                    Session.signed_in_as == "",
                    link(t("shell.sign_in"), to="/login"),
                    link(t("shell.account"), to="/account"),
                ),
                _administration(),
                feedback_button(MENU),
                aria_label=t("shell.menu"),
            ),
            rx.cond(Session.signed_in_as == "", rx.fragment(), sign_out(t("shell.sign_out"))),
            rx.el.div(language_switch(), appearance_switch(), class_name="menu-tools"),
            id=MENU,
            class_name="menu",
            custom_attrs={"popover": "auto"},
        ),
        rx.el.div(
            rx.el.p(Session.signed_in_as, class_name="menu-name"),
            rx.el.nav(
                link(t("shell.tasks"), to="/tasks"),
                link(t("shell.account"), to="/account"),
                _administration(),
                aria_label=t("shell.account"),
            ),
            sign_out(t("shell.sign_out")),
            id=ACCOUNT_MENU,
            class_name="menu",
            custom_attrs={"popover": "auto"},
        ),
        class_name="top",
    )


def account_menu() -> rx.Component:
    """The way in, or the account's own menu; as wide in either case, so that nothing moves when the server says."""
    return rx.el.div(
        rx.cond(
            Session.signed_in_as == "",
            button_link(t("shell.sign_in"), to="/login", kind="quiet small"),
            rx.el.button(
                rx.icon("circle-user-round", size=18, aria_hidden="true"),
                rx.el.span(Session.signed_in_as),
                type="button",
                class_name="button quiet small",
                aria_label=t("shell.account_menu", name=Session.signed_in_as),
                custom_attrs={"popoverTarget": ACCOUNT_MENU},
            ),
        ),
        class_name="top-account",
    )


def _places(current: str) -> list[rx.Component]:
    here: dict[str, Any] = {"aria_current": "page"}
    return [
        link(t("shell.cvs"), to="/cvs", **(here if current == "cvs" else {})),
        link(t("shell.tailor"), to="/tailor", **(here if current == "tailor" else {})),
        link(t("shell.profile"), to="/profile", **(here if current == "profile" else {})),
        link(t("shell.templates"), to="/templates", **(here if current == "templates" else {})),
    ]


def language_switch() -> rx.Component:
    """Offers the other language, in its own words."""
    french = language() == "fr"
    return rx.el.button(
        rx.icon("languages", size=16, aria_hidden="true"),
        rx.cond(french, "English", "Français"),
        type="button",
        class_name="button quiet small",
        custom_attrs={"lang": rx.cond(french, "en", "fr")},
        on_click=Session.set_lang(rx.cond(french, "en", "fr")),
    )


def appearance_switch() -> rx.Component:
    """Light or dark; which icon shows is left to CSS, since the page is built before anyone's choice is known."""
    return rx.el.button(
        rx.icon("moon", size=18, class_name="in-light", aria_hidden="true"),
        rx.icon("sun", size=18, class_name="in-dark", aria_hidden="true"),
        type="button",
        class_name="button quiet icon",
        aria_label=t("shell.appearance"),
        title=t("shell.appearance"),
        on_click=rx.toggle_color_mode,
    )


def footer() -> rx.Component:
    return rx.el.footer(
        rx.el.div(
            rx.el.div(
                link(wordmark(), to="/", class_name="wordmark"),
                rx.el.p(t("shell.tagline")),
                class_name="foot-brand",
            ),
            rx.el.nav(
                link(t("shell.write"), to="/generate"),
                link(t("shell.cvs"), to="/cvs"),
                link(t("shell.tailor"), to="/tailor"),
                link(t("shell.profile"), to="/profile"),
                link(t("shell.templates"), to="/templates"),
                link(t("shell.tasks"), to="/tasks"),
                server_link(t("shell.api"), href="/api/docs"),
                feedback_button(),
                aria_label=t("shell.foot_nav"),
            ),
            class_name="wrap",
        ),
        class_name="foot",
    )
