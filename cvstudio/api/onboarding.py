"""fitmycv's first-run tour: how far one is."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors
from cvstudio.api.deps import CurrentUser, Lang, json_only
from cvstudio.domain import onboarding, tiers
from cvstudio.domain.onboarding import STEPS, Action, State, Status
from cvstudio.domain.tiers import Tier

router = APIRouter(prefix="/api/user/onboarding", tags=["Onboarding"])

STATE: dict[str, Any] = {
    "status": "started",
    "currentStep": "template",
    "currentStepNumber": 3,
    "completedSteps": ["welcome", "cv"],
    "steps": [*STEPS],
    "skipped": False,
    "startedAt": "2026-11-21T10:00:00Z",
    "completedAt": None,
    "data": {"cv": {"cvId": "b7XvPq2LhS5dRtYe"}},
    "offered": True,
}
PLAN: dict[str, Any] = {
    "id": "pro",
    "name": "Pro",
    "generationsPerHour": 50,
    "freeFilesPerDay": None,
    "freeEditsPerDay": None,
}

Step = Annotated[str, Field(max_length=40)] | int
STEP = f"{', '.join(STEPS)}, or its number from 1"


class StepChange(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"step": "template"}})

    step: Step = Field(description=STEP)
    data: Any = Field(None, description="what you want to keep with the step, as JSON; replaces what was there")


class StepsDone(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"completedSteps": ["welcome", "cv"]}})

    completedSteps: Annotated[list[Step], Field(max_length=50)] = Field(
        description=f"besides those already done; each {STEP}"
    )


class Payload(BaseModel):
    model_config = ConfigDict(extra="forbid")

    step: Step | None = Field(None, description=STEP)


class ActionRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"action": "skip"}})

    action: Action = Field(
        description="start (or go on, at `payload.step`); skip; complete (`payload.step`, or all); reset"
    )
    payload: Payload | None = None


class OnboardingState(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": STATE})

    status: Status
    currentStep: str | None = Field(description="null once the tour is over")
    currentStepNumber: int | None = Field(description="from 1")
    completedSteps: list[str]
    steps: list[str] = Field(description="all of them, in order")
    skipped: bool
    startedAt: str | None
    completedAt: str | None
    data: dict[str, Any] = Field(description="step → what was kept with it")
    offered: bool = Field(description="whether to show the tour")


class OnboardingAnswer(BaseModel):
    state: OnboardingState


class Plan(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": PLAN})

    id: str
    name: str
    generationsPerHour: int
    freeFilesPerDay: int | None = Field(description="null: all of them")
    freeEditsPerDay: int | None = Field(description="null: all of them")


class Plans(BaseModel):
    plans: list[Plan]


@router.get("", responses=errors(401))
def get_state(user: CurrentUser) -> OnboardingAnswer:
    """How far one is."""
    with db.session(write=False) as session:
        return OnboardingAnswer(state=answer(onboarding.state(user), onboarding.is_on(session)))


@router.put("", dependencies=[json_only], responses=errors(400, 401, 415))
def go_to_step(body: StepChange, user: CurrentUser, language: Lang) -> OnboardingAnswer:
    """Where one is now."""
    with db.session() as session:
        found = onboarding.go_to(session, user.id, body.step, body.data, language)
        return OnboardingAnswer(state=answer(found, onboarding.is_on(session)))


@router.patch("", dependencies=[json_only], responses=errors(400, 401, 415))
def complete_steps(body: StepsDone, user: CurrentUser, language: Lang) -> OnboardingAnswer:
    """Adds steps that are done; with the last of them the tour is."""
    with db.session() as session:
        found = onboarding.complete(session, user.id, body.completedSteps, language)
        return OnboardingAnswer(state=answer(found, onboarding.is_on(session)))


@router.post("", dependencies=[json_only], responses=errors(400, 401, 415))
def act(body: ActionRequest, user: CurrentUser, language: Lang) -> OnboardingAnswer:
    """Start, skip, complete or reset the tour."""
    step = body.payload.step if body.payload else None
    with db.session() as session:
        found = onboarding.act(session, user.id, body.action, step, language)
        return OnboardingAnswer(state=answer(found, onboarding.is_on(session)))


@router.get("/subscribe")
def plans() -> Plans:
    """The plans that one can have, to choose from at the end of the tour."""
    with db.session(write=False) as session:
        found = [tier for tier in tiers.every(session) if tier.name != tiers.ANONYMOUS.name]
    return Plans(plans=[_plan(tier) for tier in found])


def answer(state: State, is_on: bool) -> OnboardingState:
    return OnboardingState(
        status=state.status,
        currentStep=state.current,
        currentStepNumber=STEPS.index(state.current) + 1 if state.current else None,
        completedSteps=state.completed,
        steps=list(STEPS),
        skipped=state.skipped,
        startedAt=state.started_at,
        completedAt=state.completed_at,
        data=state.data,
        offered=is_on and state.status in ("new", "started"),
    )


def _plan(tier: Tier) -> Plan:
    return Plan(
        id=tier.name,
        name=tier.name.capitalize(),
        generationsPerHour=tier.generations,
        freeFilesPerDay=tier.free_files,
        freeEditsPerDay=tier.free_edits,
    )
