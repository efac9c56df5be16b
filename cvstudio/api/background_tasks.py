"""fitmycv's background tasks: asked for, followed from any device, cancelled, put away."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlmodel import Session
from starlette.datastructures import UploadFile as Uploaded

from cvstudio import db
from cvstudio.api.answers import errors, sent
from cvstudio.api.deps import AccountId, Address, Device, IdempotencyKey, Lang, json_only
from cvstudio.api.errors import UnsupportedMediaType
from cvstudio.api.tasks_shown import EXAMPLE, TaskOut, shown
from cvstudio.document.model import CV_LANGUAGES
from cvstudio.domain import (
    background,
    cvs,
    idempotency,
    imports,
    matching,
    offer_cvs,
    offers,
    starting_cvs,
    translations,
)
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.offer_cvs import Asked
from cvstudio.errors import InvalidInput, TooLarge
from cvstudio.models.fields import storable, utcnow

router = APIRouter(prefix="/api/background-tasks", tags=["Background tasks"])

MAX_REPORT = 4_000  # characters of JSON that a client may report

Filename = Annotated[str, Field(max_length=200)]
STARTED: dict[str, Any] = {"taskId": "q3ZkT0xYw81LmNcb", "filename": "cv-soudeur-tig.json"}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GenerateCvRequest(_Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"jobUrl": "https://jobs.example.org/soudeur-tig", "baseCvFilename": "cv.json"}}
    )

    jobUrl: str | None = Field(None, max_length=2_000, description="a public page or PDF; or send `jobPdf` as a form")
    baseCvFilename: Filename | None = Field(None, description="the CV to make it of; without it, one's career")
    deviceId: Device = None


class JobTitleRequest(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {"jobTitle": "Soudeur"}})

    jobTitle: str = Field(min_length=1, max_length=200)
    baseCvFilename: Filename | None = Field(None, description="the CV to make it of; without it, one's career")
    deviceId: Device = None


class TranslateRequest(_Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"filename": "cv-soudeur-tig.json", "targetLanguage": "de"}}
    )

    filename: Filename
    targetLanguage: str = Field(max_length=20, description=", ".join(CV_LANGUAGES))
    deviceId: Device = None


class MatchScoreTask(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {"filename": "cv-soudeur-tig.json"}})

    filename: Filename
    jobOfferId: str | None = Field(None, max_length=64, description="else the offer that the CV was made for")
    deviceId: Device = None


class TemplateCvRequest(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {}})

    language: Literal["fr", "en"] | None = Field(None, description="of the sample; the caller's without it")
    deviceId: Device = None


class StartedTask(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": STARTED})

    taskId: str
    filename: str = Field(description="that the CV will have")


class StartedTranslation(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={"example": {"taskId": STARTED["taskId"], "newFilename": "cv-soudeur-tig-deutsch.json"}}
    )

    taskId: str
    newFilename: str = Field(description="of the variant: the one there is in this language, or a new one")


class StartedScore(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"taskId": STARTED["taskId"]}})

    taskId: str


class TasksResponse(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"tasks": [EXAMPLE]}})

    tasks: list[TaskOut] = Field(description="the newest first")


class ReportRequest(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {"taskId": STARTED["taskId"], "status": "seen"}})

    taskId: Annotated[str, Field(max_length=64)]
    status: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")
    result: Any = None
    error: str | None = Field(None, max_length=500)


class TaskNamed(_Body):
    model_config = ConfigDict(json_schema_extra={"example": {"taskId": STARTED["taskId"]}})

    taskId: Annotated[str, Field(max_length=64)]


class Reported(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True}})

    success: Literal[True]


class Removed(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "cancelled": False}})

    success: Literal[True]
    cancelled: bool = Field(description="true: it was under way and stops; false: it had ended and is put away")


class _Offered(GenerateCvRequest):
    pdf: bytes | None = None

    @property
    def request(self) -> bytes:
        return self.model_dump_json(exclude={"pdf"}).encode() + (self.pdf or b"")


async def _offered(request: Request) -> _Offered:
    """JSON, or a form with a PDF."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return await _from_form(request)
        if kind == "application/json":
            return _Offered(**GenerateCvRequest.model_validate_json(await request.body()).model_dump())
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from error
    raise UnsupportedMediaType(expected="application/json, multipart/form-data")


