"""/profile: one's career, fact by fact, from which every CV for an offer is made."""

import reflex as rx

from cvstudio.components.profile.beside import completeness, notices, sources, state, twice
from cvstudio.components.profile.facts import contents, facts
from cvstudio.components.shell import page
from cvstudio.locales import t
from cvstudio.state.profile import Career


def profile() -> rx.Component:
    return page(
        "profile",
        rx.el.div(
            rx.el.header(
                rx.el.h1(t("profile.title"), class_name="display small"),
                rx.el.p(t("profile.lead"), class_name="lead"),
                class_name="career-head",
            ),
            rx.el.div(
                rx.el.aside(completeness(), sources(), aria_label=t("profile.beside")),
                contents(),
                class_name="career-beside",
            ),
            rx.el.div(state(), notices(), twice(), facts(), class_name="career-work"),
            class_name="wrap career",
            custom_attrs={"data-ready": rx.cond(Career.ready, "true", "")},
        ),
        on_language=Career.language_changed,
    )
