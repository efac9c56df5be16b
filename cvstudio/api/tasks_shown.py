"""How a background task looks to API clients: the same in `sync` and in the stream."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from cvstudio.api.answers import iso
from cvstudio.domain import telemetry
from cvstudio.domain.background import Task
from cvstudio.language import Language

EXAMPLE: dict[str, Any] = {
    "id": "q3ZkT0xYw81LmNcb",
    "type": "generate-cv",
    "title": "Soudeur TIG",
    "status": "done",
    "progress": 100,
    "step": "",
    "filename": "cv-soudeur-tig.json",
    "deviceId": None,
    "createdAt": "2026-11-21T10:00:00Z",
    "startedAt": "2026-11-21T10:00:00Z",
    "finishedAt": "2026-11-21T10:00:01Z",
    "expectedDuration": 900,
    "result": {
        "filename": "cv-soudeur-tig.json",
        "cvId": "b7XvPq2LhS5dRtYe",
        "title": "Soudeur TIG – Atelier Ferro",
        "offerId": "Jx8TnW8sQe1VbK6m",
        "pages": 1,
        "fits": True,
    },
    "error": None,
    "errorCode": None,
    "reported": None,
}


class TaskOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: str
    type: str = Field(description="generate-cv, improve-cv, …: as in the address that asked for it")
    title: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: int = Field(ge=0, le=100)
    step: str = Field(description="what is being done: read, select, fit, write, store")
    filename: str | None = Field(description="of the CV to come, as it was promised")
    deviceId: str | None = Field(description="that asked for it")
    createdAt: str
    startedAt: str | None
    finishedAt: str | None
    expectedDuration: int | None = Field(
        description="milliseconds from request to end, as such tasks usually take; null while nobody knows"
    )
    result: dict[str, Any] | None = Field(description="once it is done")
    error: str | None = Field(description="why it failed, for people, in the caller's language")
    errorCode: str | None
    reported: dict[str, Any] | None = Field(description="what a client said of it last; decides nothing")


def shown(session: Session, tasks: list[Task], language: Language) -> list[TaskOut]:
    usual = {kind: telemetry.usual(session, kind) for kind in {task.job.kind for task in tasks}}
    return [_shown(task, usual[task.job.kind], language) for task in tasks]


def _shown(task: Task, usual: int | None, language: Language) -> TaskOut:
    job, about = task.job, task.about
    return TaskOut.model_validate(
        {
            "id": job.id,
            "type": task.type,
            "title": about.title,
            "status": task.status,
            "progress": job.progress,
            "step": job.step,
            "filename": about.filename or None,
            "deviceId": about.device or None,
            "createdAt": iso(job.created_at),
            "startedAt": iso(job.started_at) if job.started_at else None,
            "finishedAt": iso(job.finished_at) if job.finished_at else None,
            "expectedDuration": usual,
            "result": camel(job.result) if job.status == "done" else None,
            "error": task.failure(language),
            "errorCode": job.error_code,
            "reported": about.reported or None,
        }
    )


def camel(value: Any) -> Any:
    """Its keys as this door writes them."""
    if isinstance(value, dict):
        return {_camel(name): camel(inner) for name, inner in value.items()}
    return [camel(inner) for inner in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
