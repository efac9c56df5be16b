"""How mails are written: plain paragraphs with a few marks, made into text and HTML that say the same.

    # heading · > small print · - list item · | Label | value | (a row of facts)
    [Label]({{link}}) alone: a button; within a line: a link · **strong** · {{placeholder}}

There is nothing else: no conditions, no loops, no HTML. Values go in after the marks were read, so that nothing a
person typed is ever taken for a mark.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import ClassVar, Literal

from cvstudio.domain.mailing.triggers import Trigger
from cvstudio.errors import InvalidInput
from cvstudio.language import Language

MAX_SUBJECT = 150
MAX_PREHEADER = 200
MAX_BODY = 10_000

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_INLINE = re.compile(r"\*\*(?P<strong>.+?)\*\*|\[(?P<label>[^\[\]]+)\]\((?P<target>[^()\s]+|\{\{[^{}]*\}\})\)")
_LITERAL_TARGET = re.compile(r"(https://|mailto:)[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x5b\x5d-\x5f\x61-\x7e]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BEFORE_HIGH_MARKS = re.compile(r" (?=[:;?!»](?:\s|$))|(?<=«) ", re.MULTILINE)

Shape = Literal["heading", "paragraph", "note", "list", "facts", "button"]
PARAGRAPH: Shape = "paragraph"
_MARKS: tuple[tuple[str, Shape], ...] = (("# ", "heading"), ("> ", "note"), ("- ", "list"), ("|", "facts"))


class UnknownPlaceholder(InvalidInput):
    """`name` is not among those of the trigger, which are `known`."""

    code: ClassVar[str] = "UNKNOWN_PLACEHOLDER"
    messages: ClassVar[dict[str, str]] = {
        "fr": "{{{{{name}}}}} n’existe pas pour ce déclencheur. Possibles : {known}.",
        "en": "{{{{{name}}}}} does not exist for this trigger. There are: {known}.",
    }


class MissingPlaceholder(InvalidInput):
    code: ClassVar[str] = "MISSING_PLACEHOLDER"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Sans {{{{{name}}}}} dans son texte, cet e-mail ne servirait à rien.",
        "en": "Without {{{{{name}}}}} in its text this mail would be of no use.",
    }


FAULTS: dict[str, dict[Language, str]] = {
    "language": {
        "fr": "Il faut un texte en français, en anglais, ou les deux.",
        "en": "There must be words in French, in English or in both.",
    },
    "long": {"fr": "Au plus {limit} caractères.", "en": "At most {limit} characters."},
    "empty": {"fr": "Ceci ne peut pas rester vide.", "en": "This must not be empty."},
    "line": {
        "fr": "Ni retour à la ligne ni caractère de contrôle ici.",
        "en": "This must not hold line breaks or control characters.",
    },
    "control": {"fr": "Aucun caractère de contrôle ici.", "en": "This must not hold control characters."},
    "private": {
        "fr": "{{{{{name}}}}} n’a sa place que dans le message : il est privé.",
        "en": "{{{{{name}}}}} belongs in the body: it is private.",
    },
    "braces": {
        "fr": "{{{{ et }}}} doivent entourer le nom d’un champ.",
        "en": "{{{{ and }}}} must enclose the name of a placeholder.",
    },
    "no_link": {"fr": "{target} n’est pas un lien.", "en": "{target} is not a link."},
    "target": {
        "fr": "Un lien mène à un champ, à https:// ou à mailto:, pas à {target}.",
        "en": "A link leads to a placeholder, https:// or mailto:, not to {target}.",
    },
}


class BadWords(InvalidInput):
    """Something else in a template's words, as FAULTS has it, `at` this field."""

    def __init__(self, fault: str, at: str, **params: object) -> None:
        self.fault = fault
        super().__init__("", fields={at: [FAULTS[fault]["en"].format(**params)]}, **params)

    def message(self, lang: str) -> str:
        return FAULTS[self.fault]["fr" if lang == "fr" else "en"].format(**self.params)


@dataclass(frozen=True)
class Source:
    """A mail as written, in one language."""

    subject: str
    preheader: str  # what mail programs show beside the subject
    body: str


@dataclass(frozen=True)
class Block:
    shape: Shape
    lines: tuple[str, ...]  # a fact is "label|value", a button "label|target"


