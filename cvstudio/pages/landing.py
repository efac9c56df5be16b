"""/ : what CV Studio does, shown with a real CV that changes as one types."""

import reflex as rx

from cvstudio.components.links import button_link, link, server_link
from cvstudio.components.preview import preview_frame
from cvstudio.components.shell import page
from cvstudio.components.thumbnails import name, thumbnail
from cvstudio.document import samples
from cvstudio.locales import by_language, count, language, t
from cvstudio.render import themes
from cvstudio.state.landing import FRAME, MAX_TYPED, Landing

STRIP = 5  # templates shown of all
DEMO = 6  # templates to try on the spot

REQUEST = """\
curl https://…/api/cv/jobs \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: 7f3a" \\
  -d '{"template_id": "modern",
       "data": {"first_name": "Ada", …}}'

202 {"job_id": "…", "status": "queued"}"""


def landing() -> rx.Component:
    return page("landing", hero(), promises(), templates(), for_programs(), invitation(), on_language=Landing.restart)


def hero() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h1(t("landing.headline"), class_name="display"),
                rx.el.p(t("landing.lead"), class_name="lead"),
                rx.el.div(
                    button_link(t("landing.start"), to="/generate", kind="primary large"),
                    link(t("landing.tailor"), to="/tailor", class_name="more"),
                    rx.el.p(t("landing.start_note"), class_name="note"),
                    class_name="hero-start",
                ),
                trial(),
                class_name="hero-text",
            ),
            light_table(),
            class_name="wrap hero-grid",
        ),
        class_name="hero",
    )


def trial() -> rx.Component:
    """Fields that change the CV beside them."""
    french, english = samples.load("fr").basics, samples.load("en").basics
    return rx.el.form(
        rx.el.h2(t("landing.try")),
        rx.el.div(
            _field(t("landing.your_name"), "name", by_language(french.name, english.name), Landing.set_name),
            _field(t("landing.your_role"), "role", by_language(french.label, english.label), Landing.set_role),
            class_name="trial-fields",
        ),
        rx.el.fieldset(
            rx.el.legend(t("landing.template")),
            rx.el.div(*(_template_choice(theme) for theme in themes.all()[:DEMO]), class_name="chips"),
        ),
        rx.el.fieldset(
            rx.el.legend(t("landing.colour")),
            rx.el.div(rx.foreach(Landing.accents, _accent_choice), class_name="swatches"),
        ),
        on_submit=rx.prevent_default,
        class_name="trial",
        auto_complete="off",
    )


def _field(label: rx.Var[str], name: str, sample: rx.Var[str], on_change: rx.event.EventType[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"trial-{name}"),
        # Keyed by language: another language brings another person.
        rx.el.input(
            id=f"trial-{name}",
            type="text",
            default_value=sample,
            on_change=on_change,
            max_length=MAX_TYPED,
            auto_complete="off",
            spell_check=False,
            key=language(),
        ),
        class_name="field",
    )


def _template_choice(theme: themes.Theme) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="template",
            value=theme.slug,
            checked=Landing.template == theme.slug,
            on_change=Landing.choose_template(theme.slug),
        ),
        rx.el.span(name(theme)),
        class_name="chip",
    )


def _accent_choice(accent: rx.Var[str], index: rx.Var[int]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="accent",
            value=accent,
            checked=Landing.accent == accent,
            on_change=Landing.choose_accent(accent),
            aria_label=t("landing.colour_n", n=index + 1),
        ),
        class_name="swatch",
        style={"--swatch": accent},
    )


def light_table() -> rx.Component:
    """The sheet on its desk, between crop marks."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(preview_frame(FRAME, on_pages=Landing.set_pages), class_name="table-sheet"),
            rx.el.p(
                rx.cond(Landing.pages > 0, count("landing.pages", Landing.pages), "\u00a0"),
                class_name="table-note",
                aria_live="polite",
            ),
            class_name="light-table-inner",
        ),
        class_name="light-table desk",
    )


def promises() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("landing.promises"), class_name="title"),
            rx.el.div(
                _promise(t("landing.same_title"), t("landing.same_text")),
                _promise(t("landing.machines_title"), t("landing.machines_text")),
                _promise(t("landing.steady_title"), t("landing.steady_text")),
                _promise(t("landing.private_title"), t("landing.private_text")),
                _promise(t("landing.yours_title"), t("landing.yours_text")),
                _promise(t("landing.design_title"), t("landing.design_text", n=len(themes.all()))),
                class_name="promises",
            ),
            class_name="wrap",
        ),
        class_name="band",
    )


def _promise(title: rx.Var[str], text: rx.Var[str]) -> rx.Component:
    return rx.el.div(rx.el.h3(title), rx.el.p(text), class_name="promise")


def templates() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(t("landing.templates_title"), class_name="title"),
                link(t("landing.all_templates", n=len(themes.all())), to="/templates", class_name="more"),
                class_name="title-row",
            ),
            rx.el.ul(
                *(
                    rx.el.li(
                        link(
                            thumbnail(theme),
                            rx.el.span(name(theme), class_name="strip-name"),
                            to=f"/generate?template={theme.slug}",
                        )
                    )
                    for theme in _strip()
                ),
                class_name="strip",
            ),
            class_name="wrap",
        ),
        class_name="band tinted",
    )


def _strip() -> list[themes.Theme]:
    """The most different ones: one of each style, then those that colour the sheet's edge."""
    chosen: list[themes.Theme] = []
    for theme in themes.all():
        if theme.style not in {other.style for other in chosen}:
            chosen.append(theme)
    chosen += sorted((theme for theme in themes.all() if theme not in chosen), key=lambda theme: not theme.bleed)
    return chosen[:STRIP]


def for_programs() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2(t("landing.api_title"), class_name="title"),
                rx.el.p(t("landing.api_text")),
                server_link(t("landing.api_link"), href="/api/docs", class_name="more"),
                class_name="programs-text",
            ),
            rx.el.pre(
                rx.el.code(REQUEST),
                class_name="request",
                tab_index=0,
                role="region",
                aria_label=t("landing.api_example"),
            ),
            class_name="wrap programs",
        ),
        class_name="band",
    )


def invitation() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("landing.invitation"), class_name="display small"),
            button_link(t("landing.start"), to="/generate", kind="primary large"),
            class_name="wrap invitation",
        ),
        class_name="band closing",
    )
