"""Every theme, present and future, passes the same gates: a sound manifest, styles that break and print alike,
and files that a recruiter's machine reads as a person does."""

from __future__ import annotations

import html as markup
import io
import os
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest

from cvstudio import render
from cvstudio.document import SECTION_KEYS, Document
from cvstudio.document.model import Profile, Skill, SpokenLanguage, Work
from cvstudio.render import fonts, themes, view
from cvstudio.render.chromium import Chromium
from tests import documents

ALL = themes.all()
SLUGS = [theme.slug for theme in ALL]
every_theme = pytest.mark.parametrize("slug", SLUGS)

NUMBERS = {
    "modern": 1,
    "tech": 2,
    "compact": 3,
    "spacious": 4,
    "classic": 5,
    "creative": 6,
    "executive": 7,
    "minimal": 8,
    "atelier": 9,
    "horizon": 10,
}
# A design may leave the summary's title to screen readers.
UNSEEN = {"spacious": ("summary",)}
# pdftotext by itself guesses an order from the looks of the page: it reads a column to its end, and dates after all
# that stands left of them, in any CV. Its words and the contacts at the top are asked for, its order is not ours.
OWN_ORDER = "pdftotext, in its own order"
# Designs that live on white space: how many pages the samples may take.
ROOMY = {"minimal": 3, "spacious": 4}


def _document(slug: str, make: Callable[[], Document] = documents.two_pages, **knobs: object) -> Document:
    document = make()
    document.studio.template = slug
    for knob, value in knobs.items():
        setattr(document.studio.design, knob, value)
    return document


# ---- the manifest


def test_every_theme_of_the_product_is_there_under_its_number() -> None:
    assert {theme.slug: theme.number for theme in ALL} == NUMBERS
    assert all(themes.get(str(number)) is themes.get(slug) for slug, number in NUMBERS.items())


@every_theme
def test_manifest(slug: str) -> None:
    theme = themes.get(slug)
    for words in (theme.name, theme.description):
        assert set(words) == {"fr", "en"}
        assert all(text.strip() == text and text for text in words.values())
    assert all(30 <= len(text) <= 160 for text in theme.description.values())
    assert theme.accents[0] == theme.defaults.accent
    assert len(set(theme.accents)) == len(theme.accents) >= 4
    assert all(re.fullmatch(r"#[0-9a-f]{6}", accent) for accent in theme.accents)
    assert theme.defaults.font in fonts.families()
    assert not theme.heading_font or theme.heading_font in fonts.families()
    known = {*SECTION_KEYS, "custom"}
    for keys in (theme.side, theme.order, theme.supported_sections):
        assert set(keys) <= known
        assert len(set(keys)) == len(keys)
    assert set(theme.limits) == {"experiences", "highlights", "skills"}
    narrow, normal, wide = theme.margins.narrow, theme.margins.normal, theme.margins.wide
    assert all(8 <= a < b < c <= 40 for a, b, c in zip(narrow, normal, wide, strict=True))


def test_names_and_designs_differ() -> None:
    for language in ("fr", "en"):
        assert len({theme.name[language] for theme in ALL}) == len(ALL)
        assert len({theme.description[language] for theme in ALL}) == len(ALL)
    assert len({theme.template_css for theme in ALL}) == len(ALL)


# ---- the styles


@every_theme
def test_styles_hold_nothing_that_parts_preview_from_print(slug: str) -> None:
    css = re.sub(r"/\*.*?\*/", "", themes.get(slug).template_css, flags=re.DOTALL)
    assert css.count("{") == css.count("}") > 10
    for forbidden in (r"url\(", r"@import", r"@font-face", r"@media", r"\d(?:[sld]?v(?:h|w|min|max))\b", r"!important"):
        assert not re.search(forbidden, css), forbidden
    # A page from right to left is the same one in a mirror; what floats is painted, and read, before all else.
    assert not re.search(r"(?:margin|padding|border)-(?:left|right)|text-align:\s*(?:left|right)|float:", css)
    assert set(re.findall(r"font-weight:\s*([^;}]+)", css)) <= {"400", "700"}
    # What is positioned is painted last, and read last. Only a title for screen readers is.
    for rule in re.findall(r"\{([^{}]*position:[^{}]*)\}", re.sub(r"background-position", "", css)):
        assert "clip-path" in rule, rule


