"""Offers given in French and in English: what is said twice counts once, what is said once stays."""

import pytest

from cvstudio.tailoring.match import match
from cvstudio.tailoring.offer_analysis import analyse
from cvstudio.tailoring.profile import profile
from cvstudio.tailoring.tailor import tailor
from tests.tailoring.people import document

FRENCH = """Chef de partie (H/F) - Montréal
La Verrière, restaurant de 60 couverts, recrute un chef de partie en CDI.

Vos missions
- Préparer et dresser les plats du poste chaud, 90 couverts par service
- Former deux commis et les apprentis
- Gérer les stocks et passer les commandes dans Excel
- Appliquer les règles HACCP

Votre profil
- CAP cuisine exigé
- 3 ans d'expérience dans un poste similaire
- Anglais courant apprécié

Nous offrons deux jours de repos et une mutuelle.
"""
ENGLISH = """Chef de partie (M/F) - Montreal
La Verrière, a 60-seat restaurant, is looking for a chef de partie, permanent.

Your duties
- Prepare and plate the dishes of the hot section, 90 covers per service
- Train two commis chefs and the apprentices
- Manage stocks and place orders in Excel
- Apply HACCP rules

Your profile
- A CAP in cooking is required
- 3 years of experience in a similar position
- Fluent English is a plus

We offer two days off and health insurance.
"""
# Prose, paragraph by paragraph.
WOVEN = """Technicien de maintenance / Maintenance technician, Bruxelles

Vous assurez la maintenance préventive des lignes d'embouteillage et dépannez les automates Siemens. Vous tenez la GMAO
à jour et rendez compte au responsable de production.

You carry out preventive maintenance on the bottling lines and repair the Siemens PLCs. You keep the CMMS up to date and
report to the production manager.

Vous avez un bac pro en électrotechnique et 2 ans d'expérience en industrie. Le permis B est obligatoire.

You have a vocational diploma in electrical engineering and 2 years of experience in industry. A category B driving
licence is required.
"""
SIDES = """Réceptionniste / Receptionist - Genève

Missions / Duties
- Accueillir les clients à leur arrivée / Welcome the guests on their arrival
- Encaisser les factures et tenir la caisse / Take payments and keep the till
- Répondre au téléphone et aux messages / Answer the phone and the messages
- Organiser les transferts vers l'aéroport / Organise the transfers to the airport
"""
CV = profile(document())


def asked(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.text, one.need, tuple(skill.uri for skill in one.skills)) for one in analyse(text).requirements]


@pytest.mark.parametrize("rule", ["\n", "\n\n---\n\n", "\nEnglish version below\n\n"])
def test_a_second_half_in_the_other_language_counts_once(rule):
    alone, both = analyse(FRENCH), analyse(FRENCH + rule + ENGLISH)
    assert both.requirements == alone.requirements
    assert both.keywords == alone.keywords
    assert both.language == "fr"
    assert (both.title, both.company, both.years, both.contract) == (alone.title, alone.company, 3, "permanent")
    assert match(CV, both) == match(CV, alone)
    assert [(one.text, one.relevance_score) for one in tailor(CV, both).envelope.widgets] == [
        (one.text, one.relevance_score) for one in tailor(CV, alone).envelope.widgets
    ]
    assert "Train two commis chefs and the apprentices" in both.noise  # seen, not scored


def test_the_language_it_begins_with_is_kept():
    alone, both = analyse(ENGLISH), analyse(ENGLISH + "\n\n" + FRENCH)
    assert both.language == "en"
    assert both.requirements == alone.requirements
    assert match(CV, both).score == match(CV, alone).score


def test_paragraphs_given_twice_count_once():
    french = [text for text, _, _ in asked(WOVEN)]
    assert not [text for text in french if " the " in f" {text} " or "You " in text]
    assert any("GMAO" in text for text in french)
    assert any("permis B" in text for text in french)
    assert any("Siemens PLCs" in text for text in analyse(WOVEN).noise)


def test_lines_given_side_by_side_count_once():
    offer = analyse(SIDES)
    assert [one.text for one in offer.requirements] == [
        "Accueillir les clients à leur arrivée",
        "Encaisser les factures et tenir la caisse",
        "Répondre au téléphone et aux messages",
        "Organiser les transferts vers l'aéroport",
    ]
    assert "Take payments and keep the till" in offer.noise


def test_what_the_second_language_alone_asks_for_stays():
    both = analyse(FRENCH + "\n" + ENGLISH.replace("- Fluent English", "- Dutch is required at B2\n- Fluent English"))
    assert [one.text for one in both.requirements if "Dutch" in one.text] == ["Dutch is required at B2"]
    assert len(both.requirements) == len(analyse(FRENCH).requirements) + 1


@pytest.mark.parametrize(
    "text",
    [
        # The house in French, the job in English.
        "Comptable / Accountant\n\nFondée en 1987, notre société conçoit des pompes pour l'industrie et emploie 300"
        " personnes à Lyon et à Lille. Nos équipes vous accueillent dans un cadre agréable près de la gare.\n\n"
        "You keep the ledgers in SAP, prepare the VAT returns and close the month.\nYou answer the auditors.\n"
        "You have 5 years of experience in accounting.\nFluent French is required.\n",
        # Duties in French, what is asked for in English.
        "Développeur Java (H/F)\n\nVos missions\n- Concevoir des services en Java et Spring\n- Relire le code\n"
        "- Automatiser les tests\n- Suivre la production\n\nRequirements\n- 5 years of Java and Spring\n"
        "- A degree in computer science\n- Knowledge of Docker and Kubernetes\n- Fluent English\n",
        # A paragraph of other content.
        FRENCH + "\nYou will also spend one week a month in our Boston kitchen, where you train the team and show the"
        " new menu to the guests. You need a valid passport and you must speak English to lead a service.\n",
        # Another job of the same house.
        FRENCH + "\nWaiter\n\nYour duties\n- Welcome guests and take orders\n- Serve wine and clear the tables\n"
        "- Present the menu\n- Cash up at night\n\nYour profile\n- Friendly manner\n- Sommelier training is required\n"
        "- Good memory\n",
    ],
    ids=["house", "halves", "paragraph", "another job"],
)
def test_what_is_said_once_stays(text):
    offer = analyse(text)
    told = " ".join(one.sentence for one in offer.requirements)
    for line in text.splitlines():
        if line.startswith(("- ", "You ")) or " is required" in line:
            for sentence in line.removeprefix("- ").split(". "):
                assert sentence.rstrip(".") in told
