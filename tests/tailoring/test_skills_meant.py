"""One plain word is a skill of a trade only where the work is of that trade; names and longer names always are."""

import pytest

from cvstudio.tailoring import esco
from cvstudio.tailoring.offer_analysis import analyse
from cvstudio.tailoring.skills_meant import is_name, trade_of

CLINIC = """Orthoptiste

Vos missions :
- Réaliser les bilans de la vue avant opération
- Rééduquer la vision binoculaire des enfants
- Saisir les résultats dans WordPress
"""


WE = "\n\nNotre équipe compte douze personnes et travaille du lundi au vendredi, près de la gare."


def skills(text: str) -> set[str]:
    return {skill.label for skill in analyse(text).skills}


def test_a_word_of_another_trade_is_no_skill_and_a_name_is():
    assert skills(CLINIC) == {"WordPress"}
    assert "clôtures" in skills(CLINIC.replace("Orthoptiste", "Comptable"))


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Notions de premiers secours", "fr", ["premiers secours"]),
        ("Connaissance de Notion", "fr", ["Jira"]),
        ("Notion, Slack", "fr", ["Jira", "Microsoft Teams"]),
        ("Make sure that guests are well", "en", []),
        ("Elle conduit les apprentissages", "fr", []),
        ("Conduite de camions", "fr", ["conduite de véhicules"]),
        ("Diplôme national de conseiller funéraire", "fr", []),
        ("Level 3 Diploma in Animal Management", "en", []),
        ("Rigoureuse et discrète", "fr", ["rigueur", "discrétion"]),
    ],
)
def test_what_a_word_alone_says(text, language, found):
    assert [one.label for one in esco.find(text, language)] == found


def test_a_word_between_others_of_its_trade_is_a_skill_in_any_job():
    offer = analyse("Maçon\n\nVos missions :\n- Microbiologie, chimie, analyses de laboratoire\n- Monter des murs" + WE)
    assert {"microbiologie", "chimie"} <= {skill.label for skill in offer.skills}


def test_words_that_any_line_may_hold_and_acronyms_of_other_trades_are_no_skills():
    tasks = ("Entretien annuel des poêles à granulés", "Dépannage à domicile")
    offer = analyse("\n- ".join(["Ramoneur\n\nVos missions :", *tasks]) + WE)
    assert "plan de formation" not in {skill.label for skill in offer.skills}
    offer = analyse(
        "Senior Tax Accountant\n\nYou will prepare tax returns for owners. CTA or ACA qualified, three years served."
    )
    assert [skill.label for skill in offer.skills if skill.said == "CTA"] == []


def test_a_quality_named_within_a_task_is_not_asked_for():
    offer = analyse(
        "Maître de cérémonie\n\nVos missions :\n- L’organisation des obsèques\n- L’accueil des patients" + WE
    )
    assert not any(esco.kind(skill.uri) == "quality" for skill in offer.skills)


def test_a_skill_keeps_the_offers_words():
    offer = analyse("Comptable\n\nProfil :\n- Maîtrise de Cegid et d’Excel\n- Gestion des stocks" + WE)
    assert [skill.said for skill in offer.skills] == ["Cegid", "Excel", "Gestion des stocks"]


def test_an_unknown_occupation_has_the_trade_that_its_lines_speak_of():
    lines = [esco.find(text, "fr") for text in ("Banque et assurance", "Vente de crédits", "Recouvrement")]
    assert trade_of(lines) == "office"
    assert trade_of(lines[:1]) == ""
    assert trade_of([]) == ""


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("Maîtrise de Cegid", "Cegid", True),
        ("Cegid", "Cegid", False),
        ("SAP", "SAP", False),
        ("Usage de SAP", "SAP", True),
        ("WordPress et autres", "WordPress", True),
        ("for Education, Health and Care Plans", "Care", False),
        ("les bilans", "bilans", False),
    ],
)
def test_what_is_written_as_a_name(text, word, name):
    assert is_name(text, text.index(word), text.index(word) + len(word)) is name
