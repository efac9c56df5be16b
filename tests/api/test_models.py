"""Language models over HTTP: the lines they write, what administrators see of their cost, and who may see it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from cvstudio import db
from cvstudio.config import settings
from cvstudio.domain import engines, widgets
from cvstudio.models import LlmCall, WidgetCache, utcnow
from tests.api.conftest import is_error, member, visitor
from tests.api.test_widgets import generate, make_cv, prepared
from tests.language_model import Turn, phrased
from tests.modelled import NAMES, model, vendor

__all__ = ["model", "vendor"]

BALANCE, PRICING, ALERTS = (f"/api/admin/openai-{name}" for name in ("balance", "pricing", "alerts"))
USAGE = "/api/analytics/openai-usage"


@pytest.fixture
def admin(client):
    return member(role="admin", email="admin@example.org")


@pytest.fixture
def boss(caller):
    return member(role="admin", email="admin@example.org")


def cached() -> WidgetCache:
    with db.session(write=False) as session:
        return session.exec(select(WidgetCache)).one()


# ---------------------------------------------------------------------------- lines


def test_lines_name_the_model_that_wrote_them_and_are_kept_for_a_day(model, client):
    model.speech = lambda question: phrased(question, lambda text: f"{text}, ainsi")
    analysis_id = prepared(client)
    first, second = generate(client, analysis_id).json(), generate(client, analysis_id).json()
    name = NAMES[model.told[0].protocol]
    assert first["metadata"]["model"] == first["widgets"]["meta"]["model"] == name
    assert (second["metadata"]["model"], second["metadata"]["cached"]) == (name, True)
    assert len(model.told) == 1
    assert any(widget["text"].endswith(", ainsi.") for widget in first["widgets"]["widgets"])
    assert make_cv(client, analysis_id).json()["metadata"]["generator_model"] == name
    assert cached().expires_at > utcnow() + timedelta(hours=23)
    with db.session(write=False) as session:
        (call,) = session.exec(select(LlmCall)).all()
    assert (call.feature, call.asked_by) == (widgets.FEATURE, client.get("/api/auth/profile").json()["id"])


@pytest.mark.parametrize("turn", [Turn(status=404), Turn(ended="refused"), Turn("{"), Turn('{"lines": []}')])
def test_a_model_that_fails_is_not_named_and_soon_asked_again(model, caller, turn):
    model.turns = [turn]
    analysis_id = prepared(caller)
    found = generate(caller, analysis_id).json()
    assert found["metadata"]["model"] == found["widgets"]["meta"]["model"] == "offline"
    row = cached()
    assert row.expires_at < utcnow() + timedelta(minutes=2)
    assert generate(caller, analysis_id).json()["metadata"]["cached"] is True
    with db.session() as session:
        session.get_one(WidgetCache, row.key).expires_at = utcnow()
    again = generate(caller, analysis_id).json()["metadata"]
    assert (again["model"], again["cached"]) == (NAMES[model.told[0].protocol], False)


def test_another_engine_does_not_answer_with_the_first_ones_lines(model, caller, configure):
    analysis_id = prepared(caller)
    assert generate(caller, analysis_id).json()["metadata"]["model"] != "offline"
    url = settings().database_url
    configure(text_engine="offline", database_url=url)
    found = generate(caller, analysis_id).json()["metadata"]
    assert (found["model"], found["cached"]) == ("offline", False)


def test_lines_of_the_model_are_served_while_it_is_away(model, caller):
    analysis_id = prepared(caller)
    name = generate(caller, analysis_id).json()["metadata"]["model"]
    for _ in range(engines.FAILURES):
        engines._service().breaker.failed()
    found = generate(caller, analysis_id).json()["metadata"]
    assert (found["model"], found["cached"]) == (name, True)


# ---------------------------------------------------------------------------- administrators


def test_administrators_alone(caller):
    calls = [
        ("GET", BALANCE, None),
        ("GET", PRICING, None),
        ("POST", PRICING, {"modelName": "x", "inputPrice": 1, "outputPrice": 1}),
        ("DELETE", PRICING, {"modelName": "x"}),
        ("GET", ALERTS, None),
        ("POST", ALERTS, {"type": "daily", "threshold": 1, "name": "x"}),
        ("DELETE", ALERTS, {"id": "x"}),
        ("GET", f"{ALERTS}/triggered", None),
        ("GET", USAGE, None),
    ]
    for method, path, body in calls:
        is_error(caller.request(method, path, json=body), 403, "FORBIDDEN")
        is_error(visitor().request(method, path, json=body), 401, "UNAUTHORIZED")


def test_what_was_used_and_spent(model, client, admin):
    generate(client, prepared(client))
    name = NAMES[model.told[0].protocol]
    cost = {"gpt-5-mini": 0.00065, "gemini-3-pro-preview": 0.0044}[name]
    spent = {"cost": cost, "calls": 1, "failed": 0, "tokens": 1_200, "unpriced": 0, "fallbacks": 0}
    found = admin.get(BALANCE).json()
    assert (found["model"], found["state"], found["balance"]) == (name, "closed", None)
    assert found["today"] == found["week"] == found["month"] == found["total"] == spent
    for period in ("24h", "7d", "30d", "90d", "all"):
        answer = admin.get(USAGE, params={"period": period}).json()
        (row,) = answer["usage"]
        assert answer["period"] == period
        assert (row["feature"], row["model"], row["tokens"], row["cost"]) == (widgets.FEATURE, name, 1_200, cost)
        assert row["date"] == utcnow().date().isoformat()
    assert admin.get(USAGE).json()["period"] == "7d"
    is_error(admin.get(USAGE, params={"period": "8d"}), 400, "INVALID_INPUT")


def test_seven_days_are_today_and_six_before(boss):
    with db.session() as session:
        for days in (0, 6, 7):
            at = utcnow() - timedelta(days=days)
            day = at.date().isoformat()
            session.add(LlmCall(at=at, day=day, feature="x", model="m", cost=days, outcome="ok"))
    assert [row["cost"] for row in boss.get(USAGE).json()["usage"]] == [0, 0.000006]
    assert len(boss.get(USAGE, params={"period": "30d"}).json()["usage"]) == 3


def test_without_a_model_the_balance_says_so(boss):
    found = boss.get(BALANCE).json()
    assert (found["engine"], found["model"], found["state"], found["total"]["calls"]) == ("offline", None, "off", 0)


def priced(admin, name: str) -> dict:
    return next(each for each in admin.get(PRICING).json()["pricing"] if each["modelName"] == name)


def test_a_price_is_set_once_and_withdrawn(admin):
    body = {"modelName": "gpt-5-mini", "inputPrice": 0.1, "outputPrice": 1.234567}
    built_in = priced(admin, "gpt-5-mini")
    assert (built_in["inputPrice"], built_in["outputPrice"], built_in["builtIn"]) == (0.25, 2, True)
    first, again = (admin.post(PRICING, json=body, headers={"Idempotency-Key": "1"}) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    found = priced(admin, "gpt-5-mini")
    assert found == first.json()["pricing"]
    assert (found["inputPrice"], found["outputPrice"], found["builtIn"]) == (0.1, 1.234567, False)
    assert found["changedBy"] == admin.get("/api/auth/profile").json()["id"]
    assert [each["builtIn"] for each in found["history"]] == [False, True]
    back = admin.request("DELETE", PRICING, json={"modelName": "gpt-5-mini"}).json()
    assert (back["success"], back["pricing"]["inputPrice"]) == (True, 0.25)
    is_error(admin.request("DELETE", PRICING, json={"modelName": "gpt-5-mini"}), 404, "MODEL_PRICE_NOT_FOUND")


def test_a_model_of_ones_own(boss):
    assert boss.post(PRICING, json={"modelName": "org/new:1", "inputPrice": 0, "outputPrice": "2.5"}).status_code == 201
    assert priced(boss, "org/new:1")["outputPrice"] == 2.5
    assert boss.request("DELETE", PRICING, json={"modelName": "org/new:1"}).json() == {"success": True, "pricing": None}
    assert "org/new:1" not in {each["modelName"] for each in boss.get(PRICING).json()["pricing"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("modelName", value) for value in ("", " ", "a\u0000b", "x" * 121, None, 3)],
        *[("inputPrice", value) for value in (-1, 1_000_001, "NaN", "Infinity", 0.0000001, None, "dear")],
    ],
)
def test_what_is_no_price(boss, field, value):
    body = {"modelName": "m", "inputPrice": 1, "outputPrice": 1} | {field: value}
    assert field in is_error(boss.post(PRICING, json=body), 400, "INVALID_INPUT")


def test_an_alert_is_added_reached_and_removed(model, client, admin):
    body = {"type": "daily", "threshold": 0.0005, "name": "Peu"}
    made = admin.post(ALERTS, json=body)
    alert = made.json()["alert"]
    assert made.status_code == 201
    assert body.items() <= alert.items()
    assert admin.get(ALERTS).json() == {"alerts": [alert]}
    assert admin.get(f"{ALERTS}/triggered").json() == {"triggered": []}
    generate(client, prepared(client))
    (hit,) = admin.get(f"{ALERTS}/triggered").json()["triggered"]
    assert (hit["alertId"], hit["name"], hit["period"]) == (alert["id"], "Peu", utcnow().date().isoformat())
    assert hit["spent"] in (0.00065, 0.0044)
    assert len(admin.get("/api/admin/email-logs", params={"trigger": "spend_alert"}).json()["logs"]) == 1
    assert admin.request("DELETE", ALERTS, json={"id": alert["id"]}).json() == {"success": True}
    is_error(admin.request("DELETE", ALERTS, json={"id": alert["id"]}), 404, "SPEND_ALERT_NOT_FOUND")
    assert admin.get(ALERTS).json() == {"alerts": []}
    assert len(admin.get(f"{ALERTS}/triggered").json()["triggered"]) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "hourly"),
        ("type", None),
        ("threshold", 0),
        ("threshold", -1),
        *[("name", name) for name in ("", " ", "x" * 121)],
    ],
)
def test_what_is_no_alert(boss, field, value):
    body = {"type": "daily", "threshold": 1, "name": "x"} | {field: value}
    assert field in is_error(boss.post(ALERTS, json=body), 400, "INVALID_INPUT")
