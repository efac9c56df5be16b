"""The CV store by filename: kept whole, with versions, and never overwritten by surprise."""

import copy
import json
import threading

import pytest

from cvstudio import db
from cvstudio.document import Document, samples
from cvstudio.domain import cvs, library
from cvstudio.domain.cvs import StaleRevision
from cvstudio.models import Cv, CvGeneration, Job, Offer, utcnow
from cvstudio.render import themes
from tests.api.conftest import is_error, member, visitor

RESUME = {
    "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
    "basics": {"name": "Marie Dupont", "label": "Soudeuse", "x-mine": {"deep": [1, 1.5, None, True]}},
    "work": [{"id": "w1", "name": "Ormeau", "position": "Soudeuse", "highlights": ["TIG", "MIG"], "x": "kept"}],
    "x-foreign": [{"a": 1}],
    "meta": {"x-tool": "kept", "studio": {"language": "en", "x-later": 3}},
}


def create(client, filename="cv.json", content=RESUME, **more):
    response = client.post("/api/cvs/create", json={"filename": filename, "content": content, **more})
    assert response.status_code == 201, response.text
    return response.json()["cv"]


def read(client, filename="cv.json"):
    return client.get("/api/cvs/read", params={"file": filename}).json()


def change(client, path, after, filename="cv.json", **more):
    changes = [{"path": path, "after": after}]
    return client.post("/api/cvs/changes", json={"filename": filename, "changes": changes, **more})


def test_what_was_created_is_read_back_with_all_its_keys(client):
    made = create(client, sourceType="import", sourceValue="cv.pdf")
    assert made["filename"] == "cv.json"
    assert (made["sourceType"], made["sourceValue"], made["language"]) == ("import", "cv.pdf", "en")
    assert (made["revision"], made["version"], made["matchScore"], made["optimiseStatus"]) == (1, 0, None, "idle")
    found = read(client)
    content = found["content"]
    assert content["meta"].pop("studio").items() >= {"language": "en", "x-later": 3}.items()
    expected = copy.deepcopy(RESUME)
    del expected["meta"]["studio"]
    assert content == expected
    assert client.get("/api/cvs").json()["cvs"] == [made]


def test_the_callers_language_where_the_document_names_none(caller):
    for language in ("fr", "en"):
        content = {"basics": {"name": "Zoé"}}
        body = {"filename": language, "content": content}
        made = caller.post("/api/cvs/create", json=body, headers={"Accept-Language": language}).json()["cv"]
        assert (made["filename"], made["language"]) == (f"{language}.json", language)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"content": {}}, "filename"),
        ({"filename": "a"}, "content"),
        ({"filename": "", "content": {}}, "filename"),
        ({"filename": "../a", "content": {}}, "filename"),
        ({"filename": "a\u0000", "content": {}}, "filename"),
        ({"filename": "a", "content": []}, "content"),
        ({"filename": "a", "content": {"work": 3}}, "work"),
        ({"filename": "a", "content": {}, "sourceType": "A B"}, "sourceType"),
        ({"filename": "a", "content": {}, "more": 1}, "more"),
    ],
)
def test_what_cannot_be_a_cv_is_told_by_field(caller, body, field):
    assert field in is_error(caller.post("/api/cvs/create", json=body), 400, "INVALID_INPUT")


def test_a_template_that_is_not(caller):
    content = {"meta": {"studio": {"template": "nope"}}}
    is_error(caller.post("/api/cvs/create", json={"filename": "a", "content": content}), 404, "TEMPLATE_NOT_FOUND")


def test_a_filename_is_taken_once_and_free_again_after_the_trash(client):
    first = create(client)
    is_error(client.post("/api/cvs/create", json={"filename": "cv", "content": {}}), 409, "FILENAME_TAKEN")
    assert client.post("/api/cvs/delete", json={"filename": "cv.json"}).json() == {"success": True}
    is_error(client.get("/api/cvs/read?file=cv.json"), 404, "CV_NOT_FOUND")
    second = create(client)
    with db.session() as session:
        trashed = session.get_one(Cv, first["id"])
        back = cvs.restore(session, trashed.owner_id, trashed.id)
        assert back.filename == "cv-2.json"
    assert {one["filename"] for one in client.get("/api/cvs").json()["cvs"]} == {"cv.json", "cv-2.json"}
    assert second["id"] != first["id"]


