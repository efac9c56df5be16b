"""A CV shared by a link, from the menu to whoever reads it, until it is withdrawn."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from cvstudio.locales import text
from tests.browser.test_accessibility import violations
from tests.browser.test_editor import at_the_desk
from tests.running import Running

PASSWORD = "trois mots longs"


def test_shared_read_locked_and_withdrawn(site: Running, browser: Browser):
    with at_the_desk(browser, site.url, width=360, appearance="dark") as desk:
        page = desk.begin()
        desk.saved()
        page.get_by_role("button", name=text("editor.export", "fr"), exact=True).click()
        page.get_by_role("button", name=text("editor.share", "fr")).click()
        expect(page.get_by_role("button", name=text("editor.share_go", "fr"))).to_be_visible()
        page.get_by_role("button", name=text("editor.share_go", "fr")).click()
        expect(page.locator("#share-address")).to_be_focused()
        assert violations(page) == []
        address = page.locator("#share-address").inner_text()

        reading = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 900})
        try:
            reader = reading.new_page()
            reader.goto(address)
            expect(reader.get_by_role("heading", level=1)).to_have_text("Maëlle Tanguy")
            with reader.expect_download() as downloading:
                reader.get_by_role("link", name="Télécharger le PDF").click()
            assert downloading.value.suggested_filename == "CV Maëlle Tanguy.pdf"

            page.get_by_label(text("editor.share_password", "fr")).fill(PASSWORD)
            page.get_by_role("button", name=text("editor.share_change", "fr")).click()
            expect(page.locator("#share-said")).to_have_text(text("editor.share_changed", "fr"))
            reader.reload()
            assert violations(reader) == []
            reader.get_by_label("Mot de passe").fill(PASSWORD)
            reader.get_by_role("button", name="Ouvrir le CV").click()
            expect(reader.get_by_role("heading", level=1)).to_have_text("Maëlle Tanguy")

            page.get_by_role("button", name=text("editor.share_withdraw", "fr")).click()
            expect(page.locator("#share-said")).to_have_text(text("editor.share_withdrawn", "fr"))
            reader.reload()
            expect(reader.get_by_role("heading", level=1)).to_have_text("Il n’y a pas de CV ici")
            assert violations(reader) == []
        finally:
            reading.close()
