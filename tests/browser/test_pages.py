"""What every page keeps to, and what landing, gallery and shell do, seen by a visitor."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocketRoute, expect

from cvstudio import locales
from cvstudio.render import fonts, themes
from cvstudio.render.labels import LANGUAGE_NAMES
from cvstudio.render.page import PAGES as FORMATS
from tests.browser.visits import APPEARANCES, LANGUAGES, PAGES, connect, visit
from tests.running import Running, running

MEASURE = re.compile(r"\d+[.,]?\d* ?pt")
MAX_SHIFT = 0.02  # cumulative layout shift; below 0.1 counts as good


def cv(page: Page, frame: str) -> Locator:
    """The first sheet in a preview frame."""
    return page.frame_locator(f"#{frame}").locator(".cv-sheet").first


# ---- every page ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize(("language", "width"), [("fr", 360), ("en", 360), ("fr", 1440)])
def test_fits_the_window_and_nothing_jumps(site: Running, browser: Browser, route: str, language: str, width: int):
    with visit(browser, site.url, route, language=language, width=width) as visiting:
        page = visiting.page
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        assert visiting.shifted() < MAX_SHIFT
        for wide in (width, 768, 1440):
            page.set_viewport_size({"width": wide, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= wide
        assert visiting.complaints == []


@pytest.mark.parametrize("route", PAGES)
def test_both_languages_are_complete(site: Running, browser: Browser, route: str):
    said = {}
    for language in LANGUAGES:
        with visit(browser, site.url, route, language=language) as visiting:
            assert visiting.page.get_attribute("html", "lang") == language
            said[language] = [visiting.page.title(), *visiting.texts()]
    assert len(said["fr"]) == len(said["en"])
    same = {fr for fr, en in zip(said["fr"], said["en"], strict=True) if fr == en and not MEASURE.fullmatch(fr)}
    assert same - both_ways() == set()


def both_ways() -> set[str]:
    """What is written alike in French and English."""
    tables = [locales.table(file.stem) for file in locales.FOLDER.glob("*.toml")]
    pairs = [(entry["fr"], entry["en"]) for table in tables for entry in table.values()]
    pairs += [(theme.name["fr"], theme.name["en"]) for theme in themes.all()]
    names = {family.name for family in fonts.families().values()} | set(FORMATS) | set(LANGUAGE_NAMES.values())
    return {fr for fr, en in pairs if fr == en} | names


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("appearance", APPEARANCES)
def test_the_first_byte_is_right_without_any_script(site: Running, browser: Browser, language: str, appearance: str):
    scheme = "dark" if appearance == "dark" else "light"
    context = browser.new_context(locale=LANGUAGES[language], color_scheme=scheme, java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    expect(page.locator("h1")).to_have_text(locales.text("landing.headline", "fr" if language == "fr" else "en"))
    assert page.get_attribute("html", "lang") == language
    context.close()


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_no_flash_of_the_other_appearance(site: Running, browser: Browser, appearance: str):
    """The colours of the first frame are those of the last."""
    context = browser.new_context(color_scheme="dark" if appearance == "dark" else "light")
    context.add_init_script(
        """requestAnimationFrame(function look() {
          window.grounds ??= new Set();
          if (document.body) window.grounds.add(getComputedStyle(document.documentElement).backgroundColor);
          requestAnimationFrame(look);
        })"""
    )
    page = context.new_page()
    connect(page, site.url)
    assert len(page.evaluate("[...window.grounds]")) == 1
    context.close()


@pytest.mark.parametrize("route", PAGES)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(site: Running, browser: Browser, route: str):
    with visit(browser, site.url, route) as visiting:
        page = visiting.page
        page.keyboard.press("Tab")
        reached: list[int] = []
        while focused := page.evaluate(FOCUSED):
            assert focused["outlined"], focused["html"]
            if focused["place"] in reached[:-1]:
                break  # around the end
            reached.append(focused["place"])
            page.keyboard.press("Tab")
        assert len(set(reached)) > 6
        assert reached == sorted(reached)


@pytest.mark.parametrize("route", PAGES)
def test_the_first_key_skips_to_the_content(site: Running, browser: Browser, route: str):
    with visit(browser, site.url, route) as visiting:
        visiting.page.keyboard.press("Tab")
        visiting.page.keyboard.press("Enter")
        expect(visiting.page.locator("main")).to_be_focused()
        assert visiting.page.url == f"{site.url}{route}#main"


# What has the focus: its place among all elements, and whether one sees it there. A frame shows its own.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const outlined = [element, element.nextElementSibling, element.parentElement]
    .some((part) => part && getComputedStyle(part).outlineStyle !== "none");
  return {
    place: [...document.querySelectorAll("*")].indexOf(element),
    outlined: outlined || element.matches("iframe"),
    html: element.outerHTML.slice(0, 200),
  };
}"""


