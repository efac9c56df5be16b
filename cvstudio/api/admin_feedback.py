"""fitmycv's view of what people said, for administrators."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors
from cvstudio.api.deps import admin_only, json_only
from cvstudio.api.feedback import GIVEN, FeedbackOut, Status, shown
from cvstudio.domain import feedback
from cvstudio.domain.feedback import Said

router = APIRouter(prefix="/api/analytics/feedbacks", tags=["Administration: feedback"], dependencies=[admin_only])

SAID: dict[str, Any] = GIVEN | {"userEmail": "marie@example.org", "userName": "Marie Dupont"}

Id = Annotated[str, Field(max_length=80)]


class SaidOut(FeedbackOut):
    model_config = ConfigDict(json_schema_extra={"example": SAID})

    userEmail: str | None = Field(description="null for a visitor without an account")
    userName: str | None


class SaidList(BaseModel):
    feedbacks: list[SaidOut]
    counts: dict[Status, int] = Field(description="of all, by status")
    next: str | None = Field(description="`before` of the next page, when there may be one")


class ReviewRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"id": GIVEN["id"], "status": "reviewed"}})

    id: Id
    status: Status


class RemoveRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"id": GIVEN["id"]}})

    id: Id


class SaidAnswer(BaseModel):
    feedback: FeedbackOut


class Removed(BaseModel):
    success: bool = True


@router.get("", responses=errors(400, 401, 403, 404))
def list_feedback(
    status: Annotated[Status | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=feedback.AT_ONCE)] = feedback.AT_ONCE,
    before: Annotated[str | None, Query(max_length=80, description="`next` of the page before")] = None,
) -> SaidList:
    """What people said, the newest first."""
    with db.session(write=False) as session:
        found = feedback.page(session, status=status, before=before, limit=limit)
        counts = feedback.counts(session)
    following = found[-1].feedback.id if len(found) == limit else None
    return SaidList.model_validate({"feedbacks": [_said(one) for one in found], "counts": counts, "next": following})


@router.patch("", dependencies=[json_only], responses=errors(400, 401, 403, 404, 415))
def review_feedback(body: ReviewRequest) -> SaidAnswer:
    """Say that it was read, or is to be read again."""
    with db.session() as session:
        return SaidAnswer(feedback=shown(feedback.review(session, body.id, body.status)))


@router.delete("", dependencies=[json_only], responses=errors(400, 401, 403, 404, 415))
def remove_feedback(body: RemoveRequest) -> Removed:
    """Remove it for good."""
    with db.session() as session:
        feedback.remove(session, body.id)
    return Removed()


def _said(said: Said) -> dict[str, Any]:
    who = {"userEmail": said.email or None, "userName": said.name or None}
    return shown(said.feedback).model_dump() | who
