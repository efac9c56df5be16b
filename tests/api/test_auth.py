"""Registration, tokens, profile, passwords and links, as both specifications' clients meet them."""

import pytest
from sqlmodel import func, select

from cvstudio import db
from cvstudio.domain import accounts, owners
from cvstudio.models import LoginSession, User
from tests.accounts import PASSWORD, last_link, last_token, mails, make_account, reload
from tests.api.conftest import body, is_error, visitor
from tests.api.test_ownership import upload

BUILDER = {
    "username": "john_doe",
    "email": "john.doe@example.com",
    "password": "SecurePass123!",
    "password2": "SecurePass123!",
    "first_name": "John",
    "last_name": "Doe",
    "phone": "+33612345678",
}
FITMYCV = {"email": "john.doe@example.com", "password": "SecurePass123!", "name": "John Doe"}
NEW = "NewSecurePass456!"
ENGLISH = {"Accept-Language": "en"}


def bearer(client, email="john.doe@example.com", password="SecurePass123!") -> dict[str, str]:
    pair = client.post("/api/auth/login/", json={"email": email, "password": password})
    assert pair.status_code == 200, pair.text
    return {"Authorization": f"Bearer {pair.json()['access']}"}


@pytest.fixture
def outside(engine):
    return visitor()


# ---------------------------------------------------------------------------- registration


def test_cv_builders_way(outside):
    made = outside.post("/api/auth/register/", json=BUILDER)
    assert made.status_code == 201
    assert made.json()["message"] == "User registered successfully"
    user = made.json()["user"]
    assert user.items() >= {k: v for k, v in BUILDER.items() if not k.startswith("password")}.items()
    assert (user["is_premium"], user["subscription_type"], user["subscription_end_date"]) == (False, None, None)
    assert user["created_at"].endswith("Z")

    headers = bearer(outside)
    assert outside.get("/api/auth/profile/", headers=headers).json() == user
    changed = outside.patch("/api/auth/profile/", headers=headers, json={"first_name": "Jean", "phone": "+33687654321"})
    assert changed.status_code == 200
    expected = user | {"first_name": "Jean", "name": "Jean Doe", "phone": "+33687654321"}
    assert changed.json() == expected
    job = outside.post("/api/cv/jobs", headers=headers, json=body())
    assert job.status_code == 202


def test_fitmycvs_way(outside):
    user = outside.post("/api/auth/register", json=FITMYCV | {"referralCode": "x", "recaptchaToken": "y"}).json()[
        "user"
    ]
    assert (user["email"], user["name"], user["username"]) == (FITMYCV["email"], "John Doe", None)
    assert (user["first_name"], user["last_name"]) == ("John", "Doe")


def test_a_known_address_is_answered_as_a_new_one(outside):
    first = outside.post("/api/auth/register", json=FITMYCV)
    again = visitor().post("/api/auth/register", json=FITMYCV)
    assert (first.status_code, again.status_code) == (201, 201)
    one, two = first.json()["user"], again.json()["user"]
    made_up = {"id", "referralCode", "created_at", "createdAt"}
    assert {k: v for k, v in one.items() if k not in made_up} == {k: v for k, v in two.items() if k not in made_up}
    assert one["id"] != two["id"]
    kept = {"x-request-id", "set-cookie", "content-length"}
    assert {k: v for k, v in first.headers.items() if k not in kept} == {
        k: v for k, v in again.headers.items() if k not in kept
    }
    assert [trigger for trigger, _ in mails(FITMYCV["email"])] == ["verify_email", "account_exists"]
    with db.session(write=False) as session:
        assert session.exec(select(func.count()).select_from(User)).one() == 1


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"password2": "other"}, "password2", "Passwords must match."),
        ({"username": "Taken"}, "username", "This username is already taken."),
        ({"email": "nobody"}, "email", "This is not an e-mail address."),
        ({"email": " \u3000"}, "email", "Enter your e-mail address."),
        ({"password": "short", "password2": "short"}, "password", "At least 8 characters."),
    ],
)
def test_each_field_at_fault_is_named(outside, given, field, words):
    make_account("other@example.org", username="taken")
    found = is_error(outside.post("/api/auth/register", json=BUILDER | given, headers=ENGLISH), 400, "INVALID_INPUT")
    assert found[field] == [words]


def test_all_fields_at_fault_are_named_at_once(outside):
    given = {"email": "nobody", "password": "short", "password2": "other"}
    found = is_error(outside.post("/api/auth/register", json=BUILDER | given, headers=ENGLISH), 400, "INVALID_INPUT")
    assert {"email", "password", "password2"} <= found.keys()


def test_what_is_missing(outside):
    found = is_error(outside.post("/api/auth/register", json={}), 400, "INVALID_INPUT")
    assert {"email", "password"} <= found.keys()


# ---------------------------------------------------------------------------- signing in


