"""Assembly only: the Reflex app, its pages, the API in front of them."""

from typing import Any

import reflex as rx

from cvstudio import theme
from cvstudio.api import events_stream
from cvstudio.api.app import api
from cvstudio.components.notices import broken_page, connection_banner, toaster
from cvstudio.config import settings
from cvstudio.locales import by_language, page_language, t
from cvstudio.pages.account import account
from cvstudio.pages.admin_emails import ON_LOAD as ADMIN_EMAILS_ON_LOAD
from cvstudio.pages.admin_emails import admin_emails
from cvstudio.pages.admin_feedback import admin_feedback
from cvstudio.pages.admin_models import admin_models
from cvstudio.pages.admin_settings import admin_settings
from cvstudio.pages.cvs import cvs
from cvstudio.pages.forgot import forgot
from cvstudio.pages.generate import ON_LOAD as EDITOR_ON_LOAD
from cvstudio.pages.generate import generate
from cvstudio.pages.history import history
from cvstudio.pages.landing import landing
from cvstudio.pages.login import check, code, login
from cvstudio.pages.not_found import not_found
from cvstudio.pages.profile import profile
from cvstudio.pages.register import register
from cvstudio.pages.reset import reset
from cvstudio.pages.tailor import tailor
from cvstudio.pages.tasks import tasks
from cvstudio.pages.templates import templates
from cvstudio.serving import accept_own_origin, mount_pages
from cvstudio.state import bridge, tabs
from cvstudio.state.account import Account
from cvstudio.state.admin import Guard
from cvstudio.state.admin_feedback import AdminFeedback
from cvstudio.state.admin_models import AdminModels
from cvstudio.state.admin_settings import AdminSettings
from cvstudio.state.cvs import Shelf
from cvstudio.state.failures import as_toast
from cvstudio.state.history import History
from cvstudio.state.landing import Landing
from cvstudio.state.on_disk import keep_on_disk
from cvstudio.state.profile import Career
from cvstudio.state.session import Crier
from cvstudio.state.tailor import Tailor
from cvstudio.state.tasks import Tasks

# Reflex takes Vars here, its annotation says only str.
html_attributes: dict[str, Any] = {"lang": page_language()}

STYLESHEETS = ("studio", "editor", "tailor", "recent", "tasks", "cvs", "history", "profile", "accounts", "admin")

app: rx.App = rx.App(
    api_transformer=[mount_pages, lambda asgi: tabs.own_uploads(asgi, app), api],
    app_wraps={
        (55, "ErrorBoundary"): broken_page,
        (5, "Overlay"): connection_banner,
    },
    backend_exception_handler=as_toast,
    head_components=[
        rx.el.style(theme.stylesheet()),
        *(
            rx.el.link(
                rel="preload", href=font, type="font/woff2", cross_origin="anonymous", custom_attrs={"as": "font"}
            )
            for font in theme.PRELOADED_FONTS
        ),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        *(
            rx.el.meta(name="theme-color", content=colour, media=f"(prefers-color-scheme: {scheme})")
            for scheme, colour in theme.THEME_COLOURS.items()
        ),
    ],
    html_custom_attrs=html_attributes,
    stylesheets=[f"/{name}.css" for name in STYLESHEETS],
    toaster=toaster(),
)


def add(page: Any, route: str, texts: str, *, on_load: Any = None, found: bool = True) -> None:
    """`texts` is the string table that holds the page's title and description; `found`: by search engines."""
    title, description = t(f"{texts}.page_title"), t(f"{texts}.page_description")
    app.add_page(
        page,
        route=route,
        title=title,
        description=description,
        image=by_language("/og-fr.png", "/og-en.png"),
        on_load=on_load,
        meta=[
            {"property": "og:type", "content": "website"},
            {"property": "og:title", "content": title},
            {"property": "og:description", "content": description},
            {"name": "twitter:card", "content": "summary_large_image"},
            *([] if found else [{"name": "robots", "content": "noindex"}]),
        ],
    )


add(landing, "/", "landing", on_load=Landing.show)
add(templates, "/templates", "templates")
add(generate, "/generate", "editor", on_load=EDITOR_ON_LOAD)
add(cvs, "/cvs", "cvs", on_load=Shelf.open)
add(history, "/history", "history", on_load=History.open)
add(tailor, "/tailor", "tailor", on_load=Tailor.open)
add(tasks, "/tasks", "tasks", on_load=Tasks.open)
add(profile, "/profile", "profile", on_load=Career.open)
add(login, "/login", "login")
add(check, "/login/check", "check")
add(code, "/login/code", "code")
add(register, "/register", "register")
add(forgot, "/forgot", "forgot")
add(reset, "/reset-password", "reset")
add(account, "/account", "account", on_load=Account.load)
add(admin_emails, "/admin/emails", "admin_emails", on_load=ADMIN_EMAILS_ON_LOAD, found=False)
add(admin_feedback, "/admin/feedback", "admin_feedback", on_load=AdminFeedback.load, found=False)
add(admin_models, "/admin/models", "admin_models", on_load=AdminModels.load, found=False)
add(admin_settings, "/admin/settings", "admin_settings", on_load=AdminSettings.load, found=False)
app.add_page(not_found, route="404", title=t("not_found.page_title"))

app.add_middleware(Crier(), index=0)
app.add_middleware(Guard(), index=0)
accept_own_origin(app, settings().public_url)
tabs.keep_apart(app)
keep_on_disk(app)
app.register_lifespan_task(bridge.run, app=app)
app.register_lifespan_task(events_stream.ending)