@every_theme
def test_a_theme_without_margins_repeats_its_padding_on_every_page(slug: str) -> None:
    theme = themes.get(slug)
    assert (
        theme.bleed == ("box-decoration-break: clone" in theme.template_css) == ("var(--my)" in theme.template_css)
    ), "bleed and padding belong together"


KNOBS: dict[str, object] = {
    "accent": "#facc15",
    "font": "ubuntu",
    "size": 12.0,
    "density": "airy",
    "margins": "wide",
    "page": "Letter",
    "photo": "rounded",
    "dates": "year",
}


@every_theme
@pytest.mark.parametrize("knob", KNOBS)
def test_every_knob_changes_the_page(slug: str, knob: str) -> None:
    plain = render.html(_document(slug, photo="circle"), photo_src=documents.PHOTO)
    assert render.html(_document(slug, **{"photo": "circle", knob: KNOBS[knob]}), photo_src=documents.PHOTO) != plain
    if knob not in ("photo", "dates"):
        name = {"accent": "accent", "density": "d"}.get(knob)
        assert name is None or f"var(--{name}" in themes.get(slug).template_css


@every_theme
def test_photo_shapes(slug: str) -> None:
    for shape in ("circle", "square", "rounded"):
        page = render.html(_document(slug, photo=shape), photo_src=documents.PHOTO)
        assert f'<img class="photo {shape}"' in page
    assert "<img" not in render.html(_document(slug, photo="none"), photo_src=documents.PHOTO)
    assert "<img" not in render.html(_document(slug, photo="circle"))


# ---- the markup


@every_theme
@pytest.mark.parametrize("name", documents.ALL)
def test_every_document_renders_with_headings_in_order(slug: str, name: str) -> None:
    document = _document(slug, documents.ALL[name])
    shown = view.build(document, themes.get(slug))
    page = render.html(document)
    headings = re.findall(r"<h([1-6])[ >]", page)
    assert headings.count("1") == 1
    assert all(int(after) - int(before) <= 1 for before, after in pairwise(headings))
    text = _visible(page)
    for section in shown.sections:
        assert section.title in text
        for entry in section.entries:
            for words in (entry.title, entry.org, entry.place, entry.dates, entry.note, *entry.bullets, *entry.tags):
                assert words in text, (section.key, words)
    assert all(contact.text in text for contact in shown.contacts)


@every_theme
def test_owners_order_titles_and_hiding_are_followed(slug: str) -> None:
    document = _document(slug)
    settings = [s.model_copy() for s in document.section_settings(themes.get(slug).order)]
    settings.reverse()
    for setting in settings:
        setting.hidden = setting.key == "projects"
        setting.title = "Mes langues" if setting.key == "languages" else ""
    document.studio.sections = settings
    page = render.html(document)
    shown = view.build(document, themes.get(slug))
    titles = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    expected = [section.title for section in (*shown.main, *shown.side)]
    if slug == "creative":  # the column is read first, after the contacts
        expected = [shown.words["contact"], *(s.title for s in (*shown.side, *shown.main))]
    elif not _in_columns(slug):
        expected = [section.title for section in shown.sections]
    assert [markup.unescape(title) for title in titles] == expected
    assert "Mes langues" in titles
    assert "Livraison du dernier kilomètre" not in page


def _in_columns(slug: str) -> bool:
    return bool(themes.get(slug).side)


# ---- the file, as machines read it


