"""Facts keep the person's words and their ids; two sources become one only where the person says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio.document import Document, samples
from cvstudio.errors import InvalidInput
from cvstudio.tailoring import completeness
from cvstudio.tailoring.pasted import add_text
from cvstudio.tailoring.profile import (
    Profile,
    add,
    add_document,
    duplicates,
    edit,
    merge,
    profile,
    remove,
)
from tests.tailoring import people


def test_a_document_becomes_facts_in_its_own_words():
    person = profile(people.document())
    texts = {fact.id: fact.text for fact in person.facts}
    assert texts["exp_0"] == "Chef de partie, Le Comptoir"
    assert texts["real_0"] == "responsable du poste chaud, 90 couverts par service"
    assert texts["form_0"] == "CAP Cuisine, Lycée Rabelais"
    assert texts["comp_1"] == "Cuisson sous vide"
    assert texts["resu_1"] == "J'aime les produits de saison."
    assert person.fact("real_0").of == "exp_0"
    assert person.fact("lang_0").level == "B1"
    assert person.identity.email == "samir@example.org"


def test_every_sample_is_read_whole():
    for language in ("fr", "en"):
        document = samples.load(language)
        told = {fact.text for fact in profile(document).facts}
        assert {line for job in document.work for line in job.highlights} <= told


def test_ids_stay_when_others_come_and_go_and_are_never_given_twice():
    person = profile(people.document())
    person = remove(person, "real_1")
    person = add(person, "realisation", "Création de la carte d'été", of="exp_0")
    assert "real_1" not in {fact.id for fact in person.facts}
    assert person.fact("real_4").text == "Création de la carte d'été"
    assert person.fact("real_2").text == "Aide à la gestion des stocks avec Excel"
    assert person.fact("real_3").of == "exp_1"


def test_lines_below_an_entry_without_a_name_stand_alone():
    person = profile(people.document(work=[{"id": "w", "highlights": ["Prise de commande", "Encaissement"]}]))
    assert [(fact.text, fact.of) for fact in person.of_kind("realisation")] == [
        ("Prise de commande", ""),
        ("Encaissement", ""),
    ]


def test_removing_a_job_removes_its_lines():
    person = remove(profile(people.document()), "exp_0")
    assert {fact.id for fact in person.facts if fact.kind == "realisation"} == {"real_3"}


def test_the_same_document_again_tells_nothing_new():
    person = profile(people.document())
    assert add_document(person, people.document(), "cv_0") == person


def test_two_sources_are_proposed_for_merging_and_merged_on_consent():
    person = profile(people.document(), people.document())
    pairs = duplicates(person)
    assert ("exp_0", "exp_2") in pairs
    assert ("real_0", "real_4") in pairs
    assert ("real_0", "real_1") not in pairs
    before = len(person.facts)
    for pair in pairs:
        person = merge(person, pair)
    assert len(person.facts) == before / 2
    assert duplicates(person) == []
    assert person.fact("real_4").id == "real_0"  # what cited the other id still finds it
    assert {fact.of for fact in person.facts if fact.kind == "realisation"} == {"exp_0", "exp_1"}


def test_merging_keeps_the_words_of_the_first_and_fills_its_gaps():
    person = add(profile(people.document()), "skill", "excel", level="avancé")
    assert ("comp_2", "comp_3") in duplicates(person)
    kept = merge(person, ("comp_2", "comp_3")).fact("comp_2")
    assert (kept.text, kept.level) == ("Excel", "avancé")


@pytest.mark.parametrize(
    ("employer", "twice"),
    [("Marbrerie Le Bris, Morlaix", True), ("Marbrerie", False), ("Marbrerie Le Bris et associés de l’Ouest", False)],
)
def test_an_employer_with_its_town_is_the_same_house(employer, twice):
    job = {"position": "Conseillère funéraire", "name": "Marbrerie Le Bris", "startDate": "2018"}
    person = profile(people.document(work=[job, job | {"name": employer}]))
    assert bool(duplicates(person)) is twice


def test_lines_that_differ_in_a_number_are_no_duplicates():
    person = add(Profile(), "realisation", "Formation de deux commis pendant 3 ans à Lyon")
    person = add(person, "realisation", "Formation de deux commis pendant 4 ans à Lyon")
    assert duplicates(person) == []


def test_different_kinds_cannot_be_merged():
    with pytest.raises(InvalidInput):
        merge(profile(people.document()), ("exp_0", "comp_0"))


@pytest.mark.parametrize("change", [{"text": "  "}, {"id": "exp_9"}, {"of": "exp_1"}])
def test_an_edit_keeps_id_and_place(change):
    with pytest.raises(InvalidInput):
        edit(profile(people.document()), "real_0", **change)


def test_an_edited_fact_keeps_its_id():
    person = edit(profile(people.document()), "real_0", text="Poste chaud, 95 couverts")
    assert person.fact("real_0").text == "Poste chaud, 95 couverts"
    assert [fact.id for fact in person.facts] == [fact.id for fact in profile(people.document()).facts]


def test_the_fingerprint_sees_an_edit_that_leaves_the_score():
    person = profile(people.document())
    edited = edit(person, "real_1", text="Formation de deux commis en pâtisserie")
    assert completeness.score(edited) == completeness.score(person)
    assert edited.fingerprint != person.fingerprint
    assert profile(people.document()).fingerprint == person.fingerprint


def test_a_profile_survives_json():
    person = profile(people.document())
    assert Profile.model_validate_json(person.model_dump_json()) == person


def test_pasted_prose_keeps_its_words():
    person = add_text(Profile(), "J'ai été boulanger dix ans à Metz. Puis j'ai formé trois apprentis !", "collé")
    assert [fact.text for fact in person.facts] == [
        "J'ai été boulanger dix ans à Metz.",
        "Puis j'ai formé trois apprentis !",
    ]


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        person = add_text(Profile(), text, "x")
    except InvalidInput:
        return
    assert len({fact.id for fact in person.facts}) == len(person.facts)
    assert all(fact.text.strip() for fact in person.facts)


def test_completeness_adds_up_and_says_what_is_missing():
    whole = completeness.completeness(profile(people.document()))
    assert sum(part.worth for part in whole.parts) == 100
    assert whole.score == sum(part.points for part in whole.parts) < 100
    assert whole.score + sum(part.missing for part in whole.missing) == 100
    assert all(part.names["fr"] and part.names["en"] for part in whole.parts)
    nothing = completeness.completeness(Profile())
    assert nothing.score == 0
    assert nothing.missing[0].key == "experience"


def test_a_fact_more_never_makes_it_less_complete():
    person = profile(people.document())
    more = add(person, "realisation", "Réduction des pertes de 12 %", of="exp_0")
    assert completeness.score(more) >= completeness.score(person)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Trained thirty new starters and wrote the instructions for them", "en"),
        ("Encadrement de douze personnes sur le quai", "fr"),
    ],
)
def test_a_document_that_notes_no_language_is_read_in_that_of_its_words(line: str, language: str):
    job = {"name": "Brantwick", "position": "Supervisor", "highlights": [line]}
    assert profile(Document.load({"work": [job]})).language == language
    noted = {"work": [job], "meta": {"studio": {"language": "fr"}}}
    assert profile(Document.load(noted)).language == "fr"
