"""The career profile as clients build it: by hand, from CVs, from words."""

import pytest

from cvstudio import db
from cvstudio.api.app import api
from cvstudio.document import samples
from cvstudio.domain import cvs
from cvstudio.domain.accounts import adoption
from cvstudio.models import CareerProfile
from tests.api.conftest import is_error, member, visitor

JOB = {"id": "job", "kind": "experience", "title": "Soudeuse", "employer": "Chantiers du Nord", "start": "2019"}
LINE = {"kind": "realisation", "of": "job", "text": "Soudure TIG de 400 pièces par mois"}


def put(client, *facts, **more):
    return client.put("/api/profile", json={"facts": list(facts), **more})


def patch(client, **changes):
    return client.patch("/api/profile", json=changes)


def own_cv(client, language="fr") -> str:
    owner_id = client.get("/api/auth/profile").json()["id"]
    with db.session() as session:
        return cvs.create(session, owner_id, samples.load(language)).id


def test_without_one_it_is_empty_and_says_what_is_missing(caller):
    found = caller.get("/api/profile").json()
    assert (found["revision"], found["updatedAt"], found["ragCompletenessScore"], found["facts"]) == (0, None, 0, [])
    assert sum(part["worth"] for part in found["parts"]) == sum(part["missing"] for part in found["missing"]) == 100
    english = caller.get("/api/profile", headers={"Accept-Language": "en"}).json()
    assert {part["name"] for part in found["parts"]} & {"Réalisations"}
    assert {part["name"] for part in english["parts"]} & {"Achievements"}


def test_facts_by_hand(client):
    made = put(client, JOB, LINE, identity={"name": "Lou Martin", "summary": "Non."}, language="en").json()
    assert [(fact["id"], fact["of"], fact["source"]) for fact in made["facts"]] == [
        ("exp_0", "", "hand"),
        ("real_0", "exp_0", "hand"),
    ]
    assert made["facts"][0]["text"] == "Soudeuse, Chantiers du Nord"
    assert (made["revision"], made["language"], made["identity"]) == (1, "en", {"name": "Lou Martin"})
    assert made["ragCompletenessScore"] == sum(part["points"] for part in made["parts"]) > 0
    changed = patch(
        client,
        add=[{"kind": "skill", "text": "TIG"}, {"kind": "realisation", "of": "exp_0", "text": "Formation de 3 commis"}],
        edit=[{"id": "exp_0", "end": "2024-06"}],
        remove=["real_0"],
    ).json()
    facts = {fact["id"]: fact for fact in changed["facts"]}
    assert facts.keys() == {"exp_0", "comp_0", "real_1"}  # an id never comes back
    assert (facts["exp_0"]["start"], facts["exp_0"]["end"]) == ("2019", "2024-06")
    assert client.get("/api/profile").json() == changed
    kept = put(client, {**facts["exp_0"], "title": "Chaudronnière"} | {"source": ""})
    is_error(kept, 400, "INVALID_INPUT")  # where a fact comes from is not for its client to say
    fact = {name: value for name, value in facts["exp_0"].items() if name != "source"}
    kept = put(client, {**fact, "title": "Chaudronnière"}).json()
    assert [(fact["id"], fact["title"]) for fact in kept["facts"]] == [("exp_0", "Chaudronnière")]
    assert client.delete("/api/profile").status_code == 204
    assert client.get("/api/profile").json()["facts"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"add": [{"kind": "skill", "text": "  "}]},
        {"add": [{"kind": "wizardry", "text": "x"}]},
        {"add": [{"kind": "realisation", "of": "exp_9", "text": "x"}]},
        {"add": [{"id": "a", "kind": "skill", "text": "x"}, {"id": "a", "kind": "skill", "text": "y"}]},
        {"add": [{"id": "a", "of": "a", "kind": "realisation", "text": "x"}]},
        {"add": [JOB, {**LINE, "id": "line"}, {**LINE, "of": "line"}]},
        {"edit": [{"id": "exp_9", "end": "2020"}]},
        {"edit": [{"id": "exp_0", "text": ""}]},
        {"remove": ["exp_9"]},
        {"merge": [{"keep": "exp_0", "drop": "real_0"}]},
        {"identity": {"name": 3}},
        {"add": [{"kind": "skill", "text": "kept?"}], "remove": ["exp_9"]},
    ],
)
def test_all_or_nothing(caller, changes):
    before = put(caller, JOB, LINE).json()
    error = is_error(patch(caller, **changes), 400, "INVALID_INPUT")
    assert error["details"]["fields"]
    assert caller.get("/api/profile").json() == before


def test_replacing_refuses_what_cannot_be(caller):
    put(caller, JOB, LINE)
    line = {"id": "real_0", "kind": "realisation", "text": "Soudure"}
    is_error(put(caller, line), 400, "INVALID_INPUT")  # without its job
    is_error(put(caller, {"id": "exp_0", "kind": "skill", "text": "x"}), 400, "INVALID_INPUT")
    is_error(put(caller, {**JOB, "id": "exp_0"}, {**JOB, "id": "exp_0"}), 400, "INVALID_INPUT")
    assert len(caller.get("/api/profile").json()["facts"]) == 2


def test_two_who_write_at_once_are_told(client):
    put(client, JOB)
    assert patch(client, revision=1, add=[LINE | {"of": "exp_0"}]).json()["revision"] == 2
    error = is_error(patch(client, revision=1, remove=["exp_0"]), 409, "STALE_PROFILE")
    assert error["details"] == {"expected": 1, "current": 2}
    assert "Rechargez" in error["userMessage"]
    assert patch(client, revision=2, edit=[{"id": "exp_0", "start": "2019"}]).json()["revision"] == 2  # nothing changed


