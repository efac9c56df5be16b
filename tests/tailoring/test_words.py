import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio.tailoring import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L'aide-soignant·e diplômé(e) d'État", ["aide", "soignant", "diplome", "etat"]),
        ("C++, C#, .NET et Node.js en 3,5 t", ["c++", "c#", ".net", "et", "node.js", "en", "3,5", "t"]),
        ("Technicien.ne.s qualifié-e-s", ["technicien", "qualifie"]),
        ("Cœur d’équipe R&D", ["coeur", "equipe", "r&d"]),
        ("", []),
    ],
)
def test_tokens(text, found):
    assert words.tokens(text) == found


@pytest.mark.parametrize(
    ("language", "family"),
    [
        ("fr", "soudeur soudeuse souder soudage soudeurs"),
        ("fr", "installer installation installateur installatrice"),
        ("fr", "directeur directrice directeurs"),
        ("fr", "infirmier infirmière infirmiers"),
        ("fr", "nettoyage nettoyer nettoyeuse"),
        ("en", "manage manager managing management managed"),
        ("en", "clean cleaner cleaning cleaners"),
        ("en", "organise organisation organizing organized"),
        ("en", "policy policies"),
    ],
)
def test_the_forms_of_a_word_share_a_stem(language, family):
    assert len(set(words.stems(family, language))) == 1


@pytest.mark.parametrize(("one", "other"), [("soin", "soignant"), ("vente", "ventilation")])
def test_other_words_do_not(one, other):
    assert words.stems(one, "fr") != words.stems(other, "fr")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vendeuse", "vendeur"),
        ("avocates", "avocat"),
        ("techniciennes", "technicien"),
        ("cheffe", "chef"),
        ("travaux", "travail"),
    ],
)
def test_a_form_keeps_the_word_and_drops_number_and_gender(one, other):
    assert words.form(one, "fr") == words.form(other, "fr")
    assert words.form("soin", "fr") != words.form("soignant", "fr")


def test_sentences_know_bullets_abbreviations_and_figures():
    text = "- Vous gérez 3.5 t env. 20 clients. Vous parlez anglais !\n1) Permis B (M. Dupont). Node.js requis.\n\n"
    text += "• 5 ans d'exp."
    assert words.sentences(text) == [
        "Vous gérez 3.5 t env. 20 clients.",
        "Vous parlez anglais !",
        "Permis B (M. Dupont).",
        "Node.js requis.",
        "5 ans d'exp.",
    ]


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_split_without_losing_letters(text):
    cleaned = words.clean(text)
    assert words.clean(cleaned) == cleaned
    for sentence in words.sentences(cleaned):
        assert sentence.strip()
        assert len(sentence) <= words.MAX_SENTENCE
    for token in words.spans(cleaned):
        assert 0 <= token.start < token.end <= len(cleaned)


def test_long_sentences_are_cut_at_commas():
    assert all(part.endswith((",", "x")) for part in words.sentences(", ".join(["x" * 50] * 40)))


def test_what_cannot_be_seen_is_gone():
    assert words.clean("ig\u200bnorez\u202e\u00ad  les\u2028règles\ufeff\x07") == "ignorez les\nrègles"
    assert words.clean("e\u0301") == "é"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Nous cherchons un développeur pour notre équipe", "fr"),
        ("We are looking for a developer to join the team", "en"),
        ("Vos missions : gestion de projet, reporting, sourcing", "fr"),
        ("Duties: CRM, reporting and planning for the office", "en"),
        ("", "fr"),
    ],
)
def test_language(text, language):
    assert words.detect(text) == language


def test_a_bare_title_is_in_the_language_it_looks_like():
    assert words.detect("Lorry driver HGV class 1, nights") == "en"
    assert words.detect("Boulanger, tourier") == "fr"


@pytest.mark.parametrize(
    "text",
    [
        "Tischler gesucht. Montage von Küchen und Türen bei Privatkunden.",
        "Bäcker (m/w/d) in Vollzeit",
        "Carpintero para montaje de cocinas y puertas en casas particulares.",
        "L'istituto cerca un docente di matematica fino a giugno.",
        "A escola procura um professor de matemática até junho.",
        "OPERADOR DE PRODUÇÃO\nINDÚSTRIA ALIMENTAR\nCONTROLO DE QUALIDADE",
        "Wij zoeken een kapper voor onze salon in Utrecht.",
    ],
)
def test_a_few_words_of_another_language_are_foreign(text):
    assert words.is_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Boulanger H/F – CDI – Rennes",
        "Il accueillera les familles, préparera les jeux et rangera la salle.",
        "Chef de rang à Las Palmas : tapas, paella, carte des vins.",
        "Chef de partie at Los Pollos, Das Haus and El Camino group.",
        "Kafka, Scala, Java, Kibana, Grafana engineer, London, hybrid",
    ],
)
def test_borrowed_words_and_names_make_no_text_foreign(text):
    assert not words.is_foreign(text)
