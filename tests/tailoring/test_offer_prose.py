"""Offers without headings: what each sentence is, it says itself or takes from those before it."""

import pytest

from bench.eval.reading import ASKED, judged, told, wrong_facts
from cvstudio.tailoring import offer_facts, offer_lines
from cvstudio.tailoring.offer_analysis import analyse

OFFERS = [one for one in told() if one.part == "tuned"]
each = pytest.mark.parametrize("one", OFFERS, ids=[one.name for one in OFFERS])
MISREAD = {"b5", "b10", "b11", "c5", "c7", "c8"}  # titles, houses and places that nothing in the text gives away


@each
def test_sentences_are_told_apart(one):
    wrong = [found for found in judged(one) if (found.asked in ASKED) != bool(found.found)]
    assert wrong == [] or (one.name in MISREAD and len(wrong) <= 2)


@each
def test_what_the_job_is(one):
    assert list(wrong_facts(one)) == [] or one.name in MISREAD


def parts(text: str, **known: str) -> list[tuple[str, str]]:
    return [(line.part, line.text) for line in offer_lines.lines(text, **known)]


def test_a_sentence_that_says_nothing_goes_on_with_what_was_told():
    told = parts(
        "Vous répondez aux appels des résidents. Chaque incident est tracé puis transmis à l'équipe du matin.\n"
        "Le permis B est exigé. Deux langues, et du calme. CDI de 28 heures. Reste la bonne humeur de tous les jours."
    )
    assert [part for part, _ in told] == ["duties", "duties", "profile", "profile", "perks", "other"]


def test_who_has_the_job_is_the_subject():
    told = parts("From Monday to Friday the technician receives samples and runs tests.", title="Laboratory Technician")
    assert told[0][0] == "duties"
    assert parts("The technician is part of a team of eight.", title="Laboratory Technician")[0][0] != "duties"


def test_what_begins_with_the_employers_name_is_about_the_employer():
    sentence = "Halden Precision has moved into a bigger unit with order books full for two years."
    assert parts(sentence, company="Halden Precision")[0][0] == "company"


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("Tonte, taille de haies, élagage léger, pose de clôtures.", "duties"),
        ("La préparation des réunions du CSE fait aussi partie du poste.", "duties"),
        ("Calibrating balances and pH meters is shared across the bench.", "duties"),
        ("Il faudra parfois relancer les caisses et les mutuelles.", "duties"),
        ("On compte sur votre discrétion.", "profile"),
        ("Bonus if you speak German.", "profile"),
        ("Kindness matters more to us than certificates.", "profile"),
        ("Mutuelle prise en charge à 60 %.", "perks"),
        ("CDI à temps plein, roulement de dix heures.", "perks"),
        ("Company van and fuel card.", "perks"),
        ("La résidence Les Tilleuls est un EHPAD de 84 lits, rénové il y a trois ans.", "company"),
        ("Je me permets de relayer une offre de mon client, si vous avez quelqu'un.", "company"),
        ("La Verrière, restaurant de 60 couverts, recrute un chef de partie en CDI.", "other"),
        ("N'hésitez pas à faire suivre ce mail.", "apply"),
        ("Postuler Enregistrer Partager Signaler cette offre", "apply"),
        ("We use cookies to improve your experience.", "apply"),
    ],
)
def test_a_sentence_says_what_it_is(sentence, part):
    assert [found for found, _ in parts(sentence)] == [part]


LABEL = (
    "Technicien de laboratoire (H/F)\nBioAlpes\nAnnecy (74) - CDI\nDescription\nVous réalisez les analyses de biochimie"
    " et d'hématologie sur le plateau technique, validez les résultats et passez les contrôles de qualité avec vos"
    " collègues du matin et du soir. Deux années en laboratoire sont demandées.\n"
)


@pytest.mark.parametrize("heading", ["Offres similaires", "Ces annonces peuvent vous intéresser", "Similar jobs"])
def test_other_offers_below_are_not_this_one(heading):
    below = (
        f"{heading}\nTechnicien qualité - Rumilly - CDD 6 mois - temps partiel\nInfirmier préleveur - Permis B exigé\n"
    )
    alone, offer = analyse(LABEL), analyse(LABEL + below)
    assert offer.model_copy(update={"noise": ()}) == alone.model_copy(update={"noise": ()})
    assert "Infirmier préleveur - Permis B exigé" in offer.noise
    assert analyse(f"{heading}\n{LABEL}").requirements  # a link above, in a site's menu


