"""Career profiles: one an owner, built from CVs, pasted text and by hand.

Reading and writing facts is cvstudio.tailoring.profile's; here is whose they are, and that nothing is lost.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import ValidationError
from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select

from cvstudio import importers
from cvstudio.document import Document
from cvstudio.document.model import Basics, Language, clean
from cvstudio.domain import cvs, owners
from cvstudio.errors import Conflict, InvalidInput, StudioError
from cvstudio.models import CareerProfile, Json, WidgetCache, utcnow
from cvstudio.render.memory import Memory
from cvstudio.tailoring import pasted
from cvstudio.tailoring import profile as career
from cvstudio.tailoring.completeness import Completeness, completeness
from cvstudio.tailoring.profile import Fact, Kind, Profile

CONTEXT = ("title", "employer", "place", "start", "end", "level", "group", "url", "about")
HAND = "hand"  # the source of what was typed in


class StaleProfile(Conflict):
    """Someone saved in between; `expected` is what the caller started from, `current` what there is."""

    code: ClassVar[str] = "STALE_PROFILE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Votre parcours a été modifié ailleurs (version {current}, la vôtre : {expected})."
        " Rechargez-le pour continuer.",
        "en": "Your career was changed elsewhere (revision {current}, yours: {expected}). Reload it to go on.",
    }


ROOM = 8_000_000  # characters of profiles that a process remembers


class ProfileUnreadable(StudioError):
    """What is stored is not a profile: a fault of ours."""

    code: ClassVar[str] = "RAG_NORMALIZATION_FAILED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Votre parcours n’a pas pu être relu. Rien n’est perdu ; le problème est de notre côté.",
        "en": "Your career could not be read back. Nothing is lost; the fault is on our side.",
    }


@dataclass(frozen=True)
class Stored:
    """A profile as it is kept; revision 0: there is none yet."""

    profile: Profile
    revision: int = 0
    updated_at: datetime | None = None

    @cached_property
    def completeness(self) -> Completeness:
        return completeness(self.profile)

    @property
    def duplicates(self) -> list[tuple[str, str]]:
        """Pairs that seem to tell the same: proposed, never merged unasked."""
        return career.duplicates(self.profile)

    @cached_property
    def fingerprint(self) -> str:
        """Another one as soon as anything in the profile is."""
        return sha256(self.profile.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True)
class FactGiven:
    """A fact as it is typed in. `id` is one of the profile's, or a name by which others of the same call say `of`."""

    kind: Kind
    text: str
    id: str = ""
    of: str = ""
    context: Mapping[str, str] | None = None  # fields of CONTEXT


@dataclass(frozen=True)
class Changes:
    """Done in this order; None and blank leave things as they are."""

    identity: Json | None = None
    language: Language | None = None
    add: Sequence[FactGiven] = ()
    edit: Sequence[tuple[str, Mapping[str, str]]] = ()  # id, fields of CONTEXT and "text"
    remove: Sequence[str] = ()
    merge: Sequence[tuple[str, str]] = ()  # the first stays
    apart: Sequence[tuple[str, str]] = ()  # they seem to tell the same, and do not


def load(session: Session, owner_id: str) -> Stored:
    """An empty profile where there is none. Raises ProfileUnreadable."""
    standing = session.connection().execute(_STANDING, {"owner_id": owner_id}).one_or_none()
    if standing is not None and (known := _stored.get((owner_id, *standing))):
        return known
    row = session.get(CareerProfile, owner_id, populate_existing=True)
    if row is None:
        return Stored(Profile())
    return _stored.keep((owner_id, row.revision, row.updated_at), _read(row), len(repr(row.data)))


# Read again only once it has changed: it is asked for with every offer.
_STANDING = select(CareerProfile.revision, CareerProfile.updated_at).where(
    CareerProfile.owner_id == bindparam("owner_id")
)
_stored: Memory[tuple[str, int, datetime], Stored] = Memory(ROOM)


def delete_all(session: Session, owner_id: str) -> None:
    """The profile, and the lines made of it; CVs stay."""
    owners.lock(session, owner_id)
    session.exec(delete(CareerProfile).where(col(CareerProfile.owner_id) == owner_id))
    session.exec(delete(WidgetCache).where(col(WidgetCache.owner_id) == owner_id))


