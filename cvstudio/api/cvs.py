"""fitmycv's CV store: one's CVs by filename, with their versions and what changed between them."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import AccountId, IdempotencyKey, Lang, json_only
from cvstudio.api.revisions import IfMatch, Revision, etag, expected
from cvstudio.document import Document, changes
from cvstudio.document.changes import Change
from cvstudio.domain import cvs, idempotency, library, photos, versions
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.library import Listed
from cvstudio.language import Language
from cvstudio.models import CvVersion
from cvstudio.render import themes

router = APIRouter(prefix="/api", tags=["CVs"])

Filename = Annotated[str, Field(min_length=1, max_length=200)]
File = Annotated[str, Query(max_length=200, description="the CV's `filename`")]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]

CV: dict[str, Any] = {
    "filename": "cv-marie-dupont.json",
    "id": "b7XvPq2LhS5dRtYe",
    "title": "Marie Dupont – Développeuse web",
    "sourceType": "offer",
    "sourceValue": "https://example.org/offres/1234",
    "language": "fr",
    "template": "modern",
    "matchScore": 71,
    "optimiseStatus": "idle",
    "revision": 4,
    "version": 2,
    "createdAt": "2026-11-21T10:00:00Z",
    "updatedAt": "2026-11-21T10:04:00Z",
}
CONTENT: dict[str, Any] = {"basics": {"name": "Marie Dupont", "label": "Développeuse web"}, "work": []}
VERSION: dict[str, Any] = {
    "version": 2,
    "changelog": "envoyé à Ormeau",
    "changeType": "manual",
    "revision": 4,
    "createdAt": "2026-11-21T10:04:00Z",
}
CHANGE: dict[str, Any] = {
    "path": "work/k3f9a/position",
    "kind": "changed",
    "before": "Développeuse",
    "after": "Développeuse principale",
    "about": "Développeuse principale",
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CvSummary(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": CV})

    filename: str
    id: str
    title: str
    sourceType: str = Field(description="manual, api, offer, title, import, translation, template")
    sourceValue: str = Field(description="the offer's address, the job's title, …")
    language: str
    template: str
    matchScore: int | None = Field(description="the newest, 0 to 100; null before it was asked for")
    optimiseStatus: str = Field(description="idle, or the status of its newest improvement")
    revision: int = Field(description="grows with every change; what `If-Match` is compared with")
    version: int = Field(description="the newest version's number; 0: none yet")
    createdAt: str
    updatedAt: str


class CvList(BaseModel):
    cvs: list[CvSummary]
    nextCursor: str | None = Field(description="`cursor` of the next page, when `limit` left some")


class CvAnswer(BaseModel):
    cv: CvSummary


class CvContent(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"content": CONTENT, "filename": CV["filename"], "revision": 4}}
    )

    content: dict[str, Any] = Field(description="the stored document: JSON Resume and more")
    filename: str
    revision: int


class CreateCvRequest(_Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"filename": "cv-marie-dupont.json", "content": CONTENT, "sourceType": "api"}},
    )

    filename: Filename
    content: dict[str, Any] = Field(description="any JSON Resume document; keys we do not know are kept")
    sourceType: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] | None = None
    sourceValue: Annotated[str, Field(max_length=2000)] | None = None


class FileRequest(_Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"filename": CV["filename"]}})

    filename: Filename
    revision: Revision = None


class RestoreRequest(FileRequest):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"filename": CV["filename"], "version": 2}})

    version: Number


class SaveVersionRequest(FileRequest):
    changelog: Annotated[str, Field(max_length=versions.MAX_CHANGELOG)] | None = None
    changeType: Annotated[str, Field(pattern=rf"^{versions.CHANGE_TYPE.pattern}$")] | None = None


class WantedChange(Change):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": CHANGE})


class SaveChangesRequest(FileRequest):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"filename": CV["filename"], "changes": [CHANGE], "revision": 4}}
    )

    changes: Annotated[list[WantedChange], Field(max_length=changes.MOST)]


class Success(BaseModel):
    success: bool = True


class Saved(Success):
    revision: int


class VersionOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": VERSION})

    version: int
    changelog: str
    changeType: str = Field(description="manual, auto, restore, template, import, ai, …")
    revision: int = Field(description="the CV's, when it was like this")
    createdAt: str


class VersionList(BaseModel):
    versions: list[VersionOut]
    revision: int


class ChangeList(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"changes": [CHANGE], "from": 2, "to": None, "revision": 4}}
    )

    changes: list[Change]
    from_: int | None = Field(alias="from", description="a version's number; null: there is none yet")
    to: int | None = Field(description="a version's number; null: the CV as it is now")
    revision: int


class SourceOffer(BaseModel):
    id: str = Field(description="`analysisId` of `GET /api/offers/{analysis_id}`")
    title: str
    company: str
    url: str


class Source(BaseModel):
    type: str
    value: str
    jobOffer: SourceOffer | None = Field(description="the offer that it was made for, while you keep it")


class SourceAnswer(BaseModel):
    source: Source


class Metadata(CvSummary):
    model_config = ConfigDict(json_schema_extra={"example": CV | {"originId": None}})

    originId: str | None = Field(description="the CV that it was made from")


@router.get("/cvs", responses=errors(400, 401))
def list_cvs(
    owner_id: AccountId,
    limit: Annotated[int, Query(ge=1, le=library.MOST)] = library.MOST,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> CvList:
    """One's CVs, the last changed first; those in the trash aside."""
    with db.session(write=False) as session:
        listed, following = library.page(session, owner_id, limit, cursor)
    return CvList(cvs=[CvSummary(**summary(one)) for one in listed], nextCursor=following or None)


