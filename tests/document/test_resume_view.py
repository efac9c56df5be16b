"""cv-builder's resume is a view: what it writes it reads back, and what it cannot show survives."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio.document import Document, resume_view, resume_write, samples
from cvstudio.document.resume_view import (
    Certification,
    CustomSection,
    Experience,
    Language,
    Project,
    Resume,
    School,
    Skill,
)
from cvstudio.errors import InvalidInput
from tests.document.generated import documents

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=20)
MAYBE = st.none() | WORDS
LINES = st.none() | st.sampled_from(["a\n• b\n• c", "• b", "\n• b", "a\n\n• ", "- a\n- b", "• "]) | WORDS
START = st.sampled_from(["2020", "2020-03", "2020-03-14", "bientôt"])
LEVEL = st.sampled_from([None, *resume_view.LEVELS])
DATED = {"location": MAYBE, "start_date": st.none() | START, "description": LINES}
ENDS = st.sampled_from([{"end_date": None, "is_current": True}, {"end_date": "2024-05", "is_current": False}]) | (
    st.just({"end_date": None, "is_current": False})
)


def dated(kind, **fields):
    made = st.builds(lambda ends, rest: kind(**rest, **ends), ENDS, st.fixed_dictionaries({**DATED, **fields}))
    return st.lists(made, max_size=3)


RESUMES = st.builds(
    Resume,
    full_name=MAYBE,
    title=MAYBE,
    email=st.none() | st.just("a@example.org"),
    phone=MAYBE,
    address=MAYBE,
    website=MAYBE,
    linkedin_url=st.none() | st.just("https://www.linkedin.com/in/zoe"),
    github_url=st.none() | WORDS,
    summary=MAYBE,
    experiences=dated(Experience, company=st.sampled_from(["Acme"]) | WORDS, position=WORDS),
    education=dated(School, institution=WORDS, degree=WORDS, field_of_study=MAYBE, grade=MAYBE),
    skills=st.lists(
        st.builds(
            Skill,
            name=st.sampled_from(["Django", "SQL"]) | WORDS,
            level=LEVEL,
            category=st.none() | st.sampled_from(["Backend", "Web"]),
        ),
        max_size=5,
    ),
    languages_data=st.lists(st.builds(Language, language=WORDS, level=MAYBE), max_size=3),
    certifications_data=st.lists(
        st.builds(Certification, name=WORDS, issuer=MAYBE, date=st.none() | START), max_size=3
    ),
    projects_data=st.lists(st.builds(Project, name=WORDS, description=MAYBE, url=MAYBE), max_size=3),
    custom_sections=st.lists(st.builds(CustomSection, title=WORDS, content=WORDS), max_size=3),
)


def said(resume: Resume) -> dict:
    """Without ids and places, which the document gives."""
    plain = resume.model_dump()
    for value in plain.values():
        for entry in value if isinstance(value, list) else ():
            entry.pop("id")
            entry.pop("order", None)
    return plain


@settings(max_examples=60)
@given(RESUMES)
def test_what_is_written_is_read_back(resume):
    document = Document()
    resume_write.write(document, resume)
    assert said(resume_view.read(Document.load(document.dump()))) == said(resume)


@settings(max_examples=40)
@given(RESUMES, st.sampled_from(["fr", "en"]))
def test_writing_over_another_cv_reads_back_too(resume, language):
    document = samples.load(language)
    resume_write.write(document, resume)
    assert said(resume_view.read(Document.load(document.dump()))) == said(resume)


@settings(max_examples=60)
@given(documents())
def test_writing_what_was_read_changes_nothing(document):
    before = copy.deepcopy(document.dump())
    handed_out = resume_view.read(document).model_dump(mode="json")
    resume_write.write(document, Resume.model_validate(handed_out))
    assert document.dump() == before


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_part_leaves_the_rest(language):
    document = samples.load(language)
    before = document.dump()
    resume_write.write(document, Resume(title="Cheffe"))
    assert document.dump() == {**before, "basics": {**before["basics"], "label": "Cheffe"}}


def test_an_entry_is_told_by_its_id_and_keeps_what_was_not_given():
    document = samples.load("fr")
    first, second = (copy.deepcopy(job) for job in document.work[:2])
    given = {"experiences": [{"id": second.id, "position": "Cheffe", "order": 0}, {"id": first.id, "order": 1}]}
    resume_write.write(document, Resume.model_validate(given))
    assert [job.id for job in document.work] == [second.id, first.id]
    assert document.work[0].dump() == {**second.dump(), "position": "Cheffe"}
    assert document.work[1].dump() == first.dump()


def test_an_entry_without_an_id_is_told_by_what_it_says():
    document = samples.load("fr")
    ids = [job.id for job in document.work]
    handed = resume_view.read(document).model_dump(mode="json")["experiences"]
    for entry in handed:
        del entry["id"]
    handed[0]["description"] = "Autre chose"
    new = {"company": "Ormeau", "position": "Cheffe", "start_date": "2025-01-01", "is_current": True}
    resume_write.write(document, Resume.model_validate({"experiences": [*handed, new]}))
    assert [job.id for job in document.work][:-1] == ids
    assert (document.work[0].summary, document.work[0].highlights) == ("Autre chose", [])
    assert document.work[-1].end_date == ""


def test_what_came_back_has_the_id_it_had_and_a_strangers_is_not_taken():
    document = samples.load("fr")
    gone = document.work[0].id
    handed = resume_view.read(document).model_dump(mode="json")["experiences"]
    resume_write.write(document, Resume.model_validate({"experiences": handed[1:]}))
    resume_write.write(document, Resume.model_validate({"experiences": handed}))
    assert document.work[0].id == gone
    other = {"id": document.education[0].id, "company": "X", "position": "Y"}
    resume_write.write(document, Resume.model_validate({"experiences": [*handed, other]}))
    assert document.work[-1].id != document.education[0].id


def test_hidden_entries_stay_hidden_and_in_their_places():
    document = samples.load("fr")
    document.studio.hidden = [document.work[1].id, document.skills[0].id]
    order = [job.id for job in document.work]
    resume = resume_view.read(document)
    assert document.work[1].id not in {job.id for job in resume.experiences or []}
    resume_write.write(document, Resume(experiences=resume.experiences, skills=[]))
    assert [job.id for job in document.work] == order
    assert [skill.id for skill in document.skills] == document.studio.hidden[1:]


def test_a_group_of_skills_stays_one():
    document = Document.load(
        {"skills": [{"id": "g", "name": "Web", "level": "Avancé", "keywords": ["Django", "CSS"]}, {"name": "SQL"}]}
    )
    handed = resume_view.read(document).model_dump(mode="json")["skills"]
    assert [(one["name"], one["level"], one["category"]) for one in handed] == [
        ("Django", "advanced", "Web"),
        ("CSS", "advanced", "Web"),
        ("SQL", None, None),
    ]
    new = {"name": "HTML", "level": "advanced", "category": "Web"}
    given = [handed[1], new, handed[2], handed[0] | {"level": "expert", "order": 9}]
    for place, entry in enumerate(given):
        entry["order"] = place
    resume_write.write(document, Resume.model_validate({"skills": given}))
    assert [(skill.name, skill.keywords, skill.level) for skill in document.skills] == [
        ("Web", ["CSS", "HTML"], "Avancé"),
        ("SQL", [], ""),
        ("Django", [], "Expert"),
    ]
    assert document.skills[0].id == "g"


def test_a_level_there_is_not():
    with pytest.raises(InvalidInput) as refused:
        resume_write.write(Document(), Resume(skills=[Skill(name="SQL", level="ninja")]))
    assert refused.value.fields.keys() == {"skills"}
