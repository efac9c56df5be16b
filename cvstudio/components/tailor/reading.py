"""The CV and the offer as given, and the offer as it was read."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio.components.editor.elements import file_drop
from cvstudio.components.links import button_link
from cvstudio.components.notices import empty_state
from cvstudio.locales import by_language, count, t
from cvstudio.state.tailor import BASE, LINK_MOST, MAX_PDF, PASTED_MOST, UPLOAD, WAYS, Tailor

# A var of one of state.tailor_rows' classes: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any

CONTRACTS = ("permanent", "fixed_term", "interim", "apprenticeship", "internship", "freelance", "seasonal")
HOURS = ("full", "part")
SENIORITIES = ("intern", "junior", "confirmed", "senior", "lead", "director")
KINDS = ("skill", "experience", "education", "language", "certificate", "quality", "duty")

PAUSE_MS = 500  # without a key, after which what was typed is held


def no_cv() -> rx.Component:
    return empty_state(
        t("tailor.no_cv_title"),
        t("tailor.no_cv_text"),
        button_link(t("tailor.no_cv_start"), to="/generate", kind="primary"),
        button_link(t("tailor.no_cv_career"), to="/profile"),
    )


def given() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(t("tailor.your_cv"), html_for="cv"),
            rx.el.select(
                rx.foreach(Tailor.choices, lambda row: rx.el.option(row.title, value=row.id)),
                rx.cond(Tailor.career > 0, rx.el.option(t("tailor.your_career", score=Tailor.career), value=BASE)),
                id="cv",
                value=Tailor.cv_id,
                on_change=Tailor.choose_cv,
                disabled=~Tailor.ready,
            ),
            class_name="field",
        ),
        rx.el.fieldset(
            rx.el.legend(t("tailor.offer_by")),
            rx.el.div(*(_way(way) for way in WAYS), class_name="chips"),
            class_name="ways-in",
        ),
        _by_link(),
        _by_pdf(),
        _by_text(),
        rx.el.button(
            rx.cond(
                Tailor.reading != "", t("tailor.reading"), rx.cond(Tailor.read > 0, t("tailor.again"), t("tailor.go"))
            ),
            type="submit",
            class_name="button primary",
            hidden=Tailor.way == "pdf",
            custom_attrs={"aria-disabled": rx.cond(Tailor.reading != "", "true", "false")},
        ),
        _progress(),
        on_submit=Tailor.read_offer,
        class_name="card tailor-card",
    )


def _way(way: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="way",
            value=way,
            checked=Tailor.way == way,
            on_change=lambda _chosen: Tailor.come_by(way),
        ),
        rx.el.span(t(f"tailor.by_{way}")),
        class_name="chip",
    )


def _by_link() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("tailor.offer_link"), html_for="link-offer"),
        rx.el.input(
            id="link-offer",
            name="link",
            type="text",
            input_mode="url",
            default_value=Tailor.link,
            key=f"link-{Tailor.read}",
            max_length=LINK_MOST,
            placeholder="https://",
            spell_check=False,
            auto_complete="off",
            custom_attrs=_judged("link"),
        ),
        _wrong("link"),
        rx.el.p(t("tailor.link_text"), class_name="note"),
        hidden=Tailor.way != "link",
        class_name="field",
    )


def _by_pdf() -> rx.Component:
    return rx.el.div(
        file_drop(
            rx.el.button(
                rx.icon("file-up", size=18, aria_hidden="true"),
                t("tailor.choose_pdf"),
                type="button",
                id="pdf-offer",
                class_name="button",
                custom_attrs={"aria-disabled": rx.cond(Tailor.reading != "", "true", "false")},
            ),
            upload_id=UPLOAD,
            label=t("tailor.choose_pdf"),
            on_drop=Tailor.read_pdf,
            max_size=MAX_PDF,
            on_drop_rejected=rx.toast.error(t("editor.import_one_file", most=MAX_PDF // 1_000_000)),
        ),
        _wrong("pdf"),
        rx.el.p(t("tailor.pdf_text"), class_name="note"),
        hidden=Tailor.way != "pdf",
        class_name="field by-pdf",
    )


def _by_text() -> rx.Component:
    return rx.el.div(
        rx.el.label(t("tailor.offer_text"), html_for="offer"),
        # Keyed, so that a page opened again has the text that was read.
        rx.el.textarea(
            id="offer",
            name="offer",
            rows=9,
            default_value=Tailor.offer_text,
            key=Tailor.read,
            on_change=Tailor.hold.debounce(PAUSE_MS),
            max_length=PASTED_MOST,
            placeholder=t("tailor.offer_placeholder"),
            spell_check=False,
            custom_attrs=_judged("text"),
        ),
        _wrong("text"),
        hidden=Tailor.way != "text",
        class_name="field",
    )


def _judged(way: str) -> dict[str, Any]:
    return {
        "aria-invalid": rx.cond((Tailor.wrong_fr != "") & (Tailor.way == way), "true", "false"),
        "aria-describedby": f"{way}-wrong",
    }


def _wrong(way: str) -> rx.Component:
    """Why the offer could not be read, at the field where it is to be given now."""
    said = rx.cond(Tailor.way == way, by_language_vars(Tailor.wrong_fr, Tailor.wrong_en), "")
    return rx.el.p(said, id=f"{way}-wrong", role="alert", class_name="wrong")


def _progress() -> rx.Component:
    """What is being waited for."""
    return rx.el.div(
        rx.cond(
            Tailor.reading != "",
            rx.el.p(
                rx.icon("loader-circle", size=18, class_name="spin", aria_hidden="true"),
                rx.match(
                    Tailor.reading,
                    ("link", t("tailor.reading_link")),
                    ("pdf", t("tailor.reading_pdf", file=Tailor.file)),
                    t("tailor.reading_text"),
                ),
                class_name="import-reading",
            ),
        ),
        role="status",
    )


def offer_text() -> rx.Component:
    """As it was read, with what it asks for marked."""
    return rx.el.details(
        rx.el.summary(t("tailor.text_title")),
        rx.el.p(
            rx.el.mark(t("tailor.musts"), class_name="must"),
            " ",
            rx.el.mark(t("tailor.nices"), class_name="nice"),
            class_name="note legend",
        ),
        rx.el.div(
            rx.foreach(
                Tailor.pieces,
                lambda piece: rx.cond(
                    piece.need == "",
                    rx.fragment(piece.text),
                    rx.el.mark(piece.text, class_name=piece.need),
                ),
            ),
            role="region",
            aria_label=t("tailor.text_title"),
            tab_index=0,
            class_name="offer-words",
        ),
        open=True,
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
        offer_text(),
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
