"""What is typed into the fields and forms of /profile, as changes of a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cvstudio.document import Document, edit
from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import DATE
from cvstudio.domain import profiles
from cvstudio.errors import InvalidInput
from cvstudio.models import Json
from cvstudio.state.editor_draft import checked_text
from cvstudio.tailoring.profile import HEADERS, PAPERS, Fact, Profile

LONGEST = {"text": 5_000, "about": 5_000, "url": 2_000}  # characters
SHORT = 500  # of any other field
NAMED = 60  # characters of a fact that is only named
DATES = ("start", "end")
SPLIT = ("skill", "interest")  # typed with commas between them
IDENTITY = {"name": "name", "label": "label", "email": "email", "phone": "phone", "city": "location.city"}


class Refused(Exception):
    """What was typed cannot be kept; `key` is that of the text that says why."""

    def __init__(self, key: str) -> None:
        self.key = key


def changed(fact: Fact, name: str, typed: str) -> Mapping[str, str]:
    """What a field's new value changes. Raises Refused."""
    if name in DATES:
        told = _date(name, typed)
        if fact.kind in PAPERS:
            return {"start": told, "end": told}
        start, end = (told if name == one else getattr(fact, one) for one in DATES)
        _in_order(start, end)
        return {name: told}
    if name == "text" and not typed:
        raise Refused("blank")
    if fact.kind in HEADERS and name in ("title", "employer"):
        other = fact.employer if name == "title" else fact.title or ("" if fact.employer else fact.text)
        if not typed and not other:
            raise Refused("blank")
        if name == "employer" and not fact.title and not fact.employer:
            return {"title": fact.text, "employer": typed}
    return {name: typed}


def _date(name: str, typed: str) -> str:
    told = "" if name == "end" and is_present(typed) else normalise(typed)
    if told and not DATE.fullmatch(told):
        raise Refused("no_date")
    return told


def _in_order(start: str, end: str) -> None:
    shared = min(len(start), len(end))
    if shared and end[:shared] < start[:shared]:
        raise Refused("ends_first")


def given(kind: str, form: Mapping[str, Any]) -> list[dict[str, str]]:
    """The facts that a form gives. Raises Refused, InvalidInput."""
    told = {name: checked_text(form.get(name, "")).strip() for name in ("text", *profiles.CONTEXT)}
    if any(len(value) > LONGEST.get(name, SHORT) for name, value in told.items()):
        raise InvalidInput("text too long", fields={"text": ["too long"]})
    if not (told["text"] or told["title"] or (kind in HEADERS and told["employer"])):
        raise Refused("blank")
    told |= {name: _date(name, told[name]) for name in DATES}
    _in_order(told["start"], told["end"])
    if kind in PAPERS:
        told["end"], told["title"] = told["start"], told["text"]
    if kind == "reference":
        told["text"] = told["text"] or told["title"]
    if kind in SPLIT:
        pieces = [piece.strip() for piece in re.split(r"[,;\n](?![^()]*\))", told["text"])]
        return [{**told, "text": piece} for piece in pieces if piece]
    return [told]


def identity(profile: Profile, name: str, typed: str) -> Json:
    whole = Document(basics=profile.identity.model_copy(deep=True))
    edit.set_field(whole, f"basics.{IDENTITY[name]}", typed)
    basics: Json = whole.basics.dump()
    return basics


def value_of(part: Any, name: str) -> str:
    value: str = part.location.city if name == "city" else getattr(part, name)
    return value


def short(fact: Fact) -> str:
    return fact.text if len(fact.text) <= NAMED else fact.text[:NAMED].rpartition(" ")[0] + " …"
