"""No page breaks a rule of WCAG 2.2 AA that a machine can check, in either language, light or dark."""

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visits import APPEARANCES, LANGUAGES, PAGES, visit
from tests.running import Running

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    assert len(found["passes"]) > 10
    return [
        f"{violation['id']}: {violation['help']}: {[node['html'][:160] for node in violation['nodes'][:4]]}"
        for violation in found["violations"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", PAGES)
def test_no_violation(site: Running, browser: Browser, route: str, language: str):
    """In a wide window by day and by night, and in a small one."""
    with visit(browser, site.url, route, language=language) as visiting:
        page = visiting.page
        assert violations(page) == []
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.wait_for_selector("html.dark")
        assert violations(page) == []
        page.set_viewport_size({"width": 360, "height": 900})
        assert violations(page) == []


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_no_violation_in_a_close_look(site: Running, browser: Browser, appearance: str):
    with visit(browser, site.url, "/templates", appearance=appearance) as visiting:
        visiting.page.locator(".gallery-picture").first.click()
        visiting.page.wait_for_selector("dialog[open] h2")
        assert violations(visiting.page) == []


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_no_violation_in_the_menu(site: Running, browser: Browser, appearance: str):
    with visit(browser, site.url, "/", appearance=appearance, width=360) as visiting:
        visiting.page.locator(".top-menu").click()
        visiting.page.wait_for_selector("#menu:popover-open")
        assert violations(visiting.page) == []
