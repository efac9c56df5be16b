"""fitmycv's telemetry: what pages report with consent, and how long tasks usually take."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors
from cvstudio.api.deps import AccountId, OwnerId, admin_only, json_only
from cvstudio.domain import background, telemetry
from cvstudio.errors import InvalidInput
from cvstudio.models.fields import storable

router = APIRouter(tags=["Telemetry"])

DAY_MS = 86_400_000
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,59}$")]
Value = bool | int | float | Annotated[str, Field(max_length=200)]


class TrackRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"type": "template_chosen", "category": "editor", "metadata": {"template": "tech"}}
        },
    )

    type: Name
    category: Name
    metadata: Annotated[dict[Name, Value], Field(max_length=20)] = Field(
        default_factory=dict, description="numbers, yes or no, short texts; nothing about the person"
    )
    duration: int | float | None = Field(None, ge=0, le=DAY_MS, description="milliseconds")


class TrackResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "recorded": True}})

    success: Literal[True]
    recorded: bool = Field(description="false: the caller has not consented to `analytics`; nothing was kept")


class AverageResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"averageDuration": 900}})

    averageDuration: int | None = Field(
        description="milliseconds from request to end, the median of the newest 200 tasks; null before there was one"
    )


class FirstImportResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"duration": 700}})

    duration: int | None = Field(description="milliseconds, the median of people's first imports; null before any")


class CleanupResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "deleted": 12}})

    success: Literal[True]
    deleted: int


@router.post("/api/telemetry/track", dependencies=[json_only], responses=errors(400, 415, 429))
def track(body: TrackRequest, owner_id: OwnerId) -> TrackResponse:
    """Keep an event for 90 days, if the caller's last consent (`POST /api/consent/log`) has `analytics: true`."""
    details: dict[str, Any] = body.metadata
    if not storable(details):
        raise InvalidInput(fields={"metadata": ["not valid Unicode"]})
    duration = None if body.duration is None else round(body.duration)
    with db.session() as session:
        kept = telemetry.record(session, owner_id, body.type, body.category, details, duration)
    return TrackResponse(success=True, recorded=kept is not None)


@router.get("/api/telemetry/average-task-duration", responses=errors(400, 401))
def average_task_duration(
    _owner_id: AccountId, type: Annotated[str, Query(max_length=60, description="generate-cv, import-pdf, …")]
) -> AverageResponse:
    """How long such a task usually takes, as measured here."""
    kind = telemetry.kind_of(type)
    if kind is None:
        raise InvalidInput("no such type of task", fields={"type": [" | ".join(background.TYPES.values())]})
    with db.session(write=False) as session:
        return AverageResponse(averageDuration=telemetry.usual(session, kind))


@router.get("/api/telemetry/first-import-duration", responses=errors(401))
def first_import_duration(_owner_id: AccountId) -> FirstImportResponse:
    """How long someone's first import usually takes, as measured here."""
    with db.session(write=False) as session:
        return FirstImportResponse(duration=telemetry.first_import(session))


@router.delete("/api/admin/telemetry/cleanup", dependencies=[admin_only], responses=errors(400, 401, 403))
def clean_up(
    olderThanDays: Annotated[int, Query(ge=0, le=3650)] = telemetry.KEPT.days,
) -> CleanupResponse:
    """Forget the events that are older."""
    with db.session() as session:
        return CleanupResponse(success=True, deleted=telemetry.clean_up(session, timedelta(days=olderThanDays)))
