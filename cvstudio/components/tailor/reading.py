"""The CV and the offer as given, and the offer as it was read."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.components.links import button_link
from cvstudio.components.notices import empty_state
from cvstudio.locales import by_language, count, t
from cvstudio.state.tailor import PASTED_MOST, Tailor

# A var of one of state.tailor_rows' classes: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any

CONTRACTS = ("permanent", "fixed_term", "interim", "apprenticeship", "internship", "freelance", "seasonal")
HOURS = ("full", "part")
SENIORITIES = ("intern", "junior", "confirmed", "senior", "lead", "director")
KINDS = ("skill", "experience", "education", "language", "certificate", "quality", "duty")


def no_cv() -> rx.Component:
    return empty_state(
        t("tailor.no_cv_title"),
        t("tailor.no_cv_text"),
        button_link(t("tailor.no_cv_start"), to="/generate", kind="primary"),
    )


def given() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(t("tailor.your_cv"), html_for="cv"),
            rx.el.select(
                rx.foreach(Tailor.choices, lambda row: rx.el.option(row.title, value=row.id)),
                id="cv",
                value=Tailor.cv_id,
                on_change=Tailor.choose_cv,
                disabled=~Tailor.ready,
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(t("tailor.offer_text"), html_for="offer"),
            # Keyed, so that a page opened again has the text that was read.
            rx.el.textarea(
                id="offer",
                name="offer",
                rows=9,
                default_value=Tailor.offer_text,
                key=Tailor.read,
                max_length=PASTED_MOST,
                placeholder=t("tailor.offer_placeholder"),
                spell_check=False,
                custom_attrs={
                    "aria-invalid": rx.cond(Tailor.wrong_fr == "", "false", "true"),
                    "aria-describedby": "offer-wrong",
                },
            ),
            rx.el.p(by_language_vars(Tailor.wrong_fr, Tailor.wrong_en), id="offer-wrong", class_name="wrong"),
            class_name="field",
        ),
        rx.el.button(
            rx.cond(Tailor.reading, t("tailor.reading"), rx.cond(Tailor.read > 0, t("tailor.again"), t("tailor.go"))),
            type="submit",
            class_name="button primary",
            custom_attrs={"aria-disabled": rx.cond(Tailor.reading, "true", "false")},
        ),
        on_submit=Tailor.read_offer,
        class_name="card tailor-card",
    )


def by_language_vars(fr: rx.Var[str], en: rx.Var[str]) -> Any:
    """The same for texts that the server gives in both languages."""
    return by_language(fr, en)


def offer() -> rx.Component:
    read = Tailor.offer
    return rx.el.section(
        rx.el.h2(t("tailor.offer_title"), id="result", tab_index=-1),
        rx.el.p(rx.cond(read.title == "", t("tailor.no_title"), read.title), class_name="offer-title"),
        rx.el.ul(
            _fact(read.company != "", read.company),
            _fact(read.place != "", read.place),
            _fact(read.contract != "", _named(read.contract, "contract", CONTRACTS)),
            _fact(read.hours != "", _named(read.hours, "hours", HOURS)),
            _fact(read.seniority != "", _named(read.seniority, "seniority", SENIORITIES)),
            _fact(read.years > 0, count("tailor.years", read.years)),
            class_name="badges",
            role="list",
        ),
        _needs("musts", Tailor.musts),
        _needs("nices", Tailor.nices),
        rx.cond(
            Tailor.noise.length() > 0,
            rx.el.details(
                rx.el.summary(count("tailor.noise", Tailor.noise.length())),
                rx.el.ul(rx.foreach(Tailor.noise, rx.el.li), class_name="noise"),
            ),
        ),
        class_name="card tailor-card",
    )


def _fact(there: Any, words: Any) -> rx.Component:
    return rx.cond(there, rx.el.li(words, class_name="badge"))


def _named(value: Any, table: str, known: tuple[str, ...]) -> Any:
    return rx.match(value, *((one, t(f"tailor.{table}_{one}")) for one in known), value)


def _needs(name: str, rows: Any) -> rx.Component:
    return rx.cond(
        rows.length() > 0,
        rx.fragment(
            rx.el.h3(t(f"tailor.{name}")),
            rx.el.ul(rx.foreach(rows, _need), class_name="needs", role="list"),
        ),
    )


def _need(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.text, " ", rx.el.span(_named(row.kind, "kind", KINDS), class_name="badge")),
        rx.cond(row.sentence == "", rx.fragment(), rx.el.q(row.sentence)),
    )
