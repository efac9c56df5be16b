"""fitmycv's mail administration: what was sent, and what became of it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.admin_mail import Preview, Short, Success
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import Admin, IdempotencyKey, Lang, admin_only, json_only
from cvstudio.domain import idempotency
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.mailing import delivery, records
from cvstudio.language import Language
from cvstudio.models import MailLog

router = APIRouter(prefix="/api/admin", tags=["Administration: mail"], dependencies=[admin_only])

Status = Literal["queued", "sent", "delayed", "delivered", "bounced", "complained", "failed"]


class LogResponse(BaseModel):
    id: str
    trigger: str
    language: str
    email: str = Field(description="blank once an account’s last mail is sent")
    subject: str
    status: Status
    test: bool
    attempts: int
    errorCode: str | None
    error: str | None
    provider: str | None = Field(description="resend, or outbox: kept in the database")
    createdAt: str
    sentAt: str | None
    deliveredAt: str | None
    openedAt: str | None
    clickedAt: str | None


class Logs(BaseModel):
    logs: list[LogResponse]
    next: str | None = Field(description="give it as `before` for the following page")


class EventResponse(BaseModel):
    event: str
    detail: str
    at: str


class LogDetail(BaseModel):
    log: LogResponse
    events: list[EventResponse] = Field(description="what the sender reported")
    message: Preview | None = Field(description="the mail itself, during development, when nobody sends it")


class Numbers(BaseModel):
    asked: int
    queued: int
    sent: int = Field(description="taken by the sender, nothing heard since")
    delayed: int
    delivered: int
    bounced: int
    complained: int
    failed: int
    opened: int
    clicked: int
    deliveryRate: float | None = Field(description="of those we heard of, 0 to 1")


class TriggerNumbers(Numbers):
    trigger: str


class DayNumbers(Numbers):
    day: str


class Statistics(BaseModel):
    days: int
    total: Numbers
    byTrigger: list[TriggerNumbers]
    byDay: list[DayNumbers]


class TestRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"templateId": "builtin-magic_link", "email": "me@example.org"}}
    )
    templateId: Short
    email: Annotated[str, Field(max_length=320)]
    language: Language | None = None


class Tested(Success):
    logId: str


@router.get("/email-logs", responses=errors(400, 404))
def list_logs(
    limit: Annotated[int, Query(ge=1, le=records.MAX_PAGE)] = 50,
    before: Annotated[str | None, Query(description="`next` of the page before")] = None,
    trigger: Annotated[str | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    email: Annotated[str | None, Query(description="the whole address")] = None,
) -> Logs:
    """Every mail, newest first; never what it said."""
    with db.session(write=False) as session:
        found = records.page(
            session, limit=limit, before=before, trigger=trigger, status=status, recipient=email and email.casefold()
        )
        return Logs(logs=[_log(each) for each in found], next=found[-1].id if len(found) == limit else None)


@router.get("/email-logs/{log_id}", responses=errors(404))
def get_log(log_id: Annotated[str, Path()]) -> LogDetail:
    """One mail, with what the sender reported about it."""
    with db.session(write=False) as session:
        mail = records.get(session, log_id)
        kept = records.kept(session, log_id)
        return LogDetail(
            log=_log(mail),
            events=[
                EventResponse(event=each.kind, detail=each.detail, at=iso(each.happened_at))
                for each in records.events(session, log_id)
            ],
            message=Preview(subject=kept.subject, text=kept.text, html=kept.html) if kept else None,
        )


@router.get("/email-stats", responses=errors(400))
def statistics(days: Annotated[int, Query(ge=1, le=records.MAX_DAYS)] = 30) -> Statistics:
    """How many mails were asked for, sent, delivered, opened; tests left out."""
    with db.session(write=False) as session:
        found = records.statistics(session, days)
    return Statistics.model_validate(
        {
            "days": days,
            "total": _numbers(found["total"]),
            "byTrigger": [_numbers(each) for each in found["by_trigger"]],
            "byDay": [_numbers(each) for each in found["by_day"]],
        }
    )


@router.post(
    "/email-test",
    status_code=202,
    response_model=Tested,
    dependencies=[json_only],
    responses=errors(400, 404, 409, 429),
)
def send_test(body: TestRequest, admin: Admin, language: Lang, key: IdempotencyKey = None) -> JSONResponse:
    """The template's mail, filled with samples, to this address; 20 an hour."""

    def work() -> Answer:
        mail = delivery.send_test(session, body.templateId, body.email, body.language or language, admin.id)
        return Answer(202, Tested(logId=mail.id).model_dump())

    with db.session() as session:
        given = body.model_dump_json().encode()
        return sent(idempotency.once(session, admin.id, key, "POST /api/admin/email-test", given, work))


def _numbers(found: dict[str, Any]) -> dict[str, Any]:
    return {"deliveryRate" if name == "delivery_rate" else name: value for name, value in found.items()}


def _log(mail: MailLog) -> LogResponse:
    return LogResponse.model_validate(
        {
            "id": mail.id,
            "trigger": mail.trigger,
            "language": mail.language,
            "email": mail.recipient,
            "subject": mail.subject,
            "status": mail.status,
            "test": mail.test,
            "attempts": mail.attempts,
            "errorCode": mail.error_code,
            "error": mail.error,
            "provider": mail.provider,
            "createdAt": iso(mail.created_at),
            "sentAt": iso(mail.sent_at) if mail.sent_at else None,
            "deliveredAt": iso(mail.delivered_at) if mail.delivered_at else None,
            "openedAt": iso(mail.opened_at) if mail.opened_at else None,
            "clickedAt": iso(mail.clicked_at) if mail.clicked_at else None,
        }
    )
