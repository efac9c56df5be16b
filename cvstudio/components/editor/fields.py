"""Which fields an entry of each section has in the form, and how they are typed."""

from __future__ import annotations

from dataclasses import dataclass

import reflex as rx

from cvstudio.components.editor.elements import Field, Row
from cvstudio.locales import t
from cvstudio.state.editor import Editor


@dataclass(frozen=True)
class Spec:
    name: str
    label: str  # key of its text, after "f_"
    kind: str = "text"  # text, area, lines, date, url, email, tel
    hint: str = ""
    wide: bool = False


START = Spec("start_date", "start", "date", "hint_start")
END = Spec("end_date", "end", "date", "hint_end")
LINES = Spec("highlights", "highlights", "lines", "hint_lines")
LINK = Spec("url", "link", "url", wide=True)
SUMMARY = Spec("summary", "summary", "area")

SPECS: dict[str, tuple[Spec, ...]] = {
    "work": (
        Spec("position", "position", wide=True),
        Spec("name", "employer"),
        Spec("location", "place"),
        START,
        END,
        SUMMARY,
        LINES,
        Spec("description", "about_employer"),
        Spec("url", "link", "url"),
    ),
    "education": (
        Spec("study_type", "degree"),
        Spec("area", "area"),
        Spec("institution", "school"),
        Spec("location", "place"),
        START,
        END,
        Spec("score", "score"),
        Spec("url", "link", "url"),
        SUMMARY,
        Spec("courses", "courses", "lines", "hint_lines"),
    ),
    "skills": (Spec("name", "skill"), Spec("level", "level"), Spec("keywords", "keywords", wide=True)),
    "languages": (Spec("language", "language"), Spec("fluency", "fluency")),
    "projects": (
        Spec("name", "project", wide=True),
        Spec("entity", "entity"),
        Spec("roles", "roles", hint="hint_commas"),
        START,
        END,
        Spec("description", "description", "area"),
        LINES,
        Spec("keywords", "technologies", hint="hint_commas", wide=True),
        LINK,
    ),
    "certificates": (
        Spec("name", "certificate", wide=True),
        Spec("issuer", "issuer"),
        Spec("date", "date", "date", "hint_start"),
        LINK,
    ),
    "volunteer": (
        Spec("position", "volunteer"),
        Spec("organization", "organization"),
        START,
        END,
        SUMMARY,
        LINES,
        LINK,
    ),
    "awards": (
        Spec("title", "award", wide=True),
        Spec("awarder", "awarder"),
        Spec("date", "date", "date", "hint_start"),
        SUMMARY,
    ),
    "publications": (
        Spec("name", "publication", wide=True),
        Spec("publisher", "publisher"),
        Spec("release_date", "date", "date", "hint_start"),
        LINK,
        SUMMARY,
    ),
    "interests": (Spec("name", "interest"), Spec("keywords", "keywords")),
    "references": (Spec("name", "reference_name", wide=True), Spec("reference", "reference", "area")),
    "custom": (Spec("name", "entry"), Spec("subtitle", "subtitle"), START, END, SUMMARY, LINES, LINK),
    "profiles": (Spec("network", "network"), Spec("username", "username"), LINK),
}


def item_fields(kind: str, path: rx.Var[str], texts: Row) -> rx.Component:
    return rx.el.div(*(_field(spec, path, texts) for spec in SPECS[kind]), class_name="fields")


def _field(spec: Spec, path: rx.Var[str], texts: Row) -> rx.Component:
    hint = {"hint": t(f"editor.{spec.hint}")} if spec.hint else {}
    return field(f"{path}/{spec.name}", t(f"editor.f_{spec.label}"), texts[spec.name], spec.kind, spec.wide, **hint)


def field(
    path: str | rx.Var[str],
    label: rx.Var[str],
    value: rx.Var[str],
    kind: str = "text",
    wide: bool = False,
    **props: str | rx.Var[str],
) -> rx.Component:
    """A field of the document, addressed as `document.edit` does."""
    return Field.create(
        key=f"{path}@{Editor.revision}",
        path=path,
        label=label,
        value=value,
        kind=kind,
        wide=wide,
        on_edit=Editor.edit,
        on_leave=Editor.leave,
        **props,
    )