@router.post(
    "/cvs/create",
    status_code=201,
    response_model=CvAnswer,
    dependencies=[json_only],
    responses=errors(400, 401, 404, 409, 415),
)
def create_cv(body: CreateCvRequest, owner_id: AccountId, language: Lang, key: IdempotencyKey = None) -> JSONResponse:
    """Keep a JSON Resume document as a CV. 409 `FILENAME_TAKEN` where there is one of that filename."""

    def work() -> Answer:
        document = loaded(session, owner_id, body.content, language)
        cv = cvs.create(
            session,
            owner_id,
            document,
            filename=body.filename,
            source=body.sourceType or "api",
            source_value=body.sourceValue or "",
        )
        return Answer(201, CvAnswer(cv=CvSummary(**summary(library.described(session, cv)))).model_dump())

    with db.session() as session:
        given = json.dumps(body.model_dump(), sort_keys=True).encode()  # in ASCII, whatever letters the content has
        answer = idempotency.once(session, owner_id, key, "POST /api/cvs/create", given, work)
    return sent(answer, ETag=etag(answer.body["cv"]["revision"]))


@router.get("/cvs/read", responses=errors(400, 401, 404))
def read_cv(owner_id: AccountId, file: File, response: Response) -> CvContent:
    """The whole document."""
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, owner_id, file)
    response.headers["ETag"] = etag(cv.revision)
    return CvContent(content=cv.document, filename=cv.filename, revision=cv.revision)


@router.post("/cvs/delete", dependencies=[json_only], responses=errors(400, 401, 404, 409, 415))
def delete_cv(body: FileRequest, owner_id: AccountId, if_match: IfMatch = None) -> Success:
    """Put a CV in the trash."""
    with db.session() as session:
        cv_id = cvs.by_filename(session, owner_id, body.filename).id
        cvs.locked(session, owner_id, cv_id, expected(if_match, body.revision))
        cvs.delete(session, owner_id, cv_id)
    return Success()


@router.post("/cvs/restore", dependencies=[json_only], responses=errors(400, 401, 404, 409, 415))
def restore_version(
    body: RestoreRequest, owner_id: AccountId, response: Response, if_match: IfMatch = None
) -> CvAnswer:
    """Make the CV what it was in a version. What it was just before becomes a version too, so this can be undone."""
    with db.session() as session:
        cv_id = cvs.by_filename(session, owner_id, body.filename).id
        wanted = expected(if_match, body.revision)
        cv = cvs.revert(session, owner_id, cv_id, body.version, expected_revision=wanted)
        cvs.announce(session, cv)
        found = library.described(session, cv)
    response.headers["ETag"] = etag(cv.revision)
    return CvAnswer(cv=CvSummary(**summary(found)))


@router.get("/cvs/versions", responses=errors(400, 401, 404))
def list_versions(owner_id: AccountId, file: File, response: Response) -> VersionList:
    """The CV's versions, the newest first: made by themselves while editing and before large changes, or asked for."""
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, owner_id, file)
        rows = versions.all_of(session, cv)
    response.headers["ETag"] = etag(cv.revision)
    return VersionList(versions=[_version(row) for row in rows], revision=cv.revision)