def change(session: Session, owner_id: str, changes: Changes, *, expected_revision: int | None = None) -> Stored:
    """All of the changes or none. Raises StaleProfile, InvalidInput."""

    def edited(current: Profile) -> Profile:
        current = _identified(current, changes.identity, changes.language)
        current = _added(current, changes.add)
        for fact_id, fields in changes.edit:
            current = career.edit(current, fact_id, **_cleaned(fields))
        for fact_id in changes.remove:
            current = career.remove(current, fact_id)
        for pair in changes.merge:
            current = career.merge(current, pair)
        for pair in changes.apart:
            current = career.keep_apart(current, pair)
        return current

    return _save(session, owner_id, edited, expected_revision)


def replace(
    session: Session,
    owner_id: str,
    facts: Sequence[FactGiven],
    *,
    identity: Json | None = None,
    language: Language | None = None,
    expected_revision: int | None = None,
) -> Stored:
    """These facts and no others: known ids are edited, new ones added, the rest removed. Raises as change()."""

    def replaced(current: Profile) -> Profile:
        known = {fact.id: fact for fact in current.facts}
        kept = [given for given in facts if given.id in known]
        if len({given.id for given in kept}) < len(kept):
            raise InvalidInput("a fact given twice", fields={"facts": ["an id may occur once"]})
        current = _identified(current, identity, language)
        for given in kept:
            if given.kind != known[given.id].kind:
                raise InvalidInput("not a field to edit", fields={"facts": [f"{given.id}: the kind cannot be changed"]})
            blank = dict.fromkeys(CONTEXT, "")
            current = career.edit(current, given.id, **_cleaned({**blank, **(given.context or {}), "text": given.text}))
        stays = {given.id for given in kept}
        gone = [fact.id for fact in current.facts if fact.id not in stays]
        held = [fact.id for fact in current.facts if fact.id in stays and fact.of in gone]
        if held:
            raise InvalidInput("lines without their header", fields={"facts": [f"{held[0]}: its header is missing"]})
        for fact_id in gone:
            if current.find(fact_id):
                current = career.remove(current, fact_id)
        made = _added(current, [given for given in facts if given.id not in known])
        if known or language is not None:
            return made
        return made.model_copy(update={"language": career.spoken(made.facts)})  # a career told anew, in its own

    return _save(session, owner_id, replaced, expected_revision)


def put_back(session: Session, owner_id: str, earlier: Profile, *, expected_revision: int) -> Stored:
    """The profile as it was before a change: undo. Raises StaleProfile."""
    return _save(session, owner_id, lambda current: career.restored(current, earlier), expected_revision)


def add_cvs(session: Session, owner_id: str, cv_ids: Sequence[str]) -> Stored:
    """What one's CVs tell; what the same CV told before is not told twice. Raises CvNotFound, InvalidInput."""
    found = [cvs.get_owned(session, owner_id, cv_id) for cv_id in cv_ids]

    def told(current: Profile) -> Profile:
        for cv in found:
            current = career.add_document(current, Document.load(cv.document), f"cv:{cv.id}")
        return current

    return _save(session, owner_id, told)


def add_document(session: Session, owner_id: str, document: Document, source: str) -> Stored:
    """The same for a document that is no CV of ours: an imported file. Raises InvalidInput."""
    return _save(session, owner_id, lambda current: career.add_document(current, document, source))


def add_text(session: Session, owner_id: str, text: str) -> Stored:
    """What pasted text tells, taken apart into facts. Raises InvalidInput."""
    text = clean(text)
    source = f"text:{sha256(text.encode()).hexdigest()[:12]}"
    return _save(session, owner_id, _told(text, source))


def _told(text: str, source: str) -> Callable[[Profile], Profile]:
    """What reads as a CV is read as one; anything else sentence by sentence."""
    found = importers.pasted(text) if len(text) <= pasted.MAX_PASTED else None
    if found is None:
        return lambda current: pasted.add_text(current, text, source)
    document = found.document
    return lambda current: career.add_document(current, document, source)


