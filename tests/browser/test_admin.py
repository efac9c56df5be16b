"""The administrators' pages: for them alone, in either language, light or dark, small or large, by keyboard."""

import re
import sqlite3
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, StorageState, WebSocket, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.test_accounts import make_account, member
from tests.browser.visits import APPEARANCES, LANGUAGES, connect, tab_to, visit
from tests.running import Running, environment, wait_for

ROOT = "root@example.org"
ROUTES = {"/admin/emails": ".mail-frame", "/admin/settings": ".setting"}  # and what only administrators see there
# Names, and words that are the same in both languages.
SAME = {"CV Studio", "E-mails – CV Studio", "E-mails", "Menu", "Administration", "Message", "Occasions", "Site", "Pro"}
SAME |= {"Ada Lovelace", "Camille", "en", "fr", "en, fr"}
WIDTHS = {"light": (360, 1440), "dark": (1440, 360)}  # the page is opened in the first


@pytest.fixture(scope="module")
def administrator(site: Running, browser: Browser) -> StorageState:
    """The cookies of someone made one on the command line."""
    context = browser.new_context()
    make_account(site, context, ROOT)
    command = [sys.executable, "-m", "cvstudio.cli", "admin", "create", ROOT]
    subprocess.run(command, env=environment(site.data_dir), check=True, capture_output=True)
    cookies = context.storage_state()
    context.close()
    return cookies


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", ROUTES)
def test_they_fit_and_break_no_rule(
    site: Running, browser: Browser, administrator: StorageState, route: str, language: str, appearance: str
):
    first, second = WIDTHS[appearance]
    with visit(
        browser, site.url, route, language=language, appearance=appearance, width=first, cookies=administrator
    ) as visiting:
        page = visiting.page
        expect(page.locator(ROUTES[route]).first).to_be_visible()
        page.wait_for_function("() => document.getAnimations().length === 0")
        assert visiting.shifted() < 0.02
        for width in (first, second):
            page.set_viewport_size({"width": width, "height": 900})
            if language == "fr" or width == first:
                assert violations(page) == [], width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert visiting.complaints == []


@pytest.mark.parametrize("route", ROUTES)
def test_they_speak_both_languages(site: Running, browser: Browser, administrator: StorageState, route: str):
    said = {}
    for language in LANGUAGES:
        with visit(browser, site.url, route, language=language, cookies=administrator) as visiting:
            expect(visiting.page.locator(ROUTES[route]).first).to_be_visible()
            visiting.page.evaluate("for (const row of document.querySelectorAll('tbody')) row.remove()")
            said[language] = {visiting.page.title(), *visiting.texts()}
    same = {each for each in said["fr"] & said["en"] if not re.search(r"@|_|\d|English|Français", each)}
    assert same <= SAME


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_else_sees_anything_of_them(site: Running, browser: Browser, route: str):
    for signed_in in (False, True):
        context = browser.new_context(locale="fr-FR")
        if signed_in:
            make_account(site, context, f"plain{route.replace('/', '.')}@example.org")
        page = context.new_page()
        heard: list[str] = []

        def listen(socket: WebSocket, heard: list[str] = heard) -> None:
            socket.on("framereceived", lambda data: heard.append(f"{data!r}"))

        page.on("websocket", listen)
        connect(page, site.url + route)
        if signed_in:
            expect(page.get_by_role("heading", level=1)).to_have_text(text("not_found.title", "fr"))
            assert page.url == site.url + route
        else:  # who may be an administrator all the same
            page.wait_for_url("**/login?error=SessionRequired&callbackUrl=%2Fadmin%2F*")
        shown = page.content() + "".join(heard)
        assert len(heard) > 1
        for secret in ("welcome_credits", "Crédits offerts", "mail-frame", "Lien de connexion", ROOT):
            assert secret not in shown
        context.close()


