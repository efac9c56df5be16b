"""How often something may be done: moving windows, exact whoever asks at once, counted in Redis or the database."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MovingWindowSupport, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from cvstudio import db
from cvstudio.config import settings
from cvstudio.errors import RateLimited, Unavailable
from cvstudio.models import metadata

REDIS_SECONDS = 2.0  # what Redis may take to answer
FORGET_AT_ONCE = 100  # rows
_SWEPT = "rates_swept"  # in a session that has forgotten some


@dataclass(frozen=True)
class Limit:
    """At most `number` in any `seconds`."""

    number: int
    seconds: int


def hit(session: Session | None, name: str, who: str, limit: Limit) -> None:
    """Counts one more. Raises RateLimited, and counts nothing, when there have been enough.

    The database counts in the session's transaction: what is rolled back has not counted. Without a session it is a
    transaction of its own, which must not be asked for inside of another.
    """
    with _limiter(session) as limiter:
        if not limiter.hit(_Window(limit), name, who):
            raise _refusal(limiter, name, who, limit)


def check(session: Session | None, name: str, who: str, limit: Limit) -> None:
    """Counts nothing. Raises RateLimited where hit() would."""
    with _limiter(session) as limiter:
        if not limiter.test(_Window(limit), name, who):
            raise _refusal(limiter, name, who, limit)


def forget(session: Session | None, name: str, who: str, limit: Limit) -> None:
    """As if nothing had been counted."""
    with _limiter(session) as limiter:
        limiter.clear(_Window(limit), name, who)


class _Window(RateLimitItemPerSecond):
    """A window whose count goes on when its limit is changed."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.number, limit.seconds)

    def key_for(self, *identifiers: object) -> str:
        return "/".join([*map(str, identifiers), str(self.get_expiry())])


@contextmanager
def _limiter(session: Session | None) -> Iterator[MovingWindowRateLimiter]:
    chosen = settings()
    if chosen.redis_url:
        try:
            yield MovingWindowRateLimiter(_redis(chosen.redis_url, f"{chosen.redis_prefix}:rate"))
        except StorageError as error:
            raise Unavailable("Redis does not count") from error
    elif session is not None:
        yield MovingWindowRateLimiter(DatabaseStorage(session))
    else:
        with db.session() as own:
            yield MovingWindowRateLimiter(DatabaseStorage(own))


@cache
def _redis(url: str, prefix: str) -> RedisStorage:
    return RedisStorage(
        url, key_prefix=prefix, wrap_exceptions=True, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )


def _refusal(limiter: MovingWindowRateLimiter, name: str, who: str, limit: Limit) -> RateLimited:
    """It says how long to wait, and until when."""
    reset = limiter.get_window_stats(_Window(limit), name, who).reset_time
    moment = datetime.fromtimestamp(math.ceil(reset), UTC)
    wait = max(1, math.ceil(reset - time.time()))
    return RateLimited(retry_after=wait, reset_at=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


class DatabaseStorage(Storage, MovingWindowSupport):
    """Counts for `limits` in our database: one row each, in the transaction of the session."""

    STORAGE_SCHEME = None

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        self._take_turn(key)
        now = time.time()
        if self._counted(key, now - expiry) + amount > limit:
            return False
        self._add(key, now, now + expiry, amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = time.time()
        found = self.session.scalars(_RECENT, {"of": key, "since": now - expiry, "most": limit}).all()
        return (found[-1] if found else now), len(found)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """A fixed window, which begins with the first."""
        self._take_turn(key)
        now = time.time()
        self._add(key, now, self._ends(key) or now + expiry, amount)
        return self.get(key)

    def get(self, key: str) -> int:
        return self.session.scalars(_LIVING, {"of": key, "now": time.time()}).one()

    def get_expiry(self, key: str) -> float:
        return self._ends(key) or time.time()

    def check(self) -> bool:
        try:
            return bool(self.session.scalars(select(1)).one())
        except SQLAlchemyError:
            return False

    def reset(self) -> int:
        return int(self.session.connection().execute(delete(_ROWS)).rowcount)

    def clear(self, key: str) -> None:
        self.session.execute(_CLEAR, {"of": key})

    def _take_turn(self, key: str) -> None:
        """Until the transaction ends, whoever else counts under this key waits: on SQLite they do already."""
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0)))).one()

    def _counted(self, key: str, since: float) -> int:
        return self.session.scalars(_COUNT, {"of": key, "since": since}).one()

    def _add(self, key: str, at: float, expires_at: float, amount: int) -> None:
        """And, once in a transaction, forgets some of what no longer counts, whoever's it is."""
        if not self.session.info.get(_SWEPT):
            self.session.execute(_SWEEP, {"now": at})
            self.session.info[_SWEPT] = True
        self.session.execute(_ADD, [{"key": key, "at": at, "expires_at": expires_at}] * amount)

    def _ends(self, key: str) -> float | None:
        """When the key's fixed window does, if there is one."""
        ends: float | None = self.session.scalars(_ENDS, {"of": key, "now": time.time()}).one()
        return ends


# Built once: it takes longer to build them than to run them.
_ROWS = metadata.tables["rate_hit"]
_OF = _ROWS.c.key == bindparam("of")
_SINCE = _ROWS.c.at >= bindparam("since")
_LIVES = _ROWS.c.expires_at > bindparam("now")
_COUNT = select(func.count()).where(_OF, _SINCE)
_RECENT = select(_ROWS.c.at).where(_OF, _SINCE).order_by(_ROWS.c.at.desc()).limit(bindparam("most"))
_LIVING = select(func.count()).where(_OF, _LIVES)
_ENDS = select(func.max(_ROWS.c.expires_at)).where(_OF, _LIVES)
_CLEAR = delete(_ROWS).where(_OF)
_ADD = insert(_ROWS)
_OLD = select(_ROWS.c.id).where(~_LIVES).limit(FORGET_AT_ONCE).with_for_update(skip_locked=True)
_SWEEP = delete(_ROWS).where(_ROWS.c.id.in_(_OLD))