def test_the_same_request_twice_makes_one_cv(caller):
    answers = [
        caller.post("/api/cvs/create", json={"filename": "cv", "content": RESUME}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert len(caller.get("/api/cvs").json()["cvs"]) == 1


def test_versions_changes_and_back_again(client):
    create(client)
    before = read(client)["content"]
    made = client.post("/api/cvs/versions", json={"filename": "cv.json", "changelog": "envoyé", "changeType": "sent"})
    assert made.status_code == 201
    assert {"version": 1, "changelog": "envoyé", "changeType": "sent"}.items() <= made.json().items()
    assert change(client, "work/w1/position", "Cheffe").json() == {"success": True, "revision": 2}
    found = client.get("/api/cvs/changes?file=cv.json").json()
    assert (found["from"], found["to"], found["revision"]) == (1, None, 2)
    assert found["changes"] == [
        {"path": "work/w1/position", "kind": "changed", "before": "Soudeuse", "after": "Cheffe", "about": "Cheffe"}
    ]
    restored = client.post("/api/cvs/restore", json={"filename": "cv.json", "version": 1})
    assert restored.json()["cv"]["revision"] == 3
    assert read(client)["content"] == before
    listed = client.get("/api/cvs/versions?file=cv.json").json()["versions"]
    assert [(one["version"], one["changeType"]) for one in listed] == [(2, "restore"), (1, "sent")]
    client.post("/api/cvs/restore", json={"filename": "cv.json", "version": 2})
    assert read(client)["content"]["work"][0]["position"] == "Cheffe"
    between = client.get("/api/cvs/changes?file=cv.json&from=1&to=2").json()["changes"]
    assert [one["after"] for one in between] == ["Cheffe"]


def test_changes_of_one_cv_make_another_like_it(client):
    create(client, "a")
    document = samples.load("fr")
    document.work.reverse()
    create(client, "b", document.dump())
    for name in ("a", "b"):
        client.post("/api/cvs/versions", json={"filename": f"{name}.json"})
    document.skills = document.skills[2:]
    document.basics.summary = "Autre"
    edits = [{"path": "basics/summary", "after": "Autre"}]
    edits += [{"path": f"skills/{skill.id}", "kind": "removed"} for skill in samples.load("fr").skills[:2]]
    answer = client.post("/api/cvs/changes", json={"filename": "b.json", "changes": edits})
    assert answer.status_code == 200, answer.text
    document.studio.template_version = themes.get(document.studio.template).version
    assert Document.load(read(client, "b.json")["content"]).dump() == document.dump()


@pytest.mark.parametrize("change", [{"path": "basics/name"}, {"path": "basics/name", "value": "Ana"}], ids=str)
def test_a_change_without_its_new_value_empties_nothing(client, change):
    create(client)
    answer = client.post("/api/cvs/changes", json={"filename": "cv.json", "changes": [change]})
    is_error(answer, 400, "INVALID_INPUT")
    assert read(client)["revision"] == 1


def test_all_changes_or_none(caller):
    create(caller)
    changes = [{"path": "basics/label", "after": "x"}, {"path": "work/nobody/position", "after": "y"}]
    refused = caller.post("/api/cvs/changes", json={"filename": "cv.json", "changes": changes})
    assert "changes.1.path" in is_error(refused, 400, "INVALID_INPUT")
    is_error(change(caller, "work", 3), 400, "INVALID_INPUT")
    assert read(caller)["revision"] == 1


@pytest.mark.parametrize("how", ["header", "body"])
def test_a_stale_write_is_refused_and_names_both_revisions(client, how):
    create(client)
    assert change(client, "basics/label", "one").status_code == 200
    stale, headers = ({}, {"If-Match": '"1"'}) if how == "header" else ({"revision": 1}, {})
    for route, body in {
        "changes": {"changes": [{"path": "basics/label", "after": "two"}]},
        "versions": {},
        "restore": {"version": 1},
        "delete": {},
    }.items():
        response = client.post(f"/api/cvs/{route}", json={"filename": "cv.json", **body, **stale}, headers=headers)
        assert is_error(response, 409, "STALE_REVISION")["details"] == {"expected": 1, "current": 2}, route
    assert read(client)["content"]["basics"]["label"] == "one"
    fresh = client.get("/api/cvs/read?file=cv.json").headers["etag"]
    body = {"filename": "cv.json", "changes": [{"path": "basics/label", "after": "two"}]}
    answer = client.post("/api/cvs/changes", json=body, headers={"If-Match": fresh})
    assert answer.headers["etag"] == '"3"'


def test_an_etag_that_is_none_of_ours(caller):
    create(caller)
    response = caller.post("/api/cvs/delete", json={"filename": "cv.json"}, headers={"If-Match": "abc"})
    assert "If-Match" in is_error(response, 400, "INVALID_INPUT")


def test_names_and_letters_that_no_database_takes(client):
    for route in ("cvs/read", "cvs/versions", "cvs/changes", "cv/metadata", "cv/source"):
        is_error(client.get(f"/api/{route}?file=a%00b"), 404, "CV_NOT_FOUND")
    content = {"basics": {"name": "Zo\ud800é", "x": ["\u0000a"]}}
    body = json.dumps({"filename": "odd", "content": content, "sourceValue": "a\u0000b"})
    made = client.post("/api/cvs/create", content=body, headers={"Content-Type": "application/json"})
    assert made.status_code == 201, made.text
    assert made.json()["cv"]["sourceValue"] == "ab"
    assert read(client, "odd.json")["content"]["basics"] == {"name": "Zoé", "x": ["a"]}


def test_of_two_writers_at_once_one_is_told(client):
    cv = create(client)
    with db.session(write=False) as session:
        owner_id = session.get_one(Cv, cv["id"]).owner_id
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def write(label: str) -> None:
        document = Document.load(RESUME)
        document.basics.label = label
        together.wait()
        try:
            with db.session() as session:
                cvs.save(session, owner_id, cv["id"], document, expected_revision=1)
            outcomes.append("saved")
        except StaleRevision:
            outcomes.append("stale")

    writers = [threading.Thread(target=write, args=(label,)) for label in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(outcomes) == ["saved", "stale"]
    assert read(client)["revision"] == 2


def test_the_list_comes_in_pages(caller):
    for number in range(5):
        create(caller, f"cv {number}")
    met, cursor = [], ""
    for size in (2, 2, 1):
        page = caller.get("/api/cvs", params={"limit": 2, "cursor": cursor}).json()
        assert len(page["cvs"]) == size
        met += [one["filename"] for one in page["cvs"]]
        cursor = page["nextCursor"]
    assert cursor is None
    assert met == [f"cv {number}.json" for number in (4, 3, 2, 1, 0)]
    assert "cursor" in is_error(caller.get("/api/cvs?cursor=abc"), 400, "INVALID_INPUT")


def test_score_work_and_offer_stand_beside_a_cv(client):
    made = create(client, sourceType="offer")
    with db.session() as session:
        owner_id = session.get_one(Cv, made["id"]).owner_id
        offer = Offer(
            owner_id=owner_id,
            source="link",
            url="https://example.org/1",
            text="x",
            analysis={"title": "Soudeuse", "company": "Ormeau"},
        )
        session.add(offer)
        session.flush()
        session.add(CvGeneration(cv_id=made["id"], offer_id=offer.id))
        job = {"owner_id": owner_id, "cv_id": made["id"]}
        session.add(Job(kind="match_score", status="done", result={"score": 40}, **job))
        session.flush()
        session.add(Job(kind="match_score", status="done", result={"score": 71}, created_at=utcnow(), **job))
        session.add(Job(kind="match_score", status="failed", created_at=utcnow(), **job))
        session.add(Job(kind=library.IMPROVE, status="running", **job))
    for found in (client.get("/api/cvs").json()["cvs"][0], client.get("/api/cv/metadata?file=cv.json").json()):
        assert (found["matchScore"], found["optimiseStatus"]) == (71, "running")
    source = client.get("/api/cv/source?file=cv.json").json()["source"]
    assert source == {
        "type": "offer",
        "value": "https://example.org/1",
        "jobOffer": {"id": offer.id, "title": "Soudeuse", "company": "Ormeau", "url": "https://example.org/1"},
    }


def test_anothers_cv_is_not_there_and_nobody_needs_an_account(client, stranger):
    create(client)
    for method, path, body in (
        ("GET", "/api/cvs/read?file=cv.json", None),
        ("GET", "/api/cvs/versions?file=cv.json", None),
        ("GET", "/api/cvs/changes?file=cv.json", None),
        ("GET", "/api/cv/metadata?file=cv.json", None),
        ("GET", "/api/cv/source?file=cv.json", None),
        ("POST", "/api/cvs/delete", {}),
        ("POST", "/api/cvs/restore", {"version": 1}),
        ("POST", "/api/cvs/versions", {}),
        ("POST", "/api/cvs/changes", {"changes": []}),
    ):
        body = None if body is None else {"filename": "cv.json", **body}
        refused = stranger.request(method, path, json=body)
        is_error(refused, 404, "CV_NOT_FOUND")
        missing = member().request(method, path, json=body)
        assert refused.json() == missing.json()
        is_error(visitor().request(method, path, json=body), 401, "UNAUTHORIZED")
    assert stranger.get("/api/cvs").json()["cvs"] == []
    is_error(visitor().get("/api/cvs"), 401, "UNAUTHORIZED")
    assert read(client)["revision"] == 1
