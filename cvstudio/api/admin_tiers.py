"""What the tiers allow, as an administrator sets it."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso
from cvstudio.api.deps import Admin, admin_only, json_only
from cvstudio.domain import tiers
from cvstudio.domain.tiers import MOST, Tier
from cvstudio.models import TierChange

router = APIRouter(prefix="/api/admin/tiers", tags=["Administration"], dependencies=[admin_only])

FIELDS = {"generations": "generations", "freeFiles": "free_files", "freeEdits": "free_edits"}
Number = Annotated[int, Field(strict=True, ge=0, le=MOST)]


class TierValues(BaseModel):
    generations: int = Field(description="that may be asked for within `seconds`")
    seconds: int
    freeFiles: int | None = Field(description="a day; beyond them a file costs credits; null: all of them")
    freeEdits: int | None = Field(description="the same, of edits that are reported by `POST /api/cv/debit-edit`")


class TierChanged(BaseModel):
    changedAt: str
    changedBy: str | None = Field(description="an account's id")
    changes: dict[str, int | None] = Field(description="all that was different from the default from then on")


class TierResponse(TierValues):
    tier: str
    default: TierValues
    history: list[TierChanged] = Field(description="the newest first")


class TiersResponse(BaseModel):
    tiers: list[TierResponse]


class TierChangeRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"tier": "pro", "generations": 60}})

    tier: str = Field(max_length=40)
    generations: Number | None = None
    freeFiles: Number | None = None
    freeEdits: Number | None = None


@router.get("", responses=errors(401, 403))
def get_tiers() -> TiersResponse:
    """Every tier, visitors without an account included, with what was changed of it."""
    with db.session(write=False) as session:
        return TiersResponse(
            tiers=[_response(tier, tiers.history(session, tier.name)) for tier in tiers.every(session)]
        )


@router.patch("", dependencies=[json_only], responses=errors(400, 401, 403, 404, 415))
def change_tier(body: TierChangeRequest, admin: Admin) -> TierResponse:
    """Set what is given, for everyone, from now on; null for the free ones means all of them."""
    given = body.model_dump(exclude_unset=True, exclude={"tier"})
    with db.session() as session:
        tier = tiers.change(session, body.tier, {FIELDS[name]: value for name, value in given.items()}, admin.id)
        return _response(tier, tiers.history(session, tier.name))


def _values(tier: Tier) -> dict[str, Any]:
    return {"seconds": tier.seconds} | {name: getattr(tier, field) for name, field in FIELDS.items()}


def _response(tier: Tier, history: list[TierChange]) -> TierResponse:
    names = {field: name for name, field in FIELDS.items()}
    return TierResponse(
        tier=tier.name,
        default=TierValues(**_values(tiers.TIERS[tier.name])),
        history=[
            TierChanged(
                changedAt=iso(change.changed_at),
                changedBy=change.changed_by,
                changes={names[field]: value for field, value in change.changes.items()},
            )
            for change in history
        ],
        **_values(tier),
    )
