"""What a CV was before, as its owner finds it, compares it and gets it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.test_editor import Desk, at_the_desk
from tests.browser.visits import tab_to
from tests.running import Running

SCROLL = "([frame, top]) => document.getElementById(frame).contentWindow.scrollTo(0, top)"
SCROLLED = "([frame, top]) => document.getElementById(frame).contentWindow.scrollY === top"


def versions_of(desk: Desk, language: str = "fr") -> Page:
    """From the editor's menu, with a CV that has something in it."""
    page = desk.begin()
    desk.saved()
    page.get_by_role("button", name=text("editor.export", language), exact=True).click()
    page.get_by_role("link", name=text("editor.versions", language)).click()
    expect(page.get_by_role("heading", name=text("history.empty_title", language))).to_be_visible()
    return page


def keep(page: Page, note: str, language: str = "fr") -> None:
    page.get_by_label(text("history.note", language)).fill(note)
    page.get_by_role("button", name=text("history.keep", language), exact=True).click()
    expect(page.locator(".history-note", has_text=note)).to_be_visible()


def test_kept_changed_compared_and_had_back(site: Running, browser: Browser):
    with at_the_desk(browser, site.url, width=360) as desk:
        page = versions_of(desk)
        assert violations(page) == []
        keep(page, "Envoyé à Ormeau")
        expect(page.get_by_text(text("history.same", "fr"))).to_be_visible()

        cv = page.url.partition("cv=")[2]
        editor = desk.open(f"?cv={cv}")
        desk.field("basics.phone", editor).fill("07 00 11 22 33")
        desk.saved(editor)
        line = page.locator(".history-entry li")
        expect(line).to_have_count(1)
        expect(line.locator("ins")).to_contain_text("07 00 11 22 33")
        expect(line).to_contain_text(text("history.changed", "fr"))
        before, after = page.frame_locator("#history-before"), page.frame_locator("#history-after")
        expect(before.locator("#stack")).to_contain_text("06 39 98 41 07")
        expect(page.locator(".compared-after")).to_be_hidden()
        tab_to(page, page.locator("#see-history-before"))
        page.keyboard.press("ArrowRight")
        expect(page.locator(".compared-after")).to_be_visible()
        expect(after.locator("#stack")).to_contain_text("07 00 11 22 33")
        assert violations(page) == []

        page.get_by_role("button", name=text("history.restore", "fr", number=1)).click()
        expect(page.locator("#history-said")).to_be_focused()
        expect(desk.field("basics.phone", editor)).to_have_value("06 39 98 41 07")
        page.get_by_role("button", name=text("history.undo", "fr"), exact=True).click()
        expect(desk.field("basics.phone", editor)).to_have_value("07 00 11 22 33")


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_side_by_side_without_a_fault(site: Running, browser: Browser, appearance: str):
    with at_the_desk(browser, site.url, language="en", appearance=appearance) as desk:
        page = versions_of(desk, "en")
        keep(page, "First", "en")
        editor = desk.open(f"?cv={page.url.partition('cv=')[2]}")
        desk.field("basics.phone", editor).fill("")
        desk.field("basics.label", editor).fill("Head of logistics")
        desk.saved(editor)
        expect(page.locator(".history-entry li")).to_have_count(2)
        for side in ("before", "after"):
            expect(page.frame_locator(f"#history-{side}").locator("#stack h1").first).to_be_visible()
        scales = [
            page.frame_locator(f"#history-{side}").locator("#stack").evaluate("stack => stack.style.transform")
            for side in ("before", "after")
        ]
        assert scales[0] == scales[1] != ""
        for one, other, at in (("before", "after", 400), ("after", "before", 150), ("before", "after", 400)):
            page.evaluate(SCROLL, [f"history-{one}", at])
            page.wait_for_function(SCROLLED, arg=[f"history-{other}", at])
        assert violations(page) == []
