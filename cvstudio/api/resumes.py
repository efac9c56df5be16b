"""cv-builder's resumes, for visitors too: saved a field at a time, exported at once."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import IdempotencyKey, Lang, OwnerId, Principal, json_only
from cvstudio.api.revisions import IfMatch, Revision, etag, expected
from cvstudio.config import settings
from cvstudio.document import Document, resume_view
from cvstudio.document.model import MAX_ITEMS
from cvstudio.document.resume_view import Experience, Resume, School, Skill
from cvstudio.domain import billing, cvs, exporting, idempotency, library, resumes
from cvstudio.domain.accounts import Principal as Who
from cvstudio.domain.idempotency import Answer
from cvstudio.language import Language
from cvstudio.models import Cv, utcnow
from cvstudio.render import themes

router = APIRouter(prefix="/api", tags=["Resumes"])

DEFAULT_TEMPLATE = "modern"
NEXT_CURSOR = "X-Next-Cursor"
ResumeId = Annotated[str, Path(description="opaque; `id` of a resume")]

REQUEST: dict[str, Any] = {
    "template": "modern",
    "full_name": "Marie Dubois",
    "email": "marie.dubois@example.org",
    "title": "Cheffe de projet",
    "experience_data": [
        {
            "company": "Ormeau Distribution",
            "position": "Cheffe de projet",
            "location": "Nantes",
            "start_date": "2020-03-01",
            "end_date": None,
            "is_current": True,
            "description": "Projets web pour le siège.\n• Refonte du site en six mois.",
            "order": 0,
        }
    ],
    "skills_data": [{"name": "Gestion de projet", "level": "expert", "category": "Management", "order": 0}],
    "languages_data": [{"language": "Français", "level": "Natif"}],
}
RESUME: dict[str, Any] = {
    "id": "b7XvPq2LhS5dRtYe",
    "session_id": None,
    "user": "q3ZkT0xYw81LmNcb",
    "template": "modern",
    "template_number": 1,
    "full_name": "Marie Dubois",
    "title": "Cheffe de projet",
    "email": "marie.dubois@example.org",
    "phone": None,
    "address": None,
    "website": None,
    "linkedin_url": None,
    "github_url": None,
    "photo": None,
    "summary": None,
    "experiences": [{"id": "k3f9a", **REQUEST["experience_data"][0]}],
    "education": [],
    "skills": [{"id": "p7c2d", **REQUEST["skills_data"][0]}],
    "languages_data": [{"id": "m1x8e", **REQUEST["languages_data"][0]}],
    "certifications_data": [],
    "projects_data": [],
    "custom_sections": [],
    "filename": "cv-marie-dubois.json",
    "revision": 1,
    "is_paid": False,
    "payment_type": "free",
    "can_export_without_watermark": True,
    "created_at": "2026-11-21T10:00:00Z",
    "updated_at": "2026-11-21T10:00:00Z",
    "last_accessed": "2026-11-21T10:00:00Z",
}


STEP: dict[str, Any] = {
    "complete": False,
    "message": "LinkedIn ne montre un profil qu’aux personnes. …",
    "accepts": ["application/pdf", "application/zip"],
    "upload_url": "http://localhost:3000/generate?cv=b7XvPq2LhS5dRtYe",
}


class ResumeFields(Resume):
    """What may be written; any of it. Other keys of a resume may come along and are passed over."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"example": {"title": "Cheffe de projet"}})

    experiences: Annotated[list[Experience], Field(max_length=MAX_ITEMS)] | None = Field(
        None, validation_alias=AliasChoices("experience_data", "experiences")
    )
    education: Annotated[list[School], Field(max_length=MAX_ITEMS)] | None = Field(
        None, validation_alias=AliasChoices("education_data", "education")
    )
    skills: Annotated[list[Skill], Field(max_length=MAX_ITEMS)] | None = Field(
        None, validation_alias=AliasChoices("skills_data", "skills")
    )
    template: Annotated[str, Field(max_length=80)] | int | None = Field(None, description="slug or number")
    photo: Annotated[str, Field(max_length=2000)] | None = Field(
        None, description="`url` of `POST /api/photos`; null takes it off"
    )
    revision: Revision = None


class CreateResumeRequest(ResumeFields):
    model_config = ConfigDict(extra="ignore", json_schema_extra={"example": REQUEST})

    template: Annotated[str, Field(max_length=80)] | int = Field(description="slug or number")
    full_name: Annotated[str, Field(min_length=1, max_length=1000)]
    email: Annotated[str, Field(min_length=1, max_length=320)]


class ImportLinkedInRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"linkedin_url": "https://www.linkedin.com/in/marie-dubois"}}
    )

    linkedin_url: Annotated[str, Field(max_length=2000)]


