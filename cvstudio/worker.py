"""The worker process: takes jobs from the queue, and looks after those that went astray.

`main()` runs until SIGTERM or SIGINT, then lets running jobs finish. Killed instead, its jobs are
taken up by another worker once their leases run out.
"""

import signal
import threading
import time
from contextlib import AbstractContextManager

import structlog
from huey.consumer import Consumer
from sqlalchemy.exc import OperationalError

from cvstudio import db, doorbell, events, jobs, logs, tasks
from cvstudio.config import settings
from cvstudio.domain import trash

TICK_SECONDS = 1.0  # between looks after leases, ours and others'
SWEEP_SECONDS = 3600.0  # between sweeps of what is kept for a while only
FINISH_SECONDS = 20.0  # how long a stop waits for running jobs

log = structlog.get_logger(__name__)


class _Consumer(Consumer):  # type: ignore[misc]  # huey has no types
    def _set_signal_handlers(self) -> None:
        """None of Huey's: its SIGINT or SIGTERM would drop running jobs, its SIGHUP restart us."""


def main(handlers: jobs.Handlers = tasks.HANDLERS, lifespan: AbstractContextManager[None] | None = None) -> int:
    """Work until told to stop; the process's exit code."""
    logs.configure()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())

    queue = jobs.huey()
    queue.handlers = handlers
    threads = settings().worker_threads
    with lifespan or tasks.lifespan():
        if isinstance(queue.storage, jobs.RungStorage):
            queue.storage.listen()
        # No periodic tasks and no schedule: Huey's scheduler has nothing to do, and does it rarely.
        consumer = _Consumer(
            queue,
            workers=threads,
            periodic=False,
            scheduler_interval=60,
            max_delay=1.0,
            shutdown_timeout=FINISH_SECONDS,
        )
        consumer.start()
        log.info("worker.ready", worker=jobs.worker_name(), threads=threads, kinds=sorted(handlers))
        swept = float("-inf")
        while True:
            _look_after_leases()
            if time.monotonic() - swept >= SWEEP_SECONDS:
                swept = time.monotonic()
                _sweep()
            if stopping.wait(min(TICK_SECONDS, settings().job_lease_seconds / 5)):
                break
            consumer.check_worker_health()
        log.info("worker.stopping")
        consumer.stop_flag.set()
        for _ in range(threads):
            doorbell.ring("jobs")
        consumer.stop(graceful=True)
    jobs.close()
    events.close()
    db.close()
    log.info("worker.stopped")
    return 0


def _look_after_leases() -> None:
    try:
        jobs.renew()
        jobs.reap()
    except OperationalError as error:  # the database is away: the next look may find it
        log.warning("worker.no_database", reason=type(error.orig).__name__)


def _sweep() -> None:
    try:
        with db.session() as session:
            if gone := trash.sweep(session):
                log.info("worker.swept", rows=gone)
    except OperationalError as error:
        log.warning("worker.no_database", reason=type(error.orig).__name__)


if __name__ == "__main__":
    raise SystemExit(main())
