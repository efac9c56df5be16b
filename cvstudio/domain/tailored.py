"""A CV made for one offer: what was read of both, which lines are on, how many pages, and the new CV kept of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from sqlmodel import Session

from cvstudio.document import Document
from cvstudio.domain import cvs, lines, offers, owners, profiles
from cvstudio.domain.lines import Lines
from cvstudio.domain.offers import Read
from cvstudio.domain.widgets import ProfileMissing
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv
from cvstudio.tailoring import assemble
from cvstudio.tailoring.engine import Engine
from cvstudio.tailoring.fit import Fitted, Removed, Shortened
from cvstudio.tailoring.match import Match, match
from cvstudio.tailoring.offer import Offer
from cvstudio.tailoring.offer_analysis import MAX_TEXT
from cvstudio.tailoring.profile import HEADERS, Profile, profile
from cvstudio.tailoring.tailor import tailor

MAX_OFFER = MAX_TEXT  # characters
CAREER = "-"  # no CV's id: the base is all that the person has done
NO_LIMIT = 1_000  # jobs, and lines below one: who looks on decides with the switches
ALL = assemble.Choice(max_experiences=NO_LIMIT, max_bullets=NO_LIMIT, include_photo=True)


class OfferTooLong(InvalidInput):
    code: ClassVar[str] = "OFFER_TOO_LONG"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce texte est trop long pour une offre : gardez-en au plus 40 000 caractères.",
        "en": "This text is too long for an offer: keep at most 40,000 characters of it.",
    }


@dataclass(frozen=True)
class Base:
    """What is tailored: a CV of one's own or one's career. `document` has the design; of a career, the usual one."""

    profile: Profile
    document: Document
    cv_id: str | None = None


def base(session: Session, owner_id: str, cv_id: str) -> Base:
    """`cv_id`: a CV's, or CAREER. Raises CvNotFound, ProfileMissing, ProfileUnreadable."""
    if cv_id != CAREER:
        document = Document.load(cvs.get_owned(session, owner_id, cv_id).document)
        return Base(profile(without_hidden(document)), document, cv_id)
    career = profiles.load(session, owner_id).profile
    if not career.facts:
        raise ProfileMissing
    document = Document(basics=career.identity.model_copy(deep=True))
    document.studio.language = career.language
    return Base(career, document)


def whole(base: Base) -> Document:
    """All of it, before there is an offer: a CV as it is, a career as a CV. Takes a moment."""
    if base.cv_id is not None:
        return base.document
    nothing = tailor(base.profile, Offer(title="", language=base.profile.language))
    made = assemble.cv(base.profile, nothing.envelope, ALL.model_copy(update={"min_score": 0}))
    made.meta = base.document.meta.model_copy(deep=True)
    return Document.load(made.dump())


def read_text(text: str) -> Read:
    """Raises OfferTooLong, UnreadableOffer."""
    if len(text) > MAX_OFFER:
        raise OfferTooLong
    return offers.read_text(text)