def make_room(session: Session, owner_id: str, arriving: Sequence[str]) -> None:
    """What `arriving` owners' profiles tell is added to the owner's own, which says who the person is."""
    coming = session.exec(
        select(CareerProfile)
        .where(col(CareerProfile.owner_id).in_(arriving))
        .order_by(col(CareerProfile.updated_at).desc(), CareerProfile.owner_id)
    ).all()
    mine = session.get(CareerProfile, owner_id)
    for row in coming[0 if mine else 1 :]:  # without one of their own, the newest moves as it is
        other = _read(row).profile
        target = owner_id if mine else coming[0].owner_id
        _save(session, target, lambda current, other=other: _joined(current, other))  # type: ignore[misc]
        session.delete(row)


# ---------------------------------------------------------------------------- one save


def _save(
    session: Session, owner_id: str, edit: Callable[[Profile], Profile], expected_revision: int | None = None
) -> Stored:
    owners.lock(session, owner_id)
    row = session.get(CareerProfile, owner_id, populate_existing=True)
    current = Stored(Profile()) if row is None else _read(row)
    if expected_revision is not None and expected_revision != current.revision:
        raise StaleProfile(expected=expected_revision, current=current.revision)
    edited = edit(current.profile)
    if edited == current.profile and row is not None:
        return current
    if row is None:
        row = CareerProfile(owner_id=owner_id, revision=0)
    row.data = edited.model_dump(mode="json")
    row.revision += 1
    row.updated_at = utcnow()
    session.add(row)
    session.flush()
    return Stored(edited, row.revision, row.updated_at)


def _read(row: CareerProfile) -> Stored:
    try:
        return Stored(Profile.model_validate(row.data), row.revision, row.updated_at)
    except ValidationError as error:
        raise ProfileUnreadable(f"{error.error_count()} faults in a stored profile") from error


def _identified(current: Profile, identity: Json | None, language: Language | None) -> Profile:
    changed: dict[str, Any] = {}
    if identity is not None:
        changed["identity"] = _basics(identity)
    if language is not None:
        changed["language"] = language
    return current.model_copy(update=changed)


def _basics(identity: Json) -> Basics:
    """Who the person is, as JSON Resume's `basics`; a summary is a fact and has no place there."""
    basics = Document.load({"basics": identity}).basics
    basics.summary = ""
    return basics


def _added(current: Profile, given: Sequence[FactGiven]) -> Profile:
    """New facts, each header followed by the lines that name it."""
    names = [one.id for one in given if one.id]
    if len(set(names)) < len(names):
        raise InvalidInput("a name given twice", fields={"facts": ["an id may occur once"]})
    below: dict[str, list[FactGiven]] = {name: [one for one in given if one.of == name] for name in names}
    groups: list[list[Fact]] = []
    for one in given:
        if one.of in below:
            if one.of == one.id or any(other.of in below for other in given if other.id == one.of):
                raise InvalidInput("a line below a line", fields={"facts": ["lines stand below a header"]})
            continue
        if one.of:
            current.fact(one.of)
        groups.append([_drafted(one, one.of), *(_drafted(line, "") for line in below.get(one.id, []))])
    return career.add_facts(current, groups, HAND)


def _drafted(given: FactGiven, of: str) -> Fact:
    context = _cleaned(given.context or {})
    text = clean(given.text).strip() or ", ".join(filter(None, (context.get("title"), context.get("employer"))))
    if not text:
        raise InvalidInput("a fact needs words", fields={"text": ["must not be blank"]})
    return career.draft(given.kind, text, of=of, **context)


def _cleaned(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: clean(value).strip() for name, value in fields.items()}


def _joined(current: Profile, other: Profile) -> Profile:
    """`current` with the facts of `other`, source by source; it says who they are unless it does not know."""
    if not current.identity.name:
        current = current.model_copy(update={"identity": other.identity})
    for source in dict.fromkeys(fact.source for fact in other.facts):
        current = career.add_facts(current, _groups(other, source), source)
    return current


def _groups(whole: Profile, source: str) -> Iterator[list[Fact]]:
    for fact in whole.facts:
        above = whole.find(fact.of) if fact.of else None
        if fact.source == source and (above is None or above.source != source):
            lines = [line for line in whole.lines(fact.id) if line.source == source]
            yield [fact.model_copy(update={"of": ""}), *lines]
