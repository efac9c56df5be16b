"""One's CV as a file: in the formats that need no printing, and as fitmycv's PDF of the sections one chooses."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db, render
from cvstudio.api.answers import archived, attachment, errors, pages
from cvstudio.api.deps import AccountId, Lang, OwnerId, json_only
from cvstudio.document import Document
from cvstudio.domain import cvs, exporting, generation, pictures, rendering
from cvstudio.models import utcnow

router = APIRouter(prefix="/api", tags=["CVs"])

Format = Literal["json", "md", "txt", "html", "docx", "xml", "zip"]
MEDIA_TYPES = {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xml": "application/xml",
}
HTML, ZIP = "text/html; charset=utf-8", "application/zip"
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@router.get(
    "/cv/{cv_id}/export/{format}",
    response_class=Response,
    responses=errors(400, 404)
    | {
        200: {
            "description": "The file",
            "content": {kind.partition(";")[0]: {} for kind in (*MEDIA_TYPES.values(), HTML, ZIP)},
        }
    },
)
def export_cv(
    cv_id: str,
    format: Annotated[
        Format,
        Path(description="json (JSON Resume), md, txt, html, docx, xml (Europass); zip: all of them and the PDF"),
    ],
    owner_id: OwnerId,
) -> Response:
    """One's CV as a file to keep. A ZIP has the PDF too, and counts as a file of the day."""
    exported = exporting.export(owner_id, cv_id) if format == "zip" else None
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, owner_id, cv_id)
        document = Document.load(cv.document)
        write = exporting.writer(session, owner_id, document)
        page = ""
        if format in ("html", "zip"):
            page = render.on_screen(generation.printable(session, owner_id, document), document)

    def named(kind: str) -> str:
        return generation.named(document.basics.name, kind)

    name = named(format)
    if exported:
        files = {named(kind): write(kind) for kind in exporting.WRITERS}
        return attachment(archived(files | {named("html"): page, named("pdf"): exported.data}), ZIP, name)
    if format == "html":
        response = attachment(page, HTML, name)
        response.headers["Content-Security-Policy"] = SANDBOX
        return response
    return attachment(write(format), MEDIA_TYPES[format], name)


@router.get(
    "/cv/archive.zip",
    response_class=Response,
    responses=errors(400, 401, 403, 404, 429, 503) | {200: {"content": {ZIP: {}}, "description": "The files"}},
)
def export_many(
    owner_id: OwnerId,
    language: Lang,
    ids: Annotated[str, Query(min_length=1, max_length=4_000, description="of one's CVs, joined by commas")],
    format: Annotated[Literal["pdf", "json", "md", "txt", "docx", "xml"], Query()] = "pdf",
) -> Response:
    """Several CVs in one ZIP, by their titles. Each PDF counts as a file of the day; a text says which are missing."""
    made = exporting.many(owner_id, ids.split(","), format, language)
    return attachment(archived(made), ZIP, f"CV {utcnow():%Y-%m-%d}.zip")


@router.get(
    "/cv/{cv_id}/picture.png",
    response_class=FileResponse,
    responses=errors(404) | {200: {"content": {"image/png": {}}}},
)
def get_picture(
    cv_id: str,
    owner_id: OwnerId,
    v: Annotated[str, Query(max_length=64, description="names the picture: then it is cached for ever")] = "",
) -> FileResponse:
    """The first page of one's CV, small, as it prints; drawn once the list of CVs was looked at."""
    with db.session(write=False) as session:
        path = pictures.find(session, owner_id, cv_id)
    life = "max-age=31536000, immutable" if v and path.stem.startswith(v) else "no-cache"
    return FileResponse(path, media_type="image/png", headers={"Cache-Control": f"private, {life}", "Vary": "Cookie"})


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
    | {200: {"content": {"application/pdf": {}, "image/png": {}, ZIP: {}}, "description": "The file"}},
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
    return attachment(archived(pages(pictures)), ZIP, generation.filename(exported.job, "zip"))
