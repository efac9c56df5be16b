"""Passkeys: made by the account's owner, and then opening it alone."""

from datetime import timedelta

import pytest

from cvstudio import db
from cvstudio.api.auth_factors import CHALLENGE
from cvstudio.domain import accounts
from cvstudio.domain.accounts import factors, passwords
from cvstudio.models import SecondFactor, User, utcnow
from tests.accounts import PASSWORD, mails, travelling
from tests.api.conftest import is_error, member, visitor
from tests.authenticator import Authenticator

EMAIL = "marie@example.org"


@pytest.fixture
def marie(engine):
    return member(email=EMAIL, password_hash=passwords.hashed(PASSWORD))


@pytest.fixture
def travel(monkeypatch):
    return travelling(monkeypatch)


def question(client, path="/api/auth/passkey/options"):
    response = client.post(path, json={})
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"].endswith("no-store")
    return response.json()["publicKey"]


def add(client, device: Authenticator, **more):
    credential = device.make(question(client, "/api/account/passkeys/options"))
    return client.post("/api/account/passkeys", json={"credential": credential, **more})


def enter(client, device: Authenticator, **more):
    return client.post("/api/auth/passkey", json={"credential": device.answer(question(client)), **more})


@pytest.fixture
def device(marie):
    made = Authenticator()
    assert add(marie, made).status_code == 201
    return made


def who(client) -> str | None:
    return client.get("/api/auth/session").json().get("user", {}).get("email")


def test_made_named_used_and_removed(marie):
    device = Authenticator()
    made = add(marie, device, name="  Mon   téléphone ")
    assert made.status_code == 201, made.text
    key = made.json()
    assert (key["name"], key["usedAt"]) == ("Mon téléphone", None)
    assert CHALLENGE not in marie.cookies
    browser = visitor()
    entered = enter(browser, device, callbackUrl="/account")
    assert entered.status_code == 200, entered.text
    assert entered.json()["url"].endswith("/account")
    assert who(browser) == EMAIL
    assert browser.get("/api/account/sessions").json()["sessions"][0]["method"] == "passkey"
    path = f"/api/account/passkeys/{key['id']}"
    assert marie.patch(path, json={"name": "Clé"}).json()["name"] == "Clé"
    is_error(marie.patch(path, json={"name": " "}), 400, "INVALID_INPUT")
    listed = marie.get("/api/account/passkeys").json()["passkeys"]
    assert [(one["name"], bool(one["usedAt"])) for one in listed] == [("Clé", True)]
    assert marie.delete(path).status_code == 200
    is_error(enter(visitor(), device), 401, "PASSKEY_REFUSED")
    assert [given["event"] for name, given in mails(EMAIL)] == ["passkey_added", "passkey_removed"]


def test_where_it_leads_is_ours(device):
    assert enter(visitor(), device, callbackUrl="https://evil.example/").json()["url"].endswith("/generate")


def test_it_counts_as_both_factors(marie, device):
    with db.session() as session:
        user_id = marie.get("/api/auth/session").json()["user"]["id"]
        session.add(SecondFactor(user_id=user_id, secret="", confirmed_at=utcnow()))
    with db.session() as session:
        assert factors.wanted(session, user_id)
    browser = visitor()
    assert enter(browser, device).status_code == 200
    assert who(browser) == EMAIL


def test_an_answer_counts_once(device):
    browser = visitor()
    options = question(browser)
    kept = browser.cookies[CHALLENGE]
    sent = {"credential": device.answer(options)}
    assert browser.post("/api/auth/passkey", json=sent).status_code == 200
    for credential in (sent["credential"], device.answer(options)):  # the same, and a newer one to the same question
        thief = visitor()
        thief.cookies.set(CHALLENGE, kept)
        is_error(thief.post("/api/auth/passkey", json={"credential": credential}), 401, "PASSKEY_REFUSED")
        assert accounts.COOKIE not in thief.cookies


