"""One's passkeys: made, named, removed."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api import signing
from cvstudio.api.answers import errors, iso
from cvstudio.api.auth import Success, Text
from cvstudio.api.auth_factors import CHALLENGE, PasskeyOptions, asked
from cvstudio.api.deps import CurrentUser, Lang, UserAgent, json_only
from cvstudio.domain.accounts import passkeys
from cvstudio.models import Passkey as Key

router = APIRouter(prefix="/api/account/passkeys", tags=["Account"])

KeyId = Annotated[str, Path(max_length=100)]


class Passkey(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "q3ZkT0xYw81LmNcb",
                "name": "Firefox · Linux",
                "createdAt": "2026-11-21T10:00:00Z",
                "usedAt": "2026-11-21T10:00:00Z",
            }
        }
    )
    id: str
    name: str
    createdAt: str
    usedAt: str | None = Field(description="when it last signed in")


class Passkeys(BaseModel):
    passkeys: list[Passkey]


class NewPasskey(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Mon téléphone", "credential": {"id": "…", "type": "public-key"}}}
    )
    credential: dict[str, Any] = Field(description="`PublicKeyCredential.toJSON()`")
    name: Text | None = Field(None, description="without one, it is named after the browser")


class Name(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"name": "Mon téléphone"}})
    name: Text


@router.get("", responses=errors(401))
def list_passkeys(user: CurrentUser) -> Passkeys:
    """One's passkeys, the oldest first."""
    with db.session(write=False) as session:
        return Passkeys(passkeys=[_shown(key) for key in passkeys.owned(session, user.id)])


@router.post("/options", response_model=PasskeyOptions, responses=errors(401))
def passkey_options(user: CurrentUser) -> Response:
    """What to ask a device for a new passkey; the answer counts within 5 minutes, once, in this browser."""
    with db.session(write=False) as session:
        return asked(passkeys.ask_new(session, user))


@router.post(
    "", status_code=201, dependencies=[json_only], response_model=Passkey, responses=errors(400, 401, 409, 415)
)
def add_passkey(body: NewPasskey, request: Request, user: CurrentUser, user_agent: UserAgent) -> Response:
    """Adds the passkey that the device made."""
    with db.session() as session:
        key = passkeys.add(session, user, request.cookies.get(CHALLENGE), body.credential, body.name or "", user_agent)
        shown = _shown(key).model_dump()
    return signing.forget_cookie(JSONResponse(shown, 201), CHALLENGE)


@router.patch("/{key_id}", dependencies=[json_only], responses=errors(400, 401, 404, 415))
def rename_passkey(key_id: KeyId, body: Name, user: CurrentUser, language: Lang) -> Passkey:
    """Gives it another name."""
    with db.session() as session:
        return _shown(passkeys.rename(session, user.id, key_id, body.name, language))


@router.delete("/{key_id}", responses=errors(401, 404, 409))
def remove_passkey(key_id: KeyId, user: CurrentUser, user_agent: UserAgent) -> Success:
    """It opens the account no more. 409 `LAST_WAY_IN` when nothing else does."""
    with db.session() as session:
        passkeys.remove(session, user.id, key_id, user_agent)
    return Success()


def _shown(key: Key) -> Passkey:
    return Passkey(
        id=key.id, name=key.name, createdAt=iso(key.created_at), usedAt=iso(key.used_at) if key.used_at else None
    )