# ---- language and appearance -----------------------------------------------------------------------------------


def test_the_chosen_language_stays(site: Running, browser: Browser):
    with visit(browser, site.url, "/templates", language="fr") as visiting:
        page = visiting.page
        expect(page.locator("h1")).to_have_text("Modèles")
        page.get_by_role("button", name="English").first.click()
        expect(page.locator("h1")).to_have_text("Templates")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page).to_have_title(locales.text("templates.page_title", "en"))
        page.reload()
        expect(page.locator("h1")).to_have_text("Templates")
        page.goto(site.url)
        expect(page.locator("h1")).to_have_text(locales.text("landing.headline", "en"))


def test_an_address_can_name_the_language(site: Running, browser: Browser):
    with visit(browser, site.url, "/templates?lang=en", language="fr") as visiting:
        expect(visiting.page.locator("h1")).to_have_text("Templates")
        expect(visiting.page.locator("html")).to_have_attribute("lang", "en")


def test_search_engines_find_each_language(site: Running, browser: Browser):
    with visit(browser, site.url, "/templates") as visiting:
        for language in LANGUAGES:
            address = f"{site.url}/templates?lang={language}"
            found = visiting.page.request.get(address)
            assert f'<{address}>; rel="alternate"; hreflang="{language}"' in found.headers["link"]
            assert found.headers["content-language"] == language
            text = found.text()
            assert f'<html lang="{language}"' in text
            said = locales.text("templates.page_description", "fr" if language == "fr" else "en")
            assert text.count(f'content="{said}"') == 2
            picture = re.search(r'content="([^"]+)" property="og:image"', text)
            assert picture
            assert visiting.page.request.get(site.url + picture[1]).headers["content-type"] == "image/png"


def test_the_chosen_appearance_stays(site: Running, browser: Browser):
    with visit(browser, site.url, "/", appearance="light") as visiting:
        page = visiting.page
        page.get_by_role("button", name=locales.text("shell.appearance", "fr")).first.click()
        expect(page.locator("html")).to_have_class(re.compile("dark"))
        page.reload()
        expect(page.locator("html")).to_have_class(re.compile("dark"))


def test_a_lost_connection_is_said_and_unsaid(browser: Browser, tmp_path: Path):
    with running(tmp_path / "data") as app, visit(browser, app.url, "/") as visiting:
        said = visiting.page.get_by_text(locales.text("shell.offline", "fr"))
        expect(said).to_be_hidden()
        app.stop()
        expect(said).to_be_visible(timeout=30_000)
        with running(tmp_path / "data", port=app.port):
            expect(said).to_be_hidden(timeout=30_000)


def test_a_refused_event_is_said_in_the_visitors_words(site: Running, browser: Browser):
    """An event that no page of ours sends: the socket is tampered with on its way."""
    context = browser.new_context(locale=LANGUAGES["en"])

    def tamper(tab: WebSocketRoute) -> None:
        server = tab.connect_to_server()
        tab.on_message(lambda message: server.send(str(message).replace('"compact"', '"no-such-template"')))

    page = context.new_page()
    page.route_web_socket(re.compile("/_event"), tamper)
    page.goto(site.url)
    expect(cv(page, "landing-cv")).to_contain_text("Isla Ferreira-Grant")
    page.locator(".chip", has_text="Compact").click()
    toast = page.locator("[data-sonner-toast]")
    expect(toast).to_contain_text(themes.TemplateNotFound().message("en"))
    expect(page.get_by_label("Modern", exact=True)).to_be_checked()
    toast.get_by_role("button", name=locales.text("shell.close", "en")).click()
    expect(toast).to_have_count(0)
    context.close()


# ---- landing ---------------------------------------------------------------------------------------------------


def test_the_landing_cv_follows_what_is_typed_and_chosen(site: Running, browser: Browser):
    with visit(browser, site.url, "/") as visiting:
        page = visiting.page
        sheet = cv(page, "landing-cv")
        expect(sheet).to_contain_text(page.get_by_label("Nom").input_value())
        page.get_by_label("Nom").fill("Zoé <b>Été</b>")
        expect(sheet).to_contain_text("Zoé <b>Été</b>")
        page.get_by_label("Métier").fill("Dompteuse de lettres")
        expect(sheet).to_contain_text("Dompteuse de lettres")

        def accent() -> str:
            return str(sheet.evaluate("(sheet) => getComputedStyle(sheet).getPropertyValue('--accent')"))

        before = accent()
        page.locator(".swatch").nth(2).click()
        expect(page.locator(".swatch input").nth(2)).to_be_checked()
        expect(sheet).not_to_have_css("--accent", before)
        page.locator(".chip", has_text="Compact").click()
        expect(page.get_by_label("Compact")).to_be_checked()
        expect(sheet).to_contain_text("Zoé <b>Été</b>")
        expect(page.locator(".table-note")).to_contain_text("page")


