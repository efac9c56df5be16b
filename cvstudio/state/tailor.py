"""A CV made for an offer: what is read, switched, counted and kept. Every argument of a handler is a stranger's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

import reflex as rx
from reflex.event import Event

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import billing, cvs, engines, imports, offers, photos, profiles, tailored, translations, turns
from cvstudio.domain.offers import Read
from cvstudio.domain.tailored import CAREER, Base, Tailoring
from cvstudio.errors import Conflict, InvalidInput, NotFound, RateLimited, StudioError, TooLarge, Unauthorized
from cvstudio.language import LANGUAGES
from cvstudio.locales import text
from cvstudio.render import Preview, preview, themes
from cvstudio.state import tailor_rows
from cvstudio.state.editor_draft import checked_text
from cvstudio.state.focus import focus
from cvstudio.state.preview import show, tell
from cvstudio.state.session import Session
from cvstudio.state.tailor_rows import (
    CvRow,
    LeftRow,
    NeedRow,
    OfferRow,
    PartRow,
    PieceRow,
    SectionRow,
    ShortRow,
    SkillRow,
    TipRow,
)
from cvstudio.tailoring.fit import Fitted
from cvstudio.tailoring.match import Match

Next: TypeAlias = Any  # what a handler may return: event specs, handlers, lists of them

FRAME = "tailor-preview"
ONE_PAGE = 1
WAYS = ("link", "pdf", "text")  # an offer comes by
UPLOAD = "offer-pdf"
MAX_PDF = offers.MAX_PDF
LINK_SECONDS = 7.0  # for a site to answer; a tab in Redis may be held for ten
LINK_MOST = 2_000  # characters
BASE = CAREER  # for the page, which knows no domain
PASTED_MOST = 60_000  # characters the field takes: more than are read, so that whoever pastes too many is told


class Tailor(rx.State):
    ready: bool = False
    choices: rx.Field[list[CvRow]] = rx.field(default_factory=list)  # the last changed first, translations last
    cv_id: str = ""  # the one that was chosen
    career: int = 0  # how complete one's career is; 0: nothing is known of it
    way: str = WAYS[0]
    link: str = ""  # as it was read
    offer_text: str = ""  # likewise, or as it is being typed
    reading: str = ""  # the way by which an offer is being read
    file: str = ""  # its name
    wrong_fr: str = ""  # why the offer could not be read
    wrong_en: str = ""
    read: int = 0  # offers read so far; 0: none yet

    offer: rx.Field[OfferRow] = rx.field(default_factory=OfferRow)
    musts: rx.Field[list[NeedRow]] = rx.field(default_factory=list)
    nices: rx.Field[list[NeedRow]] = rx.field(default_factory=list)
    noise: rx.Field[list[str]] = rx.field(default_factory=list)
    pieces: rx.Field[list[PieceRow]] = rx.field(default_factory=list)
    sections: rx.Field[list[SectionRow]] = rx.field(default_factory=list)
    recommended: int = 0

    taken: rx.Field[list[str]] = rx.field(default_factory=list)  # ids of the lines that are on
    min_score: int = 0
    score: int = 0
    parts: rx.Field[list[PartRow]] = rx.field(default_factory=list)
    skills: rx.Field[list[SkillRow]] = rx.field(default_factory=list)  # that the offer names
    tips: rx.Field[list[TipRow]] = rx.field(default_factory=list)

    pages: int = 0
    fitted: str = ""  # "", "fitting", "done", "already", "impossible"
    least: int = 0  # pages at the least, when that is too many
    left_out: rx.Field[list[LeftRow]] = rx.field(default_factory=list)
    shortened: rx.Field[list[ShortRow]] = rx.field(default_factory=list)

    _work: Tailoring | None = None
    _owner_id: str = ""
    _unmarked: bool = True  # no watermark
    _measured: rx.Field[dict[str, int]] = rx.field(default_factory=dict)  # pages by fingerprint
    _asked: str = ""  # fingerprint of what the frame was asked to measure

    # ---- the CV and the offer ------------------------------------------------------------------------------

    @rx.event
    async def open(self) -> Next:
        """The page was opened, or its socket came back: what was read before is still there."""
        session = await self.get_state(Session)
        owner_id = session.owner_id() or ""
        if owner_id != self._owner_id:
            everything: Any = self
            everything.reset()  # what someone left here is not the next one's
        self._owner_id = owner_id
        self.choices, self.career = await rx.run_in_thread(lambda: _choices(owner_id))
        self.ready, self.reading, self._asked = True, "", ""
        if self.fitted == "fitting":
            self.fitted = ""
        known = [row.id for row in self.choices] + ([CAREER] if self.career else [])
        if self.cv_id not in known:
            self.cv_id = known[0] if known else ""
        return await self._first_sight()

    async def _first_sight(self) -> Next:
        """The result, or the chosen CV as it is."""
        if not self.cv_id:
            return None
        if self._work is not None:
            return self._show(self._work.document())
        owner_id, cv_id = self._owner_id, self.cv_id
        base, self._unmarked = await rx.run_in_thread(lambda: _load(owner_id, cv_id))
        return self._show(await turns.for_page(lambda: tailored.whole(base)))

    @rx.event
    async def choose_cv(self, cv_id: str) -> Next:
        """A CV, or CAREER. Raises CvNotFound, ProfileMissing. What was read for another goes with it."""
        owner_id, wanted = await self._owner(), checked_text(cv_id)
        base, self._unmarked = await rx.run_in_thread(lambda: _load(owner_id, wanted))
        self.cv_id, self._work, self.read = wanted, None, 0
        return self._show(await turns.for_page(lambda: tailored.whole(base)))

    @rx.event
    def come_by(self, way: str) -> None:
        if checked_text(way) not in WAYS:
            raise InvalidInput("no such way", fields={"way": [way[:40]]})
        self.way = way
        self.wrong_fr = self.wrong_en = ""

    @rx.event
    def hold(self, offer: str) -> None:
        """Typed or pasted, not read yet: the page still has it when one comes back to it."""
        self.offer_text = checked_text(offer)[:PASTED_MOST]

    @rx.event
    async def read_offer(self, form: dict[str, Any]) -> AsyncIterator[Next]:
        """By link or by text. One that cannot be read is said at its field, and changes nothing else.

        Raises CvNotFound, ProfileMissing.
        """
        told = dict(form)
        link, words = (checked_text(told.get(name, "")).strip() for name in ("link", "offer"))
        way = "link" if self.way == "link" else "text"
        if not (link if way == "link" else words):
            self.wrong_fr, self.wrong_en = (text(f"tailor.no_{way}", language) for language in LANGUAGES)
            yield focus("#link-offer" if way == "link" else "#offer")
            return
        if way == "link":
            reading = self._reading("link", lambda: offers.read_link(_address(link), seconds=LINK_SECONDS))
        else:
            reading = self._reading("text", lambda: tailored.read_text(words))
        async for said in reading:
            yield said

    @rx.event
    async def read_pdf(self, files: list[rx.UploadFile]) -> AsyncIterator[Next]:
        """The same for a file."""
        if not files:
            return
        data = await files[0].read(MAX_PDF + 1)
        self.way, self.file = "pdf", (files[0].filename or "")[:120]
        async for said in self._reading("pdf", lambda: _read_pdf(data)):
            yield said

    async def _reading(self, way: str, read: Callable[[], Read]) -> AsyncIterator[Next]:
        owner_id, cv_id = await self._owner(), self.cv_id
        base, unmarked = await rx.run_in_thread(lambda: _load(owner_id, cv_id))
        self.wrong_fr = self.wrong_en = ""
        self.reading = way
        yield None
        try:
            turn = turns.for_page if way == "text" else turns.waited
            found = await turn(lambda: _admitted(owner_id, read))
            work = await turns.for_page(lambda: Tailoring(base, found, engines.engine_for("tailor", owner_id)))
            matched = await turns.for_page(work.match)
        except (NotFound, Conflict, Unauthorized):
            raise
        except StudioError as refused:
            self.wrong_fr, self.wrong_en = refused.message("fr"), refused.message("en")
            self.way = way if isinstance(refused, (imports.Busy, RateLimited)) else "text"
            yield focus("#offer" if self.way == "text" else f"#{way}-offer")
            return
        finally:
            self.reading = ""
        self._work, self._unmarked, self._measured = work, unmarked, {}
        self.offer_text, self.link = found.text, found.url
        self.read += 1
        self.offer, self.noise, self.pieces = tailor_rows.offer(work), list(work.offer.noise), tailor_rows.pieces(work)
        self.musts, self.nices = tailor_rows.needs(work, "must"), tailor_rows.needs(work, "nice")
        self.sections, self.recommended = tailor_rows.sections(work), work.recommended
        self.fitted, self._asked = "", ""
        self._matched(work, matched)
        yield [self._drawn(work), focus("#result", top=True)]

    async def _owner(self) -> str:
        """Asked again: nothing more is anyone's whose session has ended. Raises Unauthorized."""
        session = await self.get_state(Session)
        if not self._owner_id or session.owner_id() != self._owner_id:
            raise Unauthorized
        return self._owner_id

    def _opened(self) -> Tailoring:
        if self._work is None:
            raise InvalidInput("no offer has been read")
        return self._work

    # ---- which lines ---------------------------------------------------------------------------------------

    @rx.event
    async def switch(self, line: str, on: bool) -> AsyncIterator[Next]:
        work = self._opened()
        work.switch(checked_text(line), bool(on))
        self.fitted = ""
        yield self._drawn(work)
        self._matched(work, await turns.for_page(work.match))

    @rx.event
    async def at_least(self, score: str | float) -> AsyncIterator[Next]:
        """Raises InvalidInput. A range input sends a number."""
        work = self._opened()
        try:
            work.at_least(int(score))
        except (TypeError, ValueError, OverflowError) as fault:
            raise InvalidInput("not a score") from fault
        self.fitted = ""
        yield self._drawn(work)
        self._matched(work, await turns.for_page(work.match))

    @rx.event
    async def lengthen(self, line: str) -> AsyncIterator[Next]:
        """A shortened line is whole again."""
        work = self._opened()
        work.lengthen(checked_text(line))
        self.fitted = ""
        yield self._drawn(work)
        self._matched(work, await turns.for_page(work.match))

    @rx.event
    async def put_all_back(self) -> AsyncIterator[Next]:
        work = self._opened()
        work.put_all_back()
        self.fitted = ""
        yield self._drawn(work)
        self._matched(work, await turns.for_page(work.match))

    def _drawn(self, work: Tailoring) -> Event:
        self._work = work  # or Reflex would not know
        self.taken, self.min_score = work.taken(), work.choice.min_score
        self.left_out, self.shortened = tailor_rows.left_out(work), tailor_rows.shortened(work)
        return self._show(work.document())

    def _matched(self, work: Tailoring, found: Match) -> None:
        self.score = found.score
        self.parts, self.tips = tailor_rows.parts(work, found), tailor_rows.tips(found)
        self.skills = tailor_rows.skills(work, found)

    # ---- pages ---------------------------------------------------------------------------------------------

    @rx.event
    def counted(self, pages: int, _too_wide: bool) -> None:
        """The frame says how many pages it shows."""
        self.pages = max(0, min(99, int(pages)))

    @rx.event
    async def one_page(self) -> AsyncIterator[Next]:
        """The frame measures what would be left, a few times, unseen: it alone knows where a page ends."""
        self.fitted = "fitting"
        yield await self._fit(self._opened())

    @rx.event
    async def measured(self, _index: int, pages: int) -> AsyncIterator[Next]:
        """The frame's answer."""
        asked, self._asked = self._asked, ""
        if not asked or self._work is None or self.fitted != "fitting":
            return
        self._measured = {**self._measured, asked: max(1, min(99, int(pages)))}
        yield await self._fit(self._work)
        if self._asked == "":
            self._matched(self._work, await turns.for_page(self._work.match))

    async def _fit(self, work: Tailoring) -> Next:
        known = dict(self._measured)
        fitted = await turns.for_page(lambda: work.fit(ONE_PAGE, known))
        if not isinstance(fitted, Fitted):
            self._asked = tailored.fingerprint(fitted)
            shown = self._preview(fitted)
            attempt = {"css": shown.css[: shown.css.index("}") + 1], "page": vars(shown.page), "body": shown.body}
            return tell(FRAME, "cv:fit", goal=ONE_PAGE, attempts=[attempt])
        self.least = fitted.pages
        self.fitted = "impossible" if not fitted.fits else "done" if fitted.removed or fitted.shortened else "already"
        return self._drawn(work)

    def _show(self, document: Document) -> Event:
        return show(FRAME, self._preview(document))

    def _preview(self, document: Document) -> Preview:
        return preview(document, photo_src=photos.src(document), watermark=not self._unmarked)

    # ---- keeping it ----------------------------------------------------------------------------------------

    @rx.event
    async def keep(self) -> Next:
        """Saves a new CV and opens it in the editor."""
        owner_id, work = await self._owner(), self._opened()
        lang = (await self.get_state(Session)).language()
        cv_id = await rx.run_in_thread(lambda: _keep(owner_id, lang, work))
        return rx.redirect(f"/generate?cv={cv_id}")


