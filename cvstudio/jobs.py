"""Durable background jobs: the row is the truth, Huey only carries its id to a worker at once.

Huey forgets a task whose worker is killed, and may deliver one twice. So a worker claims the row in
one UPDATE, holds it by a lease that a heartbeat renews, and every later write names the attempt it
belongs to: whoever lost the lease can write nothing more. The reaper hands on what lost its worker,
and offers again what the queue lost.
"""

import os
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

import redis
import structlog
from huey import Huey
from huey.storage import RedisStorage, SqliteStorage
from sqlalchemy import DateTime, Update, bindparam, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from cvstudio import db, doorbell, events, logs
from cvstudio.config import settings
from cvstudio.errors import StudioError, restored
from cvstudio.models import Job, JobEffect, Json, metadata

MAX_ATTEMPTS = 3  # a job that crashed this often has failed
MAX_LOST = 5  # as has one that took its worker down this often
RETRY_AFTER = timedelta(seconds=1)  # doubled with each attempt
OFFER_AGAIN_AFTER = timedelta(seconds=30)  # when nobody claims what the queue should have delivered
REAP_AT_ONCE = 200  # rows
PATIENCE = 1.0  # seconds between a waiting worker's looks at the queue when nothing rings

# Built once: SQLAlchemy takes longer to build them than SQLite to run them.
_ROWS = metadata.tables["job"]
_CLAIM = (
    update(_ROWS)
    .where(_ROWS.c.id == bindparam("this"), _ROWS.c.status == "queued")
    .values(status="running", attempt=_ROWS.c.attempt + 1)
)
_CHANGE = update(_ROWS).where(
    _ROWS.c.id == bindparam("this"), _ROWS.c.status == bindparam("found"), _ROWS.c.attempt == bindparam("tried")
)
# Whose it is may change while it runs: an account adopts its visitor's work.
_CHANGE_OURS = _CHANGE.where(_ROWS.c.worker == bindparam("by")).returning(_ROWS.c.owner_id)
_CHANGE_OVERDUE = _CHANGE.where(_ROWS.c.lease_until == bindparam("until"))
_CLOCK = select(func.clock_timestamp(type_=DateTime(timezone=True)))

_running: set["Context"] = set()  # by this process, now

Ending = Callable[[Session, Job, str], object]
_endings: list[Ending] = []

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another worker has, or will get, this job: stop, and leave everything as it is."""


class WorkerLost(StudioError):
    code = "WORKER_LOST"
    status = 500
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce travail a été interrompu plusieurs fois. Rien n'est perdu ; réessayez ou modifiez le CV.",
        "en": "This work was interrupted several times. Nothing is lost; try again or change the CV.",
    }


class Cancelled(StudioError):
    code = "TASK_CANCELLED"
    status = 409
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce travail a été annulé. Rien n’a été débité.",
        "en": "This work was cancelled. Nothing was charged.",
    }


# ---------------------------------------------------------------------------- asking for work


def enqueue(
    session: Session,
    kind: str,
    owner_id: str,
    payload: Json,
    cv_id: str | None = None,
    after: timedelta | None = None,
) -> Job:
    """Record a job in the caller's transaction; a worker gets its id once that is committed, or `after` a while."""
    job = Job(
        kind=kind,
        owner_id=owner_id,
        cv_id=cv_id,
        payload=payload,
        lease_until=datetime.now(UTC) + (after or OFFER_AGAIN_AFTER),
    )
    session.add(job)
    session.flush()
    if after is None:  # else the reaper offers it when its time has come
        job_id = job.id  # read now: by then the caller may have let go of all that the session held
        db.after_commit(session, lambda: _offer(job_id))
    return job


def at_end(ending: Ending) -> Ending:
    """Decorates what is told of every job, "done" or "failed", in the transaction that ends it."""
    _endings.append(ending)
    return ending


def failure(job: Job, lang: str) -> str | None:
    """Why `job` failed, in the reader's language; None unless it did."""
    if job.error_code is None:
        return None
    return restored(job.error_code, job.error_params).message(lang)


def cancel(session: Session, job: Job) -> None:
    """End a job that is queued or running; what works on it stops at its next write, and nothing of that is kept.

    The caller has locked the owner and then the row, and knows that it has not ended.
    """
    _end(session, job, "failed")
    as_read = {"this": job.id, "found": job.status, "tried": job.attempt}
    ended = {"status": "failed", "step": "", "worker": None, "finished_at": _now(session), **_reason(Cancelled())}
    if not _changed(session, _CHANGE, as_read | ended):
        raise LeaseLost(job.id)
    session.refresh(job)
    db.after_commit(session, lambda: _announce(job))


# ---------------------------------------------------------------------------- doing it


