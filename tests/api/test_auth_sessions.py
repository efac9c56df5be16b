"""Where one is signed in: seen, ended, at once; and nobody else's. Who counts as an administrator."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from cvstudio import db
from cvstudio.api import errors
from cvstudio.api.app import api
from cvstudio.api.deps import Admin
from cvstudio.api.middleware import LAYERS
from cvstudio.domain import accounts
from cvstudio.domain.accounts import sessions
from cvstudio.models import LoginSession, User, utcnow
from tests.accounts import PASSWORD, make_account
from tests.api.conftest import is_error, member, visitor

EMAIL = "marie@example.org"


def sign_in(**headers: str) -> TestClient:
    client = visitor()
    token = client.get("/api/auth/csrf").json()["csrfToken"]
    sent = {"email": EMAIL, "password": PASSWORD, "csrfToken": token, "json": "true"}
    assert client.post("/api/auth/callback/credentials", data=sent, headers=headers).status_code == 200
    return client


@pytest.fixture
def devices(engine) -> tuple[TestClient, TestClient]:
    make_account(EMAIL)
    return sign_in(**{"User-Agent": "Firefox"}), sign_in(**{"User-Agent": "Safari"})


def listed(client: TestClient) -> list[dict]:
    return client.get("/api/account/sessions").json()["sessions"]


def signed_in(client: TestClient) -> bool:
    return client.get("/api/auth/profile").status_code == 200


def test_the_list(devices):
    found = {entry["userAgent"]: entry for entry in listed(devices[0])}
    assert found.keys() == {"Firefox", "Safari"}
    assert (found["Firefox"]["current"], found["Safari"]["current"]) == (True, False)
    assert found["Firefox"]["method"] == "password"
    assert found["Firefox"]["expiresAt"] > found["Firefox"]["createdAt"]
    assert "token" not in str(found).lower()


def test_ending_one_is_immediate(devices):
    here, there = devices
    other = next(entry["id"] for entry in listed(here) if not entry["current"])
    assert here.delete(f"/api/account/sessions/{other}").json() == {"success": True}
    assert (signed_in(here), signed_in(there)) == (True, False)
    is_error(here.delete(f"/api/account/sessions/{other}"), 404, "SESSION_NOT_FOUND")


def test_ending_ones_own_forgets_the_cookie(devices):
    here = devices[0]
    own = next(entry["id"] for entry in listed(here) if entry["current"])
    here.delete(f"/api/account/sessions/{own}")
    assert accounts.COOKIE not in here.cookies


def test_signing_out_everywhere(devices):
    here, there = devices
    third = visitor().post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD}).json()["access"]
    assert here.delete("/api/account/sessions", params={"keep": "current"}).json() == {"success": True, "ended": 2}
    assert (signed_in(here), signed_in(there)) == (True, False)
    refused = visitor().get("/api/auth/profile", headers={"Authorization": f"Bearer {third}"})
    is_error(refused, 401, "INVALID_ACCESS_TOKEN")
    assert here.delete("/api/account/sessions").json() == {"success": True, "ended": 1}
    assert not signed_in(here)


def test_anothers_session_does_not_exist(devices):
    victim, thief = devices[0], member()
    for entry in listed(victim):
        refused = thief.delete(f"/api/account/sessions/{entry['id']}")
        missing = thief.delete("/api/account/sessions/AAAAAAAAAAAAAAAA")
        assert refused.json() == missing.json()
        is_error(refused, 404, "SESSION_NOT_FOUND")
    assert len(listed(thief)) == 1
    assert signed_in(victim)


def test_these_routes_want_an_account(engine):
    outside = visitor()
    for method, path in (
        ("GET", "/api/account/sessions"),
        ("DELETE", "/api/account/sessions"),
        ("DELETE", "/api/account/sessions/x"),
        ("GET", "/api/auth/profile"),
        ("PATCH", "/api/auth/profile"),
        ("PUT", "/api/account/profile"),
        ("PUT", "/api/account/password"),
        ("POST", "/api/auth/change-password"),
    ):
        is_error(outside.request(method, path, json={"newPassword": "x", "new_password": "x"}), 401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("field", "age"),
    [("expires_at", timedelta(seconds=1)), ("revoked_at", timedelta(seconds=1))],
)
def test_a_session_that_is_over_is_over(devices, field, age):
    with db.session() as session:
        for login in session.exec(select(LoginSession)):
            setattr(login, field, utcnow() - age)
            session.add(login)
    assert not any(signed_in(device) for device in devices)


def test_use_keeps_it_alive_but_not_for_ever(engine):
    make_account(EMAIL)
    sign_in()
    with db.session() as session:
        login = session.exec(select(LoginSession)).one()
        login.created_at = utcnow() - sessions.MAX_LIFE + timedelta(days=1)
        login.expires_at = utcnow() + timedelta(hours=1)
        session.add(login)
        sessions.touch(session, login.id)
        assert timedelta(hours=23) < login.expires_at - utcnow() <= timedelta(days=1)
        login.expires_at = utcnow() - timedelta(seconds=1)
        session.add(login)
        session.flush()
        sessions.touch(session, login.id)
        assert login.expires_at < utcnow()


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_addresses_are_kept_in_part(address, kept):
    assert sessions.network(address) == kept


def test_an_address_is_believed_of_trusted_proxies_alone(configure, devices):
    forged = {"X-Forwarded-For": "198.51.100.9, 203.0.113.77"}
    sign_in(**forged)
    with db.session(write=False) as session:
        assert {login.address for login in session.exec(select(LoginSession))} == {""}


def test_the_nearest_trusted_proxy_says_it(sqlite, monkeypatch):
    make_account(EMAIL)
    monkeypatch.setattr("cvstudio.api.deps.settings", lambda: OneProxy())
    sign_in(**{"X-Forwarded-For": "198.51.100.9, 203.0.113.77"})
    with db.session(write=False) as session:
        assert session.exec(select(LoginSession.address)).one() == "203.0.113.0/24"


class OneProxy:
    trusted_proxies = 1


# ---------------------------------------------------------------------------- administrators


def guarded() -> TestClient:
    app = FastAPI()
    errors.install(app)
    for layer in reversed(LAYERS):
        app.add_middleware(layer)

    @app.get("/api/admin/x")
    def secret(admin: Admin) -> str:
        return admin.role

    return TestClient(app, base_url="http://testserver")


@pytest.mark.parametrize(("role", "status", "code"), [(None, 401, "UNAUTHORIZED"), ("user", 403, "FORBIDDEN")])
def test_who_is_no_administrator(engine, role, status, code):
    client = guarded()
    if role:
        client.cookies.update(member(role=role).cookies)
    is_error(client.get("/api/admin/x"), status, code)


def test_who_is_one_until_no_longer(engine):
    client = guarded()
    boss = member(role="admin")
    client.cookies.update(boss.cookies)
    assert client.get("/api/admin/x").json() == "admin"
    with db.session() as session:
        session.get_one(User, boss.get("/api/auth/profile").json()["id"]).role = "user"
    is_error(client.get("/api/admin/x"), 403, "FORBIDDEN")


def test_every_admin_route_is_guarded(caller):
    paths = api.openapi()["paths"]
    for path, methods in paths.items():
        if path.startswith("/api/admin/"):
            for method in methods:
                address = path.replace("{", "").replace("}", "")
                is_error(caller.request(method, address, json={}), 403, "FORBIDDEN")
                is_error(visitor().request(method, address, json={}), 401, "UNAUTHORIZED")
