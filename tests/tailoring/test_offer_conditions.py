"""On what terms one works is no requirement, wherever an offer says so; what has to be held or done stays one."""

import pytest

from cvstudio.language import Language
from cvstudio.tailoring.offer_analysis import analyse
from cvstudio.tailoring.offer_lines import lines

OFFERS: dict[Language, str] = {
    "fr": """Assistante dentaire
Missions
- Accueil des patients
- Stérilisation du matériel
Profil
- Diplôme d'assistante dentaire
- Ponctualité

{}.""",
    "en": """Dental Nurse
Duties
- Welcome patients
- Sterilise instruments after each of them
Requirements
- NEBDN diploma
- Experience in a dental practice
- Good communication with patients of all ages

{}.""",
}


def asked(line: str, language: Language) -> bool:
    return line in {one.text for one in analyse(OFFERS[language].format(line), language=language).requirements}


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("CDI 35h sur 4 jours", "fr"),
        ("CDD 3 mois renouvelable puis CDI", "fr"),
        ("Poste en CDI basé à Lyon", "fr"),
        ("Horaires : 8h-17h du lundi au vendredi", "fr"),
        ("Prise de poste : septembre", "fr"),
        ("Lieu : Chambéry", "fr"),
        ("Statut cadre, forfait jours", "fr"),
        ("Permanent, full time, 37.5 hours", "en"),
        ("Monday to Friday, 9-5", "en"),
        ("Shift pattern: 4 on 4 off", "en"),
        ("Location: Corby", "en"),
        ("Débutant(e) accepté(e) si motivé(e)", "fr"),
        ("Débutants bienvenus", "fr"),
        ("Beginners are welcome", "en"),
        ("Le cabinet (4 praticiens) souhaite renforcer son pôle de chirurgie", "fr"),
    ],
)
def test_terms_of_work_are_not_asked(line: str, language: Language) -> None:
    assert not asked(line, language)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Disponible le week-end et les jours fériés", "fr"),
        ("Permis B obligatoire", "fr"),
        ("Débutant accepté avec permis B exigé", "fr"),
        ("Horaires : permis B exigé", "fr"),
        ("Permanent monitoring of patients", "en"),
        ("Available on weekends", "en"),
        ("Full clean driving licence", "en"),
    ],
)
def test_what_has_to_be_held_or_done_is(line: str, language: Language) -> None:
    assert asked(line, language)


@pytest.mark.parametrize("words", ["full time ", "jours temps h ", "35 h ", "cdi "])
def test_a_text_made_of_such_words_is_read(words: str) -> None:
    assert lines(words * 2_000 + "x")  # trying every way to part it would take for ever


def test_what_would_be_fine_is_no_must() -> None:
    offer = analyse(OFFERS["en"].format("Knowledge of implantology would be fab"), language="en")
    assert next(one.need for one in offer.requirements if "implantology" in one.text) == "nice"