def test_a_question_is_for_one_browser_one_purpose_and_five_minutes(marie, device, travel):
    other = visitor()
    answer = device.answer(question(visitor()))
    is_error(other.post("/api/auth/passkey", json={"credential": answer}), 401, "PASSKEY_REFUSED")
    question(other)
    is_error(other.post("/api/auth/passkey", json={"credential": answer}), 401, "PASSKEY_REFUSED")
    for forged in ("x", "..", "00.99999999999.00", "é"):
        answered = other.post(
            "/api/auth/passkey", json={"credential": answer}, headers={"Cookie": f"{CHALLENGE}={forged}".encode()}
        )
        is_error(answered, 401, "PASSKEY_REFUSED")
    # the question for a new key, answered as a sign-in
    options = question(marie, "/api/account/passkeys/options")
    crossed = marie.post(
        "/api/auth/passkey",
        json={"credential": device.answer({"rpId": "localhost", "challenge": options["challenge"]})},
    )
    is_error(crossed, 401, "PASSKEY_REFUSED")
    options = question(other)
    travel(timedelta(minutes=5, seconds=1))
    is_error(other.post("/api/auth/passkey", json={"credential": device.answer(options)}), 401, "PASSKEY_REFUSED")


@pytest.mark.parametrize("how", ["unverified", "elsewhere", "copied", "other_key", "other_person", "unknown"])
def test_what_is_refused(device, how):
    browser = visitor()
    assert enter(browser, device).status_code == 200
    match how:
        case "unverified":
            device.verified = False
        case "elsewhere":
            device.origin = "https://cvstudio.example"
        case "copied":
            device.count -= 1
        case "other_key":
            device.key = Authenticator().key
        case "other_person":
            device.user_handle = "cGF1bA"
        case "unknown":
            device.credential_id = b"x" * 32
    is_error(enter(visitor(), device), 401, "PASSKEY_REFUSED")


@pytest.mark.parametrize("how", ["unverified", "elsewhere", "nonsense", "of_another"])
def test_what_cannot_be_added(marie, how):
    device = Authenticator(verified=how != "unverified", origin="https://evil.example" if how == "elsewhere" else "")
    options = question(marie, "/api/account/passkeys/options")
    sent = {"credential": {"id": 3, "response": []} if how == "nonsense" else device.make(options)}
    client = marie
    if how == "of_another":
        client = member()
        client.cookies.set(CHALLENGE, marie.cookies[CHALLENGE])
    is_error(client.post("/api/account/passkeys", json=sent), 400, "PASSKEY_INVALID")
    assert client.get("/api/account/passkeys").json() == {"passkeys": []}


def test_the_same_key_twice(marie, device):
    options = question(marie, "/api/account/passkeys/options")
    assert [one["id"] for one in options["excludeCredentials"]] == [device.answer(question(visitor()))["id"]]
    is_error(add(member(), device), 400, "PASSKEY_INVALID")


def test_the_last_way_in_stays(marie, device):
    user_id = marie.get("/api/auth/session").json()["user"]["id"]
    with db.session() as session:
        session.get_one(User, user_id).password_hash = None
    first = marie.get("/api/account/passkeys").json()["passkeys"][0]["id"]
    is_error(marie.delete(f"/api/account/passkeys/{first}"), 409, "LAST_WAY_IN")
    add(marie, Authenticator())
    assert marie.delete(f"/api/account/passkeys/{first}").status_code == 200


def test_anothers_is_not_there(marie, device):
    key = marie.get("/api/account/passkeys").json()["passkeys"][0]["id"]
    stranger = member()
    for path in (f"/api/account/passkeys/{key}", "/api/account/passkeys/none"):
        is_error(stranger.delete(path), 404, "PASSKEY_NOT_FOUND")
        is_error(stranger.patch(path, json={"name": "x"}), 404, "PASSKEY_NOT_FOUND")
    assert marie.get("/api/account/passkeys").json()["passkeys"][0]["name"] != "x"
