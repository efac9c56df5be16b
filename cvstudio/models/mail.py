from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class MailTrigger(SQLModel, table=True):
    """What administrators decided about a trigger; one that they invented has its description here too."""

    __tablename__ = "mail_trigger"

    name: str = Field(primary_key=True)
    active_id: str | None = Field(default=None, foreign_key="mail_template.id", ondelete="SET NULL")
    default_id: str | None = Field(default=None, foreign_key="mail_template.id", ondelete="SET NULL")
    custom: bool = False
    label: str = ""
    about: str = ""
    placeholders: Json = Field(default_factory=dict, sa_type=JsonColumn)  # name → {kind, about, sample}
    created_at: datetime = Field(default_factory=utcnow)


class MailTemplate(SQLModel, table=True):
    """A mail in an administrator's words; the built-in ones are files."""

    __tablename__ = "mail_template"

    id: str = Field(default_factory=new_id, primary_key=True)
    trigger: str = Field(index=True)
    name: str
    content: Json = Field(default_factory=dict, sa_type=JsonColumn)  # language → {subject, preheader, body}
    created_at: datetime = Field(default_factory=utcnow)
    updated_at: datetime = Field(default_factory=utcnow)
    updated_by: str | None = Field(default=None, foreign_key="owner.id", ondelete="SET NULL")


class MailLog(SQLModel, table=True):
    """One mail, from its trigger to its delivery; its id is the key under which it is sent at most once."""

    __tablename__ = "mail_log"
    __table_args__ = (
        Index("ix_mail_log_created_at_id", "created_at", "id"),
        Index("ix_mail_log_status", "status"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str | None = Field(default=None, foreign_key="owner.id", ondelete="CASCADE", index=True)
    trigger: str = Field(index=True)
    language: str
    recipient: str = Field(index=True)
    subject: str = ""
    # The template it is made with when that is not the active one: a test.
    template_id: str | None = None
    test: bool = False
    status: str = "queued"  # sent, delayed, delivered, bounced, complained, failed
    attempts: int = 0
    error_code: str | None = None
    error: str | None = None
    # What it says, secrets included: dropped once it is sent or given up.
    given: Json = Field(default_factory=dict, sa_type=JsonColumn)  # the placeholders' values
    message: Json = Field(default_factory=dict, sa_type=JsonColumn)  # as first tried, so that every try is the same
    job_id: str | None = None  # of the next or last try
    provider: str | None = None  # resend, outbox
    provider_id: str | None = Field(default=None, index=True)
    created_at: datetime = Field(default_factory=utcnow)
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    clicked_at: datetime | None = None


class MailEvent(SQLModel, table=True):
    """What the sender reported about a mail; kept once, however often it is reported."""

    __tablename__ = "mail_event"

    id: str = Field(primary_key=True)  # the report's own
    mail_id: str | None = Field(default=None, foreign_key="mail_log.id", ondelete="CASCADE", index=True)
    kind: str  # sent, delivered, …
    detail: str = ""
    happened_at: datetime
    created_at: datetime = Field(default_factory=utcnow)


class OutboxMail(SQLModel, table=True):
    """A mail that nobody sends: during development it is read here."""

    __tablename__ = "outbox_mail"

    id: str = Field(primary_key=True, foreign_key="mail_log.id", ondelete="CASCADE")
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    created_at: datetime = Field(default_factory=utcnow)
