"""Passkeys and two-step verification in a real browser, with its virtual authenticator."""

import time
from typing import Any

import pyotp
from playwright.sync_api import Browser, Page, expect

from cvstudio.locales import text
from tests.browser.test_accounts import PASSWORD, alone, member, violations
from tests.browser.visits import connect
from tests.running import Running


def authenticator(page: Page) -> tuple[Any, str]:
    """A device with a fingerprint reader that always says yes; with the connection that rules it."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, added["authenticatorId"]


def test_a_passkey_is_added_named_used_and_removed(site: Running, browser: Browser):
    with member(site, browser, "passkey@example.org") as page:
        cdp, device = authenticator(page)
        part = page.locator("#passkeys")
        expect(part.get_by_text(text("factors.none", "fr"))).to_be_visible()
        part.get_by_role("button", name="Ajouter une clé d’accès").click()
        expect(part.get_by_text(text("factors.added", "fr"))).to_be_visible()
        expect(part.locator(".rows > li")).to_have_count(1)
        assert len(cdp.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
        part.get_by_role("button", name="Ajouter une clé d’accès").click()
        expect(part.get_by_text(text("factors.known", "fr"))).to_be_visible()
        part.get_by_role("button", name="Renommer").click()
        part.get_by_label("Nom de la clé").fill("Mon téléphone")
        part.get_by_role("button", name="Enregistrer").click()
        expect(part.locator(".rows b")).to_have_text("Mon téléphone")
        assert violations(page) == []

        assert page.request.delete(f"{site.url}/api/account/sessions").ok
        connect(page, f"{site.url}/login?callbackUrl=%2Faccount")
        page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
        page.wait_for_url(alone("/account"))
        expect(page.locator("#sessions")).to_contain_text(text("account.method_passkey", "fr"))
        part.get_by_role("button", name="Retirer Mon téléphone").click()
        expect(part.get_by_text(text("factors.removed", "fr"))).to_be_visible()
        expect(part.get_by_text(text("factors.none", "fr"))).to_be_visible()


def test_two_steps(site: Running, browser: Browser):
    with member(site, browser, "steps@example.org") as page:
        part = page.locator("#two-step")
        part.get_by_role("button", name="Activer").click()
        expect(part.get_by_role("heading", name="Ajoutez CV Studio")).to_be_focused()
        assert part.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
        app = pyotp.TOTP(part.locator(".factor-secret").inner_text().replace(" ", ""))
        assert violations(page) == []
        part.get_by_label("Code", exact=True).fill("000000")
        page.keyboard.press("Enter")
        expect(part.locator(".notice.danger, .wrong")).to_be_visible()
        expect(part.get_by_label("Code", exact=True)).to_be_focused()
        part.get_by_label("Code", exact=True).fill(app.now())
        page.keyboard.press("Enter")
        codes = part.locator(".factor-codes code")
        expect(codes).to_have_count(10)
        recovery = codes.first.inner_text()
        assert violations(page) == []
        part.get_by_role("button", name="Je les ai gardés").click()
        expect(part.get_by_text("Activée")).to_be_visible()

        assert page.request.delete(f"{site.url}/api/account/sessions").ok
        for code in (app.at(time.time() + 30), recovery):  # the next one: the last was used
            page.context.clear_cookies()
            connect(page, f"{site.url}/login?callbackUrl=%2Faccount")
            page.get_by_label("Adresse e-mail").fill("steps@example.org")
            page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/login/code?callbackUrl=%2Faccount")
            page.get_by_label("Code de connexion").fill("nonsense")
            page.keyboard.press("Enter")
            expect(page.get_by_text(text("code.wrong", "fr"))).to_be_visible()
            page.get_by_label("Code de connexion").fill(code)
            page.keyboard.press("Enter")
            page.wait_for_url(alone("/account"))

        part.get_by_role("button", name="Désactiver").click()
        part.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(part.get_by_role("button", name="Activer")).to_be_visible()