def test_the_landing_cv_speaks_the_visitors_language(site: Running, browser: Browser):
    with visit(browser, site.url, "/") as visiting:
        page = visiting.page
        expect(cv(page, "landing-cv")).to_contain_text("Maëlle Tanguy")
        page.get_by_role("button", name="English").first.click()
        expect(cv(page, "landing-cv")).to_contain_text("Isla Ferreira-Grant")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Isla Ferreira-Grant")


def test_one_click_leads_to_the_editor(site: Running, browser: Browser):
    with visit(browser, site.url, "/") as visiting:
        links = visiting.page.get_by_role("link", name=locales.text("landing.start", "fr"))
        assert {link.get_attribute("href") for link in links.all()} == {"/generate"}


def test_the_documentation_of_the_api_is_one_click_away(site: Running, browser: Browser):
    with visit(browser, site.url, "/") as visiting:
        visiting.page.get_by_role("link", name=locales.text("landing.api_link", "fr")).click()
        visiting.page.wait_for_url("**/api/docs")
        expect(visiting.page.get_by_text("/api/cv/jobs").first).to_be_visible()


# ---- gallery ---------------------------------------------------------------------------------------------------


def test_every_template_is_there_by_its_true_picture(site: Running, browser: Browser):
    with visit(browser, site.url, "/templates") as visiting:
        page = visiting.page
        expect(page.locator(".gallery-card")).to_have_count(len(themes.all()))
        for picture in page.locator(".gallery-picture img").all():
            picture.scroll_into_view_if_needed()
            page.wait_for_function(
                "(image) => image.complete && image.naturalWidth > 600", arg=picture.element_handle()
            )
            width, height = picture.evaluate("(image) => [image.naturalWidth, image.naturalHeight]")
            assert abs(height / width - 297 / 210) < 0.01


def test_filters_narrow_count_and_clear(site: Running, browser: Browser):
    premium = [theme for theme in themes.all() if theme.premium]
    creative = [theme for theme in themes.all() if theme.style == "creative"]
    with visit(browser, site.url, "/templates", language="en") as visiting:
        page = visiting.page
        cards = page.locator(".gallery-card")
        choices = page.locator(".filters .chip")
        choices.filter(has_text=f"Premium{len(premium)}").click()
        expect(cards).to_have_count(len(premium))
        choices.filter(has_text="Creative").click()
        both = [theme for theme in creative if theme.premium]
        expect(cards).to_have_count(len(both))
        expect(page.get_by_role("status").filter(has_text="template")).to_contain_text(str(len(both)))
        choices.filter(has_text="Minimal").click()
        choices.filter(has_text="1 page").click()
        expect(cards).to_have_count(0)
        page.get_by_role("button", name=locales.text("templates.clear", "en")).click()
        expect(cards).to_have_count(len(themes.all()))


def test_a_close_look_by_keyboard(site: Running, browser: Browser):
    first, second = themes.all()[:2]
    with visit(browser, site.url, "/templates", language="en") as visiting:
        page = visiting.page
        page.locator(".gallery-picture").first.focus()
        page.keyboard.press("Enter")
        dialog = page.locator("dialog[open]")
        expect(dialog.get_by_role("heading", name=first.name["en"])).to_be_visible()
        expect(cv(page, "template-cv")).to_contain_text("Isla Ferreira-Grant")
        page.keyboard.press("ArrowRight")
        expect(dialog.get_by_role("heading", name=second.name["en"])).to_be_visible()
        use = dialog.get_by_role("link", name=locales.text("templates.use", "en"))
        expect(use).to_have_attribute("href", f"/generate?template={second.slug}")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(page.locator(".gallery-picture").first).to_be_focused()


def test_the_menu_of_a_small_window(site: Running, browser: Browser):
    with visit(browser, site.url, "/", width=360) as visiting:
        page = visiting.page
        page.get_by_role("button", name="Menu").click()
        page.locator("#menu").get_by_role("link", name="Modèles").click()
        expect(page.locator("h1")).to_have_text("Modèles")
        expect(page.locator("#menu:popover-open")).to_have_count(0)


def test_an_unknown_address_is_said_to_be_one(site: Running, browser: Browser):
    with visit(browser, site.url, "/no-such-page", language="en") as visiting:
        expect(visiting.page.locator("h1")).to_have_text(locales.text("not_found.title", "en"))
        assert visiting.page.request.get(f"{site.url}/no-such-page").status == 404
