"""Background tasks: the jobs that a person sees under way, from their request to what came of them.

The job's row says how it goes, and only a worker writes that; a BackgroundTask beside it holds what the person's
clients need: a title, the filename that was promised, the device, whether it was put away, and what a client reported,
which is repeated to clients and decides nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlmodel import Session, col, or_, select

from cvstudio import db, events, jobs
from cvstudio.domain import owned, owners
from cvstudio.errors import NotFound
from cvstudio.language import Language
from cvstudio.models import BackgroundTask, Job, JobEffect, Json, utcnow

# A job's kind → the type that API clients know it by.
TYPES = {
    "generate_cv": "generate-cv",
    "generate_cv_from_job_title": "generate-cv-from-job-title",
    "translate_cv": "translate-cv",
    "match_score": "calculate-match-score",
    "improve_cv": "improve-cv",
    "import_pdf": "import-pdf",
    "create_template_cv": "create-template-cv",
}
LIVE = ("queued", "running")
MADE = "cv"  # the effect of a job that has made its CV: from then on it can only succeed
SHOWN = 100  # tasks at most
SHOWN_FOR = timedelta(days=30)


class TaskNotFound(NotFound):
    code: ClassVar[str] = "TASK_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette tâche n’existe pas, ou plus.",
        "en": "This task does not exist, or no longer.",
    }


@dataclass(frozen=True)
class Task:
    job: Job
    about: BackgroundTask

    @property
    def status(self) -> str:
        """queued, running, done, failed or cancelled"""
        return "cancelled" if self.job.error_code == jobs.Cancelled.code else self.job.status

    @property
    def type(self) -> str:
        return TYPES[self.job.kind]

    def failure(self, language: Language) -> str | None:
        """Why it failed, for its owner; None unless it did."""
        return jobs.failure(self.job, language)

    @property
    def live(self) -> bool:
        return self.job.status in LIVE


def track(session: Session, job: Job, *, title: str = "", filename: str = "", device: str = "") -> BackgroundTask:
    """To be called in the transaction that asks for the job."""
    about = BackgroundTask(job_id=job.id, title=title[:200], filename=filename, device=device)
    session.add(about)
    session.flush()
    db.after_commit(session, lambda: _announce(job))
    return about


def all_of(session: Session, owner_id: str, device: str = "") -> list[Task]:
    """The newest first, without those put away; with a `device`, what it asked for and what no device did."""
    wanted = (
        _tasks(owner_id)
        .where(col(BackgroundTask.dismissed_at).is_(None))
        .where(or_(col(Job.status).in_(LIVE), col(Job.created_at) > utcnow() - SHOWN_FOR))
    )
    if device:
        mine = col(BackgroundTask.device).in_(("", device))
        wanted = wanted.where(or_(mine, col(BackgroundTask.device).is_(None)))
    return _read(session, wanted.order_by(col(Job.created_at).desc(), Job.id).limit(SHOWN))


def changed_since(session: Session, owner_id: str, moment: datetime) -> list[Task]:
    """What ended after `moment`, in that order, then what is under way, the oldest first."""
    wanted = _tasks(owner_id).where(or_(col(Job.status).in_(LIVE), col(Job.finished_at) > moment))
    found = _read(session, wanted.order_by(col(Job.created_at).desc(), Job.id).limit(SHOWN))
    ended = [task for task in found if not task.live]
    ended.sort(key=lambda task: (task.job.finished_at or moment, task.job.id))
    return ended + [task for task in found[::-1] if task.live]


def get_owned(session: Session, owner_id: str, task_id: str) -> Task:
    """Raises TaskNotFound."""
    return _task(session, owned.get(session, Job, owner_id, task_id, TaskNotFound))


def remove(session: Session, owner_id: str, task_id: str) -> bool:
    """Cancels what is under way, puts away what has ended: whether it was cancelled. Raises TaskNotFound.

    Cancelled work gives its credits back. What has made its CV already ends by itself, and is put away.
    """
    owners.lock(session, owner_id)  # before the job's row, as the worker that ends it does
    job = owned.get(session, Job, owner_id, task_id, TaskNotFound, lock=True)
    task = _task(session, job)
    if task.live and session.get(JobEffect, (job.id, MADE)) is None:
        jobs.cancel(session, job)
        return True
    task.about.dismissed_at = utcnow()
    session.add(task.about)
    db.after_commit(session, lambda: _announce(job))
    return False


def report(session: Session, owner_id: str, task_id: str, said: Json) -> None:
    """Keeps what a client says of its task; the task stays what it is. Raises TaskNotFound."""
    task = _task(session, owned.get(session, Job, owner_id, task_id, TaskNotFound, lock=True))
    task.about.reported = said
    session.add(task.about)


def is_made(session: Session, job_id: str) -> bool:
    """Whether an earlier attempt has made the CV."""
    return session.get(JobEffect, (job_id, MADE)) is not None


def _announce(job: Job) -> None:
    events.publish(events.owner_topic(job.owner_id), {"kind": "job", "id": job.id})


def _tasks(owner_id: str) -> Any:  # a Select of both
    return (
        select(Job, BackgroundTask)
        .join(BackgroundTask, col(BackgroundTask.job_id) == Job.id, isouter=True)
        .where(Job.owner_id == owner_id, col(Job.kind).in_(TYPES))
    )


def _read(session: Session, wanted: Any) -> list[Task]:
    return [Task(job, about or BackgroundTask(job_id=job.id)) for job, about in session.exec(wanted)]


def _task(session: Session, job: Job) -> Task:
    if job.kind not in TYPES:
        raise TaskNotFound  # other work of theirs: a file, a mail
    return Task(job, session.get(BackgroundTask, job.id) or BackgroundTask(job_id=job.id))
