"""CVs: made, loaded, saved, put in the trash. Every save names the revision it started from."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select, update

from cvstudio import db, events, render
from cvstudio.document import Document
from cvstudio.document.model import clean
from cvstudio.domain import owned, owners, versions
from cvstudio.errors import Conflict, InvalidInput, NotFound
from cvstudio.models import BackgroundTask, Cv, Job, utcnow
from cvstudio.models.fields import Json, storable
from cvstudio.render import themes

MAX_TITLE = 120
MAX_STEM = 60
MAX_SEARCH = 400  # characters: an index of PostgreSQL takes no more than some 2 700 bytes
FILENAME = re.compile(r"(?![. ])[\w .()@+-]{1,115}\.json")


class CvNotFound(NotFound):
    code: ClassVar[str] = "CV_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce CV n’existe pas, ou plus.",
        "en": "This CV does not exist, or no longer.",
    }


class FilenameTaken(Conflict):
    code: ClassVar[str] = "FILENAME_TAKEN"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Vous avez déjà un CV de ce nom de fichier. Choisissez-en un autre.",
        "en": "You already have a CV with this filename. Choose another one.",
    }


class StaleRevision(Conflict):
    """Someone saved in between; `expected` is what the caller started from, `current` what there is."""

    code: ClassVar[str] = "STALE_REVISION"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce CV a été modifié ailleurs (version {current}, la vôtre : {expected}). Rechargez-le pour continuer.",
        "en": "This CV was changed elsewhere (revision {current}, yours: {expected}). Reload it to go on.",
    }


def create(
    session: Session,
    owner_id: str,
    document: Document,
    *,
    title: str | None = None,
    filename: str = "",
    source: str = "manual",
    source_value: str = "",
    origin_id: str | None = None,
    promised: str = "",
) -> Cv:
    """A new CV. Without a title it carries, and follows, the person's name and role. The owner's row must exist.

    Its document notes the version of its template. Raises InvalidInput, FilenameTaken for a `filename`; without one it
    gets one of its own, or the one `promised` to it by promise().
    """
    title = _one_line(title or "") or render.title(document)
    themes.pin(document)
    owners.lock(session, owner_id)
    cv = Cv(
        owner_id=owner_id,
        filename=promised
        or (_claimed(session, owner_id, filename) if filename else _free_filename(session, owner_id, title)),
        title=title,
        document=document.dump(),
        search=_search(title, document.basics.name, document.basics.label),
        template=document.studio.template,
        language=document.studio.language,
        source=source,
        source_value=clean(source_value),
        origin_id=origin_id,
    )
    session.add(cv)
    session.flush()
    return cv


def promise(session: Session, owner_id: str, title: str) -> str:
    """A filename for a CV to come: nobody else's once it is in a BackgroundTask, before this transaction ends."""
    owners.lock(session, owner_id)
    return _free_filename(session, owner_id, _one_line(title))


def get_owned(session: Session, owner_id: str, cv_id: str) -> Cv:
    """The one way to load a CV. Raises CvNotFound, also for one in the trash."""
    return _get(session, owner_id, cv_id)


def by_filename(session: Session, owner_id: str, filename: str) -> Cv:
    """The same by the name that API clients know it by. Raises CvNotFound."""
    if not storable(filename):
        raise CvNotFound  # and nothing that a database could be asked
    found = session.exec(select(Cv).where(Cv.owner_id == owner_id, Cv.filename == filename)).first()
    if found is None or found.deleted_at is not None:
        raise CvNotFound
    return found


def latest(session: Session, owner_id: str) -> Cv | None:
    """The CV its owner worked on last."""
    return next(iter(all_of(session, owner_id, limit=1)), None)


def all_of(session: Session, owner_id: str, *, limit: int = 200) -> list[Cv]:
    """The owner's CVs, the last changed first, without those in the trash."""
    wanted = select(Cv).where(Cv.owner_id == owner_id, col(Cv.deleted_at).is_(None))
    return list(session.exec(wanted.order_by(col(Cv.updated_at).desc(), Cv.id).limit(limit)))


