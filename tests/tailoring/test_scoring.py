"""Scores add up, name the offer's words, and nothing but what a line says can move them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cvstudio.tailoring.match import match
from cvstudio.tailoring.offer import Offer
from cvstudio.tailoring.profile import Profile, add, edit, profile
from cvstudio.tailoring.scoring import Matcher, score, scores
from cvstudio.tailoring.tailor import tailor, widgets
from cvstudio.tailoring.widgets import AIWidgetsEnvelope
from tests.tailoring import people

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def person() -> Profile:
    return profile(people.document())


@pytest.fixture
def offer() -> Offer:
    return people.offer()


def test_parts_add_up_and_name_the_offers_words(person, offer):
    found = scores(person, offer)
    assert found.keys() == {fact.id for fact in person.facts}
    for one in found.values():
        assert one.value == sum(part.points for part in one.parts)
        assert 0 <= one.value <= 100
    hot = found["real_0"].parts[0]
    assert hot.requirements[0] == "req_0"
    assert {"poste", "chaud"} & set(hot.words)
    assert found["real_0"].value > found["real_3"].value


def test_every_word_named_stands_in_the_offer(person, offer):
    told = " ".join([offer.title, *(one.text for one in offer.requirements), *(one.text for one in offer.keywords)])
    labels = {skill.label for one in offer.requirements for skill in one.skills}
    for one in scores(person, offer).values():
        assert all(word in told or word in labels for word in one.words), one.words


def test_the_order_of_lines_and_names_move_nothing(person, offer):
    turned = person.model_copy(update={"facts": tuple(reversed(person.facts))})
    assert scores(turned, offer) == scores(person, offer)
    assert match(turned, offer) == match(person, offer)
    named = person.model_copy(deep=True)
    named.identity.name = "Chef Commis Cuisine"
    assert scores(named, offer) == scores(person, offer)
    employed = edit(person, "exp_1", employer="Chef de partie cuisine chaude", text="Serveur, Chef de partie cuisine")
    assert scores(employed, offer) == scores(person, offer)


def test_stuffing_a_line_with_its_own_words_moves_nothing(person, offer):
    once = scores(person, offer)["real_1"]
    stuffed = edit(person, "real_1", text="Formation de deux commis, commis, commis, formation, commis")
    assert scores(stuffed, offer)["real_1"] == once
    assert match(stuffed, offer).score == match(person, offer).score


def test_the_requirements_order_moves_nothing(person, offer):
    turned = offer.model_copy(update={"requirements": tuple(reversed(offer.requirements))})
    values = {fact_id: one.value for fact_id, one in scores(person, turned).items()}
    assert values == {fact_id: one.value for fact_id, one in scores(person, offer).items()}
    assert match(person, turned).score == match(person, offer).score


def test_noise_moves_nothing(person, offer):
    noisy = offer.model_copy(update={"noise": ("Commis, terrasse et camping pour tous.",)})
    assert scores(person, noisy) == scores(person, offer)


def test_an_offer_in_the_other_language_is_understood(person):
    english = people.offer(
        people.requirement(5, "Microsoft Excel", kind="skill"), language="en", title="Chef", requirements=()
    )
    english = english.model_copy(
        update={
            "requirements": (
                people.requirement(0, "Excel"),
                people.requirement(1, "Fluent English", "must", "language"),
            )
        }
    )
    found = scores(person, english)
    assert found["comp_2"].parts[0].requirements == ("req_0",)
    assert found["lang_0"].parts[0].requirements == ("req_1",)
    assert found["lang_0"].value > found["real_3"].value


def test_the_envelope_has_the_keys_of_the_specification(person, offer):
    found = tailor(person, offer)
    tree = found.envelope.dump()
    assert tree.keys() == {"profil_summary", "job_context", "widgets", "meta"}
    assert tree["profil_summary"] == {
        "prenom": "Samir",
        "nom": "Ben Ali",
        "titre_principal": "Chef de partie",
        "localisation": "Lyon",
        "elevator_pitch": "Cuisinier depuis neuf ans. J'aime les produits de saison.",
    }
    bullet = next(widget for widget in tree["widgets"] if widget["id"] == "widget_real_0")
    assert bullet == {
        "id": "widget_real_0",
        "type": "experience_bullet",
        "section": "experiences",
        "text": "Responsable du poste chaud, 90 couverts par service.",
        "relevance_score": scores(person, offer)["real_0"].value,
        "sources": {"rag_experience_id": "exp_0", "rag_realisation_id": "real_0", "rag_path": "exp_0/real_0"},
        "quality": {"has_numbers": True, "length": 52, "grounded": True},
    }
    assert tree["job_context"]["match_score"] == found.match.score
    assert tree["meta"] == {"model": "offline", "locale": "fr", "version": "1"}
    assert AIWidgetsEnvelope.model_validate(tree) == found.envelope
    assert found.context.missing_keywords == ["GraphQL"]
    assert len(tree["widgets"]) == len(person.facts)


def test_the_same_bytes_in_every_process(person, offer, tmp_path):
    given = tmp_path / "given.json"
    given.write_text(json.dumps([person.model_dump_json(), offer.model_dump_json()]))
    program = (
        "import json, sys; from cvstudio.tailoring.offer import Offer; from cvstudio.tailoring.profile import Profile;"
        "from cvstudio.tailoring.tailor import tailor; p, o = json.load(open(sys.argv[1]));"
        "print(tailor(Profile.model_validate_json(p), Offer.model_validate_json(o)).model_dump_json())"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(given)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {tailor(person, offer).model_dump_json() + "\n"}


def test_a_profile_without_facts_and_an_offer_without_requirements():
    nobody, nothing = Profile(), people.offer(requirements=(), keywords=(), skills=(), years=None, title="")
    assert widgets(nobody, people.offer()).widgets == []
    assert match(nobody, people.offer()).score == 0
    person = profile(people.document())
    assert {one.value for one in scores(person, nothing).values()} <= set(range(101))
    assert 0 <= match(person, nothing).score <= 100


def test_score_of_one_fact_is_score_of_all(person, offer):
    matcher = Matcher(person, offer)
    assert {fact.id: score(fact, matcher) for fact in person.facts} == scores(person, offer)


def test_a_skill_by_hand_is_scored(offer):
    person = add(Profile(), "skill", "GraphQL")
    assert scores(person, offer)["comp_0"].parts[0].requirements == ("req_4",)
