import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import select

from cvstudio import db
from cvstudio.models import Cv, Owner


def test_a_session_commits_and_its_objects_stay_readable(engine: Engine) -> None:
    with db.session() as session:
        owner = Owner(locale="en")
        session.add(owner)
    assert owner.locale == "en"
    with db.session(write=False) as session:
        assert session.get(Owner, owner.id) == owner


def test_an_exception_rolls_back_and_cancels_what_was_to_follow(engine: Engine) -> None:
    called: list[str] = []

    def fail() -> None:
        with db.session() as session:
            session.add(Owner(id="gone"))
            session.flush()
            db.after_commit(session, lambda: called.append("never"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with db.session(write=False) as session:
        assert session.get(Owner, "gone") is None
    assert called == []


def test_callbacks_run_in_order_after_the_commit_even_if_one_fails(engine: Engine) -> None:
    called: list[str] = []

    def seen_by_others() -> None:
        with db.session(write=False) as other:
            called.append("first" if other.get(Owner, "kept") else "too early")
        raise ZeroDivisionError

    def work() -> None:
        with db.session() as session:
            session.add(Owner(id="kept"))
            db.after_commit(session, seen_by_others)
            db.after_commit(session, lambda: called.append("second"))

    with pytest.raises(ZeroDivisionError):
        work()
    assert called == ["first", "second"]


def test_a_failed_commit_cancels_what_was_to_follow(sqlite: Engine) -> None:
    called: list[str] = []

    def work() -> None:
        with db.session() as session:
            session.add(Cv(owner_id="nobody", filename="a", template="modern"))
            db.after_commit(session, lambda: called.append("never"))

    with pytest.raises(IntegrityError):
        work()
    assert called == []


def test_a_reading_session_cannot_write(engine: Engine) -> None:
    def write() -> None:
        with db.session(write=False) as session:
            session.add(Owner())

    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        write()
    with db.session() as session:  # and the connection is none the worse for it
        session.add(Owner())


def test_times_are_utc_whatever_went_in(engine: Engine) -> None:
    noon_in_paris = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    with db.session() as session:
        session.add(Owner(id="o", seen_at=noon_in_paris))
    with db.session(write=False) as session:
        found = session.get_one(Owner, "o").seen_at
        assert found == noon_in_paris
        assert found.tzinfo is UTC
        assert session.exec(select(Owner.id).where(Owner.seen_at == noon_in_paris)).one() == "o"


def test_a_time_without_zone_is_refused(engine: Engine) -> None:
    def write() -> None:
        with db.session() as session:
            session.add(Owner(seen_at=datetime(2026, 3, 1)))  # noqa: DTZ001 - what is refused

    with pytest.raises(StatementError, match="timezone"):
        write()


def test_json_comes_back_as_it_went_in(engine: Engine, owner: Owner) -> None:
    document = {"basics": {"name": "Zoë 😀 عمر"}, "work": [], "meta": {"n": 1.5, "nothing": None}}
    with db.session() as session:
        session.add(Cv(id="c", owner_id=owner.id, filename="a", template="modern", document=document))
    with db.session(write=False) as session:
        assert session.get_one(Cv, "c").document == document


def test_filenames_are_unique_for_their_owner(engine: Engine, owner: Owner) -> None:
    def add_twice(second_owner: str) -> None:
        with db.session() as session:
            session.add(Cv(owner_id=owner.id, filename="cv", template="modern"))
            session.add(Cv(owner_id=second_owner, filename="cv", template="modern"))

    with pytest.raises(IntegrityError):
        add_twice(owner.id)
    with db.session() as session:
        session.add(Owner(id="other"))
    add_twice("other")


def test_deleting_an_owner_deletes_what_is_theirs(engine: Engine, owner: Owner) -> None:
    with db.session() as session:
        session.add(Cv(owner_id=owner.id, filename="cv", template="modern"))
    with db.session() as session:
        session.delete(session.get_one(Owner, owner.id))
    with db.session(write=False) as session:
        assert session.exec(select(Cv)).all() == []


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    with db.session() as writer:
        writer.add(Owner(id="unseen"))
        writer.flush()
        with db.session(write=False) as reader:
            assert reader.get(Owner, "unseen") is None


def test_writers_that_read_first_wait_their_turn(engine: Engine, owner: Owner) -> None:
    """A read-then-write that a deferred SQLite transaction would refuse with "database is locked"."""

    def rename() -> None:
        for _ in range(20):
            with db.session() as session:
                found = session.exec(select(Owner).where(Owner.id == owner.id).with_for_update()).one()
                found.kind = f"{int(found.kind) + 1}"
                session.add(found)

    with db.session() as session:
        session.get_one(Owner, owner.id).kind = "0"
    threads = [threading.Thread(target=rename) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.session(write=False) as session:
        assert session.get_one(Owner, owner.id).kind == "80"


def test_errors_do_not_repeat_peoples_data(engine: Engine) -> None:
    def work() -> None:
        with db.session() as session:
            session.add(Cv(owner_id="nobody", filename="jeanne@example.org", template="modern"))

    with pytest.raises(IntegrityError) as caught:
        work()
    assert "jeanne" not in str(caught.value)


def test_sqlite_is_set_up_for_web_and_worker_together(sqlite: Engine) -> None:
    with sqlite.connect() as connection:
        found = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 10_000}
