"""The line a title stands in: which part is the trade, whose offer it is, where, and what goes on with the title."""

from __future__ import annotations

import pytest

from cvstudio.tailoring import offer_facts
from cvstudio.tailoring.offer_analysis import analyse

BELOW = {
    "fr": """

Missions
- Accueillir et accompagner les personnes
- Suivre les dossiers et rendre compte
- Travailler en équipe

Profil
- Expérience de deux ans sur un poste similaire
- Rigueur, sens du contact
""",
    "en": """

What you will do
- Look after people day to day
- Keep records and report to your manager
- Work as part of a team

What we ask
- Two years of experience in a similar role
- Good communication skills
""",
}


def read(line: str, language: str) -> tuple[str, str, str]:
    offer = analyse(line + BELOW[language])
    return offer.title, offer.company, offer.place


@pytest.mark.parametrize(
    ("line", "language", "told"),
    [
        ("Nurse / Acme Health (Dublin)", "en", ("Nurse", "Acme Health", "Dublin")),
        ("Data Analyst | Brightwave | Manchester", "en", ("Data Analyst", "Brightwave", "Manchester")),
        ("Brightwave | Data Analyst | Manchester", "en", ("Data Analyst", "Brightwave", "Manchester")),
        ("Boulanger – Maison Lorette – Lyon (69)", "fr", ("Boulanger", "Maison Lorette", "Lyon")),
        ("Boulanger - Lyon - Maison Lorette", "fr", ("Boulanger", "Maison Lorette", "Lyon")),
        ("Boulanger chez Maison Lorette à Lyon", "fr", ("Boulanger", "Maison Lorette", "Lyon")),
        ("Maison Lorette recrute : Boulanger H/F – Lyon", "fr", ("Boulanger", "Maison Lorette", "Lyon")),
        ("Comptable H/F chez Duval & Fils (CDI)", "fr", ("Comptable", "Duval & Fils", "")),
        ("Receptionist at The Larches Hotel, Bath", "en", ("Receptionist", "The Larches Hotel", "Bath")),
        ("Software Engineer @ Northpeak (Remote)", "en", ("Software Engineer", "Northpeak", "")),
        ("Juriste (Novalex, Paris)", "fr", ("Juriste", "Novalex", "Paris")),
        ("[CDI] Juriste – Novalex – Paris", "fr", ("Juriste", "Novalex", "Paris")),
        ("Conseiller clientèle, Crédit Alvéole, Brest", "fr", ("Conseiller clientèle", "Crédit Alvéole", "Brest")),
        ("Dental Nurse – Rivers Dental Practice", "en", ("Dental Nurse", "Rivers Dental Practice", "")),
        ("Aide-soignant(e) – EHPAD Les Glycines – CDI", "fr", ("Aide-soignant(e)", "EHPAD Les Glycines", "")),
        (
            "Responsable paie (H/F) | Groupe Talvène | Pau (64) | CDI",
            "fr",
            ("Responsable paie", "Groupe Talvène", "Pau"),
        ),
        # what goes on with the title, or says nothing of who and where
        ("Infirmier(ère) D.E. – nuit", "fr", ("Infirmier(ère) D.E.", "", "")),
        ("Développeur Python / Django", "fr", ("Développeur Python / Django", "", "")),
        ("Cuisinier / Chef de partie", "fr", ("Cuisinier / Chef de partie", "", "")),
        ("Chargé(e) de clientèle – Banque", "fr", ("Chargé(e) de clientèle", "", "")),
        ("Vendeur – Rayon Bricolage – Lille", "fr", ("Vendeur", "", "Lille")),
        ("Aide-soignante H/F - EHPAD - Quimper", "fr", ("Aide-soignante", "", "Quimper")),
        ("Warehouse Operative - Nights", "en", ("Warehouse Operative", "", "")),
        ("Legal Secretary | Conveyancing | Hull", "en", ("Legal Secretary", "", "Hull")),
        ("Commercial terrain – Grand Est", "fr", ("Commercial terrain", "", "Grand Est")),
    ],
)
def test_the_title_line_is_taken_apart(line: str, language: str, told: tuple[str, str, str]):
    assert read(line, language) == told


def test_two_places_are_no_employer():
    """Whose it is, a name has to say itself where a county follows a town, or a town stands before the title."""
    assert read("Roofer, Trowley, Avonby", "en")[1] == ""
    assert read("Nurse – Trowley, Kent", "en")[1:] == ("", "Trowley")
    assert read("Annecy – Serveur H/F", "fr")[:2] == ("Serveur", "")


def test_what_stands_beside_a_place_is_no_part_of_it():
    beside = "Marlowe & Finch LLP, Leeds (hybrid, 2 days office)  £29,000–£32,000"
    text = f"Accounts Clerk\n{beside}\n\nThe role\n- Post invoices"
    assert offer_facts.company(text, {}, "Accounts Clerk") == "Marlowe & Finch LLP"
    assert offer_facts.place(text, {}, "Accounts Clerk") == "Leeds"


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("Agent de maintenance bâtiment - CDI - Lycée Jean Perrin (Rezé 44)", "Rezé"),
        ("Agent de maintenance bâtiment - CDI - Lycée Jean Perrin (Paris 15)", "Paris 15"),
        ("Agent de maintenance bâtiment\nLes Glycines SARL, Stockport SK4", "Stockport"),
    ],
)
def test_a_department_is_no_part_of_a_town_and_a_district_is(line: str, place: str):
    assert offer_facts.place(f"{line}\n\nMissions\n- Peindre", {}, "Agent de maintenance bâtiment") == place


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("We're hiring: Early Years Practitioner (Level 3)", "Early Years Practitioner (Level 3)"),
        ("Recrutement : un boulanger H/F", "boulanger"),
        ("URGENT – Plombier", "Plombier"),
        ("Hiring Manager", "Hiring Manager"),
    ],
)
def test_a_call_is_no_part_of_the_title(line: str, title: str):
    assert offer_facts.trimmed_title(line) == title
