"""The two routes that a worker without our disk has."""

import io

import pytest
from pypdf import PdfReader

from cvstudio import db
from cvstudio.domain import files, generation, internal, rendering
from cvstudio.jobs import run
from cvstudio.models import Job
from tests.api.conftest import ask, done, is_error, visitor

PDF = {"Content-Type": "application/pdf"}


@pytest.fixture
def printed(client) -> bytes:
    return client.get(f"/api/cv/jobs/{done(client)}/download").content


def query(job_id: str, purpose: internal.Purpose, **more: str) -> dict[str, str]:
    return {"jobId": job_id, "token": internal.token(job_id, purpose), **more}


def test_the_page_is_complete_in_itself(client):
    job_id = ask(client)
    response = visitor().get("/internal/cv-render", params=query(job_id, "render"))
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert "Marie Dupont" in response.text
    assert "default-src 'none'" in response.text
    assert "set-cookie" not in response.headers
    with db.session() as session:
        assert response.text == generation.page(session, session.get_one(Job, job_id))


def test_what_is_stored_is_what_is_downloaded(client, printed):
    job_id = ask(client)
    response = visitor().post(
        "/internal/cv-store/", params=query(job_id, "store", renderer="r1"), content=printed, headers=PDF
    )
    assert response.status_code == 200
    stored = response.json()
    assert (stored["pages"], stored["bytes"]) == (1, len(printed))
    run(job_id, {generation.KIND: lambda ctx: stored})
    assert client.get(f"/api/cv/jobs/{job_id}/download").content == printed


def test_storing_twice_is_storing_once(client, printed):
    job_id = ask(client)
    answers = [
        visitor().post("/internal/cv-store", params=query(job_id, "store"), content=printed, headers=PDF).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<html>", b"\x00" * 5000])
def test_only_a_whole_pdf_is_stored(client, data):
    job_id = ask(client)
    response = visitor().post("/internal/cv-store", params=query(job_id, "store"), content=data, headers=PDF)
    is_error(response, 400, "INVALID_PDF")
    assert not list(files.folder().rglob("*.pdf"))


def test_a_truncated_pdf_is_not(client, printed):
    job_id = ask(client)
    half = printed[: len(printed) // 2]
    response = visitor().post("/internal/cv-store", params=query(job_id, "store"), content=half, headers=PDF)
    is_error(response, 400, "INVALID_PDF")


def test_only_a_pdf(client):
    response = visitor().post(
        "/internal/cv-store", params=query(ask(client), "store"), content=b"x", headers={"Content-Type": "text/html"}
    )
    is_error(response, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_forged_foreign_and_expired_tokens(client, monkeypatch):
    job_id, other = ask(client), ask(client)
    for method, path, purpose, wrong in (
        ("GET", "/internal/cv-render", "render", "store"),
        ("POST", "/internal/cv-store", "store", "render"),
    ):
        for token in (
            "",
            "x",
            internal.token(other, purpose),
            internal.token(job_id, wrong),
            internal.token(job_id, purpose)[:-5],
            internal.token(job_id, purpose) + "\u00e9",
        ):
            response = client.request(
                method, path, params={"jobId": job_id, "token": token}, headers=PDF if method == "POST" else None
            )
            is_error(response, 401, "INVALID_TOKEN")
        old = query(job_id, purpose)
        with monkeypatch.context() as later:
            now = internal.TimestampSigner.get_timestamp
            later.setattr(internal.TimestampSigner, "get_timestamp", lambda self, now=now: now(self) + 301)
            is_error(client.request(method, path, params=old, headers=PDF), 401, "INVALID_TOKEN")
        found = is_error(client.request(method, path, headers=PDF), 400, "INVALID_INPUT")
        assert {"jobId", "token"} <= found.keys()


def test_the_renderer_is_part_of_where_it_is_stored(client, printed):
    job_id = ask(client)
    with db.session() as session:
        job = session.get_one(Job, job_id)
        keys = {rendering.keep(session, job, printed, renderer)["file"] for renderer in ("a", "b", "a")}
    assert len(keys) == 2


def test_the_print_has_the_persons_name(client, printed):
    assert "Marie Dupont" in PdfReader(io.BytesIO(printed)).pages[0].extract_text()


def test_nothing_of_the_store_is_public(client, printed):
    key = next(files.folder().rglob("*.pdf")).name
    for path in (f"/api/files/{key}", f"/internal/files/{key}", f"/files/{key[:2]}/{key}"):
        assert client.get(path).status_code == 404
