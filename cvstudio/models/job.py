from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class Job(SQLModel, table=True):
    """One piece of background work, from its request to its outcome (see cvstudio.jobs)."""

    __table_args__ = (
        CheckConstraint("status in ('queued', 'running', 'done', 'failed')", name="ck_job_status"),
        CheckConstraint("progress between 0 and 100", name="ck_job_progress"),
        Index("ix_job_owner_id_created_at", "owner_id", "created_at"),
        Index("ix_job_status_lease_until", "status", "lease_until"),
        Index("ix_job_cv_id_kind_created_at", "cv_id", "kind", "created_at"),
        Index("ix_job_kind_finished_at", "kind", "finished_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    cv_id: str | None = Field(default=None, foreign_key="cv.id", ondelete="SET NULL", index=True)
    status: str = "queued"
    progress: int = 0
    step: str = ""  # key of the interface string that names the current step
    payload: Json = Field(default_factory=dict, sa_type=JsonColumn)
    result: Json = Field(default_factory=dict, sa_type=JsonColumn)
    error_code: str | None = None
    error: str | None = None  # English; jobs.failure() says it in the reader's language
    error_params: Json = Field(default_factory=dict, sa_type=JsonColumn)
    attempt: int = 0  # how often it was claimed; writes of an earlier attempt are refused
    worker: str | None = None
    # Running: until when the worker holds it. Queued: when to offer it to the queue again.
    lease_until: datetime = Field(default_factory=utcnow)
    created_at: datetime = Field(default_factory=utcnow)
    started_at: datetime | None = None
    finished_at: datetime | None = None


class JobEffect(SQLModel, table=True):
    """Something a job did to the outside that must not happen twice (see jobs.Context.once)."""

    __tablename__ = "job_effect"

    job_id: str = Field(primary_key=True, foreign_key="job.id", ondelete="CASCADE")
    name: str = Field(primary_key=True)
    created_at: datetime = Field(default_factory=utcnow)