@router.post("/cvs/versions", status_code=201, dependencies=[json_only], responses=errors(400, 401, 404, 409, 415))
def save_version(
    body: SaveVersionRequest, owner_id: AccountId, response: Response, if_match: IfMatch = None
) -> VersionOut:
    """Keep the CV as it is now, under a number of its own."""
    with db.session() as session:
        cv_id = cvs.by_filename(session, owner_id, body.filename).id
        cv = cvs.locked(session, owner_id, cv_id, expected(if_match, body.revision))
        kept = versions.keep(session, cv, body.changeType or versions.MANUAL, body.changelog or "")
    response.headers["ETag"] = etag(cv.revision)
    return _version(kept)


@router.get("/cvs/changes", responses=errors(400, 401, 404))
def list_changes(
    owner_id: AccountId,
    file: File,
    response: Response,
    from_: Annotated[
        int | None, Query(alias="from", ge=1, le=2**31 - 1, description="a version; by default the newest")
    ] = None,
    to: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="a version; by default the CV as it is now")
    ] = None,
) -> ChangeList:
    """What changed, field by field. A path leads through keys and the ids of entries, so it outlives their moving."""
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, owner_id, file)
        since = from_ or cv.version or None
        found = versions.between(session, cv, since, to) if since or to else []
    response.headers["ETag"] = etag(cv.revision)
    return ChangeList.model_validate({"changes": found, "from": since, "to": to, "revision": cv.revision})


@router.post("/cvs/changes", dependencies=[json_only], responses=errors(400, 401, 404, 409, 415))
def save_changes(
    body: SaveChangesRequest, owner_id: AccountId, language: Lang, response: Response, if_match: IfMatch = None
) -> Saved:
    """Make these changes, all or none, in the form that the GET answers."""
    with db.session() as session:
        cv_id = cvs.by_filename(session, owner_id, body.filename).id
        cv = cvs.locked(session, owner_id, cv_id, expected(if_match, body.revision))
        document = loaded(session, owner_id, changes.apply(cv.document, body.changes), language)
        cv = cvs.save(session, owner_id, cv_id, document, expected_revision=cv.revision)
        cvs.announce(session, cv)
    response.headers["ETag"] = etag(cv.revision)
    return Saved(revision=cv.revision)


@router.get("/cv/metadata", responses=errors(400, 401, 404))
def get_metadata(owner_id: AccountId, file: File, response: Response) -> Metadata:
    """What is known of a CV besides its content."""
    with db.session(write=False) as session:
        found = library.described(session, cvs.by_filename(session, owner_id, file))
    response.headers["ETag"] = etag(found.revision)
    return Metadata(**summary(found), originId=found.origin_id)


@router.get("/cv/source", responses=errors(400, 401, 404))
def get_source(owner_id: AccountId, file: File) -> SourceAnswer:
    """What a CV was made from."""
    with db.session(write=False) as session:
        cv = cvs.by_filename(session, owner_id, file)
        offer = library.offer_of(session, cv)
    made_for = None
    if offer is not None:
        title, company = (str(offer.analysis.get(name) or "") for name in ("title", "company"))
        made_for = SourceOffer(id=offer.id, title=title, company=company, url=offer.url)
    value = cv.source_value or (made_for.url or made_for.title if made_for else "")
    return SourceAnswer(source=Source(type=cv.source, value=value, jobOffer=made_for))


def loaded(session: Session, owner_id: str, content: dict[str, Any], language: Language) -> Document:
    """Raises InvalidInput, TemplateNotFound. A document that names no language is in the caller's.

    A portrait in it is kept as any that is sent.
    """
    photos.adopt(session, owner_id, content)
    document = Document.load(content)
    if "language" not in document.studio.model_fields_set:
        document.studio.language = language
    themes.get(document.studio.template)  # it has to be there
    return document


def summary(cv: Listed) -> dict[str, Any]:
    return {
        "filename": cv.filename,
        "id": cv.id,
        "title": cv.title,
        "sourceType": cv.source,
        "sourceValue": cv.source_value,
        "language": cv.language,
        "template": cv.template,
        "matchScore": cv.score,
        "optimiseStatus": cv.optimising,
        "revision": cv.revision,
        "version": cv.version,
        "createdAt": iso(cv.created_at),
        "updatedAt": iso(cv.updated_at),
    }


def _version(row: CvVersion) -> VersionOut:
    return VersionOut(
        version=row.number,
        changelog=row.changelog,
        changeType=row.change_type,
        revision=row.revision,
        createdAt=iso(row.created_at),
    )
