"""The match adds up, names both sides, and a true skill more never lowers it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio.document import Document
from cvstudio.tailoring.match import MESSAGES, match
from cvstudio.tailoring.offer_analysis import analyse
from cvstudio.tailoring.profile import add, profile
from tests.tailoring import people

PERSON = profile(people.document())
OFFER = people.offer()


def test_the_parts_add_up():
    found = match(PERSON, OFFER)
    assert found.score == sum(part.points for part in found.breakdown)
    assert sum(part.of for part in found.breakdown) == 100
    assert all(0 <= part.points <= part.of for part in found.breakdown)
    assert {part.name for part in found.breakdown} == {
        "requirements", "education", "languages", "trade", "experience",
    }  # fmt: skip


def test_each_part_names_the_offers_words_and_the_cvs_lines():
    parts = {part.name: part for part in match(PERSON, OFFER).breakdown}
    assert "real_0" in parts["requirements"].facts
    assert parts["education"].facts[0] == "form_0"
    assert parts["trade"].facts == ("exp_0",)
    assert {"cuisine"} <= {word.casefold() for word in parts["education"].words}


def test_matching_and_missing_skills():
    found = match(PERSON, OFFER)
    assert [skill.label for skill in found.missing] == ["GraphQL"]
    assert found.missing[0].sentence == "GraphQL."
    assert "CAP cuisine" in {skill.label for skill in found.matching}


def test_of_several_things_asked_in_one_breath_each_is_held_or_not():
    asked = (
        "You'll have a science degree or HNC, lab experience, a full UK driving licence, and don't mind early starts"
    )
    text = f"Lab technician\nDuties\n- Calibrate instruments every day\n- Sample treated water\n- {asked}"
    driver = Document.model_validate({"certificates": [{"name": "Full UK driving licence"}]})
    assert "driving licence" in {skill.label for skill in match(profile(driver), analyse(text, language="en")).matching}


def test_suggestions_name_both_in_both_languages():
    first = match(PERSON, OFFER).suggestions
    missing = next(one for one in first if one.kind == "missing")
    assert "«\u00a0GraphQL\u00a0»" in missing.message("fr")
    assert not any("'" in words["fr"] for words in MESSAGES.values())
    assert "“GraphQL”" in missing.message("en")
    assert {one.fact for one in first if one.kind == "figures"} <= {fact.id for fact in PERSON.facts}


def test_another_trade_matches_less():
    other = people.offer(
        title="Comptable",
        requirements=(people.requirement(0, "Tenir la comptabilité"), people.requirement(1, "Déclarer la TVA")),
    )
    assert match(PERSON, other).score < match(PERSON, OFFER).score


@given(
    st.sampled_from(
        ["GraphQL", "CAP cuisine", "Anglais", "Former les commis", "Envoyer les plats", "Soudure", "x" * 90]
    ),
    st.sampled_from(["skill", "realisation", "certificate", "interest"]),
)
@settings(max_examples=40, deadline=None)
def test_a_skill_more_never_lowers_it(text, kind):
    assert match(add(PERSON, kind, text), OFFER).score >= match(PERSON, OFFER).score


@pytest.mark.parametrize("twice", ["comp_0", "real_0"])
def test_saying_it_twice_changes_nothing(twice):
    fact = PERSON.fact(twice)
    again = add(PERSON, fact.kind, fact.text, of=fact.of)
    assert match(again, OFFER).score == match(PERSON, OFFER).score


def test_years_asked_for_are_counted_from_the_dates():
    asked = people.offer(years=20)
    years = next(one for one in match(PERSON, asked).suggestions if one.kind == "years")
    assert (years.asked, years.line) == ("20", "1")


@pytest.mark.parametrize(("line", "lacks"), [("Formation de commis", True), ("Formation de deux commis", False)])
def test_a_number_in_words_is_a_figure(line, lacks):
    job = {**people.CV["work"][0], "highlights": [line]}
    found = match(profile(people.document(work=[job])), OFFER)
    assert [one.line for one in found.suggestions if one.kind == "figures"] == ([line] if lacks else [])


def test_of_two_skills_asked_for_at_once_each_is_judged_by_itself():
    asked = ("Maîtrise de Cegid et d’Excel", "CAP cuisine exigé", "Un esprit d’équipe, du sérieux et de la rigueur")
    offer = analyse("\n- ".join(["Comptable\n\nProfil :", *asked]))
    found = match(PERSON, offer)
    assert [skill.label for skill in found.missing] == ["Cegid"]
    assert {"Excel", "CAP cuisine exigé"} <= {skill.label for skill in found.matching}
    knows = add(PERSON, "skill", "Sage")
    assert [skill.label for skill in match(knows, offer).missing] == ["Cegid"]  # one tool is not another
    knows = add(PERSON, "skill", "Cegid")
    assert match(knows, offer).missing == ()


def test_one_word_in_common_does_not_meet_a_long_requirement():
    job = {
        "position": "Conseillère funéraire",
        "name": "Marbrerie",
        "startDate": "2018",
        "highlights": ["Accueil des familles"],
    }
    person = profile(people.document(work=[job], education=[{"studyType": "Diplôme national", "area": "Funéraire"}]))
    asked = ("Vous vous déplacez en chambre funéraire, en milieu hospitalier et à domicile", "Accueil des familles")
    found = match(person, analyse("\n- ".join(["Thanatopracteur\n\nVos missions :", *asked])))
    assert [skill.label for skill in found.missing] == [asked[0]]
    assert next((one.kind, one.asked) for one in found.suggestions) == ("sharpen", asked[0])


def test_a_certificate_stands_in_the_panel_though_its_line_asks_for_years_too():
    offer = analyse(
        "Cariste\n\nProfil :\n- CACES et deux ans d’expérience en entrepôt\n- Trois ans de conduite\n- Permis B"
    )
    found = match(PERSON, offer)
    assert {"CACES", "Permis B"} <= {skill.label for skill in found.missing}
