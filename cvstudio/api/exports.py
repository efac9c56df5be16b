"""One's CV as a file: in the formats that need no printing, and as fitmycv's PDF of the sections one chooses."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db, render
from cvstudio.api.answers import attachment, errors, zipped
from cvstudio.api.deps import AccountId, OwnerId, json_only
from cvstudio.document import Document
from cvstudio.domain import cvs, exporting, generation, rendering

router = APIRouter(prefix="/api", tags=["CVs"])

Format = Literal["json", "md", "txt", "html"]
PLAIN: dict[str, tuple[str, Callable[[Document], str]]] = {
    "json": ("application/json", render.json_resume),
    "md": ("text/markdown; charset=utf-8", render.markdown),
    "txt": ("text/plain; charset=utf-8", render.text),
}
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@router.get(
    "/cv/{cv_id}/export/{format}",
    response_class=Response,
    responses=errors(400, 404)
    | {
        200: {
            "description": "The file",
            "content": {kind.partition(";")[0]: {} for kind, _ in PLAIN.values()} | {"text/html": {}},
        }
    },
)
def export_cv(
    cv_id: str,
    format: Annotated[Format, Path(description="json (JSON Resume), md, txt or html (the printable page)")],
    owner_id: OwnerId,
) -> Response:
    """One's CV as a file to keep."""
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, owner_id, cv_id)
        document = Document.load(cv.document)
        name = f"{cv.filename.removesuffix('.json')}.{format}"
        if format == "html":
            response = attachment(generation.printable(session, owner_id, document), "text/html; charset=utf-8", name)
            response.headers["Content-Security-Policy"] = SANDBOX
            return response
    media_type, write = PLAIN[format]
    return attachment(write(document), media_type, name)


class Sections(BaseModel):
    """All are in unless they are off."""

    model_config = ConfigDict(extra="forbid")

    header: bool = Field(True, description="name, title, portrait and how to reach the person")
    summary: bool = True
    experience: bool = True
    education: bool = True
    skills: bool = True
    languages: bool = True
    projects: bool = True
    extras: bool = Field(True, description="all other sections")


class ExportPdfRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"filename": "cv-marie-dupont.json", "sections": {"projects": False}}},
    )

    filename: Annotated[str, Field(min_length=1, max_length=200)]
    sections: Sections | None = None
    format: Literal["pdf", "png"] = Field("pdf", description="png: a picture of each page, in a ZIP where several")


@router.post(
    "/export-pdf",
    response_class=Response,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 404, 415, 429, 503)
    | {200: {"content": {"application/pdf": {}, "image/png": {}, "application/zip": {}}, "description": "The file"}},
)
def export_pdf(body: ExportPdfRequest, owner_id: AccountId) -> Response:
    """Print a CV, or some of its sections. It counts as a file of the day, and may cost what a file costs."""
    with db.session(write=False) as session:
        cv_id = cvs.by_filename(session, owner_id, body.filename).id
    sections = body.sections.model_dump() if body.sections else {}
    exported = exporting.export(owner_id, cv_id, sections)
    if body.format == "pdf":
        return attachment(exported.data, generation.PDF, generation.filename(exported.job))
    pictures = rendering.pictures(exported.data)
    if len(pictures) == 1:
        return attachment(pictures[0], "image/png", generation.filename(exported.job, "png"))
    return attachment(zipped(pictures), "application/zip", generation.filename(exported.job, "zip"))
