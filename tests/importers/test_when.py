import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvstudio.importers import when
from cvstudio.render.dates import format_date, format_range

DATES = st.one_of(
    st.integers(1950, 2049).map(str),
    st.tuples(st.integers(1950, 2049), st.integers(1, 12)).map(lambda d: f"{d[0]}-{d[1]:02d}"),
)
STYLES = st.sampled_from(["short", "long", "numeric"])
LANGUAGES = st.sampled_from(["fr", "en"])


@given(DATES, DATES | st.just(""), STYLES, LANGUAGES)
def test_ranges_as_we_print_them_are_read_back(start, end, style, language):
    printed = format_range(start, end, style, language)
    span = when.find(printed)
    assert span is not None
    assert span.alone
    if span.single:
        assert format_date(start, style, language) == printed
        assert span.end == start
    else:
        backwards = len(start) == len(end) and end < start  # nothing ends before it begins
        assert (span.start, span.end) == ((end, start) if backwards else (start, end))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Mars 2019 – présent", "2019-03", ""),
        ("depuis 2021", "2021", ""),
        ("Since January 2020", "2020-01", ""),
        ("de sept. 2015 à févr. 2020", "2015-09", "2020-02"),
        ("09/2015 - 02/2020", "2015-09", "2020-02"),
        ("2018-2020", "2018", "2020"),
        ("Jan – Mar 2020", "2020-01", "2020-03"),
        ("JUIL. 2023 – PRÉSENT", "2023-07", ""),
        ("1er mars 2019 – 30 avril 2019", "2019-03-01", "2019-04-30"),
        ("2016 to date", "2016", ""),
        ("octobre 2015 - Present (8 ans 2 mois)", "2015-10", ""),
        ("Present – 02/2019", "2019-02", ""),
        ("printemps 2019 – été 2020", "printemps 2019", "été 2020"),
    ],
)
def test_ranges_as_people_write_them(text, start, end):
    span = when.find(text)
    assert span is not None
    assert (span.start, span.end, span.alone) == (start, end, True)


def test_what_stands_around_the_dates_is_kept():
    span = when.find("Analyst, Acme (2019 – 2021)")
    assert span is not None
    assert (span.before, span.start, span.end) == ("Analyst, Acme", "2019", "2021")
    assert when.find("2019 – 2021. Analyst, Acme.").after == "Analyst, Acme"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Prix 2019 de la ville",
        "412 k€ en 2020 pour",
        "06 39 98 41 07",
        "de 2100 à 2300 tonnes",
        "99,8 %",
        "2015 clients",
    ],
)
def test_numbers_that_are_no_dates(text):
    assert when.find(text) is None


@given(st.text(max_size=120))
def test_any_text_is_survived(text):
    span = when.find(text)
    assert span is None or span.start or span.end


def test_until_when_a_ticket_is_valid_is_its_date() -> None:
    for text in ("Valid to 2027", "IPAF 3a, valid until 2027", "CACES 3, valable jusqu'en 2027"):
        span = when.find(text)
        assert span is not None
        assert (span.end, "val" in span.before.casefold()) == ("2027", False), text


def test_dates_in_spanish_and_portuguese() -> None:
    span = when.find("Enfermera de urgencias\tmarzo de 2019 – actualidad")
    assert span is not None
    assert (span.start, span.end, span.before) == ("2019-03", "", "Enfermera de urgencias")
    span = when.find("março de 2015 a fevereiro de 2019")
    assert span is not None
    assert (span.start, span.end) == ("2015-03", "2019-02")
