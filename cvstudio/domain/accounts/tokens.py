"""Tokens for programs: a short access JWT, and a refresh token that is replaced at each use.

A refresh token that comes back after its use was stolen, or is a thief's: the whole session dies. Within GRACE it is
taken for the same client's twin request: it is refused, nothing more. Of any number at once exactly one wins.
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlmodel import Session, col, select, update

from cvstudio.config import settings
from cvstudio.domain.accounts import sessions
from cvstudio.models import LoginSession, RefreshToken, new_id, utcnow

ALGORITHM = "HS256"
ISSUER = "cvstudio"
AUDIENCE = "cvstudio-api"
ACCESS_LIFE = timedelta(minutes=15)
GRACE = timedelta(seconds=10)
MAX_LENGTH = 2_000  # characters; ours have some 300


@dataclass(frozen=True)
class Tokens:
    access: str
    refresh: str


@dataclass(frozen=True)
class Claims:
    user_id: str
    session_id: str


def issue(session: Session, login: LoginSession) -> Tokens:
    """The first pair of a new sign-in, or the next of a rotated one."""
    refresh, kept = sessions.new_token()
    session.add(RefreshToken(session_id=login.id, token_hash=kept, expires_at=utcnow() + sessions.IDLE_LIFE))
    session.flush()
    return Tokens(access(login), refresh)


def access(login: LoginSession) -> str:
    now = utcnow()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": login.user_id,
        "sid": login.id,
        "jti": new_id(),
        "iat": int(now.timestamp()),
        "exp": int((now + ACCESS_LIFE).timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "typ": "JWT"}, claims, _key(), algorithms=[ALGORITHM])


def read(token: str) -> Claims | None:
    """What a valid access token says; None for any other. Whether its session lives is asked elsewhere."""
    if len(token) > MAX_LENGTH:
        return None
    try:
        claims = jwt.decode(token, _key(), algorithms=[ALGORITHM]).claims
        _REQUIRED.validate(claims)
    except (JoseError, ValueError, TypeError):
        return None
    if not isinstance(claims["sub"], str) or not isinstance(claims["sid"], str):
        return None
    return Claims(claims["sub"], claims["sid"])


def refresh(session: Session, token: str) -> Tokens | None:
    """The next pair; None when it is not, or no longer, a token to refresh with.

    Does not raise: that the session died of it has to be committed.
    """
    if not 0 < len(token) <= sessions.MAX_TOKEN:
        return None
    found = session.exec(select(RefreshToken).where(RefreshToken.token_hash == sessions.digest(token))).first()
    if found is None or (alive := sessions.by_id(session, found.session_id)) is None:
        return None
    now = utcnow()
    if found.expires_at <= now:
        return None
    won = session.exec(
        update(RefreshToken)
        .where(col(RefreshToken.id) == found.id, col(RefreshToken.used_at).is_(None))
        .values(used_at=now)
    )
    if won.rowcount != 1:
        session.refresh(found)
        if found.used_at is None or now - found.used_at > GRACE:
            sessions.end(session, found.session_id)
        return None
    sessions.touch(session, found.session_id)
    return issue(session, alive[0])


_REQUIRED = jwt.JWTClaimsRegistry(
    now=lambda: int(utcnow().timestamp()),
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": AUDIENCE},
    exp={"essential": True},
    sub={"essential": True},
    sid={"essential": True},
)


def _key() -> OctKey:
    return _key_of(settings().secret_key)


@cache
def _key_of(secret: str) -> OctKey:
    """Only for this: what signs cookies or worker tokens opens nothing here."""
    return OctKey.import_key(hmac.digest(secret.encode(), b"cvstudio.access-token", sha256))
