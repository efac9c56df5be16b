"""The career profile: atomic facts with ids, each in the person's own words.

A fact is a job, a line below a job, a degree, a skill, a language … Facts come from CV documents, from pasted text and
by hand. An id is given once: it never changes, and never comes back after its fact is gone. The same thing told by two
sources stays two facts until the person agrees to merge them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cvstudio.document.model import Basics, Document, Item, Language
from cvstudio.errors import InvalidInput
from cvstudio.tailoring.words import detect, sentences, tokens

Kind = Literal[
    "summary",
    "experience",
    "realisation",
    "education",
    "skill",
    "language",
    "project",
    "certificate",
    "volunteer",
    "award",
    "publication",
    "interest",
    "reference",
    "other",
]
PREFIXES: dict[Kind, str] = {
    "summary": "resu",
    "experience": "exp",
    "realisation": "real",
    "education": "form",
    "skill": "comp",
    "language": "lang",
    "project": "proj",
    "certificate": "cert",
    "volunteer": "bene",
    "award": "prix",
    "publication": "publ",
    "interest": "inte",
    "reference": "refe",
    "other": "autr",
}
HEADERS: frozenset[Kind] = frozenset({"experience", "education", "project", "volunteer", "other"})
PAPERS: frozenset[Kind] = frozenset({"certificate", "award", "publication"})
MAX_FACTS = 1_000
TOWN = 2  # words behind an employer's name that may say where it is
ALIKE = 0.86  # how much of two texts must agree before we ask whether they are one


class Fact(BaseModel):
    """One thing that is true of the person. `of` is the id of the job, degree or project that a line stands below."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^[a-z]{3,4}_\d+$")
    kind: Kind
    text: str  # as the person wrote it
    of: str = ""
    title: str = ""  # of the job, degree, project, certificate
    employer: str = ""  # company, school, issuer
    place: str = ""
    start: str = ""
    end: str = ""  # blank with a start: it goes on
    level: str = ""  # of a language or a skill; the mark of a degree
    group: str = ""  # the heading a skill stands under
    url: str = ""
    about: str = ""  # what the company does, what the prize was for: said beside it, no line of its own
    source: str = ""  # which CV or text it came from


class Profile(BaseModel):
    """`given` counts the ids given so far, by prefix; `merged` says which ids now stand for which; of the pairs in
    `apart` the person said that they are two things.
    """

    model_config = ConfigDict(frozen=True)

    identity: Basics = Field(default_factory=Basics)
    language: Language = "fr"
    facts: tuple[Fact, ...] = ()
    given: dict[str, int] = Field(default_factory=dict)
    merged: dict[str, str] = Field(default_factory=dict)
    apart: tuple[tuple[str, str], ...] = ()

    def fact(self, fact_id: str) -> Fact:
        """The fact, also by an id that was merged into it. Raises InvalidInput."""
        wanted = self.merged.get(fact_id, fact_id)
        for fact in self.facts:
            if fact.id == wanted:
                return fact
        raise InvalidInput("no such fact", fields={"fact": [fact_id[:40]]})

    def find(self, fact_id: str) -> Fact | None:
        wanted = self.merged.get(fact_id, fact_id)
        return next((fact for fact in self.facts if fact.id == wanted), None)

    @property
    def fingerprint(self) -> str:
        """Changes with anything the profile says: what a cache must look at, for a score may stay as it was."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def lines(self, header_id: str) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.of == header_id)

    def of_kind(self, *kinds: Kind) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.kind in kinds)


def profile(*documents: Document) -> Profile:
    """One profile out of a person's CVs; the first says who they are, later ones fill what it leaves blank."""
    whole = Profile()
    for number, document in enumerate(documents):
        whole = add_document(whole, document, f"cv_{number}")
    return whole