@pytest.mark.parametrize(
    ("text", "language", "title"),
    [
        ("Cabinet de médecins à Rennes cherche secrétaire médicale H/F en CDI.", "fr", "Secrétaire médicale"),
        ("Ets Le Goff Paysages ch. jardinier paysagiste CDD 6 mois.", "fr", "Jardinier paysagiste"),
        ("Copper Kettle, a coffee shop in Leeds, needs a barista for weekends.", "en", "Barista"),
        ("WAREHOUSE OPERATIVES wanted, Wakefield, nights.", "en", "WAREHOUSE OPERATIVES"),
        ("Client is an architects' practice after a part-time Office Administrator.", "en", "Office Administrator"),
        ("Bench joiner wanted – Hereford", "en", "Bench joiner"),
        ("Our branch needs a part-time pharmacy technician (24 hours, permanent).", "en", "Pharmacy technician"),
        ("Bonjour,\nNotre client recherche 3 conseillers clientèle (H/F) pour Reims.", "fr", "Conseillers clientèle"),
    ],
)
def test_the_title_of_an_ad(text, language, title):
    assert offer_facts.title(text, {}, language).startswith(title)


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Marsh & Pike LLP is a three-partner firm in Exeter.", "Marsh & Pike LLP"),
        ("On cherche un vendeur.\nVélo & Co ouvre sa 12e boutique.", "Vélo & Co"),
        ("- Ledgerly is hiring a Sales Representative!", "Ledgerly"),
        ("Every glass of water has passed through one of Fenwater plc's works.", "Fenwater plc"),
        ("Ils cherchent un technicien.", ""),
        ("Sage 100 et Excel sont vos outils de tous les jours.", ""),
        ("Power BI est un plus.", ""),
        ("Alder & Finch Joinery makes sash windows.", "Alder & Finch Joinery"),
        ("We're Kestrel Pharmacy, four branches, still run by one family.", "Kestrel Pharmacy"),
    ],
)
def test_whose_offer_it_is(text, company):
    assert offer_facts.company(text, {}) == company


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Ledgerly is hiring a Sales Representative in Dublin!", "Dublin"),
        ("Set in gardens on the edge of Norwich, Birchfield House is home to 46 people.", "Norwich"),
        ("CDD 6 mois, secteur Vannes, 35h.", "Vannes"),
        ("Nous recherchons pour notre cabinet dentaire d'Angers une assistante.", "Angers"),
        ("DevOps Engineer\nLinkedIn · Promoted\nManchester, England · Hybrid · 2 weeks ago", "Manchester"),
        ("Salon de coiffure situé en plein centre de Dijon.", "Dijon"),
        ("A Level 2 Diploma in English or fluency in French, starting in March.", ""),
    ],
)
def test_where_it_is(text, place):
    assert offer_facts.place(text, {}) == place


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        ("Les automates Siemens, ce serait un vrai plus.", [("automates Siemens", "nice")]),
        ("Bonus if you speak German 🇩🇪", [("speak German", "nice")]),
        ("L'allemand est un vrai plus.", [("L'allemand", "nice")]),
        (
            "Vous tenez la veille, que vous restituez en notes.",
            [("Vous tenez la veille, que vous restituez en notes", "must")],
        ),
        ("Il vous sera aussi demandé de former les assistantes.", [("former les assistantes", "must")]),
        ("La tenue des dossiers fait aussi partie du poste.", [("tenue des dossiers", "must")]),
        ("Who thrives here?", []),
    ],
)
def test_a_requirement_is_told_without_what_frames_it(sentence, asked):
    offer = analyse(
        f"Comptable\n\nVous tenez les comptes et préparez les déclarations de deux filiales du groupe.\n{sentence}"
    )
    assert [(one.text, one.need) for one in offer.requirements[1:]] == asked


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("Vous recherchez les pannes et recrutez les intérimaires.", "duties"),
        ("Dépannage des machines : recherche de pannes, réglages, soudure.", "duties"),
        ("Tu améliores notre visibilité sur les moteurs de recherche.", "duties"),
        ("Vous faites vivre le magasin : vous formez et animez une équipe.", "duties"),
        ("L'agent passe l'aspirateur et vide les corbeilles de chaque étage.", "duties"),
        ("The person appointed will take over our largest accounts.", "duties"),
        ("She assists our partners at meetings.", "duties"),
        ("La participation aux synthèses complète l'activité.", "duties"),
        ("Joining our company means becoming part of a team in full growth.", "company"),
        ("Contrat saisonnier, logement possible, pourboires.", "perks"),
    ],
)
def test_words_of_the_trade_are_no_advertisement(sentence, part):
    assert parts(sentence, title="Agent d'entretien")[0][0] == part


@pytest.mark.parametrize(
    ("text", "contract"),
    [
        ("You show our apprentice the ropes. Full time, permanent.", "permanent"),
        ("Encadrement d'un apprenti. CDI.", "permanent"),
        ("Nous cherchons un apprenti boulanger.", "apprenticeship"),
        ("We are looking for an apprentice electrician.", "apprenticeship"),
        ("Outside IR35, £500 a day.", "freelance"),
    ],
)
def test_an_apprentice_to_teach_is_no_contract(text, contract):
    assert offer_facts.contract(text, {}) == contract
