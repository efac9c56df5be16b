"""The page: every word of the document once, as text; nothing fetched or run; language, title and author right."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree.ElementTree import Element

import pytest
import tinyhtml5

from cvstudio import render
from cvstudio.document import CUSTOM, SECTIONS, Document, samples
from cvstudio.document import model as m
from cvstudio.document.model import CV_LANGUAGES
from cvstudio.render import themes
from cvstudio.render.contacts import one_line
from tests import documents

SLUGS = [theme.slug for theme in themes.all()]
# Fields that no reader of a page looks for: the country where a region is given, the name where the address says it.
UNSEEN = {(m.Basics, "image"), (m.Location, "country_code"), (m.Profile, "network"), (m.Profile, "username")}
SCRIPTED = {"script", "iframe", "object", "embed", "link", "base", "form", "input", "button", "math", "svg", "use"}


def parse(page: str) -> Element:
    """By the HTML5 algorithm, as a browser would."""
    return tinyhtml5.parse(page, namespace_html_elements=False)


def words(element: Element) -> str:
    return one_line("".join(element.itertext()))


def _parts(part: m.Part) -> list[m.Part]:
    found = [part]
    for name in type(part).model_fields:
        value = getattr(part, name)
        children = value if isinstance(value, list) else [value]
        found += [one for child in children if isinstance(child, m.Part) for one in _parts(child)]
    return found


def _texts(document: Document) -> list[str]:
    """Every text of the document that a page shows, a line each."""
    shown: list[str] = []
    for part in _parts(document):
        if isinstance(part, m.Meta | m.Studio | m.Design | m.Document):
            continue
        for name in type(part).model_fields:
            value = getattr(part, name)
            if name in ("id", "key", "hidden") or (type(part), name) in UNSEEN:
                continue
            texts = value if isinstance(value, list) else [value]
            for text in (text for text in texts if isinstance(text, str)):
                text = (
                    re.sub(r"^https?://(www\.)?", "", text, flags=re.IGNORECASE).rstrip("/") if name == "url" else text
                )
                shown += filter(None, map(one_line, text.split("\n")))
    return shown


def _marked() -> Document:
    """Every field filled with a word of its own."""
    count = 0

    def fill(part: m.Part) -> None:
        nonlocal count
        for name, field in type(part).model_fields.items():
            if name in ("id", "key"):
                continue
            if field.annotation in (str, list[str]):
                count += 1
                setattr(part, name, f"Mot{count}x" if field.annotation is str else [f"Mot{count}x"])
            elif isinstance(value := getattr(part, name), m.Location):
                fill(value)

    document = Document()
    fill(document.basics)
    for items, kind in [
        (document.basics.profiles, m.Profile),
        *((document.section(key), kind) for key, kind in SECTIONS.items()),
    ]:
        items.append(kind())  # type: ignore[arg-type]
        fill(items[-1])
    document.custom = [m.CustomSection(title="Mot0x", items=[m.CustomItem()])]
    fill(document.custom[0].items[0])
    document.studio.sections = [m.SectionSetting(key=key, title=f"Titre{key}") for key in ("summary", *SECTIONS)]
    return document


@pytest.mark.parametrize("slug", SLUGS)
def test_every_field_is_shown_once(slug):
    document = _marked()
    document.studio.template = slug
    body = parse(render.html(document)).find("body")
    assert body is not None
    seen = Counter(re.findall(r"Mot\d+x|Titre[a-z]+", words(body)))
    assert seen == Counter(_texts(document))


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("build", ["two_pages_fr", "two_pages_en", "long_words", "rtl", "cjk", "sixty_skills"])
def test_every_word_is_shown(slug, build):
    document = documents.ALL[build]()
    document.studio.template = slug
    # Dates come out in words.
    for part in _parts(document):
        for name in ("start_date", "end_date", "date", "release_date"):
            if hasattr(part, name):
                setattr(part, name, "")
    text = words(parse(render.html(document)))
    assert [line for line in _texts(document) if line not in text] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_hostile_texts_are_texts(slug):
    clean = samples.load("fr")
    hostile = documents.hostile()
    for document in (clean, hostile):
        document.studio.template = slug
    tree = parse(render.html(hostile, photo_src=documents.PHOTO))
    text = words(tree)
    assert [line for line in _texts(hostile) if line not in text] == []

    known_tags, known_names = _vocabulary(parse(render.html(_marked(), photo_src=documents.PHOTO)))
    known_tags |= _vocabulary(parse(render.html(clean)))[0]
    known_names |= _vocabulary(parse(render.html(clean)))[1]
    tags, names = _vocabulary(tree)
    assert tags <= known_tags
    assert names <= known_names
    assert not tags & (SCRIPTED - {"svg"})
    assert not any(name.startswith("on") for name in names)
    for element in tree.iter():
        for name, value in element.attrib.items():
            if name == "href":
                assert element.tag == "a"
                assert re.match(r"https?://[a-z0-9]|mailto:|tel:", value), value
            elif name in ("src", "srcset", "data", "action", "background", "poster"):
                assert value == documents.PHOTO


def _vocabulary(tree: Element) -> tuple[set[str], set[str]]:
    return {element.tag for element in tree.iter()}, {name for element in tree.iter() for name in element.attrib}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_asks_for_nothing_from_outside(slug):
    document = samples.load("fr")
    document.studio.template = slug
    tree = parse(render.html(document, photo_src=documents.PHOTO, watermark=True))
    for style in tree.iter("style"):
        assert not re.search(r"url\(|@import|image-set|expression|javascript", "".join(style.itertext()), re.IGNORECASE)
    assert not [element.tag for element in tree.iter() if element.tag in SCRIPTED - {"svg"}]
    assert [image.get("src") for image in tree.iter("img")] in ([documents.PHOTO], [])


@pytest.mark.parametrize("slug", SLUGS)
def test_the_policy_comes_before_anything_it_governs(slug):
    document = samples.load("en")
    document.studio.template = slug
    head = parse(render.html(document)).find("head")
    assert head is not None
    first, second, *rest = head
    assert first.get("charset") == "utf-8"
    assert second.get("http-equiv") == "Content-Security-Policy"
    policy = second.get("content") or ""
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'none'" in policy
    assert {element.tag for element in rest} == {"title", "meta", "style"}


@pytest.mark.parametrize("language", CV_LANGUAGES)
def test_language_title_and_author(language):
    document = samples.load("en")
    document.studio.language = language
    document.basics.name = 'Zoé "Z" <Martin> & fils'
    tree = parse(render.html(document))
    assert tree.get("lang") == language
    title = tree.find("head/title")
    assert title is not None
    assert title.text == f"{document.basics.name} – {document.basics.label}" == render.title(document)
    author = tree.find("head/meta[@name='author']")
    assert author is not None
    assert author.get("content") == document.basics.name


@pytest.mark.parametrize(
    ("basics", "title"),
    [({}, "CV"), ({"name": "A"}, "A"), ({"label": "B"}, "B"), ({"name": " A\n", "label": " B  C "}, "A – B C")],
)
def test_the_title_makes_do_with_what_there_is(basics, title):
    document = Document.load({"basics": basics})
    assert render.title(document) == title
    found = parse(render.html(document)).find("head/title")
    assert found is not None
    assert found.text == title


@pytest.mark.parametrize("slug", SLUGS)
def test_no_heading_is_empty(slug):
    """A blank document, and entries of which only dates or only a text is there."""
    sparse = {
        "work": [{"startDate": "2020"}, {"summary": "Texte."}, {"location": "Ici"}],
        "custom": [{"items": [{"summary": "Permis B"}]}],
        "references": [{"reference": "Sur demande."}],
        "skills": [{"keywords": ["a", "b"]}, {"level": "Expert"}],
        "languages": [{"fluency": "Courant"}],
    }
    for raw in ({}, sparse, {"basics": {"label": "Métier"}}):
        document = Document.load(raw)
        document.studio.template = slug
        tree = parse(render.html(document))
        assert [tag for tag in ("h1", "h2", "h3", "h4", "li") for one in tree.iter(tag) if not words(one)] == []


def test_the_preview_is_the_printed_body():
    document = samples.load("fr")
    preview = render.preview(document, photo_src=documents.PHOTO, watermark=True)
    page = render.html(document, photo_src=documents.PHOTO, watermark=True)
    assert f"<body>{preview.body}</body>" in page
    assert preview.css in page
    assert preview.language == "fr"


def test_a_section_of_ones_own_can_be_found_by_its_key():
    document = samples.load("fr")
    body = render.preview(document).body
    assert f'data-path="{CUSTOM}{document.custom[0].id}"' in body


def test_no_line_begins_with_a_sign_that_french_sets_apart():
    document = Document()
    document.basics.name = "Ada"
    document.basics.summary = "De 54 % à 91 % : « oui », à 3 €/h ; vraiment ? Un :80, a :b et 5 000 km"
    held = "De 54~% à 91~%~: «~oui~», à 3~€/h~; vraiment~? Un :80, a :b et 5 000 km".replace("~", "\u00a0")
    assert held in render.preview(document).body
    assert "\u00a0" not in render.text(document)


@pytest.mark.parametrize("slug", SLUGS)
def test_texts_from_right_to_left_stand_apart(slug):
    document = documents.rtl()
    document.studio.template = slug
    tree = parse(render.html(document))
    apart = {words(one) for one in tree.iter("bdi")}
    job = document.work[0]
    assert {job.position, job.name, *job.highlights, document.work[1].summary} <= apart
    assert not any("bdi" in value for one in tree.iter() for value in one.attrib.values())
    latin = samples.load("fr")
    latin.studio.template = slug
    assert "<bdi>" not in render.html(latin)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_figure_in_a_key_has_a_key_drawn_around_it(slug):
    document = Document.load({"basics": {"name": "<b>A 1️⃣", "summary": "#️⃣ \"*⃣' علي"}})
    document.studio.template = slug
    page = render.html(document).partition("<body>")[2]
    assert "<kbd>1</kbd></h1>" in page
    assert "<bdi><kbd>#</kbd> &#34;<kbd>*</kbd>&#39; علي</bdi>" in page
    assert "\u20e3" not in page
    assert "<b>" not in page
