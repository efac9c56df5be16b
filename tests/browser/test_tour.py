"""The first-run tour on /generate, by keyboard."""

from playwright.sync_api import Browser, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.test_accounts import member
from tests.browser.visits import connect, tab_to
from tests.running import Running


def test_the_tour_goes_at_escape_and_comes_again(site: Running, browser: Browser):
    with member(site, browser, "tour@example.org") as page:
        connect(page, f"{site.url}/generate")
        card, press = page.locator(".tour"), page.keyboard.press
        expect(card.get_by_role("heading")).to_have_text(text("tour.welcome_title", "fr"))
        assert page.evaluate("document.activeElement === document.body")  # it takes nobody's focus
        assert violations(page) == []
        tab_to(page, card.get_by_role("button", name=text("tour.next", "fr")))
        press("Enter")
        expect(card.get_by_role("heading")).to_have_text(text("tour.cv_title", "fr"))
        press("Shift+Tab")
        back = card.get_by_role("button", name=text("tour.back", "fr"))
        expect(back).to_be_focused()
        press("Enter")
        expect(card.get_by_role("heading")).to_have_text(text("tour.welcome_title", "fr"))
        expect(back).to_be_focused()
        expect(back).to_be_disabled()
        press("Escape")
        expect(card).to_have_count(0)
        expect(page.locator("#main")).to_be_focused()
        page.reload()
        expect(page.locator(".editor[data-ready]")).to_be_attached()
        expect(card).to_have_count(0)

        connect(page, f"{site.url}/account")
        page.get_by_role("button", name=text("account.tour_again", "fr")).press("Enter")
        page.wait_for_url("**/generate")
        expect(page.locator(".editor[data-ready]")).to_be_attached()
        expect(card).to_be_visible()
        press("Escape")
        expect(card).to_have_count(0)


def test_escape_is_the_fields_own_while_one_writes(site: Running, browser: Browser):
    with member(site, browser, "writing@example.org") as page:
        connect(page, f"{site.url}/generate")
        expect(page.locator(".tour")).to_be_visible()
        page.locator(".editor[data-ready]").wait_for()
        page.evaluate("document.querySelector('#main').insertAdjacentHTML('beforeend', '<input id=probe>')")
        page.locator("#probe").press("Escape")
        page.get_by_role("button", name=text("tour.next", "fr")).click()
        expect(page.locator(".tour h2")).to_have_text(text("tour.cv_title", "fr"))
