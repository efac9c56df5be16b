"""Accounts for programs and for our pages: registration, tokens, profile, and the links that arrive by mail."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api import signing
from cvstudio.api.answers import errors
from cvstudio.api.deps import Address, CurrentUser, Lang, LoginId, UserAgent, json_only
from cvstudio.api.users import UserResponse, user_response
from cvstudio.api.visitors import visitor
from cvstudio.domain import accounts, attempts
from cvstudio.domain.accounts import letters, onetime, tokens, users
from cvstudio.domain.accounts.faults import InvalidLink, InvalidRefreshToken, fault
from cvstudio.language import Language
from cvstudio.models import User

router = APIRouter(prefix="/api/auth", tags=["Accounts"])

Text = Annotated[str, Field(max_length=1_000)]
Token = Annotated[str, Query(description="from the mail", max_length=300)]


class Registration(BaseModel):
    """Both specifications' forms; what is not known here is overlooked."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "username": "marie.dupont",
                "email": "marie.dupont@example.org",
                "password": "trois-mots-longs",
                "password2": "trois-mots-longs",
                "first_name": "Marie",
                "last_name": "Dupont",
                "phone": "+33639980000",
            }
        }
    )
    email: Text
    password: Text
    password2: Text | None = Field(None, description="when given, the same as `password`")
    username: Text | None = None
    name: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    referralCode: Text | None = Field(None, description="of whoever recommended us")


class Registered(BaseModel):
    user: UserResponse
    message: str = "User registered successfully"


class Login(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"email": "marie.dupont@example.org", "password": "trois-mots-longs"}}
    )
    email: Text
    password: Text
    code: Text | None = Field(None, description="of the app, or a recovery code, where one is wanted")


class TokenPair(BaseModel):
    access: str = Field(description="a JWT for `Authorization: Bearer …`, for 15 minutes")
    refresh: str = Field(description="for the next pair; works once")


class Refresh(BaseModel):
    refresh: Text


class ProfileChange(BaseModel):
    """Fields left out stay as they are; a new `email` counts once the mail sent there is answered."""

    model_config = ConfigDict(json_schema_extra={"example": {"first_name": "Jeanne", "phone": "+33639980001"}})
    email: Text | None = None
    username: Text | None = None
    name: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    locale: Language | None = None


class PasswordChange(BaseModel):
    old_password: Text = Field("", description="blank for an account that has none yet")
    new_password: Text
    new_password2: Text | None = None


class Mailbox(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"email": "marie.dupont@example.org"}})
    email: Text


class PasswordReset(BaseModel):
    token: Text = Field(description="from the mail")
    password: Text


class Message(BaseModel):
    message: str


class Success(BaseModel):
    success: bool = True


class EmailChanged(Success):
    newEmail: str


@router.post("/register", status_code=201, dependencies=[json_only], responses=errors(400, 403, 413, 415, 429))
def register(body: Registration, request: Request, address: Address, language: Lang) -> Registered:
    """Make an account. A known address is answered the same way; only its owner, by mail, learns more. 403
    `REGISTRATION_CLOSED` while no new accounts are wanted."""
    attempts.check(None, "register", address, body.email)
    given = letters.Registration(
        email=body.email,
        password=body.password,
        password2=body.password2,
        username=body.username,
        name=body.name or "",
        first_name=body.first_name or "",
        last_name=body.last_name or "",
        phone=body.phone or "",
        referral_code=body.referralCode or "",
    )
    return Registered(user=user_response(letters.register(given, language, visitor(request).id)))


@router.post("/login", dependencies=[json_only], responses=errors(400, 401, 415, 429))
def login(body: Login, request: Request, language: Lang) -> TokenPair:
    """Tokens for e-mail and password. Work done before without an account, in the same session, is adopted.

    Where two-step verification is on and no `code` came along: 401 `SECOND_FACTOR_REQUIRED`, with
    `details.pendingToken` for `POST /api/auth/second-factor`, for 5 minutes."""
    visit = signing.visit(request)._replace(login_cookie=None)
    pair = accounts.tokens_for_password(body.email, body.password, visit, body.code or "", language)
    signing.renew_visitor(request)
    return TokenPair(access=pair.access, refresh=pair.refresh)


@router.post("/refresh", dependencies=[json_only], responses=errors(400, 401, 415))
def refresh(body: Refresh) -> TokenPair:
    """The next pair of tokens. A refresh token works once: one that comes back later ends the session."""
    with db.session() as session:
        pair = tokens.refresh(session, body.refresh)
    if pair is None:
        raise InvalidRefreshToken
    return TokenPair(access=pair.access, refresh=pair.refresh)


@router.get("/profile", responses=errors(401))
async def get_profile(user: CurrentUser) -> UserResponse:
    """One's account."""
    return user_response(user)


@router.patch("/profile", dependencies=[json_only], responses=errors(400, 401, 415, 429))
def change_profile(body: ProfileChange, user: CurrentUser, address: Address, language: Lang) -> UserResponse:
    """Change what is given."""
    return user_response(changed(user, body, address, language))


