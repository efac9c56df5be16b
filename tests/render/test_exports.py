"""Markdown that any reader takes for the same words, plain text, and JSON Resume that loses nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from cvstudio import render
from cvstudio.document import Document, samples
from cvstudio.render import themes, view
from tests import documents
from tests.document.generated import documents as generated

EXPORTS = {"md": render.markdown, "txt": render.text, "json": render.json_resume}
# CommonMark, with what GitHub adds to it.
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BLOCKS = {"heading", "paragraph", "bullet_list", "list_item"}
INLINE = {"text", "em_open", "em_close", "strong_open", "strong_close", "link_open", "link_close"}


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("name", ["two_pages_fr", "two_pages_en", "short", "blank"])
def test_exports_are_as_they_were(golden, name, kind):
    document = documents.ALL[name]()
    golden(f"{name}.{kind}", EXPORTS[kind](document))


def _read(markdown: str) -> list[str]:
    """The texts, block by block, as a CommonMark reader finds them; nothing but plain blocks is in there."""
    texts = []
    for token in READER.parse(markdown):
        if token.type == "inline":
            assert {child.type for child in token.children or ()} <= INLINE, token.content
            texts.append("".join(child.content for child in token.children or ()))
        else:
            assert token.type.removesuffix("_open").removesuffix("_close") in BLOCKS, (token.type, token.content)
    return texts


def _expected(document: Document) -> list[str]:
    seen = view.build(document, themes.get(document.studio.template))
    texts = [seen.name, seen.role, " · ".join(link.text for link in seen.contacts)]
    for section in seen.sections:
        texts += [section.title, *section.paragraphs]
        for entry in section.entries:
            if section.kind in ("skills", "languages", "interests"):
                named = f"{entry.title} – {entry.note}" if entry.note else entry.title
                texts.append(named + (seen.words["colon"] + ", ".join(entry.tags) if entry.tags else ""))
                continue
            about = " · ".join(filter(None, (entry.org, entry.place, entry.dates, entry.note)))
            texts += [entry.title, about, *entry.paragraphs, *entry.bullets, ", ".join(entry.tags)]
            texts.append(entry.link.text if entry.link else "")
    return [text for text in texts if text]


@pytest.mark.parametrize("name", documents.ALL)
def test_markdown_reads_as_the_same_texts(name):
    document = documents.ALL[name]()
    assert _read(render.markdown(document)) == _expected(document)


@settings(max_examples=100, deadline=None)
@given(generated())
def test_any_markdown_reads_as_the_same_texts(document):
    assert _read(render.markdown(document)) == _expected(document)


MARKUP = [
    *("# x", "#", "####### x", "x #", "x ##", "- x", "-", "+ x", "* x", "> x", "1. x", "1) x", "123456789. x", "---"),
    *("***", "___", "===", "```", "~~~", "~~x~~", "<b>", "</p>", "<!--", "&amp;", "&#60;", "&#x3c;", "&", "[x](y)"),
    *(
        "![x](y)",
        "[x]: http://y",
        "[x]",
        "*x*",
        "**x**",
        "_x_",
        "__x__",
        "snake_case_x",
        "2*3*4",
        "`x`",
        "a | b",
        "|-|",
    ),
    *(
        "\\",
        "\\*",
        "x\\",
        "    x",
        "\tx",
        "http://example.org",
        "<http://example.org>",
        "C#",
        "F# x",
        "$x$",
        "x:",
        ": x",
    ),
    *("(x)", ". x", ") x", "= x", "\u00a0x\u00a0", "1986. Une bonne année", "-5 %", "#1", "x\u2028y", "*", "**", "_"),
]


@pytest.mark.parametrize("words", MARKUP)
def test_what_looks_like_markup_is_text_wherever_it_stands(words):
    document = Document.load(
        {
            "basics": {"name": words, "label": words, "summary": f"{words}\n{words}", "phone": words},
            "work": [{"position": words, "name": words, "summary": words, "highlights": [words, f"x {words}"]}],
            "skills": [{"name": words, "level": words, "keywords": [words]}],
            "projects": [{"name": "x", "keywords": [words, words], "url": f"https://example.org/{words}"}],
            "meta": {"studio": {"sections": [{"key": "work", "title": words}]}},
        }
    )
    assert _read(render.markdown(document)) == _expected(document)


def test_markdown_links_lead_where_they_say():
    document = Document.load(
        {
            "basics": {"email": "a@example.org", "url": "javascript:alert(1)"},
            "projects": [{"name": "x", "url": "https://example.org/a>b (c)[d]"}, {"url": "example.org/<e>"}],
        }
    )
    tokens = [child for token in READER.parse(render.markdown(document)) for child in token.children or ()]
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert links == ["mailto:a@example.org", "https://example.org/%3Ce%3E"]


@pytest.mark.parametrize("name", documents.ALL)
def test_plain_text_has_every_text_of_the_page(name):
    document = documents.ALL[name]()
    text = render.text(document)
    seen = view.build(document, themes.get(document.studio.template))
    for section in seen.sections:
        assert section.title.upper() in text
        for entry in section.entries:
            for part in (entry.title, entry.org, entry.dates, *entry.paragraphs, *entry.bullets, *entry.tags):
                assert part in text
    assert "\n\n\n" not in text


def test_what_is_hidden_on_the_page_is_hidden_in_words_and_kept_in_json():
    document = samples.load("fr")
    job, school = document.work[0], document.education[0]
    document.studio.hidden = [job.id, document.basics.profiles[0].id]
    document.studio.sections = [section for section in document.section_settings() if section.key == "education"]
    document.studio.sections[0].hidden = True
    for export in (render.markdown, render.text):
        words = export(document)
        assert job.position not in words
        assert school.institution not in words
        assert "linkedin" not in words
    kept = render.json_resume(document)
    assert job.position in kept
    assert school.institution in kept


@pytest.mark.parametrize("name", documents.ALL)
def test_json_resume_comes_back_equal(name):
    document = documents.ALL[name]()
    assert Document.load(json.loads(render.json_resume(document))) == document


def test_french_has_its_spaces_and_english_has_none():
    assert "- Entrepôt\u00a0: Trois températures" in render.markdown(samples.load("fr"))
    assert "- Data: SQL" in render.markdown(samples.load("en"))
    assert "mars 2020 – présent" in render.text(samples.load("fr"))
    assert "May 2021 – Present" in render.text(samples.load("en"))