@dataclass
class Printed:
    """One CV as a file, and what three extractors make of it."""

    document: Document
    page: str
    file: bytes
    pdftotext: Path

    @cached_property
    def shown(self) -> view.View:
        return view.build(self.document, themes.get(self.document.studio.template), documents.PHOTO)

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """Extractor → text of each page."""
        pdf = pypdfium2.PdfDocument(self.file)
        reader = pypdf.PdfReader(io.BytesIO(self.file))
        return {
            "pdfium": [page.get_textpage().get_text_range() for page in pdf],
            "pypdf": [page.extract_text() for page in reader.pages],
            "pdftotext": self._by_poppler("-raw"),
            OWN_ORDER: self._by_poppler(),
        }

    def _by_poppler(self, *options: str) -> list[str]:
        command = [self.pdftotext, "-enc", "UTF-8", *options, "-", "-"]
        text = subprocess.run(command, input=self.file, capture_output=True, check=True).stdout.decode()
        return text.removesuffix("\f").split("\f")

    @cached_property
    def words(self) -> list[str]:
        """What a person sees, word by word."""
        text = _visible(self.page)
        for key in UNSEEN.get(self.document.studio.template, ()):
            text = text.replace(next(s.title for s in self.shown.sections if s.key == key), "", 1)
        return text.split()


@pytest.fixture(scope="session")
def pdftotext() -> Path:
    """Poppler's. No Python package carries it: where it is missing and we may, Debian's is installed."""
    if not shutil.which("pdftotext") and shutil.which("apt-get") and os.geteuid() == 0:
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "poppler-utils"]):
            subprocess.run(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=60", *step], capture_output=True, check=False)
    found = shutil.which("pdftotext")
    assert found, "These tests read PDFs with pdftotext: install the package poppler-utils."
    return Path(found)


@pytest.fixture(scope="module", params=[(slug, lang) for slug in SLUGS for lang in ("fr", "en")], ids="-".join)
def printed(request: pytest.FixtureRequest, chromium: Chromium, pdftotext: Path) -> Printed:
    slug, lang = request.param
    document = _document(slug, lambda: documents.two_pages(lang))
    page = render.html(document, photo_src=documents.PHOTO)
    file = chromium.pdf(page, title="CV", author=document.basics.name, lang=lang)
    return Printed(document, page, file, pdftotext)


def _visible(page: str) -> str:
    body = page[page.index("<body>") :]
    return markup.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</(?:p|li|h\d|div|ul|section|header)>", "\n", body)))


def _letters(text: str) -> Counter[str]:
    """Letters and digits. pdfium takes the second of two equal letters that touch for a shadow: doubles count once."""
    plain = unicodedata.normalize("NFKC", text).upper().casefold()
    return Counter(letter for letter in re.sub(r"([^\W\d_])\1+", r"\1", plain) if letter.isalnum())


def _bare(word: str) -> str:
    """Without the marks that a design may leave to screen readers: "Transports," in a list of chips."""
    return word.casefold().replace("ß", "ss").strip(",;:.·")


def _squeezed(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).upper().casefold() if letter.isalnum())


def test_no_letter_is_lost_doubled_or_joined(printed: Printed) -> None:
    expected = _letters(" ".join(printed.words))
    for extractor, pages in printed.texts.items():
        text = re.sub(r"[\x02\ufffe]", "", "\n".join(pages))
        found = _letters(text)
        # pdfium joins a word or two where a face kerns against the space, and then counts a double letter once.
        assert ((expected - found) + (found - expected)).total() <= (2 if extractor == "pdfium" else 0), extractor
        assert not re.search("[\ufb00-\ufb06]", text), f"{extractor}: a ligature"


