"""Better wordings, from the menu to an accepted line, undone, and found again among the tasks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.test_editor import Desk, at_the_desk
from tests.browser.visits import APPEARANCES
from tests.running import Running

SUMMARY, TIDIED = "cuisinier  depuis neuf ans", "Cuisinier depuis neuf ans."


def ask(desk: Desk) -> Page:
    """The dialog, for a CV of which one line at least is untidy."""
    page = desk.begin()
    desk.field("basics.summary").fill(SUMMARY)
    page.get_by_role("button", name=text("editor.export", "fr"), exact=True).click()
    page.get_by_role("button", name=text("editor.improve", "fr")).click()
    expect(page.get_by_text(text("editor.improve_only_tidies", "fr"))).to_be_visible()
    return page


def search(page: Page) -> Locator:
    page.get_by_role("button", name=text("editor.improve_go", "fr")).click()
    proposal = page.locator('[data-proposal="basics/summary"]')
    expect(proposal.locator("ins").first).to_be_visible()
    return proposal


def test_from_the_menu_to_a_line_and_back(site: Running, browser: Browser):
    with at_the_desk(browser, site.url) as desk:
        page = ask(desk)
        proposal = search(page)
        proposal.get_by_role("button", name=text("editor.improve_accept", "fr")).press("Enter")
        expect(proposal).to_have_count(0)
        expect(desk.field("basics.summary")).to_have_value(TIDIED)
        page.keyboard.press("Escape")
        expect(page.locator(".improving")).to_be_hidden()
        page.keyboard.press("Control+z")
        expect(desk.field("basics.summary")).to_have_value(SUMMARY)
        desk.saved()
        page.goto(f"{site.url}/tasks")
        page.get_by_role("link", name=text("tasks.see", "fr")).click()
        expect(proposal).to_be_visible()
        expect(page).to_have_url(re.compile(r"/generate\?cv=\w+$"))
        proposal.get_by_role("button", name=text("editor.improve_decline", "fr")).click()
        expect(proposal).to_have_count(0)


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_no_faults_in_what_it_shows(site: Running, browser: Browser, appearance: str):
    with at_the_desk(browser, site.url, appearance=appearance, width=360) as desk:
        page = ask(desk)
        assert violations(page) == []
        search(page)
        assert violations(page) == []
