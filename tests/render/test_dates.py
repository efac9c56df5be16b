"""Dates in a CV's language, at the precision they were given."""

import pytest

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.form_view import PRESENT
from cvstudio.document.model import CV_LANGUAGES
from cvstudio.render.dates import format_date, format_range
from cvstudio.render.labels import label


@pytest.mark.parametrize(
    ("date", "style", "fr", "en"),
    [
        ("2020", "short", "2020", "2020"),
        ("2020", "long", "2020", "2020"),
        ("2020-03", "short", "mars 2020", "Mar 2020"),
        ("2020-09", "short", "sept. 2020", "Sep 2020"),
        ("2020-02", "long", "février 2020", "February 2020"),
        ("2020-03", "numeric", "03/2020", "03/2020"),
        ("2020-03", "year", "2020", "2020"),
        ("2020-03-14", "short", "mars 2020", "Mar 2020"),
        ("2020-03-14", "long", "14 mars 2020", "March 14, 2020"),
        ("2020-03-01", "long", "1er mars 2020", "March 1, 2020"),
        ("2020-03-14", "numeric", "14/03/2020", "03/2020"),
        ("March 2020", "short", "mars 2020", "Mar 2020"),
        ("printemps 2020", "short", "printemps 2020", "printemps 2020"),
        ("<b>", "numeric", "<b>", "<b>"),
        ("", "short", "", ""),
    ],
)
def test_a_date_in_both_languages(date, style, fr, en):
    assert format_date(date, style, "fr") == fr
    assert format_date(date, style, "en") == en


@pytest.mark.parametrize(
    ("language", "short", "long", "whole", "numeric", "first", "going"),
    [
        ("de", "März 2020", "März 2020", "14. März 2020", "14.03.2020", "1. März 2020", "März 2020 – heute"),
        (
            "es",
            "mar 2020",
            "marzo de 2020",
            "14 de marzo de 2020",
            "14/03/2020",
            "1 de marzo de 2020",
            "mar 2020 – actualidad",
        ),
        ("it", "mar 2020", "marzo 2020", "14 marzo 2020", "14/03/2020", "1º marzo 2020", "mar 2020 – presente"),
        (
            "pt",
            "mar. 2020",
            "março de 2020",
            "14 de março de 2020",
            "14/03/2020",
            "1º de março de 2020",
            "mar. 2020 – presente",
        ),
    ],
)
def test_a_date_in_the_other_languages(language, short, long, whole, numeric, first, going):
    assert format_date("2020-03", "short", language) == short
    assert format_date("2020-03", "long", language) == long
    assert format_date("2020-03-14", "long", language) == whole
    assert format_date("2020-03-14", "numeric", language) == numeric
    assert format_date("2020-03-01", "long", language) == first
    assert format_date("2020-03", "year", language) == "2020"
    assert format_range("2020-03", "", "short", language) == going


@pytest.mark.parametrize("language", CV_LANGUAGES)
def test_a_written_date_reads_back_as_itself(language):
    for month in range(1, 13):
        for style in ("short", "long", "numeric"):
            assert normalise(format_date(f"2020-{month:02d}", style, language)) == f"2020-{month:02d}"
        assert normalise(format_date(f"2020-{month:02d}-01", "long", language)) == f"2020-{month:02d}-01"
    assert is_present(label("present", language))
    assert is_present(PRESENT[language])


@pytest.mark.parametrize(
    ("start", "end", "fr", "en"),
    [
        ("2020-03", "2021-05", "mars 2020 – mai 2021", "Mar 2020 – May 2021"),
        ("2020-03", "", "mars 2020 – présent", "Mar 2020 – Present"),
        ("2020-03", "present", "mars 2020 – présent", "Mar 2020 – Present"),
        ("2020-03", "aujourd’hui", "mars 2020 – présent", "Mar 2020 – Present"),
        ("2020-03", "2020-03-20", "mars 2020", "Mar 2020"),
        ("", "2018", "2018", "2018"),
        ("", "Présent", "présent", "Present"),
        ("", "", "", ""),
        ("un jour", "2020", "un jour – 2020", "un jour – 2020"),
    ],
)
def test_a_range_in_both_languages(start, end, fr, en):
    assert format_range(start, end, "short", "fr") == fr
    assert format_range(start, end, "short", "en") == en
