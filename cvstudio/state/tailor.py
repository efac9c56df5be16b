"""A CV made for an offer: what is read, switched, counted and kept. Every argument of a handler is a stranger's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import reflex as rx
from reflex.event import EventSpec

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import billing, cvs, photos, tailored
from cvstudio.domain.tailored import OfferTooLong, Tailoring
from cvstudio.errors import InvalidInput, Unauthorized
from cvstudio.render import Preview, preview, themes
from cvstudio.state import tailor_rows
from cvstudio.state.editor_draft import checked_text
from cvstudio.state.focus import focus
from cvstudio.state.preview import show, tell
from cvstudio.state.session import Session
from cvstudio.state.tailor_rows import CvRow, LeftRow, NeedRow, OfferRow, PartRow, SectionRow, SkillRow, TipRow
from cvstudio.tailoring.fit import Fitted
from cvstudio.tailoring.match import Match
from cvstudio.tailoring.offer import UnreadableOffer

Next: TypeAlias = Any  # what a handler may return: event specs, handlers, lists of them

FRAME = "tailor-preview"
ONE_PAGE = 1
PASTED_MOST = 60_000  # characters the field takes: more than are read, so that whoever pastes too many is told


class Tailor(rx.State):
    ready: bool = False
    choices: rx.Field[list[CvRow]] = rx.field(default_factory=list)  # the owner's CVs, the last changed first
    cv_id: str = ""  # the one that was chosen
    offer_text: str = ""  # as it was read
    reading: bool = False
    wrong_fr: str = ""  # why the offer could not be read
    wrong_en: str = ""
    read: int = 0  # offers read so far; 0: none yet

    offer: rx.Field[OfferRow] = rx.field(default_factory=OfferRow)
    musts: rx.Field[list[NeedRow]] = rx.field(default_factory=list)
    nices: rx.Field[list[NeedRow]] = rx.field(default_factory=list)
    noise: rx.Field[list[str]] = rx.field(default_factory=list)
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
        self.choices = await rx.run_in_thread(lambda: _choices(owner_id))
        self.ready, self.reading, self._asked = True, False, ""
        if self.fitted == "fitting":
            self.fitted = ""
        if self.cv_id not in {row.id for row in self.choices}:
            self.cv_id = self.choices[0].id if self.choices else ""
        return await self._first_sight()

    async def _first_sight(self) -> Next:
        """The result, or the chosen CV as it is."""
        if not self.cv_id:
            return None
        if self._work is not None:
            return self._show(self._work.document())
        owner_id, cv_id = self._owner_id, self.cv_id
        document, self._unmarked = await rx.run_in_thread(lambda: _load(owner_id, cv_id))
        return self._show(document)

    @rx.event
    async def choose_cv(self, cv_id: str) -> Next:
        """Raises CvNotFound. What was read for another CV goes with it."""
        owner_id, wanted = await self._owner(), checked_text(cv_id)
        document, self._unmarked = await rx.run_in_thread(lambda: _load(owner_id, wanted))
        self.cv_id, self._work, self.read = wanted, None, 0
        return self._show(document)

    @rx.event
    async def read_offer(self, form: dict[str, Any]) -> AsyncIterator[Next]:
        """Raises CvNotFound. An offer that cannot be read is said at its field, and changes nothing else."""
        words = checked_text(dict(form).get("offer", ""))
        owner_id, cv_id = await self._owner(), self.cv_id
        self.wrong_fr = self.wrong_en = ""
        self.reading = True
        yield
        try:
            work, unmarked = await rx.run_in_thread(lambda: _begin(owner_id, cv_id, words))
            found = await rx.run_in_thread(work.match)
        except (UnreadableOffer, OfferTooLong) as refused:
            self.wrong_fr, self.wrong_en = refused.message("fr"), refused.message("en")
            yield focus("#offer")
            return
        finally:
            self.reading = False
        self._work, self._unmarked, self.offer_text, self._measured = work, unmarked, words, {}
        self.read += 1
        self.offer, self.noise = tailor_rows.offer(work), list(work.offer.noise)
        self.musts, self.nices = tailor_rows.needs(work, "must"), tailor_rows.needs(work, "nice")
        self.sections, self.recommended = tailor_rows.sections(work), work.recommended
        self.fitted, self._asked = "", ""
        self._matched(work, found)
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
        self._matched(work, await rx.run_in_thread(work.match))

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
        self._matched(work, await rx.run_in_thread(work.match))

    @rx.event
    async def put_all_back(self) -> AsyncIterator[Next]:
        work = self._opened()
        work.put_all_back()
        self.fitted = ""
        yield self._drawn(work)
        self._matched(work, await rx.run_in_thread(work.match))

    def _drawn(self, work: Tailoring) -> EventSpec:
        self._work = work  # or Reflex would not know
        self.taken, self.min_score = work.taken(), work.choice.min_score
        self.left_out = tailor_rows.left_out(work)
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
            self._matched(self._work, await rx.run_in_thread(self._work.match))

    async def _fit(self, work: Tailoring) -> Next:
        known = dict(self._measured)
        fitted = await rx.run_in_thread(lambda: work.fit(ONE_PAGE, known))
        if not isinstance(fitted, Fitted):
            self._asked = tailored.fingerprint(fitted)
            shown = self._preview(fitted)
            attempt = {"css": shown.css[: shown.css.index("}") + 1], "page": vars(shown.page), "body": shown.body}
            return tell(FRAME, "cv:fit", goal=ONE_PAGE, attempts=[attempt])
        self.least = fitted.pages
        self.fitted = "impossible" if not fitted.fits else "done" if fitted.removed else "already"
        return self._drawn(work)

    def _show(self, document: Document) -> EventSpec:
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


def _choices(owner_id: str) -> list[CvRow]:
    if not owner_id:
        return []
    with db.session(write=False) as session:
        return [CvRow(id=cv.id, title=cv.title) for cv in cvs.all_of(session, owner_id)]


def _load(owner_id: str, cv_id: str) -> tuple[Document, bool]:
    """The CV, and whether it may go without a watermark. Raises CvNotFound."""
    with db.session(write=False) as session:
        document = tailored.document_of(session, owner_id, cv_id)
        return document, billing.may_export_clean(session, owner_id, themes.get(document.studio.template))


def _begin(owner_id: str, cv_id: str, words: str) -> tuple[Tailoring, bool]:
    document, unmarked = _load(owner_id, cv_id)
    return Tailoring(document, words), unmarked


def _keep(owner_id: str, lang: str, work: Tailoring) -> str:
    with db.session() as session:
        return tailored.keep(session, owner_id, lang, work).id
