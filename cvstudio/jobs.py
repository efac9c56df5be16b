"""Durable background jobs: the row is the truth, Huey only carries its id to a worker at once.

Huey forgets a task whose worker is killed, and may deliver one twice. So a worker claims the row in
one UPDATE, holds it by a lease that a heartbeat renews, and every later write names the attempt it
belongs to: whoever lost the lease can write nothing more. The reaper hands on what lost its worker,
and offers again what the queue lost.
"""

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

import redis
import structlog
from huey import Huey
from huey.storage import RedisStorage, SqliteStorage
from sqlalchemy import ColumnElement, func, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col, select

from cvstudio import db, doorbell, events, logs
from cvstudio.config import settings
from cvstudio.errors import StudioError, kinds
from cvstudio.models import Job, JobEffect, Json

MAX_ATTEMPTS = 3  # a job that crashed this often has failed
MAX_LOST = 5  # as has one that took its worker down this often
RETRY_AFTER = timedelta(seconds=1)  # doubled with each attempt
OFFER_AGAIN_AFTER = timedelta(seconds=30)  # when nobody claims what the queue should have delivered
REAP_AT_ONCE = 200  # rows
PATIENCE = 1.0  # seconds between a waiting worker's looks at the queue when nothing rings

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


# ---------------------------------------------------------------------------- asking for work


def enqueue(session: Session, kind: str, owner_id: str, payload: Json, cv_id: str | None = None) -> Job:
    """Record a job in the caller's transaction; a worker gets its id once that is committed."""
    job = Job(
        kind=kind,
        owner_id=owner_id,
        cv_id=cv_id,
        payload=payload,
        lease_until=datetime.now(UTC) + OFFER_AGAIN_AFTER,
    )
    session.add(job)
    session.flush()
    db.after_commit(session, lambda: _offer(job.id))
    return job


def failure(job: Job, lang: str) -> str | None:
    """Why `job` failed, in the reader's language; None unless it did."""
    if job.error_code is None:
        return None
    error = kinds().get(job.error_code, StudioError)
    return error.messages["fr" if lang == "fr" else "en"].format(**job.error_params)


# ---------------------------------------------------------------------------- doing it


