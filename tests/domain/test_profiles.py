"""A career as it is kept: what is taken back, what is kept apart, and who else was there meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.domain import profiles
from cvstudio.domain.profiles import Changes, FactGiven, StaleProfile, Stored
from cvstudio.models import Owner

JOB = FactGiven("experience", "", id="job", context={"title": "Soudeuse", "employer": "Chantiers du Nord"})
LINE = FactGiven("realisation", "Soudure TIG de 400 pièces par mois", of="job")


def change(owner: Owner, changes: Changes) -> Stored:
    with db.session() as session:
        return profiles.change(session, owner.id, changes)


def test_a_removal_is_taken_back_with_its_ids(engine: Engine, owner: Owner):
    before = change(owner, Changes(add=[JOB, LINE]))
    after = change(owner, Changes(remove=["exp_0"]))
    assert after.profile.facts == ()
    with db.session() as session:
        back = profiles.put_back(session, owner.id, before.profile, expected_revision=after.revision)
    assert back.profile.facts == before.profile.facts
    assert back.revision == after.revision + 1
    more = change(owner, Changes(add=[FactGiven("realisation", "Formation de deux apprentis", of="exp_0")]))
    assert more.profile.facts[-1].id == "real_1"


def test_ids_given_since_are_never_given_again(engine: Engine, owner: Owner):
    before = change(owner, Changes(add=[JOB]))
    after = change(owner, Changes(add=[FactGiven("experience", "Ajusteuse")]))
    with db.session() as session:
        profiles.put_back(session, owner.id, before.profile, expected_revision=after.revision)
    again = change(owner, Changes(add=[FactGiven("experience", "Tourneuse")]))
    assert [fact.id for fact in again.profile.facts] == ["exp_0", "exp_2"]


def test_nothing_is_taken_back_over_somebody_elses_change(engine: Engine, owner: Owner):
    before = change(owner, Changes(add=[JOB]))
    change(owner, Changes(add=[FactGiven("skill", "TIG")]))
    with pytest.raises(StaleProfile), db.session() as session:
        profiles.put_back(session, owner.id, Stored(before.profile).profile, expected_revision=before.revision)
    with db.session(write=False) as session:
        assert [fact.id for fact in profiles.load(session, owner.id).profile.facts] == ["exp_0", "comp_0"]


def test_two_facts_kept_apart_are_not_proposed_again(engine: Engine, owner: Owner):
    twice = change(owner, Changes(add=[FactGiven("skill", "Soudure TIG"), FactGiven("skill", "soudure TIG")]))
    assert twice.duplicates == [("comp_0", "comp_1")]
    assert change(owner, Changes(apart=[("comp_1", "comp_0")])).duplicates == []
    with db.session(write=False) as session:
        assert profiles.load(session, owner.id).duplicates == []


def test_a_header_is_called_by_its_title_and_employer(engine: Engine, owner: Owner):
    change(owner, Changes(add=[JOB, FactGiven("certificate", "CQP", context={"title": "CQP"})]))
    changes = Changes(edit=[("exp_0", {"title": "Chaudronnière"}), ("cert_0", {"text": "CQPM"})])
    first, second = change(owner, changes).profile.facts
    assert first.text == "Chaudronnière, Chantiers du Nord"
    assert (second.text, second.title) == ("CQPM", "CQPM")
    told = change(owner, Changes(edit=[("exp_0", {"title": "Soudeuse", "text": "Soudeuse de bord"})])).profile.facts[0]
    assert told.text == "Soudeuse de bord"