def _choices(owner_id: str) -> tuple[list[CvRow], int]:
    """The owner's CVs, translations last, and how complete their career is."""
    if not owner_id:
        return [], 0
    with db.session(write=False) as session:
        career = profiles.load(session, owner_id)
        found = sorted(cvs.all_of(session, owner_id), key=lambda cv: cv.source == translations.SOURCE)
        mine = [CvRow(id=cv.id, title=cv.title) for cv in found]
        return mine, max(1, career.completeness.score) if career.profile.facts else 0


def _load(owner_id: str, cv_id: str) -> tuple[Base, bool]:
    """What is tailored, and whether it may go without a watermark. Raises CvNotFound, ProfileMissing."""
    with db.session(write=False) as session:
        base = tailored.base(session, owner_id, cv_id)
        return base, billing.may_export_clean(session, owner_id, themes.of(base.document))


def _admitted(owner_id: str, read: Callable[[], Read]) -> Read:
    with db.session() as session:
        offers.admit(session, owner_id)
    found = read()
    if found.url:
        with db.session() as session:
            offers.remember(session, owner_id, found)
    return found


def _address(link: str) -> str:
    """People leave out what browsers put in."""
    return link if "://" in link else f"https://{link}"


def _read_pdf(data: bytes) -> Read:
    if len(data) > MAX_PDF:
        raise TooLarge
    return offers.read_pdf(data)


def _keep(owner_id: str, lang: str, work: Tailoring) -> str:
    with db.session() as session:
        return tailored.keep(session, owner_id, lang, work).id
