"""A career as it is kept: what is taken back, what is kept apart, and who else was there meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from cvstudio import db
from cvstudio.domain import profiles
from cvstudio.domain.profiles import Changes, FactGiven, StaleProfile, Stored
from cvstudio.models import Owner
from cvstudio.tailoring.profile import Profile

JOB = FactGiven("experience", "", id="job", context={"title": "Soudeuse", "employer": "Chantiers du Nord"})
LINE = FactGiven("realisation", "Soudure TIG de 400 pièces par mois", of="job")


def change(owner: Owner, changes: Changes) -> Stored:
    with db.session() as session:
        return profiles.change(session, owner.id, changes)


def pasted(owner: Owner, text: str) -> Profile:
    with db.session() as session:
        return profiles.add_text(session, owner.id, text).profile


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


def test_a_career_is_read_again_once_it_has_changed(engine: Engine, owner: Owner, stranger: Owner):
    def load(whose: Owner) -> Stored:
        with db.session(write=False) as session:
            return profiles.load(session, whose.id)

    change(owner, Changes(add=[JOB]))
    first = load(owner)
    assert load(owner) is first
    assert load(stranger).profile.facts == ()
    change(owner, Changes(add=[FactGiven("skill", "MIG")]))
    assert len(load(owner).profile.facts) == len(first.profile.facts) + 1
    with db.session() as session:
        profiles.delete_all(session, owner.id)
    assert load(owner).profile.facts == ()
    change(owner, Changes(add=[FactGiven("skill", "TIG")]))
    assert [fact.text for fact in load(owner).profile.facts] == ["TIG"]


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


def test_pasted_sections_become_jobs_lines_skills_and_languages(engine: Engine, owner: Owner):
    person = pasted(
        owner,
        "Expérience professionnelle\n"
        "Serveur – Le Bistrot, Lyon (mars 2018 – juin 2020)\n"
        "- Prise de commande\n"
        "2020 - aujourd'hui : Chef de rang, Hôtel Bellevue\n"
        "Je gère 4 serveurs. J'accueille les clients.\n\n"
        "Compétences\nVins ; Excel (avancé, macros)\n"
        "Langues\nAnglais (B2), Espagnol : A2\n",
    )
    job, now = person.of_kind("experience")
    assert (job.title, job.employer, job.start, job.end) == ("Serveur", "Le Bistrot", "2018-03", "2020-06")
    assert (now.title, now.start, now.end) == ("Chef de rang", "2020", "")
    assert [line.text for line in person.lines(now.id)] == ["Je gère 4 serveurs.", "J'accueille les clients."]
    assert [(fact.text, fact.level) for fact in person.of_kind("skill")] == [("Vins", ""), ("Excel", "avancé, macros")]
    assert [(fact.text, fact.level) for fact in person.of_kind("language")] == [("Anglais", "B2"), ("Espagnol", "A2")]


def test_a_pasted_cv_begins_with_who_the_person_is(engine: Engine, owner: Owner):
    text = (
        "Claire Vasseur - Clerc de notaire\nTours - claire.vasseur@example.org - 06 39 98 55 00\n"
        "Rigoureuse et discrète.\n\nFormation\nBTS Notariat, Lycée Voltaire, 2017\n\nLangues\nAnglais C1\n"
    )
    person = pasted(owner, text)
    told = person.identity
    assert (told.name, told.label, told.email) == ("Claire Vasseur", "Clerc de notaire", "claire.vasseur@example.org")
    assert (told.phone, told.location.city) == ("06 39 98 55 00", "Tours")
    assert [(fact.kind, fact.text, fact.level) for fact in person.facts] == [
        ("summary", "Rigoureuse et discrète.", ""),
        ("education", "BTS Notariat, Lycée Voltaire", ""),
        ("language", "Anglais", "C1"),
    ]
    again = pasted(owner, text.replace("Tours", "Blois").replace("Clerc de notaire", "Assistante"))
    assert again.identity == told  # what is known of a person stays


def test_dates_above_bullets_are_a_job_under_no_heading_too(engine: Engine, owner: Owner):
    text = "Léa Martineau\nlea@example.org\n"
    text += "Stage, Aux Blés, Avrillé, 2026\n- Nettoyage du laboratoire\nLangues\nFrançais\n"
    person = pasted(owner, text)
    job = person.of_kind("experience")[0]
    assert (job.title, job.employer, job.start) == ("Stage", "Aux Blés", "2026")
    assert [line.text for line in person.lines(job.id)] == ["Nettoyage du laboratoire"]


def test_a_cv_quoted_in_a_mail_is_read_as_one(engine: Engine, owner: Owner):
    person = pasted(
        owner,
        "> Martha Oyelaran\n> Primary School Teacher\n> martha@example.org | Leeds\n>\n> EMPLOYMENT\n"
        "> Year 4 Teacher, St Aidan's Primary School, Leeds\n> September 2017 - present\n> * Lead for reading\n"
        ">\n> SKILLS\n> Phonics, safeguarding\n",
    )
    (job,) = person.of_kind("experience")
    assert (job.title, job.employer, job.place) == ("Year 4 Teacher", "St Aidan's Primary School", "Leeds")
    assert [line.text for line in person.lines(job.id)] == ["Lead for reading"]
    assert [fact.text for fact in person.of_kind("skill")] == ["Phonics", "safeguarding"]


def test_a_cv_out_of_a_pdf_viewer_has_bullets_and_headings_of_its_own(engine: Engine, owner: Owner):
    person = pasted(
        owner,
        "Inès Bouderbala\nAssistante sociale\nines@example.org\nExpériences\nAssistante de service social\n"
        "Département de la Loire – Saint-Étienne\ndepuis 2018\n•\nAccompagnement de 60 familles\n"
        "Langues\nArabe (courant), anglais (B1)\nPage 1 sur 1\n",
    )
    (job,) = person.of_kind("experience")
    assert (job.employer, job.place, job.start) == ("Département de la Loire", "Saint-Étienne", "2018")
    assert [line.text for line in person.lines(job.id)] == ["Accompagnement de 60 familles"]
    assert [(fact.text, fact.level) for fact in person.of_kind("language")] == [("Arabe", "courant"), ("anglais", "B1")]


def test_pasted_prose_is_one_fact_a_sentence(engine: Engine, owner: Owner):
    person = pasted(owner, "J'ai été boulanger dix ans à Metz. Puis j'ai formé trois apprentis !")
    assert [fact.kind for fact in person.facts] == ["realisation", "realisation"]