class ResumeResponse(Resume):
    model_config = ConfigDict(json_schema_extra={"example": RESUME})

    id: str
    session_id: str | None = Field(description="of a visitor; null for an account")
    user: str | None = Field(description="the account; null for a visitor")
    template: str = Field(description="slug: `id` of `GET /api/templates`")
    template_number: int | None
    photo: str | None
    filename: str
    revision: int = Field(description="grows with every change; the same as `ETag`")
    is_paid: bool
    payment_type: Literal["free", "subscription"]
    can_export_without_watermark: bool
    created_at: str
    updated_at: str
    last_accessed: str


class NextStep(BaseModel):
    complete: bool = Field(description="false: LinkedIn shows a profile to people alone")
    message: str = Field(description="for people, in the caller's language")
    accepts: list[str] = Field(description="files that hold the rest")
    upload_url: str = Field(description="the page that reads them into this CV")


class ImportedResumeResponse(ResumeResponse):
    model_config = ConfigDict(json_schema_extra={"example": RESUME | {"import": STEP}})

    import_: NextStep = Field(alias="import")


class ExportResponse(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "pdf_url": "http://localhost:3000/api/downloads/<token>/cv-marie-dubois_20261121.pdf",
                "has_watermark": False,
            }
        }
    )

    pdf_url: str = Field(description="opens for a day, without signing in")
    has_watermark: bool


REST: dict[Language, str] = {
    "fr": "LinkedIn ne montre un profil qu’aux personnes. Pour remplir le reste, ouvrez votre profil LinkedIn, "
    "choisissez « Plus », puis « Enregistrer au format PDF », et déposez ce fichier ici. L’archive ZIP de vos données "
    "convient aussi.",
    "en": "LinkedIn shows a profile to people only. To fill in the rest, open your LinkedIn profile, choose “More”, "
    "then “Save to PDF”, and bring that file here. The ZIP archive of your data will do as well.",
}


@router.get("/resumes", responses=errors(400))
def list_resumes(
    principal: Principal,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
    cursor: Annotated[str, Query(max_length=200, description="`X-Next-Cursor` of the page before")] = "",
) -> list[ResumeResponse]:
    """One's resumes, the last changed first."""
    owner_id = principal.owner_id or ""
    with db.session(write=False) as session:
        listed, following = library.page(session, owner_id, limit, cursor)
        paid = billing.subscribed(session, owner_id)
        found = [cvs.get_owned(session, owner_id, one.id) for one in listed]
    if following:
        response.headers[NEXT_CURSOR] = following
    return [ResumeResponse(**_resume(cv, principal, paid)) for cv in found]


@router.post(
    "/resumes",
    status_code=201,
    response_model=ResumeResponse,
    dependencies=[json_only],
    responses=errors(400, 404, 409, 415),
)
def create_resume(
    body: CreateResumeRequest, principal: Principal, language: Lang, key: IdempotencyKey = None
) -> JSONResponse:
    """Make a resume. Visitors own theirs by the cookie that comes with the answer."""
    owner_id = principal.owner_id or ""

    def work() -> Answer:
        cv = resumes.create(session, owner_id, body, themes.get(str(body.template)), language)
        paid = billing.subscribed(session, owner_id)
        return Answer(201, ResumeResponse(**_resume(cv, principal, paid)).model_dump(mode="json"))

    with db.session() as session:
        given = body.model_dump_json().encode()
        answer = idempotency.once(session, owner_id, key, "POST /api/resumes", given, work)
    return sent(answer, ETag=etag(answer.body["revision"]), Location=f"/api/resumes/{answer.body['id']}")


@router.post(
    "/resumes/import_linkedin",
    status_code=201,
    response_model=ImportedResumeResponse,
    dependencies=[json_only],
    responses=errors(400, 409, 415),
)
def import_linkedin(
    body: ImportLinkedInRequest, principal: Principal, language: Lang, key: IdempotencyKey = None
) -> JSONResponse:
    """Make a resume with a LinkedIn address and what the account knows; `import` says how the rest gets in."""
    owner_id = principal.owner_id or ""

    def work() -> Answer:
        theme = themes.get(DEFAULT_TEMPLATE)
        cv = resumes.from_linkedin(session, owner_id, body.linkedin_url, theme, language)
        step = {
            "complete": False,
            "message": REST[language],
            "accepts": ["application/pdf", "application/zip"],
            "upload_url": f"{settings().public_url}/generate?cv={cv.id}",
        }
        made = _resume(cv, principal, billing.subscribed(session, owner_id)) | {"import": step}
        return Answer(201, ImportedResumeResponse(**made).model_dump(mode="json", by_alias=True))

    with db.session() as session:
        given = body.model_dump_json().encode()
        answer = idempotency.once(session, owner_id, key, "POST /api/resumes/import_linkedin", given, work)
    return sent(answer, ETag=etag(answer.body["revision"]), Location=f"/api/resumes/{answer.body['id']}")


