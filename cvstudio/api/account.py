"""One's own account: password, profile, and where one is signed in."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api import signing
from cvstudio.api.answers import errors, iso
from cvstudio.api.auth import ProfileChange, Success, Text, changed
from cvstudio.api.deps import Address, CurrentUser, Lang, LoginId, UserAgent, json_only
from cvstudio.api.users import UserResponse, user_response
from cvstudio.domain import attempts
from cvstudio.domain.accounts import letters, sessions

router = APIRouter(prefix="/api/account", tags=["Account"])


class NewPassword(BaseModel):
    currentPassword: Text = Field("", description="blank for an account that has none yet")
    newPassword: Text


class ProfileResponse(BaseModel):
    user: UserResponse


class SignIn(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "q3ZkT0xYw81LmNcb",
                "current": True,
                "method": "magic",
                "userAgent": "Mozilla/5.0 …",
                "address": "203.0.113.0/24",
                "createdAt": "2026-11-21T10:00:00Z",
                "seenAt": "2026-11-21T10:00:00Z",
                "expiresAt": "2026-12-21T10:00:00Z",
            }
        }
    )
    id: str
    current: bool = Field(description="the one that asks")
    method: str = Field(description="password, magic, verification, …")
    userAgent: str
    address: str = Field(description="the network it came from")
    createdAt: str
    seenAt: str
    expiresAt: str


class SignIns(BaseModel):
    sessions: list[SignIn]


class Ended(Success):
    ended: int = Field(description="how many sessions")


@router.put("/password", dependencies=[json_only], responses=errors(400, 401, 415, 429))
def change_password(
    body: NewPassword, user: CurrentUser, login_id: LoginId, address: Address, language: Lang, user_agent: UserAgent
) -> Success:
    """A new password. All other sessions end."""
    attempts.check(None, "password", address, user.email)
    letters.change_password(
        user,
        body.currentPassword,
        body.newPassword,
        language,
        keep=login_id,
        old_field="currentPassword",
        new_field="newPassword",
        user_agent=user_agent,
    )
    return Success()


@router.put("/profile", dependencies=[json_only], responses=errors(400, 401, 415, 429))
def change_profile(body: ProfileChange, user: CurrentUser, address: Address, language: Lang) -> ProfileResponse:
    """Change what is given. A new address counts once the mail sent there is answered; the old one is told."""
    return ProfileResponse(user=user_response(changed(user, body, address, language)))


@router.get("/sessions", responses=errors(401))
def list_sessions(user: CurrentUser, login_id: LoginId) -> SignIns:
    """Where one is signed in, the last used first."""
    with db.session(write=False) as session:
        found = sessions.living(session, user.id)
    return SignIns(
        sessions=[
            SignIn(
                id=login.id,
                current=login.id == login_id,
                method=login.method,
                userAgent=login.user_agent,
                address=login.address,
                createdAt=iso(login.created_at),
                seenAt=iso(login.seen_at),
                expiresAt=iso(login.expires_at),
            )
            for login in found
        ]
    )


@router.delete("/sessions", response_model=Ended, responses=errors(401))
def end_sessions(
    user: CurrentUser,
    login_id: LoginId,
    keep: Annotated[Literal["current", ""], Query(description="`current`: all but the one that asks")] = "",
) -> Response:
    """Signs out everywhere, at once."""
    with db.session() as session:
        ended = sessions.end_all(session, user.id, but=login_id if keep else None)
    response = JSONResponse(Ended(ended=ended).model_dump())
    return response if keep else signing.let_out(response)


@router.delete("/sessions/{session_id}", response_model=Success, responses=errors(401, 404))
def end_session(session_id: Annotated[str, Path(max_length=100)], user: CurrentUser, login_id: LoginId) -> Response:
    """Ends one of one's sessions, at once."""
    with db.session() as session:
        sessions.revoke(session, user.id, session_id)
    response = JSONResponse(Success().model_dump())
    return signing.let_out(response) if session_id == login_id else response