def test_words_stay_apart(printed: Printed) -> None:
    """All of them: what is left over is an extractor's doing."""
    for extractor, pages in printed.texts.items():
        text = "\n".join(pages)
        found = Counter(map(_bare, text.split()))
        lost = Counter(bare for word in printed.words if (bare := _bare(word))) - found
        whole = _squeezed(re.sub(r"[\x02\ufffe]", "", text))
        for word in list(lost):
            # A hyphen at the end of a line is taken for hyphenation, by all three.
            broken = "-" in word and _squeezed(word) in whole
            # pypdf parts what another font's small figures stand in: "CO₂".
            small = extractor == "pypdf" and any(unicodedata.decomposition(x).startswith("<su") for x in word)
            if broken or (small and _squeezed(word) in whole):
                del lost[word]
        # pdfium joins words where a face kerns against the space.
        joined = {word for word in lost if extractor == "pdfium" and _squeezed(word) in whole}
        assert not lost.keys() - joined, (extractor, lost)
        assert lost.total() <= 0.012 * len(printed.words), (extractor, lost)


def test_name_role_and_contacts_come_first(printed: Printed) -> None:
    basics = printed.document.basics
    for extractor, pages in printed.texts.items():
        lines = [line for line in pages[0].splitlines() if line.strip()][:10]
        top = _squeezed(" ".join(lines))
        assert top.startswith(_squeezed(basics.name)) or extractor == OWN_ORDER, (extractor, lines)
        for words in (basics.label, basics.email, basics.phone):
            assert _squeezed(words) in top, (extractor, words, lines)


def test_sections_are_read_in_order_and_keep_their_titles(printed: Printed) -> None:
    """A title is directly followed by its first entry, on the same page; on a page, titles come as in the markup."""
    unseen = UNSEEN.get(printed.document.studio.template, ())
    titles = [markup.unescape(title) for title in re.findall(r"<h2[^>]*>(.*?)</h2>", printed.page)]
    for extractor, pages in printed.texts.items():
        if extractor == OWN_ORDER:
            continue
        squeezed = [_squeezed(re.sub(r"[\x02\ufffe]", "", page)) for page in pages]
        places: dict[str, tuple[int, int]] = {}
        for section in printed.shown.sections:
            if section.key in unseen:
                continue
            if section.paragraphs:
                starts = [section.paragraphs[0][:30]]
            else:
                first = section.entries[0]
                starts = [first.title, f"{first.dates} {first.title}"]
            needles = [_squeezed(f"{section.title} {start}") for start in starts]
            places[section.title] = next(
                ((n, text.index(needle)) for n, text in enumerate(squeezed) for needle in needles if needle in text),
                (-1, -1),
            )
            assert places[section.title][0] >= 0, (extractor, section.title, "is parted from its first entry")
        for number in range(len(pages)):
            here = [places[title][1] for title in titles if title in places and places[title][0] == number]
            assert here == sorted(here), (extractor, number)


def test_tagged_with_headings_and_lists(printed: Printed) -> None:
    with pikepdf.open(io.BytesIO(printed.file)) as pdf:
        tags = Counter(
            str(item.S)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.StructElem
        )
        styles = {
            str(item.Subtype)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.Font
        }
        names = " ".join(
            str(item.get("/BaseFont", ""))
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == pikepdf.Name.Font
        )
    assert tags["/H1"] == 1
    unseen = UNSEEN.get(printed.shown.theme.slug, ())
    assert tags["/H2"] == len(re.findall("<h2", printed.page)) - len(unseen)
    assert tags["/H3"] == len(re.findall("<h3", printed.page))
    assert tags["/LI"] >= len(re.findall("<li", printed.page))
    assert styles
    assert "/Type3" not in styles
    design = printed.shown.design
    for family in {design.font, printed.shown.theme.heading_font or design.font}:
        assert fonts.families()[family].name.replace(" ", "") in names


def test_careers_of_two_pages_take_two(printed: Printed) -> None:
    assert len(printed.texts["pypdf"]) <= ROOMY.get(printed.shown.theme.slug, 2)


LONG: dict[str, dict[str, object]] = {
    "as designed": {},
    "large": {"size": 11.5, "density": "airy", "margins": "wide"},
    "small": {"size": 8.5, "density": "compact", "margins": "narrow", "page": "Letter"},
}


