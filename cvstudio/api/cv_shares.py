"""Links that show a CV to whoever has them: made, looked at, changed and withdrawn by its owner."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.cvs import Filename
from cvstudio.api.deps import AccountId, IdempotencyKey, Lang, json_only
from cvstudio.api.shares import link
from cvstudio.config import settings
from cvstudio.domain import cvs, idempotency, shares
from cvstudio.domain.accounts import passwords
from cvstudio.domain.idempotency import Answer
from cvstudio.models import Cv, Share, utcnow

router = APIRouter(prefix="/api/cvs/shares", tags=["Shared CVs"])

SHARE: dict[str, Any] = {
    "id": "q3ZkT0xYw81LmNcb",
    "filename": "cv-marie-dupont.json",
    "cvId": "b7XvPq2LhS5dRtYe",
    "url": "https://cv.example.org/s/ZkT0xYw81LmNcbq3b7XvPq",
    "hasPassword": False,
    "expiresAt": "2026-12-31T00:00:00Z",
    "expired": False,
    "listed": False,
    "views": 12,
    "downloads": 3,
    "createdAt": "2026-11-21T10:00:00Z",
}

Password = Annotated[
    str | None,
    Field(min_length=1, max_length=passwords.MAX_LENGTH, description="asked for before the CV is shown; null: none"),
]


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("no such moment in UTC") from fault


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
Expiry = Annotated[Moment | None, Field(description="when it closes by itself; null: never")]
Listed = Annotated[bool, Field(description="whether search engines may find it; never with a password")]


class CreateShareRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"filename": SHARE["filename"], "password": "trois mots longs", "expiresAt": SHARE["expiresAt"]}
        },
    )

    filename: Filename
    password: Password = None
    expiresAt: Expiry = None
    listed: Listed = False


class ChangeShareRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"password": None, "expiresAt": None, "listed": True}}
    )

    password: Password = None
    expiresAt: Expiry = None
    listed: Listed = False


class ShareOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": SHARE})

    id: str
    filename: str
    cvId: str
    url: str = Field(description="the page; `/pdf` behind it is the file, `/picture.png` its picture (no password)")
    hasPassword: bool
    expiresAt: str | None
    expired: bool
    listed: bool
    views: int = Field(description="by others than its owner; robots that show or list links are not counted")
    downloads: int
    createdAt: str


class ShareAnswer(BaseModel):
    share: ShareOut


class ShareList(BaseModel):
    shares: list[ShareOut]


@router.get("", responses=errors(400, 401, 404))
def list_shares(
    owner_id: AccountId,
    file: Annotated[str | None, Query(max_length=200, description="of this CV alone, by its `filename`")] = None,
) -> ShareList:
    """The links of one's CVs, the newest first. A CV has one at a time."""
    with db.session(write=False) as session:
        found = shares.mine(session, owner_id)
        wanted = cvs.by_filename(session, owner_id, file).id if file is not None else None
    return ShareList(shares=[_shown(one, cv) for one, cv in found if wanted in (None, cv.id)])


@router.post(
    "",
    status_code=201,
    response_model=ShareAnswer,
    dependencies=[json_only],
    responses=errors(400, 401, 404, 409, 415, 429),
)
def create_share(
    body: CreateShareRequest, owner_id: AccountId, language: Lang, key: IdempotencyKey = None
) -> JSONResponse:
    """Make a link to a CV. It shows the CV as it stands, whenever it is opened. 409 `ALREADY_SHARED`."""
    hashed = shares.kept_of(owner_id, body.password, language) if body.password else None

    def work() -> Answer:
        cv = cvs.by_filename(session, owner_id, body.filename)
        made = shares.share(
            session,
            owner_id,
            cv.id,
            expires_at=body.expiresAt,
            listed=body.listed,
            password_hash=hashed,
            new=True,
        )
        return Answer(201, ShareAnswer(share=_shown(made, cv)).model_dump())

    with db.session() as session:
        request = body.model_dump_json(exclude={"password"}).encode() + _sealed(body.password)
        return sent(idempotency.once(session, owner_id, key, "POST /api/cvs/shares", request, work))


@router.get("/{share_id}", responses=errors(401, 404))
def get_share(share_id: str, owner_id: AccountId) -> ShareAnswer:
    """One link, and what became of it."""
    with db.session(write=False) as session:
        found, cv = shares.get_owned(session, owner_id, share_id)
    return ShareAnswer(share=_shown(found, cv))


@router.patch("/{share_id}", dependencies=[json_only], responses=errors(400, 401, 404, 415, 429))
def change_share(share_id: str, body: ChangeShareRequest, owner_id: AccountId, language: Lang) -> ShareAnswer:
    """Change what holds for a link; what is not sent stays. Its address stays too."""
    given = body.model_fields_set
    hashed = shares.kept_of(owner_id, body.password, language) if body.password else None
    with db.session() as session:
        found, cv = shares.get_owned(session, owner_id, share_id)
        changed = shares.share(
            session,
            owner_id,
            cv.id,
            expires_at=body.expiresAt if "expiresAt" in given else found.expires_at,
            listed=body.listed if "listed" in given else found.listed,
            password_hash=hashed if "password" in given else found.password_hash,
        )
        return ShareAnswer(share=_shown(changed, cv))


@router.delete("/{share_id}", status_code=204, responses=errors(401, 404))
def withdraw_share(share_id: str, owner_id: AccountId) -> Response:
    """Withdraw a link: from now on it opens nothing, and never again."""
    with db.session() as session:
        shares.withdraw(session, owner_id, shares.get_owned(session, owner_id, share_id)[1].id)
    return Response(status_code=204)


def _sealed(password: str | None) -> bytes:
    """Tells two requests apart without anything being kept that their password could be guessed from."""
    return hmac.digest(settings().secret_key.encode(), password.encode(), sha256) if password else b""


def _shown(share: Share, cv: Cv) -> ShareOut:
    return ShareOut(
        id=share.id,
        filename=cv.filename,
        cvId=cv.id,
        url=link(share.token),
        hasPassword=share.password_hash is not None,
        expiresAt=iso(share.expires_at) if share.expires_at else None,
        expired=share.expires_at is not None and share.expires_at <= utcnow(),
        listed=share.listed,
        views=share.views,
        downloads=share.downloads,
        createdAt=iso(share.created_at),
    )