@dataclass(eq=False)
class Context:
    """One attempt at a job, as its handler sees it."""

    job: Job  # as it was when claimed
    worker: str
    renewed: float = field(default_factory=time.monotonic)

    @property
    def job_id(self) -> str:
        return self.job.id

    @property
    def owner_id(self) -> str:
        return self.job.owner_id

    @property
    def payload(self) -> Json:
        return self.job.payload

    @property
    def attempt(self) -> int:
        return self.job.attempt

    def progress(self, percent: int, step: str) -> None:
        """Tell the owner how far it is. Raises LeaseLost."""
        with db.session() as session:
            self._write(session, {"progress": percent, "step": step, "lease_until": _now(session) + _lease()})
            db.after_commit(session, lambda: _announce(self.job))

    def check(self) -> None:
        """Raise LeaseLost if the job is no longer ours; renew the lease if it is."""
        with self.session():
            pass

    @contextmanager
    def session(self, first: Callable[[Session], object] | None = None) -> Iterator[Session]:
        """A transaction that commits only if this attempt holds the job: keep it short. Raises LeaseLost.

        `first` takes what must be locked before the job's row: its owner.
        """
        with db.session() as session:
            if first:
                first(session)
            self._write(session, {"lease_until": _now(session) + _lease()})
            yield session

    def once(self, session: Session, effect: str) -> bool:
        """True the first time this job, in whichever attempt, commits `effect`; do it then only."""
        try:
            with session.begin_nested():
                session.add(JobEffect(job_id=self.job.id, name=effect))
        except IntegrityError:
            return False
        return True

    def finish(self, **outcome: object) -> None:
        """The last write of an attempt. Raises LeaseLost, and then nothing was written."""
        with db.session() as session:
            now = _now(session)
            if outcome["status"] == "queued":
                outcome |= {"lease_until": now + RETRY_AFTER * 2 ** (self.attempt - 1)}  # the reaper offers it then
            else:
                outcome |= {"finished_at": now}
                _end(session, self.job, str(outcome["status"]))
            self._write(session, {"worker": None, **outcome})
            db.after_commit(session, lambda: _announce(self.job))

    def _write(self, session: Session, values: Json) -> None:
        ours = {"this": self.job.id, "found": "running", "tried": self.job.attempt, "by": self.worker}
        row = session.connection().execute(_CHANGE_OURS, ours | values).first()
        if row is None:
            raise LeaseLost(self.job.id)
        if self.job.owner_id != row.owner_id:
            self.job.owner_id = row.owner_id
        self.renewed = time.monotonic()


Handler = Callable[[Context], Json]
Handlers = Mapping[str, Handler]


def run(job_id: str, handlers: Handlers, worker: str | None = None) -> None:
    """Claim the job and see it to its end; nothing if it is taken, done, or gone."""
    context = claim(job_id, worker or worker_name())
    if context is None:
        return
    _running.add(context)
    with logs.bound(job_id=job_id):
        try:
            _attempt(context, handlers)
        except LeaseLost:
            log.warning("job.lost", kind=context.job.kind, attempt=context.attempt)
        finally:
            _running.discard(context)


def _attempt(context: Context, handlers: Handlers) -> None:
    started = time.monotonic()
    about: dict[str, Any] = {"kind": context.job.kind, "attempt": context.attempt}
    try:
        result = handlers[context.job.kind](context)
        context.finish(status="done", progress=100, step="", result=result)
        log.info("job.done", **about, ms=round((time.monotonic() - started) * 1000))
    except LeaseLost:
        raise
    except StudioError as error:
        log.info("job.failed", **about, code=error.code)
        context.finish(status="failed", step="", **_reason(error))
    except Exception as error:  # one of the three places that may catch everything
        log.exception("job.crashed", **about)
        if context.attempt < MAX_ATTEMPTS:
            context.finish(status="queued", step="")
        else:
            unexpected = StudioError(f"{type(error).__name__} in attempt {context.attempt}")
            context.finish(status="failed", step="", **_reason(unexpected))


def claim(job_id: str, worker: str) -> Context | None:
    """Take a queued job: of any number that try, one gets it."""
    with db.session() as session:
        now = _now(session)
        taken = {"worker": worker, "lease_until": now + _lease(), "started_at": now, "progress": 0, "step": ""}
        if not _changed(session, _CLAIM, {"this": job_id, **taken}):
            return None
        job = session.get_one(Job, job_id)
        db.after_commit(session, lambda: _announce(job))
    return Context(job, worker)


def renew() -> None:
    """The heartbeat: renew what this process runs and has not written to for a third of a lease."""
    for context in list(_running):
        if time.monotonic() - context.renewed < _lease().total_seconds() / 3:
            continue
        try:
            context.check()
        except LeaseLost:
            _running.discard(context)  # its handler hears of it at its next write


def _end(session: Session, job: Job, status: str) -> None:
    """Comes before the job's own row is written: whoever locks both an owner and a job takes the owner first."""
    for ending in _endings:
        ending(session, job, status)


def _changed(session: Session, statement: Update, values: Json) -> bool:
    """Whether the one row was still as the statement expects, and is now changed."""
    return session.connection().execute(statement, values).rowcount == 1


