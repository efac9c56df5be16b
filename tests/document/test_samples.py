"""The two people we show: complete, well set, and nobody real."""

import re

import pytest

from cvstudio.document import SECTIONS, samples

LANGUAGES = ("fr", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_is_a_complete_cv(language):
    document = samples.load(language)
    assert document.studio.language == language
    assert document.basics.name
    assert document.basics.label
    assert len(document.basics.summary) > 200
    assert 3 <= len(document.work) <= 4
    assert any(len(job.highlights) >= 4 for job in document.work)
    assert document.custom[0].items
    filled = {key for key in SECTIONS if document.section(key)}
    assert filled >= set(SECTIONS) - {"publications", "references"}


def test_every_section_is_shown_by_one_of_them():
    assert all(any(samples.load(language).section(key) for language in LANGUAGES) for key in SECTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_load_is_a_fresh_copy(language):
    first = samples.load(language)
    first.work.clear()
    assert samples.load(language).work


@pytest.mark.parametrize("language", LANGUAGES)
def test_ids_are_written_down(language):
    assert samples.load(language) == samples.load(language)
    assert all(item.id.startswith(language) for key in SECTIONS for item in samples.load(language).section(key))


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_and_numbers_belong_to_nobody(language):
    basics = samples.load(language).basics
    assert basics.email.endswith("@example.org")
    assert basics.url.endswith(".example.org")
    # Ranges that Arcep and Ofcom keep for fiction.
    assert re.match(r"06 39 98|\+44 7700 900", basics.phone)


def test_french_is_set_as_french():
    for text in samples.load("fr").texts():
        if "://" in text:
            continue
        assert not re.search(r"['\"]", text), text
        assert not re.search(r"(?<=\S)[;!?»]|«(?!\u00a0)", re.sub(r"\u00a0[;:!?»%]", "", text)), text
        assert not re.search(r" [:;!?%€»]", text), text


def test_english_is_set_as_english():
    for text in samples.load("en").texts():
        assert not re.search(r"['\"]| [:;!?%]", text), text
