import pytest

from tests.api.conftest import is_error, member, visitor

CHOICE = {"action": "customize", "preferences": {"necessary": True, "analytics": False}}


def test_a_choice_is_kept(client):
    assert client.post("/api/consent/log", json=CHOICE).json() == {"success": True}
    assert client.post("/api/consent/log", json={"action": "withdraw"}).json() == {"success": True}
    found = client.get("/api/consent/history").json()["history"]
    assert [each["action"] for each in found] == ["withdraw", "customize"]
    assert found[1]["preferences"] == CHOICE["preferences"]
    assert found[0]["createdAt"].endswith("Z")
    assert member().get("/api/consent/history").json() == {"history": []}


def test_a_visitors_choice_is_kept_too(client):
    someone = visitor()
    assert someone.post("/api/consent/log", json=CHOICE).status_code == 200
    is_error(someone.get("/api/consent/history"), 401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": ""},
        {"action": "x y"},
        {"action": "x" * 41},
        {"action": "x\u0000"},
        {"action": "ok", "preferences": {"a": {"b": 1}}},
        {"action": "ok", "preferences": {"": True}},
        {"action": "ok", "preferences": {"a": "\u0000"}},
        {"action": "ok", "preferences": {"a\u0000": True}},
        {"action": "ok", "preferences": {str(number): True for number in range(31)}},
        {"action": "ok", "more": 1},
    ],
)
def test_nonsense_is_refused(client, body):
    is_error(client.post("/api/consent/log", json=body), 400, "INVALID_INPUT")
    assert client.get("/api/consent/history").json() == {"history": []}
