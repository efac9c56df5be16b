"""/cvs: a person's CVs, found, opened, copied, renamed, put in the trash and taken out of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import reflex as rx

from cvstudio import db, events
from cvstudio.document import Document
from cvstudio.domain import cvs, exporting, library, owners, pictures, translations, trash
from cvstudio.domain.library import Listed, Wanted
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.locales import text
from cvstudio.render import themes
from cvstudio.state import bridge
from cvstudio.state.focus import focus
from cvstudio.state.session import known_owner, language_of, owner_of

Next: TypeAlias = Any
PAGE = 24
SOURCES = ("manual", "offer", "title", "import", "translation", "template", "api")
LANGUAGES = translations.NAMES
FILTERS = ("language", "source", "template", "sort")
MAX_WORDS = 100  # characters


@dataclass
class Row:
    """A CV as shown; texts are in the page's language."""

    id: str
    title: str
    picture: str  # its address; blank until it is drawn
    source: str
    link: str  # to what it was made of: a page of ours, or an address elsewhere; may be blank
    elsewhere: bool
    language: str
    template: str
    score: str  # blank without one
    at: str  # ISO 8601: last changed; of those in the trash, when they were put there


class Shelf(rx.State):
    ready: bool = False
    rows: rx.Field[list[Row]] = rx.field(default_factory=list)
    found: int = 0
    kept: int = 0  # CVs in all, those in the trash aside
    trashed: int = 0  # CVs in the trash
    more: bool = False
    in_trash: bool = False  # what is shown
    words: str = ""
    chosen: rx.Field[dict[str, str]] = rx.field(default_factory=lambda: dict.fromkeys(FILTERS, ""))
    picked: rx.Field[list[str]] = rx.field(default_factory=list)  # ids
    unpicked: int = 0  # grows: no box is then ticked
    packed: str = exporting.PDF  # the format of a ZIP
    renaming: str = ""  # id
    emptying: bool = False  # whether it is asked for sure
    cleared: int = 0  # grows: the search is then blank again

    _cursor: str = ""

    @rx.var
    def narrowed(self) -> bool:
        """Whether some CVs are not shown because of what was asked for."""
        return bool(self.words or any(self.chosen[name] for name in ("language", "source", "template")))

    # ---- looking -------------------------------------------------------------------------------------------

    @rx.event
    async def open(self) -> None:
        """Also when the socket came back, and in another language."""
        owner_id = await owner_of(self)
        bridge.watch(owner_id, self.router.session.client_token, "cvs", Shelf.happened)
        self.renaming, self.emptying = "", False
        await self._read(max(PAGE, len(self.rows)))
        self.ready = True

    @rx.event
    async def search(self, words: str) -> None:
        self.words = str(words)[:MAX_WORDS].strip()
        await self._read()

    @rx.event
    async def choose(self, name: str, value: str) -> None:
        """A filter, or the order; blank: any, the last changed first."""
        if name not in FILTERS:
            raise InvalidInput("no such filter")
        self.chosen = self.chosen | {name: str(value)[:40]}
        await self._read()

    @rx.event
    async def clear(self) -> Next:
        """All CVs again."""
        self.words, self.chosen = "", dict.fromkeys(FILTERS, "") | {"sort": self.chosen["sort"]}
        self.cleared += 1
        await self._read()
        return focus("#cvs-search")

    @rx.event
    async def show_trash(self, shown: bool) -> Next:
        self.in_trash, self.renaming, self.picked = bool(shown), "", []
        await self._read()
        return focus("#cvs-title")

    @rx.event
    async def load_more(self) -> Next:
        """The next page below this one."""
        if not self._cursor:
            return None
        owner_id, language, cursor = await owner_of(self), await language_of(self), self._cursor
        listed, self._cursor = await rx.run_in_thread(lambda: _page(owner_id, PAGE, cursor, self._wanted()))
        known = {row.id for row in self.rows}
        rows = [_row(one, language) for one in listed if one.id not in known]
        self.rows, self.more = self.rows + rows, bool(self._cursor)
        await self._have_drawn(owner_id, listed)
        return focus(f'[data-cv="{rows[0].id}"] .cv-name') if rows else None

    @rx.event
    async def happened(self, kind: str, _object_id: str, tab: str) -> None:
        """The bus: a CV was changed, the list is another, a job came to its end."""
        if self.ready and kind in ("cv", "cvs", "job") and tab != self.router.session.client_token:
            await self._read(max(PAGE, len(self.rows)))

    # ---- changing ------------------------------------------------------------------------------------------

    @rx.event
    async def create(self) -> Next:
        owner_id, language = await known_owner(self), await language_of(self)
        cv_id = await rx.run_in_thread(lambda: _create(owner_id, language))
        self._tell(owner_id, cv_id)
        return rx.redirect(f"/generate?cv={cv_id}")

    @rx.event
    async def duplicate(self, cv_id: str) -> Next:
        """Raises CvNotFound."""
        owner_id, language = await known_owner(self), await language_of(self)
        copy_id = await rx.run_in_thread(lambda: _duplicate(owner_id, str(cv_id), language))
        self._tell(owner_id, copy_id)
        await self._read(max(PAGE, len(self.rows) + 1))
        return [rx.toast(text("cvs.duplicated", language)), focus(f'[data-cv="{copy_id}"] .cv-name')]

    @rx.event
    def begin_rename(self, cv_id: str) -> Next:
        self.renaming = str(cv_id)[:64]
        return focus("#cv-rename")

    @rx.event
    def stop_renaming(self) -> Next:
        cv_id, self.renaming = self.renaming, ""
        return _to_row(cv_id) if cv_id else None

    @rx.event
    async def rename(self, form: dict[str, Any]) -> Next:
        """A blank title returns to the person's name and role. Raises CvNotFound."""
        owner_id = await known_owner(self)
        cv_id, title = (str(dict(form).get(name) or "") for name in ("id", "title"))
        await rx.run_in_thread(lambda: _rename(owner_id, cv_id, title))
        self.renaming = ""
        self._tell(owner_id, cv_id)
        await self._read(max(PAGE, len(self.rows)))
        return _to_row(cv_id)

    @rx.event
    async def remove(self, cv_id: str) -> Next:
        """Into the trash, with a way back. Raises CvNotFound."""
        owner_id, language, cv_id = await known_owner(self), await language_of(self), str(cv_id)
        after = _neighbour([row.id for row in self.rows], cv_id)
        title = await rx.run_in_thread(lambda: _remove(owner_id, cv_id))
        self._tell(owner_id, cv_id)
        await self._read(max(PAGE, len(self.rows)))
        words, back = text("cvs.removed", language, title=title), text("cvs.undo", language)
        restore: Next = Shelf.restore
        return [
            rx.toast(words, action={"label": back, "on_click": restore(cv_id)}, id="undo"),
            _to_row(after) if after else focus("#cvs-title"),
        ]

    @rx.event
    async def restore(self, cv_id: str) -> Next:
        """Out of the trash. Raises CvNotFound."""
        owner_id, cv_id = await known_owner(self), str(cv_id)
        after = cv_id if not self.in_trash else _neighbour([row.id for row in self.rows], cv_id)
        await rx.run_in_thread(lambda: _restore(owner_id, cv_id))
        self._tell(owner_id, cv_id)
        await self._read(max(PAGE, len(self.rows)))
        return _to_row(after) if after else focus("#cvs-title")

    @rx.event
    def ask_emptying(self, asked: bool) -> None:
        self.emptying = bool(asked)

    @rx.event
    async def empty(self) -> AsyncIterator[Next]:
        """The trash, for good."""
        owner_id, language = await known_owner(self), await language_of(self)
        self.emptying = False
        yield
        number = await rx.run_in_thread(lambda: _empty(owner_id))
        self._tell(owner_id, "")
        await self._read()
        yield [rx.toast(text("cvs.emptied", language, number=number)), focus("#cvs-title")]

    # ---- several at once -----------------------------------------------------------------------------------

    @rx.event
    def pick(self, cv_id: str, on: bool) -> None:
        others = [one for one in self.picked if one != cv_id]
        self.picked = [*others, str(cv_id)[:64]][: exporting.MOST] if on else others

    @rx.event
    def pick_none(self) -> Next:
        self.picked = []
        self.unpicked += 1
        return focus("#cvs-title")

    @rx.event
    def pack_as(self, format: str) -> None:
        self.packed = format if format in exporting.WRITERS else exporting.PDF

    @rx.event
    async def pack(self) -> Next:
        """A ZIP of those picked. Raises CvNotFound, and what a PDF is refused for."""
        owner_id, picked, packed = await known_owner(self), list(self.picked), self.packed
        await rx.run_in_thread(lambda: exporting.check(owner_id, picked, packed))
        address = f"/api/cv/archive.zip?format={packed}&ids={','.join(picked)}"
        download: Next = rx.download(url=address, filename="CV.zip")
        return download

    # ---- the rest ------------------------------------------------------------------------------------------

    async def _read(self, limit: int = PAGE) -> None:
        owner_id, language, wanted = await owner_of(self), await language_of(self), self._wanted()
        everything = Wanted(), Wanted(trashed=True)
        listed, self._cursor = await rx.run_in_thread(lambda: _page(owner_id, limit, "", wanted))
        counts = await rx.run_in_thread(lambda: _counts(owner_id, wanted, *everything))
        self.found, self.kept, self.trashed = counts
        self.rows, self.more = [_row(one, language) for one in listed], bool(self._cursor)
        there = {one.id for one in listed}
        self.picked = [one for one in self.picked if one in there]
        await self._have_drawn(owner_id, listed)

    async def _have_drawn(self, owner_id: str, listed: list[Listed]) -> None:
        """The pictures that are missing: the bus says when they are there."""
        if missing := pictures.missing(listed):
            await rx.run_in_thread(lambda: _ask(owner_id, missing))

    def _wanted(self) -> Wanted:
        sort = self.chosen["sort"] if self.chosen["sort"] in library.SORTS else library.CHANGED
        wanted = Wanted(self.words, self.chosen["language"], self.chosen["source"], self.chosen["template"], sort)
        return replace(wanted, sort=library.CHANGED, trashed=True) if self.in_trash else wanted

    def _tell(self, owner_id: str, cv_id: str) -> None:
        """This person's other tabs."""
        told = {"kind": "cvs", "id": cv_id, "tab": self.router.session.client_token}
        events.publish(events.owner_topic(owner_id), told)


