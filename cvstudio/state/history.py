"""/history: what a CV was before, two versions side by side, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import reflex as rx

from cvstudio import db
from cvstudio.document import Document
from cvstudio.document.changes import changes
from cvstudio.domain import billing, cvs, photos, versions
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.render import Preview, preview, themes
from cvstudio.state import bridge, history_rows
from cvstudio.state.focus import focus
from cvstudio.state.history_rows import Group, VersionRow
from cvstudio.state.preview import show
from cvstudio.state.session import known_owner, language_of, owner_of

Next: TypeAlias = Any

BEFORE, AFTER = "history-before", "history-after"  # frames
NOW = 0  # instead of a version's number: the CV as it is
AT_ONCE = 30  # versions listed


@dataclass
class Found:
    """What the database says of the page."""

    cv_id: str
    title: str
    versions: list[VersionRow]
    before: int = NOW
    groups: list[Group] = field(default_factory=list)
    more: int = 0
    shown: tuple[Preview, Preview] | None = None  # None: there is nothing to compare


class History(rx.State):
    ready: bool = False
    cv_id: str = ""  # blank: there is no such CV
    title: str = ""
    versions: rx.Field[list[VersionRow]] = rx.field(default_factory=list)  # the newest first, as many as are listed
    count: int = 0  # of all
    before: int = NOW  # the version looked at
    after: int = NOW  # and what it is compared with
    groups: rx.Field[list[Group]] = rx.field(default_factory=list)
    more: int = 0  # lines that are not shown
    said: str = ""  # what was done
    replaced: int = NOW  # the version that holds what the last restore replaced
    kept: int = 0  # grows: the field is then blank again

    _listed: int = AT_ONCE

    @rx.event
    async def open(self) -> Next:
        """Also when the socket came back, and in another language."""
        owner_id = await owner_of(self)
        wanted = str(self.router.url.query_parameters.get("cv", ""))
        if wanted != self.cv_id:
            everything: Any = self
            everything.reset()
        bridge.watch(owner_id, self.router.session.client_token, "history", History.happened)
        self.said = ""
        return await self._read(owner_id, wanted, self.before, self.after)

    @rx.event
    async def choose(self, number: int) -> Next:
        """The version to look at. Raises VersionNotFound."""
        before = _number(number)
        after = NOW if self.after == before else self.after
        return [*await self._read(await known_owner(self), self.cv_id, before, after), focus("#history-compared")]

    @rx.event
    async def against(self, number: str) -> Next:
        """What it is compared with: another version, or "0", the CV as it is. Raises VersionNotFound."""
        return await self._read(await known_owner(self), self.cv_id, self.before, _number(number))

    @rx.event
    async def older(self) -> Next:
        """More of the list."""
        self._listed += AT_ONCE
        return await self._read(await known_owner(self), self.cv_id, self.before, self.after)

    @rx.event
    async def keep(self, form: dict[str, Any]) -> Next:
        """The CV as it is, as a version, with what its owner says of it. Raises CvNotFound, InvalidInput."""
        owner_id, language = await known_owner(self), await language_of(self)
        note = str(dict(form).get("note") or "").strip()[: versions.MAX_CHANGELOG]
        number = await rx.run_in_thread(lambda: _keep(owner_id, self.cv_id, note))
        self.kept += 1
        self.replaced = NOW
        self.said = text("history.kept", language, number=number)
        return await self._read(owner_id, self.cv_id, number)

    @rx.event
    async def restore(self, number: int) -> Next:
        """Back to a version; what it replaces is one too. Raises VersionNotFound."""
        owner_id, language, wanted = await known_owner(self), await language_of(self), _number(number)
        self.replaced = await rx.run_in_thread(lambda: _restore(owner_id, self.cv_id, wanted))
        if self.replaced == NOW:
            self.said = text("history.already", language, number=wanted)
        else:
            self.said = text("history.restored", language, number=wanted, replaced=self.replaced)
        return [*await self._read(owner_id, self.cv_id, self.replaced), focus("#history-said")]

    @rx.event
    async def happened(self, kind: str, object_id: str, _tab: str) -> Next:
        """The bus: a CV was saved, here or elsewhere."""
        if kind == "cv" and self.ready and object_id == self.cv_id:
            return await self._read(await owner_of(self), self.cv_id, self.before, self.after)
        return None

    async def _read(self, owner_id: str, cv_id: str, before: int = NOW, after: int = NOW) -> list[Any]:
        """The list, and two versions to compare: without a `before` the newest. Raises VersionNotFound."""
        language = await language_of(self)
        found = await rx.run_in_thread(lambda: _find(owner_id, cv_id, before, after, language))
        self.ready = True
        if found is None:
            self.cv_id, self.versions, self.groups = "", [], []
            return []
        self.cv_id, self.title, self.count = found.cv_id, found.title, len(found.versions)
        self.versions = found.versions[: self._listed]
        self.before, self.after = found.before, after
        self.groups, self.more = found.groups, found.more
        if found.shown is None:
            return []
        return [show(frame, shown) for frame, shown in zip((BEFORE, AFTER), found.shown, strict=True)]


def _number(value: object) -> int:
    """Handlers are called by anyone with anything."""
    if isinstance(value, int) and 0 <= value < 2**31:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    raise InvalidInput("must be the number of a version")


def _find(owner_id: str, cv_id: str, before: int, after: int, language: Language) -> Found | None:
    """Of this CV, or without an id of the one worked on last. Raises VersionNotFound."""
    with db.session(write=False) as session:
        try:
            cv = cvs.get_owned(session, owner_id, cv_id) if cv_id else cvs.latest(session, owner_id)
        except cvs.CvNotFound:
            return None
        if cv is None:
            return None
        rows = versions.all_of(session, cv)
        found = Found(cv.id, cv.title, [history_rows.version(row, language) for row in rows])
        if not rows:
            return found
        found.before = before or rows[0].number
        old, new = (
            cv.document if number == NOW else versions.at(session, cv, number) for number in (found.before, after)
        )
        documents = [Document.load(old), Document.load(new)]
        clean = [billing.may_export_clean(session, owner_id, themes.of(one)) for one in documents]
    found.groups, found.more = history_rows.groups(changes(old, new), old, new, language)
    first, second = (
        preview(one, photo_src=photos.src(one), watermark=not unmarked)
        for one, unmarked in zip(documents, clean, strict=True)
    )
    found.shown = first, second
    return found


def _keep(owner_id: str, cv_id: str, note: str) -> int:
    with db.session() as session:
        cv = cvs.locked(session, owner_id, cv_id)
        number = versions.keep(session, cv, versions.MANUAL, note).number
        cvs.announce(session, cv)
        return number


def _restore(owner_id: str, cv_id: str, number: int) -> int:
    """The version that holds what was replaced; NOW when the CV was just like that already."""
    with db.session() as session:
        revision = cvs.get_owned(session, owner_id, cv_id).revision
        cv = cvs.revert(session, owner_id, cv_id, number)
        if cv.revision == revision:
            return NOW
        cvs.announce(session, cv)
        return cv.version
