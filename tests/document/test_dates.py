"""Dates as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvstudio.document.dates import is_present, normalise
from cvstudio.document.model import DATE


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("2020", "2020"),
        ("2020-03", "2020-03"),
        ("2020-03-14", "2020-03-14"),
        (" 2020-03 ", "2020-03"),
        ("2020-3", "2020-03"),
        ("2020/03", "2020-03"),
        ("2020.3.4", "2020-03-04"),
        ("03/2020", "2020-03"),
        ("3-2020", "2020-03"),
        ("14/03/2020", "2020-03-14"),
        ("14.03.2020", "2020-03-14"),
        ("03/14/2020", "2020-03-14"),
        ("04/03/2020", "2020-03-04"),
        ("mars 2020", "2020-03"),
        ("Mars 2020", "2020-03"),
        ("MARS\u00a02020", "2020-03"),
        ("1er mars 2020", "2020-03-01"),
        ("14 mars 2020", "2020-03-14"),
        ("févr. 2020", "2020-02"),
        ("fev 2020", "2020-02"),
        ("Février 2020", "2020-02"),
        ("août 2019", "2019-08"),
        ("aout 2019", "2019-08"),
        ("juil. 2019", "2019-07"),
        ("sept. 2019", "2019-09"),
        ("déc 2019", "2019-12"),
        ("janv. 2020", "2020-01"),
        ("March 2020", "2020-03"),
        ("Mar 2020", "2020-03"),
        ("Sept 2020", "2020-09"),
        ("March 14, 2020", "2020-03-14"),
        ("March 14th, 2020", "2020-03-14"),
        ("14th March 2020", "2020-03-14"),
        ("March, 2020", "2020-03"),
        ("14. März 2020", "2020-03-14"),
        ("Okt. 2019", "2019-10"),
        ("14 de marzo de 2020", "2020-03-14"),
        ("ene 2021", "2021-01"),
        ("1º maggio 2018", "2018-05-01"),
        ("giu 2018", "2018-06"),
        ("março de 2017", "2017-03"),
        ("2017-12-24T15:53:00", "2017-12-24"),
        ("2017-12-24T15:53:00.000Z", "2017-12-24"),
        # No date, or none we can be sure of: the person's own words.
        ("", ""),
        ("printemps 2020", "printemps 2020"),
        ("depuis  2020", "depuis 2020"),
        ("13/2020", "13/2020"),
        ("99/99/2020", "99/99/2020"),
        ("03/20", "03/20"),
        ("2020-13", "2020-13"),
        ("3020", "3020"),
        ("mars", "mars"),
        ("٢٠٢٠", "٢٠٢٠"),
        ("2017-99-24T15:53:00", "2017-99-24T15:53:00"),
        ("mars 2020 environ, plutôt vers la fin du mois", "mars 2020 environ, plutôt vers la fin du mois"),
    ],
)
def test_dates_are_understood_in_both_languages(typed, iso):
    assert normalise(typed) == iso


@given(st.text() | st.from_regex(r"[0-9]{1,4}[ /.-][a-z0-9é]{1,6}[ /.-][0-9]{1,4}"))
def test_understanding_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once
    assert DATE.fullmatch(once) or once == " ".join(text.split())


@pytest.mark.parametrize(
    "words",
    [
        *("présent", "Présent", "PRESENT", "present.", "aujourd'hui", "aujourd’hui", "à ce jour", "En cours", "actuel"),
        *("now", "Current", "to date", "(ongoing)", "jusqu’à présent"),
    ],
)
def test_what_goes_on(words):
    assert is_present(words)


@pytest.mark.parametrize("words", ["", "2020", "presenter", "actuelle mission", "now" * 5000])
def test_what_does_not(words):
    assert not is_present(words)