def _to_row(cv_id: str) -> Next:
    return focus(f'[data-cv="{cv_id}"] .cv-name') if cv_id.isalnum() else None


def _neighbour(ids: list[str], cv_id: str) -> str:
    """Whose row will stand where this one's was; blank where there is none."""
    if cv_id not in ids:
        return ""
    place = ids.index(cv_id)
    return next(iter([*ids[place + 1 : place + 2], *ids[max(0, place - 1) : place]]), "")


def _page(owner_id: str, limit: int, cursor: str, wanted: Wanted) -> tuple[list[Listed], str]:
    with db.session(write=False) as session:
        return library.page(session, owner_id, limit, cursor, wanted)


def _counts(owner_id: str, *wanted: Wanted) -> list[int]:
    with db.session(write=False) as session:
        return [library.count(session, owner_id, one) for one in wanted]


def _ask(owner_id: str, missing: list[str]) -> None:
    with db.session() as session:
        pictures.ask(session, owner_id, missing)


def _create(owner_id: str, language: Language) -> str:
    document = Document()
    document.studio.language = language
    with db.session() as session:
        owners.ensure(session, owner_id, language)
        return cvs.create(session, owner_id, document).id


def _duplicate(owner_id: str, cv_id: str, language: Language) -> str:
    with db.session() as session:
        title = cvs.get_owned(session, owner_id, cv_id).title or text("cvs.untitled", language)
        return cvs.duplicate(session, owner_id, cv_id, text("cvs.copy_title", language, title=title)).id