@router.get("/resumes/{resume_id}", responses=errors(404))
def get_resume(resume_id: ResumeId, principal: Principal, response: Response) -> ResumeResponse:
    """One of one's resumes."""
    owner_id = principal.owner_id or ""
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, owner_id, resume_id)
        paid = billing.subscribed(session, owner_id)
    response.headers["ETag"] = etag(cv.revision)
    return ResumeResponse(**_resume(cv, principal, paid, accessed=True))


@router.patch("/resumes/{resume_id}", dependencies=[json_only], responses=errors(400, 404, 409, 415))
def change_resume(
    resume_id: ResumeId, body: ResumeFields, principal: Principal, response: Response, if_match: IfMatch = None
) -> ResumeResponse:
    """Save what changed: only what is sent is written. A list that is sent replaces the list; its entries are told by
    `id`, keep what is not sent of them, and are ordered by `order`. What a resume cannot show of the CV is kept."""
    owner_id = principal.owner_id or ""
    theme = None if body.template is None else themes.get(str(body.template))
    photo = (body.photo or "") if "photo" in body.model_fields_set else None
    with db.session() as session:
        wanted = expected(if_match, body.revision)
        cv = resumes.change(session, owner_id, resume_id, body, theme=theme, photo=photo, expected_revision=wanted)
        paid = billing.subscribed(session, owner_id)
    response.headers["ETag"] = etag(cv.revision)
    return ResumeResponse(**_resume(cv, principal, paid, accessed=True))


@router.delete("/resumes/{resume_id}", status_code=204, responses=errors(400, 404, 409))
def delete_resume(resume_id: ResumeId, owner_id: OwnerId, if_match: IfMatch = None) -> Response:
    """Put a resume in the trash."""
    with db.session() as session:
        cvs.locked(session, owner_id, resume_id, expected(if_match, None))
        cvs.delete(session, owner_id, resume_id)
    return Response(status_code=204)


@router.post("/resumes/{resume_id}/export_pdf", responses=errors(403, 404, 429, 503))
def export_resume(resume_id: ResumeId, owner_id: OwnerId) -> ExportResponse:
    """Print the resume. It carries a watermark where the template is premium and there is no subscription."""
    exported = exporting.export(owner_id, resume_id)
    with db.session(write=False) as session:
        stem = cvs.get_owned(session, owner_id, resume_id).filename.removesuffix(".json")
    mark = "_watermarked" if exported.watermark else ""
    name = f"{cvs.slug(stem) or 'cv'}_{utcnow():%Y%m%d}{mark}.pdf"
    address = f"{settings().public_url}/api/downloads/{exporting.link(exported.job)}/{name}"
    return ExportResponse(pdf_url=address, has_watermark=exported.watermark)


@router.get(
    "/downloads/{token}/{name}",
    response_class=FileResponse,
    responses=errors(404) | {200: {"content": {"application/pdf": {}}, "description": "The file"}},
)
def download_export(token: str, name: str) -> FileResponse:
    """The file behind a `pdf_url`, for a day, to whoever has the address."""
    with db.session(write=False) as session:
        path, _ = exporting.linked(session, token)
    headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return FileResponse(
        path, media_type="application/pdf", filename=f"{cvs.slug(name[:-4]) or 'cv'}.pdf", headers=headers
    )


def _resume(cv: Cv, who: Who, paid: bool, *, accessed: bool = False) -> dict[str, Any]:
    document = Document.load(cv.document)
    slug = document.studio.template
    theme = next((theme for theme in themes.all() if theme.slug == slug), None)  # an imported CV may name any
    fields = resume_view.read(document).model_dump(mode="json")
    return fields | {
        "full_name": fields["full_name"] or "",
        "email": fields["email"] or "",
        "id": cv.id,
        "session_id": None if who.user else cv.owner_id,
        "user": who.user.id if who.user else None,
        "template": slug,
        "template_number": theme.number if theme else None,
        "photo": resumes.photo_of(document),
        "filename": cv.filename,
        "revision": cv.revision,
        "is_paid": paid,
        "payment_type": "subscription" if paid else "free",
        "can_export_without_watermark": theme is not None and billing.clean(themes.of(document), paid),
        "created_at": iso(cv.created_at),
        "updated_at": iso(cv.updated_at),
        "last_accessed": iso(utcnow() if accessed else cv.updated_at),
    }