def test_wrong_credentials_are_all_alike(outside):
    make_account("known@example.org")
    answers = [
        outside.post("/api/auth/login", json={"email": email, "password": password})
        for email, password in (
            ("known@example.org", "wrong password"),
            ("unknown@example.org", PASSWORD),
            ("not an address", PASSWORD),
        )
    ]
    for response in answers:
        is_error(response, 401, "INVALID_CREDENTIALS")
    assert len({response.text for response in answers}) == 1


def test_refreshing(outside):
    make_account("marie@example.org")
    first = outside.post("/api/auth/login", json={"email": "marie@example.org", "password": PASSWORD}).json()
    second = outside.post("/api/auth/refresh/", json={"refresh": first["refresh"]}).json()
    assert second.keys() == {"access", "refresh"}
    is_error(outside.post("/api/auth/refresh", json={"refresh": first["refresh"]}), 401, "INVALID_REFRESH_TOKEN")
    assert outside.post("/api/auth/refresh", json={"refresh": second["refresh"]}).status_code == 200


@pytest.mark.parametrize("value", ["Bearer x", "Bearer a.b.c", "Bearer ", "bearer é".encode()])
def test_a_bad_token_is_refused_also_where_none_is_needed(outside, value):
    response = outside.get("/api/auth/profile", headers={"Authorization": value})
    assert response.status_code == 401
    if value != "Bearer ":
        is_error(outside.get("/api/photos/AAAA", headers={"Authorization": value}), 401, "INVALID_ACCESS_TOKEN")


def test_tokens_are_not_to_be_kept_by_anyone(outside):
    make_account("marie@example.org")
    response = outside.post("/api/auth/login", json={"email": "marie@example.org", "password": PASSWORD})
    assert response.headers["cache-control"] == "no-store"
    assert accounts.COOKIE not in response.cookies


def test_work_done_before_is_ones_own_after(outside):
    make_account("marie@example.org")
    photo = upload(outside)
    before = outside.cookies[owners.COOKIE]
    headers = bearer(outside, "marie@example.org", PASSWORD)
    assert outside.cookies[owners.COOKIE] != before
    assert outside.get(f"/api/photos/{photo}", headers=headers).status_code == 200
    assert outside.get(f"/api/photos/{photo}").status_code == 404
    old = visitor().get(f"/api/photos/{photo}", headers={"Cookie": f"{owners.COOKIE}={before}"})
    assert old.status_code == 404
    assert owners.from_cookie(old.cookies[owners.COOKIE]) != owners.from_cookie(before)


def test_bursts_are_slowed_down(outside):
    make_account("marie@example.org")
    answers = [
        outside.post("/api/auth/login", json={"email": "marie@example.org", "password": "wrong password"})
        for _ in range(7)
    ]
    assert answers[0].status_code == 401
    found = is_error(answers[-1], 429, "RATE_LIMIT_EXCEEDED")
    assert int(answers[-1].headers["retry-after"]) == found["retryAfter"] > 0


# ---------------------------------------------------------------------------- profile, password


def test_changing_ones_profile(client):
    answer = client.put("/api/account/profile", json={"name": "Marie Curie", "locale": "en"}).json()["user"]
    assert (answer["name"], answer["first_name"], answer["last_name"]) == ("Marie Curie", "Marie", "Curie")
    make_account("other@example.org", username="taken")
    refused = client.patch("/api/auth/profile", json={"username": "TAKEN"}, headers=ENGLISH)
    assert is_error(refused, 400, "INVALID_INPUT")["username"] == ["This username is already taken."]
    assert client.patch("/api/auth/profile", json={"username": "marie"}).json()["username"] == "marie"
    assert client.patch("/api/auth/profile", json={"username": "Marie"}).json()["username"] == "Marie"


def test_what_one_is_cannot_be_changed(client):
    forged = {"id": "x", "role": "admin", "tier": "team", "is_premium": True, "email_verified_at": None, "name": "M"}
    user = client.patch("/api/auth/profile", json=forged).json()
    assert (user["role"], user["tier"], user["is_premium"], user["name"]) == ("user", "free", False, "M")


@pytest.mark.parametrize(
    ("method", "path", "old", "new"),
    [
        ("POST", "/api/auth/change-password/", "old_password", "new_password"),
        ("PUT", "/api/account/password", "currentPassword", "newPassword"),
    ],
)
def test_changing_the_password(outside, method, path, old, new):
    make_account("john.doe@example.com", password="SecurePass123!")
    headers, elsewhere = bearer(outside), bearer(visitor())
    wrong = outside.request(method, path, headers=headers | ENGLISH, json={old: "wrong one", new: NEW})
    assert is_error(wrong, 400, "INVALID_INPUT")[old] == ["Wrong password."]
    weak = outside.request(method, path, headers=headers | ENGLISH, json={old: "SecurePass123!", new: "x"})
    assert is_error(weak, 400, "INVALID_INPUT").keys() >= {new}
    done = outside.request(method, path, headers=headers, json={old: "SecurePass123!", new: NEW})
    assert done.json() in ({"message": "Password changed successfully"}, {"success": True})
    assert outside.get("/api/auth/profile", headers=headers).status_code == 200
    assert outside.get("/api/auth/profile", headers=elsewhere).status_code == 401
    bearer(outside, password=NEW)


