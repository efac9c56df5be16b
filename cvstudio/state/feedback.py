"""What a person says of the service, in a dialog of every page; nothing else is kept of it."""

from __future__ import annotations

from typing import Any, TypeAlias

import reflex as rx

from cvstudio import db
from cvstudio.domain import cvs, feedback, owners
from cvstudio.errors import RateLimited
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import checked_text
from cvstudio.state.focus import focus
from cvstudio.state.session import Session, language_of

Next: TypeAlias = Any

COMMENT_MOST = feedback.MAX_COMMENT
EDITOR = "/generate"


class Opinion(rx.State):
    opened: bool = False
    thanked: bool = False
    about: str = ""  # title of the CV in the editor, when one was opened there
    bug: bool = False
    no_rating: str = ""  # what is wrong with a field, in words
    no_comment: str = ""
    problem: str = ""
    asked: int = 0  # grows: the fields are then blank again

    _cv_id: str = ""

    @rx.event
    async def ask(self) -> None:
        """The dialog, blank."""
        self._blank()
        self._cv_id = self.about = ""
        if self.router.url.path.rstrip("/") == EDITOR:
            editor = await self.get_state(Editor)
            session = await self.get_state(Session)
            owner_id, cv_id = session.owner_id() or "", editor.cv_id
            self.about = await rx.run_in_thread(lambda: _title(owner_id, cv_id))
            self._cv_id = cv_id if self.about else ""
        self.opened, self.thanked, self.bug = True, False, False

    @rx.event
    def close(self) -> None:
        self.opened = False

    @rx.event
    def choose(self, bug: bool) -> None:
        """What it is about: something broken, or an opinion."""
        self.bug, self.no_comment = bool(bug), ""

    @rx.event
    async def give(self, form: dict[str, Any]) -> Next:
        """Refused in place: what was typed stays."""
        given = {name: checked_text(value) for name, value in dict(form).items() if isinstance(value, str | bool)}
        session, language = await self.get_state(Session), await language_of(self)
        bug = self.bug = given.get("category") == "bug"
        rating, comment = _rating(given.get("rating", "")), given.get("comment", "").strip()[:COMMENT_MOST]
        self.no_rating = "" if rating else text("feedback.no_rating", language)
        self.no_comment = text("feedback.no_comment", language) if bug and not comment else ""
        self.problem = ""
        if not rating:
            return focus("#feedback-rating-1")
        if self.no_comment:
            return focus("#feedback-comment")
        who = session.principal()
        cv_id = self._cv_id if given.get("cv") else ""
        try:
            await rx.run_in_thread(
                lambda: _give(who.owner_id, rating, comment, cv_id, language, bug=bug, visitor=who.user is None)
            )
        except RateLimited as refused:
            self.problem = refused.message(language)
            return focus("#feedback-problem")
        self._blank()
        self.thanked = True
        return focus("#feedback-thanks")

    def _blank(self) -> None:
        self.no_rating = self.no_comment = self.problem = ""
        self.asked += 1


def _rating(given: str) -> int:
    """0 for none."""
    return next((number for number in feedback.RATINGS if str(number) == given), 0)


def _title(owner_id: str, cv_id: str) -> str:
    """Of one's CV; blank for any other."""
    try:
        with db.session(write=False) as session:
            return cvs.get_owned(session, owner_id, cv_id).title
    except cvs.CvNotFound:
        return ""


def _give(
    owner_id: str | None, rating: int, comment: str, cv_id: str, language: Language, *, bug: bool, visitor: bool
) -> None:
    with db.session() as session:
        # With cookies off nobody is known: what is said counts all the same.
        owner = owners.ensure(session, owner_id, language)
        filename = cvs.get_owned(session, owner.id, cv_id).filename if cv_id else ""
        feedback.give(session, owner.id, rating, comment, bug=bug, filename=filename, visitor=visitor)
