"""A fact's fields: typed in place, kept as one types and once more when one leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import reflex as rx

from cvstudio.locales import t
from cvstudio.state.profile import Career

# A var of one of state.profile_rows' classes: Reflex finds its fields when the page is built, a type checker cannot.
Row: TypeAlias = Any

PAUSE_MS = 700  # without a key, after which what was typed is kept


@dataclass(frozen=True)
class Spec:
    name: str
    label: str  # the key of its text in editor.toml, after "f_"
    words: bool = False  # sentences, on as many lines as they take
    long: bool = False  # takes more lines where it stands
    most: int = 500  # characters


PLACE, START, END = Spec("place", "place"), Spec("start", "start"), Spec("end", "end")
DATE = Spec("start", "date")
LINK = Spec("url", "link", most=2_000)
WORDS = 5_000  # characters
COMPANY = Spec("about", "about_employer", long=True, most=WORDS)

SPECS: dict[str, tuple[Spec, ...]] = {
    "summary": (Spec("text", "profile", words=True, most=WORDS),),
    "experience": (Spec("title", "position"), Spec("employer", "employer"), PLACE, START, END, COMPANY),
    "education": (
        Spec("title", "degree"),
        Spec("employer", "school"),
        PLACE,
        START,
        END,
        Spec("level", "score"),
    ),
    "skill": (Spec("text", "skill"), Spec("level", "level"), Spec("group", "group")),
    "language": (Spec("text", "language"), Spec("level", "fluency")),
    "project": (Spec("title", "project"), Spec("employer", "entity"), START, END, LINK),
    "volunteer": (Spec("title", "volunteer"), Spec("employer", "organization"), PLACE, START, END),
    "certificate": (Spec("text", "certificate", long=True), Spec("employer", "issuer"), DATE),
    "award": (Spec("text", "award", long=True), Spec("employer", "awarder"), DATE),
    "publication": (Spec("text", "publication", long=True), Spec("employer", "publisher"), DATE, LINK),
    "interest": (Spec("text", "interest"),),
    "reference": (Spec("title", "reference_name"), Spec("text", "reference", words=True, most=WORDS)),
    "other": (Spec("title", "entry"), Spec("employer", "subtitle"), START, END, Spec("group", "section_title")),
}
BELOW = Spec("text", "highlights", words=True, most=WORDS)


def label(spec: Spec) -> rx.Var[str]:
    return t(f"editor.f_{spec.label}")


def kept(fact_id: Any, spec: Spec, value: Any, *, called: rx.Var[str] | None = None) -> rx.Component:
    """A field of what is there already. With `called` its label is for those who cannot see where it stands."""
    place = f"{fact_id}-{spec.name}"
    grows = spec.words or spec.long
    own = rx.el.textarea if grows else rx.el.input
    typed = own(
        id=place,
        default_value=value,
        key=f"{place}-{Career.anew}",
        max_length=spec.most,
        on_change=lambda told: Career.write(fact_id, spec.name, told).debounce(PAUSE_MS),
        on_blur=lambda told: Career.write(fact_id, spec.name, told),
        custom_attrs={"aria-invalid": rx.cond(Career.wrong_at == place, "true", "false")}
        | ({"aria-label": called, "placeholder": label(spec)} if called is not None else {}),
        **({"rows": 1} if grows else {"type": "text"}),
    )
    return rx.el.div(
        rx.el.label(label(spec), html_for=place) if called is None else None,
        typed,
        wrong(place),
        class_name=f"field kept kept-{spec.name}",
    )


def wrong(place: Any) -> rx.Component:
    """Why what was typed there could not be kept."""
    return rx.cond(Career.wrong_at == place, rx.el.p(Career.wrong, role="alert", class_name="wrong"))


def adding(kind: str) -> rx.Component:
    """The form that adds one by hand, closed until it is wanted."""
    form = f"add-{kind}"
    return rx.el.details(
        rx.el.summary(rx.icon("plus", size=16, aria_hidden="true"), t(f"profile.add_{kind}")),
        rx.el.form(
            *(_given(kind, spec) for spec in SPECS[kind]),
            rx.el.button(t("profile.add"), type="submit", class_name="button small"),
            wrong(form),
            key=f"{form}-{Career.forms[form]}",
            on_submit=lambda told: Career.add(kind, told),
            class_name=f"fact-fields of-{kind}",
        ),
        id=form,
        class_name="adding",
    )


def _given(kind: str, spec: Spec) -> rx.Component:
    place = f"add-{kind}-{spec.name}"
    own = rx.el.textarea if spec.words else rx.el.input
    return rx.el.div(
        rx.el.label(label(spec), html_for=place),
        own(id=place, name=spec.name, max_length=spec.most, **({"rows": 2} if spec.words else {"type": "text"})),
        class_name=f"field kept-{spec.name}",
    )


def adding_line(row: Row) -> rx.Component:
    """One more line below a job, always at hand."""
    place = f"{row.id}-line"
    return rx.el.form(
        # Reflex puts a form's handler where the row is not known.
        rx.el.input(type="hidden", name="of", value=row.id, read_only=True),
        rx.el.input(
            id=place,
            name="text",
            type="text",
            max_length=WORDS,
            placeholder=t("profile.add_line"),
            aria_label=t("profile.add_line_to", what=row.name),
        ),
        rx.el.button(t("profile.add"), type="submit", class_name="button quiet small"),
        wrong(f"add-{row.id}"),
        key=f"{place}-{Career.forms[f'add-{row.id}']}",
        on_submit=Career.add_line,
        class_name="field add-line",
    )