def test_a_mail_is_put_in_other_words_by_keyboard(site: Running, browser: Browser, administrator: StorageState):
    with visit(browser, site.url, "/admin/emails", cookies=administrator) as visiting:
        page, press = visiting.page, visiting.page.keyboard.press
        tab_to(page, page.get_by_role("button", name="Lien de connexion"))
        press("Enter")
        expect(page.locator("#mail-title")).to_be_focused()
        expect(page.locator("#mail-title")).to_have_text("Lien de connexion")
        tab_to(page, page.get_by_role("button", name="En faire une copie"))
        press("Enter")
        name, subject, body = (page.locator(f"#template-{part}") for part in ("name", "subject", "body"))
        expect(name).to_be_focused()
        for field, words in ((name, "Plus court"), (subject, "Voici votre lien"), (body, "Bonjour {{link")):
            if field is not name:
                tab_to(page, field)
            press("Control+a")
            page.keyboard.type(words)
        expect(body).to_have_accessible_description(re.compile("champ"))  # while one types
        save = page.get_by_role("button", name="Enregistrer")
        tab_to(page, save)
        press("Enter")
        expect(body).to_be_focused()
        expect(body).to_have_attribute("aria-invalid", "true")
        assert [field.input_value() for field in (name, subject, body)] == [
            "Plus court",
            "Voici votre lien",
            "Bonjour {{link",
        ]
        press("Control+a")
        page.keyboard.type("Bien le bonjour\n\n[Entrer]({{link}})")
        expect(page.locator(".mail-frame")).to_have_attribute(
            "srcdoc", re.compile("Bien le bonjour.*Entrer", re.DOTALL)
        )
        expect(body).not_to_have_attribute("aria-invalid", "true")
        tab_to(page, save)
        press("Enter")
        expect(page.get_by_text(text("admin_emails.said_saved", "fr"))).to_be_visible()
        expect(save).to_be_focused()
        assert violations(page) == []
        tab_to(page, page.get_by_role("button", name="Activer"), "Shift+Tab")
        press("Enter")
        expect(page.get_by_text(text("admin_emails.said_activate", "fr"))).to_be_visible()
        expect(page.locator("#template-title")).to_be_focused()
        expect(page.get_by_role("button", name="Lien de connexion")).to_contain_text("Plus court")

        address = page.get_by_label("Envoyer un essai à")
        tab_to(page, address)
        page.keyboard.type("personne")
        press("Enter")
        expect(address).to_have_accessible_description(re.compile("pas une adresse"))
        expect(address).to_have_value("personne")
        press("Control+a")
        page.keyboard.type("reader@example.org")
        press("Enter")
        expect(page.get_by_text(text("admin_emails.said_tested", "fr"))).to_be_visible()
        wait_for(lambda: "Bien le bonjour" in outbox(site, "reader@example.org"), lambda: "no test mail", seconds=20)
        tab_to(page, page.get_by_label("Destinataire"))
        page.keyboard.type("reader@example.org")
        press("Enter")
        row = page.locator("tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("[Test] Voici votre lien")
        expect(row).to_contain_text("envoyé")
        assert visiting.complaints == []


def outbox(site: Running, to: str) -> str:
    with sqlite3.connect(site.data_dir / "cvstudio.db", timeout=10) as database:
        return "\n".join(row[0] for row in database.execute("select text from outbox_mail where recipient = ?", (to,)))


def test_what_is_being_written_stays_when_the_language_changes(
    site: Running, browser: Browser, administrator: StorageState
):
    with visit(browser, site.url, "/admin/emails", cookies=administrator) as visiting:
        page = visiting.page
        page.get_by_role("button", name="PDF prêt").click()
        page.get_by_role("button", name="En faire une copie").click()
        page.locator("#template-subject").fill("Tout est là")
        expect(page.locator(".shown-subject")).to_have_text("Tout est là")
        page.locator(".top-tools").get_by_role("button", name="English").click()
        expect(page.locator("#mail-title")).to_have_text("PDF ready")
        expect(page.locator("#template-subject")).to_have_value("Tout est là")
        page.get_by_role("button", name="Delete", exact=True).press("Enter")
        expect(page.get_by_role("button", name="Delete for good")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#mail-title")).to_be_focused()
        expect(page.locator(".mail .chip")).to_have_count(3)  # ours, and two languages


def test_a_setting_is_changed_by_keyboard(site: Running, browser: Browser, administrator: StorageState):
    with visit(browser, site.url, "/admin/settings", cookies=administrator) as visiting:
        page, press = visiting.page, visiting.page.keyboard.press
        welcome, referral = page.locator("#setting-welcome_credits"), page.locator("#setting-referral_credits")
        tab_to(page, referral)
        press("Control+a")
        page.keyboard.type("7")  # and not saved yet
        tab_to(page, welcome, "Shift+Tab")
        press("Control+a")
        page.keyboard.type("beaucoup")
        press("Enter")
        expect(welcome).to_have_attribute("aria-invalid", "true")
        expect(welcome).to_have_accessible_description("Un nombre entier de 0 à 100000 est attendu.")
        expect(welcome).to_be_focused()
        expect(welcome).to_have_value("beaucoup")
        expect(referral).to_have_value("7")
        assert violations(page) == []
        press("Control+a")
        page.keyboard.type("15")
        press("Enter")
        form = page.locator(".setting", has=welcome)
        expect(form.get_by_text(text("account.saved", "fr"))).to_be_visible()
        expect(welcome).to_be_focused()
        expect(referral).to_have_value("7")
        assert page.request.get(f"{site.url}/api/settings").json()["settings"]["welcome_credits"] == 15
        newest = page.locator("tbody tr").first
        for cell in (ROOT, "welcome_credits", "10", "15"):
            expect(newest).to_contain_text(cell)
        tab_to(page, form.get_by_role("button", name="Rétablir l’origine"))
        press("Enter")
        expect(welcome).to_be_focused()
        expect(welcome).to_have_value("10")
        expect(page.locator("tbody tr")).to_have_count(2)
        expect(referral).to_have_value("7")
        tab_to(page, page.locator("#generations-pro"))
        press("Control+a")
        page.keyboard.type("-3")
        press("Enter")
        expect(page.locator("#generations-pro")).to_be_focused()
        expect(page.locator("#generations-pro")).to_have_accessible_description(text("admin_settings.tier_fault", "fr"))
        assert visiting.complaints == []


def test_the_tour_is_not_offered_while_it_is_switched_off(site: Running, browser: Browser, administrator: StorageState):
    with visit(browser, site.url, "/admin/settings", cookies=administrator) as visiting:
        page = visiting.page
        switch = page.get_by_role("switch", name="La visite guidée")
        form = page.locator(".setting", has=switch)
        switch.press("Space")
        form.get_by_role("button", name="Enregistrer").press("Enter")
        expect(form.get_by_text(text("account.saved", "fr"))).to_be_visible()
        with member(site, browser, "no.tour@example.org") as other:
            expect(other.locator("#tour")).to_have_count(0)
            form.get_by_role("button", name="Rétablir l’origine").press("Enter")
            expect(switch).to_be_checked()
            expect(switch).to_be_focused()
            other.reload()
            expect(other.locator("#tour")).to_be_visible()


# ---- language models -------------------------------------------------------------------------------------------------


def test_a_price_is_entered_by_keyboard(site: Running, browser: Browser, administrator: StorageState):
    with visit(browser, site.url, "/admin/models", appearance="dark", width=360, cookies=administrator) as visiting:
        page, press = visiting.page, visiting.page.keyboard.press
        model, price_in, price_out = (
            page.locator(f"#field-{name}") for name in ("modelName", "inputPrice", "outputPrice")
        )
        expect(model).to_be_visible()
        tab_to(page, model)
        for field, words in ((model, "acme/next:1"), (price_in, "0,25"), (price_out, "cher")):
            if field is not model:
                press("Tab")
            page.keyboard.type(words)
        press("Enter")
        expect(price_out).to_be_focused()
        expect(price_out).to_have_attribute("aria-invalid", "true")
        expect(price_out).to_have_accessible_description(re.compile("dollars"))
        assert [field.input_value() for field in (model, price_in, price_out)] == ["acme/next:1", "0,25", "cher"]
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        press("Control+a")
        page.keyboard.type("2")
        press("Enter")
        row = page.locator(".prices > li", has_text="acme/next:1")
        expect(row).to_contain_text(ROOT)
        expect(model).to_be_focused()
        expect(model).to_have_value("")

        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1440, "height": 900})
        row.get_by_role("button", name=text("admin_models.withdraw_of", "fr", what="acme/next:1")).press("Enter")
        sure = row.get_by_role("button", name=text("admin_models.sure", "fr"))
        expect(sure).to_be_focused()
        assert violations(page) == []
        press("Enter")
        expect(row).to_have_count(0)
        expect(page.locator("#prices-title")).to_be_focused()
        assert visiting.complaints == []