def save(
    session: Session, owner_id: str, cv_id: str, document: Document, *, expected_revision: int, checkpoint: str = ""
) -> Cv:
    """Replaces the document. Raises StaleRevision if it is no longer at `expected_revision`.

    What it replaces is kept as a version where that is due, and always with a `checkpoint`: what is about to happen
    ("ai", "import", …).
    """
    cv = locked(session, owner_id, cv_id, expected_revision)
    themes.pin(document)
    dumped = document.dump()
    if dumped == cv.document:
        return cv
    if reason := checkpoint or versions.due(cv, document.studio.template):
        versions.keep(session, cv, reason)
    before = cv.document.get("basics", {})
    if cv.title == render.title_of(before.get("name", ""), before.get("label", "")):
        cv.title = render.title(document)
    cv.document, cv.search = dumped, _search(cv.title, document.basics.name, document.basics.label)
    cv.template = document.studio.template
    cv.language = document.studio.language
    cv.revision += 1
    cv.updated_at = utcnow()
    session.add(cv)
    session.flush()
    return cv


def save_typing(session: Session, owner_id: str, cv_id: str, dumped: Json, *, expected_revision: int) -> bool:
    """What `save` does, for what Document.dump gave and while nothing but texts changed: in two statements.

    False, and nothing is done, where there is more to it: `save` knows what.
    """
    connection = session.connection()
    row = connection.execute(_LIGHTLY, {"id": cv_id}).one_or_none() if owned.ID.fullmatch(cv_id) else None
    studio, basics = dumped["meta"]["studio"], dumped.get("basics", {})
    if row is None or "templateVersion" not in studio or versions.due(row, studio["template"]):
        return False
    name, label = basics.get("name", ""), basics.get("label", "")
    title = row.title
    if title == render.title_of(row.name or "", row.label or ""):
        title = render.title_of(name, label)
    new = {
        "of_id": cv_id,
        "of_owner": owner_id,
        "of_revision": expected_revision,
        "of_title": row.title,
        "title": title,
        "document": dumped,
        "search": _search(title, name, label),
        "language": studio["language"],
        "revision": expected_revision + 1,
        "updated_at": utcnow(),
    }
    return connection.execute(_TYPED, new).rowcount == 1


# Asked for often: put together once.
_LIGHTLY = select(
    Cv.title,
    Cv.template,
    Cv.version_at,
    Cv.created_at,
    *(col(Cv.document)["basics"][name].as_string().label(name) for name in ("name", "label")),
).where(Cv.id == bindparam("id"))
_TYPED = (
    update(Cv)
    .where(
        col(Cv.id) == bindparam("of_id"),
        col(Cv.owner_id) == bindparam("of_owner"),
        col(Cv.revision) == bindparam("of_revision"),
        col(Cv.title) == bindparam("of_title"),
        col(Cv.document) != bindparam("document"),
        col(Cv.deleted_at).is_(None),
    )
    .values({name: bindparam(name) for name in ("title", "document", "search", "language", "revision", "updated_at")})
)


def locked(session: Session, owner_id: str, cv_id: str, expected_revision: int | None = None) -> Cv:
    """The CV, to be changed in this transaction. Raises StaleRevision; without an `expected_revision` it never is."""
    cv = _get(session, owner_id, cv_id, lock=True)
    if expected_revision is not None and cv.revision != expected_revision:
        raise StaleRevision(expected=expected_revision, current=cv.revision)
    return cv


def revert(session: Session, owner_id: str, cv_id: str, number: int, *, expected_revision: int | None = None) -> Cv:
    """Back to what a version holds, once what it replaces is one too. Raises VersionNotFound, StaleRevision."""
    cv = locked(session, owner_id, cv_id, expected_revision)
    document = Document.load(versions.at(session, cv, number))
    return save(session, owner_id, cv_id, document, expected_revision=cv.revision, checkpoint=versions.RESTORE)


def announce(session: Session, cv: Cv) -> None:
    """Once this is committed, tabs that show the CV take it over."""
    told = {"kind": "cv", "id": cv.id, "revision": str(cv.revision), "tab": ""}
    topic = events.owner_topic(cv.owner_id)
    db.after_commit(session, lambda: events.publish(topic, told))


def rename(session: Session, owner_id: str, cv_id: str, title: str) -> Cv:
    """A blank title returns to the person's name and role. The filename, a key for API clients, stays."""
    cv = _get(session, owner_id, cv_id, lock=True)
    document = Document.load(cv.document)
    cv.title = _one_line(title) or render.title(document)
    cv.search = _search(cv.title, document.basics.name, document.basics.label)
    session.add(cv)
    return cv


