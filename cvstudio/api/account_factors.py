"""One's two-step verification: set up, confirmed, turned off."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso
from cvstudio.api.auth import Success, Text
from cvstudio.api.deps import Address, CurrentUser, Lang, UserAgent, json_only
from cvstudio.domain.accounts import factors

router = APIRouter(prefix="/api/account/second-factor", tags=["Account"])


class SecondFactor(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"enabled": True, "confirmedAt": "2026-11-21T10:00:00Z", "recoveryCodes": 9, "hasPassword": True}
        }
    )
    enabled: bool
    confirmedAt: str | None
    recoveryCodes: int = Field(description="how many were not used yet")
    hasPassword: bool = Field(description="whether a password can confirm changes; else a code does")


class Setup(BaseModel):
    secret: str = Field(description="base32, to be typed where there is no camera")
    uri: str = Field(description="otpauth://…")
    qr: str = Field(description="the same as a picture: data:image/svg+xml,…")


class Confirmation(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"code": "492039"}})
    code: Text = Field(description="of the app")


class Proof(BaseModel):
    """One of them."""

    model_config = ConfigDict(json_schema_extra={"example": {"password": "trois-mots-longs"}})
    password: Text | None = None
    code: Text | None = Field(None, description="of the app, or a recovery code")


class RecoveryCodes(BaseModel):
    recoveryCodes: list[str] = Field(description="each works once, in place of the app; never shown again")


@router.get("", responses=errors(401))
def get_second_factor(user: CurrentUser) -> SecondFactor:
    """Whether signing in asks for a code."""
    with db.session(write=False) as session:
        found = factors.status(session, user.id)
    return SecondFactor(
        enabled=found.confirmed_at is not None,
        confirmedAt=iso(found.confirmed_at) if found.confirmed_at else None,
        recoveryCodes=found.codes_left,
        hasPassword=user.password_hash is not None,
    )


@router.post("", response_model=Setup, responses=errors(401, 409))
def set_up(user: CurrentUser) -> Response:
    """A secret for an authenticator app. Nothing changes before a code of the app confirms it."""
    with db.session() as session:
        made = factors.begin(session, user)
    return _secret(Setup(secret=made.secret, uri=made.uri, qr=made.qr))


@router.post(
    "/confirm", dependencies=[json_only], response_model=RecoveryCodes, responses=errors(400, 401, 409, 415, 429)
)
def confirm(body: Confirmation, user: CurrentUser, address: Address, language: Lang, user_agent: UserAgent) -> Response:
    """Turns it on; the recovery codes, this once."""
    codes = factors.confirm(user, body.code, language, address=address, user_agent=user_agent)
    return _secret(RecoveryCodes(recoveryCodes=codes))


@router.post(
    "/recovery-codes",
    dependencies=[json_only],
    response_model=RecoveryCodes,
    responses=errors(400, 401, 403, 409, 415, 429),
)
def renew_codes(body: Proof, user: CurrentUser, address: Address, language: Lang, user_agent: UserAgent) -> Response:
    """New recovery codes; the old work no more. Needs the password or a code."""
    codes = factors.renew_codes(
        user, body.password or "", body.code or "", language, address=address, user_agent=user_agent
    )
    return _secret(RecoveryCodes(recoveryCodes=codes))


@router.delete("", dependencies=[json_only], responses=errors(400, 401, 403, 409, 415, 429))
def turn_off(body: Proof, user: CurrentUser, address: Address, language: Lang, user_agent: UserAgent) -> Success:
    """Turns it off. Needs the password or a code."""
    factors.disable(user, body.password or "", body.code or "", language, address=address, user_agent=user_agent)
    return Success()


def _secret(shown: BaseModel) -> Response:
    """Kept by nobody on the way."""
    return JSONResponse(shown.model_dump(), headers={"Cache-Control": "no-store"})
