"""fitmycv's improvement of a CV: proposed line by line, each accepted by itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, sent
from cvstudio.api.deps import AccountId, Device, IdempotencyKey, json_only
from cvstudio.domain import cvs, idempotency, improving
from cvstudio.domain.idempotency import Answer

router = APIRouter(prefix="/api/cv/improve", tags=["Tailoring"])

TASK = "q3ZkT0xYw81LmNcb"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ImproveRequest(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {"filename": "cv-soudeur-tig.json", "sections": ["work"]}})

    filename: Annotated[str, Field(max_length=200)]
    sections: list[Annotated[str, Field(max_length=40)]] | None = Field(
        None, max_length=20, description="summary, work, volunteer, projects, education, custom; all without it"
    )
    deviceId: Device = None


class ImproveResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"taskId": TASK}})

    taskId: str


class AcceptRequest(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {"proposalId": "work/w1/highlights/0"}})

    proposalId: Annotated[str, Field(max_length=300)]


class AcceptResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"success": True, "filename": "cv-soudeur-tig.json", "revision": 4}}
    )

    success: bool
    filename: str
    revision: int = Field(description="of the CV, which grows with every change")


@router.post(
    "",
    response_model=ImproveResponse,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 404, 409, 415, 429),
)
def improve_cv(body: ImproveRequest, owner_id: AccountId, key: IdempotencyKey = None) -> JSONResponse:
    """Have better wordings proposed. The task's result (`GET /api/background-tasks/sync`) holds `proposals`, each with
    `id`, `section`, `item`, `before`, `after`, `why` (tidied: the same words; reworded) and the `facts` it rests on;
    once some were decided, `accepted` and `declined` hold their ids.
    """

    def work() -> Answer:
        cv = cvs.by_filename(session, owner_id, body.filename)
        job = improving.start(session, owner_id, cv, body.sections, body.deviceId or "")
        return Answer(200, {"taskId": job.id})

    with db.session() as session:
        request = body.model_dump_json().encode()
        return sent(idempotency.once(session, owner_id, key, "POST /api/cv/improve", request, work))


@router.post("/{task_id}/accept", dependencies=[json_only], responses=errors(400, 401, 404, 409, 415))
def accept_proposal(
    task_id: Annotated[str, Path(description="`taskId` of the answer to the POST")],
    body: AcceptRequest,
    owner_id: AccountId,
) -> AcceptResponse:
    """Put one proposal into the CV; once more changes nothing. 409 `PROPOSAL_STALE` where the line changed since."""
    with db.session() as session:
        cv = improving.take(session, owner_id, task_id, body.proposalId)
        found: dict[str, Any] = {"success": True, "filename": cv.filename, "revision": cv.revision}
    return AcceptResponse(**found)
