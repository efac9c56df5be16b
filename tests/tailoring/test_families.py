"""A verb and the noun of its act are one word to the match; words that only look alike stay two."""

import pytest

from cvstudio.tailoring.families import family
from cvstudio.tailoring.likeness import Terms, likeness, terms

FRENCH = """
accompagner accompagnement accompagnez|accueillir accueil|rédiger rédaction rédigez rédigé|conduisez conduite
vérifier vérification|gérer gestion gérez|vendre vente vendu|acheter achat|souder soudure soudage|suivre suivi
livrer livraison|concevoir conception|appliquer application|élinguer élingage|définir définition|traduire traduction
superviser supervision|réviser révision|rééduquer rééducation|planifiez planification|soigner soins
"""
ENGLISH = """
restore restoration restored|prepare preparation|supervise supervision|deliver delivery delivering|describe descriptions
manage management|train training|apply applications|analyse analysis|comply compliance|sell sales|catalogue cataloguing
"""
APART = {
    "fr": "gestes gestion|conduit conduite|facteur facture|position pose|étage étagère",
    "en": "found foundation|import importance|form formation|person personnel",
}


@pytest.mark.parametrize(("language", "table"), [("fr", FRENCH), ("en", ENGLISH)])
def test_words_of_one_act(language, table):
    for line in table.replace("\n", "|").strip("|").split("|"):
        keys = {term.key for word in line.split() for term in terms(word, language)}
        assert len(keys) == 1, line


@pytest.mark.parametrize(("language", "pair"), [(one, pair) for one, row in APART.items() for pair in row.split("|")])
def test_words_that_only_look_alike(language, pair):
    one, other = pair.split()
    assert family(one, language) != family(other, language)


def test_a_line_answers_in_a_noun_what_the_offer_asks_in_a_verb():
    asked = Terms(["Accompagner les familles et rédiger les contrats"], "fr")
    found = likeness(terms("Accompagnement de familles, rédaction de contrats", "fr"), asked, {})
    assert found.asked == 1
