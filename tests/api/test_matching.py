"""fitmycv's match score: asked for, made by the worker, explained."""

import pytest

from cvstudio import db, jobs, tasks
from cvstudio.api.app import api
from cvstudio.document import Document
from cvstudio.domain import cvs, matching
from cvstudio.models import Job
from tests.api.conftest import is_error, visitor
from tests.api.test_widgets import CV, TEXT, account, make_cv, offer, prepared

ADDRESS = "/api/cv/match-score"


def own_cv(client) -> str:
    with db.session() as session:
        return cvs.create(session, account(client), Document.load(CV)).filename


def ask(client, filename: str, offer_id: str | None = None):
    return client.post(ADDRESS, json={"filename": filename, "jobOfferId": offer_id})


def get(client, filename: str, language: str = "fr"):
    return client.get(ADDRESS, params={"file": filename}, headers={"Accept-Language": language})


def test_a_score_in_parts_that_add_up(client):
    filename, offer_id = own_cv(client), offer(client)
    is_error(get(client, filename), 404, "MATCH_SCORE_NOT_FOUND")
    task = ask(client, filename, offer_id).json()["taskId"]
    is_error(get(client, filename), 409, "MATCH_SCORE_NOT_READY")
    jobs.run(task, tasks.HANDLERS)
    found = get(client, filename).json()
    assert found["matchScore"] == sum(part["points"] for part in found["scoreBreakdown"]) > 0
    assert sum(part["of"] for part in found["scoreBreakdown"]) == 100
    assert any(part["words"] and part["lines"] for part in found["scoreBreakdown"])
    for skill in (*found["matchingSkills"], *found["missingSkills"]):
        assert skill["sentence"].removesuffix(".") in TEXT
    assert (found["jobOfferId"], found["stale"]) == (offer_id, False)
    english = get(client, filename, "en").json()
    assert english["matchScore"] == found["matchScore"]
    assert [one["message"] for one in english["improvementSuggestions"]] != [
        one["message"] for one in found["improvementSuggestions"]
    ]
    is_error(client.get(f"/api/cv/jobs/{task}"), 404, "JOB_NOT_FOUND")  # it makes no file
    with db.session() as session:
        cv = cvs.by_filename(session, account(client), filename)
        document = Document.load(cv.document)
        document.basics.label = "Cuisinier"
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=cv.revision)
    assert get(client, filename).json()["stale"] is True


def test_a_cv_made_for_an_offer_knows_it(client):
    analysis_id = prepared(client)
    filename = make_cv(client, analysis_id).json()["filename"]
    jobs.run(ask(client, filename).json()["taskId"], tasks.HANDLERS)
    assert get(client, filename).json()["jobOfferId"] == analysis_id


def test_requests_that_are_refused(client, stranger, monkeypatch):
    filename, offer_id = own_cv(client), offer(client)
    is_error(ask(visitor(), filename, offer_id), 401, "UNAUTHORIZED")
    is_error(get(visitor(), filename), 401, "UNAUTHORIZED")
    is_error(client.post(ADDRESS, json={}), 400, "INVALID_INPUT")
    assert is_error(ask(client, filename), 400, "INVALID_INPUT")["jobOfferId"]
    is_error(ask(client, "none.json", offer_id), 404, "CV_NOT_FOUND")
    is_error(ask(stranger, filename, offer_id), 404, "CV_NOT_FOUND")
    is_error(get(stranger, filename), 404, "CV_NOT_FOUND")
    is_error(ask(client, filename, offer(stranger)), 404, "ANALYSIS_NOT_FOUND")
    monkeypatch.setattr(matching, "PER_HOUR", matching.Limit(0, 3600))
    is_error(ask(client, filename, offer_id), 429, "RATE_LIMIT_EXCEEDED")


@pytest.mark.parametrize("gone", ["offer", "cv"])
def test_what_is_gone_meanwhile_ends_the_job(client, gone):
    filename, offer_id = own_cv(client), offer(client)
    task = ask(client, filename, offer_id).json()["taskId"]
    with db.session() as session:
        cv_id = cvs.by_filename(session, account(client), filename).id
        if gone == "cv":
            cvs.delete(session, account(client), cv_id)
    if gone == "offer":
        client.delete(f"/api/offers/{offer_id}")
    jobs.run(task, tasks.HANDLERS)
    with db.session(write=False) as session:
        job = session.get_one(Job, task)
    assert (job.status, job.error_code) == (
        "failed",
        {"offer": "ANALYSIS_NOT_FOUND", "cv": "CV_NOT_FOUND"}[gone],
    )


def test_the_example_is_true(caller):
    filename, offer_id = own_cv(caller), offer(caller)
    jobs.run(ask(caller, filename, offer_id).json()["taskId"], tasks.HANDLERS)
    example = api.openapi()["components"]["schemas"]["MatchScoreResponse"]["example"]
    assert get(caller, filename).json().keys() == example.keys()