def test_cvs_texts_and_files_are_taken_apart_once(client):
    cv_id = own_cv(client)
    first = client.post("/api/profile/import", json={"cvIds": [cv_id]}).json()
    assert first["added"] == len(first["facts"]) > 10
    assert {fact["source"] for fact in first["facts"]} == {f"cv:{cv_id}"}
    assert first["identity"]["name"] == samples.load("fr").basics.name
    again = client.post("/api/profile/import", json={"cvIds": [cv_id]}).json()
    assert (again["added"], again["revision"]) == (0, first["revision"])
    told = client.post("/api/profile/import", json={"text": "Compétences\nSoudure TIG, Lecture de plans"}).json()
    assert told["added"] == 2
    resume = {"basics": {"name": "Lou"}, "skills": [{"name": "Braille"}]}
    assert client.post("/api/profile/import", json={"resume": resume}).json()["added"] == 1
    assert client.get("/api/profile").json()["identity"]["name"] == samples.load("fr").basics.name


def test_duplicates_are_proposed_and_merged_on_consent(client):
    document = samples.load("fr").dump()
    for _ in range(2):  # as told by two sources
        cv_id = own_cv(client)
        found = client.post("/api/profile/import", json={"cvIds": [cv_id]}).json()
    assert len(found["duplicates"]) >= len(document["work"])
    pair = found["duplicates"][0]
    merged = patch(client, merge=[pair]).json()
    ids = {fact["id"] for fact in merged["facts"]}
    assert pair["keep"] in ids
    assert pair["drop"] not in ids
    assert pair not in merged["duplicates"]
    assert patch(client, edit=[{"id": pair["drop"], "place": "Brest"}]).status_code == 200  # answers to both ids


def test_imports_that_are_refused(client, stranger):
    is_error(client.post("/api/profile/import", json={}), 400, "INVALID_INPUT")
    is_error(client.post("/api/profile/import", json={"text": "x" * 60_001}), 400, "INVALID_INPUT")
    is_error(client.post("/api/profile/import", json={"resume": {"work": 3}}), 400, "INVALID_INPUT")
    theirs, nowhere = (
        client.post("/api/profile/import", json={"cvIds": [cv_id]}) for cv_id in (own_cv(stranger), "A" * 16)
    )
    is_error(theirs, 404, "CV_NOT_FOUND")
    assert theirs.json() == nowhere.json()
    assert client.get("/api/profile").json()["revision"] == 0


def test_an_import_sent_twice_is_done_once(client):
    sent = [
        client.post("/api/profile/import", json={"text": "Langues\nBreton"}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    assert sent[1].headers["idempotency-replayed"] == "true"


def test_it_is_ones_own(client, stranger):
    put(client, JOB)
    assert stranger.get("/api/profile").json()["facts"] == []
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        is_error(visitor().request(method, "/api/profile", json={"facts": []}), 401, "UNAUTHORIZED")
    is_error(visitor().post("/api/profile/import", json={"text": "x"}), 401, "UNAUTHORIZED")


def test_a_profile_that_cannot_be_read_back_says_so(client):
    put(client, JOB)
    owner_id = client.get("/api/auth/profile").json()["id"]
    with db.session() as session:
        session.get_one(CareerProfile, owner_id).data = {"facts": [{"id": 3}]}
    is_error(client.get("/api/profile"), 500, "RAG_NORMALIZATION_FAILED")
    assert client.delete("/api/profile").status_code == 204


@pytest.mark.parametrize("has_one", [True, False])
def test_a_visitors_facts_join_the_accounts(engine, has_one):
    client, other, third = member(), member(), member()
    put(other, JOB, LINE, {"kind": "skill", "text": "TIG"}, identity={"name": "Ailleurs"})
    put(third, {"kind": "skill", "text": "MIG"}, {"kind": "skill", "text": "TIG"})
    if has_one:
        put(client, {"kind": "skill", "text": "Braille"}, identity={"name": "Lou"})
    mine, *arriving = (one.get("/api/auth/profile").json()["id"] for one in (client, other, third))
    with db.session() as session:
        adoption._move(session, mine, arriving)
    found = client.get("/api/profile").json()
    assert sorted(fact["text"] for fact in found["facts"] if fact["kind"] == "skill") == [
        *(["Braille"] if has_one else []),
        "MIG",
        "TIG",
    ]
    job, line = (
        next(fact for fact in found["facts"] if fact["kind"] == kind) for kind in ("experience", "realisation")
    )
    assert line["of"] == job["id"]
    assert found["identity"]["name"] == ("Lou" if has_one else "Ailleurs")
    assert other.get("/api/profile").json()["facts"] == third.get("/api/profile").json()["facts"] == []


def test_the_examples_are_taken(caller):
    schemas = api.openapi()["components"]["schemas"]
    example = schemas["ProfileReplaceRequest"]["example"] | {"revision": 0}
    assert caller.put("/api/profile", json=example).json().keys() == schemas["CareerProfileResponse"]["example"].keys()


def test_a_career_told_in_english_is_an_english_one(client):
    job = {"position": "Night shift supervisor", "highlights": ["Ran the briefing and trained the new starters"]}
    assert client.post("/api/profile/import", json={"resume": {"work": [job]}}).json()["language"] == "en"
    fact = {"id": "a", "kind": "skill", "text": "Training of new starters for the night shift"}
    assert client.put("/api/profile", json={"facts": [fact]}).json()["language"] == "en"
    assert client.put("/api/profile", json={"facts": [fact], "language": "fr"}).json()["language"] == "fr"
