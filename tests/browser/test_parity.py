"""The preview is the PDF: every text is on the same page in the live preview's frame and in the printed file.

The frame is the real one (assets/preview.html) with web fonts; the PDF is printed with the fonts of the system
configuration that the worker uses, by the worker's own printer.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, Route

from cvstudio import render
from cvstudio.config import settings
from cvstudio.document import Document
from cvstudio.render import browser_setup, fonts, themes
from cvstudio.render.chromium import Chromium
from cvstudio.state.preview import message
from tests import documents

ASSETS = Path(__file__).parents[2] / "assets"
ORIGIN = "http://preview.test"

# Every text of the first sheet's copy (which holds the whole flow) with the page each of its lines is on.
WHERE = """() => {
  const flow = document.querySelector(".cv-flow"), origin = flow.getBoundingClientRect();
  const scale = origin.width / flow.offsetWidth;
  const step = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--cv-step")) * scale;
  const found = [], walker = document.createTreeWalker(flow, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const item = node.parentElement.closest("li, p, h1, h2, h3, h4, dt, dd") ?? node.parentElement;
    const label = item.textContent.slice(0, 70);
    const note = (from, to) => {
      range.setStart(node, from);
      range.setEnd(node, to);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      if (boxes.length > 1 && to - from > 1) for (let at = from; at < to; at++) note(at, at + 1);
      else if (boxes.length)
        found.push([Math.floor((boxes[0].left - origin.left + 0.5) / step), range.toString(), label]);
    };
    if (getComputedStyle(item).clipPath !== "none") continue; // for screen readers only
    for (const { 0: word, index } of node.nodeValue.matchAll(/\\S+/g)) note(index, index + word.length);
  }
  return {pages: document.querySelectorAll(".cv-sheet").length, found};
}"""


@dataclass
class Case:
    name: str
    document: Callable[[], Document]
    photo: bool = False


def _designed(**knobs: Any) -> Callable[[], Document]:
    def make() -> Document:
        document = documents.five_pages()
        for knob, value in knobs.items():
            setattr(document.studio.design, knob, value)
        return document

    return make


CASES = [
    Case("short", documents.short),
    Case("two pages", documents.two_pages, photo=True),
    Case("two pages, English", lambda: documents.two_pages("en")),
    Case("five pages", documents.five_pages, photo=True),
    Case("very long words", documents.long_words),
    Case("60 skills", documents.sixty_skills),
    Case("no photo", documents.no_photo, photo=True),
    Case("Letter", documents.letter, photo=True),
    Case("from right to left", documents.rtl, photo=True),
    Case("small and narrow", _designed(size=8.5, margins="narrow", density="compact", font="lato", photo="square")),
    Case("large and wide", _designed(size=12.5, margins="wide", density="airy", font="eb-garamond", page="Letter")),
    Case("another face", _designed(font="raleway", size=11.3, dates="long", photo="rounded"), photo=True),
]


@pytest.fixture(scope="module")
def printer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """As the worker prints."""
    folder = tmp_path_factory.mktemp("printer")
    executable = browser_setup.find(settings().chromium_path, ASSETS.parent / "data")
    with Chromium(executable, fontconfig=fonts.write_config(folder), temp=folder, pages=1) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def frame(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 900, "height": 1000})

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/api/fonts/"):
            route.fulfill(path=fonts.path(path.rpartition("/")[2]))
        else:
            route.fulfill(path=ASSETS / path.lstrip("/"))

    page.route("**/*", serve)
    page.goto(f"{ORIGIN}/preview.html")
    page.evaluate(
        "window.addEventListener('message', e => { if (e.data.type == 'cv:drawn') window.seen = e.data.turn })"
    )
    return page


_turn = 0


def _show(frame: Page, shown: render.Preview) -> tuple[int, list[tuple[int, str, str]]]:
    global _turn
    _turn += 1
    told = {"type": "cv:show", "turn": _turn, **message(shown)}
    frame.evaluate("told => window.postMessage(told, location.origin)", told)
    frame.wait_for_function("turn => window.seen === turn", arg=_turn)
    frame.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => 1)")
    seen = frame.evaluate(WHERE)
    return seen["pages"], [tuple(entry) for entry in seen["found"]]


def _print(printer: Chromium, html: str) -> list[str]:
    pdf = pypdfium2.PdfDocument(printer.pdf(html, title="CV", author="", lang="fr"))
    return [page.get_textpage().get_text_range() for page in pdf]


def _letters(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKC", text).upper().casefold()
    # Without f: where the two of an italic "ff" overlap, pdfium takes one for a shadow and drops it.
    return Counter(letter for letter in plain if letter.isalnum() and letter != "f")


@pytest.mark.parametrize("theme", [theme.slug for theme in themes.all()])
def test_every_text_is_on_the_same_page_in_preview_and_pdf(theme: str, frame: Page, printer: Chromium) -> None:
    moved = []
    for case in CASES:
        document = case.document()
        document.studio.template = theme
        photo = documents.PHOTO if case.photo else None
        sheets, found = _show(frame, render.preview(document, photo_src=photo))
        printed = _print(printer, render.html(document, photo_src=photo))
        if sheets != len(printed):
            moved.append(f"{case.name}: {sheets} pages in the preview, {len(printed)} in the PDF")
        for number, text in enumerate(printed):
            shown = [entry for entry in found if entry[0] == number]
            there, here = _letters(text), _letters(" ".join(entry[1] for entry in shown))
            if there != here:
                edges = [entry[2] for entry in (*shown[:1], *shown[-1:])]
                moved.append(
                    f"{case.name}, page {number + 1}: {(here - there).total()} letters only in the preview, "
                    f"{(there - here).total()} only in the PDF; the preview's page runs from {edges}"
                )
    assert not moved, f"{theme}:\n" + "\n".join(moved)