def _reason(error: StudioError) -> dict[str, object]:
    plain = {name: value if isinstance(value, int | float) else str(value) for name, value in error.params.items()}
    return {"error_code": error.code, "error": error.detail, "error_params": plain}


# ---------------------------------------------------------------------------- what went astray


def reap() -> int:
    """Hand on jobs whose worker is gone, and offer again those the queue lost; how many it was."""
    with db.session(write=False) as session:
        overdue = session.exec(
            select(Job)
            .where(col(Job.status).in_(("queued", "running")), col(Job.lease_until) < _now(session))
            .order_by(col(Job.lease_until))
            .limit(REAP_AT_ONCE)
        ).all()
    return sum(_hand_on(job) for job in overdue)


def _hand_on(job: Job) -> bool:
    """Queue an overdue job, unless someone else saw to it since it was read."""
    with db.session() as session:
        now = _now(session)
        values: Json = {"status": "queued", "worker": None}
        if job.status == "running" and job.attempt >= MAX_LOST:
            values = {"status": "failed", "worker": None, "finished_at": now, **_reason(WorkerLost())}
        elif job.status == "running" or job.started_at:
            values["lease_until"] = now + OFFER_AGAIN_AFTER
        else:  # maybe the queue is merely long: offer it ever more rarely
            age = datetime.now(UTC) - job.created_at
            values["lease_until"] = now + max(OFFER_AGAIN_AFTER, age)
        if values["status"] == "failed":
            _end(session, job, "failed")
        as_read = {"this": job.id, "found": job.status, "tried": job.attempt, "until": job.lease_until}
        if not _changed(session, _CHANGE_OVERDUE, as_read | values):
            session.rollback()
            return False
        log.warning("job.handed_on", job_id=job.id, kind=job.kind, was=job.status, now=values["status"])
        if values["status"] == "queued":
            db.after_commit(session, lambda: _offer(job.id))
        if values["status"] != job.status:
            db.after_commit(session, lambda: _announce(job))
    return True


def _lease() -> timedelta:
    return timedelta(seconds=settings().job_lease_seconds)


def _now(session: Session) -> datetime:
    """One clock for all machines: the database's, which on SQLite is this machine's."""
    if session.get_bind().dialect.name == "postgresql":
        return session.connection().execute(_CLOCK).scalar_one()
    return datetime.now(UTC)


def _announce(job: Job) -> None:
    events.publish(events.owner_topic(job.owner_id), {"kind": "job", "id": job.id})


# ---------------------------------------------------------------------------- the queue


class JobQueue(Huey):  # type: ignore[misc]  # huey has no types
    """Huey, carrying job ids: a message is the id itself, so nothing is ever unpickled."""

    handlers: Handlers = {}  # noqa: RUF012 - the worker process sets its own

    def __init__(self, **options: Any) -> None:
        super().__init__(results=False, **options)
        self.offer = self.task(name="run")(self._run)

    def _run(self, job_id: str) -> None:
        run(job_id, self.handlers)

    def serialize_task(self, task: Any) -> bytes:
        return str(task.args[0]).encode()

    def deserialize_task(self, data: bytes) -> Any:
        return self.offer.s(bytes(data).decode())


class RungStorage(SqliteStorage):  # type: ignore[misc]
    """Huey's SQLite queue, where waiting workers are rung for instead of polling."""

    bell: doorbell.Doorbell | None = None
    blocking = False

    def listen(self) -> None:
        """From now on dequeue() waits for a ring."""
        self.bell = doorbell.Doorbell("jobs", patience=PATIENCE)
        self.blocking = True

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA synchronous = NORMAL")  # the rows survive a power cut, that is enough
        return connection

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        super().enqueue(data, priority)
        doorbell.ring("jobs")

    def dequeue(self) -> bytes | None:
        found: bytes | None = super().dequeue()
        if found is None and self.bell is not None:
            self.bell.wait()
            found = super().dequeue()
        return found


@cache
def huey() -> JobQueue:
    """The queue of this process, opened on first use."""
    chosen = settings()
    if chosen.redis_url:
        return JobQueue(name=chosen.redis_prefix, storage_class=RedisStorage, url=chosen.redis_url)
    return JobQueue(storage_class=RungStorage, filename=str(chosen.data_dir / "queue.db"))


def _offer(job_id: str) -> None:
    try:
        huey().offer(job_id)
    except (redis.RedisError, sqlite3.Error) as error:  # the row is safe: the reaper will offer it
        log.warning("job.not_offered", job_id=job_id, reason=type(error).__name__)


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def close() -> None:
    """Close this process's queue; the next use opens it again."""
    if huey.cache_info().currsize:
        storage = huey().storage
        storage.close()
        if isinstance(storage, RungStorage) and storage.bell:
            storage.bell.close()
    huey.cache_clear()


# A forked child must not use the parent's connection.
os.register_at_fork(after_in_child=huey.cache_clear)
os.register_at_fork(after_in_child=_running.clear)
