from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class BackgroundTask(SQLModel, table=True):
    """What a person sees of a job besides the job itself (see cvstudio.domain.background)."""

    __tablename__ = "background_task"

    job_id: str = Field(primary_key=True, foreign_key="job.id", ondelete="CASCADE")
    title: str = ""  # what it is about: a job's title, a file's name
    filename: str = ""  # promised to the CV that it makes: no other takes it while the job lasts
    device: str = ""  # that asked for it, as it calls itself
    dismissed_at: datetime | None = None
    reported: Json = Field(default_factory=dict, sa_type=JsonColumn)  # what a client said of it; decides nothing


class TelemetryEvent(SQLModel, table=True):
    """Something that happened on a page, told with the consent of the person it is about."""

    __tablename__ = "telemetry_event"
    __table_args__ = (Index("ix_telemetry_event_type_created_at", "type", "created_at"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE", index=True)
    type: str
    category: str
    details: Json = Field(default_factory=dict, sa_type=JsonColumn)
    duration: int | None = None  # milliseconds
    created_at: datetime = Field(default_factory=utcnow, index=True)
