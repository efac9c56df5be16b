"""The engine and `session()`: commit, or roll back; then, and only then, what was to follow.

Nothing is opened at import: web workers fork, and a connection must not be shared by two.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from alembic import command
from cvstudio.config import settings

ROOT = Path(__file__).resolve().parent.parent
BUSY_TIMEOUT_MS = 10_000
KEPT = 10  # connections that stay open
# As many as there may be threads that ask. Fewer, and the event loop, which asks too, would stand still behind threads
# that wait for their turn to write: with it every page. A file is cheap to open; of a server's there are not so many.
MOST_SQLITE, MOST_POSTGRESQL = 120, 40


@cache
def engine() -> Engine:
    """The engine of this process, opened on first use."""
    return connect(settings().database_url)


def connect(url: str) -> Engine:
    """An engine on `url`, either SQLite or PostgreSQL, behaving alike."""
    # Parameters hold people's data: they stay out of error messages and logs.
    if not url.startswith("sqlite"):
        most = MOST_POSTGRESQL - KEPT
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=KEPT, max_overflow=most)
    made = create_engine(url, hide_parameters=True, pool_size=KEPT, max_overflow=MOST_SQLITE - KEPT)
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver opens no transaction by itself; _begin_sqlite does
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails when another wrote in between, without
    # waiting. Taking the write lock at once makes it wait its turn instead.
    reads_only = connection.get_execution_options().get("postgresql_readonly", False)
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        driver.execute(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")
        driver.execute("BEGIN" if reads_only else "BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise OperationalError("BEGIN", None, error) from error


@contextmanager
def session(*, write: bool = True) -> Iterator[Session]:
    """A transaction: committed at the end, rolled back when an exception leaves the block.

    Objects stay readable afterwards. `write=False` never waits for writers, and cannot write.
    """
    bind = engine() if write else engine().execution_options(postgresql_readonly=True)
    with Session(bind, expire_on_commit=False) as opened:
        yield opened
        opened.commit()
        queued = opened.info.pop("after_commit", [])
    with ExitStack() as callbacks:  # all run, in order, even when one raises
        for callback in reversed(queued):
            callbacks.callback(callback)


def after_commit(session: Session, callback: Callable[[], object]) -> None:
    """Call back once what `session` wrote is committed; never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(callback)


def migrations(engine: Engine | None = None) -> Config:
    """Alembic's view of the database, ours unless another `engine` is given."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["engine"] = engine
    return config


def migrate() -> None:
    """Bring the database up to date; processes that start together take turns."""
    command.upgrade(migrations(), "head")


def close() -> None:
    """Close this process's connections; the next use opens new ones."""
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()


# A forked child forgets the parent's connections without closing them under the parent.
os.register_at_fork(after_in_child=engine.cache_clear)
