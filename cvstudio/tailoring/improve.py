"""A CV's own lines, better said: proposed one by one, each to be accepted or refused.

The same question, engines and gates as tailoring. Offline that is tidiness alone: a capital, a final point, even
spaces. A text of several paragraphs is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pydantic import BaseModel, ConfigDict

from cvstudio.document.model import Document, Part
from cvstudio.tailoring.engine import Engine, LineAsked, Question, given
from cvstudio.tailoring.gates import Refused, gated
from cvstudio.tailoring.grounding import Gate
from cvstudio.tailoring.offer import Offer
from cvstudio.tailoring.offline import Offline
from cvstudio.tailoring.profile import Fact, Profile

LISTS = ("highlights",)
TEXTS = ("summary", "description")
SECTIONS = ("work", "volunteer", "projects", "education")
MAX_LINES = 200
PIECES = re.compile(r"\w+|\s+|[^\w\s]")
MAX_PIECES = 2_000  # of both texts; comparing longer ones takes too long


class Proposal(BaseModel):
    """`path` is "basics/summary" or "work/<item id>/highlights/2"."""

    model_config = ConfigDict(frozen=True)

    path: str
    before: str
    after: str


class Improvement(BaseModel):
    model_config = ConfigDict(frozen=True)

    proposals: tuple[Proposal, ...]
    refused: tuple[Refused, ...]  # what an engine wrote and the gates kept out
    model: str


@dataclass(frozen=True)
class Piece:
    text: str
    changed: bool


@dataclass(frozen=True)
class _Line:
    path: str
    text: str
    header: Fact | None


def improve(document: Document, engine: Engine | None = None, offer: Offer | None = None) -> Improvement:
    """Every line that the engine says better within what the line itself says; the document stays as it is."""
    engine = engine or Offline()
    lines = list(_lines(document))[:MAX_LINES]
    facts = [
        Fact(id=f"real_{number}", kind="realisation", text=line.text, of=line.header.id if line.header else "")
        for number, line in enumerate(lines)
    ]
    headers = {line.header.id: line.header for line in lines if line.header}
    person = Profile(language=document.read_in, facts=(*headers.values(), *facts))
    asked = tuple(
        LineAsked(
            id=line.path,
            text=line.text,
            facts=tuple(given(one) for one in (line.header, fact) if one),
            relevance=50,
        )
        for line, fact in zip(lines, facts, strict=True)
    )
    told = (offer.title, *dict.fromkeys(one.sentence for one in offer.requirements)) if offer else ()
    question = Question(language=person.language, lines=asked, offer="\n".join(told))
    texts, refused = gated(Gate(person), question, engine.phrase(question))
    proposals = tuple(
        Proposal(path=line.path, before=line.text, after=texts[line.path])
        for line in lines
        if texts.get(line.path, line.text) != line.text
    )
    return Improvement(proposals=proposals, refused=tuple(refused), model=engine.name)


def accept(document: Document, proposals: Iterable[Proposal]) -> tuple[Document, tuple[Proposal, ...]]:
    """A copy with the proposals in place, and those whose line has changed since and was left alone."""
    made = document.model_copy(deep=True)
    late = [proposal for proposal in proposals if not put(made, proposal)]
    return made, tuple(late)


def put(document: Document, proposal: Proposal) -> bool:
    """In this very document; False where the line has changed since, and is left alone."""
    owner, field, index = _at(document, proposal.path.split("/"))
    value = getattr(owner, field) if owner else None
    if owner and index is None and value == proposal.before:
        setattr(owner, field, proposal.after)
    elif isinstance(value, list) and index is not None and value[index : index + 1] == [proposal.before]:
        value[index] = proposal.after
    else:
        return False
    return True


def marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts, cut where one says otherwise than the other: in words, spaces and signs."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    if len(old) + len(new) > MAX_PIECES:
        return (Piece(before, True),), (Piece(after, True),)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for found, words in ((left, old[start:end]), (right, new[begin:stop])):
            if words:
                found.append(Piece("".join(words), kind != "equal"))
    return tuple(left), tuple(right)


def _lines(document: Document) -> Iterator[_Line]:
    if _one_line(document.basics.summary):
        yield _Line("basics/summary", document.basics.summary, None)
    for number, (section, item) in enumerate(_items(document)):
        name, place = _named(item), str(getattr(item, "location", ""))
        employer = str(getattr(item, "name" if section == "work" else "organization", "") or "")
        header = Fact(
            id=f"exp_{number}",
            kind="experience",
            text=name or employer or "-",
            title=name,
            employer=employer or str(getattr(item, "institution", "") or getattr(item, "entity", "")),
            place=place,
            start=str(getattr(item, "start_date", "")),
            end=str(getattr(item, "end_date", "")),
        )
        item_id = str(getattr(item, "id", ""))
        for field in TEXTS:
            if section != "work" or field != "description":  # what the employer does is no line of the person's
                text = str(getattr(item, field, "") or "")
                if _one_line(text):
                    yield _Line(f"{section}/{item_id}/{field}", text, header)
        for field in LISTS:
            for index, text in enumerate(getattr(item, field, ())):
                if _one_line(text):
                    yield _Line(f"{section}/{item_id}/{field}/{index}", text, header)


def _one_line(text: str) -> bool:
    return bool(text.strip()) and "\n" not in text.strip()


def _items(document: Document) -> Iterator[tuple[str, Part]]:
    for section in SECTIONS:
        for item in document.section(section):
            yield section, item
    for custom in document.custom:
        for entry in custom.items:
            yield f"custom:{custom.id}", entry


def _named(item: Part) -> str:
    names = (getattr(item, field, "") for field in ("position", "study_type", "area", "name"))
    return next((str(name) for name in names if name), "")


def _at(document: Document, steps: Sequence[str]) -> tuple[Part | None, str, int | None]:
    """The part that owns the line, its field, and the line's place in a list."""
    if list(steps) == ["basics", "summary"]:
        return document.basics, "summary", None
    if len(steps) not in (3, 4) or steps[2] not in (*TEXTS, *LISTS) or (len(steps) == 4) != (steps[2] in LISTS):
        return None, "", None
    index = int(steps[3]) if len(steps) == 4 and steps[3].isdecimal() else None
    for section, item in _items(document):
        if section == steps[0] and getattr(item, "id", "") == steps[1] and hasattr(item, steps[2]):
            return item, steps[2], index
    return None, "", None
