"""A line is shortened by whole clauses and brackets only, in its own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvstudio.tailoring.shorten import LEAST, cuts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Démarque d’entrepôt réduite de 38 % (412 k€) : rotation contrôlée au scan, alertes à J-5.",
            [
                "Démarque d’entrepôt réduite de 38 % : rotation contrôlée au scan, alertes à J-5.",
                "Démarque d’entrepôt réduite de 38 %.",
            ],
        ),
        (
            "Moved monthly reporting to a tested SQL pipeline, saving four days every month",
            ["Moved monthly reporting to a tested SQL pipeline"],
        ),
        ("Négociation avec sept transporteurs du Grand Ouest ; mais sans clause de gazole", []),  # turns it round
        ("Le site de Nantes, fermé en 2020 par le groupe, a rouvert en 2022", []),  # no sentence would be left
        ("Calcul des besoins pour 340 références et des coûts à 0,9 % près", []),
        ("Vente (conseil)", []),
        ("Encadrement de 14 préparateurs de nuit (intérim compris, hors caristes)", []),
    ],
)
def test_cuts(text: str, found: list[str]):
    assert cuts(text) == found


@given(st.text(alphabet="abc, ;:()–.’é0", max_size=120))
def test_each_cut_is_shorter_and_in_the_lines_own_letters(text: str):
    last = text
    for cut in cuts(text):
        assert LEAST <= len(cut) < len(last)
        letters = iter(text)
        assert all(letter in letters for letter in cut if letter.isalnum())  # in their order
        last = cut
