"""Mails that follow from work done."""

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from cvstudio.domain import generation, mailing
from cvstudio.models import Job, JobEffect, User


def job_ended(session: Session, job: Job, status: str) -> None:
    """Tells accounts that asked with `notify` that their PDF is ready; once, also when the file is made again."""
    if status != "done" or job.kind != generation.KIND or not job.payload.get("notify"):
        return
    user = session.get(User, job.owner_id)
    if user is None or user.email_verified_at is None:
        return
    try:
        with session.begin_nested():
            session.add(JobEffect(job_id=job.id, name="pdf_ready"))
    except IntegrityError:
        return
    mailing.send(
        session,
        "pdf_ready",
        user.email,
        user.locale,
        owner_id=user.id,
        title=generation.filename(job),
        link=f"/api/cv/jobs/{job.id}/download",
    )
