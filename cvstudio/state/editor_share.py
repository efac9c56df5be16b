"""The CV's link: made, changed and withdrawn by its owner, in the editor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

import reflex as rx

from cvstudio import db
from cvstudio.domain import shares
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.models import Share
from cvstudio.state.editor import Editor
from cvstudio.state.focus import focus

Next: TypeAlias = Any


@dataclass
class Link:
    """How the CV is shared; without a `token` it is not."""

    token: str = ""
    expires: str = ""  # the last day, ISO 8601
    locked: bool = False
    listed: bool = False
    views: int = 0
    downloads: int = 0


class Sharing(rx.State):
    opened: bool = False
    link: rx.Field[Link] = rx.field(default_factory=Link)
    address: str = ""
    problem: str = ""
    said: str = ""
    asked: int = 0  # grows: the form's fields are made anew

    @rx.event
    async def ask(self) -> None:
        """The dialog, for the CV in the editor. Raises CvNotFound."""
        editor = await self.get_state(Editor)
        owner_id, cv_id = await editor._owner(), editor.cv_id
        found = await rx.run_in_thread(lambda: _found(owner_id, cv_id))
        self._show(found)
        self.said, self.opened = "", True

    @rx.event
    def close(self) -> None:
        self.opened = False

    @rx.event
    async def share(self, form: dict[str, Any]) -> Next:
        """Makes the link, or changes it. A blank password leaves it as it is. Raises CvNotFound."""
        editor = await self.get_state(Editor)
        owner_id, cv_id, language, known = await editor._owner(), editor.cv_id, editor._lang, self.link
        given = {name: str(value) for name, value in dict(form).items() if isinstance(value, str | bool)}
        try:
            made = await rx.run_in_thread(lambda: _share(owner_id, cv_id, given, language))
        except InvalidInput as refused:
            self.problem = " ".join(line for lines in refused.fields.values() for line in lines)
            return focus("#share-problem")
        self._show(made)
        self.said = text("editor.share_changed" if known.token else "editor.share_made", language)
        return focus("#share-address")

    @rx.event
    async def withdraw(self) -> Next:
        """Raises CvNotFound."""
        editor = await self.get_state(Editor)
        owner_id, cv_id, language = await editor._owner(), editor.cv_id, editor._lang
        await rx.run_in_thread(lambda: _withdraw(owner_id, cv_id))
        self._show(Link())
        self.said = text("editor.share_withdrawn", language)
        return focus("#share-said")

    def _show(self, link: Link) -> None:
        self.link, self.problem = link, ""
        self.address = f"{self.router.url.origin}/s/{link.token}" if link.token else ""
        self.asked += 1


def _link(share: Share | None) -> Link:
    if share is None:
        return Link()
    # A day ends when the next begins.
    last = (share.expires_at - timedelta(days=1)).date().isoformat() if share.expires_at else ""
    return Link(share.token, last, share.password_hash is not None, share.listed, share.views, share.downloads)


def _found(owner_id: str, cv_id: str) -> Link:
    with db.session(write=False) as session:
        return _link(shares.of(session, owner_id, cv_id))


def _share(owner_id: str, cv_id: str, form: dict[str, str], language: Language) -> Link:
    expires, password = _end_of(form.get("expires", ""), language), form.get("password", "")
    with db.session(write=False) as session:
        before = shares.of(session, owner_id, cv_id)
    kept = before.password_hash if before and not form.get("unlocked") else None
    if password:
        kept = shares.kept_of(owner_id, password, language)
    with db.session() as session:
        listed = bool(form.get("listed"))
        made = shares.share(session, owner_id, cv_id, expires_at=expires, listed=listed, password_hash=kept)
        return _link(made)


def _end_of(day: str, language: Language) -> datetime | None:
    if not day:
        return None
    wrong = InvalidInput("no day to come", fields={"expires": [text("editor.share_past", language)]})
    try:
        found = date.fromisoformat(day)
        ends = datetime(found.year, found.month, found.day, tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise wrong from None
    if ends <= datetime.now(UTC):
        raise wrong
    return ends


def _withdraw(owner_id: str, cv_id: str) -> None:
    with db.session() as session:
        shares.withdraw(session, owner_id, cv_id)