def _rename(owner_id: str, cv_id: str, title: str) -> None:
    with db.session() as session:
        cvs.rename(session, owner_id, cv_id, title)


def _remove(owner_id: str, cv_id: str) -> str:
    """Its title."""
    with db.session() as session:
        title = cvs.get_owned(session, owner_id, cv_id).title
        cvs.delete(session, owner_id, cv_id)
    return title


def _restore(owner_id: str, cv_id: str) -> None:
    with db.session() as session:
        cvs.restore(session, owner_id, cv_id)


def _empty(owner_id: str) -> int:
    with db.session() as session:
        return trash.empty(session, owner_id)


def _row(cv: Listed, language: Language) -> Row:
    source, link = _source(cv, language)
    return Row(
        id=cv.id,
        title=cv.title or text("cvs.untitled", language),
        picture=f"/api/cv/{cv.id}/picture.png?v={cv.picture[:12]}" if cv.picture else "",
        source=source,
        link=link,
        elsewhere=link.startswith("http"),
        language=LANGUAGES.get(cv.language, cv.language),
        template=_template(cv.template, language),
        score="" if cv.score is None else str(cv.score),
        at=(cv.deleted_at or cv.updated_at).isoformat(),
    )


def _template(slug: str, language: Language) -> str:
    return next((theme.name[language] for theme in themes.all() if theme.slug == slug), slug)


def _source(cv: Listed, language: Language) -> tuple[str, str]:
    """What it was made of, and the way there."""
    source = cv.source if cv.source in SOURCES else "manual"
    if cv.origin_title is not None:
        key = "cvs.from_translation_of" if source == translations.SOURCE else "cvs.from_copy"
        title = cv.origin_title or text("cvs.untitled", language)
        return text(key, language, title=title), f"/generate?cv={cv.origin_id}"
    said, value = text(f"cvs.from_{source}", language), cv.source_value
    if source == "template":
        return said, "/templates"
    if value.startswith(("https://", "http://")):
        return said, value
    if source in ("offer", "title", "import") and value:
        return text("cvs.from_named", language, source=said, name=value[:80]), ""
    return said, ""