def duplicate(session: Session, owner_id: str, cv_id: str, title: str) -> Cv:
    """A CV of its own with the same content. Raises CvNotFound."""
    cv = _get(session, owner_id, cv_id)
    return create(session, owner_id, Document.load(cv.document), title=title, origin_id=cv.id)


def delete(session: Session, owner_id: str, cv_id: str) -> None:
    """Into the trash."""
    cv = _get(session, owner_id, cv_id, lock=True)
    cv.deleted_at = utcnow()
    session.add(cv)


def restore(session: Session, owner_id: str, cv_id: str) -> Cv:
    """Out of the trash."""
    cv = owned.get(session, Cv, owner_id, cv_id, CvNotFound, lock=True)
    cv.deleted_at = None
    session.add(cv)
    return cv


def make_room(session: Session, owner_id: str, arriving: Sequence[str]) -> None:
    """Renames CVs of the owners `arriving` that would meet one of the same name here; the caller holds the lock."""
    wanted = select(Cv).where(col(Cv.owner_id).in_(arriving)).order_by(col(Cv.created_at), Cv.id)
    coming = session.exec(wanted).all()
    here = set(session.exec(select(Cv.filename).where(Cv.owner_id == owner_id))) | _promised(session, owner_id)
    for cv in coming:
        if cv.filename in here:
            cv.filename = _first_free(cv.filename.removesuffix(".json"), here | {other.filename for other in coming})
            session.add(cv)
        here.add(cv.filename)


def _get(session: Session, owner_id: str, cv_id: str, *, lock: bool = False) -> Cv:
    cv = owned.get(session, Cv, owner_id, cv_id, CvNotFound, lock=lock)
    if cv.deleted_at is not None:
        raise CvNotFound
    return cv


def _claimed(session: Session, owner_id: str, filename: str) -> str:
    """The filename asked for, ending in .json. One in the trash gives way to it; the caller holds the owner's lock."""
    filename = f"{filename.strip().removesuffix('.json')}.json"
    if not FILENAME.fullmatch(filename):
        raise InvalidInput("bad filename", fields={"filename": ["letters, digits, spaces and ._()@+-, at most 120"]})
    if filename in _promised(session, owner_id):
        raise FilenameTaken
    taken = session.exec(select(Cv).where(Cv.owner_id == owner_id, Cv.filename == filename)).first()
    if taken is not None:
        if taken.deleted_at is None:
            raise FilenameTaken
        names = set(session.exec(select(Cv.filename).where(Cv.owner_id == owner_id))) | _promised(session, owner_id)
        taken.filename = _first_free(filename.removesuffix(".json"), names)
        session.add(taken)
        session.flush()
    return filename


def _free_filename(session: Session, owner_id: str, title: str) -> str:
    """ "cv-marie-dupont.json", or "cv-marie-dupont-2.json" when taken; the caller holds the owner's lock."""
    stem = slug(title)
    stem = stem if stem == "cv" or stem.startswith("cv-") else f"cv-{stem}".rstrip("-")
    taken = set(session.exec(select(Cv.filename).where(Cv.owner_id == owner_id, col(Cv.filename).startswith(stem))))
    return _first_free(stem, taken | _promised(session, owner_id))


def _promised(session: Session, owner_id: str) -> set[str]:
    """To CVs that are being made."""
    live = col(Job.status).in_(("queued", "running"))
    names = select(BackgroundTask.filename).join(Job).where(Job.owner_id == owner_id, live)
    return set(session.exec(names))


def _first_free(stem: str, taken: set[str]) -> str:
    suffixes = itertools.chain([""], (f"-{number}" for number in itertools.count(2)))
    return next(name for suffix in suffixes if (name := f"{stem}{suffix}.json") not in taken)


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens; may be empty."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only)[:MAX_STEM].strip("-")


def folded(text: str) -> str:
    """As it is searched: neither capitals nor accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _search(title: str, name: str, label: str) -> str:
    return folded("\n".join((title, name, label)))[:MAX_SEARCH]


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:MAX_TITLE]
