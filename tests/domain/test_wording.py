"""A form's CV before it is printed: a model words it within the gates, once; offline its sentences stay."""

import pytest

from cvstudio import db, jobs
from cvstudio.document import Document
from cvstudio.document.form_view import CVFormData
from cvstudio.domain import cvs, generation, rendering, wording
from cvstudio.models import Cv, Job, Owner
from cvstudio.tailoring.engine import Question
from tests.language_model import Turn, phrased
from tests.modelled import NAMES, model, vendor

__all__ = ["model", "vendor"]

FORM = CVFormData.model_validate(
    {
        "first_name": "Marie",
        "last_name": "Dupont",
        "title": "Cheffe de partie",
        "email": "marie@example.org",
        "summary": "cuisinière depuis neuf ans",
        "experiences": [
            {"company": "Le Pin", "position": "Commis", "start_date": "2012", "end_date": "2015"},
            {
                "company": "Le Comptoir",
                "position": "Cheffe de partie",
                "start_date": "2016",
                "achievements": ["responsable du poste chaud, 90 couverts", "formation de deux commis"],
            },
        ],
    }
)
WRITTEN = ["responsable du poste chaud, 90 couverts", "formation de deux commis"]
BETTER = "Poste chaud, 90 couverts, responsable."


@pytest.fixture
def job(sqlite: object, owner: Owner, model: object) -> Job:
    return asked(owner)


def asked(owner: Owner) -> Job:
    with db.session() as session:
        return generation.start_form(session, owner.id, "modern", FORM)


def reworded(job: Job) -> jobs.Context:
    ctx = jobs.claim(job.id, "worker")
    assert ctx
    wording.reword(ctx)
    return ctx


def kept(job: Job) -> tuple[Document, Document]:
    """What will be printed, and the CV."""
    with db.session(write=False) as session:
        row = session.get_one(Job, job.id)
        return generation.snapshot(row), Document.load(session.get_one(Cv, row.cv_id).document)


def better(question: Question) -> dict:
    return phrased(question, lambda text: BETTER if "poste chaud" in text else text)


def test_better_words_reach_the_file_and_the_cv(model, job):
    model.speech = better
    ctx = reworded(job)
    printed, cv = kept(job)
    assert printed.dump() == cv.dump() == generation.snapshot(ctx.job).dump()
    assert [work.name for work in printed.work] == ["Le Comptoir", "Le Pin"]
    assert printed.work[0].highlights == [BETTER, "Formation de deux commis."]
    assert printed.basics.summary == "Cuisinière depuis neuf ans."
    assert (printed.basics.name, printed.basics.email) == ("Marie Dupont", "marie@example.org")
    assert ctx.payload["model"] == NAMES[model.told[0].protocol]


def test_it_is_done_once(model, job):
    ctx = reworded(job)
    wording.reword(ctx)
    assert len(model.told) == 1


@pytest.mark.parametrize(
    "lie", ["{} Élue meilleure cheffe de France.", "Directrice : {}", "120 couverts, {}", "PhD. {}"]
)
def test_nothing_is_added(model, job, lie):
    model.speech = lambda question: phrased(question, lie.format)
    reworded(job)
    printed, _ = kept(job)
    assert printed.work[0].highlights == WRITTEN
    assert printed.basics.summary == FORM.summary


@pytest.mark.parametrize("turn", [Turn(status=404), Turn(ended="refused"), Turn("{")])
def test_a_model_that_fails_leaves_every_sentence_alone(model, job, turn):
    model.turns = [turn]
    ctx = reworded(job)
    printed, cv = kept(job)
    assert printed.work[0].highlights == cv.work[0].highlights == WRITTEN
    assert ctx.payload["model"] == "offline"


def test_a_cv_that_was_changed_meanwhile_stays_its_owners(model, job, owner):
    model.speech = better
    with db.session() as session:
        cv = cvs.get_owned(session, owner.id, str(job.cv_id))
        mine = Document.load(cv.document)
        mine.basics.summary = "À moi"
        cvs.save(session, owner.id, cv.id, mine, expected_revision=cv.revision)
    reworded(job)
    printed, cv_now = kept(job)
    assert printed.work[0].highlights[0] == BETTER
    assert (cv_now.basics.summary, cv_now.work[0].highlights) == ("À moi", WRITTEN)


def test_a_saved_cv_is_printed_as_it_is(model, job, owner):
    with db.session() as session:
        again = generation.start(session, owner.id, cvs.get_owned(session, owner.id, str(job.cv_id)))
    reworded(again)
    assert model.told == []


def test_offline_nothing_is_asked_or_written(sqlite, owner):
    job = asked(owner)
    with db.session(write=False) as session:
        before = session.get_one(Job, job.id).payload
    reworded(job)
    with db.session(write=False) as session:
        assert session.get_one(Job, job.id).payload == before
    assert kept(job)[0].work[0].highlights == WRITTEN


def test_the_job_prints_what_was_worded(model, job, monkeypatch):
    model.speech = better
    pages = []

    def printed(html: str, document: Document) -> bytes:
        pages.append(html)
        raise generation.NotReady

    monkeypatch.setattr(rendering, "printed", printed)
    monkeypatch.setattr(rendering, "renderer", lambda: "none")
    jobs.run(job.id, {generation.KIND: rendering.render_pdf})
    assert BETTER in pages[0]
