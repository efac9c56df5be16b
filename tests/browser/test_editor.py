"""The editor as a person uses it: a real browser, the built pages, web and worker running."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docx
import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from cvstudio.document import samples
from cvstudio.locales import text
from cvstudio.render import themes
from tests import documents
from tests.browser.test_accessibility import violations
from tests.browser.visits import APPEARANCES, LANGUAGES
from tests.running import Running, wait_for

LOCALES = LANGUAGES


class Desk:
    """One visitor in the editor."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.complaints: list[str] = []
        self.page = self.open()

    def open(self, query: str = "") -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.url}/generate{query}")
        page.wait_for_selector(".editor[data-ready]")
        return page

    def begin(self, how: str = "sample") -> Page:
        self.page.locator(".way").nth(["empty", "sample"].index(how)).click()
        expect(self.field("basics.name")).to_be_visible()
        return self.page

    def field(self, path: str, page: Page | None = None) -> Locator:
        return (page or self.page).locator(f'[data-field="{path}"]')

    @property
    def sheet(self) -> FrameLocator:
        return sheets(self.page)

    def work(self) -> list[str]:
        return self.page.locator('#panel-content section:has([data-section="work"]) .entry-name').all_inner_texts()

    def tab(self, name: str) -> None:
        self.page.locator(f"#tab-{name}").click()

    def saved(self, page: Page | None = None) -> None:
        expect((page or self.page).locator(".save-state")).to_have_text(re.compile("Enregistré|Saved"))


def sheets(page: Page) -> FrameLocator:
    return page.frame_locator("#editor-preview")


def shown_jobs(desk: Desk) -> list[str]:
    first = desk.sheet.locator(".cv-sheet").first
    return first.locator('[data-path="work"] h3').all_inner_texts()


