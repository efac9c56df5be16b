"""NextAuth's standard routes, as its clients know them: forms or JSON in, `{url}` out when `json` is asked for."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from cvstudio import db
from cvstudio.api import signing
from cvstudio.api.answers import errors, iso
from cvstudio.api.deps import Address, Lang, Principal
from cvstudio.api.errors import answer
from cvstudio.api.visitors import visitor
from cvstudio.domain import accounts, attempts
from cvstudio.domain.accounts import letters, linked, onetime, sessions
from cvstudio.domain.accounts.faults import InvalidLink, PendingSignInOver, WrongCode, WrongCredentials
from cvstudio.errors import InvalidInput

router = APIRouter(prefix="/api/auth", tags=["Sign-in (NextAuth)"])

MAX_FIELD = 2_000  # characters
FORM: dict[str, Any] = {
    "requestBody": {
        "content": {
            kind: {
                "schema": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "properties": {
                        "csrfToken": {"type": "string", "description": "of `GET /api/auth/csrf`"},
                        "callbackUrl": {"type": "string", "description": "where to go then; an address of ours"},
                        "json": {"type": "string", "description": "`true`: answer `{url}`, do not redirect"},
                    },
                }
            }
            for kind in ("application/json", "application/x-www-form-urlencoded")
        }
    }
}
NEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "`{url}`", "content": {"application/json": {"example": {"url": "https://…/generate"}}}},
    303: {"description": "To the next page"},
}


class SessionUser(BaseModel):
    id: str
    name: str
    email: str
    image: None = None
    role: str
    tier: str
    emailVerified: str | None


class SessionResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "user": {
                    "id": "q3ZkT0xYw81LmNcb",
                    "name": "Marie Dupont",
                    "email": "marie.dupont@example.org",
                    "image": None,
                    "role": "user",
                    "tier": "free",
                    "emailVerified": "2026-11-21T10:00:00Z",
                },
                "expires": "2026-12-21T10:00:00Z",
            }
        }
    )
    user: SessionUser | None = Field(None, description="absent, like `expires`, when nobody is signed in")
    expires: str | None = None


class Csrf(BaseModel):
    csrfToken: str


async def _fields(request: Request) -> dict[str, str]:
    """The texts of a form or of a JSON object; whatever else is sent counts as nothing."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    sent: Any = {}
    if kind == "application/json":
        try:
            sent = await request.json()
        except (ValueError, RecursionError):
            raise HTTPException(400) from None
    elif kind == "application/x-www-form-urlencoded":
        sent = dict(await request.form())
    if not isinstance(sent, dict):
        return {}
    plain = {name: "true" if value is True else value for name, value in sent.items()}
    return {name: value for name, value in plain.items() if isinstance(value, str) and len(value) <= MAX_FIELD}


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.get("/session", response_model_exclude_unset=True, responses=errors(401))
def session(principal: Principal) -> SessionResponse:
    """Who is signed in; `{}` when nobody is."""
    user, login = principal.user, principal.login
    if user is None or login is None:
        return SessionResponse()
    return SessionResponse(
        user=SessionUser(
            id=user.id,
            name=user.name,
            email=user.email,
            image=None,
            role=user.role,
            tier=user.tier,
            emailVerified=iso(user.email_verified_at) if user.email_verified_at else None,
        ),
        expires=iso(login.expires_at),
    )


@router.get("/csrf", response_model=Csrf)
async def csrf(request: Request) -> JSONResponse:
    """The token that every form here must send along with the cookie set by this answer."""
    token, cookie = signing.csrf_token(request)
    response = JSONResponse({"csrfToken": token})
    if cookie:
        response.headers.append("Set-Cookie", cookie)
    return response


@router.get("/providers")
def providers(request: Request) -> dict[str, dict[str, str]]:
    """The ways to sign in; those of `type` `oidc` or `oauth` are other sites'."""
    ways = [("email", "Email", "email"), ("credentials", "Credentials", "credentials"), *linked.offered()]
    return {
        name: {
            "id": name,
            "name": label,
            "type": kind,
            "signinUrl": signing.whole(request, f"/api/auth/signin/{name}"),
            "callbackUrl": signing.whole(request, f"/api/auth/callback/{name}"),
        }
        for name, label, kind in ways
    }


@router.get("/signin", response_class=Response, status_code=303)
@router.get("/signin/email", response_class=Response, status_code=303)
@router.get("/signin/credentials", response_class=Response, status_code=303)
async def signin_page(request: Request, callbackUrl: str = "", error: str = "") -> Response:
    """To our sign-in page."""
    query = {"callbackUrl": signing.own_path(request, callbackUrl, "")} if callbackUrl else {}
    return signing.go(signing.LOGIN, **query, **_known(error))


@router.get("/error", response_class=Response, status_code=303)
async def error_page(error: str = "") -> Response:
    """To our sign-in page, which says what went wrong."""
    return signing.go(signing.LOGIN, **(_known(error) or {"error": "Default"}))


@router.get("/verify-request", response_class=Response, status_code=303)
async def verify_request_page() -> Response:
    """To our sign-in page, which says that a mail is on its way."""
    return signing.go(signing.LOGIN, sent="email")


@router.get("/signout", response_class=Response, status_code=303)
async def signout_page() -> Response:
    """To the account page: signing out takes a POST."""
    return signing.go("/account")


