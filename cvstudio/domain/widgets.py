"""Lines made of a career for an offer: who may ask, made once however many ask at once, kept for a day.

No transaction is open while an engine works: ask() admits, make() works, and what follows is a transaction again.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import ValidationError
from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select

from cvstudio import db
from cvstudio.domain import credits, engines, offers, owners, profiles, rate, tiers
from cvstudio.domain.profiles import Stored
from cvstudio.domain.rate import Limit
from cvstudio.domain.tiers import Tier
from cvstudio.errors import InvalidInput, NotFound, RateLimited, StudioError
from cvstudio.models import Json, Offer, WidgetCache, new_id, utcnow
from cvstudio.render.memory import Memory
from cvstudio.tailoring import offer as reading
from cvstudio.tailoring.engine import Engine
from cvstudio.tailoring.tailor import VERSION, tailor
from cvstudio.tailoring.widgets import AIWidgetsEnvelope

LIFE = timedelta(hours=24)  # of what is cached
STOOD_IN = timedelta(seconds=60)  # the same of what the offline engine made in a model's place
CLAIMED = timedelta(seconds=60)  # how long someone who makes the lines is believed to be at it
LOOK_SECONDS = 0.05  # between looks after a twin's work
LEAST_SCORE = 20  # of the profile: below it there is nothing to make a CV of
FEATURE = "gpt_cv_generation"  # what it is called where credits are spent
DAY_SECONDS = 86_400
SWEPT_AT_ONCE = 100  # rows
ROOM = 16_000_000  # characters of lines that a process remembers


class ProfileMissing(NotFound):
    code: ClassVar[str] = "RAG_PROFILE_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Votre parcours est vide. Remplissez-le d’abord, à partir d’un CV ou d’un texte.",
        "en": "Your career profile is empty. Fill it first, from a CV or a text.",
    }


class ProfileIncomplete(InvalidInput):
    """`score` of the profile, `needed` to go on."""

    code: ClassVar[str] = "RAG_INCOMPLETE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Votre parcours est trop incomplet pour en faire un CV ({score} sur 100, il en faut {needed}).",
        "en": "Your career profile is too incomplete to make a CV of ({score} of 100, {needed} are needed).",
    }


class MissingAnalysisId(InvalidInput):
    code: ClassVar[str] = "MISSING_ANALYSIS_ID"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Il manque l’offre : indiquez « analysisId ».",
        "en": "The offer is missing: give its “analysisId”.",
    }


class NothingMade(StudioError):
    code: ClassVar[str] = "WIDGETS_GENERATION_FAILED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Aucune ligne n’a pu être écrite pour cette offre. Rien n’a été débité ; réessayez dans un instant.",
        "en": "No line could be written for this offer. Nothing was charged; try again in a moment.",
    }


class EngineFailed(StudioError):
    code: ClassVar[str] = "WIDGETS_GENERATION_ERROR"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La rédaction a échoué de notre côté. Rien n’a été débité ; réessayez dans un instant.",
        "en": "Writing failed on our side. Nothing was charged; try again in a moment.",
    }


@dataclass(frozen=True)
class Made:
    """The lines, with what is answered beside them."""

    envelope: AIWidgetsEnvelope
    context: Json  # a JobOfferContext
    optimal_min_score: int
    made_at: datetime
    cached: bool

    @cached_property
    def lines(self) -> Json:
        """The envelope as it is kept and answered."""
        return self.envelope.dump()

    @property
    def model(self) -> str:
        return (self.envelope.meta.model if self.envelope.meta else None) or ""


@dataclass(frozen=True)
class Asked:
    """A request that was admitted; `found`: what the cache held then."""

    owner_id: str
    analysis_id: str
    row: Offer
    description: str
    stored: Stored
    score: int  # ragCompletenessScore
    key: str
    engine: Engine
    model: str  # the engine's name; another may stand in while it works
    found: Made | None = None

    @cached_property
    def offer(self) -> reading.Offer:
        """Read from its row when it is needed: what the cache answers never is. Raises AnalysisUnreadable."""
        return offers.analysis(self.row)

    @property
    def fingerprint(self) -> str:
        """Of what the key does not tell apart: two careers of one score, two engines, two versions of our own."""
        told = f"{self.stored.fingerprint}:{self.model}:{VERSION}"
        return sha256(told.encode()).hexdigest()


def ask(session: Session, owner_id: str, analysis_id: str) -> Asked:
    """Checks, in this order: offer, profile, credits, rate; counts one request.

    Raises OfferNotFound, ProfileMissing, ProfileUnreadable, ProfileIncomplete, InsufficientCredits, RateLimited.
    """
    offer = offers.get_owned(session, owner_id, analysis_id)
    stored = profiles.load(session, owner_id)
    if not stored.profile.facts:
        raise ProfileMissing
    score = stored.completeness.score
    if score < LEAST_SCORE:
        raise ProfileIncomplete(score=score, needed=LEAST_SCORE)
    key = cache_key(analysis_id, score, offers.description_hash(offer))
    engine = engines.engine_for(FEATURE, owner_id)
    asked = Asked(owner_id, offer.id, offer, offer.text, stored, score, key, engine, model=engine.name)
    owners.lock(session, owner_id)
    tier = tiers.of(session, owner_id)
    found = _cached(session, asked)
    if found is None:
        offers.analysis(offer)  # one that can't be read is not counted
        credits.afford(session, owner_id, _cost(session, owner_id, tier, rate.check))
    rate.hit(session, "generation", owner_id, tier.limit)
    return replace(asked, found=found)


def make(asked: Asked) -> Made:
    """The lines: from the cache, or made now, or by a twin who is at it. Takes no session.

    Raises NothingMade, EngineFailed, InsufficientCredits; then nothing is kept or charged.
    """
    if asked.found:
        return asked.found
    until = time.monotonic() + CLAIMED.total_seconds()
    while time.monotonic() < until:
        with db.session() as session:
            found = _cached(session, asked)
            claim = "" if found else _claim(session, asked)
        if found:
            return found
        if claim:
            return _make(asked, claim)
        while time.monotonic() < until and _is_claimed(asked):
            time.sleep(LOOK_SECONDS)
    raise EngineFailed("a twin's work did not end")


def cache_key(analysis_id: str, score: int, description_hash: str) -> str:
    """As widgets-v2 writes it."""
    return sha256(f"{analysis_id}:{score}:{description_hash}".encode()).hexdigest()


# ---------------------------------------------------------------------------- made once


def _cached(session: Session, asked: Asked) -> Made | None:
    standing = session.connection().execute(_STANDING, {"key": asked.key}).one_or_none()
    if standing is None or not _good(standing, asked):
        return None
    if known := _made.get((asked.key, asked.fingerprint, standing.created_at)):
        return known
    row = session.get(WidgetCache, asked.key, populate_existing=True)
    if row is None or not _good(row, asked):
        return None
    envelope = AIWidgetsEnvelope.model_validate(row.envelope)
    made = Made(envelope, row.extra["context"], row.extra["optimalMinScore"], row.created_at, cached=True)
    return _made.keep((asked.key, asked.fingerprint, row.created_at), made, len(repr(row.envelope)))


def _good(row: Any, asked: Asked) -> bool:
    return not row.claim and row.fingerprint == asked.fingerprint and row.expires_at > utcnow()


# What was read once is not read again: the row alone says whether it still holds.
_STANDING = select(WidgetCache.claim, WidgetCache.fingerprint, WidgetCache.expires_at, WidgetCache.created_at).where(
    WidgetCache.key == bindparam("key")
)
_made: Memory[tuple[str, str, datetime], Made] = Memory(ROOM)


def _claim(session: Session, asked: Asked) -> str:
    """Our claim to make the lines; blank when a twin has one. Whoever claims for another career takes the place."""
    owners.lock(session, asked.owner_id)
    now = utcnow()
    row = session.get(WidgetCache, asked.key, populate_existing=True)
    if row is not None and row.fingerprint == asked.fingerprint and row.expires_at > now:
        return ""
    row = row or WidgetCache(key=asked.key, owner_id=asked.owner_id, fingerprint="", expires_at=now)
    row.fingerprint, row.claim, row.envelope, row.extra = asked.fingerprint, new_id(), {}, {}
    row.created_at, row.expires_at = now, now + CLAIMED
    session.add(row)
    return row.claim


def _is_claimed(asked: Asked) -> bool:
    with db.session(write=False) as session:
        row = session.get(WidgetCache, asked.key)
        return bool(row and row.claim and row.fingerprint == asked.fingerprint and row.expires_at > utcnow())


def _make(asked: Asked, claim: str) -> Made:
    with ExitStack() as undo:
        undo.callback(_give_up, asked, claim)
        made = _tailored(asked)
        with db.session() as session:
            _pay(session, asked.owner_id)
            _keep(session, asked, claim, made)
        undo.pop_all()
    return made


def _tailored(asked: Asked) -> Made:
    now = utcnow()
    try:
        told = tailor(asked.stored.profile, asked.offer, asked.engine, description=asked.description)
    except (StudioError, ValidationError) as error:
        raise EngineFailed(f"{asked.engine.name}: {type(error).__name__}") from error
    if not told.envelope.widgets:
        raise NothingMade
    meta = told.envelope.meta
    assert meta is not None  # noqa: S101 - tailor() always writes it
    dated = meta.model_copy(update={"created_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")})
    envelope = told.envelope.model_copy(update={"meta": dated})
    return Made(envelope, told.context.dump(), told.optimal_min_score, now, cached=False)


def _keep(session: Session, asked: Asked, claim: str, made: Made) -> None:
    """Unless the claim was lost meanwhile: to time, or to a twin who knows a newer career."""
    now = utcnow()
    old = select(WidgetCache.key).where(col(WidgetCache.expires_at) <= now, WidgetCache.key != asked.key)
    locked = old.limit(SWEPT_AT_ONCE).with_for_update(skip_locked=True)
    session.exec(delete(WidgetCache).where(col(WidgetCache.key).in_(locked)))
    row = session.get(WidgetCache, asked.key, with_for_update=True, populate_existing=True)
    if row is None or row.claim != claim:
        return
    row.claim, row.envelope = "", made.lines
    row.extra = {"context": made.context, "optimalMinScore": made.optimal_min_score}
    row.created_at, row.expires_at = made.made_at, now + (LIFE if made.model == asked.model else STOOD_IN)
    session.add(row)
    _made.keep((asked.key, asked.fingerprint, made.made_at), replace(made, cached=True), len(repr(made.lines)))


def _give_up(asked: Asked, claim: str) -> None:
    with db.session() as session:
        mine: Any = (col(WidgetCache.key) == asked.key) & (col(WidgetCache.claim) == claim)
        session.exec(delete(WidgetCache).where(mine))


# ---------------------------------------------------------------------------- what it costs


def _cost(session: Session, owner_id: str, tier: Tier, counted: Callable[[Session, str, str, Limit], None]) -> int:
    """Nothing while the tier's free ones of the day last; `counted` is rate.check or rate.hit."""
    if tier.free_files is None:
        return 0
    try:
        counted(session, "tailored", owner_id, Limit(tier.free_files, DAY_SECONDS))
    except RateLimited:
        return credits.PRICES[FEATURE]
    return 0


def _pay(session: Session, owner_id: str) -> None:
    owners.lock(session, owner_id)
    cost = _cost(session, owner_id, tiers.of(session, owner_id), rate.hit)
    credits.debit(session, owner_id, FEATURE, new_id(), cost)