def add_document(current: Profile, document: Document, source: str) -> Profile:
    """The profile with what the document tells; what the same source told before is not told twice."""
    identity, language = current.identity, current.language
    told = list(_facts_of(document))
    if not current.facts and not identity.name:
        noted = "language" in document.studio.model_fields_set
        language = document.read_in if noted else spoken(fact for group in told for fact in group)
    identity = _filled(identity, document.basics)
    current = current.model_copy(update={"identity": identity, "language": language})
    return add_facts(current, told, source)


def spoken(facts: Iterable[Fact]) -> Language:
    """The language that facts are told in, by their words."""
    return detect("\n".join(fact.text for fact in facts))


def add_facts(current: Profile, drafts: Iterable[Sequence[Fact]], source: str) -> Profile:
    """Each draft is a header with its lines, or one fact alone; ids in drafts are ignored."""
    facts, given = list(current.facts), dict(current.given)
    known: dict[tuple[str, ...], str] = {_key(fact, facts): fact.id for fact in facts if fact.source == source}
    for group in drafts:
        header_id = ""
        for number, draft in enumerate(group):
            if not draft.text:  # an entry without a name: its lines stand alone
                continue
            draft = draft.model_copy(update={"source": source, "of": header_id if number else draft.of})
            key = _key(draft, facts)
            if key in known:
                header_id = header_id if number else known[key]
                continue
            if len(facts) >= MAX_FACTS:
                raise InvalidInput("too many facts", fields={"facts": [f"at most {MAX_FACTS} facts"]})
            fact = draft.model_copy(update={"id": _next_id(draft.kind, given)})
            known[key] = fact.id
            header_id = header_id if number else fact.id
            facts.append(fact)
    return current.model_copy(update={"facts": tuple(facts), "given": given})


def add(current: Profile, kind: Kind, text: str, **context: str) -> Profile:
    """One fact by hand. `context` is a Fact's other fields."""
    text = text.strip()
    if not text:
        raise InvalidInput("a fact needs words", fields={"text": ["must not be blank"]})
    if of := context.get("of"):
        current.fact(of)
    return add_facts(current, [[Fact.model_validate({**context, "id": "new_0", "kind": kind, "text": text})]], "hand")


def edit(current: Profile, fact_id: str, **changes: str) -> Profile:
    """The fact with other words or another context; its id, kind and place stay.

    A header is called by its title and employer: its text follows them. So does the title of a paper its text.
    """
    fact = current.fact(fact_id)
    if changes.keys() & {"id", "kind", "of", "source"}:
        raise InvalidInput("not a field to edit", fields={name: ["cannot be changed"] for name in sorted(changes)})
    changed = Fact.model_validate({**fact.model_dump(), **_following(fact, changes), **changes})
    if not changed.text.strip():
        raise InvalidInput("a fact needs words", fields={"text": ["must not be blank"]})
    return current.model_copy(update={"facts": tuple(changed if one is fact else one for one in current.facts)})


def _following(fact: Fact, changes: Mapping[str, str]) -> dict[str, str]:
    if fact.kind in HEADERS and "text" not in changes and changes.keys() & {"title", "employer"}:
        named = (changes.get("title", fact.title), changes.get("employer", fact.employer))
        return {"text": ", ".join(filter(None, named))}
    if fact.kind in PAPERS and "title" not in changes and fact.title == fact.text:
        return {"title": changes.get("text", fact.title)}
    return {}


def remove(current: Profile, fact_id: str) -> Profile:
    """Without the fact and the lines below it."""
    gone = current.fact(fact_id).id
    kept = tuple(fact for fact in current.facts if gone not in (fact.id, fact.of))
    return current.model_copy(update={"facts": kept})


def duplicates(current: Profile) -> list[tuple[str, str]]:
    """Pairs of ids (the older first) that seem to tell the same: to be shown, never merged unasked."""
    pairs = []
    apart = set(current.apart)
    for number, first in enumerate(current.facts):
        for second in current.facts[number + 1 :]:
            pair = (first.id, second.id)
            if first.kind == second.kind and pair not in apart and _same(first, second, current):
                pairs.append(pair)
    return pairs


