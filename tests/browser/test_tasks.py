"""/tasks as a visitor uses it, and the stream as a browser reads it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.test_accounts import member
from tests.browser.visits import connect, tab_to
from tests.running import Running

TRADE = "Développeur web"


def test_from_a_trade_to_a_cv_while_one_looks_on(site: Running, browser: Browser):
    context = browser.new_context(
        locale="fr-FR", viewport={"width": 360, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        connect(page, f"{site.url}/tasks")
        page.get_by_role("main").get_by_role("link", name=text("tasks.no_cv_start", "fr")).click()
        page.locator(".editor[data-ready]").wait_for()
        page.locator(".way").nth(1).click()
        expect(page.locator(".save-state")).to_have_text("Enregistré")

        page.goto(f"{site.url}/tasks")
        offer = page.get_by_label(text("tasks.offer", "fr"))
        offer.fill("Qzxq")
        page.get_by_role("button", name=text("tasks.go", "fr")).click()
        expect(page.locator("#task-wrong")).not_to_be_empty()
        expect(offer).to_be_focused()
        offer.fill(TRADE)
        tab_to(page, page.get_by_role("button", name=text("tasks.go", "fr")))
        page.keyboard.press("Enter")
        opens = page.get_by_role("link", name=text("tasks.open_named", "fr", title=TRADE))
        expect(opens).to_be_visible(timeout=30_000)
        expect(offer).to_have_value("")
        expect(page.locator("#task-wrong")).to_be_empty()
        assert violations(page) == []

        opens.click()
        page.locator(".editor[data-ready]").wait_for()
        expect(page).to_have_url(re.compile(r"/generate\?cv="))
        page.go_back()
        page.get_by_role("button", name=text("tasks.dismiss_named", "fr", title=TRADE)).click()
        expect(page.get_by_role("heading", name=text("tasks.empty_title", "fr"))).to_be_visible()
        assert complaints == []
    finally:
        context.close()


def test_the_stream_tells_a_browser_what_its_tasks_do(site: Running, browser: Browser):
    with member(site, browser, "stream@example.org") as page:
        page.evaluate(
            """() => new Promise((opened) => {
              window.told = [];
              window.source = new EventSource("/api/events/stream");
              for (const name of ["created", "progress", "done", "failed"])
                source.addEventListener(`task.${name}`, (event) =>
                  told.push([name, event.lastEventId, JSON.parse(event.data)]));
              source.onopen = opened;
            })"""
        )
        asked = page.request.post(f"{site.url}/api/background-tasks/create-template-cv")
        task_id = asked.json()["taskId"]
        page.wait_for_function("id => told.some(([name, , task]) => name === 'done' && task.id === id)", arg=task_id)
        name, number, task = page.evaluate("told.at(-1)")
        assert (name, task["status"], task["filename"]) == ("done", "done", asked.json()["filename"])
        # A connection that takes over from this one hears of it again, and of nothing else.
        page.evaluate("source.close()")
        shown = page.request.get(f"{site.url}/api/background-tasks/sync").json()["tasks"]
        assert [one["id"] for one in shown] == [task_id]
        assert number.isdecimal()
