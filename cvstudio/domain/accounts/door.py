"""The door: who is asking, by whichever credential; and every way of signing in ends here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple, overload

from sqlmodel import Session

from cvstudio import db
from cvstudio.domain import attempts, owners
from cvstudio.domain.accounts import adoption, factors, onetime, passwords, sessions, tokens, users
from cvstudio.domain.accounts.faults import (
    InvalidAccessToken,
    PendingSignInOver,
    SecondFactorRequired,
    WrongCredentials,
    wrong_code,
)
from cvstudio.domain.accounts.tokens import Tokens
from cvstudio.errors import InvalidInput
from cvstudio.language import Language
from cvstudio.models import LoginSession, User

COOKIE = "cvstudio_login"
COOKIE_LIFE = sessions.MAX_LIFE
PENDING_LIFE = onetime.LIVES["second_factor"]


class Principal(NamedTuple):
    """Who asks. Without an account, `owner_id` is the anonymous owner's; None when there is none (cookies are off)."""

    owner_id: str | None
    user: User | None = None
    login: LoginSession | None = None


class SignedIn(NamedTuple):
    token: str  # for the cookie
    login: LoginSession
    user: User


class Pending(NamedTuple):
    """Someone who came in by one means, and has to give a code before there is a session."""

    token: str
    user: User


Entered = SignedIn | Pending


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
    return Principal(anonymous_owner_id if owners.is_visitor(session, anonymous_owner_id) else None)


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


def sign_in_with_password(email: str, password: str, visit: Visit) -> Entered:
    """Raises WrongCredentials, after as long, whether or not the address is known; RateLimited.

    Takes no session: hashing is slow, and no transaction waits for it.
    """
    with _password_given(email, password, visit) as (session, user):
        return enter(session, user, "password", visit)


@contextmanager
def _password_given(email: str, password: str, visit: Visit) -> Iterator[tuple[Session, User]]:
    attempts.check(None, "sign_in", visit.address, email)
    user = check_password(email, password)
    with db.session() as session:
        attempts.succeeded(session, "sign_in", visit.address, email)
        yield session, user


def tokens_for_password(email: str, password: str, visit: Visit, code: str = "", language: Language = "en") -> Tokens:
    """The same for programs, which send these instead of the cookie. Raises SecondFactorRequired without a `code`
    where one is wanted, and then whatever `complete` raises."""
    with _password_given(email, password, visit) as (session, user):
        entered = enter(session, user, "password", visit)
        if isinstance(entered, SignedIn):
            return tokens.issue(session, entered.login)
    if not code:
        raise SecondFactorRequired(pending_token=entered.token)
    return tokens_for_code(entered.token, code, visit, language)


def tokens_for_code(token: str, code: str, visit: Visit, language: Language) -> Tokens:
    """Raises like `complete`."""
    signed = complete(token, code, visit, language)
    with db.session() as session:
        return tokens.issue(session, signed.login)


def complete(token: str, code: str, visit: Visit, language: Language) -> SignedIn:
    """The session that waited for a code. Raises PendingSignInOver, WrongCode, RateLimited.

    Takes no session: an attempt counts even if it fails. What is wrong uses nothing up.
    """
    try:
        with db.session(write=False) as session:
            user = factors.pending(session, token)[1]
    except PendingSignInOver:
        attempts.check(None, "second_factor", visit.address, "")
        raise
    attempts.check(None, "second_factor", visit.address, user.id)
    with db.session() as session:
        waiting, user = factors.pending(session, token)
        if not factors.accept(session, user, code, visit.user_agent):
            raise wrong_code(language)
        if onetime.consume(session, "second_factor", token) is None:
            raise PendingSignInOver
        attempts.succeeded(session, "second_factor", visit.address, user.id)
        return enter(session, user, str(waiting.data["method"]), visit, both_factors=True)


@overload
def enter(session: Session, user: User, method: str, visit: Visit, *, both_factors: Literal[True]) -> SignedIn: ...
@overload
def enter(session: Session, user: User, method: str, visit: Visit) -> Entered: ...
def enter(session: Session, user: User, method: str, visit: Visit, *, both_factors: bool = False) -> Entered:
    """`sign_in`, for a door that knows the whole visit; a token to go on with where a code is wanted, too.

    `both_factors`: the person has shown two, or one that counts as two.
    """
    if not both_factors and factors.wanted(session, user.id):
        return Pending(factors.pend(session, user, method), user)
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