async def _from_form(request: Request) -> _Offered:
    async with request.form(max_files=1, max_fields=10) as form:
        given = dict(form)
        file = given.pop("jobPdf", None)
        body = GenerateCvRequest.model_validate({name: value or None for name, value in given.items()})
        if file is not None and not isinstance(file, Uploaded):
            raise InvalidInput(fields={"jobPdf": ["a file"]})
        pdf = await file.read(offers.MAX_PDF + 1) if file is not None else None
    if pdf is not None and len(pdf) > offers.MAX_PDF:
        raise TooLarge(f"the PDF is over {offers.MAX_PDF} bytes")
    return _Offered(**body.model_dump(), pdf=pdf)


FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": GenerateCvRequest.model_json_schema(),
                "example": {"jobUrl": "https://jobs.example.org/soudeur-tig"},
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["jobPdf"],
                    "properties": {
                        "jobPdf": {"type": "string", "format": "binary", "description": "up to 5 MB, with text in it"},
                        "baseCvFilename": {"type": "string"},
                        "deviceId": {"type": "string"},
                    },
                }
            },
        },
    }
}


@router.post(
    "/generate-cv",
    response_model=StartedTask,
    openapi_extra=FORM,
    responses=errors(400, 401, 403, 404, 409, 413, 415, 429),
)
def generate_cv(
    owner_id: AccountId, body: Annotated[_Offered, Depends(_offered)], key: IdempotencyKey = None
) -> JSONResponse:
    """Make a CV for an offer: lines chosen, worded and fitted to the pages, from one's career or a CV one has.

    A link is fetched by the task, whose error says what went wrong with it; a PDF is read at once: 400
    `OFFER_UNREADABLE`. 400 `RAG_INCOMPLETE`, 404 `RAG_PROFILE_NOT_FOUND` where one's career is to be told first.
    """
    link = (body.jobUrl or "").strip()
    if bool(link) == (body.pdf is not None):
        raise InvalidInput("one of jobUrl, jobPdf", fields={"jobUrl": ["jobUrl | jobPdf"]})

    def read() -> str | offers.Read:
        return offers.read_pdf(body.pdf) if body.pdf is not None else link

    route = "POST /api/background-tasks/generate-cv"
    return _made_for(owner_id, key, route, body.request, read, body.baseCvFilename, body.deviceId)


@router.post(
    "/generate-cv-from-job-title",
    response_model=StartedTask,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 404, 409, 415, 429),
)
def generate_from_title(
    body: JobTitleRequest, owner_id: AccountId, language: Lang, key: IdempotencyKey = None
) -> JSONResponse:
    """The same for a trade: what ESCO's occupation of this name asks for. 400 `OFFER_UNREADABLE` for an unknown one."""

    def read() -> offers.Read:
        return offers.read_title(body.jobTitle, language)

    route = "POST /api/background-tasks/generate-cv-from-job-title"
    return _made_for(owner_id, key, route, body.model_dump_json().encode(), read, body.baseCvFilename, body.deviceId)


@router.post(
    "/translate-cv",
    response_model=StartedTranslation,
    dependencies=[json_only],
    responses=errors(400, 401, 404, 409, 415, 429),
)
def translate_cv(body: TranslateRequest, owner_id: AccountId, key: IdempotencyKey = None) -> JSONResponse:
    """A variant of the CV in another language. It is there at once, with all that needs no language model; the task
    translates its sentences, and its result names those that stayed (`untranslated`).
    """

    def work(session: Session) -> Answer:
        cv = cvs.by_filename(session, owner_id, body.filename)
        job = translations.start(session, owner_id, cv, body.targetLanguage)
        filename = str(job.payload["filename"])
        background.track(session, job, title=cv.title, filename=filename, device=body.deviceId or "")
        return Answer(200, {"taskId": job.id, "newFilename": filename})

    return _once(owner_id, key, "POST /api/background-tasks/translate-cv", body.model_dump_json().encode(), work)


@router.post(
    "/calculate-match-score",
    response_model=StartedScore,
    dependencies=[json_only],
    responses=errors(400, 401, 404, 409, 415, 429),
)
def calculate_match_score(body: MatchScoreTask, owner_id: AccountId, key: IdempotencyKey = None) -> JSONResponse:
    """Compare a CV with an offer. The score is in the task's result and at `GET /api/cv/match-score`."""

    def work(session: Session) -> Answer:
        cv = cvs.by_filename(session, owner_id, body.filename)
        job = matching.start(session, owner_id, cv, body.jobOfferId, body.deviceId or "")
        return Answer(200, {"taskId": job.id})

    return _once(
        owner_id, key, "POST /api/background-tasks/calculate-match-score", body.model_dump_json().encode(), work
    )


