"""What a worker without our disk calls: the page to print, and the place for the print."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from cvstudio import db
from cvstudio.api.answers import errors
from cvstudio.api.errors import UnsupportedMediaType
from cvstudio.domain import generation, internal, rendering
from cvstudio.models import Json

router = APIRouter(prefix="/internal", tags=["Worker"])

JobId = Annotated[str, Query(alias="jobId")]
Token = Annotated[str, Query(description="HMAC of job, purpose and time, valid for five minutes")]


class StoredFile(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"file": "9f86d081884c7d65…", "pages": 2, "bytes": 41873}})

    file: str = Field(description="key in the store")
    pages: int
    bytes: int


@router.get("/cv-render", response_class=HTMLResponse, responses=errors(400, 401, 404))
def cv_render(job_id: JobId, token: Token) -> HTMLResponse:
    """The HTML of the job's CV, complete in itself."""
    with db.session(write=False) as session:
        return HTMLResponse(generation.page(session, internal.job_for(session, job_id, token, "render")))


@router.post(
    "/cv-store",
    responses=errors(400, 401, 404, 413, 415),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def cv_store(
    request: Request,
    job_id: JobId,
    token: Token,
    renderer: Annotated[str, Query(max_length=200, description="what printed it: browser, its version, fonts")] = "",
) -> StoredFile:
    """Keeps the PDF that was printed of the job's page."""
    data = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip() != generation.PDF:
        raise UnsupportedMediaType(expected=generation.PDF)
    return StoredFile.model_validate(await run_in_threadpool(_store, job_id, token, renderer, data))


def _store(job_id: str, token: str, renderer: str, data: bytes) -> Json:
    with db.session() as session:
        return rendering.keep(session, internal.job_for(session, job_id, token, "store"), data, renderer)
