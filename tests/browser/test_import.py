"""A CV that somebody already has, brought to the editor as a file: looked at, corrected, taken over or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from cvstudio.document import samples
from cvstudio.domain import imports
from cvstudio.importers import reading
from cvstudio.render import exports
from tests.browser.test_accessibility import violations
from tests.browser.test_editor import Desk, at_the_desk, bring
from tests.browser.visits import APPEARANCES
from tests.documents import zipped
from tests.importers.test_docx import docx, p
from tests.running import Running

START = "resume-start-content"
MARKDOWN = exports.markdown(samples.load("fr")).encode()
DOUBTFUL = [value for value in imports.values(reading.read(MARKDOWN, "cv.md")) if value.doubtful]
WORD = docx(
    p("Jeanne Martin", style="T"),
    p("Accountant"),
    p("jeanne@example.org\t06 39 98 41 07"),
    p("Experience", style="Titre1"),
    p("Accountant\tJan 2020 – present", bold=True),
    p("Ormeau Distribution, Nantes"),
    p("Books closed in 5 days.", item=True),
    p("Trained two colleagues.", item=True),
    p("Languages", style="Titre1"),
    p("English: fluent (C1)", item=True),
)


@pytest.fixture
def desk(site: Running, browser: Browser) -> Iterator[Desk]:
    with at_the_desk(browser, site.url) as sitting:
        yield sitting


def reviewed(desk: Desk) -> Locator:
    expect(desk.page.locator("#import-heading")).to_be_focused()
    return desk.page.locator("dialog[open]")


def test_a_pdf_of_ours_comes_back_and_undo_takes_it_away(desk: Desk):
    page = desk.begin()
    name = desk.field("basics.name").input_value()
    desk.saved()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Télécharger le PDF").click()
    data = Path(downloading.value.path()).read_bytes()
    desk.field("basics.name").fill("Quelqu’un d’autre")
    page.get_by_role("button", name="Exporter").click()
    bring(page, "resume", "mon cv.pdf", data)
    dialog = reviewed(desk)
    expect(dialog).to_contain_text("mon cv.pdf")
    expect(dialog).to_contain_text("Une photo")
    expect(dialog).to_contain_text("remplacera")
    expect(dialog.locator('li:has([data-keep="basics.name"])')).to_contain_text("page 1")
    expect(desk.field("basics.name")).to_have_value("Quelqu’un d’autre")
    dialog.get_by_role("button", name="Reprendre ces informations").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(desk.field("basics.name")).to_have_value(name)
    expect(desk.field("basics.name")).to_be_focused()
    expect(desk.sheet.locator("h1").first).to_have_text(name)
    assert desk.work()[0] == samples.load("fr").work[0].position
    page.keyboard.press("Control+z")
    expect(desk.field("basics.name")).to_have_value("Quelqu’un d’autre")
    desk.saved()


def test_a_word_file_by_keyboard_as_corrected(site: Running, browser: Browser):
    with at_the_desk(browser, site.url, language="en", width=360) as desk:
        page = desk.page
        bring(page, START, "cv.docx", WORD)
        dialog = reviewed(desk)
        phone = dialog.get_by_role("checkbox", name="Phone")
        for _ in range(20):
            page.keyboard.press("Tab")
            if phone.evaluate("tick => tick === document.activeElement"):
                break
        page.keyboard.press("Space")
        expect(phone).not_to_be_checked()
        dialog.get_by_role("button", name="Use these").focus()
        page.keyboard.press("Enter")
        expect(desk.field("basics.name")).to_have_value("Jeanne Martin")
        expect(desk.field("basics.email")).to_have_value("jeanne@example.org")
        expect(desk.field("basics.phone")).to_have_value("")
        assert desk.work() == ["Accountant"]
        desk.saved()


def test_what_is_doubtful_is_marked_and_corrected_on_the_spot(desk: Desk):
    assert DOUBTFUL
    bring(desk.page, START, "cv.md", MARKDOWN)
    dialog = reviewed(desk)
    doubtful = dialog.locator(".import-value.doubtful")
    expect(doubtful).to_have_count(len(DOUBTFUL))
    expect(doubtful.first).to_contain_text("À vérifier")
    expect(doubtful.first).to_contain_text("ligne")
    dialog.get_by_role("checkbox", name="Ne montrer que").check()
    expect(dialog.locator('[data-keep="basics.name"]')).to_be_hidden()
    doubtful.first.locator("[data-change]").fill("Corrigé à la main")
    dialog.get_by_role("button", name="Reprendre ces informations").click()
    expect(desk.sheet.locator(".cv-flow").first).to_contain_text("Corrigé à la main")


def test_a_no_changes_nothing_and_stores_nothing(desk: Desk):
    page = desk.page
    for way_out in ("Escape", "Annuler"):
        bring(page, START, "cv.md", MARKDOWN)
        dialog = reviewed(desk)
        if way_out == "Escape":
            page.keyboard.press(way_out)
        else:
            dialog.get_by_role("button", name=way_out).click()
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator(".way").first).to_be_visible()
    page.reload()
    page.wait_for_selector(".editor[data-ready]")
    expect(page.locator(".way").first).to_be_visible()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("cv.zip", zipped({"../Profile.csv": b"0" * 20_000_000}), "éléments actifs ou trompeurs"),
        ("cv.pdf", b"%PDF-1.7\n" + b"\0" * 500, "abîmé"),
        ("scan.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "pas de texte"),
        ("cv.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
    ],
)
def test_a_file_that_is_refused_says_why_and_changes_nothing(desk: Desk, name: str, data: bytes, said: str):
    desk.begin()
    desk.page.get_by_role("button", name="Exporter").click()
    bring(desk.page, "resume", name, data)
    dialog = desk.page.locator("dialog[open]")
    expect(dialog.get_by_role("alert")).to_contain_text(said)
    expect(dialog).to_contain_text("n’a pas changé")
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_have_count(0)
    expect(desk.field("basics.name")).to_have_value("Maëlle Tanguy")


def test_a_file_that_is_too_large_is_explained_and_not_sent(desk: Desk):
    desk.begin()
    desk.page.get_by_role("button", name="Exporter").click()
    bring(desk.page, "resume", "large.pdf", b"%PDF-1.7\n" + b"\0" * imports.MAX_BYTES)
    expect(desk.page.locator("[data-sonner-toast]")).to_contain_text("de 10\u00a0Mo au plus", timeout=20_000)
    expect(desk.field("basics.name")).to_have_value("Maëlle Tanguy")


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("width", [360, 1440])
def test_no_violation_in_the_review(site: Running, browser: Browser, appearance: str, width: int):
    with at_the_desk(browser, site.url, appearance=appearance, width=width) as desk:
        bring(desk.page, START, "cv.md", MARKDOWN)
        dialog = reviewed(desk)
        assert violations(desk.page) == []
        dialog.get_by_role("checkbox", name="Ne montrer que").check()
        assert violations(desk.page) == []
        assert dialog.evaluate("box => box.scrollWidth <= box.clientWidth")
        desk.page.keyboard.press("Escape")
        bring(desk.page, START, "cv.pdf", b"%PDF-1.7\n" + b"\0" * 500)
        expect(desk.page.get_by_role("alert")).to_be_visible()
        assert violations(desk.page) == []
