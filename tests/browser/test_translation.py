"""A CV in another language, from the menu to the field that the original changed since."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.test_editor import Desk, at_the_desk
from tests.browser.visits import APPEARANCES
from tests.running import Running

OPENED = re.compile(r"/generate\?cv=")


def ask(desk: Desk, language: str) -> Page:
    page = desk.begin()
    desk.saved()
    page.get_by_role("button", name=text("editor.export", "fr"), exact=True).click()
    page.get_by_role("button", name=text("editor.translate", "fr")).click()
    page.locator("#translate-into").select_option(language)
    expect(page.locator(".translate-examples li").first).to_be_visible()
    return page


def test_from_the_menu_to_a_changed_original(site: Running, browser: Browser):
    with at_the_desk(browser, site.url) as desk:
        page = ask(desk, "de")
        page.get_by_role("button", name=text("editor.translate_go", "fr")).click()
        page.wait_for_url(OPENED)
        page.wait_for_selector(".editor[data-ready]")
        expect(desk.sheet.locator("h2").nth(1)).to_have_text(re.compile("berufserfahrung", re.IGNORECASE))
        original = desk.open(page.locator(".stale a").get_attribute("href", timeout=15_000).removeprefix("/generate"))
        desk.field("basics.phone", original).fill("07 00 11 22 33")
        expect(page.locator(".stale li")).to_contain_text("07 00 11 22 33")
        page.get_by_role("button", name=text("editor.stale_again", "fr")).click()
        expect(desk.field("basics.phone")).to_have_value("07 00 11 22 33")
        expect(page.locator(".stale li")).to_have_count(0)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_no_faults_in_what_it_shows(site: Running, browser: Browser, appearance: str):
    with at_the_desk(browser, site.url, appearance=appearance, width=360) as desk:
        page = ask(desk, "es")
        assert violations(page) == []
        page.get_by_role("button", name=text("editor.translate_go", "fr")).click()
        page.wait_for_url(OPENED)
        expect(page.locator(".stale a")).to_be_visible()
        original = desk.open(page.locator(".stale a").get_attribute("href").removeprefix("/generate"))
        desk.field("basics.phone", original).fill("07 00 11 22 33")
        expect(page.locator(".stale li")).to_have_count(1)
        assert violations(page) == []
