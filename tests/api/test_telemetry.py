"""fitmycv's telemetry: nothing of a person without their consent, no duration that was not measured."""

from datetime import timedelta

import pytest
from sqlmodel import select

from cvstudio import db
from cvstudio.domain import telemetry
from cvstudio.models import Job, TelemetryEvent, utcnow
from tests.api.conftest import is_error, member, visitor
from tests.api.test_widgets import account

EVENT = {
    "type": "template_chosen",
    "category": "editor",
    "metadata": {"template": "tech", "first": True},
    "duration": 3,
}


def track(client, **values):
    return client.post("/api/telemetry/track", json=EVENT | values)


def consent(client, *, analytics: bool) -> None:
    choice = {"action": "customize", "preferences": {"analytics": analytics}}
    assert client.post("/api/consent/log", json=choice).status_code == 200


def kept() -> list[TelemetryEvent]:
    with db.session(write=False) as session:
        return list(session.exec(select(TelemetryEvent)))


def average(client, kind: str):
    return client.get("/api/telemetry/average-task-duration", params={"type": kind})


def worked(client, milliseconds: list[int], kind: str = "generate_cv", **values) -> None:
    now = utcnow()
    with db.session() as session:
        for age, took in enumerate(milliseconds):
            asked = now - timedelta(days=age)
            ended = asked + timedelta(milliseconds=took)
            given = {"status": "done", "created_at": asked, "finished_at": ended} | values
            session.add(Job(kind=kind, owner_id=account(client), **given))


@pytest.mark.parametrize("who", [visitor, member])
def test_an_event_is_kept_only_with_consent(engine, who):
    client = who()
    assert track(client).json() == {"success": True, "recorded": False}
    consent(client, analytics=True)
    assert track(client).json() == {"success": True, "recorded": True}
    consent(client, analytics=False)
    assert track(client).json()["recorded"] is False
    (event,) = kept()
    assert (event.type, event.category, event.duration) == ("template_chosen", "editor", 3)
    assert event.details == EVENT["metadata"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "two words"},
        {"type": ""},
        {"category": "x" * 61},
        {"metadata": {"note": "x" * 201}},
        {"metadata": {f"k{number}": 1 for number in range(21)}},
        {"metadata": {"nested": {"a": 1}}},
        {"metadata": {"a": "\x00"}},
        {"duration": -1},
        {"duration": 1e12},
        {"more": 1},
    ],
)
def test_what_is_not_an_event(caller, wrong):
    consent(caller, analytics=True)
    is_error(track(caller, **wrong), 400, "INVALID_INPUT")
    assert kept() == []


def test_nobody_fills_the_table(caller, monkeypatch):
    consent(caller, analytics=True)
    monkeypatch.setattr(telemetry, "PER_HOUR", telemetry.Limit(1, 3600))
    track(caller)
    is_error(track(caller), 429, "RATE_LIMIT_EXCEEDED")


def test_how_long_tasks_take(client, stranger):
    assert average(client, "generate-cv").json() == {"averageDuration": None}
    worked(client, [1_000, 3_000])
    worked(stranger, [9_000])
    worked(client, [50], status="failed")
    worked(client, [70], kind="match_score")
    for name in ("generate-cv", "generate_cv"):
        assert average(client, name).json() == {"averageDuration": 3_000}
    for name in ("calculate-match-score", "match-score"):
        assert average(client, name).json() == {"averageDuration": 70}
    is_error(average(client, "nonsense"), 400, "INVALID_INPUT")
    is_error(average(visitor(), "generate-cv"), 401, "UNAUTHORIZED")


def test_how_long_a_first_import_takes(client, stranger):
    address = "/api/telemetry/first-import-duration"
    assert client.get(address).json() == {"duration": None}
    worked(client, [9_000, 400], kind="import_pdf")  # the older one is the first
    worked(stranger, [600], kind="import_pdf")
    assert client.get(address).json() == {"duration": 500}
    is_error(visitor().get(address), 401, "UNAUTHORIZED")


def test_administrators_clean_up(client):
    address = "/api/admin/telemetry/cleanup"
    consent(client, analytics=True)
    track(client)
    track(client)
    with db.session() as session:
        old = session.exec(select(TelemetryEvent)).first()
        old.created_at = utcnow() - timedelta(days=91)
        session.add(old)
    is_error(visitor().delete(address), 401, "UNAUTHORIZED")
    is_error(client.delete(address), 403, "FORBIDDEN")
    admin = member(role="admin")
    is_error(admin.delete(address, params={"olderThanDays": -1}), 400, "INVALID_INPUT")
    assert admin.delete(address).json() == {"success": True, "deleted": 1}
    assert admin.delete(address, params={"olderThanDays": 0}).json() == {"success": True, "deleted": 1}
    assert kept() == []