@router.post("/import-pdf", response_model=StartedTask, responses=errors(400, 401, 403, 409, 413, 415, 429, 503))
def import_pdf(
    owner_id: AccountId,
    address: Address,
    pdf: Annotated[UploadFile, File(description="a CV with text in it, up to 10 MB")],
    deviceId: Annotated[str, Form(max_length=80, pattern=r"^[A-Za-z0-9._:-]*$")] = "",
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Make a CV of a PDF. The file is read at once, in a process of its own: one that cannot be read says why."""
    data, name = pdf.file.read(imports.MAX_BYTES + 1), pdf.filename or ""
    if len(data) > imports.MAX_BYTES:
        raise TooLarge(f"the PDF is over {imports.MAX_BYTES} bytes")
    route = "POST /api/background-tasks/import-pdf"
    with db.session() as session:
        if answered := idempotency.replay(session, owner_id, key, route, data):
            return sent(answered)
        starting_cvs.check_import(session, owner_id)
    began = utcnow()
    imported = starting_cvs.read(owner_id, address, data, name)

    def work(session: Session) -> Answer:
        return _started(starting_cvs.start_import(session, owner_id, imported, name, deviceId, began=began))

    return _once(owner_id, key, route, data, work)


@router.post("/create-template-cv", response_model=StartedTask, responses=errors(400, 401, 409, 429))
def create_template_cv(
    owner_id: AccountId, language: Lang, body: TemplateCvRequest | None = None, key: IdempotencyKey = None
) -> JSONResponse:
    """Make a CV to start from: a sample in one's own name, whose lines show what to write."""
    body = body or TemplateCvRequest()

    def work(session: Session) -> Answer:
        return _started(starting_cvs.start_sample(session, owner_id, body.language or language, body.deviceId or ""))

    return _once(owner_id, key, "POST /api/background-tasks/create-template-cv", body.model_dump_json().encode(), work)


@router.get("/sync", responses=errors(400, 401))
def get_tasks(
    owner_id: AccountId,
    language: Lang,
    deviceId: Annotated[
        str,
        Query(
            max_length=80,
            pattern=r"^[A-Za-z0-9._:-]*$",
            description="leaves out what other devices asked for in their own name",
        ),
    ] = "",
) -> TasksResponse:
    """One's tasks: those under way, and those that ended in the last 30 days and were not put away."""
    with db.session(write=False) as session:
        return TasksResponse(tasks=shown(session, background.all_of(session, owner_id, deviceId), language))


@router.post("/sync", dependencies=[json_only], responses=errors(400, 401, 404, 415))
def report_task(body: ReportRequest, owner_id: AccountId) -> Reported:
    """Note what a client says of a task, for one's other clients (`reported`).

    It changes neither the task nor its result, which the server alone knows; to stop a task, DELETE it.
    """
    said = {name: value for name, value in body.model_dump(exclude={"taskId"}).items() if value is not None}
    if not storable(said) or len(ReportRequest.model_dump_json(body)) > MAX_REPORT:
        raise InvalidInput(fields={"result": [f"at most {MAX_REPORT} characters of JSON"]})
    with db.session() as session:
        background.report(session, owner_id, body.taskId, said)
    return Reported(success=True)


@router.delete("/sync", dependencies=[json_only], responses=errors(400, 401, 404, 415))
def remove_task(body: TaskNamed, owner_id: AccountId) -> Removed:
    """Cancel a task that is under way, with what it would have cost returned; put away one that has ended."""
    with db.session() as session:
        return Removed(success=True, cancelled=background.remove(session, owner_id, body.taskId))


def _made_for(
    owner_id: str,
    key: str | None,
    route: str,
    request: bytes,
    read: Callable[[], str | offers.Read],
    base: str | None,
    device: str | None,
) -> JSONResponse:
    """Admitted, read while no transaction is open, then asked for."""
    with db.session() as session:
        if answered := idempotency.replay(session, owner_id, key, route, request):
            return sent(answered)
        offer_cvs.check(session, owner_id, base)
    wanted = read()

    def work(session: Session) -> Answer:
        return _started(offer_cvs.start(session, owner_id, wanted, base, device or ""))

    return _once(owner_id, key, route, request, work)


def _once(
    owner_id: str, key: str | None, route: str, request: bytes, work: Callable[[Session], Answer]
) -> JSONResponse:
    with db.session() as session:
        return sent(idempotency.once(session, owner_id, key, route, request, lambda: work(session)))


def _started(asked: Asked) -> Answer:
    return Answer(200, {"taskId": asked.job.id, "filename": asked.filename})
