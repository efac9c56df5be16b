"""Document → JSON Resume, Markdown and plain text. What is hidden on the page is hidden here too."""

from __future__ import annotations

import json
import re

from cvstudio.document import Document
from cvstudio.render import themes
from cvstudio.render.contacts import Link
from cvstudio.render.view import Entry, Section, View, build

# What CommonMark, and GitHub's dialect, could take for markup: anywhere, or at the start of a line.
SPECIAL = re.compile(r"([\\`*_\[\]<>|~$])|&(?=#?[A-Za-z0-9]+;)|(?<= )#")
START = re.compile(r"^(\d{0,9})([#+=.)-])")
SCREEN = (
    "@media screen{body{width:var(--page-width);max-width:100%;margin:0 auto;padding:var(--my) var(--mx)}"
    "@media (max-width:50rem){body{padding:1.2rem}}}"
)


def json_resume(document: Document) -> str:
    """The whole document, hidden parts and studio settings included, so that nothing is lost on the way back."""
    return json.dumps(document.dump(), ensure_ascii=False, indent=2) + "\n"


def on_screen(page: str, document: Document) -> str:
    """A page to print, as a file that is read in a browser too: with the paper's margins, which no screen has."""
    bleed = themes.of(document).bleed
    return page if bleed else page.replace("</style></head>", f"{SCREEN}</style></head>", 1)


def markdown(document: Document) -> str:
    view = _view(document)
    lines = [f"# {_md(view.name)}"]
    if view.role:
        lines += ["", f"**{_md(view.role)}**"]
    if view.contacts:
        lines += ["", " · ".join(_md_link(contact) for contact in view.contacts)]
    for section in view.sections:
        lines += ["", f"## {_md(section.title)}"]
        for paragraph in section.paragraphs:
            lines += ["", _md(paragraph)]
        compact = section.kind not in ("entries", "references")
        if compact and section.entries:
            lines.append("")
        for entry in section.entries:
            lines += [f"- {_md(in_one_line(entry, view))}"] if compact else _md_entry(entry)
    return "\n".join(lines) + "\n"


def text(document: Document) -> str:
    view = _view(document)
    lines = [line for line in (view.name, view.role, *(contact.text for contact in view.contacts)) if line]
    for section in view.sections:
        lines += ["", section.title.upper(), *section.paragraphs]
        for entry in section.entries:
            lines += _text_entry(section, entry, view)
    return "\n".join(lines) + "\n"


def _view(document: Document) -> View:
    return build(document, themes.of(document))


def in_one_line(entry: Entry, view: View) -> str:
    """What it is, its note and its words."""
    line = f"{entry.title} – {entry.note}" if entry.note else entry.title
    return f"{line}{view.words['colon']}{', '.join(entry.tags)}" if entry.tags else line


def about(entry: Entry) -> list[str]:
    """The line under an entry's title: who, where, when, and what is notable."""
    return [part for part in (entry.org, entry.place, entry.dates, entry.note) if part]


def _md_entry(entry: Entry) -> list[str]:
    lines = ["", f"### {_md(entry.title)}"] if entry.title else []
    if told := about(entry):
        lines += ["", f"*{_md(' · '.join(told))}*"]
    for paragraph in entry.paragraphs:
        lines += ["", _md(paragraph)]
    if entry.bullets:
        lines += ["", *(f"- {_md(bullet)}" for bullet in entry.bullets)]
    if entry.tags:
        lines += ["", _md(", ".join(entry.tags))]
    if entry.link:
        lines += ["", _md_link(entry.link)]
    return lines


def _text_entry(section: Section, entry: Entry, view: View) -> list[str]:
    if section.kind not in ("entries", "references"):
        return [in_one_line(entry, view)]
    lines = [entry.title, " · ".join(about(entry)), *entry.paragraphs]
    lines += [f"- {bullet}" for bullet in entry.bullets]
    lines += [", ".join(entry.tags), entry.link.text if entry.link else ""]
    return ["", *filter(None, lines)]


def _md(words: str) -> str:
    return START.sub(r"\1\\\2", SPECIAL.sub(r"\\\g<0>", words))


def _md_link(link: Link) -> str:
    return f"[{_md(link.text)}](<{link.href}>)" if link.href else _md(link.text)
