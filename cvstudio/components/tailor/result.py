"""How far the CV answers the offer, line by line: scores, reasons, switches."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.components.links import server_link
from cvstudio.components.tailor.reading import by_language_vars
from cvstudio.locales import count, t
from cvstudio.state.tailor import Tailor
from cvstudio.state.tailor_rows import SECTIONS

Row: TypeAlias = Any  # see reading.py

MATCH_PARTS = ("requirements", "nice_to_have", "trade", "experience", "education", "languages")
SCORE_PARTS = ("answers", "keywords", "trade", "recency")
SLIDE_MS = 120  # between two events of a slider that is dragged


def bar() -> rx.Component:
    """Where it stands, always in sight, and what to do with it."""
    return rx.el.div(
        rx.el.p(
            rx.el.span(t("tailor.score"), " "),
            rx.el.strong(Tailor.score),
            rx.el.span(" / 100"),
            rx.el.span(
                rx.cond(Tailor.pages > 0, count("tailor.pages", Tailor.pages), "…"),
                class_name="bar-pages",
            ),
            role="status",
            class_name="bar-score",
        ),
        server_link(t("tailor.to_preview"), href="#tailored", class_name="more to-preview"),
        rx.el.button(
            t("tailor.one_page"),
            type="button",
            class_name="button small",
            custom_attrs={"aria-disabled": rx.cond(Tailor.fitted == "fitting", "true", "false")},
            on_click=Tailor.one_page,
        ),
        rx.el.button(t("tailor.keep"), type="button", class_name="button primary small", on_click=Tailor.keep),
        _fitted(),
        class_name="tailor-bar",
    )


def _fitted() -> rx.Component:
    """A line kept free for it, so that nothing moves; the list of what was left out opens over the page."""
    return rx.el.div(
        rx.el.p(
            rx.match(
                Tailor.fitted,
                ("fitting", t("tailor.fitting")),
                ("already", t("tailor.fit_already")),
                ("done", t("tailor.fit_done")),
                ("impossible", count("tailor.fit_impossible", Tailor.least)),
                "",
            ),
            role="status",
        ),
        rx.cond(
            Tailor.left_out.length() + Tailor.shortened.length() > 0,
            rx.el.details(
                rx.el.summary(count("tailor.left_out", Tailor.left_out.length() + Tailor.shortened.length())),
                rx.el.div(
                    rx.cond(
                        Tailor.left_out.length() > 0,
                        rx.fragment(
                            rx.el.p(t("tailor.left_title"), class_name="note"),
                            rx.el.ul(rx.foreach(Tailor.left_out, _left), role="list"),
                        ),
                    ),
                    rx.cond(
                        Tailor.shortened.length() > 0,
                        rx.fragment(
                            rx.el.p(t("tailor.short_title"), class_name="note"),
                            rx.el.ul(rx.foreach(Tailor.shortened, _short), role="list"),
                        ),
                    ),
                    rx.el.button(
                        t("tailor.put_all_back"), type="button", class_name="button small", on_click=Tailor.put_all_back
                    ),
                    class_name="card left-out",
                ),
            ),
        ),
        class_name="bar-fit",
    )


def _left(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.score, class_name="line-score"),
        rx.el.span(row.text),
        rx.el.button(
            t("tailor.put_back"),
            type="button",
            class_name="button quiet small",
            aria_label=t("tailor.put_this_back", line=row.text),
            on_click=Tailor.switch(row.id, True),
        ),
    )


def _short(row: Row) -> rx.Component:
    return rx.el.li(
        rx.el.span(rx.icon("scissors", size=14, aria_hidden="true"), class_name="line-score"),
        rx.el.span(rx.el.s(row.text), rx.cond(row.short == "", rx.fragment(), rx.el.span(" ", row.short))),
        rx.el.button(
            t("tailor.put_back"),
            type="button",
            class_name="button quiet small",
            aria_label=t("tailor.put_this_back", line=row.text),
            on_click=Tailor.lengthen(row.id),
        ),
    )


def match() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("tailor.match_title")),
        rx.el.p(t("tailor.match_text"), class_name="note"),
        rx.el.ul(rx.foreach(Tailor.parts, _match_part), class_name="match-parts", role="list"),
        rx.cond(
            Tailor.skills.length() > 0,
            rx.fragment(
                rx.el.h3(t("tailor.skills")),
                rx.el.ul(rx.foreach(Tailor.skills, _skill), class_name="skills-asked", role="list"),
            ),
        ),
        class_name="card tailor-card",
    )


def tips() -> rx.Component:
    """Last, since there are more or fewer of them as lines are switched."""
    return rx.cond(
        Tailor.tips.length() > 0,
        rx.el.section(
            rx.el.h2(t("tailor.tips")),
            rx.el.ul(
                rx.foreach(Tailor.tips, lambda tip: rx.el.li(by_language_vars(tip.fr, tip.en))), class_name="tips"
            ),
            class_name="card tailor-card",
        ),
    )


def _match_part(part: Row) -> rx.Component:
    return rx.el.li(
        rx.el.details(
            rx.el.summary(
                rx.el.span(_named(part.name, "part", MATCH_PARTS)),
                rx.el.span(part.points, " / ", part.of, class_name="part-points"),
                rx.el.span(
                    rx.el.span(style={"width": f"calc(100% * {part.points} / max(1, {part.of}))"}),
                    class_name="part-bar",
                    aria_hidden="true",
                ),
            ),
            rx.cond(
                part.lines.length() + part.words.length() > 0,
                rx.fragment(_words(part.words), _list("tailor.cv_lines", part.lines)),
                rx.el.p(t("tailor.nothing_answers"), class_name="note"),
            ),
        )
    )


def _words(words: Row) -> rx.Component:
    return rx.cond(
        words.length() > 0,
        rx.el.p(
            rx.el.span(t("tailor.offer_words"), class_name="note"),
            " ",
            rx.foreach(words, lambda word: rx.el.mark(word)),
            class_name="asked-words",
        ),
    )


def _list(title: str, lines: Row) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.fragment(rx.el.p(t(title), class_name="note"), rx.el.ul(rx.foreach(lines, rx.el.li), class_name="quoted")),
    )


def _skill(row: Row) -> rx.Component:
    return rx.el.li(
        rx.cond(
            row.met,
            rx.icon("check", size=14, role="img", aria_label=t("tailor.met")),
            rx.icon("minus", size=14, role="img", aria_label=t("tailor.unmet")),
        ),
        rx.el.span(row.label),
        rx.cond(row.need == "nice", rx.el.small(t("tailor.nice"))),
        class_name=rx.cond(row.met, "met", "unmet"),
        title=row.sentence,
    )


def _named(value: Any, table: str, known: tuple[str, ...]) -> Any:
    return rx.match(value, *((one, t(f"tailor.{table}_{one}")) for one in known), value)


def lines() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("tailor.lines_title")),
        rx.el.p(t("tailor.lines_text"), class_name="note"),
        rx.el.div(
            rx.el.label(t("tailor.threshold"), html_for="threshold"),
            rx.el.input(
                id="threshold",
                type="range",
                min=0,
                max=100,
                step=5,
                default_value=Tailor.recommended,
                key=Tailor.read,
                on_change=Tailor.at_least.throttle(SLIDE_MS),
                custom_attrs={"aria-describedby": "threshold-hint"},
            ),
            rx.el.output(Tailor.min_score, html_for="threshold"),
            rx.el.p(t("tailor.recommended", n=Tailor.recommended), id="threshold-hint", class_name="note"),
            class_name="threshold",
        ),
        rx.foreach(Tailor.sections, _section),
        class_name="card tailor-card",
    )


def _section(section: Row) -> rx.Component:
    return rx.el.div(
        rx.el.h3(_named(section.key, "section", SECTIONS)),
        rx.el.ul(rx.foreach(section.lines, _line), role="list", class_name="lines"),
    )


def _line(line: Row) -> rx.Component:
    return rx.el.li(
        rx.el.input(
            type="checkbox",
            role="switch",
            id=line.id,
            checked=Tailor.taken.contains(line.id),
            on_change=lambda on: Tailor.switch(line.id, on),
            aria_label=line.text,
            class_name="line-switch",
        ),
        rx.el.details(
            rx.el.summary(
                rx.el.span(line.text, rx.cond(line.about == "", rx.fragment(), rx.el.small(" ", line.about))),
                rx.el.span(
                    line.score, rx.el.span(t("tailor.of_100"), class_name="visually-hidden"), class_name="line-score"
                ),
            ),
            rx.el.div(
                rx.cond(
                    line.parts.length() > 0,
                    rx.el.ul(rx.foreach(line.parts, _score_part), class_name="score-parts", role="list"),
                    rx.el.p(t("tailor.no_reason"), class_name="note"),
                ),
                _list("tailor.answers", line.asked),
                class_name="reasons",
            ),
        ),
        class_name=rx.cond(line.below, "below", ""),
    )


def _score_part(part: Row) -> rx.Component:
    return rx.el.li(
        rx.el.span("+", part.points, class_name="part-points"),
        rx.el.span(_named(part.name, "score", SCORE_PARTS)),
        rx.foreach(part.words, lambda word: rx.el.mark(word)),
    )