@router.post("/change-password", dependencies=[json_only], responses=errors(400, 401, 415, 429))
def change_password(
    body: PasswordChange, user: CurrentUser, login_id: LoginId, address: Address, language: Lang, user_agent: UserAgent
) -> Message:
    """A new password. All other sessions end."""
    attempts.check(None, "password", address, user.email)
    if body.new_password2 is not None and body.new_password2 != body.new_password:
        raise fault("new_password2", "passwords_differ", language)
    letters.change_password(
        user,
        body.old_password,
        body.new_password,
        language,
        keep=login_id,
        old_field="old_password",
        new_field="new_password",
        user_agent=user_agent,
    )
    return Message(message="Password changed successfully")


@router.post("/request-reset", dependencies=[json_only], responses=errors(400, 415, 429))
def request_reset(body: Mailbox, address: Address, language: Lang) -> Success:
    """Asks for a mail with a link to choose a new password, valid for an hour."""
    attempts.check(None, "reset", address, body.email)
    with db.session() as session:
        letters.ask_reset(session, body.email, language)
    return Success()


@router.post("/reset-password", dependencies=[json_only], responses=errors(400, 415, 429))
def reset_password(body: PasswordReset, address: Address, language: Lang, user_agent: UserAgent) -> Success:
    """A new password by the link's token. All sessions end."""
    attempts.check(None, "reset_token", address, "")
    letters.reset_password(body.token, body.password, language, user_agent=user_agent)
    return Success()


@router.post("/resend-verification", dependencies=[json_only], responses=errors(400, 415, 429))
def resend_verification(body: Mailbox, request: Request, address: Address, language: Lang) -> Success:
    """Asks for the mail that confirms an address again; once a minute."""
    attempts.check(None, "verify", address, body.email)
    with db.session() as session:
        letters.resend_verification(session, body.email, language, visitor(request).id)
    return Success()


PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page with a button, outside of the browser that asked", "content": {"text/html": {}}},
    303: {"description": "To the app, signed in; to `/login?error=Verification` when the link works no more"},
}


@router.get("/verify-email", response_class=Response, responses=PAGE)
def verify_email(token: Token, request: Request, language: Lang) -> Response:
    """The link that confirms an address: signs in and leads to the app."""
    with db.session(write=False) as session:
        link = onetime.usable(session, "verify", token)
    if link is None:
        return signing.go(signing.LOGIN, error="Verification")
    here = letters.opens_here(link, signing.visitor_of(request))
    if signing.followed_by_a_person_here(request, here):
        return _verified(request, token)
    return signing.confirm_page("verify", language, "/api/auth/verify-email", link.email, {"token": token})


@router.post("/verify-email", include_in_schema=False)
def verify_email_confirmed(request: Request, token: Annotated[str, Form(max_length=300)] = "") -> Response:
    return _verified(request, token)


def _verified(request: Request, token: str) -> Response:
    try:
        with db.session() as session:
            user = letters.use_verification(session, token)
            signed = accounts.enter(session, user, "verification", signing.visit(request))
    except InvalidLink:
        return signing.go(signing.LOGIN, error="Verification")
    return signing.let_in(request, signing.go(signing.HOME), signed)


@router.get(
    "/verify-email-change",
    response_model=EmailChanged,
    responses=errors(400)
    | {200: {"content": {"text/html": {}}, "description": "Done; to a browser, a page to confirm"}},
)
def verify_email_change(token: Token, request: Request, language: Lang) -> Response:
    """The link that confirms a new address. A browser gets a page with a button; programs are done with it."""
    looks = getattr(request.state, "head", False)
    if looks or "text/html" in request.headers.get("accept", ""):
        with db.session(write=False) as session:
            link = onetime.usable(session, "email_change", token)
        if link is None:
            return signing.go("/account", error="Verification")
        return signing.confirm_page(
            "email_change", language, "/api/auth/verify-email-change", link.email, {"token": token}
        )
    with db.session() as session:
        user = letters.use_email_change(session, token)
    return JSONResponse(EmailChanged(newEmail=user.email).model_dump())


@router.post("/verify-email-change", include_in_schema=False)
def verify_email_change_confirmed(token: Annotated[str, Form(max_length=300)] = "") -> Response:
    try:
        with db.session() as session:
            letters.use_email_change(session, token)
    except InvalidLink:
        return signing.go("/account", error="Verification")
    return signing.go("/account", emailChanged="1")


def changed(user: User, body: ProfileChange, address: str, language: Language) -> User:
    """The account after the change."""
    if body.email is not None:
        attempts.check(None, "email_change", address, body.email)
    with db.session() as session:
        current = session.get_one(User, user.id)
        users.change_profile(
            session,
            current,
            language,
            name=body.name,
            first_name=body.first_name,
            last_name=body.last_name,
            phone=body.phone,
            wanted_username=body.username,
            locale=body.locale,
        )
        if body.email is not None:
            letters.ask_email_change(session, current, body.email, language)
        return current