@router.post("/signin/email", response_class=Response, responses=NEXT | errors(400, 429), openapi_extra=FORM)
def signin_email(request: Request, fields: Fields, address: Address, language: Lang) -> Response:
    """Asks for a mail with a link to sign in: valid for 10 minutes, works once."""
    if not signing.csrf_matches(request, fields.get("csrfToken")):
        return next_page(request, fields, f"{signing.LOGIN}?csrf=true")
    callback, email = signing.own_path(request, fields.get("callbackUrl")), fields.get("email", "")
    attempts.check(None, "magic_link", address, email)
    try:
        with db.session() as opened:
            letters.ask_magic(opened, email, language, callback, visitor(request).id)
    except InvalidInput:
        return next_page(request, fields, f"{signing.LOGIN}?error=EmailSignin")
    return next_page(request, fields, "/api/auth/verify-request?provider=email&type=email")


@router.get(
    "/callback/email",
    response_class=Response,
    responses={
        200: {"description": "A page with a button, outside of the browser that asked", "content": {"text/html": {}}},
        303: {"description": "To `callbackUrl`, signed in; to `/login?error=Verification` if the link works no more"},
    },
)
def callback_email(
    request: Request,
    language: Lang,
    token: Annotated[str, Query(max_length=300)] = "",
    email: Annotated[str, Query(max_length=300)] = "",
    callbackUrl: str = "",
) -> Response:
    """The link of the mail. In the browser that asked for it, it signs in; elsewhere a button asks first."""
    with db.session(write=False) as opened:
        link = onetime.usable(opened, "magic", token)
    if link is None or (email and email.casefold() != link.email):
        return signing.go(signing.LOGIN, error="Verification")
    callback = signing.own_path(request, callbackUrl)
    if signing.followed_by_a_person_here(request, letters.opens_here(link, signing.visitor_of(request))):
        return _signed_in_by_mail(request, token, callback)
    hidden = {"token": token, "callbackUrl": callback}
    return signing.confirm_page("magic", language, "/api/auth/callback/email", link.email, hidden)


@router.post("/callback/email", include_in_schema=False)
def callback_email_confirmed(request: Request, fields: Fields) -> Response:
    callback = signing.own_path(request, fields.get("callbackUrl"))
    return _signed_in_by_mail(request, fields.get("token", ""), callback)


def _signed_in_by_mail(request: Request, token: str, callback: str) -> Response:
    try:
        with db.session() as opened:
            user = letters.use_magic(opened, token)
            signed = accounts.enter(opened, user, "magic", signing.visit(request))
    except InvalidLink:
        return signing.go(signing.LOGIN, error="Verification")
    return signing.let_in(request, signing.go(callback), signed)


@router.post("/callback/credentials", response_class=Response, responses=NEXT | errors(401, 429), openapi_extra=FORM)
def callback_credentials(request: Request, fields: Fields, language: Lang) -> Response:
    """Signs in with `email` and `password`; leads to `/login/code` where two-step verification is on."""
    if not signing.csrf_matches(request, fields.get("csrfToken")):
        return next_page(request, fields, f"{signing.LOGIN}?csrf=true")
    callback = signing.own_path(request, fields.get("callbackUrl"))
    email, password = fields.get("email", ""), fields.get("password", "")
    try:
        signed = accounts.sign_in_with_password(email, password, signing.visit(request))
    except WrongCredentials as wrong:
        if not wants_json(request, fields):
            return signing.go(signing.LOGIN, error="CredentialsSignin", callbackUrl=callback)
        url = signing.whole(request, "/api/auth/error?error=CredentialsSignin&provider=credentials")
        return answer(wrong, language, url=url)
    return signing.let_in(request, next_page(request, fields, callback), signed)


@router.post(
    "/callback/second-factor", response_class=Response, responses=NEXT | errors(400, 401, 429), openapi_extra=FORM
)
def callback_second_factor(request: Request, fields: Fields, language: Lang) -> Response:
    """Signs in with `code`, after a password or a link: of the app, or a recovery code."""
    if not signing.csrf_matches(request, fields.get("csrfToken")):
        return next_page(request, fields, f"{signing.LOGIN}?csrf=true")
    callback = signing.own_path(request, fields.get("callbackUrl"))
    token = request.cookies.get(signing.PENDING, "")
    try:
        signed = accounts.complete(token, fields.get("code", ""), signing.visit(request), language)
    except (PendingSignInOver, WrongCode) as refused:
        if wants_json(request, fields):
            raise
        if isinstance(refused, WrongCode):
            return signing.go(signing.CODE, error="Code", callbackUrl=callback)
        return signing.go(signing.LOGIN, error="SignInOver", callbackUrl=callback)
    response = signing.let_in(request, next_page(request, fields, callback), signed)
    return signing.forget_cookie(response, signing.PENDING)


@router.post("/signout", response_class=Response, responses=NEXT | errors(401), openapi_extra=FORM)
def signout(request: Request, fields: Fields, principal: Principal) -> Response:
    """Ends the session that asks. Programs that bring a token need no `csrfToken`."""
    by_token = "authorization" in request.headers
    if not by_token and not signing.csrf_matches(request, fields.get("csrfToken")):
        return next_page(request, fields, f"{signing.LOGIN}?csrf=true")
    if principal.login is not None:
        with db.session() as opened:
            sessions.end(opened, principal.login.id)
    return signing.let_out(next_page(request, fields, signing.own_path(request, fields.get("callbackUrl"), "/")))


def next_page(request: Request, fields: dict[str, str], path: str) -> Response:
    if wants_json(request, fields):
        return JSONResponse({"url": signing.whole(request, path)})
    return signing.go(path)


def wants_json(request: Request, fields: dict[str, str]) -> bool:
    return (
        fields.get("json") == "true"
        or "x-auth-return-redirect" in request.headers
        or request.headers.get("content-type", "").startswith("application/json")
    )


def _known(error: str) -> dict[str, str]:
    """NextAuth's errors are single words; nothing else reaches our page."""
    return {"error": error} if error.isascii() and error.isalpha() and len(error) <= 40 else {}
