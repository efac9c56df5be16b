"""cv-instant-pro's jobs: ask for a CV's PDF, watch it being made, take it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import archived, attachment, errors, iso, pages, sent
from cvstudio.api.deps import AccountId, IdempotencyKey, Lang, Principal, json_only
from cvstudio.document.form_view import CVFormData
from cvstudio.domain import generation, idempotency, owners, rendering
from cvstudio.domain.idempotency import Answer
from cvstudio.errors import Unauthorized
from cvstudio.language import Language
from cvstudio.models import Job

router = APIRouter(prefix="/api/cv/jobs", tags=["CV generation"])

REQUEST: dict[str, Any] = {
    "template_id": "modern",
    "data": {
        "first_name": "Marie",
        "last_name": "Dupont",
        "title": "Développeuse web",
        "email": "marie.dupont@example.org",
        "phone": "06 39 98 00 00",
        "location": "Lyon",
        "summary": "Huit ans de développement web, du prototype à la production.",
        "experiences": [
            {
                "company": "Atelier Numérique",
                "position": "Développeuse principale",
                "start_date": "Janv. 2020",
                "end_date": "Présent",
                "achievements": ["Refonte du site : 40 % de ventes en plus"],
            }
        ],
        "education": [{"school": "Université Lyon 1", "degree": "Master Informatique", "year": "2016"}],
        "skills": ["Python", "TypeScript", "PostgreSQL"],
    },
}
RESPONSE: dict[str, Any] = {
    "job_id": "q3ZkT0xYw81LmNcb",
    "jobId": "q3ZkT0xYw81LmNcb",
    "cv_id": "b7XvPq2LhS5dRtYe",
    "status": "done",
    "progress": 100,
    "step": "",
    "error": None,
    "error_code": None,
    "download_url": "/api/cv/jobs/q3ZkT0xYw81LmNcb/download",
    "downloadUrl": "/api/cv/jobs/q3ZkT0xYw81LmNcb/download",
    "pages": 1,
    "created_at": "2026-11-21T10:00:00Z",
    "finished_at": "2026-11-21T10:00:01Z",
}

JobId = Annotated[str, Path(description="opaque; `job_id` of the answer to the POST")]


class CVGenerateRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": REQUEST})

    template_id: Annotated[str, Field(max_length=80)] | int = Field(description="slug or number of a template")
    data: CVFormData
    notify: bool = Field(False, description="a mail when the PDF is ready, to the account's confirmed address")


class CVJobResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": RESPONSE})

    job_id: str
    jobId: str = Field(description="the same as `job_id`")
    cv_id: str | None = Field(description="the CV that was made of the data, or that the file was made of")
    status: Literal["queued", "running", "done", "failed"]
    progress: int = Field(ge=0, le=100)
    step: str = Field(description="what is being done: write, compose, print, store")
    error: str | None = Field(description="why it failed, for people, in the caller's language")
    error_code: str | None
    download_url: str | None = Field(description="where the PDF is, once it is done")
    downloadUrl: str | None = Field(description="the same as `download_url`")
    pages: int | None = Field(description="of the PDF")
    created_at: str
    finished_at: str | None


@router.post(
    "",
    status_code=202,
    response_model=CVJobResponse,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 404, 409, 413, 415, 429),
)
def create_job(
    body: CVGenerateRequest, owner_id: AccountId, language: Lang, key: IdempotencyKey = None
) -> JSONResponse:
    """Make a CV of the form and ask for its PDF. Answers at once; ask the address in `Location` how it goes."""

    def work() -> Answer:
        job = generation.start_form(session, owner_id, str(body.template_id), body.data, language, notify=body.notify)
        return Answer(202, job_response(job, language).model_dump())

    with db.session() as session:
        owners.ensure(session, owner_id, language)
        given = body.model_dump_json().encode()
        answer = idempotency.once(session, owner_id, key, "POST /api/cv/jobs", given, work)
    return sent(answer, Location=f"/api/cv/jobs/{answer.body['job_id']}")


@router.get("/{job_id}", responses=errors(401, 404))
def get_job(job_id: JobId, owner_id: AccountId, language: Lang) -> CVJobResponse:
    """How far the job is."""
    with db.session(write=False) as session:
        return job_response(generation.get_job(session, owner_id, job_id), language)


@router.get(
    "/{job_id}/download",
    response_class=FileResponse,
    responses=errors(401, 404, 409)
    | {200: {"content": {"application/pdf": {}, "image/png": {}, "application/zip": {}}, "description": "The file"}},
)
def download(
    job_id: JobId,
    principal: Principal,
    format: Annotated[
        Literal["pdf", "png"], Query(description="png: a picture of each page, in a ZIP when there are several")
    ] = "pdf",
) -> Response:
    """The PDF. 409 `NOT_READY` until the job is done. Our pages' visitors need no account for what they made."""
    owner_id = principal.owner_id or ""
    with db.session() as session:
        try:
            job = generation.get_job(session, owner_id, job_id)
        except generation.JobNotFound:
            if principal.user is None:
                raise Unauthorized from None
            raise
        found = generation.file(session, owner_id, job_id)
    if found is None:
        raise generation.NotReady
    path, name = found
    if format == "pdf":
        return FileResponse(path, media_type=generation.PDF, filename=name, headers={"Cache-Control": "private"})
    pictures = rendering.pictures(path.read_bytes())
    if len(pictures) == 1:
        return attachment(pictures[0], "image/png", generation.filename(job, "png"))
    return attachment(archived(pages(pictures)), "application/zip", generation.filename(job, "zip"))


def job_response(job: Job, language: Language) -> CVJobResponse:
    address = f"/api/cv/jobs/{job.id}/download" if job.status == "done" else None
    return CVJobResponse.model_validate(
        {
            "job_id": job.id,
            "jobId": job.id,
            "cv_id": job.cv_id,
            "status": job.status,
            "progress": job.progress,
            "step": job.step,
            "error": generation.failure(job, language),
            "error_code": job.error_code,
            "download_url": address,
            "downloadUrl": address,
            "pages": job.result.get("pages"),
            "created_at": iso(job.created_at),
            "finished_at": iso(job.finished_at) if job.finished_at else None,
        }
    )
