"""Numbers are the same however they are written."""

import pytest

from cvstudio.tailoring.numbers import numbers


@pytest.mark.parametrize(
    ("texts", "canon"),
    [
        (("1 200 clients", "1\u202f200 clients", "1,200 clients", "1200 clients", "twelve hundred clients"), "1200"),
        (("15 % de", "15% of", "fifteen percent of", "quinze pour cent de"), "15%"),
        (("1,2 M€", "€1.2m", "1,2 million d'euros", "1 200 000 €"), "1200000€"),
        (("50k users", "50 000 users", "fifty thousand users"), "50000"),
        (("quatre-vingt-dix patients", "90 patients", "ninety patients"), "90"),
        (("quatre-vingts", "80", "eighty"), "80"),
        (("vingt et un", "21", "twenty-one"), "21"),
        (("deux cent cinq", "two hundred and five", "205"), "205"),
        (("une douzaine de", "a dozen", "douze"), "12"),
        (("12,50 €", "€12.50"), "12.5€"),
    ],
)
def test_written_differently_meant_alike(texts, canon):
    assert [[number.canon for number in numbers(text)] for text in texts] == [[canon]] * len(texts)


@pytest.mark.parametrize("text", ["une équipe", "one of them", "B2V et R489", ""])
def test_articles_and_names_are_no_numbers(text):
    assert numbers(text) == ()


def test_a_range_is_two_numbers():
    assert [number.canon for number in numbers("from 9.2% to 6.1%")] == ["9.2%", "6.1%"]
