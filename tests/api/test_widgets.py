"""widgets-v2 as its specification is written: bodies, metadata, error codes, the order of checks, the cache."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from cvstudio import db
from cvstudio.api.app import api
from cvstudio.domain import account_data, cvs, lines, rendering, widget_cvs, widgets
from cvstudio.models import CareerProfile, Cv, CvGeneration, Offer, TierChange, User, WidgetCache, utcnow
from cvstudio.render.chromium import BrowserUnavailable
from cvstudio.render.memory import Memory
from cvstudio.tailoring.engine import Answer
from cvstudio.tailoring.offline import Offline
from tests.api.conftest import is_error, member, visitor
from tests.tailoring import people

TEXT = """Chef de partie (H/F) - CDI

Vos missions
- Tenir le poste chaud
- Former les commis
- Gérer les stocks

Profil recherché
- CAP Cuisine exigé
- 2 ans d'expérience en cuisine
- Anglais apprécié"""
CV = people.CV
WIDGET = {"id", "type", "section", "text", "relevance_score", "sources", "quality"}


def prepared(client) -> str:
    """A career, and the id of an offer for it."""
    assert client.post("/api/profile/import", json={"resume": CV}).status_code == 200
    return offer(client)


def offer(client, text: str = TEXT) -> str:
    return str(client.post("/api/offers", json={"text": text}).json()["analysisId"])


def generate(client, analysis_id, **more):
    return client.post("/api/cv/generate-widgets", json={"analysisId": analysis_id, **more})


def make_cv(client, analysis_id, **more):
    return client.post("/api/cv/generate-v2", json={"analysisId": analysis_id, **more})


def account(client) -> str:
    return str(client.get("/api/auth/profile").json()["id"])


def cached() -> list[WidgetCache]:
    with db.session(write=False) as session:
        return list(session.exec(select(WidgetCache)))


@pytest.fixture
def made(monkeypatch):
    """The times that lines were made, and not taken from the cache."""
    times = []
    real = widgets.tailor

    def counted(*args, **kwargs):
        times.append(utcnow())
        return real(*args, **kwargs)

    monkeypatch.setattr(widgets, "tailor", counted)
    return times


# ---------------------------------------------------------------------------- generate-widgets


def test_the_answer_is_as_specified(client):
    analysis_id = prepared(client)
    found = generate(client, analysis_id, jobId="mine").json()
    assert found.keys() == {"success", "widgets", "metadata", "jobOfferContext"}
    assert found["success"] is True
    envelope, metadata, context = found["widgets"], found["metadata"], found["jobOfferContext"]
    assert envelope.keys() == {"profil_summary", "job_context", "widgets", "meta"}
    assert (envelope["profil_summary"]["prenom"], envelope["profil_summary"]["nom"]) == ("Samir", "Ben Ali")
    for widget in envelope["widgets"]:
        assert widget.keys() == WIDGET
        assert 0 <= widget["relevance_score"] <= 100
        assert widget["quality"]["grounded"] is True
    assert metadata.pop("generatedAt") == envelope["meta"]["created_at"]
    assert envelope["meta"]["created_at"].endswith("Z")
    score = client.get("/api/profile").json()["ragCompletenessScore"]
    optimal = metadata.pop("optimalMinScore")
    assert 0 < optimal <= 100
    assert metadata == {
        "analysisId": analysis_id,
        "jobId": "mine",
        "widgetsCount": len(envelope["widgets"]),
        "model": "offline",
        "ragCompletenessScore": score,
        "cached": False,
    }
    assert context["title"] == envelope["job_context"]["job_title"] == "Chef de partie"
    assert context["description"] == TEXT
    assert isinstance(context["missing_keywords"], list)


@pytest.mark.parametrize("process", ["the same", "another"])
def test_the_second_answer_comes_from_the_cache(client, made, monkeypatch, process):
    analysis_id = prepared(client)
    first = generate(client, analysis_id).json()
    if process == "another":
        monkeypatch.setattr(widgets, "_made", Memory(widgets.ROOM))
    second = generate(client, analysis_id).json()
    assert (first["metadata"].pop("cached"), second["metadata"].pop("cached")) == (False, True)
    assert first == second
    assert "jobId" not in second["metadata"]
    assert len(made) == 1
    (row,) = cached()
    described = sha256(" ".join(TEXT.casefold().split()).encode()).hexdigest()
    score = second["metadata"]["ragCompletenessScore"]
    assert row.key == sha256(f"{analysis_id}:{score}:{described}".encode()).hexdigest()
    assert row.expires_at - row.created_at >= timedelta(hours=24) - timedelta(seconds=5)
    assert row.claim == ""


def test_an_edit_that_leaves_the_score_as_it_was_is_not_answered_with_stale_facts(client, made):
    analysis_id = prepared(client)
    before = generate(client, analysis_id).json()
    fact = next(one for one in client.get("/api/profile").json()["facts"] if one["text"] == "Formation de deux commis")
    client.patch("/api/profile", json={"edit": [{"id": fact["id"], "text": "Formation de deux apprentis"}]})
    after = generate(client, analysis_id).json()
    assert before["metadata"]["ragCompletenessScore"] == after["metadata"]["ragCompletenessScore"]
    assert after["metadata"]["cached"] is False
    assert "Formation de deux apprentis." in {widget["text"] for widget in after["widgets"]["widgets"]}
    assert len(made) == 2
    assert len(cached()) == 1  # the specified key, so the newer takes the place


def test_after_a_day_it_is_made_again_and_what_expired_is_swept(client, made):
    analysis_id, other = prepared(client), offer(client, TEXT + "\n- Permis B")
    for one in (analysis_id, other):
        generate(client, one)
    with db.session() as session:
        for row in session.exec(select(WidgetCache)):
            row.expires_at = utcnow()
            session.add(row)
    assert generate(client, analysis_id).json()["metadata"]["cached"] is False
    assert len(made) == 3
    assert len(cached()) == 1


def test_identical_requests_at_once_are_made_once(client, made, monkeypatch):
    analysis_id = prepared(client)
    waiting = threading.Event()
    look, write = widgets._is_claimed, widgets.tailor

    def looked(asked):
        waiting.set()
        return look(asked)

    def written(*args, **kwargs):
        assert waiting.wait(30)  # until a twin is there
        return write(*args, **kwargs)

    monkeypatch.setattr(widgets, "_is_claimed", looked)
    monkeypatch.setattr(widgets, "tailor", written)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: generate(client, analysis_id), range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    assert sorted(answer.json()["metadata"]["cached"] for answer in answers) == [False] + [True] * 5
    assert len({answer.json()["metadata"]["generatedAt"] for answer in answers}) == 1
    assert len(made) == 1


def test_who_takes_over_from_one_that_died_is_not_overwritten(client, made, monkeypatch):
    """A claim is believed for a minute; its holder, back from the dead, answers but keeps nothing."""
    analysis_id = prepared(client)
    write = widgets.tailor

    def slow(*args, **kwargs):
        monkeypatch.setattr(widgets, "tailor", write)
        with db.session() as session:
            session.exec(select(WidgetCache)).one().expires_at = utcnow()
        second.append(generate(client, analysis_id).json())
        return write(*args, **kwargs)

    second = []
    monkeypatch.setattr(widgets, "tailor", slow)
    first = generate(client, analysis_id).json()
    assert (first["metadata"]["cached"], second[0]["metadata"]["cached"]) == (False, False)
    assert len(made) == 2
    (row,) = cached()
    assert row.claim == ""
    assert row.envelope["meta"]["created_at"] == second[0]["metadata"]["generatedAt"]


def test_an_offer_of_two_people_is_two_offers(client, stranger):
    generate(client, prepared(client))
    assert generate(stranger, prepared(stranger)).json()["metadata"]["cached"] is False
    assert len(cached()) == 2


def test_a_key_repeats_the_answer(client):
    analysis_id = prepared(client)
    headers = {"Idempotency-Key": "k"}
    sent = [
        client.post("/api/cv/generate-widgets", json={"analysisId": analysis_id}, headers=headers) for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()  # also in saying that it was not cached
    assert sent[1].headers["idempotency-replayed"] == "true"
    made = [client.post("/api/cv/generate-v2", json={"analysisId": analysis_id}, headers=headers) for _ in range(2)]
    assert made[0].json() == made[1].json()
    with db.session(write=False) as session:
        assert len(cvs.all_of(session, account(client))) == 1


# ---------------------------------------------------------------------------- errors, in their order


@pytest.mark.parametrize("path", ["/api/cv/generate-widgets", "/api/cv/generate-v2"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_check_in_its_turn(client, path, language):
    headers = {"Accept-Language": language}

    def refused(status: int, code: str, body: dict[str, object], who=client):
        error = is_error(who.post(path, json=body, headers=headers), status, code)
        assert error["userMessage"] == error["error"] if language == "en" else error["userMessage"] != error["error"]
        return error

    refused(401, "UNAUTHORIZED", {}, visitor())
    for missing in ({}, {"analysisId": None}, {"analysisId": " "}):
        assert refused(400, "MISSING_ANALYSIS_ID", missing)["analysisId"]
    refused(400, "INVALID_INPUT", {"analysisId": 3})
    refused(404, "ANALYSIS_NOT_FOUND", {"analysisId": "invalid-id"})
    other = member()
    theirs = refused(404, "ANALYSIS_NOT_FOUND", {"analysisId": offer(other)})
    assert theirs == refused(404, "ANALYSIS_NOT_FOUND", {"analysisId": "A" * 16})
    analysis_id = offer(client)
    refused(404, "RAG_PROFILE_NOT_FOUND", {"analysisId": analysis_id})
    client.post("/api/profile/import", json={"text": "Langues\nBreton"})
    assert refused(400, "RAG_INCOMPLETE", {"analysisId": analysis_id})["details"]["needed"] == 20
    client.post("/api/profile/import", json={"resume": CV})
    with db.session() as session:
        session.add(TierChange(tier="free", changes={"generations": 0, "free_files": 0}))
    short = refused(403, "INSUFFICIENT_CREDITS", {"analysisId": analysis_id})
    assert short["details"] == {"need": 1, "balance": 0}
    with db.session() as session:
        session.add(TierChange(tier="free", changes={"generations": 0}))
    response = client.post(path, json={"analysisId": analysis_id}, headers=headers)
    limited = is_error(response, 429, "RATE_LIMIT_EXCEEDED")
    assert 0 < limited["retryAfter"] <= 3600
    assert response.headers["retry-after"] == str(limited["retryAfter"])
    assert limited["resetAt"].endswith("Z")


@pytest.mark.parametrize(("tier", "number"), [("free", 10), ("pro", 50)])
def test_a_tiers_requests_an_hour(caller, tier, number):
    with db.session() as session:
        session.get_one(User, account(caller)).tier = tier
    analysis_id = prepared(caller)
    codes = [generate(caller, analysis_id).status_code for _ in range(number + 1)]
    assert codes == [200] * number + [429]


def test_beyond_the_days_free_ones_new_lines_cost_a_credit_and_cached_ones_nothing(client):
    analysis_id, other = prepared(client), offer(client, TEXT + "\n- Permis B")
    with db.session() as session:
        session.add(TierChange(tier="free", changes={"free_files": 1}))
        widgets.credits.grant(session, account(client), "gift", "one", 1)
    assert generate(client, analysis_id).status_code == 200
    assert client.get("/api/credits/balance").json()["balance"] == 1
    assert generate(client, other).status_code == 200
    assert client.get("/api/credits/balance").json()["balance"] == 0
    assert generate(client, other).json()["metadata"]["cached"] is True
    is_error(generate(client, offer(client, TEXT + "\n- Permis C")), 403, "INSUFFICIENT_CREDITS")


def test_what_is_stored_and_cannot_be_read_back(client):
    analysis_id = prepared(client)
    with db.session() as session:
        session.get_one(CareerProfile, account(client)).data = {"facts": [{"id": 3}]}
    is_error(generate(client, analysis_id), 500, "RAG_NORMALIZATION_FAILED")


def test_an_engine_that_fails_costs_nothing_and_leaves_no_claim(client, monkeypatch):
    analysis_id = prepared(client)
    with monkeypatch.context() as broken:
        broken.setattr(Offline, "phrase", lambda *_: Answer.model_validate({"lines": 3}))
        is_error(generate(client, analysis_id), 500, "WIDGETS_GENERATION_ERROR")
        is_error(make_cv(client, analysis_id), 500, "WIDGETS_GENERATION_ERROR")
    assert cached() == []
    with monkeypatch.context() as broken:
        real = widgets.tailor

        def silent(*args, **kwargs):
            told = real(*args, **kwargs)
            return told.model_copy(update={"envelope": told.envelope.model_copy(update={"widgets": []})})

        broken.setattr(widgets, "tailor", silent)
        is_error(generate(client, analysis_id), 500, "WIDGETS_GENERATION_FAILED")
    assert generate(client, analysis_id).json()["metadata"]["cached"] is False


# ---------------------------------------------------------------------------- generate-v2


def test_a_cv_is_made_fitted_and_saved(client):
    analysis_id = prepared(client)
    made = make_cv(client, analysis_id, template="tech", minScore=30, maxExperiences=5)
    assert made.status_code == 200, made.text
    found = made.json()
    assert (found["success"], found["template"], found["includePhoto"]) == (True, "tech", False)
    metadata = found["metadata"]
    total, filtered = metadata.pop("widgets_total"), metadata.pop("widgets_filtered")
    assert 0 < filtered <= total
    assert metadata == {
        "generator_type": "v2_widgets",
        "generator_model": "offline",
        "generator_version": widgets.VERSION,
        "relevance_scoring_applied": True,
        "advanced_scoring_applied": True,
    }
    assert (found["pages"], found["fits"], found["removed"]) == (1, True, [])
    data = found["cvData"]
    assert (data["profil"]["prenom"], data["profil"]["titre"]) == ("Samir", "Chef de partie")
    assert data["experiences"][0]["entreprise"] == "Le Comptoir"
    assert data["competences"]["techniques"]
    with db.session(write=False) as session:
        cv = cvs.get_owned(session, account(client), found["cvId"])
        kept = session.get_one(CvGeneration, cv.id)
    assert (cv.title, cv.source, cv.template, cv.filename) == ("Chef de partie", "offer", "tech", found["filename"])
    assert cv.document["work"][0]["name"] == "Le Comptoir"
    assert kept.offer_id == analysis_id
    assert kept.details["widgets_total"] == total
    assert generate(client, analysis_id).json()["metadata"]["cached"] is True  # both share the lines


def test_what_does_not_fit_is_listed_and_can_be_kept(caller):
    work = [
        {
            "position": f"Cuisinier {number}",
            "name": f"Restaurant {number}",
            "startDate": str(2010 + number),
            "endDate": str(2011 + number),
            "highlights": [
                f"{dish} pour {number + 2} tables, {'service du midi et du soir, ' * 5}" for dish in "ABCDE"
            ],
        }
        for number in range(8)
    ]
    caller.post("/api/profile/import", json={"resume": CV | {"work": work}})
    analysis_id = offer(caller)
    found = make_cv(caller, analysis_id, template="compact", minScore=0, maxExperiences=50).json()
    assert (found["pages"], found["fits"]) == (1, True)
    assert found["removed"]
    scores = [line["relevanceScore"] for line in found["removed"] if line["id"].startswith("widget_real")]
    assert scores == sorted(scores)
    line = next(line for line in found["removed"] if line["id"].startswith("widget_real"))
    assert line["text"] not in str(found["cvData"])
    again = make_cv(caller, analysis_id, template="compact", minScore=0, maxExperiences=50, keep=[line["id"]]).json()
    assert line["text"] in str(again["cvData"])
    assert line["id"] not in {one["id"] for one in again["removed"]}
    with db.session(write=False) as session:
        assert session.get_one(CvGeneration, found["cvId"]).removed["lines"] == found["removed"]


@pytest.mark.parametrize(
    "wrong",
    [{"minScore": 101}, {"minScore": "high"}, {"maxExperiences": 0}, {"maxBulletsPerExperience": -1}, {"pages": 1}],
)
def test_requests_that_are_refused(caller, wrong):
    is_error(make_cv(caller, "A" * 16, **wrong), 400, "INVALID_INPUT")
    is_error(make_cv(caller, "A" * 16, template="none"), 404, "TEMPLATE_NOT_FOUND")


def test_failures_have_their_codes_and_leave_no_cv(client, monkeypatch):
    analysis_id = prepared(client)

    def no_browser(*_):
        raise BrowserUnavailable

    def full_disk(*_, **__):
        raise OperationalError("insert", None, Exception("disk full"))

    def no_document(*_):
        raise widget_cvs.ConversionFailed

    for module, name, broken, code in (
        (rendering, "printed", no_browser, "CV_TEMPLATE_FITTING_ERROR"),
        (cvs, "create", full_disk, "CV_SAVE_ERROR"),
        (lines.assemble, "cv", no_document, "WIDGETS_CONVERSION_ERROR"),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, broken)
            is_error(make_cv(client, analysis_id), 500, code)
    with db.session(write=False) as session:
        assert session.exec(select(Cv)).all() == session.exec(select(CvGeneration)).all() == []
    assert make_cv(client, analysis_id).status_code == 200


def test_a_cv_outlives_its_offer_but_not_its_owner(client):
    analysis_id = prepared(client)
    cv_id = make_cv(client, analysis_id).json()["cvId"]
    assert client.delete(f"/api/offers/{analysis_id}").status_code == 204
    with db.session(write=False) as session:
        assert session.get_one(CvGeneration, cv_id).offer_id is None
    assert client.delete("/api/profile").status_code == 204
    assert cached() == []
    with db.session() as session:
        account_data.erase(session, account(client))
    with db.session(write=False) as session:
        for kind in (Cv, CvGeneration, Offer):
            assert session.exec(select(kind)).all() == []


def test_the_examples_are_true(caller):
    schemas = api.openapi()["components"]["schemas"]
    analysis_id = prepared(caller)
    for name, path in (("GenerateWidgets", "generate-widgets"), ("GenerateV2", "generate-v2")):
        request = schemas[f"{name}Request"]["example"] | {"analysisId": analysis_id}
        found = caller.post(f"/api/cv/{path}", json=request).json()
        example = schemas[f"{name}Response"]["example"]
        assert found.keys() == example.keys()
        assert found["metadata"].keys() == example["metadata"].keys()
