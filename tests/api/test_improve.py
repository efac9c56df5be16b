"""fitmycv's improvement: proposals one by one, accepted one by one, never forced."""

from cvstudio import db, jobs, tasks
from cvstudio.document import Document
from cvstudio.domain import cvs
from tests.api.conftest import is_error, visitor
from tests.api.test_widgets import CV, account

HERE = "/api/cv/improve"


def messy(client) -> str:
    document = Document.load(CV)
    document.basics.summary = "cuisinier   depuis neuf ans"
    document.work[0].highlights = ["tenue du poste chaud,  80 couverts", "Formation de deux commis."]
    with db.session() as session:
        return cvs.create(session, account(client), document).filename


def proposed(client, filename: str, **more):
    task_id = client.post(HERE, json={"filename": filename, **more}).json()["taskId"]
    jobs.run(task_id, tasks.HANDLERS)
    (task,) = [one for one in client.get("/api/background-tasks/sync").json()["tasks"] if one["id"] == task_id]
    assert task["status"] == "done", task
    return task_id, task["result"]["proposals"]


def accept(client, task_id: str, proposal_id: str):
    return client.post(f"{HERE}/{task_id}/accept", json={"proposalId": proposal_id})


def content(client, filename: str) -> Document:
    with db.session(write=False) as session:
        return Document.load(cvs.by_filename(session, account(client), filename).document)


def test_proposals_are_told_and_one_is_taken(client):
    filename = messy(client)
    before = content(client, filename)
    task_id, proposals = proposed(client, filename)
    assert content(client, filename) == before
    told = {one["id"]: one for one in proposals}
    line = told[f"work/{before.work[0].id}/highlights/0"]
    assert line == {
        "id": line["id"],
        "section": "work",
        "item": before.work[0].id,
        "before": "tenue du poste chaud,  80 couverts",
        "after": line["after"],
        "why": "tidied",
        "facts": ["Chef de partie – Le Comptoir", "tenue du poste chaud,  80 couverts"],
    }
    assert line["after"].startswith("Tenue du poste chaud, 80")
    assert (told["basics/summary"]["section"], told["basics/summary"]["item"]) == ("basics", "")
    first = accept(client, task_id, line["id"]).json()
    assert first == {"success": True, "filename": filename, "revision": 2}
    after = content(client, filename)
    assert after.work[0].highlights[0] == line["after"]
    assert after.basics.summary == before.basics.summary
    assert accept(client, task_id, line["id"]).json() == first  # once more changes nothing
    (task,) = client.get("/api/background-tasks/sync").json()["tasks"]
    assert (task["result"]["accepted"], task["result"]["declined"]) == ([line["id"]], [])


def test_a_line_that_changed_since_stays(client):
    filename = messy(client)
    task_id, _ = proposed(client, filename)
    with db.session() as session:
        cv = cvs.by_filename(session, account(client), filename)
        document = Document.load(cv.document)
        document.basics.summary = "Autre chose."
        cvs.save(session, cv.owner_id, cv.id, document, expected_revision=cv.revision)
    is_error(accept(client, task_id, "basics/summary"), 409, "PROPOSAL_STALE")
    assert content(client, filename).basics.summary == "Autre chose."


def test_only_the_sections_asked_for(client):
    filename = messy(client)
    assert {one["section"] for one in proposed(client, filename, sections=["summary"])[1]} == {"basics"}
    assert {one["section"] for one in proposed(client, filename, sections=["experience"])[1]} == {"work"}
    refused = client.post(HERE, json={"filename": filename, "sections": ["nonsense"]})
    assert is_error(refused, 400, "INVALID_INPUT")["sections"]


def test_requests_that_are_refused(client, stranger):
    filename = messy(client)
    is_error(visitor().post(HERE, json={"filename": filename}), 401, "UNAUTHORIZED")
    is_error(visitor().post(f"{HERE}/x/accept", json={"proposalId": "x"}), 401, "UNAUTHORIZED")
    is_error(stranger.post(HERE, json={"filename": filename}), 404, "CV_NOT_FOUND")
    waiting = client.post(HERE, json={"filename": filename}).json()["taskId"]
    is_error(accept(client, waiting, "basics/summary"), 409, "IMPROVEMENT_NOT_READY")
    task_id, proposals = proposed(client, filename)
    is_error(accept(stranger, task_id, proposals[0]["id"]), 404, "TASK_NOT_FOUND")
    is_error(accept(client, task_id, "work/none/highlights/0"), 404, "PROPOSAL_NOT_FOUND")
    template = client.post("/api/background-tasks/create-template-cv").json()["taskId"]
    is_error(accept(client, template, "basics/summary"), 404, "TASK_NOT_FOUND")
    with db.session() as session:
        cvs.delete(session, account(client), cvs.by_filename(session, account(client), filename).id)
    is_error(accept(client, task_id, proposals[0]["id"]), 404, "CV_NOT_FOUND")
