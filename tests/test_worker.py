"""Real worker processes, killed for real."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cvstudio import db, jobs
from cvstudio.models import Job, JobEffect, Owner
from tests.conftest import Configure, wait_until

# One machine, and many.
pytestmark = pytest.mark.parametrize(
    ("engine", "queue"), [("sqlite", "embedded"), ("postgres", "redis")], indirect=True
)

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(engine: Engine, queue: str, configure: Configure, tmp_path: Path) -> Iterator[Start]:
    """Start a worker on this test's database and queue; it is ready when it says so."""
    configure(job_lease_seconds=1, log_format="json")
    started: list[subprocess.Popen[str]] = []

    def begin() -> subprocess.Popen[str]:
        log = tmp_path / f"worker-{len(started)}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.worker_program"], cwd=db.ROOT, env=os.environ, stderr=output, text=True
            )
        started.append(process)
        wait_until(lambda: "worker.ready" in log.read_text() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def ask(owner: Owner, kind: str, **payload: object) -> str:
    with db.session() as session:
        return jobs.enqueue(session, kind, owner.id, payload).id


def read(*job_ids: str) -> list[Job]:
    with db.session(write=False) as session:
        return [session.get_one(Job, job_id) for job_id in job_ids]


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_a_worker_does_what_is_asked_and_stops_when_told(start: Start, owner: Owner) -> None:
    before = ask(owner, "echo", say="before it started")
    worker = start()
    after = ask(owner, "echo", say="after")
    wait_until(lambda: all(job.status == "done" for job in read(before, after)))
    assert [job.result["said"] for job in read(before, after)] == ["before it started", "after"]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0


def test_a_killed_workers_job_is_finished_once_by_another(start: Start, owner: Owner, tmp_path: Path) -> None:
    first = start()
    job_ids = [ask(owner, "hold", folder=str(tmp_path)) for _ in range(2)]
    wait_until(lambda: len(lines(tmp_path / "effects")) == 2)
    wait_until(lambda: all(job.progress == 50 for job in read(*job_ids)))
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert [job.status for job in read(*job_ids)] == ["running", "running"]

    second = start()
    wait_until(lambda: len(lines(tmp_path / "runs")) == 4)
    (tmp_path / "release").touch()
    wait_until(lambda: all(job.status == "done" for job in read(*job_ids)))
    for job in read(*job_ids):
        assert (job.attempt, job.progress, job.result) == (2, 100, {"by": second.pid})
    assert sorted(lines(tmp_path / "effects")) == sorted(job_ids)
    assert sum(line.startswith("end") for line in lines(tmp_path / "runs")) == 2
    with db.session(write=False) as session:
        assert len(session.exec(select(JobEffect)).all()) == 2


def test_two_workers_share_the_work_and_never_a_job(start: Start, owner: Owner, tmp_path: Path) -> None:
    start()
    start()
    job_ids = [ask(owner, "hold", folder=str(tmp_path)) for _ in range(4)]
    wait_until(lambda: len(lines(tmp_path / "runs")) == 4)  # two processes of two threads: all at once
    for job_id in job_ids:
        jobs.huey().offer(job_id)  # delivered twice, as queues will
    (tmp_path / "release").touch()
    wait_until(lambda: all(job.status == "done" for job in read(*job_ids)))
    begun = [line.split()[1] for line in lines(tmp_path / "runs") if line.startswith("begin")]
    assert sorted(begun) == sorted(job_ids)
    assert len({line.split()[2] for line in lines(tmp_path / "runs")}) == 2
    assert [job.attempt for job in read(*job_ids)] == [1, 1, 1, 1]


def test_a_stop_lets_running_jobs_finish(start: Start, owner: Owner, tmp_path: Path) -> None:
    worker = start()
    job_id = ask(owner, "hold", folder=str(tmp_path))
    wait_until(lambda: len(lines(tmp_path / "runs")) == 1)
    worker.send_signal(signal.SIGINT)
    waiting = ask(owner, "echo", say="for the next one")
    (tmp_path / "release").touch()
    assert worker.wait(timeout=20) == 0
    assert read(job_id)[0].status == "done"
    start()
    wait_until(lambda: read(waiting)[0].status == "done")
