"""/admin/feedback: what people said, read and put aside."""

from dataclasses import dataclass, replace
from typing import Any

import reflex as rx

from cvstudio import db
from cvstudio.domain import feedback
from cvstudio.domain.feedback import NEW, REVIEWED, STATUSES, Said
from cvstudio.models import Feedback
from cvstudio.state.admin import for_administrators
from cvstudio.state.focus import focus

EVERY = ""  # no filter
PAGE = 25


@dataclass
class SaidRow:
    id: str
    rating: int
    bug: bool
    comment: str
    cv: str  # filename
    who: str  # name and address; blank for a visitor
    at: str
    reviewed: bool
    removing: bool  # asked whether it is meant


@for_administrators
class AdminFeedback(rx.State):
    ready: bool = False
    rows: rx.Field[list[SaidRow]] = rx.field(default_factory=list)
    counts: rx.Field[dict[str, int]] = rx.field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    status: str = NEW  # what is listed
    bugs: bool = False  # those alone
    more: bool = False

    @rx.event
    async def load(self) -> None:
        """What there is now, as it was last filtered."""
        self.rows = []
        self._read()
        self.ready = True

    @rx.event
    async def filter(self, status: str) -> None:
        self.status = status if status in STATUSES else EVERY
        self.rows = []
        self._read()

    @rx.event
    async def only_bugs(self, on: bool) -> None:
        self.bugs, self.rows = bool(on), []
        self._read()

    @rx.event
    async def older(self) -> None:
        self._read(self.rows[-1].id if self.rows else None)

    @rx.event
    async def review(self, feedback_id: str, reviewed: bool) -> Any:
        """It stays in the list until that is read again, so that it can be undone. Raises FeedbackNotFound."""
        with db.session() as session:
            found = feedback.review(session, str(feedback_id), REVIEWED if reviewed else NEW)
        self._change(found.id, reviewed=found.status == REVIEWED)
        self._count()
        return focus(f"#review-{found.id}")

    @rx.event
    async def ask_removal(self, feedback_id: str, asked: bool) -> Any:
        """Whether it is meant; the focus stays at the question."""
        wanted = str(feedback_id)
        self._change(wanted, removing=bool(asked))
        if all(row.id != wanted for row in self.rows):
            return None
        return focus(f"#remove-{wanted}")

    @rx.event
    async def remove(self, feedback_id: str) -> Any:
        """Raises FeedbackNotFound."""
        with db.session() as session:
            feedback.remove(session, str(feedback_id))
        self.rows = [row for row in self.rows if row.id != feedback_id]
        self._count()
        return focus("#said-title")

    def _change(self, feedback_id: str, **values: Any) -> None:
        self.rows = [replace(row, **values) if row.id == feedback_id else row for row in self.rows]

    def _read(self, before: str | None = None) -> None:
        with db.session(write=False) as session:
            found = feedback.page(session, status=self.status or None, bugs=self.bugs, before=before, limit=PAGE)
        self.rows = [*self.rows, *map(_row, found)]
        self.more = len(found) == PAGE
        self._count()

    def _count(self) -> None:
        with db.session(write=False) as session:
            self.counts = feedback.counts(session)


def _row(said: Said) -> SaidRow:
    given: Feedback = said.feedback
    return SaidRow(
        id=given.id,
        rating=given.rating,
        bug=given.is_bug_report,
        comment=given.comment,
        cv=given.cv_file,
        who=" · ".join(filter(None, (said.name, said.email))),
        at=given.created_at.isoformat(),
        reviewed=given.status == REVIEWED,
        removing=False,
    )
