"""cv-instant-pro's main path, and everything that may be wrong with a request."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlmodel import func, select

from cvstudio import db, jobs, tasks
from cvstudio.document import Document
from cvstudio.domain import generation
from cvstudio.domain.idempotency import KEPT
from cvstudio.models import Cv, IdempotencyKey, Job, utcnow
from tests.api.conftest import ask, body, done, is_error, visitor


def test_from_form_to_pdf(client):
    asked = client.post("/api/cv/jobs", json=body())
    assert asked.status_code == 202
    job = asked.json()
    assert job["job_id"] == job["jobId"]
    assert (job["status"], job["progress"], job["download_url"], job["error"]) == ("queued", 0, None, None)
    assert job["created_at"].endswith("Z")
    assert asked.headers["location"] == f"/api/cv/jobs/{job['jobId']}"

    download = f"/api/cv/jobs/{job['jobId']}/download"
    is_error(client.get(download), 409, "NOT_READY")
    jobs.run(job["jobId"], tasks.HANDLERS)

    status = client.get(f"/api/cv/jobs/{job['jobId']}").json()
    assert (status["status"], status["progress"], status["pages"]) == ("done", 100, 1)
    assert status["downloadUrl"] == status["download_url"] == download

    file = client.get(download)
    assert file.status_code == 200
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"] == "attachment; filename*=utf-8''CV%20Marie%20Dupont.pdf"
    assert "public" not in file.headers["cache-control"]
    reader = PdfReader(io.BytesIO(file.content))
    text = "".join(page.extract_text() for page in reader.pages)
    assert "Marie Dupont" in text
    assert "Atelier Numérique" in text
    assert reader.metadata.title == "Marie Dupont – Développeuse web"


def test_the_cv_is_kept_as_a_document(client):
    job_id = ask(client)
    with db.session(write=False) as session:
        cv = session.get_one(Cv, session.get_one(Job, job_id).cv_id)
    document = Document.load(cv.document)
    assert cv.source == "api"
    assert (document.work[0].start_date, document.work[0].end_date) == ("2020-01", "")


@pytest.mark.parametrize("template", ["modern", "1", 1])
def test_a_template_is_named_by_slug_or_number(client, template):
    assert client.post("/api/cv/jobs/", json=body() | {"template_id": template}).status_code == 202


def test_pages_as_pictures(caller):
    one = done(caller)
    picture = caller.get(f"/api/cv/jobs/{one}/download", params={"format": "png"})
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    two = done(caller, summary="Une phrase assez longue. " * 300)
    archive = caller.get(f"/api/cv/jobs/{two}/download", params={"format": "png"})
    assert archive.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    assert names[:2] == ["page-1.png", "page-2.png"]
    assert archive.headers["content-disposition"].endswith("CV%20Marie%20Dupont.zip")
    is_error(caller.get(f"/api/cv/jobs/{one}/download", params={"format": "exe"}), 400, "INVALID_INPUT")


def test_a_failed_job_says_why_in_the_callers_language(client):
    job_id = ask(client)

    def fail(ctx: jobs.Context):
        raise generation.NotReady

    jobs.run(job_id, {generation.KIND: fail})
    french = client.get(f"/api/cv/jobs/{job_id}", headers={"Accept-Language": "fr-FR"}).json()
    english = client.get(f"/api/cv/jobs/{job_id}", headers={"Accept-Language": "en-GB,fr;q=0.5"}).json()
    assert (french["status"], french["error_code"]) == ("failed", "NOT_READY")
    assert french["error"] == generation.NotReady().message("fr")
    assert english["error"] == generation.NotReady().message("en")
    is_error(client.get(f"/api/cv/jobs/{job_id}/download"), 409, "GENERATION_FAILED")


# ---------------------------------------------------------------------------- bad input

LONG = "x" * 20_001


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, {"template_id", "data"}),
        ({"template_id": "modern"}, {"data"}),
        ({"template_id": "modern", "data": {}}, {f"data.{f}" for f in ("first_name", "last_name", "title", "summary")}),
        (body() | {"extra": 1}, {"extra"}),
        (body(salary=1), {"data.salary"}),
        (body(first_name=None), {"data.first_name"}),
        (body(first_name=7), {"data.first_name"}),
        (body(skills="Python"), {"data.skills"}),
        (body(skills=["ok", 3]), {"data.skills.1"}),
        (body(summary=LONG), {"data.summary"}),
        (body(skills=["x"] * 501), {"data.skills"}),
        (
            body(experiences=[{"company": "A"}]),
            {"data.experiences.0.position", "data.experiences.0.start_date"},
        ),
        (
            body(education=[{"school": "A", "degree": "B", "year": "C", "rank": 1}]),
            {"data.education.0.rank"},
        ),
        (body() | {"data": []}, {"data"}),
        ([], {"body"}),
        ("text", {"body"}),
    ],
)
def test_each_field_at_fault_is_named(caller, sent, fields):
    found = is_error(caller.post("/api/cv/jobs", json=sent), 400, "INVALID_INPUT")
    assert fields <= found.keys()
    assert set(found["details"]["fields"]) == fields
    assert all(message for field in fields for message in found[field])


def test_faults_are_told_in_both_languages(caller):
    for language, words in (("fr", "Ce champ est obligatoire."), ("en", "This field is required.")):
        response = caller.post("/api/cv/jobs", json={"data": {}}, headers={"Accept-Language": language})
        assert response.json()["template_id"] == [words]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[" * 100_000, b'{"a": 1,}', b"\xff\xfe", b'{"n": ' + b"9" * 5000 + b"}"],
    ids=["empty", "open", "deep", "comma", "bytes", "digits"],
)
def test_what_is_not_json(caller, content):
    response = caller.post("/api/cv/jobs", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["errorCode"] in {"MALFORMED_BODY", "INVALID_INPUT"}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_another_kind_of_content(caller, kind):
    response = caller.post("/api/cv/jobs", content=json.dumps(body()), headers={"Content-Type": kind})
    is_error(response, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_lone_surrogates_and_control_characters(caller):
    raw = json.dumps(body()).replace("Marie", "Ma\\ud800rie")
    response = caller.post("/api/cv/jobs", content=raw, headers={"Content-Type": "application/json"})
    is_error(response, 400, "INVALID_INPUT")
    assert caller.post("/api/cv/jobs", json=body(first_name="Ma\x00rie\x07")).status_code == 202


def test_unknown_template(caller):
    is_error(caller.post("/api/cv/jobs", json=body() | {"template_id": "nope"}), 404, "TEMPLATE_NOT_FOUND")
    is_error(caller.post("/api/cv/jobs", json=body() | {"template_id": "../modern"}), 404, "TEMPLATE_NOT_FOUND")


def test_a_body_over_the_limit(caller):
    data = json.dumps(body(summary="x" * 2_100_000)).encode()
    headers = {"Content-Type": "application/json"}
    is_error(caller.post("/api/cv/jobs", content=data, headers=headers), 413, "TOO_LARGE")
    pieces = (data[start : start + 50_000] for start in range(0, len(data), 50_000))
    is_error(caller.post("/api/cv/jobs", content=pieces, headers=headers), 413, "TOO_LARGE")


def test_html_and_template_syntax_are_text(caller):
    hostile = "<script>alert(1)</script> {{ 7*7 }} {% raw %} </style> &amp;"
    job_id = done(caller, first_name=hostile, summary=hostile, skills=[hostile])
    file = caller.get(f"/api/cv/jobs/{job_id}/download")
    assert "\r" not in file.headers["content-disposition"]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text


# ---------------------------------------------------------------------------- idempotency


def count(kind: type) -> int:
    with db.session(write=False) as session:
        return session.exec(select(func.count()).select_from(kind)).one()


def test_the_same_key_is_answered_again_and_done_once(client):
    headers = {"Idempotency-Key": "order-1"}
    first = client.post("/api/cv/jobs", json=body(), headers=headers)
    jobs.run(first.json()["job_id"], tasks.HANDLERS)
    again = client.post("/api/cv/jobs/", json=body(), headers=headers)
    assert (again.status_code, again.json()) == (202, first.json())
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert (count(Job), count(Cv)) == (1, 1)


def test_the_same_key_for_another_request_is_a_conflict(client):
    headers = {"Idempotency-Key": "order-1"}
    client.post("/api/cv/jobs", json=body(), headers=headers)
    is_error(client.post("/api/cv/jobs", json=body(title="Autre"), headers=headers), 409, "IDEMPOTENCY_CONFLICT")


def test_a_key_is_its_owners(client, stranger):
    headers = {"Idempotency-Key": "order-1"}
    first = client.post("/api/cv/jobs", json=body(), headers=headers).json()
    other = stranger.post("/api/cv/jobs", json=body(title="Autre"), headers=headers)
    assert other.status_code == 202
    assert other.json()["job_id"] != first["job_id"]


def test_a_failure_leaves_the_key_free(client):
    headers = {"Idempotency-Key": "order-1"}
    is_error(
        client.post("/api/cv/jobs", json=body() | {"template_id": "nope"}, headers=headers), 404, "TEMPLATE_NOT_FOUND"
    )
    assert client.post("/api/cv/jobs", json=body(), headers=headers).status_code == 202


def test_a_key_lasts_a_day(client):
    headers = {"Idempotency-Key": "order-1"}
    first = client.post("/api/cv/jobs", json=body(), headers=headers).json()
    with db.session() as session:
        kept = session.exec(select(IdempotencyKey)).one()
        kept.created_at = utcnow() - KEPT - timedelta(seconds=1)
        session.add(kept)
    assert client.post("/api/cv/jobs", json=body(title="Autre"), headers=headers).json()["job_id"] != first["job_id"]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_strange_key(client, key):
    found = is_error(client.post("/api/cv/jobs", json=body(), headers={"Idempotency-Key": key}), 400, "INVALID_INPUT")
    assert "Idempotency-Key" in found


def test_twins_at_once_generate_once(client):
    twins = [visitor() for _ in range(10)]
    for twin in twins:
        twin.cookies.update(client.cookies)
    headers = {"Idempotency-Key": "twins"}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda twin: twin.post("/api/cv/jobs", json=body(), headers=headers), twins))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 9
    assert (count(Job), count(Cv)) == (1, 1)
