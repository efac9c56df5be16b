"""The settings of the service: administrators change them, everyone reads the public ones."""

import pytest

from cvstudio.domain.site_settings import REGISTRY
from tests.api.conftest import is_error, member, visitor

ADMIN = "/api/admin/settings"


@pytest.fixture
def admin(client):
    return member(role="admin", email="admin@example.org")


def test_administrators_alone(client):
    calls = [
        ("GET", ADMIN, None),
        ("POST", ADMIN, {"settingName": "welcome_credits", "value": 1}),
        ("GET", f"{ADMIN}/welcome_credits", None),
        ("PUT", f"{ADMIN}/welcome_credits", {"value": 1}),
        ("DELETE", f"{ADMIN}/welcome_credits", None),
        ("GET", f"{ADMIN}/history", None),
        ("GET", "/api/admin/onboarding/users", None),
        ("GET", "/api/admin/onboarding/analytics", None),
        ("POST", "/api/admin/onboarding/reset", {"userId": "x"}),
    ]
    for method, path, body in calls:
        is_error(client.request(method, path, json=body), 403, "FORBIDDEN")
        is_error(visitor().request(method, path, json=body), 401, "UNAUTHORIZED")


def test_the_list_says_what_each_is_and_holds(admin):
    found = {each["settingName"]: each for each in admin.get(ADMIN).json()["settings"]}
    assert found.keys() == REGISTRY.keys()
    for name, each in found.items():
        assert each["value"] == each["defaultValue"] == REGISTRY[name].default
        assert each["isDefault"]
        assert set(each["description"]) == {"fr", "en"}
        assert admin.get(f"{ADMIN}/{each['id']}").json() == {"setting": each}


def test_set_changed_and_back_with_its_history(admin):
    body = {"settingName": "welcome_credits", "value": 15, "category": "credits"}
    first = admin.post(ADMIN, json=body)
    assert (first.status_code, admin.post(ADMIN, json=body).status_code) == (201, 200)
    setting = first.json()["setting"]
    assert (setting["value"], setting["isDefault"]) == (15, False)
    assert admin.put(f"{ADMIN}/{setting['id']}", json={"value": 20}).json()["setting"]["value"] == 20
    assert visitor().get("/api/settings").json()["settings"]["welcome_credits"] == 20
    back = admin.delete(f"{ADMIN}/{setting['id']}").json()
    assert back["success"]
    assert (back["setting"]["value"], back["setting"]["isDefault"]) == (10, True)
    answer = admin.get(f"{ADMIN}/history").json()
    assert [(each["from"], each["to"]) for each in answer["history"]] == [(20, 10), (15, 20), (10, 15)]
    assert {each["changedBy"]["email"] for each in answer["history"]} == {"admin@example.org"}
    page = admin.get(f"{ADMIN}/history", params={"settingName": "welcome_credits", "limit": 1, "offset": 1}).json()
    assert (page["total"], [each["to"] for each in page["history"]]) == (3, [20])
    assert admin.get(f"{ADMIN}/history", params={"settingName": "other"}).json() == {"history": [], "total": 0}


def test_what_is_refused_says_why_in_the_callers_language(admin):
    found = is_error(admin.post(ADMIN, json={"settingName": "resend_api_key", "value": "x"}), 400, "INVALID_INPUT")
    assert "resend_api_key" in found["settingName"][0]
    wrong = {"settingName": "welcome_credits", "value": 1, "category": "site"}
    assert is_error(admin.post(ADMIN, json=wrong), 400, "INVALID_INPUT")["category"]
    for language, words in (("fr", "nombre entier"), ("en", "whole number")):
        answer = admin.put(f"{ADMIN}/welcome_credits", json={"value": "15"}, headers={"Accept-Language": language})
        assert words in is_error(answer, 400, "INVALID_INPUT")["value"][0]
    assert is_error(admin.put(f"{ADMIN}/welcome_credits", json={"value": None}), 400, "INVALID_INPUT")["value"]
    assert is_error(admin.put(f"{ADMIN}/welcome_credits", json={}), 400, "INVALID_INPUT")["value"]
    for method in ("GET", "PUT", "DELETE"):
        is_error(admin.request(method, f"{ADMIN}/nothing", json={"value": 1}), 404, "SETTING_NOT_FOUND")


def test_everyone_may_know_the_public_ones_and_no_other(client):
    found = visitor().get("/api/settings").json()["settings"]
    assert found == {name: setting.default for name, setting in REGISTRY.items() if setting.public}
    assert "recaptcha_minimum_score" not in found


def test_a_setting_sent_twice_with_one_key_is_set_once(admin):
    body, key = {"settingName": "welcome_credits", "value": 15}, {"Idempotency-Key": "once"}
    first = admin.post(ADMIN, json=body, headers=key)
    assert first.status_code == 201
    admin.put(f"{ADMIN}/welcome_credits", json={"value": 20})
    again = admin.post(ADMIN, json=body, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert admin.get(f"{ADMIN}/welcome_credits").json()["setting"]["value"] == 20
    is_error(admin.post(ADMIN, json=body | {"value": 16}, headers=key), 409, "IDEMPOTENCY_CONFLICT")
    broken = b'{"settingName": "maintenance_message", "value": {"fr": "\\ud800", "en": ""}}'
    json = {"Content-Type": "application/json"}
    is_error(admin.post(ADMIN, content=broken, headers=json | {"Idempotency-Key": "broken"}), 400, "INVALID_INPUT")
