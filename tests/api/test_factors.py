"""Two-step verification, from setting it up to being locked out of it, by every way in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlmodel import select

from cvstudio import db
from cvstudio.api import signing
from cvstudio.domain import accounts
from cvstudio.domain.accounts import factors, letters
from cvstudio.models import RecoveryCode, SecondFactor, User
from tests.accounts import PASSWORD, last_link, last_token, mails, make_account, travelling
from tests.api.conftest import is_error, visitor
from tests.api.test_auth_nextauth import ask, by_password, csrf

EMAIL = "marie@example.org"
PATH = "/api/account/second-factor"


@pytest.fixture
def travel(monkeypatch):
    return travelling(monkeypatch)


class Person:
    def __init__(self, travel, email: str = EMAIL) -> None:
        self.user, self.email, self.travel = make_account(email), email, travel
        self.client = visitor()
        assert by_password(self.client, email=email).status_code == 200
        self.secret = ""

    def code(self) -> str:
        """The next that was not used yet: it is half a minute later."""
        self.travel(timedelta(seconds=30))
        return self.now()

    def now(self) -> str:
        return pyotp.TOTP(self.secret).at(factors.utcnow())

    def turn_on(self) -> list[str]:
        self.secret = self.client.post(PATH).json()["secret"]
        answer = self.client.post(f"{PATH}/confirm", json={"code": self.code()})
        assert answer.status_code == 200, answer.text
        return answer.json()["recoveryCodes"]

    def login(self, **more: str):
        return visitor().post("/api/auth/login", json={"email": self.email, "password": PASSWORD, **more})

    def pending(self) -> str:
        found = is_error(self.login(), 401, "SECOND_FACTOR_REQUIRED")
        return found["details"]["pendingToken"]


@pytest.fixture
def marie(engine, travel):
    return Person(travel)


def finish(token: str, code: str):
    return visitor().post("/api/auth/second-factor", json={"token": token, "code": code})


def events() -> list[str]:
    return [given["event"] for name, given in mails(EMAIL) if name == "security_notice"]


def test_set_up_and_confirmed(marie):
    assert marie.client.get(PATH).json()["enabled"] is False
    setup = marie.client.post(PATH)
    assert setup.headers["cache-control"].endswith("no-store")
    found = setup.json()
    assert found["uri"].startswith("otpauth://totp/CV%20Studio:marie%40example.org?secret=" + found["secret"])
    assert found["qr"].startswith("data:image/svg+xml")
    assert marie.login().status_code == 200  # not confirmed yet
    refused = is_error(marie.client.post(f"{PATH}/confirm", json={"code": "000000"}), 400, "INVALID_CODE")
    assert refused["code"]
    codes = marie.turn_on()
    assert len(set(codes)) == 10
    is_error(marie.client.post(PATH), 409, "SECOND_FACTOR_ON")
    is_error(marie.client.post(f"{PATH}/confirm", json={"code": marie.code()}), 409, "SECOND_FACTOR_ON")
    status = marie.client.get(PATH).json()
    assert (status["enabled"], status["recoveryCodes"], status["hasPassword"]) == (True, 10, True)
    assert events() == ["totp_enabled"]


def test_nothing_kept_opens_anything(marie):
    codes = marie.turn_on()
    with db.session(write=False) as session:
        kept = session.get_one(SecondFactor, marie.user.id)
        hashes = [row.code_hash for row in session.exec(select(RecoveryCode))]
    assert marie.secret not in kept.secret
    assert not any(code.replace("-", "") in "".join(hashes) for code in codes)
    paul = Person(marie.travel, "paul@example.org")
    with db.session() as session:
        session.add(SecondFactor(user_id=paul.user.id, secret=kept.secret, confirmed_at=kept.confirmed_at))
    is_error(finish(paul.pending(), marie.code()), 400, "INVALID_CODE")


def test_programs_sign_in_in_two_steps_or_one(marie):
    marie.turn_on()
    pair = finish(marie.pending(), marie.code())
    assert pair.status_code == 200, pair.text
    bearer = {"Authorization": f"Bearer {pair.json()['access']}"}
    assert visitor().get("/api/auth/profile", headers=bearer).json()["email"] == EMAIL
    assert marie.login(code=marie.code()).json().keys() == {"access", "refresh"}
    is_error(marie.login(code="123"), 400, "INVALID_CODE")


def test_a_code_works_once_and_not_before_an_older_one(marie):
    marie.turn_on()
    code = marie.code()
    assert finish(marie.pending(), code).status_code == 200
    is_error(finish(marie.pending(), code), 400, "INVALID_CODE")
    before = marie.code()
    marie.travel(timedelta(seconds=30))
    assert finish(marie.pending(), marie.now()).status_code == 200
    is_error(finish(marie.pending(), before), 400, "INVALID_CODE")


@pytest.mark.parametrize(("late", "good"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_clocks_may_be_a_step_off(marie, late, good):
    marie.turn_on()
    marie.travel(timedelta(minutes=5))
    token = marie.pending()
    code = pyotp.TOTP(marie.secret).at(factors.utcnow() - timedelta(seconds=late))
    assert (finish(token, code).status_code == 200) is good


def test_a_pending_sign_in_lasts_five_minutes_and_once(marie):
    marie.turn_on()
    token = marie.pending()
    assert finish(token, marie.code()).status_code == 200
    is_error(finish(token, marie.code()), 401, "SIGN_IN_EXPIRED")
    token = marie.pending()
    marie.travel(timedelta(minutes=5, seconds=1))
    is_error(finish(token, marie.code()), 401, "SIGN_IN_EXPIRED")
    is_error(finish("made-up", marie.code()), 401, "SIGN_IN_EXPIRED")


def test_a_pending_sign_in_is_no_session(marie):
    marie.turn_on()
    token = marie.pending()
    is_error(
        visitor().get("/api/auth/profile", headers={"Authorization": f"Bearer {token}"}), 401, "INVALID_ACCESS_TOKEN"
    )
    thief = visitor()
    thief.cookies.set(accounts.COOKIE, token)
    is_error(thief.get("/api/auth/profile"), 401, "UNAUTHORIZED")


def test_anothers_code_does_not_do(marie):
    marie.turn_on()
    paul = Person(marie.travel, "paul@example.org")
    paul.turn_on()
    token = marie.pending()
    is_error(finish(token, paul.code()), 400, "INVALID_CODE")
    assert finish(token, marie.code()).status_code == 200


def test_guesses_are_counted(marie):
    marie.turn_on()
    token = marie.pending()
    for _ in range(5):
        is_error(finish(token, "000000"), 400, "INVALID_CODE")
    is_error(finish(token, marie.code()), 429, "RATE_LIMIT_EXCEEDED")
    is_error(finish(marie.pending(), marie.code()), 429, "RATE_LIMIT_EXCEEDED")


def test_a_new_password_ends_what_waited_for_a_code(marie):
    marie.turn_on()
    token = marie.pending()
    given = {"currentPassword": PASSWORD, "newPassword": "quatre-mots-bien-longs"}
    assert marie.client.put("/api/account/password", json=given).status_code == 200
    is_error(finish(token, marie.code()), 401, "SIGN_IN_EXPIRED")
    assert events()[-1] == "password_changed"


# ---------------------------------------------------------------------------- recovery codes


def test_a_recovery_code_works_once(marie):
    codes = marie.turn_on()
    assert finish(marie.pending(), f" {codes[0].upper()} ").status_code == 200
    is_error(finish(marie.pending(), codes[0]), 400, "INVALID_CODE")
    assert marie.client.get(PATH).json()["recoveryCodes"] == 9
    assert events() == ["totp_enabled", "recovery_code_used"]


@pytest.mark.parametrize("kind", ["recovery", "app"])
def test_of_two_at_once_one_gets_in(marie, kind):
    codes = marie.turn_on()
    code = codes[0] if kind == "recovery" else marie.code()
    with db.session() as session:
        user = session.get_one(User, marie.user.id)
        tokens = [factors.pend(session, user, "password") for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda token: finish(token, code).status_code, tokens))
    assert answers.count(200) == 1


def test_new_recovery_codes(marie):
    old = marie.turn_on()
    is_error(marie.client.post(f"{PATH}/recovery-codes", json={}), 403, "PROOF_REQUIRED")
    is_error(marie.client.post(f"{PATH}/recovery-codes", json={"password": "wrong-one"}), 400, "INVALID_INPUT")
    new = marie.client.post(f"{PATH}/recovery-codes", json={"password": PASSWORD}).json()["recoveryCodes"]
    assert not set(old) & set(new)
    is_error(finish(marie.pending(), old[0]), 400, "INVALID_CODE")
    assert finish(marie.pending(), new[0]).status_code == 200
    assert events() == ["totp_enabled", "recovery_codes_renewed", "recovery_code_used"]


def test_another_secret_key_leaves_the_recovery_codes(marie, configure, engine):
    codes = marie.turn_on()
    url = engine.url.render_as_string(hide_password=False)
    configure(secret_key="another-secret-key-of-some-forty-letters", database_url=url)
    is_error(finish(marie.pending(), marie.code()), 400, "INVALID_CODE")
    assert finish(marie.pending(), codes[0]).status_code == 200


# ---------------------------------------------------------------------------- off again


@pytest.mark.parametrize("by", ["password", "code", "recovery"])
def test_turned_off(marie, by):
    codes = marie.turn_on()
    is_error(marie.client.request("DELETE", PATH, json={}), 403, "PROOF_REQUIRED")
    is_error(marie.client.request("DELETE", PATH, json={"code": "000000"}), 400, "INVALID_CODE")
    proof = {"password": {"password": PASSWORD}, "code": {"code": marie.code()}, "recovery": {"code": codes[3]}}[by]
    assert marie.client.request("DELETE", PATH, json=proof).status_code == 200
    assert marie.login().status_code == 200
    assert marie.client.get(PATH).json()["recoveryCodes"] == 0
    assert events()[-1] == "totp_disabled"
    is_error(marie.client.request("DELETE", PATH, json=proof), 409, "SECOND_FACTOR_OFF")
    is_error(marie.client.post(f"{PATH}/confirm", json={"code": "000000"}), 409, "SECOND_FACTOR_OFF")


def test_what_a_stranger_set_before_the_owner_came_opens_and_blocks_nothing(marie):
    with db.session() as session:
        session.get_one(User, marie.user.id).email_verified_at = None
    marie.turn_on()
    browser = visitor()
    ask(browser)
    assert browser.get(last_link(EMAIL, "magic_link")).headers["location"] == "/generate"
    assert browser.get(PATH).json()["enabled"] is False


# ---------------------------------------------------------------------------- pages


def by_code(browser, code: str, **given: str):
    sent = {"code": code, "csrfToken": csrf(browser), "json": "true", **given}
    return browser.post("/api/auth/callback/second-factor", data=sent)


def test_a_browser_is_led_to_the_code_and_then_on(marie):
    marie.turn_on()
    browser = visitor()
    answer = by_password(browser, callbackUrl="/account?x=1")
    url = urlsplit(answer.json()["url"])
    assert (url.path, parse_qs(url.query)) == ("/login/code", {"callbackUrl": ["/account?x=1"]})
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith(signing.PENDING))
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=300"} <= set(cookie.split("; "))
    assert accounts.COOKIE not in browser.cookies
    assert browser.get("/api/auth/session").json() == {}
    is_error(by_code(browser, "000000"), 400, "INVALID_CODE")
    done = by_code(browser, marie.code(), callbackUrl="/account?x=1")
    assert done.json()["url"].endswith("/account?x=1")
    assert signing.PENDING not in browser.cookies
    assert browser.get("/api/auth/session").json()["user"]["email"] == EMAIL
    is_error(by_code(visitor(), marie.code()), 401, "SIGN_IN_EXPIRED")


def test_a_form_without_scripts(marie):
    marie.turn_on()
    browser = visitor()
    assert by_password(browser, json="").headers["location"] == "/login/code?callbackUrl=%2Fgenerate"
    assert by_code(browser, "1", json="").headers["location"].startswith("/login/code?error=Code")
    assert by_code(visitor(), "1", json="").headers["location"].startswith("/login?error=SignInOver")
    assert (
        browser.post("/api/auth/callback/second-factor", data={"code": "1"}).headers["location"] == "/login?csrf=true"
    )
    assert by_code(browser, marie.code(), json="").headers["location"] == "/generate"


def test_a_link_in_a_mail_leads_to_the_code_too(marie):
    marie.turn_on()
    browser = visitor()
    ask(browser, callbackUrl="/templates")
    opened = browser.get(last_link(EMAIL, "magic_link"))
    assert opened.headers["location"] == "/login/code?callbackUrl=%2Ftemplates"
    assert accounts.COOKIE not in browser.cookies
    assert by_code(browser, marie.code()).status_code == 200
    assert browser.get("/api/account/sessions").json()["sessions"][0]["method"] == "magic"
    assert browser.get(last_link(EMAIL, "magic_link")).headers["location"] == "/login?error=Verification"


def test_a_reset_asks_for_the_code_at_the_next_sign_in(marie):
    marie.turn_on()
    with db.session() as session:
        letters.ask_reset(session, EMAIL, "en")
    given = {"token": last_token(EMAIL, "password_reset"), "password": PASSWORD}
    assert visitor().post("/api/auth/reset-password", json=given).status_code == 200
    assert finish(marie.pending(), marie.code()).status_code == 200
