"""Signing in with a provider, on NextAuth's routes; and the providers linked to one's account."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api import signing
from cvstudio.api.answers import errors
from cvstudio.api.auth import Success
from cvstudio.api.auth_nextauth import FORM, NEXT, Fields, next_page, wants_json
from cvstudio.api.deps import Address, CurrentUser, Lang, Principal, json_only
from cvstudio.api.middleware import set_cookie
from cvstudio.domain import attempts
from cvstudio.domain.accounts import linked, onetime
from cvstudio.errors import StudioError
from cvstudio.models import User

router = APIRouter(prefix="/api", tags=["Sign-in with a provider"])

COOKIE = "cvstudio_oauth"  # of the browser that was sent to a provider
ACCOUNT = "/account"
# What our pages are told, in one word of NextAuth's where it has one.
WORDS = {
    "ACCOUNT_NOT_LINKED": "OAuthAccountNotLinked",
    "EMAIL_NOT_VERIFIED": "EmailNotVerified",
    "IDENTITY_TAKEN": "IdentityTaken",
    "PROVIDER_ALREADY_LINKED": "AlreadyLinked",
    "PROVIDER_UNAVAILABLE": "ProviderUnavailable",
    "REGISTRATION_CLOSED": "AccessDenied",
}
OTHERWISE = "OAuthCallback"

ProviderName = Annotated[str, Path(max_length=40, description="`id` of `GET /api/auth/providers`")]
MaybeLong = Annotated[str, Query(max_length=4_000)]


class Linked(BaseModel):
    provider: str
    providerAccountId: str = Field(description="the provider's name for the person")


class LinkedAccounts(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"accounts": [{"provider": "github", "providerAccountId": "583231"}]}}
    )
    accounts: list[Linked]


class ProviderChoice(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"provider": "github"}})
    provider: str = Field(max_length=40, description="`id` of `GET /api/auth/providers`")


class AuthUrl(BaseModel):
    authUrl: str = Field(description="where to go next, in the browser that asked")


@router.post(
    "/auth/signin/{provider}",
    response_class=Response,
    responses=NEXT | errors(400, 404, 429, 503),
    openapi_extra=FORM,
)
def signin_provider(
    provider: ProviderName, request: Request, fields: Fields, address: Address, language: Lang
) -> Response:
    """To the provider: the answer leads there. From there people come back to `GET /api/auth/callback/{provider}`."""
    if not signing.csrf_matches(request, fields.get("csrfToken")):
        return next_page(request, fields, f"{signing.LOGIN}?csrf=true")
    attempts.check(None, "oauth", address, "")
    try:
        start = linked.begin(provider, signing.own_path(request, fields.get("callbackUrl")), language)
    except linked.ProviderUnavailable as error:
        if wants_json(request, fields):
            raise
        return _refused(error, signing.LOGIN)
    response = JSONResponse({"url": start.url}) if wants_json(request, fields) else signing.go(start.url)
    return _bound(response, start)


@router.get(
    "/auth/callback/{provider}",
    response_class=Response,
    status_code=303,
    responses=errors(401, 404)
    | {303: {"description": "To `callbackUrl`, signed in; with `?error=…` to `/login`, or to `/account` when linking"}},
)
def callback_provider(
    provider: ProviderName,
    request: Request,
    principal: Principal,
    state: MaybeLong = "",
    code: MaybeLong = "",
    error: MaybeLong = "",
) -> Response:
    """Where providers send people back to. The state works once, for ten minutes, in the browser that was sent."""
    linked.offers(provider)
    place = signing.LOGIN
    try:
        way = linked.back(provider, state, request.cookies.get(COOKIE))
        place = ACCOUNT if way.user_id else signing.LOGIN
        identity = linked.identify(way, "" if error else code)
        if way.user_id is None:
            with db.session() as session:
                signed = linked.sign_in(session, identity, way.language, signing.visit(request))
            return _unbound(signing.let_in(request, signing.go(way.callback), signed))
        if principal.user is None or principal.user.id != way.user_id:  # signed out meanwhile, or someone else now
            raise linked.StateInvalid
        with db.session() as session:
            user = session.get_one(User, way.user_id)
            linked.link(session, identity, user, request.headers.get("user-agent", ""))
        return _unbound(signing.go(ACCOUNT, linked=provider))
    except StudioError as refused:
        return _unbound(_refused(refused, place))


@router.get("/account/linked-accounts", responses=errors(401))
def linked_accounts(user: CurrentUser) -> LinkedAccounts:
    """The providers that open one's account."""
    with db.session(write=False) as session:
        found = linked.of(session, user.id)
    return LinkedAccounts(accounts=[Linked(provider=one.provider, providerAccountId=one.subject) for one in found])


@router.post(
    "/account/link-oauth",
    dependencies=[json_only],
    response_model=AuthUrl,
    responses=errors(400, 401, 404, 415, 429, 503),
)
def link_oauth(body: ProviderChoice, user: CurrentUser, address: Address, language: Lang) -> Response:
    """Links a provider: go to `authUrl` in the browser that asked, which was given a cookie for it. It leads back to
    `/account`."""
    attempts.check(None, "oauth", address, "")
    start = linked.begin(body.provider, ACCOUNT, language, user.id)
    return _bound(JSONResponse({"authUrl": start.url}), start)


@router.delete("/account/unlink-oauth", dependencies=[json_only], responses=errors(400, 401, 404, 409, 415))
def unlink_oauth(body: ProviderChoice, user: CurrentUser, request: Request) -> Success:
    """Unlinks a provider. 409 `LAST_WAY_IN` when nothing else would open the account."""
    with db.session() as session:
        linked.unlink(session, user.id, body.provider, request.headers.get("user-agent", ""))
    return Success()


def _bound(response: Response, start: linked.Start) -> Response:
    response.headers.append("Set-Cookie", set_cookie(COOKIE, start.binding, onetime.LIVES["oauth"]))
    response.headers["Cache-Control"] = "no-store"
    return response


def _unbound(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


def _refused(error: StudioError, place: str) -> Response:
    return signing.go(place, error=WORDS.get(error.code, OTHERWISE))
