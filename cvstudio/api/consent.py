"""fitmycv's consents: what someone chose about cookies and their data, and when."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso
from cvstudio.api.auth import Success
from cvstudio.api.deps import CurrentUser, Lang, OwnerId, json_only
from cvstudio.domain import consents

router = APIRouter(prefix="/api/consent", tags=["Consent"])

CHOICE: dict[str, Any] = {"action": "customize", "preferences": {"necessary": True, "analytics": False}}

Purpose = Annotated[str, Field(min_length=1, max_length=60)]
Answer = bool | int | float | Annotated[str, Field(max_length=200)]


class Choice(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": CHOICE})

    action: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_.:-]{0,39}$", description="accept_all, reject_all, customize, withdraw, …"
    )
    preferences: Annotated[dict[Purpose, Answer], Field(max_length=30)] = Field(
        default_factory=dict, description="purpose → yes or no"
    )


class ConsentData(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "q3ZkT0xYw81LmNcb",
                **CHOICE,
                "language": "fr",
                "createdAt": "2026-11-21T10:00:00Z",
            }
        }
    )
    id: str
    action: str
    preferences: dict[str, Any]
    language: str = Field(description="that it was asked in")
    createdAt: str


class ConsentHistory(BaseModel):
    history: list[ConsentData]


@router.post("/log", dependencies=[json_only], responses=errors(400, 415))
def log_consent(body: Choice, owner_id: OwnerId, language: Lang) -> Success:
    """Keeps a choice, also a visitor's: it becomes the account's when they sign in."""
    with db.session() as session:
        consents.record(session, owner_id, body.action, body.preferences, language)
    return Success()


@router.get("/history", responses=errors(401))
def consent_history(user: CurrentUser) -> ConsentHistory:
    """All of one's choices, the last first."""
    with db.session(write=False) as session:
        found = consents.history(session, user.id)
    return ConsentHistory(
        history=[
            ConsentData(
                id=consent.id,
                action=consent.action,
                preferences=consent.preferences,
                language=consent.locale,
                createdAt=iso(consent.created_at),
            )
            for consent in found
        ]
    )
