"""NextAuth's routes as its clients expect them, and what must not get past them."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from cvstudio.api import signing
from cvstudio.domain import accounts, owners
from tests.accounts import PASSWORD, last_link, last_token, mails, make_account
from tests.api.conftest import is_error, visitor
from tests.api.test_ownership import upload

EMAIL = "marie@example.org"


@pytest.fixture
def browser(engine):
    return visitor()


def csrf(browser) -> str:
    return browser.get("/api/auth/csrf").json()["csrfToken"]


def ask(browser, **given: str):
    return browser.post("/api/auth/signin/email", data={"email": EMAIL, "csrfToken": csrf(browser), **given})


def by_password(browser, **given: str):
    sent = {"email": EMAIL, "password": PASSWORD, "csrfToken": csrf(browser), "json": "true", **given}
    return browser.post("/api/auth/callback/credentials", data=sent)


# ---------------------------------------------------------------------------- magic links


def test_a_magic_link_in_the_browser_that_asked(browser):
    asked = ask(browser, json="true")
    assert asked.status_code == 200
    assert urlsplit(asked.json()["url"]).path == "/api/auth/verify-request"
    opened = browser.get(last_link(EMAIL, "magic_link"))
    assert (opened.status_code, opened.headers["location"]) == (303, "/generate")
    cookie = next(line for line in opened.headers.get_list("set-cookie") if line.startswith(accounts.COOKIE))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    found = browser.get("/api/auth/session").json()
    assert found["user"]["email"] == EMAIL
    assert found["expires"].endswith("Z")


def test_forms_are_answered_with_pages_and_programs_with_addresses(browser):
    page = ask(browser)
    assert (page.status_code, page.headers["location"]) == (303, "/api/auth/verify-request?provider=email&type=email")
    assert browser.get("/api/auth/verify-request").headers["location"] == "/login?sent=email"
    sent = {"email": EMAIL, "csrfToken": csrf(browser)}
    assert browser.post("/api/auth/signin/email", json=sent).json()["url"].startswith("http://testserver/api/auth/")
    header = browser.post("/api/auth/signin/email", data=sent, headers={"X-Auth-Return-Redirect": "1"})
    assert "url" in header.json()


def test_where_the_link_leads(browser):
    ask(browser, callbackUrl="http://testserver/cvs?new=1")
    link = last_link(EMAIL, "magic_link")
    assert parse_qs(urlsplit(link).query)["callbackUrl"] == ["/cvs?new=1"]
    assert browser.get(link).headers["location"] == "/cvs?new=1"


def test_a_scanner_uses_nothing_up(browser):
    ask(browser, callbackUrl="/cvs")
    link, scanner = last_link(EMAIL, "magic_link"), visitor()
    for method in ("HEAD", "GET", "GET"):
        page = scanner.request(method, link)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert accounts.COOKIE not in scanner.cookies
    assert page.headers["cache-control"].endswith("no-store")
    assert page.headers["referrer-policy"] == "same-origin"
    for headers in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}):
        assert browser.get(link, headers=headers).status_code == 200
    assert browser.head(link).status_code == 200
    elsewhere = visitor()
    sent = {"token": last_token(EMAIL, "magic_link"), "callbackUrl": "/cvs"}
    opened = elsewhere.post("/api/auth/callback/email", data=sent)
    assert (opened.status_code, opened.headers["location"]) == (303, "/cvs")
    assert elsewhere.get("/api/auth/session").json()["user"]["email"] == EMAIL
    for again in (browser.get(link), visitor().post("/api/auth/callback/email", data=sent)):
        assert again.headers["location"] == "/login?error=Verification"


def test_the_page_in_between_says_nothing_unescaped(browser):
    ask(browser, callbackUrl='/x?"><script>alert(1)</script>')
    page = visitor().get(last_link(EMAIL, "magic_link") + "&callbackUrl=" + urlencode({"": '/"><b>'})[1:])
    assert "<script" not in page.text
    assert '"><b>' not in page.text


def test_the_link_is_for_its_own_address(browser):
    ask(browser)
    token = last_token(EMAIL, "magic_link")
    refused = browser.get(f"/api/auth/callback/email?token={token}&email=other@example.org")
    assert refused.headers["location"] == "/login?error=Verification"
    assert browser.get(f"/api/auth/callback/email?token={token}").headers["location"] == "/generate"


def test_a_known_address_is_asked_as_an_unknown_one(browser):
    make_account(EMAIL)
    answers = [ask(browser, email=email, json="true") for email in (EMAIL, "nobody@example.org")]
    assert answers[0].json() == answers[1].json()
    assert [len(mails(email)) for email in (EMAIL, "nobody@example.org")] == [1, 1]


def test_what_is_no_address(browser):
    assert ask(browser, email="nobody", json="true").json()["url"] == "http://testserver/login?error=EmailSignin"


# ---------------------------------------------------------------------------- credentials, signing out


def test_signing_in_by_password_and_out_again(browser):
    make_account(EMAIL)
    signed = by_password(browser, callbackUrl="http://testserver/cvs")
    assert (signed.status_code, signed.json()) == (200, {"url": "http://testserver/cvs"})
    assert browser.get("/api/auth/session").json()["user"]["email"] == EMAIL
    token = browser.cookies[accounts.COOKIE]
    out = browser.post("/api/auth/signout", data={"csrfToken": csrf(browser), "json": "true"})
    assert out.json() == {"url": "http://testserver/"}
    assert accounts.COOKIE not in browser.cookies
    assert browser.get("/api/auth/session").json() == {}
    back = visitor().get("/api/auth/session", headers={"Cookie": f"{accounts.COOKIE}={token}"})
    assert back.json() == {}


def test_wrong_credentials(browser):
    make_account(EMAIL)
    wrong = by_password(browser, password="wrong password")
    found = is_error(wrong, 401, "INVALID_CREDENTIALS")
    assert parse_qs(urlsplit(found["url"]).query)["error"] == ["CredentialsSignin"]
    page = by_password(browser, password="wrong password", json="false")
    assert page.headers["location"] == "/login?error=CredentialsSignin&callbackUrl=%2Fgenerate"
    assert by_password(browser, email="nobody@example.org").text == wrong.text


def test_work_done_before_is_ones_own_after(browser):
    make_account(EMAIL)
    photo, before = upload(browser), browser.cookies[owners.COOKIE]
    by_password(browser)
    assert browser.get(f"/api/photos/{photo}").status_code == 200
    assert browser.cookies[owners.COOKIE] != before
    browser.post("/api/auth/signout", data={"csrfToken": csrf(browser)})
    assert browser.get(f"/api/photos/{photo}").status_code == 404


def test_the_public_routes(browser):
    assert browser.get("/api/auth/session").json() == {}
    providers = browser.get("/api/auth/providers").json()
    assert providers["email"]["signinUrl"] == "http://testserver/api/auth/signin/email"
    assert all(entry.keys() == {"id", "name", "type", "signinUrl", "callbackUrl"} for entry in providers.values())
    assert csrf(browser) == csrf(browser) != csrf(visitor())
    for path, location in (
        ("/api/auth/signin", "/login"),
        ("/api/auth/signin?callbackUrl=/cvs&error=OAuthSignin", "/login?callbackUrl=%2Fcvs&error=OAuthSignin"),
        ("/api/auth/error?error=Verification", "/login?error=Verification"),
        ("/api/auth/error?error=<script>", "/login?error=Default"),
        ("/api/auth/signout", "/account"),
    ):
        assert browser.get(path).headers["location"] == location


# ---------------------------------------------------------------------------- what must not get past


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: {},
        lambda token: {"csrfToken": ""},
        lambda token: {"csrfToken": token[:-1] + ("0" if token[-1] != "0" else "1")},
        lambda token: {"csrfToken": "é"},
    ],
)
def test_without_the_csrf_token_nothing_happens(browser, forge):
    make_account(EMAIL)
    sent = {"email": EMAIL, "password": PASSWORD, "json": "true"} | forge(csrf(browser))
    for path in ("signin/email", "callback/credentials", "signout"):
        response = browser.post(f"/api/auth/{path}", data=sent)
        assert response.json() == {"url": "http://testserver/login?csrf=true"}
    assert mails(EMAIL) == []
    assert accounts.COOKIE not in browser.cookies


def test_anothers_csrf_token_or_a_cookie_made_up_will_not_do(browser):
    stolen = csrf(visitor())
    assert ask(browser, csrfToken=stolen, json="true").json()["url"].endswith("csrf=true")
    forged = visitor()
    forged.cookies.set(signing.CSRF, f"{'a' * 64}.{'b' * 64}", domain="testserver.local")
    sent = {"email": EMAIL, "csrfToken": "a" * 64, "json": "true"}
    assert forged.post("/api/auth/signin/email", data=sent).json()["url"].endswith("csrf=true")


def test_another_sites_page_signs_nobody_in_or_out(browser):
    make_account(EMAIL)
    ask(browser)
    evil = {"Origin": "https://evil.example"}
    for path, sent in (
        ("callback/email", {"token": last_token(EMAIL, "magic_link")}),
        ("callback/credentials", {"email": EMAIL, "password": PASSWORD, "csrfToken": csrf(browser)}),
        ("signout", {"csrfToken": csrf(browser)}),
        ("verify-email", {"token": "x"}),
    ):
        is_error(browser.post(f"/api/auth/{path}", data=sent, headers=evil), 403, "FOREIGN_ORIGIN")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example/x",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http://testserver@evil.example/",
        "http://testserver.evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://testserver//evil.example",
        "/\tx//evil.example",
        "/\n/evil.example",
        "ftp://testserver/",
        "http://[",
        "evil.example",
        "x" * 3000,
        "",
    ],
)
def test_no_way_leads_elsewhere(browser, elsewhere):
    make_account(EMAIL)
    assert by_password(browser, callbackUrl=elsewhere).json() == {"url": "http://testserver/generate"}
    out = browser.post("/api/auth/signout", data={"csrfToken": csrf(browser), "callbackUrl": elsewhere})
    assert out.headers["location"] == "/"
    ask(browser, callbackUrl=elsewhere)
    link = last_link(EMAIL, "magic_link")
    token = last_token(EMAIL, "magic_link")
    assert parse_qs(urlsplit(link).query)["callbackUrl"] == ["/generate"]
    query = urlencode({"token": token, "callbackUrl": elsewhere})
    assert browser.get(f"/api/auth/callback/email?{query}").headers["location"] == "/generate"
    location = browser.get(f"/api/auth/signin?{urlencode({'callbackUrl': elsewhere})}").headers["location"]
    assert location in ("/login", "/login?callbackUrl=")


def test_a_token_fixed_before_is_not_the_one_after(browser):
    make_account(EMAIL)
    browser.cookies.set(accounts.COOKIE, "fixed-by-a-stranger", domain="testserver.local")
    by_password(browser)
    first = browser.cookies[accounts.COOKIE]
    assert first != "fixed-by-a-stranger"
    by_password(browser)
    second = browser.cookies[accounts.COOKIE]
    assert second != first
    old = visitor().get("/api/auth/session", headers={"Cookie": f"{accounts.COOKIE}={first}"})
    assert old.json() == {}


def test_a_visitors_cookie_planted_before_opens_nothing_after(browser):
    make_account(EMAIL)
    stranger = visitor()
    stranger.get("/api/templates")
    browser.cookies.update(stranger.cookies)
    by_password(browser)
    mine = upload(browser)
    assert stranger.get(f"/api/photos/{mine}").status_code == 404
    assert stranger.get("/api/auth/session").json() == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b'{"email": {"a": 1}, "csrfToken": ["x"]}'])
def test_strange_bodies(browser, content):
    for path in ("signin/email", "callback/credentials", "callback/email", "signout"):
        response = browser.post(f"/api/auth/{path}", content=content, headers={"Content-Type": "application/json"})
        assert response.status_code in (200, 303, 400)


def test_cookies_are_secure_where_the_site_is(sqlite, configure):
    make_account(EMAIL)
    configure(public_url="https://testserver")
    lines = by_password(visitor(), callbackUrl="https://testserver/cvs")
    assert lines.status_code == 200
    secure = visitor()
    token = secure.get("/api/auth/csrf")
    assert "Secure" in token.headers["set-cookie"]
