"""Links to CVs as programs make, change and withdraw them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from cvstudio import db
from cvstudio.domain import shares
from cvstudio.domain.rate import Limit
from cvstudio.models import IdempotencyKey
from tests.api.conftest import is_error, visitor
from tests.api.test_cvs import create

PASSWORD = "trois mots longs"
AT = "/api/cvs/shares"


def make(client: TestClient, **how: Any) -> dict[str, Any]:
    made = client.post(AT, json={"filename": "cv.json", **how})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()["share"]
    return found


def path(share: dict[str, Any]) -> str:
    return str(share["url"]).partition("//")[2].partition("/")[2].join(("/", ""))


def test_made_read_changed_and_withdrawn(client, stranger):
    create(client)
    made = make(client, expiresAt="2999-01-01T01:00:00+01:00", listed=True)
    assert made["expiresAt"] == "2999-01-01T00:00:00Z"
    assert (made["hasPassword"], made["listed"], made["expired"], made["views"]) == (False, True, False, 0)
    assert visitor().get(path(made)).status_code == 200
    assert client.get(f"{AT}/{made['id']}").json()["share"] == made | {"views": 1}
    assert client.get(AT).json() == client.get(AT, params={"file": "cv.json"}).json()
    assert [one["id"] for one in client.get(AT).json()["shares"]] == [made["id"]]
    assert stranger.get(AT).json() == {"shares": []}

    changed = client.patch(f"{AT}/{made['id']}", json={"password": PASSWORD}).json()["share"]
    assert (changed["url"], changed["hasPassword"]) == (made["url"], True)
    assert (changed["listed"], changed["expiresAt"]) == (False, made["expiresAt"])
    assert visitor().get(path(made)).status_code == 403
    changed = client.patch(f"{AT}/{made['id']}", json={"password": None, "expiresAt": None}).json()["share"]
    assert (changed["hasPassword"], changed["expiresAt"]) == (False, None)

    assert client.delete(f"{AT}/{made['id']}").status_code == 204
    assert visitor().get(path(made)).status_code == 404
    is_error(client.delete(f"{AT}/{made['id']}"), 404, "SHARE_NOT_FOUND")
    assert client.get(AT).json() == {"shares": []}
    assert make(client)["url"] != made["url"]


def test_of_others_there_is_none(client, stranger):
    create(client)
    made = make(client)
    for method in ("GET", "PATCH", "DELETE"):
        refused = stranger.request(method, f"{AT}/{made['id']}", json={})
        missing = stranger.request(method, f"{AT}/AAAAAAAAAAAAAAAA", json={})
        assert refused.json() == missing.json()
        is_error(refused, 404, "SHARE_NOT_FOUND")
    is_error(stranger.post(AT, json={"filename": "cv.json"}), 404, "CV_NOT_FOUND")
    is_error(stranger.get(AT, params={"file": "cv.json"}), 404, "CV_NOT_FOUND")
    is_error(visitor().get(AT), 401, "UNAUTHORIZED")
    client.post("/api/cvs/delete", json={"filename": "cv.json"})
    is_error(client.get(f"{AT}/{made['id']}"), 404, "SHARE_NOT_FOUND")
    assert client.get(AT).json() == {"shares": []}


def test_sent_twice_made_once(client):
    create(client)
    headers = {"Idempotency-Key": "one"}
    body = {"filename": "cv.json", "password": PASSWORD}
    first, again = (client.post(AT, json=body, headers=headers) for _ in range(2))
    assert (first.json(), again.status_code) == (again.json(), 201)
    assert again.headers["idempotency-replayed"] == "true"
    is_error(client.post(AT, json=body | {"password": "d'autres mots"}, headers=headers), 409, "IDEMPOTENCY_CONFLICT")
    is_error(client.post(AT, json=body), 409, "ALREADY_SHARED")
    with db.session(write=False) as session:
        (kept,) = session.exec(select(IdempotencyKey))
    assert PASSWORD not in repr(kept)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
        ({"expiresAt": "2999-01-01T00:00:00"}, "expiresAt"),
        ({"expiresAt": "9999-12-31T23:59:59-12:00"}, "expiresAt"),
        ({"expiresAt": "0001-01-01T00:00:00+12:00"}, "expiresAt"),
        ({"expiresAt": "soon"}, "expiresAt"),
        ({"password": "court"}, "password"),
        ({"password": ""}, "password"),
        ({"password": "x" * 300}, "password"),
        ({"listed": "perhaps"}, "listed"),
        ({"token": "mine"}, "token"),
    ],
)
def test_what_is_wrong_is_said_by_field(caller, wrong, field):
    create(caller)
    assert field in is_error(caller.post(AT, json={"filename": "cv.json", **wrong}), 400, "INVALID_INPUT")
    assert caller.get(AT).json() == {"shares": []}
    made = make(caller)
    assert field in is_error(caller.patch(f"{AT}/{made['id']}", json=wrong), 400, "INVALID_INPUT")
    assert caller.get(f"{AT}/{made['id']}").json()["share"] == made


def test_changes_are_limited(caller, monkeypatch):
    create(caller)
    made = make(caller)
    monkeypatch.setattr(shares, "CHANGES", Limit(2, 3600))
    assert caller.patch(f"{AT}/{made['id']}", json={}).status_code == 200
    is_error(caller.patch(f"{AT}/{made['id']}", json={"password": PASSWORD}), 429, "RATE_LIMIT_EXCEEDED")
    assert caller.delete(f"{AT}/{made['id']}").status_code == 204
