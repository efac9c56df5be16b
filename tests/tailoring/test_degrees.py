"""What an offer asks for without a subject is met by a degree that is high enough, whatever it is called."""

import pytest

from cvstudio.document import samples
from cvstudio.tailoring import degrees
from cvstudio.tailoring.match import match
from cvstudio.tailoring.offer_analysis import analyse
from cvstudio.tailoring.profile import profile
from tests.tailoring import people

PERSON = profile(samples.load("fr"))  # a master, a DUT
OFFER = """Responsable logistique
Missions
- Gérer les stocks de trois entrepôts
- Planifier les tournées
Profil
- {}
- Maîtrise de SAP"""


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("Bac+3 minimum", 3),
        ("Niveau Bac +2 à Bac+3 requis", 2),
        ("Diplôme de niveau bac+2/3", 2),
        ("Master's degree required", 5),
        ("Bachelor’s degree or equivalent", 3),
        ("Educated to degree level", 3),
        ("Formation Bac+5 (école d’ingénieur ou université)", 5),
        ("Bac pro minimum", 0),
        ("BUT ou BTS", 2),
        ("Doctorat exigé", 8),
        ("Diplôme d’ingénieur", None),  # a title of its own
        ("De formation Bac+5 en informatique", None),  # and a subject, which is compared by its words
        ("PhD in chemistry", None),
        ("CAP cuisine", None),
        ("But we also train on the job", None),
    ],
)
def test_the_level_alone_is_read(text: str, least: int | None) -> None:
    assert degrees.asked(people.requirement(0, text, kind="education")) == least


@pytest.mark.parametrize("text", ["Bac+3 minimum", "Master ou équivalent", "BTS ou DUT exigé"])
def test_a_degree_that_is_high_enough_meets_it(text: str) -> None:
    found = match(PERSON, analyse(OFFER.format(text), language="fr"))
    part = next(part for part in found.breakdown if part.name == "education")
    assert part.points == part.of
    assert text in part.words
    assert "form_0" in part.facts
    assert text not in {skill.label for skill in found.missing}


def test_one_that_is_not_does_not() -> None:
    found = match(PERSON, analyse(OFFER.format("Doctorat exigé"), language="fr"))
    assert next(part for part in found.breakdown if part.name == "education").points == 0
    assert "Doctorat exigé" in {skill.label for skill in found.missing}
