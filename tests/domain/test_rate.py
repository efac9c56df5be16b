"""The same limits, whether the database counts or Redis does."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlmodel import func, select

from cvstudio import db
from cvstudio.domain import rate
from cvstudio.domain.rate import DatabaseStorage, Limit
from cvstudio.errors import RateLimited, Unavailable
from cvstudio.models import RateHit

THREE = Limit(3, 60)


@pytest.fixture(params=["database", "redis"])
def counted(request, engine, configure) -> str:
    if request.param == "redis":
        configure(redis_url=request.getfixturevalue("redis_url"), redis_prefix=f"test-{uuid.uuid4().hex}")
    return request.param


@pytest.fixture
def clock(monkeypatch):
    """Advances when called."""
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def advance(seconds: float) -> None:
        now[0] += seconds

    return advance


def hit(who: str = "me", limit: Limit = THREE, name: str = "test") -> bool:
    try:
        rate.hit(None, name, who, limit)
    except RateLimited:
        return False
    return True


def test_a_window_moves(counted, clock):
    for _ in range(3):
        assert hit()
        clock(10)
    assert not hit()
    clock(29.5)
    with pytest.raises(RateLimited) as error:
        rate.check(None, "test", "me", THREE)
    assert error.value.params["retry_after"] == 1
    reset = datetime.strptime(error.value.params["reset_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert 0 <= reset.timestamp() - (time.time() + 0.5) <= 1
    clock(0.6)
    rate.check(None, "test", "me", THREE)
    assert hit()
    assert not hit()  # the next is free in ten seconds, not before
    clock(10)
    assert hit()


def test_who_and_what_are_counted_apart(counted):
    for _ in range(3):
        assert hit()
    assert not hit()
    assert hit("someone else")
    assert hit(name="another thing")
    rate.forget(None, "test", "me", THREE)
    assert hit()


def test_a_changed_limit_goes_on_counting(counted):
    for _ in range(3):
        assert hit()
    assert not hit(limit=Limit(2, 60))
    assert hit(limit=Limit(4, 60))
    assert not hit(limit=Limit(4, 60))
    assert not hit("nobody", Limit(0, 60))


def test_it_is_exact_for_all_at_once(counted):
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: hit(limit=Limit(10, 60)), range(50))) == 10


def test_the_database_counts_in_the_callers_transaction(engine):
    def refused_later() -> None:
        with db.session() as session:
            rate.hit(session, "test", "me", Limit(1, 60))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused_later()
    assert hit(limit=Limit(1, 60))


def test_what_no_longer_counts_is_forgotten(engine, clock):
    for number in range(5):
        hit(f"visitor {number}")
    clock(61)
    hit("the next")
    with db.session(write=False) as session:
        assert session.exec(select(func.count()).select_from(RateHit)).one() == 1


def test_without_redis_nobody_is_let_through(sqlite, configure):
    configure(redis_url="redis://127.0.0.1:1/0")
    with pytest.raises(Unavailable):
        hit()


def test_the_storage_counts_fixed_windows_too(engine, clock):
    with db.session() as session:
        storage = DatabaseStorage(session)
        assert storage.check()
        assert (storage.get("k"), storage.get_expiry("k")) == (0, time.time())
        assert (storage.incr("k", 60), storage.incr("k", 60, 2)) == (1, 3)
        assert storage.get_expiry("k") == pytest.approx(time.time() + 60)
        clock(61)
        assert storage.get("k") == 0
        storage.incr("k", 60)
        storage.incr("other", 60)
        storage.clear("k")
        assert storage.reset() == 1