class Tailoring:
    """One CV on its way to one offer. A plain class, so that Reflex neither wraps it nor sends it to the browser."""

    def __init__(self, base: Base, read: Read, engine: Engine | None = None) -> None:
        """Takes a moment, with a language model many: not for the event loop."""
        self.base, self.read = base, read
        self.original = base.document
        self.offer = read.analysis
        self.profile = base.profile
        self.tailored = tailor(self.profile, self.offer, engine, description=read.text)
        self.lines = Lines(self.profile, self.tailored.envelope, lines.as_in(self.original))
        self.recommended = self.tailored.optimal_min_score
        self.left_out: tuple[Removed, ...] = ()  # to save room; the first to go first
        self.shortened: tuple[Shortened, ...] = ()  # likewise; the least relevant first
        self.choice = ALL.model_copy(update={"min_score": self.recommended})

    def taken(self) -> list[str]:
        """Ids of the widgets that make the CV, in order."""
        return self.lines.taken(self.choice)

    def document(self) -> Document:
        """The CV as it is switched, in the original's design."""
        return self.lines.document(self.choice)

    def match(self) -> Match:
        """Of the CV as it is switched and shortened. Takes a moment."""
        on = {widget_id.removeprefix("widget_") for widget_id in self.taken()}
        short = {widget_id.removeprefix("widget_"): text for widget_id, text in self.choice.short.items() if text}
        facts = tuple(
            fact.model_copy(update={"text": short.get(fact.id, fact.text)})
            for fact in self.profile.facts
            if fact.id in on
        )
        return match(self.profile.model_copy(update={"facts": facts}), self.offer)

    # ---- which lines ---------------------------------------------------------------------------------------

    def switch(self, widget_id: str, on: bool) -> None:
        """A header takes its lines with it when it goes. Raises InvalidInput when there is no such line."""
        if widget_id not in self.tailored.scores:
            raise InvalidInput("no such line", fields={"line": [widget_id[:40]]})
        ids = {widget_id}
        fact = self.profile.find(widget_id.removeprefix("widget_"))
        if fact and fact.kind in HEADERS and not on:
            ids |= {f"widget_{line.id}" for line in self.profile.lines(fact.id)}
        self._choose(on=ids if on else set(), off=set() if on else ids)

    def at_least(self, score: int) -> None:
        """Lines from this score up are on, but for those switched by hand."""
        self.choice = self.choice.model_copy(update={"min_score": max(0, min(100, score))})

    def lengthen(self, widget_id: str) -> None:
        """A shortened line is whole again, and stays so. Raises InvalidInput when it is not shortened."""
        if widget_id not in self.choice.short:
            raise InvalidInput("no such line", fields={"line": [widget_id[:40]]})
        self._lengthen({widget_id})
        self._choose(on={widget_id})

    def put_all_back(self) -> None:
        """Left out or shortened: all of it, as it was."""
        back = {one.widget_id for one in self.left_out} | {one.widget_id for one in self.shortened}
        self._lengthen(back)
        self._choose(on=back)

    def _lengthen(self, widget_ids: Collection[str]) -> None:
        short = {widget_id: text for widget_id, text in self.choice.short.items() if widget_id not in widget_ids}
        self.choice = self.choice.model_copy(update={"short": short})
        self.shortened = tuple(one for one in self.shortened if one.widget_id not in widget_ids)

    def _choose(self, *, on: Collection[str] = (), off: Collection[str] = ()) -> None:
        self.choice = self.choice.model_copy(
            update={"on": (self.choice.on - set(off)) | set(on), "off": (self.choice.off - set(on)) | set(off)}
        )
        self.left_out = tuple(one for one in self.left_out if one.widget_id not in on)

    # ---- fewer pages ---------------------------------------------------------------------------------------

    def fit(self, pages: int, measured: Mapping[str, int]) -> Document | Fitted:
        """Leaves out the least relevant lines, then shortens, until the CV takes no more than `pages`.

        `measured`: pages by `fingerprint`. A document that is not among them is what comes back: measure it, add it,
        and ask again. Where even the least that makes a CV does not fit, everything stays.
        """

        def measure(dressed: Document) -> int:
            dressed = Document.load(dressed.dump())
            if (known := measured.get(fingerprint(dressed))) is None:
                raise _Unmeasured(dressed)
            return known

        try:
            fitted = self.lines.fit(pages, measure, self.choice)
        except _Unmeasured as needed:
            return needed.document
        if fitted.fits:
            self._choose(off={one.widget_id for one in fitted.removed})
            self.left_out = (*fitted.removed, *self.left_out)
            again = {one.widget_id for one in fitted.shortened}
            self.shortened = (*(one for one in self.shortened if one.widget_id not in again), *fitted.shortened)
            short = {**self.choice.short, **{one.widget_id: one.short for one in fitted.shortened}}
            self.choice = self.choice.model_copy(update={"short": short})
        return fitted


class _Unmeasured(Exception):
    def __init__(self, document: Document) -> None:
        self.document = document


def fingerprint(document: Document) -> str:
    return sha256(json.dumps(document.dump(), sort_keys=True).encode()).hexdigest()


def without_hidden(document: Document) -> Document:
    """What the person keeps off the CV is no fact for an offer either."""
    shown = document.model_copy(deep=True)
    hidden = set(document.studio.hidden)
    for setting in document.section_settings():
        if setting.key == "summary":
            shown.basics.summary = "" if setting.hidden else shown.basics.summary
        else:
            items = shown.section(setting.key)
            items[:] = [] if setting.hidden else [item for item in items if item.id not in hidden]
    shown.studio.hidden = []
    return shown


def keep(session: Session, owner_id: str, locale: str, work: Tailoring) -> Cv:
    """As a new CV that names the offer, which is kept too; the one it was made of stays as it is."""
    owners.ensure(session, owner_id, locale)
    offer, read = work.offer, work.read
    named = (work.original.basics.name, offer.title, offer.company) if offer.title else ()
    return lines.save(
        session,
        owner_id,
        work.document(),
        title=" – ".join(filter(None, named)) or None,
        offer_id=offers.keep(session, owner_id, read).id,
        value=read.url,
        origin_id=work.base.cv_id,
        details=work.lines.metadata(work.choice),
        room=lines.room_made(work.left_out, work.shortened),
    )
