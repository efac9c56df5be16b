import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from cvstudio import logs
from tests.conftest import Configure


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def as_json(
    log: Callable[[], object], configure: Configure, capsys: pytest.CaptureFixture[str]
) -> list[dict[str, Any]]:
    """What `log` logs."""
    configure(log_format="json")
    logs.configure()
    log()
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_line_is_json_with_the_ids_it_was_bound_to(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    def log() -> None:
        with logs.bound(request_id="r1"), logs.bound(job_id="j1"):
            structlog.get_logger("here").info("job.done", ms=12)
        structlog.get_logger("here").info("after")

    inside, after = as_json(log, configure, capsys)
    assert inside.pop("timestamp")
    assert inside == {
        "event": "job.done",
        "ms": 12,
        "request_id": "r1",
        "job_id": "j1",
        "level": "info",
        "logger": "here",
    }
    assert "job_id" not in after


def test_libraries_log_in_the_same_form(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    def log() -> None:
        with logs.bound(request_id="r1"):
            logging.getLogger("uvicorn.error").warning("slow: %s s", 3)

    (line,) = as_json(log, configure, capsys)
    del line["timestamp"]
    assert line == {"event": "slow: 3 s", "level": "warning", "logger": "uvicorn.error", "request_id": "r1"}


def test_personal_data_is_masked(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    def log() -> None:
        try:
            raise ValueError("jeanne.martin@example.org is taken")
        except ValueError:
            structlog.get_logger().exception("owner.clash", email="a@b.fr", name="Jeanne", payload={"a": 1}, status=409)
        logging.getLogger("smtp").warning("sent to %s", "jeanne.martin@example.org")

    text = json.dumps(as_json(log, configure, capsys))
    assert "jeanne" not in text.lower()
    assert "a@b.fr" not in text
    assert "ValueError" in text
    assert "409" in text


def test_quiet_below_the_chosen_level(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure(log_level="warning")
    logs.configure()
    structlog.get_logger("a").info("unheard")
    logging.getLogger("huey").info("unheard")
    structlog.get_logger("a").warning("heard")
    printed = capsys.readouterr().err
    assert "unheard" not in printed
    assert "heard" in printed


def test_the_console_form_is_for_reading(configure: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    configure(log_format="console")
    logs.configure()
    structlog.get_logger("a").info("worker.ready", threads=2)
    assert "threads=2" in capsys.readouterr().err
