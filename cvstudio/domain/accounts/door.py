"""The door: who is asking, by whichever credential; and every way of signing in ends here."""

from typing import NamedTuple

from sqlmodel import Session

from cvstudio import db
from cvstudio.domain import attempts
from cvstudio.domain.accounts import adoption, passwords, sessions, tokens, users
from cvstudio.domain.accounts.faults import InvalidAccessToken, WrongCredentials
from cvstudio.domain.accounts.tokens import Tokens
from cvstudio.errors import InvalidInput
from cvstudio.models import LoginSession, Owner, User

COOKIE = "cvstudio_login"
COOKIE_LIFE = sessions.MAX_LIFE


class Principal(NamedTuple):
    """Who asks. Without an account, `owner_id` is the anonymous owner's; None when there is none (cookies are off)."""

    owner_id: str | None
    user: User | None = None
    login: LoginSession | None = None


class SignedIn(NamedTuple):
    token: str  # for the cookie
    login: LoginSession
    user: User


class Visit(NamedTuple):
    """From where someone signs in, as far as the door that they came through knows."""

    anonymous_owner_id: str | None = None  # of the cookie they brought, if they brought one
    user_agent: str = ""
    address: str = ""
    login_cookie: str | None = None  # of a sign-in that the new one replaces


def identify(
    session: Session, *, login_cookie: str | None, bearer: str | None, anonymous_owner_id: str | None
) -> Principal:
    """A bearer token counts before the cookie, and must be good: raises InvalidAccessToken.

    A login cookie that is good no longer leaves an anonymous visitor.
    """
    if bearer is not None:
        claims = tokens.read(bearer)
        alive = sessions.by_id(session, claims.session_id) if claims else None
        if claims is None or alive is None or alive[1].id != claims.user_id:
            raise InvalidAccessToken
        return Principal(alive[1].id, alive[1], alive[0])
    if login_cookie and (alive := sessions.by_token(session, login_cookie)):
        return Principal(alive[1].id, alive[1], alive[0])
    if anonymous_owner_id is None:
        return Principal(None)
    # An anonymous cookie never opens an account, nor work that an account has adopted.
    owner = session.get(Owner, anonymous_owner_id)
    nobody = owner is not None and (owner.kind != "anonymous" or owner.adopted_by is not None)
    return Principal(None if nobody else anonymous_owner_id)


def sign_in(
    session: Session,
    user: User,
    anonymous_owner_id: str | None,
    method: str,
    user_agent: str = "",
    address: str = "",
    *,
    login_cookie: str | None = None,
) -> SignedIn:
    """A new session under a new token, whatever the browser brought; its anonymous work is adopted, once."""
    if login_cookie and (before := sessions.by_token(session, login_cookie)):
        sessions.end(session, before[0].id)
    if anonymous_owner_id is not None:
        adoption.adopt(session, user.id, anonymous_owner_id)
    token, login = sessions.begin(session, user, method, user_agent, address)
    return SignedIn(token, login, user)


def sign_in_with_password(email: str, password: str, visit: Visit) -> SignedIn:
    """Raises WrongCredentials, after as long, whether or not the address is known; RateLimited.

    Takes no session: hashing is slow, and no transaction waits for it.
    """
    attempts.check(None, "sign_in", visit.address, email)
    user = check_password(email, password)
    with db.session() as session:
        attempts.succeeded(session, "sign_in", visit.address, email)
        return enter(session, user, "password", visit)


def tokens_for_password(email: str, password: str, visit: Visit) -> Tokens:
    """The same for programs, which send these instead of the cookie."""
    attempts.check(None, "sign_in", visit.address, email)
    user = check_password(email, password)
    with db.session() as session:
        attempts.succeeded(session, "sign_in", visit.address, email)
        return tokens.issue(session, enter(session, user, "password", visit).login)


def enter(session: Session, user: User, method: str, visit: Visit) -> SignedIn:
    """`sign_in`, for a door that knows the whole visit."""
    return sign_in(
        session,
        user,
        visit.anonymous_owner_id,
        method,
        visit.user_agent,
        visit.address,
        login_cookie=visit.login_cookie,
    )


def check_password(email: str, password: str) -> User:
    """Whose it is. Raises WrongCredentials."""
    try:
        wanted = users.normal_email(email)
    except InvalidInput:
        wanted = ""
    with db.session(write=False) as session:
        user = users.by_email(session, wanted)
    stored = user.password_hash if user else None
    if not passwords.verify(stored, password) or user is None or stored is None:
        raise WrongCredentials
    if passwords.outdated(stored):
        renewed = passwords.hashed(password)
        with db.session() as session:
            current = session.get_one(User, user.id)
            if current.password_hash == stored:
                current.password_hash = renewed
                session.add(current)
    return user