def test_new_passwords_must_match(client):
    sent = {"old_password": "", "new_password": NEW, "new_password2": "other"}
    found = is_error(client.post("/api/auth/change-password", json=sent, headers=ENGLISH), 400, "INVALID_INPUT")
    assert found["new_password2"] == ["Passwords must match."]


def test_resetting_the_password(outside):
    make_account("marie@example.org")
    headers = bearer(outside, "marie@example.org", PASSWORD)
    for email in ("marie@example.org", "nobody@example.org"):
        assert outside.post("/api/auth/request-reset", json={"email": email}).json() == {"success": True}
    token = last_token("marie@example.org", "password_reset")
    done = outside.post("/api/auth/reset-password", json={"token": token, "password": NEW})
    assert done.json() == {"success": True}
    assert outside.get("/api/auth/profile", headers=headers).status_code == 401
    bearer(outside, "marie@example.org", NEW)
    again = outside.post("/api/auth/reset-password", json={"token": token, "password": NEW})
    is_error(again, 400, "INVALID_LINK")


# ---------------------------------------------------------------------------- links in mails


def test_confirming_in_the_browser_that_registered(outside):
    outside.post("/api/auth/register", json=FITMYCV)
    link = last_link(FITMYCV["email"], "verify_email")
    confirmed = outside.get(link)
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, "/generate")
    assert outside.get("/api/auth/session").json()["user"]["email"] == FITMYCV["email"]
    late = outside.get(link)
    assert (late.status_code, late.headers["location"]) == (303, "/login?error=Verification")


def test_confirming_elsewhere_takes_a_click(outside):
    outside.post("/api/auth/register", json=FITMYCV)
    link, scanner = last_link(FITMYCV["email"], "verify_email"), visitor()
    for method in ("HEAD", "GET", "GET"):
        page = scanner.request(method, link)
        assert page.status_code == 200
        assert accounts.COOKIE not in scanner.cookies
    assert FITMYCV["email"] in page.text
    assert "script" not in page.text
    token = last_token(FITMYCV["email"], "verify_email")
    confirmed = visitor().post("/api/auth/verify-email", data={"token": token})
    assert confirmed.headers["location"] == "/generate"
    assert accounts.COOKIE in confirmed.cookies


def test_asking_for_the_confirmation_again(outside):
    for email in ("marie@example.org", "nobody@example.org"):
        if email.startswith("marie"):
            make_account(email, verified=False)
        assert outside.post("/api/auth/resend-verification", json={"email": email}).json() == {"success": True}
        response = outside.post("/api/auth/resend-verification", json={"email": email})
        is_error(response, 429, "RATE_LIMIT_EXCEEDED")


def test_changing_the_address(client):
    old = client.get("/api/auth/profile").json()["email"]
    assert client.put("/api/account/profile", json={"email": "New@example.org"}).json()["user"]["email"] == old
    link = last_link("new@example.org", "email_change")
    for method in ("HEAD", "GET"):
        page = visitor().request(method, link, headers={"Accept": "text/html"})
        assert page.status_code == 200
    assert client.get("/api/auth/profile").json()["email"] == old
    assert visitor().get(link).json() == {"success": True, "newEmail": "new@example.org"}
    assert client.get("/api/auth/profile").json()["email"] == "new@example.org"
    assert [trigger for trigger, _ in mails(old)] == ["email_changed_notice"]
    is_error(visitor().get("/api/auth/verify-email-change?token=x"), 400, "INVALID_LINK")


def test_changing_the_address_with_a_click(client):
    client.patch("/api/auth/profile", json={"email": "new@example.org"})
    token = last_token("new@example.org", "email_change")
    for location in ("/account?emailChanged=1", "/account?emailChanged=1"):
        done = visitor().post("/api/auth/verify-email-change", data={"token": token})
        assert (done.status_code, done.headers["location"]) == (303, location)
    assert client.get("/api/auth/profile").json()["email"] == "new@example.org"


def test_nothing_is_left_by_what_is_refused(outside):
    outside.post("/api/auth/login", json={"email": "nobody@example.org", "password": PASSWORD})
    outside.get("/api/auth/verify-email?token=x")
    with db.session(write=False) as session:
        assert session.exec(select(func.count()).select_from(LoginSession)).one() == 0


def test_being_seen_is_noted_now_and_then(client):
    with db.session() as session:
        login = session.exec(select(LoginSession)).one()
        login.seen_at = login.seen_at.replace(year=2020)
        user = session.get_one(User, login.user_id)
        session.add(login)
    client.get("/api/auth/profile")
    with db.session(write=False) as session:
        assert session.get_one(LoginSession, login.id).seen_at.year > 2020
    assert reload(user).seen_at >= user.seen_at