@dataclass
class Context:
    """One attempt at a job, as its handler sees it."""

    job: Job  # as it was when claimed
    worker: str

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
        with self.session() as session:
            self.write(session, progress=percent, step=step)

    def check(self) -> None:
        """Raise LeaseLost if the job is no longer ours."""
        with self.session():
            pass

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that commits only while this attempt holds the job. Raises LeaseLost."""
        with db.session() as session:
            self.write(session, lease_until=_now(session) + _lease())
            yield session

    def once(self, session: Session, effect: str) -> bool:
        """True the first time this job, in whichever attempt, commits `effect`; do it then only."""
        try:
            with session.begin_nested():
                session.add(JobEffect(job_id=self.job.id, name=effect))
        except IntegrityError:
            return False
        return True

    def write(self, session: Session, **values: object) -> None:
        """Change the row if it is still ours. Raises LeaseLost."""
        job = self.job
        ours = (
            col(Job.id) == job.id,
            col(Job.status) == "running",
            col(Job.attempt) == job.attempt,
            col(Job.worker) == self.worker,
        )
        if session.connection().execute(update(Job).where(*ours).values(**values)).rowcount != 1:
            raise LeaseLost(job.id)
        if values.keys() - {"lease_until"}:
            db.after_commit(session, lambda: _announce(job.owner_id, job.id))


Handler = Callable[[Context], Json]
Handlers = Mapping[str, Handler]


def run(job_id: str, handlers: Handlers, worker: str | None = None) -> None:
    """Claim the job and see it to its end; nothing if it is taken, done, or gone."""
    context = claim(job_id, worker or worker_name())
    if context is None:
        return
    with logs.bound(job_id=job_id), _heartbeat(context):
        started = time.monotonic()
        try:
            result = handlers[context.job.kind](context)
            _finish(context, status="done", progress=100, step="", result=result)
            log.info(
                "job.done",
                kind=context.job.kind,
                attempt=context.attempt,
                ms=round((time.monotonic() - started) * 1000),
            )
        except LeaseLost:
            log.warning("job.lost", kind=context.job.kind, attempt=context.attempt)
        except StudioError as error:
            log.info("job.failed", kind=context.job.kind, attempt=context.attempt, code=error.code)
            _fail(context, error)
        except Exception as error:  # one of the three places that may catch everything
            log.exception("job.crashed", kind=context.job.kind, attempt=context.attempt)
            if context.attempt < MAX_ATTEMPTS:
                _put_back(context)
            else:
                _fail(context, StudioError(f"{type(error).__name__} in attempt {context.attempt}"))


def claim(job_id: str, worker: str) -> Context | None:
    """Take a queued job: of any number that try, one gets it."""
    with db.session() as session:
        now = _now(session)
        claimed = session.exec(
            update(Job)
            .where(col(Job.id) == job_id, col(Job.status) == "queued")
            .values(
                status="running",
                attempt=Job.attempt + 1,
                worker=worker,
                lease_until=now + _lease(),
                started_at=now,
                progress=0,
                step="",
            )
            .returning(Job)
        ).scalar_one_or_none()
        if claimed is None:
            return None
        db.after_commit(session, lambda: _announce(claimed.owner_id, job_id))
    return Context(claimed, worker)


def _finish(context: Context, **outcome: object) -> None:
    """The last write of an attempt. Raises LeaseLost, and then nothing was written."""
    with db.session() as session:
        context.write(session, finished_at=_now(session), worker=None, **outcome)


def _fail(context: Context, error: StudioError) -> None:
    try:
        _finish(context, status="failed", step="", **_reason(error))
    except LeaseLost:
        log.warning("job.lost", kind=context.job.kind, attempt=context.attempt)


def _put_back(context: Context) -> None:
    """Queue it again; the reaper offers it when its time comes."""
    wait = RETRY_AFTER * 2 ** (context.attempt - 1)
    try:
        with db.session() as session:
            context.write(session, status="queued", worker=None, lease_until=_now(session) + wait)
    except LeaseLost:
        log.warning("job.lost", kind=context.job.kind, attempt=context.attempt)


def _reason(error: StudioError) -> dict[str, object]:
    plain = {name: value if isinstance(value, int | float) else str(value) for name, value in error.params.items()}
    return {"error_code": error.code, "error": error.detail, "error_params": plain}


@contextmanager
def _heartbeat(context: Context) -> Iterator[None]:
    """Renew the lease for as long as the block runs."""
    stopped = threading.Event()
    thread = threading.Thread(target=_beat, args=(context, stopped), name=f"lease-{context.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _beat(context: Context, stopped: threading.Event) -> None:
    while not stopped.wait(_lease().total_seconds() / 3):
        try:
            context.check()
        except LeaseLost:
            return  # the handler hears of it at its next write
        except OperationalError as error:  # the next beat may get through
            log.warning("job.heartbeat_failed", job_id=context.job_id, reason=type(error.orig).__name__)


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
        values: dict[str, object] = {"status": "queued", "worker": None}
        if job.status == "running" and job.attempt >= MAX_LOST:
            values = {"status": "failed", "worker": None, "finished_at": now, **_reason(WorkerLost())}
        elif job.status == "running" or job.started_at:
            values["lease_until"] = now + OFFER_AGAIN_AFTER
        else:  # maybe the queue is merely long: offer it ever more rarely
            age = datetime.now(UTC) - job.created_at
            values["lease_until"] = now + max(OFFER_AGAIN_AFTER, age)
        unchanged = (
            col(Job.id) == job.id,
            col(Job.status) == job.status,
            col(Job.attempt) == job.attempt,
            col(Job.lease_until) == job.lease_until,
        )
        if session.connection().execute(update(Job).where(*unchanged).values(**values)).rowcount != 1:
            return False
        log.warning("job.handed_on", job_id=job.id, kind=job.kind, was=job.status, now=values["status"])
        if values["status"] == "queued":
            db.after_commit(session, lambda: _offer(job.id))
        if values["status"] != job.status:
            db.after_commit(session, lambda: _announce(job.owner_id, job.id))
    return True


def _lease() -> timedelta:
    return timedelta(seconds=settings().job_lease_seconds)


def _now(session: Session) -> ColumnElement[datetime] | datetime:
    """One clock for all machines: the database's, which on SQLite is this machine's."""
    if session.get_bind().dialect.name == "postgresql":
        return func.now()
    return datetime.now(UTC)


def _announce(owner_id: str, job_id: str) -> None:
    events.publish(events.owner_topic(owner_id), {"kind": "job", "id": job_id})


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
