"""The evaluation set, read: README.md beside `sets/` says what a row means."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from cvstudio.document import Document
from cvstudio.document.model import Language
from cvstudio.tailoring.profile import Profile
from cvstudio.tailoring.profile import profile as career

SETS = Path(__file__).parent / "sets"
NOISE = Path(__file__).parent / "noise.toml"
Kind = Literal["right", "near"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
KINDS: tuple[Kind, ...] = ("right", "near")


@dataclass(frozen=True)
class Case:
    """One person, one offer, one language each; `grades` by fact id, 0 to 3."""

    trade: str
    field: str
    part: Literal["tuned", "held"]
    kind: Kind
    language: Language
    profile: Profile
    document: Document
    offer: str
    grades: dict[str, int]

    @property
    def name(self) -> str:
        return f"{self.trade}/{self.kind}/{self.language}"


@dataclass(frozen=True)
class Row:
    sign: str
    dates: tuple[str, str]
    texts: dict[Language, str]
    grades: dict[Kind, int]


@cache
def cases(part: str = "") -> tuple[Case, ...]:
    """All of them, or those of one part."""
    found = []
    noise = tomllib.loads(NOISE.read_text())
    for number, path in enumerate(sorted(SETS.glob("*.toml"))):
        tree = tomllib.loads(path.read_text())
        if part and tree["part"] != part:
            continue
        around = noise[tree["part"]]
        rows = [_row(line, path.stem) for line in tree["facts"].strip().splitlines()]
        for language in LANGUAGES:
            document = Document.load(_document(tree["name"], rows, language))
            person = career(document)
            if len(person.facts) != len(rows):
                raise ValueError(f"{path.stem}: {len(rows)} rows, {len(person.facts)} facts")
            for kind in KINDS:
                found.append(
                    Case(
                        trade=path.stem,
                        field=tree["field"],
                        part=tree["part"],
                        kind=kind,
                        language=language,
                        profile=person,
                        document=document,
                        offer=_offer(tree[kind][language]["text"], around[number % len(around)][language]),
                        grades=_grades(person, rows, kind, language),
                    )
                )
    return tuple(found)


def _offer(text: str, around: dict[str, str]) -> str:
    """Title first, then who they are, what they want, what they give: as offers are written."""
    title, _, wanted = text.strip().partition("\n")
    return "\n\n".join((title, around["about"], wanted.strip(), around["perks"]))


def _row(line: str, trade: str) -> Row:
    cells = [cell.strip() for cell in line.split(" | ")]
    if len(cells) != 4:
        raise ValueError(f"{trade}: {line}")
    sign, _, dates = cells[0].partition(" ")
    start, between, end = dates.partition("..")
    right, near = (int(grade) for grade in cells[3].split())
    return Row(
        sign, (start, end if between else start), {"fr": cells[1], "en": cells[2]}, {"right": right, "near": near}
    )


def _document(name: str, rows: list[Row], language: Language) -> dict[str, object]:
    tree: dict[str, list[dict[str, object]]] = {}
    lines: list[object] = []
    for row in rows:
        text = row.texts[language]
        title, _, where = text.partition(" @ ")
        start, end = row.dates
        dated = {"startDate": start, "endDate": end}
        head, _, level = text.partition(": ")
        lines = [] if row.sign in "JEPV" else lines
        match row.sign:
            case "-":
                lines.append(text)
            case "J":
                tree.setdefault("work", []).append({"position": title, "name": where, **dated, "highlights": lines})
            case "E":
                tree.setdefault("education", []).append(
                    {"area": title, "institution": where, **dated, "courses": lines}
                )
            case "P":
                tree.setdefault("projects", []).append({"name": title, "entity": where, **dated, "highlights": lines})
            case "V":
                tree.setdefault("volunteer", []).append(
                    {"position": title, "organization": where, **dated, "highlights": lines}
                )
            case "S":
                tree.setdefault("skills", []).append({"name": text})
            case "L":
                tree.setdefault("languages", []).append({"language": head, "fluency": level})
            case "C":
                tree.setdefault("certificates", []).append({"name": title, "issuer": where, "date": start})
            case "A":
                tree.setdefault("awards", []).append({"title": title, "awarder": where, "date": start})
            case "I":
                tree.setdefault("interests", []).append({"name": text})
            case _:
                raise ValueError(row.sign)
    return {"basics": {"name": name}, **tree, "meta": {"studio": {"language": language}}}


def _grades(person: Profile, rows: list[Row], kind: Kind, language: Language) -> dict[str, int]:
    """By fact id. A fact is found by its words, and its row is used once."""
    left = list(rows)
    grades = {}
    for fact in person.facts:
        spoken = f"{fact.text}: {fact.level}" if fact.kind == "language" else fact.text
        wanted = {spoken, f"{fact.title} @ {fact.employer}"}
        row = next(row for row in left if row.texts[language] in wanted)
        left.remove(row)
        grades[fact.id] = row.grades[kind]
    return grades
