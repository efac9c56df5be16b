"""The form is a view: what it writes it reads back, and what it cannot show survives."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvstudio.document import Document, form_view, samples
from cvstudio.document.form_view import CVFormData, FormEducation, FormExperience

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=30)
DATES = st.one_of(
    st.sampled_from(["Janv. 2020", "2020", "03/2019", "2019-04", "mars 2018", "", "un jour", "Présent", "2016 - 2018"]),
    WORDS,
)
FORMS = st.builds(
    CVFormData,
    first_name=WORDS,
    last_name=WORDS,
    title=WORDS,
    email=st.none() | WORDS.filter(bool),
    phone=st.none() | WORDS.filter(bool),
    location=st.none() | WORDS.filter(bool),
    summary=WORDS,
    experiences=st.lists(
        st.builds(
            FormExperience,
            company=st.sampled_from(["Ormeau", "Acme"]) | WORDS,
            position=WORDS,
            start_date=DATES,
            end_date=DATES,
            achievements=st.lists(WORDS, max_size=3),
        ),
        max_size=4,
    ),
    education=st.lists(st.builds(FormEducation, school=WORDS, degree=WORDS, year=DATES), max_size=3),
    skills=st.lists(st.sampled_from(["Python", "SQL", "WMS", "Lean"]) | WORDS, max_size=8),
)


def reopened(document: Document) -> Document:
    return Document.load(document.dump())


@given(FORMS, st.sampled_from(["fr", "en"]))
def test_what_is_written_is_read_back(form, language):
    document = form_view.new(form, language=language)
    assert form_view.read(reopened(document)) == form


@given(FORMS, FORMS, st.sampled_from(["fr", "en"]))
def test_writing_over_another_cv_reads_back_too(form, earlier, language):
    document = samples.load(language)
    form_view.write(document, earlier)
    form_view.write(document, form)
    assert form_view.read(reopened(document)) == form


@pytest.mark.parametrize("language", ["fr", "en"])
def test_writing_what_was_read_changes_nothing(language):
    document = samples.load(language)
    document.studio.hidden = [document.work[1].id, document.skills[0].id]
    before = copy.deepcopy(document.dump())
    form_view.write(document, form_view.read(document))
    assert document.dump() == before


@given(FORMS)
def test_writing_twice_is_writing_once(form):
    document = form_view.new(form)
    before = copy.deepcopy(document.dump())
    form_view.write(document, form)
    assert document.dump() == before


def test_what_the_form_cannot_show_is_kept():
    document = samples.load("fr")
    second, languages, location = document.work[1], document.dump()["languages"], document.basics.location.postal_code
    form = form_view.read(document)
    form.experiences = [form.experiences[1], FormExperience(company="Neuf", position="Chef", start_date="mai 2024")]
    form.experiences[0].position = "Autre poste"
    form.location = "Rennes"
    form_view.write(document, form)
    assert [work.name for work in document.work] == [second.name, "Neuf"]
    assert (document.work[0].id, document.work[0].location) == (second.id, second.location)
    assert document.work[0].position == "Autre poste"
    assert (document.work[1].start_date, document.work[1].end_date) == ("2024-05", "")
    assert document.dump()["languages"] == languages
    assert (document.basics.location.city, document.basics.location.postal_code) == ("Rennes", location)


def test_hidden_entries_are_not_shown_and_stay_in_their_places():
    document = samples.load("fr")
    hidden = document.work[0]
    document.studio.hidden = [hidden.id]
    form = form_view.read(document)
    assert hidden.name not in [entry.company for entry in form.experiences]
    form.experiences = []
    form_view.write(document, form)
    assert document.work == [hidden]


def test_dates_are_understood_and_shown_as_given_until_changed():
    entry = FormExperience(company="A", position="B", start_date="Janv. 2020", end_date="aujourd'hui")
    school = FormEducation(school="C", degree="D", year="2016-2018")
    form = CVFormData(first_name="A", last_name="B", title="", summary="", experiences=[entry], education=[school])
    document = form_view.new(form)
    work, education = document.work[0], document.education[0]
    assert (work.start_date, work.end_date) == ("2020-01", "")
    assert (education.start_date, education.end_date) == ("2016", "2018")
    assert form_view.read(document) == form
    work.start_date, work.end_date, education.end_date = "2021-02", "2022", "2019"
    shown = form_view.read(document)
    assert (shown.experiences[0].start_date, shown.experiences[0].end_date) == ("2021-02", "2022")
    assert shown.education[0].year == "2016 – 2019"


@pytest.mark.parametrize(("language", "word"), [("fr", "Présent"), ("en", "Present")])
def test_an_open_end_is_the_present(language, word):
    entry = FormExperience(company="A", position="B", start_date="2020", end_date=None)
    form = CVFormData(first_name="", last_name="", title="", summary="", experiences=[entry])
    document = form_view.new(form, language=language)
    assert document.work[0].end_date == ""
    assert form_view.read(document).experiences[0].end_date == word


def test_skill_groups_keep_their_names_and_levels():
    document = samples.load("fr")
    group = next(skill for skill in document.skills if len(skill.keywords) > 1)
    document.skills = [group]
    first, *rest = group.keywords
    form = form_view.read(document)
    form.skills = [*rest, "Nouvelle", first]
    form_view.write(document, form)
    assert [(skill.name, skill.keywords) for skill in document.skills] == [
        (group.name, rest),
        ("Nouvelle", []),
        (group.name, [first]),
    ]
    assert len({skill.id for skill in document.skills}) == 3
