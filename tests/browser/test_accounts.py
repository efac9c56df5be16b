"""Signing in, registering and keeping an account, by mouse and keyboard, with the mails that were really written."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.visits import APPEARANCES, LANGUAGES, WATCH_SHIFTS, connect, visit
from tests.running import Running, wait_for

PASSWORD = "trois-mots-longs"
DOORS = ("/login", "/login/code", "/login/check?for=verify", "/register", "/forgot", "/reset-password?token=x")


def link_in_mail(site: Running, to: str, subject: str) -> str:
    """The link of the newest such mail, once it is written."""
    found: list[str] = []

    def written() -> list[str]:
        with sqlite3.connect(site.data_dir / "cvstudio.db", timeout=10) as database:
            wanted = "select text from outbox_mail where recipient = ? and subject like ? order by created_at desc"
            rows = database.execute(wanted, (to, f"%{subject}%")).fetchall()
        found[:] = re.findall(r"http://\S+", rows[0][0])[:1] if rows else []
        return found

    wait_for(written, lambda: f"no mail “{subject}” to {to}", seconds=20)
    return found[0]


def make_account(site: Running, context: BrowserContext, email: str) -> None:
    """Registered, and signed in in this browser."""
    given = {"email": email, "password": PASSWORD, "name": "Ada Lovelace"}
    assert context.request.post(f"{site.url}/api/auth/register", data=given).status == 201
    sign_in(site, context, email)


def sign_in(site: Running, context: BrowserContext, email: str) -> None:
    token = context.request.get(f"{site.url}/api/auth/csrf").json()["csrfToken"]
    given = {"email": email, "password": PASSWORD, "csrfToken": token, "json": "true"}
    assert context.request.post(f"{site.url}/api/auth/callback/credentials", data=given).ok


@contextmanager
def member(site: Running, browser: Browser, email: str) -> Iterator[Page]:
    """The account page of someone new."""
    context = browser.new_context(locale="fr-FR", reduced_motion="reduce")
    try:
        make_account(site, context, email)
        page = context.new_page()
        connect(page, f"{site.url}/account")
        expect(page.locator("#deletion")).to_be_visible()
        yield page
    finally:
        context.close()


def alone(path: str) -> re.Pattern[str]:
    """The address of a page, whatever the host."""
    return re.compile(rf"^http://[^/]+{re.escape(path)}$")


# ---- every page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", DOORS)
def test_the_doors_fit_and_break_no_rule(site: Running, browser: Browser, route: str, language: str, appearance: str):
    for width in (360, 1440):
        with visit(browser, site.url, route, language=language, appearance=appearance, width=width) as visiting:
            assert violations(visiting.page) == []
            assert visiting.page.evaluate("document.documentElement.scrollWidth") <= width
            assert visiting.shifted() < 0.02
            assert visiting.complaints == []


@pytest.mark.parametrize("route", DOORS)
def test_the_doors_speak_both_languages(site: Running, browser: Browser, route: str):
    said = {}
    for language in LANGUAGES:
        with visit(browser, site.url, route, language=language) as visiting:
            said[language] = [visiting.page.title(), *visiting.texts()]
    same = {fr for fr, en in zip(said["fr"], said["en"], strict=True) if fr == en}
    assert same <= {"CV Studio", "Menu"}


def test_the_account_breaks_no_rule(site: Running, browser: Browser):
    with member(site, browser, "rules@example.org") as page:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in APPEARANCES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                # Colours are judged once they have come.
                page.wait_for_function("(scheme) => document.documentElement.classList.contains(scheme)", arg=scheme)
                page.wait_for_function("() => document.getAnimations().length === 0")
                assert violations(page) == [], (scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("route", ["/login", "/register"])
def test_nothing_moves_when_other_ways_in_are_offered(site: Running, browser: Browser, route: str, width: int):
    names = ("Google", "GitHub", "LinkedIn", "OpenID")
    offered = {name: {"id": name.lower(), "name": name, "type": "oidc"} for name in names}
    context = browser.new_context(locale="fr-FR", viewport={"width": width, "height": 900})
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    page.route("**/api/auth/providers", lambda asked: asked.fulfill(json=offered))
    connect(page, site.url + route)
    for name in names:
        expect(page.get_by_role("button", name=f"Continuer avec {name}")).to_be_attached()
    assert page.evaluate("window.shifted") < 0.02
    assert violations(page) == []
    context.close()


# ---- the doors ---------------------------------------------------------------------------------------------------


def test_registering_refuses_in_place_and_ends_in_the_mailbox(site: Running, browser: Browser):
    with visit(browser, site.url, "/register") as visiting:
        page = visiting.page
        page.get_by_label("Nom (facultatif)").fill("Grace Hopper")
        page.get_by_label("Adresse e-mail").fill("grace@example.org")
        password = page.get_by_label("Mot de passe")
        password.fill("court")
        page.keyboard.press("Enter")
        expect(password).to_have_attribute("aria-invalid", "true")
        expect(password).to_be_focused()
        expect(password).to_have_accessible_description(re.compile("Au moins 8 caractères"))
        expect(page.get_by_label("Nom (facultatif)")).to_have_value("Grace Hopper")
        password.fill(PASSWORD)
        expect(password).not_to_have_attribute("aria-invalid", "true")
        page.keyboard.press("Enter")
        page.wait_for_url("**/login/check?for=verify")
        expect(page.locator("main .address")).to_have_text("grace@example.org")
        page.goto(link_in_mail(site, "grace@example.org", "Confirmez"))
        assert page.url == f"{site.url}/generate"
        page.goto(site.url)
        expect(page.get_by_role("button", name="Compte de Grace Hopper")).to_be_visible()


def test_signing_in_by_password_and_out(site: Running, browser: Browser):
    with visit(browser, site.url, "/login?callbackUrl=/templates") as visiting:
        page = visiting.page
        given = {"email": "in@example.org", "password": PASSWORD, "name": "Ada"}
        assert page.request.post(f"{site.url}/api/auth/register", data=given).status == 201
        said = set()
        for email in ("in@example.org", "nobody@example.org"):
            page.get_by_label("Adresse e-mail").fill(email)
            page.get_by_label("Mot de passe").fill("pas le bon du tout")
            page.keyboard.press("Enter")
            alert = page.locator("form [role=alert] p")
            expect(alert).to_be_visible()
            said.add(alert.inner_text())
            expect(page.get_by_label("Mot de passe")).to_be_focused()
            expect(page.get_by_label("Adresse e-mail")).to_have_value(email)
        assert said == {text("login.wrong_credentials", "fr")}
        page.get_by_label("Adresse e-mail").fill("in@example.org")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(alone("/templates"))
        page.get_by_role("button", name="Compte de Ada").click()
        page.locator("#account-menu").get_by_role("button", name="Se déconnecter").click()
        page.wait_for_url(alone("/"))
        expect(page.locator(".top-account").get_by_role("link", name="Se connecter")).to_be_visible()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(site: Running, browser: Browser, elsewhere: str):
    with visit(browser, site.url, f"/login?callbackUrl={elsewhere}") as visiting:
        page = visiting.page
        # The server's answer is what is followed: here it says what a forged page might.
        page.route("**/callback/credentials", lambda route: route.fulfill(json={"url": elsewhere}))
        page.get_by_label("Adresse e-mail").fill("in@example.org")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
        assert page.url.startswith(site.url)


def test_a_mailed_link_asks_first_on_another_machine(site: Running, browser: Browser):
    with visit(browser, site.url, "/login") as visiting:
        page = visiting.page
        email = page.get_by_label("Adresse e-mail")
        email.fill("not an address")
        page.get_by_role("button", name="M’envoyer un lien").click()
        expect(email).to_be_focused()
        expect(email).to_have_accessible_description(text("login.wrong_address", "fr"))
        email.fill("link@example.org")
        page.get_by_role("button", name="M’envoyer un lien").click()
        page.wait_for_url("**/login/check?for=magic")
        expect(page.get_by_text(text("check.magic", "fr"))).to_be_visible()
    link = link_in_mail(site, "link@example.org", "")
    with visit(browser, site.url, "/") as visiting:
        page = visiting.page
        page.goto(link)
        page.get_by_role("button").click()
        page.wait_for_url(alone("/generate"))
        page.goto(site.url)
        expect(page.get_by_role("button", name="Compte de link@example.org")).to_be_visible()
        page.goto(link)
        expect(page.get_by_text(text("login.link_used", "fr"))).to_be_visible()


def test_a_forgotten_password_is_replaced(site: Running, browser: Browser):
    with visit(browser, site.url, "/forgot") as visiting:
        page = visiting.page
        given = {"email": "forgot@example.org", "password": PASSWORD}
        assert page.request.post(f"{site.url}/api/auth/register", data=given).status == 201
        page.get_by_label("Adresse e-mail").fill("forgot@example.org")
        page.keyboard.press("Enter")
        page.wait_for_url("**/login/check?for=reset")
        page.goto(link_in_mail(site, "forgot@example.org", "mot de passe"))
        page.get_by_label("Nouveau mot de passe").fill("quatre mots tout neufs")
        page.keyboard.press("Enter")
        page.wait_for_url("**/login?reset=1")
        expect(page.get_by_text(text("login.password_saved", "fr"))).to_be_visible()
        page.get_by_label("Adresse e-mail").fill("forgot@example.org")
        page.get_by_label("Mot de passe").fill("quatre mots tout neufs")
        page.keyboard.press("Enter")
        page.wait_for_url(alone("/generate"))


def test_a_server_that_is_away_costs_nothing_typed(site: Running, browser: Browser):
    with visit(browser, site.url, "/login", language="en") as visiting:
        page = visiting.page
        page.route("**/api/auth/**", lambda route: route.abort())
        page.get_by_label("E-mail address").fill("ada@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_text(text("forms.unreachable", "en"))).to_be_visible()
        expect(page.get_by_label("Password", exact=True)).to_have_value(PASSWORD)


def test_password_managers_find_their_fields(site: Running, browser: Browser):
    wanted = {"/login": ["username", "current-password"], "/register": ["name", "username", "new-password"]}
    for route, expected in wanted.items():
        with visit(browser, site.url, route) as visiting:
            inputs = visiting.page.locator("main input")
            assert [field.get_attribute("autocomplete") for field in inputs.all()] == expected


# ---- the account -------------------------------------------------------------------------------------------------


def test_the_account_is_closed_to_visitors(site: Running, browser: Browser):
    with visit(browser, site.url, "/account") as visiting:
        visiting.page.wait_for_url("**/login?error=SessionRequired&callbackUrl=%2Faccount")
        expect(visiting.page.get_by_text(text("login.session_over", "fr"))).to_be_visible()


def test_name_language_and_address(site: Running, browser: Browser):
    with member(site, browser, "profile@example.org") as page:
        page.get_by_label("Nom", exact=True).fill("Ada King")
        page.get_by_role("button", name="Enregistrer").click()
        expect(page.get_by_text(text("account.saved", "fr"))).to_be_visible()
        page.locator("#language .chip", has_text="English").click()
        expect(page.locator("h1")).to_have_text("My account")
        assert page.request.get(f"{site.url}/api/auth/profile").json()["locale"] == "en"
        page.reload()
        expect(page.locator("h1")).to_have_text("My account")
        expect(page.get_by_role("button", name="Account of Ada King")).to_be_visible()
        page.get_by_label("E-mail address").fill("countess@example.org")
        page.get_by_role("button", name="Change address").click()
        expect(page.get_by_text(text("account.email_sent", "en"))).to_be_visible()
        page.goto(link_in_mail(site, "countess@example.org", ""))
        page.get_by_role("button").click()
        page.wait_for_url("**/account?emailChanged=1")
        expect(page.get_by_text(text("account.email_changed", "en"))).to_be_visible()
        expect(page.locator(".account > header")).to_contain_text("countess@example.org")


def test_devices_are_listed_and_signed_out(site: Running, browser: Browser):
    with member(site, browser, "devices@example.org") as page:
        other = browser.new_context(user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        sign_in(site, other, "devices@example.org")
        page.reload()
        expect(page.locator("#sessions li")).to_have_count(2)
        page.get_by_role("button", name="Déconnecter Firefox · Linux").click()
        expect(page.locator("#sessions li")).to_have_count(1)
        assert other.request.get(f"{site.url}/api/auth/profile").status == 401
        other.close()
        page.get_by_role("button", name="Se déconnecter partout").click()
        page.wait_for_url(alone("/login"))
        assert page.request.get(f"{site.url}/api/auth/profile").status == 401


def test_a_tab_left_open_stops_when_its_session_ends(site: Running, browser: Browser):
    with member(site, browser, "tab@example.org") as page:
        assert page.request.delete(f"{site.url}/api/account/sessions").ok
        page.locator("#language .chip", has_text="English").click()
        expect(page.locator("[data-sonner-toast]")).to_be_visible()
        expect(page.locator("h1")).to_have_text("Mon compte")


def test_a_new_password(site: Running, browser: Browser):
    with member(site, browser, "new@example.org") as page:
        part = page.locator("#password")
        part.get_by_label("Mot de passe actuel").fill("pas le bon du tout")
        part.get_by_label("Nouveau mot de passe").fill("quatre mots tout neufs")
        page.keyboard.press("Enter")
        expect(part.get_by_label("Mot de passe actuel")).to_be_focused()
        expect(part.get_by_label("Nouveau mot de passe")).to_have_value("quatre mots tout neufs")
        part.get_by_label("Mot de passe actuel").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_text(text("account.password_saved", "fr"))).to_be_visible()
        expect(part.get_by_label("Nouveau mot de passe")).to_have_value("")


def test_everything_is_taken_along_or_deleted(site: Running, browser: Browser):
    with member(site, browser, "leaving@example.org") as page:
        with page.expect_download() as download:
            page.get_by_role("link", name="Exporter mes données").click()
        assert download.value.suggested_filename.endswith(".zip")
        delete = page.get_by_role("button", name="Tout supprimer")
        expect(delete).to_be_disabled()
        page.locator("#deletion-typed").fill("Leaving@example.org ")
        expect(delete).to_be_enabled()
        delete.click()
        page.wait_for_url(alone("/"))
        assert page.request.get(f"{site.url}/api/auth/profile").status == 401
        with pytest.raises(AssertionError):
            sign_in(site, page.context, "leaving@example.org")
