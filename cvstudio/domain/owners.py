"""Who owns things: an account, or whoever carries the signed cookie of an anonymous session."""

import math
import time
from datetime import timedelta
from hashlib import sha256

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from cvstudio.config import settings
from cvstudio.domain.owned import ID, SIGNED
from cvstudio.models import Owner, new_id, utcnow

COOKIE = "cvstudio_session"
COOKIE_LIFE = timedelta(days=400)
RENEW_AFTER = timedelta(days=30)
SEEN_EVERY = timedelta(hours=1)  # how exact `seen_at` is
MOST_SEEN = 10_000


def new_cookie() -> tuple[str, str]:
    """(owner id, cookie value) for a visitor we meet for the first time. Nothing is stored yet."""
    owner_id = new_id()
    return owner_id, to_cookie(owner_id)


def to_cookie(owner_id: str) -> str:
    return _signer().sign(owner_id).decode()


def from_cookie(value: str | None) -> str | None:
    """The owner id that we once signed, or None: absent, forged, or older than COOKIE_LIFE."""
    return _read(value, COOKIE_LIFE)


def is_fresh(value: str | None) -> bool:
    """Whether the cookie is valid and recent enough not to be renewed."""
    return _read(value, RENEW_AFTER) is not None


def ensure(session: Session, owner_id: str | None, locale: str = "fr") -> Owner:
    """The owner's row, made on the first write, so that mere visits leave no trace."""
    owner = session.get(Owner, owner_id) if owner_id else None
    if owner is None:
        owner = Owner(locale=locale) if owner_id is None else Owner(id=owner_id, locale=locale)
        try:
            with session.begin_nested():
                session.add(owner)
        except IntegrityError:  # a twin request was first
            return session.get_one(Owner, owner.id)
    elif utcnow() - owner.seen_at > SEEN_EVERY:
        owner.seen_at = utcnow()
    return owner


def seen(session: Session, owner_id: str) -> None:
    """An owner whose row there must be is at work. Asks the database now and then only."""
    now = time.monotonic()
    if now - _seen.get(owner_id, -math.inf) > SEEN_EVERY.total_seconds():
        ensure(session, owner_id)
        if len(_seen) >= MOST_SEEN:
            _seen.clear()
        _seen[owner_id] = now


_seen: dict[str, float] = {}  # by owner: when this process last looked, on the monotonic clock


def is_visitor(session: Session, owner_id: str) -> bool:
    """Whether an anonymous cookie may name this owner: no account, nor one whose work an account has adopted."""
    found = session.connection().execute(_STANDING, {"id": owner_id}).first()
    return found is None or (found[0] == "anonymous" and found[1] is None)


def lock(session: Session, owner_id: str) -> None:
    """Until this transaction ends, whoever else asks for this owner's lock waits: counting stays exact."""
    session.connection().execute(_LOCKED, {"id": owner_id}).first()


# Asked for often: put together once.
_LOCKED = select(Owner.id).where(Owner.id == bindparam("id")).with_for_update(key_share=True)
_STANDING = select(Owner.kind, Owner.adopted_by).where(Owner.id == bindparam("id"))


def _read(value: str | None, life: timedelta) -> str | None:
    if not value or not SIGNED.fullmatch(value):
        return None
    try:
        owner_id = _signer().unsign(value, max_age=int(life.total_seconds())).decode()
    except BadSignature:  # SignatureExpired is one of them
        return None
    return owner_id if ID.fullmatch(owner_id) else None


def _signer() -> TimestampSigner:
    return TimestampSigner(settings().secret_key, salt="cvstudio.session", digest_method=sha256)
