"""/cvs as a visitor uses it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.visits import connect
from tests.running import Running


def test_a_cv_is_renamed_copied_thrown_away_and_taken_back(site: Running, browser: Browser):
    context = browser.new_context(
        locale="fr-FR", viewport={"width": 360, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        connect(page, f"{site.url}/cvs")
        page.get_by_role("link", name=text("cvs.start", "fr")).click()
        page.locator(".editor[data-ready]").wait_for()
        page.locator(".way").nth(1).click()
        expect(page.locator(".save-state")).to_have_text("Enregistré")

        connect(page, f"{site.url}/cvs")
        rows = page.locator(".shelf-list > li")
        expect(rows).to_have_count(1)
        expect(rows.locator("img")).to_be_visible(timeout=30_000)  # drawn by the worker, told by the bus
        page.get_by_role("button", name=re.compile("^Renommer")).click()
        field = page.get_by_label(text("cvs.rename_field", "fr"))
        expect(field).to_be_focused()
        field.fill("Pour la boulangerie")
        field.press("Enter")
        name = page.get_by_role("link", name="Pour la boulangerie", exact=True)
        expect(name).to_be_focused()

        page.get_by_role("button", name=text("cvs.duplicate_named", "fr", title="Pour la boulangerie")).click()
        copy = text("cvs.copy_title", "fr", title="Pour la boulangerie")
        expect(page.get_by_role("link", name=copy, exact=True)).to_be_focused()
        page.get_by_label(text("cvs.pick", "fr", title=copy)).click()
        expect(page.locator(".shelf-picked")).to_contain_text("1")
        assert violations(page) == []

        page.get_by_role("button", name=text("cvs.remove_named", "fr", title=copy)).click()
        expect(rows).to_have_count(1)
        page.locator("[data-sonner-toast]").get_by_role("button", name=text("cvs.undo", "fr"), exact=True).click()
        expect(rows).to_have_count(2)
        assert complaints == []
    finally:
        context.close()


def test_two_tabs_show_the_same(site: Running, browser: Browser):
    context = browser.new_context(locale="en-GB", reduced_motion="reduce")
    try:
        one, other = context.new_page(), context.new_page()
        connect(one, f"{site.url}/generate")
        one.locator(".editor[data-ready]").wait_for()
        one.locator(".way").nth(1).click()
        expect(one.locator(".save-state")).to_have_text("Saved")
        for page in (one, other):
            connect(page, f"{site.url}/cvs")
            expect(page.locator(".shelf-list > li")).to_have_count(1)
        one.get_by_role("button", name=re.compile("^Duplicate")).click()
        expect(other.locator(".shelf-list > li")).to_have_count(2)
        other.get_by_role("button", name=re.compile("^Move to the trash")).first.click()
        expect(one.locator(".shelf-list > li")).to_have_count(1)
        one.get_by_role("button", name=text("cvs.trash", "en", number=1)).click()
        one.get_by_role("button", name=text("cvs.empty", "en")).click()
        one.get_by_role("button", name=text("cvs.empty_yes", "en")).click()
        expect(one.get_by_role("heading", name=text("cvs.trash_empty_title", "en"))).to_be_visible()
        expect(other.get_by_role("button", name=text("cvs.trash", "en", number=0))).to_be_visible()
    finally:
        context.close()
