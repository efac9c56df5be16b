"""Links in mails, and ways to a provider and back: each works once, for a while; only a hash of it is kept."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlmodel import Session, col, delete, func, select, update

from cvstudio.domain.accounts import sessions
from cvstudio.errors import RateLimited
from cvstudio.models import Json, OneTimeToken, utcnow

Purpose = Literal["magic", "verify", "reset", "email_change", "oauth", "second_factor", "passkey"]
LIVES: dict[Purpose, timedelta] = {
    "magic": timedelta(minutes=10),
    "verify": timedelta(hours=24),
    "reset": timedelta(hours=1),
    "email_change": timedelta(hours=24),
    "oauth": timedelta(minutes=10),
    "second_factor": timedelta(minutes=5),  # no link: what a right password opens when a code is wanted, too
    "passkey": timedelta(minutes=5),  # no link: a challenge that was answered
}
COOL_DOWN = timedelta(minutes=1)  # between two mails of a kind to one address
FORGOTTEN_AFTER = timedelta(days=1)  # past their life


@dataclass(frozen=True)
class Issued:
    token: str
    row: OneTimeToken


def issue(
    session: Session, purpose: Purpose, email: str, user_id: str | None = None, data: Json | None = None
) -> Issued:
    """A new one; made alike for addresses we know and those we do not."""
    token, kept = sessions.new_token()
    now = utcnow()
    session.exec(delete(OneTimeToken).where(col(OneTimeToken.expires_at) < now - FORGOTTEN_AFTER))
    row = OneTimeToken(
        purpose=purpose,
        user_id=user_id,
        email=email,
        token_hash=kept,
        data=data or {},
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    session.add(row)
    session.flush()
    return Issued(token, row)


def cool_down(session: Session, purpose: Purpose, email: str) -> None:
    """Raises RateLimited when such a mail went to this address a moment ago, whoever has it."""
    wanted = select(func.max(OneTimeToken.created_at)).where(
        OneTimeToken.email == email, OneTimeToken.purpose == purpose, OneTimeToken.created_at > utcnow() - COOL_DOWN
    )
    last = session.exec(wanted).one()
    if last is not None:
        reset = last + COOL_DOWN
        wait = max(1, math.ceil((reset - utcnow()).total_seconds()))
        raise RateLimited(retry_after=wait, reset_at=reset.strftime("%Y-%m-%dT%H:%M:%SZ"))


def find(session: Session, purpose: Purpose, token: str) -> OneTimeToken | None:
    """As it is, used or not, while it would have lived."""
    if not 0 < len(token) <= sessions.MAX_TOKEN:
        return None
    wanted = select(OneTimeToken).where(
        OneTimeToken.token_hash == sessions.digest(token),
        OneTimeToken.purpose == purpose,
        OneTimeToken.expires_at > utcnow(),
    )
    return session.exec(wanted).first()


def usable(session: Session, purpose: Purpose, token: str) -> OneTimeToken | None:
    found = find(session, purpose, token)
    return found if found is not None and found.used_at is None else None


def consume(session: Session, purpose: Purpose, token: str) -> OneTimeToken | None:
    """The token, now used; of any number that try, one gets it. The others of its kind for its address go with it."""
    found = usable(session, purpose, token)
    if found is None:
        return None
    won = session.exec(
        update(OneTimeToken)
        .where(col(OneTimeToken.id) == found.id, col(OneTimeToken.used_at).is_(None))
        .values(used_at=utcnow())
    )
    if won.rowcount != 1:
        return None
    if not found.email:  # of nobody yet: the others are other people's
        return found
    session.exec(
        update(OneTimeToken)
        .where(
            col(OneTimeToken.email) == found.email,
            col(OneTimeToken.purpose) == purpose,
            col(OneTimeToken.used_at).is_(None),
        )
        .values(used_at=utcnow())
    )
    return found


def void(session: Session, purpose: Purpose, user_id: str) -> None:
    """Nothing of the kind that this account was given works any more."""
    session.exec(
        update(OneTimeToken)
        .where(
            col(OneTimeToken.user_id) == user_id,
            col(OneTimeToken.purpose) == purpose,
            col(OneTimeToken.used_at).is_(None),
        )
        .values(used_at=utcnow())
    )


def forget(session: Session, email: str) -> None:
    """Nothing that was sent to this address works any more."""
    session.exec(
        update(OneTimeToken)
        .where(col(OneTimeToken.email) == email, col(OneTimeToken.used_at).is_(None))
        .values(used_at=utcnow())
    )