@contextmanager
def at_the_desk(
    browser: Browser, url: str, *, language: str = "fr", appearance: str = "light", width: int = 1440
) -> Iterator[Desk]:
    context = browser.new_context(
        locale=LOCALES[language],
        color_scheme="dark" if appearance == "dark" else "light",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(15_000)
    try:
        desk = Desk(context, url)
        yield desk
        assert desk.complaints == []
    finally:
        context.close()


@pytest.fixture
def desk(site: Running, browser: Browser) -> Iterator[Desk]:
    with at_the_desk(browser, site.url) as sitting:
        yield sitting


# ---- beginning -----------------------------------------------------------------------------------------------


def test_a_first_visit_offers_ways_to_start_beside_an_example(desk: Desk):
    expect(desk.page.locator("#panel-content .way")).to_have_count(3)
    expect(desk.sheet.locator("h1").first).to_have_text("Maëlle Tanguy")
    desk.begin("empty")
    expect(desk.field("basics.name")).to_be_focused()
    expect(desk.field("basics.name")).to_have_value("")
    expect(desk.sheet.locator(".cv-flow").first).not_to_contain_text("Maëlle")


def test_a_template_chosen_in_the_gallery_is_used(desk: Desk):
    page = desk.open("?template=minimal")
    page.locator(".way").nth(1).click()
    page.locator("#tab-design").click()
    expect(page.locator('input[name="template"][value="minimal"]')).to_be_checked()
    assert page.url == f"{desk.url}/generate"


# ---- typing --------------------------------------------------------------------------------------------------


def test_typing_fast_loses_no_letter_and_no_caret(desk: Desk):
    page = desk.begin("empty")
    text = "Ada Lovelace, mathématicienne — 第一 🚀 " * 4
    desk.field("basics.name").click()
    page.keyboard.type(text, delay=2)
    expect(desk.field("basics.name")).to_have_value(text)
    expect(desk.field("basics.name")).to_be_focused()
    expect(desk.sheet.locator("h1").first).to_have_text(re.sub(r"\s+", " ", text).strip())
    page.keyboard.press("Home")
    page.keyboard.type("Dr ", delay=1)
    page.keyboard.type("K", delay=1)
    expect(desk.field("basics.name")).to_have_value("Dr K" + text)
    assert desk.field("basics.name").evaluate("field => field.selectionStart") == 4
    desk.saved()
    assert desk.field("basics.name").evaluate("field => field.selectionStart") == 4


def test_typing_keeps_the_preview_where_it_was_and_its_elements_in_place(desk: Desk):
    page = desk.begin()
    expect(desk.sheet.locator(".cv-sheet")).to_have_count(2)
    frame = next(frame for frame in page.frames if frame.url.endswith("/preview.html"))
    frame.evaluate("window.scrollTo(0, 700); window.kept = document.querySelector('[data-path=education] h2')")
    desk.field("basics.label").press_sequentially(" et bien plus", delay=5)
    expect(desk.sheet.locator(".role").first).to_contain_text("et bien plus")
    assert frame.evaluate("window.scrollY") == 700
    assert frame.evaluate("window.kept.isConnected")
    # A change to what the page does not have is not drawn: it asks for the whole.
    page.evaluate(
        "cvPreview.push({to: 'editor-preview', type: 'cv:show', body: '<h1>lost</h1>', turn: 1000});"
        "cvPreview.push({to: 'editor-preview', type: 'cv:show', splice: [4, 5, 'and'], turn: 1002})"
    )
    expect(desk.sheet.locator(".role").first).to_contain_text("et bien plus")
    expect(desk.sheet.locator("h1").first).not_to_have_text("lost")


def test_the_form_keeps_its_place_while_one_types_and_saves(desk: Desk):
    page = desk.begin()
    page.locator('[data-open^="work/"]').first.click()
    desk.field("basics.summary").evaluate("field => field.closest('.panels').scrollTo(0, 500)")
    summary = desk.field("basics.summary")
    summary.focus()
    before = page.locator(".panels").evaluate("panels => panels.scrollTop")
    page.keyboard.type("Bref.")
    desk.saved()
    assert page.locator(".panels").evaluate("panels => panels.scrollTop") == before
    assert page.evaluate("document.scrollingElement.scrollTop") == 0


def test_dates_are_understood_as_typed_and_said_so(desk: Desk):
    page = desk.begin("empty")
    page.locator('[data-add="work"]').click()
    expect(page.locator('[data-field$="/position"]')).to_be_focused()  # a new entry takes the focus
    start = page.locator('[data-field$="/start_date"]')
    start.fill("03/2020")
    start.press("Tab")
    expect(page.locator(".hint.understood")).to_have_text("Compris : mars 2020")
    page.locator('[data-field$="/position"]').fill("Cheffe de projet")
    expect(desk.sheet.locator(".dates").first).to_have_text(re.compile("mars 2020 – [Pp]résent"))
    page.locator('[data-field$="/name"]').last.focus()
    expect(page.locator("#panel-content .entry-name")).to_have_text("Cheffe de projet")


def test_a_click_on_the_preview_goes_to_the_field(desk: Desk):
    page = desk.begin()
    desk.sheet.locator('.cv-sheet >> nth=0 >> [data-path^="work/"] h3').nth(1).click()
    expect(page.locator('[data-field^="work/"]').first).to_be_focused()
    desk.sheet.locator("h1").first.click()
    expect(desk.field("basics.name")).to_be_focused()


# ---- entries and sections --------------------------------------------------------------------------------------


def test_entries_are_added_removed_hidden_and_brought_back(desk: Desk):
    page = desk.begin()
    jobs = desk.work()
    page.locator('[data-add="work"]').click()
    expect(page.locator('[data-field$="/position"]')).to_be_focused()
    page.keyboard.type("Stagiaire")
    expect(desk.sheet.get_by_role("heading", name="Stagiaire").first).to_be_attached()
    entry = page.locator("#panel-content .entry").filter(has_text=jobs[0])
    entry.get_by_role("button", name=f"Masquer {jobs[0]}").click()
    expect(desk.sheet.locator(".cv-sheet").first.locator("h3", has_text=jobs[0])).to_have_count(0)
    entry.get_by_role("button", name=f"Montrer {jobs[0]}").click()
    expect(desk.sheet.locator(".cv-sheet").first.locator("h3", has_text=jobs[0])).to_have_count(1)
    entry.get_by_role("button", name="Supprimer").click()
    expect(page.locator("#panel-content .entry-name", has_text=jobs[0])).to_have_count(0)
    page.locator("[data-sonner-toast]").get_by_role("button", name="Annuler").click()
    expect(page.locator("#panel-content .entry-name", has_text=jobs[0])).to_have_count(1)
    entry.get_by_role("button", name="Dupliquer").click()
    expect(page.locator("#panel-content .entry-name", has_text=jobs[0])).to_have_count(2)


def test_entries_are_sorted_by_mouse(desk: Desk):
    page = desk.begin()
    jobs = desk.work()
    grips = page.locator('#panel-content section:has([data-section="work"]) .grip')
    grips.nth(0).scroll_into_view_if_needed()
    start, end = grips.nth(0).bounding_box(), grips.nth(2).bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"] + 30, steps=4)
    page.mouse.move(end["x"] + 8, end["y"] + 12, steps=8)
    page.mouse.up()
    expect(page.locator("#panel-content .entry-name").nth(2)).to_have_text(jobs[0])
    expect(desk.sheet.locator('.cv-sheet >> nth=0 >> [data-path="work"] h3').nth(2)).to_have_text(jobs[0])


def test_entries_are_sorted_by_keyboard_and_it_is_said(desk: Desk):
    page = desk.begin()
    jobs = desk.work()
    page.get_by_role("button", name=f"Déplacer {jobs[0]}").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[id^="DndLiveRegion"]').filter(has_text=f"{jobs[0]} : position 2")).to_have_count(1)
    page.keyboard.press("Space")
    expect(page.locator("#panel-content .entry-name").nth(1)).to_have_text(jobs[0])
    up = page.get_by_role("button", name=f"Monter {jobs[0]}")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-content .entry-name").nth(0)).to_have_text(jobs[0])
    expect(page.locator(".editor > [aria-live=polite]")).to_have_text(re.compile("position 1 sur 4"))
    expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")


def test_sections_are_ordered_renamed_hidden_added_and_removed(desk: Desk):
    page = desk.begin()
    desk.tab("sections")
    page.get_by_role("button", name="Monter Formation", exact=True).click()
    page.get_by_role("button", name="Monter Formation", exact=True).click()
    first = desk.sheet.locator(".cv-sheet").first.locator("h2").first
    expect(first).to_have_text(re.compile("formation", re.IGNORECASE))
    desk.field("title:education", page.locator("#panel-sections")).fill("Études")  # type: ignore[arg-type]
    expect(first).to_have_text(re.compile("études", re.IGNORECASE))
    page.get_by_role("button", name="Masquer Langues du CV").click()
    expect(desk.sheet.locator('.cv-sheet >> nth=0 >> [data-path="languages"]')).to_have_count(0)
    page.locator("#panel-sections").get_by_role("button", name="Publications").click()
    desk.tab("content")
    expect(page.locator('[data-section="publications"]')).to_be_visible()
    page.locator("#panel-content").get_by_role("button", name="Section libre").click()
    expect(page.locator('#panel-content [data-field^="title:custom:"]').last).to_be_focused()
    page.keyboard.type("Permis")
    page.locator('#panel-content [data-field$="/name"][data-field^="custom:"]').last.fill("Permis B")
    expect(desk.sheet.locator(".cv-sheet").first).to_contain_text("Permis B")
    desk.tab("sections")
    page.get_by_role("button", name="Supprimer Projets", exact=True).click()
    expect(desk.sheet.locator('.cv-sheet >> nth=0 >> [data-path="projects"]')).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(desk.sheet.locator('.cv-sheet >> nth=0 >> [data-path="projects"]')).to_have_count(1)


# ---- undo ------------------------------------------------------------------------------------------------------


def test_undo_and_redo_over_typing_structure_and_design(desk: Desk):
    page = desk.begin()
    name = desk.field("basics.name")
    name.fill("Ada")
    desk.tab("design")
    page.locator('label:has(input[name="template"][value="compact"])').click()
    expect(page.locator('input[name="template"][value="compact"]')).to_be_checked()
    page.keyboard.press("Control+z")
    expect(page.locator('input[name="template"][value="modern"]')).to_be_checked()
    page.keyboard.press("Control+z")
    desk.tab("content")
    expect(name).to_have_value("Maëlle Tanguy")
    expect(desk.sheet.locator("h1").first).to_have_text("Maëlle Tanguy")
    page.keyboard.press("Control+y")
    expect(name).to_have_value("Ada")
    page.keyboard.press("Control+Shift+Z")
    expect(page.get_by_role("button", name="Rétablir (Ctrl+Y)")).to_be_disabled()
    name.focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(name).to_have_value("Maëlle Tanguy")
    expect(name).to_be_focused()


# ---- keeping ---------------------------------------------------------------------------------------------------


def test_a_reload_and_a_second_tab_find_the_cv_as_it_was(desk: Desk):
    page = desk.begin("empty")
    desk.field("basics.name").fill("Ada Lovelace")
    page.reload()  # at once: what was typed was already with the server
    expect(desk.field("basics.name")).to_have_value("Ada Lovelace")
    desk.saved()
    second = desk.open()
    expect(desk.field("basics.name", second)).to_have_value("Ada Lovelace")
    expect(sheets(second).locator("h1").first).to_have_text("Ada Lovelace")
    desk.field("basics.label", second).fill("Mathématicienne")
    desk.saved(second)
    expect(desk.field("basics.label")).to_have_value("Mathématicienne")
    desk.field("basics.label").fill("Pionnière")
    desk.saved()
    page.reload()  # from within the field: its tab last told of another text
    expect(desk.field("basics.label")).to_have_value("Pionnière")
    expect(desk.field("basics.label", second)).to_have_value("Pionnière")
    desk.field("basics.name").fill("Ada King")
    expect(desk.field("basics.name", second)).to_have_value("Ada King")


def test_two_tabs_that_both_changed_it_lose_nothing(desk: Desk):
    page = desk.begin("empty")
    desk.field("basics.name").fill("Ada")
    desk.saved()
    second = desk.open()
    desk.field("basics.name", second).fill("Seconde")
    desk.field("basics.name").fill("Première")
    wait_for(lambda: page.locator(".notice.warn").count() + second.locator(".notice.warn").count(), lambda: "conflict")
    losing, other = (page, second) if page.locator(".notice.warn").count() else (second, page)
    mine = desk.field("basics.name", losing).input_value()
    theirs = desk.field("basics.name", other).input_value()
    losing.get_by_role("button", name="Prendre l’autre version").click()
    expect(desk.field("basics.name", losing)).to_have_value(theirs)
    losing.keyboard.press("Control+z")
    expect(desk.field("basics.name", losing)).to_have_value(mine)
    desk.saved(losing)
    expect(desk.field("basics.name", other)).to_have_value(mine)


def test_what_is_typed_offline_is_kept_and_sent_later(desk: Desk):
    page = desk.begin("empty")
    desk.field("basics.name").fill("Ada")
    desk.saved()
    page.close()
    page = desk.page = desk.open()
    kept = {"basics.label": "Écrit hors ligne", "work/x/name": "perdu"}
    page.evaluate(
        """unsaved => localStorage.setItem("cvstudio.unsaved",
          JSON.stringify({cv: document.querySelector(".editor").dataset.cv, at: 1, unsaved}))""",
        kept,
    )
    page.reload()
    expect(desk.field("basics.label")).to_have_value("Écrit hors ligne")
    desk.saved()
    assert page.evaluate("localStorage.getItem('cvstudio.unsaved')") is None


def test_offline_is_said_and_what_was_typed_arrives_later(desk: Desk):
    desk.begin("empty")
    desk.field("basics.name").fill("Ada")
    desk.saved()
    desk.context.set_offline(True)
    desk.field("basics.name").fill("Ada Lovelace")
    expect(desk.page.locator(".save-state")).to_have_text("Hors ligne : gardé ici")
    expect(desk.page.locator(".save-state")).to_have_css("position", "static")  # in its bar, not over the page
    assert "Ada Lovelace" in desk.page.evaluate("localStorage.getItem('cvstudio.unsaved')")
    desk.context.set_offline(False)
    desk.saved()
    expect(desk.sheet.locator("h1").first).to_have_text("Ada Lovelace")


def test_nobody_else_sees_it(site: Running, browser: Browser):
    with at_the_desk(browser, site.url) as mine, at_the_desk(browser, site.url) as other:
        mine.begin("empty")
        mine.field("basics.name").fill("Secret")
        mine.saved()
        cv = mine.page.locator(".editor").get_attribute("data-cv")
        page = other.open(f"?cv={cv}")
        expect(page.locator(".way").first).to_be_visible()
        expect(page.locator(".notice h2")).to_have_text(text("editor.missing_title", "fr"))


# ---- files -----------------------------------------------------------------------------------------------------


def bring(page: Page, upload: str, name: str, data: bytes) -> None:
    page.locator(f"#{upload} input[type=file], input#{upload}").first.set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def test_a_json_resume_file_fills_the_editor(desk: Desk):
    resume = Path(__file__).parents[1] / "document" / "jsonresume" / "sample.resume.json"
    data = resume.read_bytes()
    bring(desk.page, "resume-start-content", "sample.json", data)
    expect(desk.field("basics.name")).to_have_value(json.loads(data)["basics"]["name"])
    desk.field("basics.name").fill("Quelqu’un d’autre")
    desk.page.get_by_role("button", name="Exporter").click()
    bring(desk.page, "resume", "sample.json", data)
    dialog = desk.page.locator("dialog[open]")
    expect(dialog).to_contain_text(json.loads(data)["basics"]["name"])
    dialog.get_by_role("button", name="Remplacer").click()
    expect(desk.field("basics.name")).to_have_value(json.loads(data)["basics"]["name"])
    desk.page.keyboard.press("Control+z")
    expect(desk.field("basics.name")).to_have_value("Quelqu’un d’autre")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"basics": {"name": 3}, "work": [{"position": []}]}', ["basics › name", "work › 1 › position", "un texte"]),
        (b'{"basics": {\n "name": }', ["ligne 2, colonne 10"]),
        (b"\xff\xfe\x00", ["UTF-8"]),
        (b'{"hello": 1}', ["pas un CV"]),
        (b"[1, 2]", ["objet"]),
    ],
)
def test_a_bad_file_is_explained_and_changes_nothing(desk: Desk, data: bytes, said: list[str]):
    desk.begin()
    desk.page.get_by_role("button", name="Exporter").click()
    bring(desk.page, "resume", "cv.json", data)
    dialog = desk.page.locator("dialog[open]")
    for words in said:
        expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_have_count(0)
    expect(desk.field("basics.name")).to_have_value("Maëlle Tanguy")


