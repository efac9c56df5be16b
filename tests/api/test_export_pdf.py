"""fitmycv's export: the sections one chooses, as a PDF or as pictures."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from cvstudio.document import samples
from cvstudio.domain import exporting
from tests.api.conftest import is_error, visitor
from tests.api.test_cvs import create


@pytest.fixture
def someone(caller):
    create(caller, "cv", samples.load("fr").dump())
    return caller


def export(client, **more):
    response = client.post("/api/export-pdf", json={"filename": "cv.json", **more})
    assert response.status_code == 200, response.text
    return response


def words(response) -> str:
    reader = PdfReader(io.BytesIO(response.content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_all_of_it_or_the_sections_that_are_on(someone):
    document = samples.load("fr")
    whole = export(someone)
    assert whole.headers["content-type"] == "application/pdf"
    assert "CV%20Ma%C3%ABlle%20Tanguy.pdf" in whole.headers["content-disposition"]
    text = words(whole)
    marks = {
        "header": document.basics.email,
        "summary": document.basics.summary[:20],
        "experience": document.work[0].highlights[0][:25],
        "education": document.education[0].institution,
        "skills": document.skills[0].name,
        "languages": document.languages[0].language,
        "projects": document.projects[0].name,
        "extras": document.certificates[0].name,
    }
    for mark in marks.values():
        assert mark in text
    only = dict.fromkeys(marks, False) | {"education": True}
    part = words(export(someone, sections=only))
    assert {name for name, mark in marks.items() if mark in part} == {"education"}
    without = words(export(someone, sections={"experience": False, "extras": False}))
    assert {name for name, mark in marks.items() if mark not in without} == {"experience", "extras"}


def test_pictures(someone):
    many = export(someone, format="png")
    assert many.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(many.content)) as archive:
        assert all(archive.read(name).startswith(b"\x89PNG") for name in archive.namelist())
    one = export(someone, format="png", sections=dict.fromkeys(["experience", "projects", "extras"], False))
    assert one.headers["content-type"] == "image/png"


def test_the_same_again_is_not_printed_again(someone, monkeypatch):
    first = export(someone).content
    monkeypatch.setattr(exporting.rendering, "printed", lambda *_: pytest.fail("printed again"))
    assert export(someone).content == first


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "filename"),
        ({"filename": "cv.json", "format": "docx"}, "format"),
        ({"filename": "cv.json", "sections": {"hobbies": True}}, "sections.hobbies"),
        ({"filename": "cv.json", "sections": {"skills": "perhaps"}}, "sections.skills"),
    ],
)
def test_what_cannot_be_exported(someone, body, field):
    assert field in is_error(someone.post("/api/export-pdf", json=body), 400, "INVALID_INPUT")


def test_of_ones_own_alone(client, stranger):
    create(client)
    is_error(stranger.post("/api/export-pdf", json={"filename": "cv.json"}), 404, "CV_NOT_FOUND")
    is_error(visitor().post("/api/export-pdf", json={"filename": "cv.json"}), 401, "UNAUTHORIZED")
