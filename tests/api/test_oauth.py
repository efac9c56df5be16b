"""Signing in with a provider, linking and unlinking, through real redirects to a double on loopback."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import select

from cvstudio import db
from cvstudio.api import auth_oauth
from cvstudio.clients import oauth
from cvstudio.domain import accounts, owners, site_settings
from cvstudio.domain.accounts import ways
from cvstudio.models import LinkedAccount, LoginSession, OneTimeToken, User
from tests.accounts import mails, make_account, reload, travelling
from tests.api.conftest import is_error, visitor
from tests.api.test_ownership import upload
from tests.provider import CLIENT_ID, CLIENT_SECRET, brought, provider

EMAIL = "marie@example.org"


@pytest.fixture
def issuer(engine, configure):
    oauth.forget()
    with provider() as double:
        known = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        configure(
            **{f"{name}_{part}": value for name in ("oidc", "github") for part, value in known.items()},
            oidc_issuer=double.url,
            oidc_name="Chez nous",
            github_url=double.url,
        )
        yield double
    oauth.forget()


@pytest.fixture
def browser(issuer):
    return visitor()


def csrf(browser) -> str:
    return browser.get("/api/auth/csrf").json()["csrfToken"]


def leave(browser, name="oidc", **given: str) -> str:
    """The address at the provider."""
    answer = browser.post(f"/api/auth/signin/{name}", data={"csrfToken": csrf(browser), "json": "true", **given})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


def come_back(browser, query: dict[str, str], name="oidc"):
    return browser.get(f"/api/auth/callback/{name}", params=query)


def sign_in(browser, issuer, name="oidc", **given: str):
    return come_back(browser, issuer.consent(leave(browser, name, **given)), name)


def signed_in(email: str = EMAIL, **values):
    """(a browser, the account it is signed in to)."""
    user = make_account(email, **values)
    client = visitor()
    with db.session() as session:
        token = accounts.sign_in(session, user, None, "password").token
    client.cookies.set(accounts.COOKIE, token, domain="testserver.local")
    return client, user


def link(client, issuer, name="oidc"):
    asked = client.post("/api/account/link-oauth", json={"provider": name})
    assert asked.status_code == 200, asked.text
    return come_back(client, issuer.consent(asked.json()["authUrl"]), name)


def rows(kind):
    with db.session(write=False) as session:
        return list(session.exec(select(kind)))


def who(browser) -> str | None:
    return (browser.get("/api/auth/session").json().get("user") or {}).get("email")


def refused(answer, word: str, place: str = "/login"):
    assert (answer.status_code, answer.headers["location"]) == (303, f"{place}?error={word}")


# ---------------------------------------------------------------------------- signing in


def test_providers_are_listed_as_far_as_they_are_set_up(browser, configure):
    listed = browser.get("/api/auth/providers").json()
    assert set(listed) == {"email", "credentials", "github", "oidc"}
    assert listed["oidc"] == {
        "id": "oidc",
        "name": "Chez nous",
        "type": "oidc",
        "signinUrl": "http://testserver/api/auth/signin/oidc",
        "callbackUrl": "http://testserver/api/auth/callback/oidc",
    }
    assert listed["github"]["type"] == "oauth"
    for name in ("google", "nope"):
        is_error(browser.get(f"/api/auth/callback/{name}"), 404, "PROVIDER_NOT_FOUND")
        answer = browser.post(f"/api/auth/signin/{name}", json={"csrfToken": csrf(browser)})
        is_error(answer, 404, "PROVIDER_NOT_FOUND")


@pytest.mark.parametrize("name", ["oidc", "github"])
def test_someone_new(browser, issuer, name):
    answer = sign_in(browser, issuer, name, callbackUrl="/templates?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/templates?a=1")
    assert "no-store" in answer.headers["cache-control"]
    assert who(browser) == EMAIL
    (user,) = rows(User)
    assert (user.name, user.first_name, user.password_hash) == ("Marie Dupont", "Marie", None)
    assert user.email_verified_at is not None
    assert [trigger for trigger, _ in mails(EMAIL)] == ["welcome"]
    assert [login.method for login in rows(LoginSession)] == [name]
    assert browser.get("/api/account/linked-accounts").json()["accounts"] == [
        {"provider": name, "providerAccountId": issuer.person["sub"] if name == "oidc" else "583231"}
    ]
    again = visitor()
    sign_in(again, issuer, name)
    assert who(again) == EMAIL
    assert len(rows(User)) == len(rows(LinkedAccount)) == 1


def test_forms_are_led_there(browser, issuer):
    answer = browser.post("/api/auth/signin/oidc", data={"csrfToken": csrf(browser)})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{issuer.url}/authorize?")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(auth_oauth.COOKIE))
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=600"} <= set(cookie.split("; "))
    refusal = browser.post("/api/auth/signin/oidc", data={"csrfToken": "x"})
    assert refusal.headers["location"] == "/login?csrf=true"


def test_the_person_counts_not_the_address(browser, issuer):
    sign_in(browser, issuer)
    issuer.person |= {"email": "new@example.org", "email_verified": False}
    again = visitor()
    sign_in(again, issuer)
    assert who(again) == EMAIL


def test_anonymous_work_comes_along(browser, issuer):
    photo = upload(browser)
    sign_in(browser, issuer)
    assert browser.get(f"/api/photos/{photo}").status_code == 200
    assert visitor().get(f"/api/photos/{photo}").status_code == 404
    assert owners.COOKIE in browser.cookies


@pytest.mark.parametrize("callback", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_led_elsewhere(browser, issuer, callback):
    assert sign_in(browser, issuer, callbackUrl=callback).headers["location"] == "/generate"


def test_a_known_address_that_both_have_seen(browser, issuer):
    user = make_account(EMAIL)
    sign_in(browser, issuer)
    assert who(browser) == EMAIL
    assert [one.user_id for one in rows(LinkedAccount)] == [user.id]
    ((trigger, given),) = mails(EMAIL)
    assert (trigger, given["event"]) == ("security_notice", "provider_linked")


def test_a_known_address_that_its_account_never_proved(browser, issuer):
    user = make_account(EMAIL, verified=False)
    refused(sign_in(browser, issuer), "OAuthAccountNotLinked")
    assert who(browser) is None
    assert rows(LinkedAccount) == []
    assert reload(user).password_hash == user.password_hash


@pytest.mark.parametrize("changed", [{"email_verified": False}, {"email_verified": None}, {"email": None}])
def test_an_address_that_the_provider_does_not_confirm(browser, issuer, changed):
    make_account(EMAIL)
    issuer.changed = changed
    refused(sign_in(browser, issuer), "EmailNotVerified")
    assert rows(LinkedAccount) == []


def test_another_person_of_the_same_provider_and_address(browser, issuer):
    sign_in(browser, issuer)
    issuer.person["sub"] = "another"
    refused(sign_in(visitor(), issuer), "OAuthAccountNotLinked")
    assert len(rows(LinkedAccount)) == 1


def test_registration_may_be_closed(browser, issuer):
    with db.session() as session:
        site_settings.change(session, "registration_open", False, None)
    refused(sign_in(browser, issuer), "AccessDenied")
    assert rows(User) == []
    make_account(EMAIL)
    sign_in(browser, issuer)
    assert who(browser) == EMAIL


# ---------------------------------------------------------------------------- what must not work


def test_a_state_works_once(browser, issuer):
    query = issuer.consent(leave(browser))
    kept = browser.cookies.get(auth_oauth.COOKIE)
    assert come_back(browser, query).headers["location"] == "/generate"
    browser.cookies.set(auth_oauth.COOKIE, kept, domain="testserver.local")
    refused(come_back(browser, query), "OAuthCallback")


def test_a_state_is_of_one_browser(browser, issuer):
    query = issuer.consent(leave(visitor()))  # an attacker's
    refused(come_back(browser, query), "OAuthCallback")
    leave(browser)  # even one that is on its way itself
    refused(come_back(browser, query), "OAuthCallback")
    assert who(browser) is None
    assert rows(User) == []


def test_a_state_is_of_one_provider(browser, issuer):
    query = issuer.consent(leave(browser))
    refused(come_back(browser, query, "github"), "OAuthCallback")


def test_a_state_lives_ten_minutes(browser, issuer, monkeypatch):
    travel = travelling(monkeypatch)
    query = issuer.consent(leave(browser))
    travel(timedelta(minutes=10, seconds=1))
    refused(come_back(browser, query), "OAuthCallback")


@pytest.mark.parametrize(
    "query", [{}, {"state": "x", "code": "y"}, {"state": "é\x00", "code": ""}, {"error": "access_denied"}]
)
def test_nothing_to_go_by(browser, query):
    refused(come_back(browser, query), "OAuthCallback")


def test_someone_changes_their_mind(browser, issuer):
    query = issuer.consent(leave(browser))
    refused(come_back(browser, {"state": query["state"], "error": "access_denied"}), "OAuthCallback")
    refused(come_back(browser, query), "OAuthCallback")  # and the state is used up


@pytest.mark.parametrize("changed", [{"aud": "another"}, {"nonce": "another"}, {"exp": 1}])
def test_a_token_that_is_not_for_us(browser, issuer, changed):
    issuer.changed = changed
    refused(sign_in(browser, issuer), "OAuthCallback")
    assert rows(User) == []


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_signature_that_proves_nothing(browser, issuer, algorithm):
    issuer.algorithm = algorithm
    refused(sign_in(browser, issuer), "OAuthCallback")


def test_a_provider_that_is_not_well(browser, issuer):
    query = issuer.consent(leave(browser))
    issuer.answers["/token"] = (500, {})
    refused(come_back(browser, query), "ProviderUnavailable")
    oauth.forget()
    issuer.answers["/.well-known/openid-configuration"] = (503, b"")
    refused(browser.post("/api/auth/signin/oidc", data={"csrfToken": csrf(browser)}), "ProviderUnavailable")
    answer = browser.post("/api/auth/signin/oidc", json={"csrfToken": csrf(browser)})
    assert "Chez nous" in is_error(answer, 503, "PROVIDER_UNAVAILABLE")["userMessage"]


def test_no_secret_is_kept_or_told(browser, issuer):
    address = leave(browser)
    (state,) = [row for row in rows(OneTimeToken) if row.purpose == "oauth"]
    assert brought(address)["state"] not in repr(state)
    assert browser.cookies.get(auth_oauth.COOKIE) not in repr(state)
    assert CLIENT_SECRET not in address


def test_twice_at_once_is_one_account(issuer):
    browsers = [visitor() for _ in range(4)]
    queries = [issuer.consent(leave(one)) for one in browsers]
    together = Barrier(len(browsers))

    def arrive(number: int):
        together.wait()
        return come_back(browsers[number], queries[number])

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(arrive, range(len(browsers))))
    assert [answer.headers["location"] for answer in answers] == ["/generate"] * len(browsers)
    assert len(rows(User)) == len(rows(LinkedAccount)) == 1
    assert [trigger for trigger, _ in mails(EMAIL)] == ["welcome"]


# ---------------------------------------------------------------------------- linking


def test_linking_and_unlinking(issuer):
    client, user = signed_in("someone@example.org")
    answer = link(client, issuer)  # the provider's address need not be the account's
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?linked=oidc")
    assert link(client, issuer, "github").headers["location"] == "/account?linked=github"
    assert link(client, issuer).headers["location"] == "/account?linked=oidc"  # twice is once
    assert client.get("/api/account/linked-accounts").json() == {
        "accounts": [
            {"provider": "github", "providerAccountId": "583231"},
            {"provider": "oidc", "providerAccountId": issuer.person["sub"]},
        ]
    }
    other = visitor()
    sign_in(other, issuer)
    assert who(other) == user.email
    gone = client.request("DELETE", "/api/account/unlink-oauth", json={"provider": "oidc"})
    assert (gone.status_code, gone.json()) == (200, {"success": True})
    again = client.request("DELETE", "/api/account/unlink-oauth", json={"provider": "oidc"})
    is_error(again, 404, "PROVIDER_NOT_LINKED")
    events = [given["event"] for trigger, given in mails(user.email) if trigger == "security_notice"]
    assert events == ["provider_linked", "provider_linked", "provider_unlinked"]


def test_linking_takes_an_account(browser):
    for method, path in (("GET", "linked-accounts"), ("POST", "link-oauth"), ("DELETE", "unlink-oauth")):
        is_error(browser.request(method, f"/api/account/{path}", json={"provider": "oidc"}), 401, "UNAUTHORIZED")


def test_an_unknown_provider_is_not_linked(issuer):
    client, _ = signed_in()
    is_error(client.post("/api/account/link-oauth", json={"provider": "nope"}), 404, "PROVIDER_NOT_FOUND")


def test_what_belongs_to_another_does_not_move(browser, issuer):
    sign_in(browser, issuer)
    client, _ = signed_in("someone@example.org")
    refused(link(client, issuer), "IdentityTaken", "/account")
    assert client.get("/api/account/linked-accounts").json() == {"accounts": []}
    assert len(browser.get("/api/account/linked-accounts").json()["accounts"]) == 1


def test_one_of_each_provider(issuer):
    client, _ = signed_in()
    link(client, issuer)
    issuer.person["sub"] = "another"
    refused(link(client, issuer), "AlreadyLinked", "/account")


def test_a_link_is_finished_by_whoever_began_it(issuer):
    client, _ = signed_in()
    address = client.post("/api/account/link-oauth", json={"provider": "oidc"}).json()["authUrl"]
    victim, _ = signed_in("victim@example.org")
    refused(come_back(victim, issuer.consent(address)), "OAuthCallback")
    client.cookies.delete(accounts.COOKIE)  # signed out on the way
    refused(come_back(client, issuer.consent(address)), "OAuthCallback", "/account")
    assert rows(LinkedAccount) == []


def test_the_last_way_in_stays(browser, issuer):
    sign_in(browser, issuer)
    (user,) = rows(User)
    with db.session(write=False) as session:
        assert ways.ways_in(session, user) == ["oidc"]
    remove = {"method": "DELETE", "url": "/api/account/unlink-oauth", "json": {"provider": "oidc"}}
    is_error(browser.request(**remove), 409, "LAST_WAY_IN")
    link(browser, issuer, "github")
    assert browser.request(**remove).status_code == 200
    is_error(browser.request(**remove | {"json": {"provider": "github"}}), 409, "LAST_WAY_IN")


def test_two_removals_at_once_leave_a_way_in(browser, issuer):
    sign_in(browser, issuer)
    link(browser, issuer, "github")
    (user,) = rows(User)
    with db.session() as session:
        session.get_one(User, user.id).email_verified_at = None
    together = Barrier(2)

    def remove(name: str) -> int:
        together.wait()
        return browser.request("DELETE", "/api/account/unlink-oauth", json={"provider": name}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, ["oidc", "github"])) == [200, 409]
    assert len(rows(LinkedAccount)) == 1