def test_a_photo_is_shown_private_and_a_broken_one_changes_nothing(site: Running, browser: Browser, desk: Desk):
    page = desk.begin()
    bring(page, "photo", "me.jpg", documents.photo_jpeg())
    expect(desk.sheet.locator("img.photo").first).to_be_visible()
    address = page.locator(".photo-button img").get_attribute("src")
    assert address
    assert desk.context.request.get(site.url + address).status == 200
    with at_the_desk(browser, site.url) as other:
        assert other.context.request.get(site.url + address).status == 404
    bring(page, "photo", "me.jpg", b"<svg onload=alert(1)>")
    said = page.locator(".identity .wrong")
    expect(said).to_contain_text("celle que vous aviez est gardée")
    assert not [one for one in page.locator(".identity input[data-field]").all() if overlap(said, one)]
    assert page.locator(".photo-button img").get_attribute("src") == address
    page.get_by_role("button", name="Retirer la photo").click()
    expect(desk.sheet.locator("img.photo")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(desk.sheet.locator("img.photo").first).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Télécharger le PDF").click()
    pdf = pypdfium2.PdfDocument(downloading.value.path())
    assert any(thing.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for thing in pdf[0].get_objects())


def overlap(one: Locator, other: Locator) -> bool:
    first, second = one.bounding_box(), other.bounding_box()
    assert first
    assert second
    return all(
        first[at] < second[at] + second[size] and second[at] < first[at] + first[size]
        for at, size in (("x", "width"), ("y", "height"))
    )


def test_plain_exports_hold_the_latest_keystroke(desk: Desk):
    page = desk.begin("empty")
    desk.field("basics.name").fill("Ada Lovelace")
    for label, suffix in (
        ("JSON Resume", ".json"),
        ("Markdown", ".md"),
        ("Texte brut", ".txt"),
        ("Page HTML", ".html"),
    ):
        page.get_by_role("button", name="Exporter").click()
        with page.expect_download() as downloading:
            page.locator(".disclosed").get_by_role("button", name=label, exact=True).click()
        assert downloading.value.suggested_filename.endswith(suffix)
        assert "Ada Lovelace" in Path(downloading.value.path()).read_text()
    page.get_by_role("button", name="Exporter").click()
    with page.expect_download() as downloading:
        page.locator(".disclosed").get_by_role("button", name="Word", exact=True).click()
    assert docx.Document(str(downloading.value.path())).paragraphs[0].text == "Ada Lovelace"


def test_png_has_every_page(desk: Desk):
    page = desk.begin("empty")
    desk.field("basics.name").fill("Ada Lovelace")
    page.get_by_role("button", name="Exporter").click()
    with page.expect_download() as downloading:
        page.locator(".disclosed").get_by_role("button", name="Images PNG").click()
    image = Image.open(io.BytesIO(Path(downloading.value.path()).read_bytes()))
    assert image.format == "PNG"


# ---- the PDF ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_has_the_pages_of_the_preview(site: Running, browser: Browser, language: str):
    with at_the_desk(browser, site.url, language=language) as desk:
        page = desk.begin()
        desk.field("basics.name").fill("Zoé d’Été")
        with page.expect_download() as downloading:
            page.locator(".pdf").click()
        expect(page.locator(".making.good")).to_be_visible()
        assert downloading.value.suggested_filename == "CV Zoé d’Été.pdf"
        pdf = pypdfium2.PdfDocument(downloading.value.path())
        printed = [sheet.get_textpage().get_text_range() for sheet in pdf]
        expect(desk.sheet.locator(".cv-sheet")).to_have_count(len(printed))
        assert "Zoé" in printed[0]
        last_job = samples.load("fr" if language == "fr" else "en").work[-1].position
        assert any(last_job in text for text in printed)
        page.reload()
        expect(desk.field("basics.name")).to_have_value("Zoé d’Été")


# ---- design ----------------------------------------------------------------------------------------------------


def test_every_knob_shows_at_once(desk: Desk):
    page = desk.begin()
    desk.tab("design")
    frame = next(frame for frame in page.frames if frame.url.endswith("/preview.html"))

    def styled(name: str) -> str:
        return str(frame.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}')")).strip()

    def poll(name: str, value: str) -> None:
        frame.wait_for_function(
            "([name, value]) => getComputedStyle(document.documentElement).getPropertyValue(name).includes(value)",
            arg=[f"--{name}", value],
        )

    page.locator('input[name="accent"]').nth(1).click(force=True)
    poll("accent", "#0f766e")
    page.locator('input[type="color"]').fill("#123456")
    poll("accent", "#123456")
    page.locator("#knob-font").select_option("lato")
    poll("font", "Lato")
    page.locator("#knob-size").fill("11.5")
    poll("size", "11.5pt")
    page.locator('input[name="density"][value="airy"]').click(force=True)
    page.locator('input[name="margins"][value="wide"]').click(force=True)
    page.locator('input[name="page"][value="Letter"]').click(force=True)
    poll("page-width", "816px")
    page.locator('input[name="dates"][value="numeric"]').click(force=True)
    expect(desk.sheet.locator(".dates").first).to_have_text(re.compile(r"03/2020"))
    page.locator("#knob-language").select_option("en")
    expect(desk.sheet.locator("h2").first).to_have_text(re.compile("profile", re.IGNORECASE))
    page.get_by_role("button", name="Revenir au design du modèle").click()
    poll("size", f"{themes.get('modern').defaults.size}pt")
    assert styled("page-width") == "794px"


def test_fits_to_a_page_as_far_as_it_stays_readable(desk: Desk):
    page = desk.begin()
    expect(desk.sheet.locator(".cv-sheet")).to_have_count(2)
    page.get_by_role("button", name="Tenir en").click()
    page.get_by_role("button", name="1 page", exact=True).click()
    expect(page.locator(".notice", has_text="il faut 2 pages")).to_be_visible()
    expect(desk.sheet.locator(".cv-sheet")).to_have_count(2)
    desk.tab("design")
    page.locator("#knob-size").fill("12.2")
    page.locator('input[name="density"][value="airy"]').click(force=True)
    expect(desk.sheet.locator(".cv-sheet")).to_have_count(3)
    page.get_by_role("button", name="Tenir en").click()
    page.get_by_role("button", name="2 pages", exact=True).click()
    expect(page.locator(".notice", has_text="C’est fait")).to_be_attached()
    expect(desk.sheet.locator(".cv-sheet")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(desk.sheet.locator(".cv-sheet")).to_have_count(3)


# ---- hostile text ----------------------------------------------------------------------------------------------


def test_hostile_text_is_text_and_asks_for_nothing(desk: Desk):
    page = desk.begin("empty")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    payloads = [payload.format(n=7, canary="http://127.0.0.1:9/canary") for payload in documents.PAYLOADS]
    desk.field("basics.summary").fill("\n".join([*payloads, "<reflex.Var>1</reflex.Var>", "\u2028 `${1}` \\u003c"]))
    desk.field("basics.name").fill("<img src=http://127.0.0.1:9/canary/n onerror=alert(1)>")
    expect(desk.sheet.locator("h1").first).to_have_text("<img src=http://127.0.0.1:9/canary/n onerror=alert(1)>")
    for payload in payloads:
        line = re.sub(r"\s+", " ", payload.splitlines()[0]).strip()
        expect(desk.sheet.locator(".cv-flow").first).to_contain_text(line)
    desk.saved()
    assert dialogs == []
    assert [url for url in asked if "canary" in url] == []


# ---- windows, keyboard, accessibility --------------------------------------------------------------------------


def test_on_a_phone_the_preview_is_a_tab(site: Running, browser: Browser):
    with at_the_desk(browser, site.url, width=360) as desk:
        page = desk.begin()
        expect(page.locator("#panel-preview")).not_to_be_visible()
        desk.tab("preview")
        expect(desk.sheet.locator("h1").first).to_be_visible()
        expect(desk.field("basics.name")).not_to_be_visible()
        desk.sheet.locator("h1").first.click()
        expect(desk.field("basics.name")).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_whole_way_by_keyboard(desk: Desk):
    page = desk.page
    page.locator(".way").first.focus()
    page.keyboard.press("Enter")
    expect(desk.field("basics.name")).to_be_focused()
    page.keyboard.type("Ada Lovelace")
    page.keyboard.press("Tab")
    page.keyboard.type("Mathématicienne")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.add") == "work":
            break
    page.keyboard.press("Enter")
    expect(page.locator('[data-field$="/position"]')).to_be_focused()
    page.keyboard.type("Autrice de programmes")
    page.locator("#tab-content").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-design")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator('input[name="template"][value="modern"]')).not_to_be_checked()
    expect(desk.sheet.locator(".cv-flow").first).to_contain_text("Autrice de programmes")
    page.locator(".pdf").focus()
    with page.expect_download():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [360, 1440])
def test_no_violation_in_any_panel(site: Running, browser: Browser, language: str, appearance: str, width: int):
    with at_the_desk(browser, site.url, language=language, appearance=appearance, width=width) as desk:
        page = desk.begin()
        page.locator('[data-open^="work/"]').first.click()
        page.wait_for_selector('[data-field^="work/"]')
        for tab in ("content", "sections", "design", *(["preview"] if width < 1024 else [])):
            desk.tab(tab)
            assert violations(page) == []
        page.locator(".disclosure > button").nth(1).click()
        assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_switching_language_keeps_the_cv(site: Running, browser: Browser, language: str):
    other = {"fr": "English", "en": "Français"}[language]
    with at_the_desk(browser, site.url, language=language) as desk:
        page = desk.begin()
        name = desk.field("basics.name").input_value()
        page.locator(".top").get_by_role("button", name=other).click()
        expect(page.locator("#tab-preview")).to_have_text({"fr": "Preview", "en": "Aperçu"}[language])
        expect(desk.field("basics.name")).to_have_value(name)
        expect(desk.sheet.locator("h1").first).to_have_text(name)
