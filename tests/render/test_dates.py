"""Dates in a CV's language, at the precision they were given."""

import pytest

from cvstudio.render.dates import format_date, format_range


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
