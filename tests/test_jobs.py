"""One process plays several workers here; test_worker.py has real ones."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from cvstudio import db, events, jobs
from cvstudio.errors import InvalidInput, StudioError
from cvstudio.models import Job, JobEffect, Json, Owner
from cvstudio.tailoring.offer import UnreadableOffer
from tests.conftest import Configure, wait_until

ECHO: jobs.Handlers = {"echo": lambda ctx: {"said": ctx.payload["say"]}}


class TooMany(StudioError):
    code = "TEST_TOO_MANY"
    status = 400
    messages = {"fr": "{count} pages, c'est trop.", "en": "{count} pages are too many."}  # noqa: RUF012


def ask(owner: Owner, kind: str = "echo", **payload: object) -> str:
    with db.session() as session:
        return jobs.enqueue(session, kind, owner.id, payload).id


def read(job_id: str) -> Job:
    with db.session(write=False) as session:
        return session.get_one(Job, job_id)


def age(job_id: str, by: timedelta = timedelta(hours=1)) -> None:
    """Let the job's lease, or its wait for a worker, run out."""
    with db.session() as session:
        session.exec(update(Job).where(col(Job.id) == job_id).values(lease_until=datetime.now(UTC) - by))


def offered() -> list[str]:
    """Ids waiting in the queue, taken out of it."""
    found = []
    while task := jobs.huey().dequeue():
        found.append(task.args[0])
    return found


def raising(error: Exception) -> jobs.Handlers:
    def handler(ctx: jobs.Context) -> Json:
        raise error

    return {"echo": handler}


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(topic, job id) of every event, as it is published."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(events, "publish", lambda topic, payload: found.append((topic, payload["id"])))
    return found


# ---------------------------------------------------------------------------- the straight path


def test_a_job_runs_to_its_result(engine: Engine, owner: Owner, announced: list[tuple[str, str]]) -> None:
    job_id = ask(owner, say="héllo")
    assert read(job_id).status == "queued"
    jobs.run(job_id, ECHO)
    job = read(job_id)
    assert (job.status, job.progress, job.result, job.attempt) == ("done", 100, {"said": "héllo"}, 1)
    assert job.worker is None
    assert job.error_code is None
    assert job.created_at <= job.started_at <= job.finished_at  # type: ignore[operator]
    assert announced == [(f"owner:{owner.id}", job_id)] * 2  # running, done


