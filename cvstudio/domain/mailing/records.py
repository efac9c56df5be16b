"""What was sent and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy import case, func, tuple_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from cvstudio.clients import mail as client
from cvstudio.clients.mail import Report
from cvstudio.config import settings
from cvstudio.errors import NotFound
from cvstudio.models import Json, MailEvent, MailLog, OutboxMail, utcnow

STATUSES = ("queued", "sent", "delayed", "delivered", "bounced", "complained", "failed")
MAX_PAGE = 200
MAX_DAYS = 366

# Reports come in any order: a later stage is never undone by an earlier one.
_STAGE = {status: stage for stage, status in enumerate(("queued", "sent", "delayed", "delivered"))}
_STAGE |= {"bounced": 4, "failed": 4, "complained": 5}
_MEANS = {
    "sent": "sent",
    "delivery_delayed": "delayed",
    "delivered": "delivered",
    "opened": "delivered",
    "clicked": "delivered",
    "bounced": "bounced",
    "failed": "failed",
    "suppressed": "bounced",
    "complained": "complained",
}

log = structlog.get_logger(__name__)


class MailNotFound(NotFound):
    code = "MAIL_NOT_FOUND"


def page(
    session: Session,
    *,
    limit: int = 50,
    before: str | None = None,
    trigger: str | None = None,
    status: str | None = None,
    recipient: str | None = None,
) -> Sequence[MailLog]:
    """The newest mails first, those before the one whose id is `before`. Raises MailNotFound if that is gone."""
    if (trigger or status or recipient) and not _sayable(trigger, status, recipient):
        return []
    newest = select(MailLog).order_by(col(MailLog.created_at).desc(), col(MailLog.id).desc())
    if before:
        last = get(session, before)
        newest = newest.where(tuple_(col(MailLog.created_at), col(MailLog.id)) < (last.created_at, last.id))
    for column, wanted in ((MailLog.trigger, trigger), (MailLog.status, status), (MailLog.recipient, recipient)):
        if wanted:
            newest = newest.where(col(column) == wanted)
    return session.exec(newest.limit(min(max(limit, 1), MAX_PAGE))).all()


def _sayable(*wanted: str | None) -> bool:
    return all((each or "").isprintable() for each in wanted)  # PostgreSQL refuses \0


def get(session: Session, mail_id: str) -> MailLog:
    """Raises MailNotFound."""
    found = session.get(MailLog, mail_id) if mail_id.isascii() and mail_id.isalnum() else None
    if found is None:
        raise MailNotFound
    return found


def events(session: Session, mail_id: str) -> Sequence[MailEvent]:
    """What the sender reported, in the order in which it happened."""
    wanted = select(MailEvent).where(MailEvent.mail_id == mail_id)
    return session.exec(wanted.order_by(col(MailEvent.happened_at), col(MailEvent.created_at))).all()


def kept(session: Session, mail_id: str) -> OutboxMail | None:
    """The mail itself, when nobody sent it: that is how one reads mail during development. Never in production."""
    return None if settings().production else session.get(OutboxMail, mail_id)


def receive(session: Session, body: bytes, headers: Mapping[str, str]) -> bool:
    """What Resend posts; whether it told us something new. Raises InvalidSignature, NotSetUp."""
    found = client.report(body, headers)
    return found is not None and take_note(session, found)


def take_note(session: Session, report: Report) -> bool:
    """A report of the sender, counted once however often and in whatever order it comes; False when already known."""
    mail = _reported(session, report)
    event = MailEvent(
        id=report.id,
        mail_id=mail.id if mail else None,
        kind=report.kind,
        detail=report.detail,
        happened_at=report.happened_at,
    )
    try:
        with session.begin_nested():
            session.add(event)
    except IntegrityError:
        return False
    log.info("mail.reported", mail_id=mail.id if mail else None, kind=report.kind)
    if mail is not None:
        _advance(mail, report)
    return True


def _reported(session: Session, report: Report) -> MailLog | None:
    if report.mail_id:
        mail = session.get(MailLog, report.mail_id, with_for_update=True, populate_existing=True)
        if mail is not None:
            return mail
    if not report.provider_id:
        return None
    return session.exec(select(MailLog).where(MailLog.provider_id == report.provider_id).with_for_update()).first()


def _advance(mail: MailLog, report: Report) -> None:
    at = report.happened_at
    if report.kind == "opened":
        mail.opened_at = min(mail.opened_at or at, at)
    elif report.kind == "clicked":
        mail.clicked_at = min(mail.clicked_at or at, at)
    status = _MEANS.get(report.kind)
    if status is None:
        return
    if status == "delivered":
        mail.delivered_at = min(mail.delivered_at or at, at)
    if mail.status == "queued":  # Resend was faster than our own note that it took the mail
        mail.provider, mail.sent_at = "resend", mail.sent_at or at
        mail.given, mail.message = {}, {}
    if _STAGE[status] > _STAGE[mail.status]:
        mail.status = status
        if _STAGE[status] >= _STAGE["bounced"]:
            mail.error_code, mail.error = f"MAIL_{report.kind.upper()}", report.detail or None


# ---------------------------------------------------------------------------- numbers


def statistics(session: Session, days: int = 30) -> Json:
    """Counts since `days` days ago: in all, by trigger, by day (UTC). Tests are left out."""
    since = utcnow() - timedelta(days=min(max(days, 1), MAX_DAYS))
    total, *_ = _counted(session, since)
    by_trigger = _counted(session, since, col(MailLog.trigger))
    by_day = _counted(session, since, _day(session))
    return {
        "total": _numbers(total),
        "by_trigger": [{"trigger": row[0], **_numbers(row[1:])} for row in by_trigger],
        "by_day": [{"day": str(row[0]), **_numbers(row[1:])} for row in by_day],
    }


def _counted(session: Session, since: datetime, *by: Any) -> Sequence[Any]:
    status = col(MailLog.status)
    counts = (
        func.count(),
        *(func.sum(case((status == each, 1), else_=0)) for each in STATUSES),
        func.count(col(MailLog.opened_at)),
        func.count(col(MailLog.clicked_at)),
    )
    wanted = sa.select(*by, *counts).where(col(MailLog.created_at) >= since, col(MailLog.test).is_(False))
    return session.execute(wanted.group_by(*by).order_by(*by) if by else wanted).all()


def _numbers(row: Sequence[Any]) -> Json:
    names = ("asked", *STATUSES, "opened", "clicked")
    found: Json = {name: int(number or 0) for name, number in zip(names, row, strict=True)}
    # `sent` in words: taken by the sender, whatever became of it then.
    settled = found["delivered"] + found["bounced"] + found["complained"]
    arrived = found["delivered"] + found["complained"]
    return found | {"delivery_rate": round(arrived / settled, 4) if settled else None}


def _day(session: Session) -> Any:
    moment = col(MailLog.created_at)
    if session.get_bind().dialect.name == "postgresql":
        return func.date(func.timezone("UTC", moment))
    return func.date(moment)
