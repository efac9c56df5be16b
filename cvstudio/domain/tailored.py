"""A CV made for one offer: what was read of both, which lines are on, how many pages, and the new CV kept of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import ClassVar

from sqlmodel import Session

from cvstudio.document import CUSTOM, Document
from cvstudio.domain import cvs, owners
from cvstudio.errors import InvalidInput
from cvstudio.models import Cv
from cvstudio.tailoring import assemble
from cvstudio.tailoring.fit import Fitted, Removed, fit
from cvstudio.tailoring.match import Match, match
from cvstudio.tailoring.offer_analysis import MAX_TEXT, analyse
from cvstudio.tailoring.profile import HEADERS, profile
from cvstudio.tailoring.tailor import tailor

MAX_OFFER = MAX_TEXT  # characters
SOURCE = "offer"  # of a CV kept here
NO_LIMIT = 1_000  # jobs, and lines below one: who looks on decides with the switches


class OfferTooLong(InvalidInput):
    code: ClassVar[str] = "OFFER_TOO_LONG"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce texte est trop long pour une offre : gardez-en au plus 40 000 caractères.",
        "en": "This text is too long for an offer: keep at most 40,000 characters of it.",
    }


class Tailoring:
    """One CV on its way to one offer. A plain class, so that Reflex neither wraps it nor sends it to the browser."""

    def __init__(self, document: Document, text: str) -> None:
        """Takes a moment: not for the event loop. Raises OfferTooLong, UnreadableOffer."""
        if len(text) > MAX_OFFER:
            raise OfferTooLong
        self.original = document
        self.offer = analyse(text)
        self.profile = profile(without_hidden(document))
        self.tailored = tailor(self.profile, self.offer)
        self.recommended = self.tailored.optimal_min_score
        self.left_out: tuple[Removed, ...] = ()  # to save room; the least relevant first
        self.choice = assemble.Choice(
            min_score=self.recommended, max_experiences=NO_LIMIT, max_bullets=NO_LIMIT, include_photo=True
        )

    def taken(self) -> list[str]:
        """Ids of the widgets that make the CV, in order."""
        return [widget.id for widget in assemble.chosen(self.profile, self.tailored.envelope, self.choice)]

    def document(self) -> Document:
        """The CV as it is switched, in the original's design."""
        return self._dressed(assemble.cv(self.profile, self.tailored.envelope, self.choice))

    def match(self) -> Match:
        """Of the CV as it is switched. Takes a moment."""
        on = {widget_id.removeprefix("widget_") for widget_id in self.taken()}
        facts = tuple(fact for fact in self.profile.facts if fact.id in on)
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

    def put_all_back(self) -> None:
        self._choose(on={one.widget_id for one in self.left_out})

    def _choose(self, *, on: Collection[str] = (), off: Collection[str] = ()) -> None:
        self.choice = self.choice.model_copy(
            update={"on": (self.choice.on - set(off)) | set(on), "off": (self.choice.off - set(on)) | set(off)}
        )
        self.left_out = tuple(one for one in self.left_out if one.widget_id not in on)

    # ---- fewer pages ---------------------------------------------------------------------------------------

    def fit(self, pages: int, measured: Mapping[str, int]) -> Document | Fitted:
        """Leaves out the least relevant lines until the CV takes no more than `pages`.

        `measured`: pages by `fingerprint`. A document that is not among them is what comes back: measure it, add it,
        and ask again. Where even the least that makes a CV does not fit, everything stays.
        """

        def measure(made: Document) -> int:
            dressed = self._dressed(made)
            if (known := measured.get(fingerprint(dressed))) is None:
                raise _Unmeasured(dressed)
            return known

        try:
            fitted = fit(self.profile, self.tailored.envelope, pages, measure, self.choice)
        except _Unmeasured as needed:
            return needed.document
        if fitted.fits and fitted.removed:
            self._choose(off={one.widget_id for one in fitted.removed})
            self.left_out = (*fitted.removed, *self.left_out)
        return fitted

    def _dressed(self, made: Document) -> Document:
        """In the original's template, with its choices and its sections' titles and order."""
        made.meta = self.original.meta.model_copy(deep=True)
        made.studio.hidden = []
        new = {section.title: CUSTOM + section.id for section in made.custom}
        keys = {CUSTOM + section.id: new.get(section.title, "") for section in self.original.custom}
        for setting in made.studio.sections:
            setting.key = keys.get(setting.key, setting.key)
        made.studio.sections = [setting for setting in made.studio.sections if setting.key]
        return made


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


def document_of(session: Session, owner_id: str, cv_id: str) -> Document:
    """The CV to tailor. Raises CvNotFound."""
    return Document.load(cvs.get_owned(session, owner_id, cv_id).document)


def keep(session: Session, owner_id: str, locale: str, work: Tailoring) -> Cv:
    """As a new CV that names the offer; the one it was made of stays as it is."""
    document = Document.load(work.document().dump())  # what cannot be read back is not written
    owners.ensure(session, owner_id, locale)
    offer = work.offer
    named = (document.basics.name, offer.title, offer.company) if offer.title else ()
    return cvs.create(session, owner_id, document, title=" – ".join(filter(None, named)) or None, source=SOURCE)
