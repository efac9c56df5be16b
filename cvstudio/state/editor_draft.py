"""The working copy of one tab, and how it reaches the database."""

from __future__ import annotations

import time

from cvstudio import db, events
from cvstudio.document import Document, edit
from cvstudio.document.history import History
from cvstudio.domain import cvs, owners
from cvstudio.errors import InvalidInput, Unauthorized
from cvstudio.language import Language
from cvstudio.models.fields import Json
from cvstudio.render import Preview, themes
from cvstudio.state.session import Credentials

QUIET = 0.7  # seconds without a change before it is saved
LONGEST = 5.0  # seconds that a change may wait while others follow


class Draft:
    """A plain class, so that Reflex neither wraps it nor sends it to the browser."""

    def __init__(self, document: Document | None = None, cv_id: str = "", revision: int = 0) -> None:
        self.document = document or Document()
        themes.pin(self.document)
        self.history = History()
        self.cv_id = cv_id  # blank until first saved
        self.revision = revision  # of the row that this copy rests on
        self.edits = 0  # made
        self.saved = 0  # how many of them are in the database
        self.first_unsaved_at = 0.0  # Unix time
        self.last_edit_at = 0.0
        self.checkpoint = ""  # why what is stored has to be kept as a version before the next save
        self.opened: set[str] = set()  # ids of entries
        self.added: set[str] = set()  # keys of sections shown though empty
        self.shown: Preview | None = None  # last, of this document

    def __getstate__(self) -> dict[str, object]:
        return {**vars(self), "shown": None}  # quickly made again, and large

    @property
    def clean(self) -> bool:
        return self.edits == self.saved

    def begin(self, key: str = "") -> Document:
        """The document, ready to be changed; changes of one key that follow each other closely are undone together."""
        self.history.before(self.document, key, time.time(), lambda: edit.part_of(self.document, key))
        return self.document

    def changed(self) -> None:
        now = time.time()
        if self.clean:
            self.first_unsaved_at = now
        self.edits += 1
        self.last_edit_at = now

    def wait(self) -> float:
        """Seconds until it is time to save."""
        return max(0.0, min(self.last_edit_at + QUIET, self.first_unsaved_at + LONGEST) - time.time())


def load(owner_id: str, cv_id: str = "") -> Draft | None:
    """The owner's CV, or the one worked on last: without an id, and when that CV is in the trash or not theirs."""
    if not owner_id:
        return None
    with db.session(write=False) as session:
        try:
            cv = cvs.get_owned(session, owner_id, cv_id) if cv_id else cvs.latest(session, owner_id)
        except cvs.CvNotFound:
            cv = cvs.latest(session, owner_id)
        return Draft(Document.load(cv.document), cv.id, cv.revision) if cv else None


def store(
    owner_id: str,
    language: Language,
    cv_id: str,
    revision: int,
    dumped: Json,
    *,
    tab: str,
    checkpoint: str = "",
    shown: Credentials | None = None,
) -> tuple[str, int]:
    """(id, revision) of what was saved; other tabs are told. Raises StaleRevision, CvNotFound, InvalidInput.

    And Unauthorized when what is `shown` is the owner's no longer.
    """
    if not owner_id:
        raise Unauthorized
    with db.session() as session:
        if shown is not None and shown.known_to(session).owner_id != owner_id:
            raise Unauthorized
        if not cv_id:
            owners.ensure(session, owner_id, language)
            source = "import" if checkpoint == "import" else "manual"
            cv = cvs.create(session, owner_id, Document.load(dumped), source=source)
            saved = cv.id, cv.revision
        else:
            owners.seen(session, owner_id)
            saved = cv_id, revision + 1
            if checkpoint or not cvs.save_typing(session, owner_id, cv_id, dumped, expected_revision=revision):
                document = Document.load(dumped)  # what cannot be read back is not written
                cv = cvs.save(session, owner_id, cv_id, document, expected_revision=revision, checkpoint=checkpoint)
                saved = cv.id, cv.revision
    if saved != (cv_id, revision):
        told = {"kind": "cv", "id": saved[0], "revision": str(saved[1]), "tab": tab}
        events.publish(events.owner_topic(owner_id), told)
    return saved


def checked_text(value: object) -> str:
    """Handlers are called by anyone with anything."""
    if not isinstance(value, str):
        raise InvalidInput("must be a text")
    return value
