"""Whether the service can do its work, part by part."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import redis
import structlog
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from cvstudio import db, events, jobs
from cvstudio.config import settings
from cvstudio.domain import generation, rendering
from cvstudio.errors import StudioError, Unavailable
from cvstudio.models import Job, utcnow
from cvstudio.render.chromium import BrowserUnavailable

MIN_FREE_BYTES = 100_000_000
NEGLECTED_AFTER = timedelta(seconds=10)  # a living worker sees to what is overdue every second

log = structlog.get_logger(__name__)


class PartDown(Unavailable):
    """`detail` says what is wrong, for the operator."""

    code = "PART_DOWN"


def parts() -> dict[str, dict[str, object]]:
    """Each part with {ok, detail}; nothing here raises, and nothing tells secrets."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "queue": _queue,
        "bus": _bus,
        "worker": _worker,
        "chromium": _chromium,
        "disk": _disk,
    }
    return {name: _checked(name, check) for name, check in checks.items()}


def _checked(name: str, check: Callable[[], str]) -> dict[str, object]:
    try:
        return {"ok": True, "detail": check()}
    except StudioError as error:
        reason = error.detail
    except (SQLAlchemyError, redis.RedisError, sqlite3.Error, OSError) as error:
        reason = type(error).__name__
    log.warning("health.down", part=name, reason=reason)
    return {"ok": False, "detail": reason}


def _database() -> str:
    with db.session(write=False) as session:
        session.connection().exec_driver_sql("SELECT 1")
        return session.get_bind().dialect.name


def _queue() -> str:
    return f"{jobs.huey().pending_count()} waiting"


def _bus() -> str:
    events.check()
    return "redis" if settings().redis_url else "embedded"


def _worker() -> str:
    """Workers look after overdue jobs; one long overdue has no worker at all. A browser that is there may not start."""
    overdue = col(Job.lease_until) < utcnow() - NEGLECTED_AFTER
    printed = select(Job.error_code, Job.error).where(Job.kind == generation.KIND, col(Job.finished_at).is_not(None))
    with db.session(write=False) as session:
        open_jobs = select(func.count()).select_from(Job).where(col(Job.status).in_(("queued", "running")))
        neglected = session.exec(open_jobs.where(overdue)).one()
        if neglected:
            raise PartDown(f"{neglected} jobs wait for a worker")
        newest = session.exec(printed.order_by(col(Job.finished_at).desc()).limit(1)).first()
        if newest and newest[0] == BrowserUnavailable.code:
            raise PartDown(newest[1] or newest[0])
        return f"{session.exec(open_jobs).one()} jobs under way"


def _chromium() -> str:
    return rendering.executable().name


def _disk() -> str:
    free = shutil.disk_usage(settings().data_dir).free
    if free < MIN_FREE_BYTES:
        raise PartDown(f"{free // 1_000_000} MB free")
    return f"{free // 1_000_000} MB free"
