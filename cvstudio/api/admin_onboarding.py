"""fitmycv's view of the first-run tour for administrators."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso
from cvstudio.api.deps import admin_only, json_only
from cvstudio.api.onboarding import OnboardingState, answer
from cvstudio.domain import onboarding

router = APIRouter(prefix="/api/admin/onboarding", tags=["Administration: onboarding"], dependencies=[admin_only])

ANALYTICS: dict[str, Any] = {
    "total": 120,
    "byStatus": {"new": 30, "started": 40, "skipped": 10, "completed": 40},
    "byStep": {"welcome": 80, "cv": 70, "template": 60, "preview": 50, "download": 40},
    "completionRate": 0.333,
    "medianSeconds": 240.0,
}


class ToReset(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"userId": "b7XvPq2LhS5dRtYe"}})

    userId: str = Field(max_length=80)


class WasReset(BaseModel):
    success: bool = True
    state: OnboardingState


class PersonOnTour(BaseModel):
    id: str
    email: str
    name: str
    createdAt: str
    state: OnboardingState


class PeopleOnTour(BaseModel):
    users: list[PersonOnTour]
    total: int


class TourAnalytics(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": ANALYTICS})

    total: int = Field(description="accounts")
    byStatus: dict[str, int]
    byStep: dict[str, int] = Field(description="how many accounts have done each step")
    completionRate: float = Field(description="of all accounts, 0 to 1")
    medianSeconds: float | None = Field(description="from start to completion")


@router.post("/reset", dependencies=[json_only], responses=errors(400, 401, 403, 404, 415))
def reset(body: ToReset) -> WasReset:
    """The account's tour begins anew."""
    with db.session() as session:
        state = onboarding.reset(session, body.userId)
        return WasReset(state=answer(state, onboarding.is_on(session)))


@router.get("/users", responses=errors(400, 401, 403))
def people(
    limit: Annotated[int, Query(ge=1, le=200)] = 50, offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> PeopleOnTour:
    """How far each account is, the newest first."""
    with db.session(write=False) as session:
        found, total = onboarding.people(session, limit=limit, offset=offset)
        is_on = onboarding.is_on(session)
    users = [
        PersonOnTour(
            id=user.id,
            email=user.email,
            name=user.name,
            createdAt=iso(user.created_at),
            state=answer(onboarding.state(user), is_on),
        )
        for user in found
    ]
    return PeopleOnTour(users=users, total=total)


@router.get("/analytics", responses=errors(401, 403))
def analytics() -> TourAnalytics:
    """How many get how far."""
    with db.session(write=False) as session:
        found = onboarding.analytics(session)
    completed = found.by_status["completed"]
    return TourAnalytics(
        total=found.total,
        byStatus={**found.by_status},
        byStep=found.by_step,
        completionRate=round(completed / found.total, 3) if found.total else 0.0,
        medianSeconds=found.median_seconds,
    )
