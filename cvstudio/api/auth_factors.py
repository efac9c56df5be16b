"""Signing in with a code after the password, or with a passkey instead of it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api import signing
from cvstudio.api.answers import errors
from cvstudio.api.auth import Text, TokenPair
from cvstudio.api.deps import Address, Lang, json_only
from cvstudio.api.middleware import set_cookie
from cvstudio.domain import accounts, attempts
from cvstudio.domain.accounts import passkeys

router = APIRouter(prefix="/api/auth", tags=["Accounts"])

CHALLENGE = "cvstudio_challenge"


class Code(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"token": "s3JbQ2v9xTq0Lk…", "code": "492039"}})
    token: Text = Field(description="`details.pendingToken` of `POST /api/auth/login`; 5 minutes, works once")
    code: Text = Field(description="of the app, or a recovery code")


class PasskeyOptions(BaseModel):
    publicKey: dict[str, Any] = Field(description="for `navigator.credentials`, bytes as base64url")


class PasskeyAnswer(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"credential": {"id": "…", "type": "public-key", "response": {}}, "callbackUrl": "/generate"}
        }
    )
    credential: dict[str, Any] = Field(description="`PublicKeyCredential.toJSON()`")
    callbackUrl: Text | None = Field(None, description="where to go then; an address of ours")


class Next(BaseModel):
    url: str


@router.post("/second-factor", dependencies=[json_only], responses=errors(400, 401, 415, 429))
def second_factor(body: Code, request: Request, language: Lang) -> TokenPair:
    """Tokens for a sign-in that waits for its code. A wrong code uses nothing up; 401 `SIGN_IN_EXPIRED` when it waited
    too long."""
    visit = signing.visit(request)._replace(login_cookie=None)
    pair = accounts.tokens_for_code(body.token, body.code, visit, language)
    signing.renew_visitor(request)
    return TokenPair(access=pair.access, refresh=pair.refresh)


@router.post("/passkey/options", response_model=PasskeyOptions, responses=errors(429))
def passkey_options(address: Address) -> Response:
    """What to ask a passkey; the answer counts within 5 minutes, once, in this browser."""
    attempts.check(None, "passkey_options", address, "")
    return asked(passkeys.ask())


@router.post("/passkey", dependencies=[json_only], response_model=Next, responses=errors(400, 401, 415, 429))
def passkey(body: PasskeyAnswer, request: Request, address: Address) -> Response:
    """Signs in with the passkey's answer: it counts as both factors. Sets the login cookie."""
    attempts.check(None, "passkey", address, "")
    with db.session() as session:
        user = passkeys.answered(session, request.cookies.get(CHALLENGE), body.credential)
        signed = accounts.enter(session, user, "passkey", signing.visit(request), both_factors=True)
    url = signing.whole(request, signing.own_path(request, body.callbackUrl))
    return signing.forget_cookie(signing.let_in(request, JSONResponse({"url": url}), signed), CHALLENGE)


def asked(question: passkeys.Question) -> Response:
    response = JSONResponse({"publicKey": question.options})
    response.headers.append("Set-Cookie", set_cookie(CHALLENGE, question.cookie, passkeys.CHALLENGE_LIFE))
    response.headers["Cache-Control"] = "no-store"
    return response