def test_the_queue_gets_the_id_after_the_commit_and_only_then(sqlite: Engine, queue: str, owner: Owner) -> None:
    with db.session() as session:
        job_id = jobs.enqueue(session, "echo", owner.id, {}).id
        assert offered() == []
    assert offered() == [job_id]

    def fail() -> None:
        with db.session() as session:
            jobs.enqueue(session, "echo", owner.id, {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert offered() == []


def test_a_message_is_the_id_and_nothing_else(sqlite: Engine, queue: str, owner: Owner) -> None:
    job_id = ask(owner, say="personal")
    assert [bytes(item) for item in jobs.huey().storage.enqueued_items()] == [job_id.encode()]


def test_it_is_offered_also_when_the_caller_let_go_of_the_session(sqlite: Engine, queue: str, owner: Owner) -> None:
    with db.session() as session:
        job_id = jobs.enqueue(session, "echo", owner.id, {}).id
        session.expire_all()
    assert offered() == [job_id]


def test_progress_is_written_and_told(engine: Engine, owner: Owner, announced: list[tuple[str, str]]) -> None:
    seen: list[tuple[int, str]] = []

    def handler(ctx: jobs.Context) -> Json:
        ctx.progress(40, "render")
        job = read(ctx.job_id)
        seen.append((job.progress, job.step))
        return {}

    jobs.run(ask(owner), {"echo": handler})
    assert seen == [(40, "render")]
    assert len(announced) == 3


# ---------------------------------------------------------------------------- failures


def test_an_expected_failure_is_recorded_and_told_in_the_readers_language(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner)
    jobs.run(job_id, raising(TooMany(count=7)))
    job = read(job_id)
    assert (job.status, job.attempt) == ("failed", 1)
    assert (job.error_code, job.error) == ("TEST_TOO_MANY", "7 pages are too many.")
    assert job.finished_at
    assert jobs.failure(job, "fr") == "7 pages, c'est trop."
    assert jobs.failure(job, "en") == "7 pages are too many."


def test_a_failure_of_a_kind_since_removed_is_still_told(sqlite: Engine, owner: Owner) -> None:
    assert jobs.failure(Job(kind="echo", owner_id=owner.id, error_code="GONE"), "en") == StudioError().message("en")
    assert jobs.failure(Job(kind="echo", owner_id=owner.id), "en") is None


def test_a_crash_is_tried_again_and_then_given_up(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner)
    for attempt in range(1, jobs.MAX_ATTEMPTS):
        offered()
        jobs.run(job_id, raising(ZeroDivisionError("secret detail")))
        job = read(job_id)
        assert (job.status, job.attempt, job.error_code) == ("queued", attempt, None)
        assert job.lease_until > datetime.now(UTC)
        assert jobs.reap() == 0  # not before its time
        age(job_id)
        assert jobs.reap() == 1
        assert offered() == [job_id]
    jobs.run(job_id, raising(ZeroDivisionError("secret detail")))
    job = read(job_id)
    assert (job.status, job.attempt, job.error_code) == ("failed", jobs.MAX_ATTEMPTS, "INTERNAL_ERROR")
    assert job.error == f"ZeroDivisionError in attempt {jobs.MAX_ATTEMPTS}"
    assert jobs.failure(job, "fr") == StudioError().message("fr")


def test_a_job_that_recovers_is_done(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner, say="at last")
    jobs.run(job_id, raising(ZeroDivisionError()))
    jobs.run(job_id, ECHO)
    assert (read(job_id).status, read(job_id).attempt) == ("done", 2)


def test_an_unknown_kind_fails_like_a_crash(sqlite: Engine, owner: Owner) -> None:
    job_id = ask(owner, kind="unheard of")
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.run(job_id, ECHO)
    assert (read(job_id).status, read(job_id).error_code) == ("failed", "INTERNAL_ERROR")


def test_running_what_is_done_or_gone_does_nothing(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner, say="once")
    jobs.run(job_id, ECHO)
    jobs.run(job_id, raising(InvalidInput()))
    jobs.run("no such job", ECHO)
    assert read(job_id).status == "done"


def test_a_queue_that_is_away_loses_nothing(
    sqlite: Engine, owner: Owner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(_id: str) -> None:
        raise sqlite3.OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(jobs.huey(), "offer", away)
        job_id = ask(owner)
    assert "job.not_offered" in capsys.readouterr().out
    age(job_id)
    assert jobs.reap() == 1
    assert offered() == [job_id]


# ---------------------------------------------------------------------------- leases


def test_of_many_workers_one_gets_the_job(engine: Engine, owner: Owner) -> None:
    job_ids = [ask(owner) for _ in range(10)]
    barrier = threading.Barrier(6)

    def grab(name: int) -> list[str]:
        barrier.wait()
        return [job_id for job_id in job_ids if jobs.claim(job_id, f"worker {name}")]

    with ThreadPoolExecutor(6) as pool:
        claimed = [job_id for found in pool.map(grab, range(6)) for job_id in found]
    assert sorted(claimed) == sorted(job_ids)


def test_the_lease_is_renewed_while_the_job_runs(engine: Engine, owner: Owner, configure: Configure) -> None:
    configure(job_lease_seconds=0.3)
    job_id = ask(owner)

    def handler(ctx: jobs.Context) -> Json:
        first = read(ctx.job_id).lease_until
        jobs.renew()
        assert read(ctx.job_id).lease_until == first  # too early to bother the database

        def renewed() -> bool:
            jobs.renew()
            return read(ctx.job_id).lease_until > first + timedelta(seconds=0.3)

        wait_until(renewed)
        assert jobs.reap() == 0
        return {}

    jobs.run(job_id, {"echo": handler})
    assert (read(job_id).status, read(job_id).attempt) == ("done", 1)
    last = read(job_id).lease_until
    jobs.renew()
    assert read(job_id).lease_until == last


def test_a_lost_lease_is_not_renewed(engine: Engine, owner: Owner, configure: Configure) -> None:
    configure(job_lease_seconds=0.001)

    def handler(ctx: jobs.Context) -> Json:
        age(ctx.job_id)
        assert jobs.reap() == 1
        jobs.renew()
        return {}

    job_id = ask(owner)
    jobs.run(job_id, {"echo": handler})
    assert (read(job_id).status, read(job_id).result) == ("queued", {})


def test_who_lost_the_lease_can_write_nothing(engine: Engine, owner: Owner) -> None:
    slow = jobs.claim(ask(owner, say="x"), "slow")
    assert slow
    age(slow.job_id)
    assert jobs.reap() == 1
    assert read(slow.job_id).status == "queued"

    def write() -> None:
        with slow.session() as session:
            session.add(Owner(id="must not be"))

    for attempt in (lambda: slow.progress(50, "late"), slow.check, write, lambda: slow.finish(status="done")):
        with pytest.raises(jobs.LeaseLost):
            attempt()
    quick = jobs.claim(slow.job_id, "quick")
    assert quick
    assert quick.attempt == 2
    for attempt in (slow.check, write):
        with pytest.raises(jobs.LeaseLost):
            attempt()
    quick.progress(10, "mine")
    assert read(slow.job_id).worker == "quick"
    with db.session(write=False) as session:
        assert session.get(Owner, "must not be") is None


def test_a_handler_that_lost_its_lease_leaves_the_job_alone(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner, say="x")

    def overtaken(ctx: jobs.Context) -> Json:
        age(job_id)
        jobs.reap()
        jobs.run(job_id, ECHO, worker="another")
        return {"said": "too late"}

    def overtaken_and_failing(ctx: jobs.Context) -> Json:
        overtaken(ctx)
        raise InvalidInput

    jobs.run(job_id, {"echo": overtaken})
    assert (read(job_id).result, read(job_id).attempt) == ({"said": "x"}, 2)
    job_id = ask(owner, say="y")
    jobs.run(job_id, {"echo": overtaken_and_failing})
    assert (read(job_id).status, read(job_id).error_code) == ("done", None)


def test_effects_happen_once_over_all_attempts(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner)
    sent: list[int] = []

    def handler(ctx: jobs.Context) -> Json:
        with ctx.session() as session:
            if ctx.once(session, "mail"):
                sent.append(ctx.attempt)
        if ctx.attempt < 3:
            raise ZeroDivisionError
        return {}

    for _ in range(3):
        jobs.run(job_id, {"echo": handler})
    assert (read(job_id).status, sent) == ("done", [1])
    with db.session(write=False) as session:
        assert session.exec(select(JobEffect.name)).all() == ["mail"]


def test_an_effect_that_was_rolled_back_may_happen(engine: Engine, owner: Owner) -> None:
    ctx = jobs.claim(ask(owner), "w")
    assert ctx

    def roll_back() -> None:
        with ctx.session() as session:
            assert ctx.once(session, "mail")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        roll_back()
    with ctx.session() as session:
        assert ctx.once(session, "mail")
        assert not ctx.once(session, "mail")
        session.add(Owner(id="goes on"))
    with db.session(write=False) as session:
        assert session.get(Owner, "goes on")


# ---------------------------------------------------------------------------- the reaper


def test_a_job_without_worker_is_handed_on_once(engine: Engine, owner: Owner) -> None:
    ctx = jobs.claim(ask(owner), "dead")
    assert ctx
    offered()
    assert jobs.reap() == 0
    age(ctx.job_id)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: jobs.reap(), range(4))) == 1
    assert offered() == [ctx.job_id]
    assert read(ctx.job_id).worker is None


def test_a_job_that_kills_its_workers_is_given_up(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner)
    for _ in range(jobs.MAX_LOST):
        assert jobs.claim(job_id, "doomed")
        age(job_id)
        assert jobs.reap() == 1
    job = read(job_id)
    assert (job.status, job.attempt, job.error_code) == ("failed", jobs.MAX_LOST, "WORKER_LOST")
    assert job.finished_at
    assert "interrompu" in (jobs.failure(job, "fr") or "")


def test_what_the_queue_lost_is_offered_again_ever_more_rarely(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner)
    jobs.huey().storage.flush_queue()
    assert jobs.reap() == 0
    age(job_id)
    assert jobs.reap() == 1
    assert offered() == [job_id]
    assert read(job_id).lease_until > datetime.now(UTC) + jobs.OFFER_AGAIN_AFTER - timedelta(seconds=5)
    with db.session() as session:
        session.get_one(Job, job_id).created_at -= timedelta(hours=2)
    age(job_id)
    assert jobs.reap() == 1
    assert read(job_id).lease_until > datetime.now(UTC) + timedelta(hours=1)


# ---------------------------------------------------------------------------- stopped


def cancel(job_id: str) -> None:
    with db.session() as session:
        jobs.cancel(session, session.get_one(Job, job_id, with_for_update=True))


def test_a_cancelled_job_is_never_begun(engine: Engine, owner: Owner, announced: list[tuple[str, str]]) -> None:
    job_id = ask(owner, say="x")
    cancel(job_id)
    jobs.run(job_id, ECHO)
    job = read(job_id)
    assert (job.status, job.error_code, job.attempt, job.result) == ("failed", "TASK_CANCELLED", 0, {})
    assert job.finished_at is not None
    assert "annulé" in str(jobs.failure(job, "fr"))
    assert announced == [(f"owner:{owner.id}", job_id)]


def test_one_that_runs_stops_at_its_next_write_and_none_of_it_is_kept(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner)
    reached = []

    def handler(ctx: jobs.Context) -> Json:
        cancel(job_id)
        reached.append("cancelled")
        with ctx.session() as session:
            session.add(JobEffect(job_id=job_id, name="late"))
        reached.append("written")
        return {}

    jobs.run(job_id, {"echo": handler})
    assert reached == ["cancelled"]
    assert (read(job_id).status, read(job_id).worker) == ("failed", None)
    with db.session(write=False) as session:
        assert session.exec(select(JobEffect)).all() == []
    assert jobs.reap() == 0


def test_its_result_after_that_is_not_kept(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner)

    def handler(ctx: jobs.Context) -> Json:
        cancel(job_id)
        return {"said": "too late"}

    jobs.run(job_id, {"echo": handler})
    assert (read(job_id).error_code, read(job_id).result) == ("TASK_CANCELLED", {})


def test_what_has_ended_is_not_cancelled(engine: Engine, owner: Owner) -> None:
    job_id = ask(owner, say="x")
    known = read(job_id)
    jobs.run(job_id, ECHO)
    with pytest.raises(jobs.LeaseLost), db.session() as session:
        jobs.cancel(session, known)
    assert read(job_id).status == "done"


def test_an_error_that_says_itself_what_it_means_is_said_again(sqlite: Engine, owner: Owner) -> None:
    job_id = ask(owner)
    jobs.run(job_id, raising(UnreadableOffer("login")))
    job = read(job_id)
    for language in ("fr", "en"):
        assert jobs.failure(job, language) == UnreadableOffer("login").message(language)
