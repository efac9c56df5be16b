"""/tailor as a visitor uses it: from a pasted offer to a CV made for it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.visits import WATCH_SHIFTS, connect
from tests.domain.test_tailored import OFFER
from tests.running import Running


def test_from_an_offer_to_a_cv_made_for_it(site: Running, browser: Browser):
    context = browser.new_context(
        locale="fr-FR", viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    context.add_init_script(WATCH_SHIFTS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        connect(page, f"{site.url}/tailor")
        expect(page.get_by_role("heading", name=text("tailor.no_cv_title", "fr"))).to_be_visible()
        page.get_by_role("main").get_by_role("link", name=text("tailor.no_cv_start", "fr")).click()
        page.locator(".editor[data-ready]").wait_for()
        page.locator(".way").nth(1).click()
        expect(page.locator(".save-state")).to_have_text("Enregistré")

        page.get_by_role("link", name=text("shell.tailor", "fr")).first.click()
        page.locator(".ways-in .chip", has_text=text("tailor.by_text", "fr")).click()
        offer = page.get_by_label(text("tailor.offer_text", "fr"), exact=True)
        offer.fill("Bonjour")
        page.get_by_role("button", name=text("tailor.go", "fr")).click()
        expect(page.locator("#text-wrong")).to_contain_text("trop court")
        expect(offer).to_be_focused()
        expect(offer).to_have_value("Bonjour")
        offer.fill(OFFER)
        page.get_by_role("button", name=text("tailor.go", "fr")).click()
        expect(page.locator("#result")).to_be_focused()
        expect(page.locator(".offer-title")).to_have_text("Responsable d'entrepôt")
        expect(offer).to_have_value(OFFER.strip())

        sheet = page.frame_locator("#tailor-preview").locator(".cv-sheet").first
        line = page.locator(".lines > li.below").first
        words = line.locator("summary > span").first.inner_text()
        expect(sheet).to_contain_text(words[:40])
        line.locator("summary").press("Enter")
        expect(line.locator(".reasons mark").first).to_be_visible()
        page.locator(".match-parts summary").first.press("Enter")
        assert violations(page) == []
        page.locator(".top-tools").get_by_role("button", name=text("shell.appearance", "fr")).click()
        expect(page.locator("html")).to_have_class(re.compile("dark"))

        line.get_by_role("switch").press("Space")
        expect(line.get_by_role("switch")).not_to_be_checked()
        expect(sheet).not_to_contain_text(words[:40])

        page.get_by_label(text("tailor.threshold", "fr")).press("Home")
        status = page.locator(".bar-score")
        expect(status).to_contain_text("2 pages")
        page.get_by_role("button", name=text("tailor.one_page", "fr")).click()
        expect(status).to_contain_text("1 page")
        expect(page.locator(".bar-fit")).to_contain_text("Une page")
        page.locator(".bar-fit summary").press("Enter")
        left = page.locator(".left-out li")
        count, last = left.count(), left.last.locator("span").nth(1).inner_text()
        assert violations(page) == []
        left.last.get_by_role("button").click()
        expect(left).to_have_count(count - 1)
        expect(page.frame_locator("#tailor-preview").locator("#stack")).to_contain_text(last[:30])
        page.locator(".bar-fit summary").press("Enter")

        page.get_by_role("button", name=text("tailor.keep", "fr")).click()
        page.wait_for_url("**/generate?cv=*")
        kept = page.frame_locator("#editor-preview").locator(".cv-sheet").first
        expect(kept).to_contain_text("Maëlle Tanguy")
        expect(kept).not_to_contain_text(words[:40])
        connect(page, f"{site.url}/tailor")
        expect(page.locator("#cv option")).to_have_count(2)
        expect(page.locator("#cv option").first).to_contain_text("entrepôt")
        assert complaints == []
    finally:
        context.close()