def check(source: Source, trigger: Trigger, language: Language) -> None:
    """Raises InvalidInput, UnknownPlaceholder, MissingPlaceholder, naming the field: "content.fr.subject"."""
    parts = {"subject": source.subject, "preheader": source.preheader, "body": source.body}
    limits = {"subject": MAX_SUBJECT, "preheader": MAX_PREHEADER, "body": MAX_BODY}
    for part, written in parts.items():
        at = f"content.{language}.{part}"
        if len(written) > limits[part]:
            raise BadWords("long", at, limit=limits[part])
        if part != "preheader" and not written.strip():
            raise BadWords("empty", at)
        if _CONTROL.search(written.replace("\n", "") if part == "body" else written):
            raise BadWords("control" if part == "body" else "line", at)
        _check_placeholders(written, trigger, at)
    private = [each.name for each in trigger.placeholders if each.kind == "link"]
    for part in ("subject", "preheader"):  # kept in the log, shown on locked screens
        if used := used_in(parts[part]) & set(private):
            name = sorted(used)[0]
            raise BadWords("private", f"content.{language}.{part}", name=name)
    _check_targets(source.body, trigger, f"content.{language}.body")
    for placeholder in trigger.placeholders:
        if placeholder.required and placeholder.name not in used_in(source.body):
            at = f"content.{language}.body"
            raise MissingPlaceholder(fields={at: [f"{{{{{placeholder.name}}}}} is missing"]}, name=placeholder.name)


def _check_placeholders(written: str, trigger: Trigger, at: str) -> None:
    known = ", ".join(trigger.by_name) or "—"
    for name in _PLACEHOLDER.findall(written):
        if name not in trigger.by_name:
            name = _CONTROL.sub(" ", name)[:60]
            raise UnknownPlaceholder(fields={at: [f"unknown placeholder {{{{{name}}}}}"]}, name=name, known=known)
    rest = _PLACEHOLDER.sub("", written)
    if "{{" in rest or "}}" in rest:
        raise BadWords("braces", at)


def _check_targets(body: str, trigger: Trigger, at: str) -> None:
    for found in _INLINE.finditer(body):
        target = found["target"] or ""
        name = _PLACEHOLDER.fullmatch(target)
        if name and trigger.by_name[name[1]].kind != "link":
            raise BadWords("no_link", at, target=target)
        if target and not name and not _LITERAL_TARGET.fullmatch(target):
            raise BadWords("target", at, target=target[:60])


def used_in(written: str) -> set[str]:
    return set(_PLACEHOLDER.findall(written))


# ---------------------------------------------------------------------------- reading


def blocks(body: str) -> Iterator[Block]:
    for chunk in re.split(r"\n\s*\n", body.strip()):
        shape = PARAGRAPH
        lines: list[str] = []
        for line in (line.strip() for line in chunk.splitlines()):
            mark, kind = next((each for each in _MARKS if line.startswith(each[0])), ("", PARAGRAPH))
            if lines and kind != shape:
                yield _block(shape, lines)
                lines = []
            shape = kind
            lines.append(line.removeprefix(mark).strip())
        if lines:
            yield _block(shape, lines)


def _block(shape: Shape, lines: list[str]) -> Block:
    if shape == "facts":
        cells = [line.strip("| ").partition("|") for line in lines]
        return Block("facts", tuple(f"{label.strip()}|{value.strip()}" for label, _, value in cells))
    if shape == "list":
        return Block("list", tuple(lines))
    whole = " ".join(lines)
    alone = _INLINE.fullmatch(whole)
    if shape == PARAGRAPH and alone and alone["target"]:
        return Block("button", (f"{alone['label']}|{alone['target']}",))
    return Block(shape, (whole,))


def fitted(written: str, values: Mapping[str, str], language: Language) -> str:
    """Without the placeholders that have nothing to say, nor the space before them; spaces that must not break."""
    for name in used_in(written):
        if not values[name]:
            written = re.sub(rf"[ \u00a0]?\{{\{{\s*{name}\s*\}}\}}", "", written)
    return _BEFORE_HIGH_MARKS.sub("\u00a0", written) if language == "fr" else written


# ---------------------------------------------------------------------------- saying


def in_text(written: str, values: Mapping[str, str]) -> str:
    """A line as plain text."""
    out, at = [], 0
    for found in _INLINE.finditer(written):
        out.append(filled(written[at : found.start()], values))
        if found["strong"]:
            out.append(in_text(found["strong"], values))
        else:
            out.append(f"{filled(found['label'], values)} ({filled(found['target'], values)})")
        at = found.end()
    return "".join([*out, filled(written[at:], values)])


def in_html(written: str, values: Mapping[str, str], link_style: str) -> str:
    """A line as HTML; everything in it is escaped."""
    out, at = [], 0
    for found in _INLINE.finditer(written):
        out.append(escape(filled(written[at : found.start()], values)))
        if found["strong"]:
            out.append(f"<strong>{in_html(found['strong'], values, link_style)}</strong>")
        else:
            label, target = escape(filled(found["label"], values)), escape(filled(found["target"], values))
            out.append(f'<a href="{target}" {link_style}>{label}</a>')
        at = found.end()
    return "".join([*out, escape(filled(written[at:], values))])


def filled(written: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], written)
