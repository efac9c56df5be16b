"""The preview frame by itself: sheets, morphing, fonts, zoom, and that nothing in a CV ever runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from cvstudio.document import Document, samples
from cvstudio.render import fonts, preview
from cvstudio.state.preview import message
from tests import documents

ASSETS = Path(__file__).parents[2] / "assets"
ORIGIN = "http://preview.test"


class Frame:
    """preview.html inside a page of the same origin, as the app embeds it."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked, self.turn = page, [], 0
        page.route("**/*", self._serve)
        page.goto(f"{ORIGIN}/host.html")
        page.wait_for_function("told.some(told => told.type === 'cv:ready')")
        self.inside = page.frame(url=f"{ORIGIN}/preview.html")

    def _serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        self.asked.append(route.request.url)
        if path == "/host.html":
            html = (
                "<script>window.told = []; addEventListener('message', e => told.push(e.data))</script>"
                "<iframe src='/preview.html' style='width:840px;height:700px;border:0'></iframe>"
            )
            route.fulfill(body=html, content_type="text/html")
        elif path.startswith("/api/fonts/"):
            route.fulfill(path=fonts.path(path.rpartition("/")[2]))
        elif (ASSETS / path.lstrip("/")).is_file():
            route.fulfill(path=ASSETS / path.lstrip("/"))
        else:
            route.abort()

    def tell(self, **told: Any) -> None:
        self.page.evaluate("told => frames[0].postMessage(told, location.origin)", told)

    def show(self, document: Document, *, styles: bool = True, **how: Any) -> None:
        self.turn += 1
        self.tell(type="cv:show", turn=self.turn, **message(preview(document, **how), styles=styles))
        self.page.wait_for_function("turn => told.some(t => t.type === 'cv:drawn' && t.turn === turn)", arg=self.turn)

    def told(self, kind: str) -> dict[str, Any]:
        return dict(self.page.evaluate("kind => told.findLast(told => told.type === kind) ?? {}", kind))


@pytest.fixture
def frame(browser: Browser) -> Iterator[Frame]:
    page = browser.new_page(viewport={"width": 900, "height": 760})
    yield Frame(page)
    page.close()


def test_one_sheet_a_page_named_and_told(frame: Frame):
    frame.tell(type="cv:words", words={"page": "Page {page} sur {pages}", "document": "CV"})
    frame.show(documents.five_pages())
    sheets = frame.page.frame_locator("iframe").locator(".cv-sheet")
    count = sheets.count()
    assert count >= 4
    assert frame.told("cv:pages")["pages"] == count
    assert sheets.nth(1).get_attribute("aria-label") == f"Page 2 sur {count}"
    # Read once, by the first sheet alone; nothing in the others takes the focus.
    hidden = frame.page.frame_locator("iframe").locator('.cv-flow[aria-hidden="true"]')
    assert hidden.count() == count - 1
    assert frame.inside.evaluate("document.querySelectorAll('a:not([tabindex=\"-1\"])').length") == 0
    frame.show(documents.short())
    expect(sheets).to_have_count(1)


def test_an_edit_touches_only_what_it_changes(frame: Frame):
    document = samples.load("fr")
    frame.show(document)
    frame.inside.evaluate(
        """() => {
          window.changed = [];
          new MutationObserver(all => changed.push(...all.map(one => one.target.parentElement?.className)))
            .observe(document.getElementById("stack"),
              {subtree: true, childList: true, characterData: true, attributes: true});
        }"""
    )
    document.basics.label = "Directrice"
    frame.show(document, styles=False)
    changed = frame.inside.evaluate("window.changed")
    assert changed
    assert set(changed) == {"role"} or set(changed) == {"who"}, changed


def test_entries_keep_their_elements_when_they_move(frame: Frame):
    document = samples.load("fr")
    frame.show(document)
    path = f"work/{document.work[0].id}"
    find = f"document.querySelector('[data-path=\"{path}\"]')"
    frame.inside.evaluate(f"window.first = {find}")
    document.work.append(document.work.pop(0))
    frame.show(document, styles=False)
    assert frame.inside.evaluate(f"window.first === {find}")
    assert frame.inside.evaluate("first.parentElement.lastElementChild === first")


def test_the_sheet_fits_the_width_and_zooms(frame: Frame):
    frame.show(documents.short())
    width = "document.querySelector('.cv-sheet').getBoundingClientRect().width"
    fitted = frame.inside.evaluate(width)
    assert 700 < fitted < 840
    frame.tell(type="cv:zoom", zoom=2)
    frame.page.wait_for_function("told.some(t => t.scale === 200)")
    assert frame.inside.evaluate(width) == pytest.approx(794 * 2, abs=1)
    frame.tell(type="cv:zoom", zoom="fit")
    frame.page.wait_for_function("told.at(-1).scale < 120")
    assert frame.inside.evaluate(width) == fitted
    frame.page.evaluate("document.querySelector('iframe').style.width = '360px'")
    frame.inside.wait_for_function(f"{width} < 340")


