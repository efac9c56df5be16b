import pytest

from cvstudio.domain.onboarding import STEPS
from tests.api.conftest import is_error, member, visitor

TOUR = "/api/user/onboarding"


def state(response):
    assert response.status_code == 200, response.text
    return response.json()["state"]


def test_the_tour_from_its_start_to_its_end(client):
    first = state(client.get(TOUR))
    assert (first["status"], first["currentStep"], first["currentStepNumber"]) == ("new", "welcome", 1)
    assert (first["steps"], first["offered"]) == (list(STEPS), True)
    here = state(client.put(TOUR, json={"step": "cv", "data": {"cvId": "x"}}))
    assert (here["status"], here["currentStep"], here["data"]) == ("started", "cv", {"cv": {"cvId": "x"}})
    more = state(client.patch(TOUR, json={"completedSteps": [1, "cv"]}))
    assert (more["currentStep"], more["completedSteps"]) == ("template", ["welcome", "cv"])
    skipped = state(client.post(TOUR, json={"action": "skip"}))
    assert (skipped["skipped"], skipped["offered"], skipped["currentStepNumber"]) == (True, False, None)
    again = state(client.post(TOUR, json={"action": "start", "payload": {"step": "preview"}}))
    assert (again["status"], again["currentStep"]) == ("started", "preview")
    over = state(client.post(TOUR, json={"action": "complete"}))
    assert over["completedAt"] >= over["startedAt"]
    assert over == state(client.get(TOUR))
    assert state(client.post(TOUR, json={"action": "reset"})) == first
    assert state(member().get(TOUR)) == first


def test_it_is_ones_own(client):
    for method in ("GET", "PUT", "PATCH", "POST"):
        body = {"step": 1, "completedSteps": [], "action": "skip"}
        is_error(visitor().request(method, TOUR, json=body), 401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("method", "body", "field"),
    [
        ("PUT", {"step": "nothing"}, "step"),
        ("PUT", {"step": 99}, "step"),
        ("PUT", {"step": "cv", "data": "\u0000"}, "data"),
        ("PATCH", {"completedSteps": ["nothing"]}, "completedSteps"),
        ("POST", {"action": "nothing"}, "action"),
        ("POST", {"action": "start", "payload": {"step": "nothing"}}, "payload.step"),
    ],
)
def test_what_is_wrong_is_named(client, method, body, field):
    assert is_error(client.request(method, TOUR, json=body), 400, "INVALID_INPUT")[field]
    assert state(client.get(TOUR))["status"] == "new"


def test_plans_to_choose_from(client):
    plans = visitor().get(f"{TOUR}/subscribe").json()["plans"]
    assert [(plan["id"], plan["generationsPerHour"]) for plan in plans] == [("free", 10), ("pro", 50), ("team", 200)]


def test_administrators_watch_reset_and_switch_it_off(client):
    admin = member(role="admin")
    state(client.post(TOUR, json={"action": "complete"}))
    found = admin.get("/api/admin/onboarding/analytics").json()
    assert (found["total"], found["byStatus"]["completed"], found["completionRate"]) == (2, 1, 0.5)
    people = admin.get("/api/admin/onboarding/users", params={"limit": 10}).json()
    assert people["total"] == len(people["users"]) == 2
    done = next(each for each in people["users"] if each["state"]["status"] == "completed")
    reset = admin.post("/api/admin/onboarding/reset", json={"userId": done["id"]}).json()
    assert reset["success"]
    assert reset["state"] == state(client.get(TOUR))
    is_error(admin.post("/api/admin/onboarding/reset", json={"userId": "nobody"}), 404, "ACCOUNT_NOT_FOUND")
    admin.put("/api/admin/settings/onboarding_tour", json={"value": False})
    assert state(client.get(TOUR))["offered"] is False