@every_theme
@pytest.mark.parametrize("knobs", LONG.values(), ids=LONG)
def test_no_page_but_the_last_is_left_a_third_blank(slug: str, knobs: dict[str, object], chromium: Chromium) -> None:
    document = _document(slug, documents.five_pages, **knobs)
    page = render.html(document, photo_src=documents.PHOTO)
    pdf = pypdfium2.PdfDocument(chromium.pdf(page, title="CV", author="", lang="fr"))
    for number in range(len(pdf) - 1):
        text = pdf[number].get_textpage()
        lowest = min(text.get_rect(rect)[1] for rect in range(text.count_rects()))
        assert lowest / pdf[number].get_height() < 0.33, f"page {number + 1} of {len(pdf)}"


@every_theme
def test_a_skill_and_a_language_stay_whole_wherever_the_page_ends(slug: str, chromium: Chromium) -> None:
    """Above all where a design sets them side by side."""

    def pages(lines: int) -> list[str]:
        document = _document(slug, Document)
        document.basics.name = "Lou Martin"
        document.work = [Work(name="Atelier", highlights=[f"Ligne-{line}" for line in range(lines)])]
        document.skills = [Skill(name=f"Famille{n}", keywords=["savoir"] * 20 + [f"Fin{n}"]) for n in range(3)]
        document.languages = [SpokenLanguage(language=f"Langue{n}", fluency=f"Niveau{n}") for n in range(3)]
        pdf = pypdfium2.PdfDocument(chromium.pdf(render.html(document), title="CV", author="", lang="fr"))
        return [page.get_textpage().get_text_range() for page in pdf]

    most = pages(90)[0].count("Ligne-")
    for lines in range(most - 16, most):
        found = pages(lines)
        for first, last in ("Famille", "Fin"), ("Langue", "Niveau"):
            for n in range(3):
                assert [f"{first}{n}" in page for page in found] == [f"{last}{n}" in page for page in found], lines


ADDRESS = "marie-charlotte.van-den-bossche@hautes-etudes-appliquees.example.org"
PROFILE = "linkedin.com/in/marie-charlotte-van-den-bossche-5a3b51247"


@every_theme
def test_an_address_breaks_between_its_parts(slug: str, chromium: Chromium) -> None:
    """And not in the middle of a word, however narrow its column."""
    document = _document(slug, documents.blank)
    document.basics.name, document.basics.email = "Marie-Charlotte van den Bossche", ADDRESS
    document.basics.profiles = [Profile(network="LinkedIn", url=f"https://www.{PROFILE}")]
    file = chromium.pdf(render.html(document), title="CV", author="", lang="fr")
    text = pypdf.PdfReader(io.BytesIO(file)).pages[0].extract_text()
    for address in ADDRESS, PROFILE:
        found = re.search("\n?".join(map(re.escape, address)), text)
        assert found, (address, text)
        lines = found[0].split("\n")
        assert all(line.endswith(("@", "/", "-", ".")) for line in lines[:-1]), lines
        assert len(lines) == 1 or min(map(len, lines)) > 3, lines


@every_theme
def test_a_page_under_a_name_in_hebrew_is_set_from_the_right(slug: str, chromium: Chromium) -> None:
    """As one under a Latin name is set from the left."""

    def name(text: str) -> tuple[float, float]:
        """How far its first letter is from the edge that it is read from, and its last word from that letter."""
        document = _document(slug, documents.rtl)
        document.basics.name = text
        (page,) = pypdfium2.PdfDocument(chromium.pdf(render.html(document), title="CV", author="", lang="en"))
        written = page.get_textpage()
        letters = written.get_text_range()
        first, last = (written.get_charbox(letters.index(letter)) for letter in (text[0], text.split()[-1][0]))
        return (first[0], last[0] - first[0]) if text.isascii() else (page.get_width() - first[2], first[2] - last[2])

    latin, hebrew = name("Liat Ben David"), name("ליאת בן דוד")
    assert min(latin[1], hebrew[1]) > 0
    assert slug == "classic" or abs(latin[0] - hebrew[0]) < 4  # that one is centred
