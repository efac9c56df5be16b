"""What endpoints ask for by type. Who is asking is settled here, for every route and whatever the credential."""

from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field

from cvstudio import db
from cvstudio.api.errors import UnsupportedMediaType, language_of
from cvstudio.api.visitors import visitor
from cvstudio.config import settings
from cvstudio.domain import accounts
from cvstudio.domain.accounts import sessions
from cvstudio.errors import Forbidden, Unauthorized
from cvstudio.language import Language
from cvstudio.models import User

_bearer = HTTPBearer(auto_error=False, description="`access` of `POST /api/auth/login`; 15 minutes")
_cookie = APIKeyCookie(
    name=accounts.COOKIE, auto_error=False, scheme_name="Login cookie", description="of a browser that signed in"
)


def _principal(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    login_cookie: Annotated[str | None, Depends(_cookie)],
) -> accounts.Principal:
    with db.session(write=False) as session:
        found = accounts.identify(
            session,
            login_cookie=login_cookie,
            bearer=bearer.credentials if bearer else None,
            anonymous_owner_id=None if bearer else visitor(request).id,
        )
    if found.login is not None and sessions.due(found.login):
        with db.session() as session:
            sessions.touch(session, found.login.id)
    if found.owner_id is None:  # the cookie is of work that an account took: they start anew
        found = found._replace(owner_id=visitor(request).renew())
    return found


Principal = Annotated[accounts.Principal, Depends(_principal)]


async def _owner_id(principal: Principal) -> str:
    return principal.owner_id or ""


async def _user(principal: Principal) -> User:
    if principal.user is None:
        raise Unauthorized
    return principal.user


async def _login_id(principal: Principal) -> str:
    if principal.login is None:
        raise Unauthorized
    return principal.login.id


CurrentUser = Annotated[User, Depends(_user)]


async def _admin(user: CurrentUser) -> User:
    if user.role != "admin":
        raise Forbidden
    return user


async def _account_id(user: CurrentUser) -> str:
    return user.id


async def _language(request: Request) -> Language:
    return language_of(request.scope)


async def _json_only(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType(expected="application/json")


def address_of(request: Request) -> str:
    """The caller's network address, as the nearest proxy that we trust saw it."""
    proxies = settings().trusted_proxies
    seen = [entry.strip() for entry in request.headers.get("x-forwarded-for", "").split(",") if entry.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return request.client.host if request.client else ""


async def _user_agent(request: Request) -> str:
    return request.headers.get("user-agent", "")


OwnerId = Annotated[str, Depends(_owner_id)]  # the account's; without one, the anonymous visitor's
AccountId = Annotated[str, Depends(_account_id)]  # the account's; 401 without one
LoginId = Annotated[str, Depends(_login_id)]  # of the sign-in that asks; 401 without one
Admin = Annotated[User, Depends(_admin)]
Lang = Annotated[Language, Depends(_language)]
Address = Annotated[str, Depends(address_of)]
UserAgent = Annotated[str, Depends(_user_agent)]
Device = Annotated[
    str | None, Field(max_length=80, pattern=r"^[A-Za-z0-9._:-]*$", description="as the device calls itself")
]
json_only = Depends(_json_only)
admin_only = Depends(_admin)  # for a whole router
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Chosen by you, kept for 24 hours: sending the same request with the same key again does nothing "
        "new and repeats the first answer, with `Idempotency-Replayed: true`.",
    ),
]