# ---- what people say, and the offers that they read before -----------------------------------------------------------

SAID = "The preview jumps on page two."


def test_said_by_keyboard_and_read(site: Running, browser: Browser, administrator: StorageState):
    with visit(browser, site.url, "/tasks", language="en", appearance="dark", width=360) as visiting:
        page, dialog = visiting.page, visiting.page.locator("dialog[open]")
        tab_to(page, page.locator(".foot .as-link"))
        page.keyboard.press("Enter")
        expect(dialog.get_by_label(text("feedback.opinion", "en"))).to_be_focused()
        assert violations(page) == []
        page.keyboard.press("ArrowRight")
        expect(dialog.get_by_label(text("feedback.comment_bug", "en"))).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        tab_to(page, dialog.locator("[type=submit]"))
        page.keyboard.press("Enter")
        expect(dialog.get_by_text(text("feedback.no_comment", "en"))).to_be_visible()
        expect(dialog.locator("textarea")).to_be_focused()
        expect(dialog.get_by_label(text("feedback.rating_2", "en"), exact=True)).to_be_checked()
        assert violations(page) == []
        page.keyboard.type(SAID)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(dialog.locator("#feedback-thanks")).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(page.locator(".foot .as-link")).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert visiting.complaints == []

    with visit(browser, site.url, "/admin/feedback", width=360, cookies=administrator) as visiting:
        page = visiting.page
        row = page.locator(".said > li", has_text=SAID)
        expect(row).to_contain_text(text("admin_feedback.visitor", "fr"))
        assert violations(page) == []
        row.get_by_role("button", name=text("admin_feedback.review", "fr")).click()
        expect(row.get_by_role("button", name=text("admin_feedback.unreview", "fr"))).to_be_focused()
        row.get_by_role("button", name=text("admin_feedback.remove", "fr"), exact=True).click()
        expect(row.get_by_role("button", name=text("admin_feedback.remove_sure", "fr"))).to_be_focused()
        page.keyboard.press("Enter")
        expect(row).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert visiting.complaints == []


def test_an_offer_read_before_is_picked_again_and_forgotten(
    site: Running, browser: Browser, administrator: StorageState
):
    with visit(browser, site.url, "/templates", width=360, cookies=administrator) as visiting:
        page = visiting.page
        content = {"basics": {"name": "Ada"}}
        page.request.post(f"{site.url}/api/cvs/create", data={"filename": "ada.json", "content": content})
        for number in (1, 2):
            page.request.post(f"{site.url}/api/link-history", data={"url": f"http://127.0.0.1:9/offers/{number}"})
        connect(page, f"{site.url}/tailor")
        offers = page.locator(".recent-list > li")
        page.locator("#recent-offers").click()
        expect(offers).to_have_count(2)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        offers.first.get_by_role("button").first.click()
        expect(page.locator("#offer")).to_be_focused()  # it can't be read: its text is asked for
        forgets = offers.get_by_role("button", name=text("recent.forget", "fr", title="127.0.0.1:9/offers/2"))
        forgets.click()
        expect(offers).to_have_count(1)
        expect(page.locator("#recent-offers")).to_be_focused()
        page.get_by_role("button", name=text("recent.forget_all", "fr")).click()
        expect(page.locator(".recent")).to_have_count(0)
