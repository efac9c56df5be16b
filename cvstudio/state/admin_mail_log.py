"""/admin/emails: what was sent, and what became of it."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from cvstudio import db
from cvstudio.domain.mailing import records
from cvstudio.models import MailLog, OutboxMail
from cvstudio.state.admin import for_administrators

PAGE = 25
DAYS = (7, 30, 90)
NUMBERS = ("asked", "delivered", "opened", "clicked", "bounced", "failed")


@dataclass
class MailRow:
    id: str
    trigger: str
    recipient: str
    subject: str
    status: str
    test: bool
    at: str
    error: str
    kept: str  # what it says, during development, when nobody sends it


@for_administrators
class AdminMailLog(rx.State):
    ready: bool = False
    mails: rx.Field[list[MailRow]] = rx.field(default_factory=list)
    more: bool = False
    days: int = 30
    numbers: rx.Field[dict[str, int]] = rx.field(default_factory=lambda: dict.fromkeys(NUMBERS, 0))
    rate: int = -1  # per cent delivered; -1 while nothing was heard
    _trigger: str = ""
    _status: str = ""
    _recipient: str = ""

    @rx.event
    async def load(self) -> None:
        """What there is now, as it was last filtered."""
        self.mails = []
        self._read()
        self._count()
        self.ready = True

    @rx.event
    async def filter(self, form: dict[str, Any]) -> None:
        given = form if isinstance(form, dict) else {}
        self._trigger, self._status = str(given.get("trigger") or "")[:80], str(given.get("status") or "")[:80]
        self._recipient = str(given.get("recipient") or "").strip().casefold()[:320]
        self.mails = []
        self._read()

    @rx.event
    async def older(self) -> None:
        self._read(self.mails[-1].id if self.mails else None)

    @rx.event
    async def count_since(self, days: int) -> None:
        self.days = days if days in DAYS else 30
        self._count()

    def _read(self, before: str | None = None) -> None:
        with db.session(write=False) as session:
            found = records.page(
                session,
                limit=PAGE,
                before=before,
                trigger=self._trigger or None,
                status=self._status or None,
                recipient=self._recipient or None,
            )
            rows = [_mail(mail, records.kept(session, mail.id)) for mail in found]
        self.mails = [*self.mails, *rows]
        self.more = len(found) == PAGE

    def _count(self) -> None:
        with db.session(write=False) as session:
            found = records.statistics(session, self.days)["total"]
        self.numbers = {name: found[name] for name in NUMBERS}
        self.rate = -1 if found["delivery_rate"] is None else round(100 * found["delivery_rate"])


def _mail(mail: MailLog, kept: OutboxMail | None) -> MailRow:
    return MailRow(
        id=mail.id,
        trigger=mail.trigger,
        recipient=mail.recipient,
        subject=mail.subject,
        status=mail.status,
        test=mail.test,
        at=mail.created_at.isoformat(),
        error=mail.error or "",
        kept=kept.text if kept else "",
    )
