"""Sign-ins: begun, found by their token, listed, ended. The row is asked at every request: ending one is immediate."""

import ipaddress
import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import bindparam
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import Select

from cvstudio.domain.accounts.faults import SessionNotFound
from cvstudio.domain.owned import ID
from cvstudio.models import LoginSession, Owner, User, utcnow

IDLE_LIFE = timedelta(days=30)  # unused for this long, it is over
MAX_LIFE = timedelta(days=180)  # and after this long in any case
SEEN_EVERY = timedelta(minutes=15)  # how exact `seen_at` is
MAX_TOKEN = 200  # characters; ours have 43


def new_token() -> tuple[str, str]:
    """(256 random bits, what is kept of them)."""
    token = secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def begin(session: Session, user: User, method: str, user_agent: str, address: str) -> tuple[str, LoginSession]:
    """(token, the new sign-in)."""
    token, kept = new_token()
    now = utcnow()
    login = LoginSession(
        user_id=user.id,
        token_hash=kept,
        expires_at=now + IDLE_LIFE,
        created_at=now,
        seen_at=now,
        user_agent=user_agent[:300],
        address=network(address),
        method=method,
    )
    session.add(login)
    session.flush()
    return token, login


def by_token(session: Session, token: str) -> tuple[LoginSession, User] | None:
    """The living sign-in with this token, and whose it is."""
    if not 0 < len(token) <= MAX_TOKEN:
        return None
    return _alive(session, _BY_TOKEN, digest(token))


def by_id(session: Session, session_id: str) -> tuple[LoginSession, User] | None:
    return _alive(session, _BY_ID, session_id) if ID.fullmatch(session_id) else None


def due(login: LoginSession) -> bool:
    """Whether it is time to note that it was used."""
    return utcnow() - login.seen_at > SEEN_EVERY


def touch(session: Session, login_id: str) -> None:
    """It was used: it lives on. One that ended meanwhile stays ended."""
    now = utcnow()
    login = session.get(LoginSession, login_id)
    if login is None or login.revoked_at or login.expires_at <= now:
        return
    login.seen_at = now
    login.expires_at = min(now + IDLE_LIFE, login.created_at + MAX_LIFE)
    session.add(login)
    for kind in (User, Owner):
        session.exec(update(kind).where(col(kind.id) == login.user_id).values(seen_at=now))


def living(session: Session, user_id: str) -> list[LoginSession]:
    """One's sign-ins, the last used first."""
    now = utcnow()
    wanted = select(LoginSession).where(
        LoginSession.user_id == user_id, col(LoginSession.revoked_at).is_(None), LoginSession.expires_at > now
    )
    return list(session.exec(wanted.order_by(col(LoginSession.seen_at).desc(), LoginSession.id)))


def revoke(session: Session, user_id: str, session_id: str) -> None:
    """Ends one of one's own. Raises SessionNotFound alike for another's, an ended one, and none."""
    login = session.get(LoginSession, session_id) if ID.fullmatch(session_id) else None
    if login is None or login.user_id != user_id or login.revoked_at or login.expires_at <= utcnow():
        raise SessionNotFound
    end(session, login.id)


def end(session: Session, login_id: str) -> None:
    session.exec(
        update(LoginSession)
        .where(col(LoginSession.id) == login_id, col(LoginSession.revoked_at).is_(None))
        .values(revoked_at=utcnow())
    )


def end_all(session: Session, user_id: str, *, but: str | None = None) -> int:
    """Ends all of an account's sign-ins, except `but`; how many it was."""
    ended = session.exec(
        update(LoginSession)
        .where(
            col(LoginSession.user_id) == user_id,
            col(LoginSession.id) != (but or ""),
            col(LoginSession.revoked_at).is_(None),
        )
        .values(revoked_at=utcnow())
    )
    return int(ended.rowcount)


def network(address: str) -> str:
    """Enough of an address to recognise one's own, too little to be found by."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    bits = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))


def _alive(session: Session, wanted: Select[LoginSession, User], value: str) -> tuple[LoginSession, User] | None:
    found = session.exec(wanted, params={"value": value}).first()
    if found is None or found[0].revoked_at or found[0].expires_at <= utcnow():
        return None
    return found[0], found[1]


# Asked at every request: put together once.
_WITH_USER = select(LoginSession, User).join(User, col(User.id) == LoginSession.user_id)
_BY_TOKEN = _WITH_USER.where(col(LoginSession.token_hash) == bindparam("value"))
_BY_ID = _WITH_USER.where(col(LoginSession.id) == bindparam("value"))