def keep_apart(current: Profile, pair: tuple[str, str]) -> Profile:
    """The two are not one: they are not proposed again."""
    told = tuple(fact.id for fact in current.facts if fact.id in pair)
    if len(told) != 2 or told in current.apart:
        return current
    return current.model_copy(update={"apart": (*current.apart, (told[0], told[1]))})


def restored(current: Profile, earlier: Profile) -> Profile:
    """As it was earlier, but that no id given since is given again."""
    given = {prefix: max(current.given.get(prefix, 0), earlier.given.get(prefix, 0)) for prefix in PREFIXES.values()}
    return earlier.model_copy(update={"given": {prefix: number for prefix, number in given.items() if number}})


def merge(current: Profile, pair: tuple[str, str]) -> Profile:
    """The first fact stays, with what only the second knew; lines below the second move below the first."""
    kept, gone = current.fact(pair[0]), current.fact(pair[1])
    if kept.id == gone.id or kept.kind != gone.kind:
        raise InvalidInput("these two cannot be merged", fields={"pair": ["two facts of one kind"]})
    # A blank end beside a start says "until today": it is not a gap to fill.
    names = ["title", "employer", "place", "level", "group", "url", "about", "of"] + (
        [] if kept.start else ["start", "end"]
    )
    extra = {name: getattr(gone, name) for name in names if not getattr(kept, name)}
    facts = []
    for fact in current.facts:
        if fact.id == kept.id:
            facts.append(fact.model_copy(update=extra))
        elif fact.id != gone.id:
            facts.append(fact.model_copy(update={"of": kept.id}) if fact.of == gone.id else fact)
    merged = {old: kept.id if new == gone.id else new for old, new in current.merged.items()} | {gone.id: kept.id}
    return current.model_copy(update={"facts": tuple(facts), "merged": merged})


def _next_id(kind: Kind, given: dict[str, int]) -> str:
    prefix = PREFIXES[kind]
    number = given.get(prefix, 0)
    given[prefix] = number + 1
    return f"{prefix}_{number}"


def _key(fact: Fact, facts: Sequence[Fact]) -> tuple[str, ...]:
    above = next((header for header in facts if header.id == fact.of), None)
    place = (above.text, above.start) if above else ("", "")
    return (fact.kind, fact.text, fact.start, *place)


def _same(first: Fact, second: Fact, current: Profile) -> bool:
    if first.kind == "realisation" and first.of != second.of:
        above, other = current.find(first.of), current.find(second.of)
        if above is None or other is None or not _same(above, other, current):
            return False
    if first.kind == "experience":
        return _same_house(first, second) and _alike(first.title, second.title) and _overlap(first, second)
    if first.kind in ("education", "volunteer"):
        return _alike(first.text, second.text) and _overlap(first, second)
    return _alike(first.text, second.text)


def _same_house(first: Fact, second: Fact) -> bool:
    """One employer, with its town in one of them: "Marbrerie Le Bris", "Marbrerie Le Bris, Morlaix"."""
    if _alike(first.employer, second.employer):
        return True
    short, long = sorted((tokens(first.employer), tokens(second.employer)), key=len)
    beyond = long[len(short) :]
    place = tokens(first.place) + tokens(second.place)
    return (
        bool(short)
        and long[: len(short)] == short
        and ((len(short) > 1 and len(beyond) <= TOWN) or place[:1] == beyond[:1])
    )


def _overlap(first: Fact, second: Fact) -> bool:
    """The same time, as far as both say: a month off is a slip of memory."""
    if not (first.start and second.start):
        return True
    return first.start[:4] <= (second.end or "9999")[:4] and second.start[:4] <= (first.end or "9999")[:4]


def _alike(first: str, second: str) -> bool:
    one, two = tokens(first), tokens(second)
    if one == two:
        return True
    if not one or not two or _digits(one) != _digits(two):
        return False
    return len(one) > 3 and len(two) > 3 and SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE


