"""/profile as people use it: by hand and by keyboard, from a file, taken back, in two tabs."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from cvstudio.document import samples
from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.visits import PAGES, connect
from tests.running import Running

READY = PAGES["/profile"]
CV = {"name": "cv.json", "mimeType": "application/json", "buffer": json.dumps(samples.load("fr").dump()).encode()}


@pytest.fixture
def career(site: Running, browser: Browser) -> Iterator[Page]:
    """Of a new visitor; what nobody caught fails the test."""
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    connect(page, f"{site.url}/profile")
    page.wait_for_selector(READY)
    yield page
    context.close()
    assert complaints == []


def added(page: Page) -> None:
    """A job, by keyboard alone, from what the page says is missing."""
    page.locator('.missing a[href="#add-experience-title"]').first.press("Enter")
    expect(page.locator("#add-experience-title")).to_be_focused()
    page.keyboard.type("Soudeuse")
    page.locator("#add-experience-start").fill("jamais")
    page.keyboard.press("Enter")
    expect(page.locator("#add-experience .wrong")).to_have_text(text("profile.no_date", "fr"))
    expect(page.locator("#add-experience-title")).to_have_value("Soudeuse")
    page.locator("#add-experience-start").fill("mars 2019")
    page.keyboard.press("Enter")
    expect(page.locator("#exp_0-line")).to_be_focused()
    page.keyboard.type("Soudure TIG de 400 pièces par mois")
    page.keyboard.press("Enter")
    expect(page.locator("#real_0-text")).to_have_value("Soudure TIG de 400 pièces par mois")
    expect(page.locator("#exp_0-line")).to_have_value("")


def test_a_job_by_hand_is_there_when_one_comes_back(career: Page):
    added(career)
    expect(career.locator("#exp_0-employer")).to_be_hidden()  # what is told reads as text until one opens it
    career.locator(".fact summary").click()  # a key might meet the field that the page gives the focus to just now
    career.locator("#exp_0-employer").fill("Chantiers du Nord")
    expect(career.locator(".fact h3")).to_have_text("Soudeuse")
    expect(career.locator(".fact-where")).to_have_text("Chantiers du Nord")
    expect(career.locator("#exp_0-start")).to_be_visible()
    assert violations(career) == []
    connect(career, career.url.partition("#")[0])
    expect(career.locator("#exp_0-employer")).to_have_value("Chantiers du Nord")
    expect(career.locator("#exp_0-start")).to_have_value("mars 2019")
    expect(career.locator("#real_0-text")).to_have_value("Soudure TIG de 400 pièces par mois")


def test_a_file_fills_it_and_what_is_removed_comes_back(career: Page):
    career.locator(".dropzone input[type=file]").set_input_files([CV])
    expect(career.locator("#career-state")).to_contain_text("cv.json")
    expect(career.locator("#undo")).to_be_focused()
    expect(career.locator("#me-name")).to_have_value("Maëlle Tanguy")
    expect(career.locator("#exp_0-title")).to_have_value("Responsable logistique de site")
    career.locator(".fact > .button").first.press("Enter")
    expect(career.locator("#exp_0-title")).to_have_count(0)
    expect(career.locator("#career-state")).to_contain_text("Supprimé")
    expect(career.locator("#undo")).to_be_focused()
    career.keyboard.press("Enter")
    expect(career.locator("#exp_0-title")).to_have_value("Responsable logistique de site")
    assert violations(career) == []


def test_the_same_field_in_two_tabs(career: Page, site: Running):
    added(career)
    other = career.context.new_page()
    connect(other, f"{site.url}/profile")
    line = other.locator("#real_0-text")
    expect(line).to_have_value("Soudure TIG de 400 pièces par mois")
    line.fill("Soudure d’ailleurs")
    line.press("Tab")
    expect(other.locator("#career-state")).to_have_text(text("profile.saved", "fr"))
    career.locator("#real_0-text").fill("Soudure d’ici")
    expect(career.locator("#clash")).to_be_focused()
    expect(career.locator(".clash")).to_contain_text("Soudure d’ici")
    expect(career.locator(".clash")).to_contain_text("Soudure d’ailleurs")
    assert violations(career) == []
    career.get_by_role("button", name=text("profile.keep_mine", "fr")).press("Enter")
    expect(career.locator(".clash")).to_have_count(0)
    expect(career.locator("#real_0-text")).to_have_value("Soudure d’ici")
    connect(other, f"{site.url}/profile")
    expect(other.locator("#real_0-text")).to_have_value("Soudure d’ici")
