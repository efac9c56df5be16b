from hypothesis import given, settings
from hypothesis import strategies as st

from cvstudio.document import Document, form_view
from cvstudio.document.form_view import CVFormData, FormEducation, FormExperience
from cvstudio.tailoring.arrange import arranged


def job(position: str, start: str, end: str | None = None, *achievements: str) -> FormExperience:
    return FormExperience(
        company="Atelier", position=position, start_date=start, end_date=end, achievements=list(achievements)
    )


def document(**more: object) -> Document:
    form = {"first_name": "Marie", "last_name": "Dupont", "title": "Web", "summary": "Huit ans."} | more
    return form_view.new(CVFormData.model_validate(form))


def positions(*jobs: FormExperience) -> list[str]:
    return [work.position for work in arranged(document(experiences=list(jobs))).work]


def test_jobs_go_from_the_newest_those_that_last_first():
    jobs = (job("b", "2016", "2019"), job("a", "Janv. 2020", "Présent"), job("c", "2012", "2015-06"), job("d", "2018"))
    assert positions(*jobs) == ["a", "d", "b", "c"]


def test_with_a_date_that_cannot_be_read_the_order_stays():
    assert positions(job("c", "2012", "2015"), job("a", "un été", "2020"), job("b", "2018")) == ["c", "a", "b"]


def test_degrees_too():
    made = arranged(
        document(
            education=[FormEducation(school="L", degree=name, year=name) for name in ("2010", "2016", "2012 – 2014")]
        )
    )
    assert [school.study_type for school in made.education] == ["2016", "2012 – 2014", "2010"]


def test_what_is_there_twice_is_there_once():
    made = arranged(
        document(skills=["Python", " python ", "SQL", ""], experiences=[job("a", "2020", None, "x", "x ", "")])
    )
    assert [skill.name for skill in made.skills] == ["Python", "SQL"]
    assert made.work[0].highlights == ["x"]


def test_sentences_stay_as_they_are():
    lines = ["gestion  des stocks ,avec excel", "Deux phrases. ici", "x" * 300]
    made = arranged(document(summary="huit ans", experiences=[job("a", "2020", None, *lines)]))
    assert made.work[0].highlights == ["gestion des stocks ,avec excel", *lines[1:]]
    assert made.basics.summary == "huit ans"


TEXT = st.text(max_size=20)
DATE = st.one_of(TEXT, st.dates().map(str), st.integers(1900, 2100).map(str))


@given(
    st.lists(st.tuples(TEXT, DATE, st.one_of(st.none(), DATE), st.lists(TEXT, max_size=3)), max_size=5),
    st.lists(TEXT, max_size=6),
)
@settings(max_examples=40, deadline=None)
def test_any_form_is_arranged_once_for_all_and_loses_no_word(jobs, skills):
    given_form = document(
        experiences=[job(name, start, end, *lines) for name, start, end, lines in jobs], skills=skills
    )
    made = arranged(given_form)
    assert arranged(made).dump() == made.dump()
    assert sorted(work.id for work in made.work) == sorted(work.id for work in given_form.work)
    before = {line.strip() for work in given_form.work for line in " ".join(work.highlights).split()}
    after = {line.strip() for work in made.work for line in " ".join(work.highlights).split()}
    assert before == after
    assert {skill.name.casefold().split().__repr__() for skill in given_form.skills if skill.name.strip()} == {
        skill.name.casefold().split().__repr__() for skill in made.skills
    }