def _digits(words: Sequence[str]) -> list[str]:
    return [word for word in words if any(letter.isdigit() for letter in word)]


def _filled(identity: Basics, newer: Basics) -> Basics:
    """The identity with its blanks filled; its summary is a fact and lives among the facts."""
    if not identity.dump():
        return newer.model_copy(deep=True, update={"summary": ""})
    filled = identity.model_copy(deep=True)
    for name in ("name", "label", "image", "email", "phone", "url"):
        setattr(filled, name, getattr(identity, name) or getattr(newer, name))
    if not identity.location.dump():
        filled.location = newer.location.model_copy(deep=True)
    known = {(one.network.casefold(), one.username, one.url) for one in identity.profiles}
    filled.profiles += [
        one.model_copy(deep=True)
        for one in newer.profiles
        if (one.network.casefold(), one.username, one.url) not in known
    ]
    return filled


def _facts_of(document: Document) -> Iterator[list[Fact]]:
    for sentence in sentences(document.basics.summary):
        yield [draft("summary", sentence)]
    for job in document.work:
        group = _group("experience", job, job.position, job.name, job.location, job.summary, job.highlights)
        yield [group[0].model_copy(update={"about": job.description}), *group[1:]]
    for degree in document.education:
        title = " ".join(filter(None, (degree.study_type, degree.area)))
        lines = [*degree.courses]
        group = _group("education", degree, title, degree.institution, degree.location, degree.summary, lines)
        yield [group[0].model_copy(update={"level": degree.score}), *group[1:]]
    for project in document.projects:
        lines = [*project.highlights, *project.keywords]
        yield _group("project", project, project.name, project.entity, "", project.description, lines)
    for post in document.volunteer:
        yield _group("volunteer", post, post.position, post.organization, "", post.summary, post.highlights)
    for section in document.custom:
        for entry in section.items:
            group = _group("other", entry, entry.name, entry.subtitle, "", entry.summary, entry.highlights)
            yield [group[0].model_copy(update={"group": section.title}), *group[1:]]
    yield from ([fact] for fact in _single_facts(document))


def _single_facts(document: Document) -> Iterator[Fact]:
    for skill in document.skills:
        if skill.keywords:
            for word in skill.keywords:
                yield draft("skill", word, level=skill.level, group=skill.name)
        else:
            yield draft("skill", skill.name, level=skill.level)
    for spoken in document.languages:
        yield draft("language", spoken.language, level=spoken.fluency)
    for paper in document.certificates:
        yield draft(
            "certificate", paper.name, title=paper.name, employer=paper.issuer, start=paper.date, end=paper.date
        )
    for award in document.awards:
        dated = {"start": award.date, "end": award.date, "about": award.summary}
        yield draft("award", award.title, title=award.title, employer=award.awarder, **dated)
    for book in document.publications:
        dated = {"start": book.release_date, "end": book.release_date, "url": book.url, "about": book.summary}
        yield draft("publication", book.name, title=book.name, employer=book.publisher, **dated)
    for interest in document.interests:
        for word in interest.keywords or [interest.name]:
            yield draft("interest", word, group=interest.name if interest.keywords else "")
    for reference in document.references:
        yield draft("reference", reference.reference or reference.name, title=reference.name)


def _group(
    kind: Kind, item: Item, title: str, employer: str, place: str, summary: str, lines: Sequence[str]
) -> list[Fact]:
    text = ", ".join(filter(None, (title, employer)))
    start, end, url = (str(getattr(item, name, "")) for name in ("start_date", "end_date", "url"))
    told = [*sentences(summary), *lines]
    header = draft(kind, text, title=title, employer=employer, place=place, start=start, end=end, url=url)
    return [header, *(draft("realisation", line) for line in told)]


def draft(kind: Kind, text: str, **context: str) -> Fact:
    """A fact that has no id of its own yet."""
    return Fact(id="new_0", kind=kind, text=re.sub(r"[ \t]+", " ", text).strip(), **context)