def test_a_watermark_lies_on_every_sheet(frame: Frame):
    frame.show(documents.two_pages(), watermark=True)
    sheets = frame.page.frame_locator("iframe").locator(".cv-sheet")
    assert sheets.count() == 2
    for index in range(2):
        assert sheets.nth(index).locator("> .watermark").count() == 1
    frame.show(documents.two_pages(), styles=False)
    assert frame.page.frame_locator("iframe").locator(".watermark").count() == 0


def test_a_family_is_there_before_its_text_is_shown(frame: Frame):
    document = documents.short()
    document.studio.design.font = "lato"
    frame.show(document)
    assert frame.inside.evaluate("document.fonts.check('12px Lato') && document.fonts.check('bold 12px Lato')")
    assert any("lato-bold" in url for url in frame.asked)


def test_the_last_of_many_messages_wins_even_while_fonts_load(frame: Frame):
    document = samples.load("fr")
    for turn, font in enumerate(["lato", "raleway", "roboto"]):
        document.studio.design.font = font
        document.basics.name = f"Nom {turn}"
        frame.tell(type="cv:show", **message(preview(document)))
    document.basics.name = "Dernier"
    frame.show(document, styles=False)
    assert frame.inside.evaluate("document.querySelector('h1').textContent") == "Dernier"
    assert "Roboto" in frame.inside.evaluate("getComputedStyle(document.body).fontFamily").split(",")[0]


def test_a_click_tells_what_it_hit_and_follows_no_link(frame: Frame):
    document = samples.load("fr")
    frame.show(document)
    inside = frame.page.frame_locator("iframe")
    inside.locator(".cv-sheet").first.locator("[data-path^='work/'] h3").first.click()
    frame.page.wait_for_function("told.some(t => t.type === 'cv:pick')")
    assert frame.told("cv:pick")["path"] == f"work/{document.work[0].id}"
    inside.locator(".cv-sheet").first.locator(".contacts a").first.click()
    frame.page.wait_for_function("told.findLast(t => t.type === 'cv:pick').path === 'basics'")
    assert frame.inside.url == f"{ORIGIN}/preview.html"


def test_markup_that_got_through_would_still_do_nothing(frame: Frame):
    """A second lock: what arrives is escaped on the server already."""
    shown = message(preview(documents.short()))
    shown["body"] = (
        "<article class=cv><h1>Nom</h1><script>window.ran = 1</script><img src=x onerror='window.ran = 2'>"
        "<a href='javascript:window.ran = 3'>lien</a><iframe srcdoc='<script>parent.ran = 4</script>'></iframe>"
        "<form action=http://canary.test><button>ok</button></form><svg onload='window.ran = 5'></svg>"
        "<img src=http://canary.test/pixel><style>@import url(http://canary.test/css)</style>"
        "<p style='background:url(http://canary.test/bg)'>p</p></article>"
    )
    frame.tell(type="cv:show", turn="evil", **shown)
    frame.page.wait_for_function("told.some(t => t.turn === 'evil')")
    frame.page.frame_locator("iframe").locator("a").first.click(force=True)
    assert frame.inside.evaluate("window.ran ?? 0") == 0
    assert not [url for url in frame.asked if "canary" in url]
    assert frame.page.frame_locator("iframe").locator("script, iframe iframe, form, style + p").count() <= 1


def test_only_the_page_around_it_is_listened_to(frame: Frame):
    frame.show(documents.short())
    shown = message(preview(samples.load("en")))
    frame.inside.evaluate("told => window.postMessage(told, '*')", {"type": "cv:show", **shown})
    frame.show(documents.short(), styles=False)
    assert frame.inside.evaluate("document.querySelector('h1').textContent") == documents.short().basics.name


def test_fitting_measures_unseen_and_answers_the_first_that_fits(frame: Frame):
    document = samples.load("fr")
    frame.show(document)
    before = frame.inside.evaluate("document.getElementById('theme').textContent")
    attempts = []
    for size in (12.5, 12.0, 8.5):
        document.studio.design.size = size
        shown = preview(document)
        attempts.append({"css": shown.css[: shown.css.index("}") + 1], "page": vars(shown.page)})
    frame.tell(type="cv:fit", goal=2, attempts=attempts)
    frame.page.wait_for_function("told.some(t => t.type === 'cv:fitted')")
    assert frame.told("cv:fitted")["index"] == 2
    assert frame.inside.evaluate("document.getElementById('theme').textContent") == before


def test_keys_that_are_the_pages_reach_it_from_the_frame(frame: Frame):
    frame.show(documents.short())
    frame.page.frame_locator("iframe").locator("h1").first.click()
    keyboard = frame.page.keyboard
    keyboard.press("Escape")
    frame.page.wait_for_function("told.some(t => t.type === 'cv:key' && t.key === 'Escape')")
    keyboard.press("Control+z")
    frame.page.wait_for_function("told.some(t => t.type === 'cv:key' && t.key === 'z' && t.ctrlKey)")
    keyboard.press("a")
    keyboard.press("Control+y")
    frame.page.wait_for_function("told.some(t => t.key === 'y')")
    assert not frame.page.evaluate("told.some(t => t.key === 'a')")
