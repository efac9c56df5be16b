import io
import json
import zipfile

import pytest

from cvstudio import db
from cvstudio.document import Document, samples
from cvstudio.domain import cvs, exporting, generation, photos
from cvstudio.importers import read
from cvstudio.models import Cv
from tests import documents
from tests.api.conftest import ask, is_error, member
from tests.document.test_model import SCHEMA


@pytest.fixture
def cv_id(client) -> str:
    return str(client.get(f"/api/cv/jobs/{ask(client)}").json()["cv_id"])


@pytest.mark.parametrize(
    ("format", "media_type", "words"),
    [
        ("json", "application/json", '"name": "Marie Dupont"'),
        ("md", "text/markdown; charset=utf-8", "# Marie Dupont"),
        ("txt", "text/plain; charset=utf-8", "Marie Dupont\n"),
        ("html", "text/html; charset=utf-8", "Marie Dupont</"),
    ],
)
def test_a_cv_as_a_file(client, cv_id, format, media_type, words):
    response = client.get(f"/api/cv/{cv_id}/export/{format}/")
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.headers["content-disposition"].endswith(f"CV%20Marie%20Dupont.{format}")
    assert response.headers["cache-control"] == "no-store"
    assert words in response.text


def test_json_resume_comes_back_whole(client, cv_id):
    found = json.loads(client.get(f"/api/cv/{cv_id}/export/json").text)
    assert Document.load(found).dump() == found


def test_a_json_resume_carries_its_portrait_there_and_back(client):
    photo = client.post("/api/photos", files={"file": ("me.jpg", documents.photo_jpeg(), "image/jpeg")}).json()
    content = {"basics": {"name": "Lou Martin", "image": photo["reference"]}}
    made = client.post("/api/cvs/create", json={"filename": "lou", "content": content}).json()["cv"]
    left = client.get(f"/api/cv/{made['id']}/export/json").json()
    assert left["basics"]["image"].startswith("data:image/jpeg;base64,")
    assert list(SCHEMA.iter_errors(left)) == []
    other = member()
    again = other.post("/api/cvs/create", json={"filename": "lou", "content": left})
    assert again.status_code == 201, again.text
    image = other.get("/api/cvs/read?file=lou.json").json()["content"]["basics"]["image"]
    assert image.startswith("photo:")
    assert other.get(f"/api/photos/{image.removeprefix('photo:')}").headers["content-type"] == "image/jpeg"
    content["basics"]["image"] = "data:image/png;base64,bm8gcGljdHVyZQ=="
    is_error(client.post("/api/cvs/create", json={"filename": "no", "content": content}), 400, "INVALID_IMAGE")


def test_a_portrait_of_nobody_is_left_out_of_the_file(client):
    content = {"basics": {"name": "Lou Martin", "image": "photo:Zr4TnW8sQe1VbK6m"}}
    made = client.post("/api/cvs/create", json={"filename": "lou", "content": content}).json()["cv"]
    assert "image" not in client.get(f"/api/cv/{made['id']}/export/json").json()["basics"]


def test_html_is_harmless_when_opened(client, cv_id):
    response = client.get(f"/api/cv/{cv_id}/export/html")
    assert response.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["content-disposition"].startswith("attachment")


def test_html_has_the_margins_of_the_paper_on_a_screen_too(client):
    (cv_id,) = made(client, "Un")
    for template, told in (("modern", True), ("creative", False)):  # the second fills its page by itself
        with db.session() as session:
            cv = session.get_one(Cv, cv_id)
            document = Document.load(cv.document)
            document.studio.template = template
            cvs.save(session, cv.owner_id, cv_id, document, expected_revision=cv.revision)
        page = client.get(f"/api/cv/{cv_id}/export/html").text
        assert ("@media screen{body{width:var(--page-width)" in page.partition("</head>")[0]) == told
        assert "://" not in page.partition("</head>")[0]


def test_word_and_europass_read_back(client, cv_id):
    for format in ("docx", "xml"):
        response = client.get(f"/api/cv/{cv_id}/export/{format}")
        assert response.headers["content-disposition"].endswith(f"CV%20Marie%20Dupont.{format}")
        assert read(response.content, f"cv.{format}").document.basics.name == "Marie Dupont"


def test_the_word_file_has_the_portrait(client):
    (cv_id,) = made(client, "Un")
    with db.session() as session:
        cv = session.get_one(Cv, cv_id)
        document = Document.load(cv.document)
        document.basics.image = photos.reference(photos.store(session, cv.owner_id, documents.photo_jpeg()))
        document.studio.design.photo = "circle"
        cvs.save(session, cv.owner_id, cv_id, document, expected_revision=cv.revision)
    alone = client.get(f"/api/cv/{cv_id}/export/docx").content
    with zipfile.ZipFile(io.BytesIO(alone)) as word:
        assert "word/media/image1.jpg" in word.namelist()
    assert names(client.get(f"/api/cv/archive.zip?format=docx&ids={cv_id}")) == {"CV Un.docx": alone}


def test_everything_in_one_archive(client, cv_id):
    response = client.get(f"/api/cv/{cv_id}/export/zip")
    assert response.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        names = {name.rpartition(".")[2] for name in archive.namelist()}
        assert names == {"json", "md", "txt", "html", "docx", "xml", "pdf"}
        assert archive.read("CV Marie Dupont.pdf").startswith(b"%PDF")
        assert archive.testzip() is None


def test_other_formats(client, cv_id):
    found = is_error(client.get(f"/api/cv/{cv_id}/export/pdf"), 400, "INVALID_INPUT")
    assert "json" in found["format"][0]


def made(client, *titles: str) -> list[str]:
    """Ids of CVs of this visitor."""
    first = client.get(f"/api/cv/jobs/{ask(client)}").json()["cv_id"]
    with db.session() as session:
        owner_id = session.get_one(Cv, first).owner_id
        return [cvs.create(session, owner_id, samples.load("fr"), title=title).id for title in titles]


def names(response) -> dict[str, bytes]:
    assert response.status_code == 200, response.text
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_several_in_one_archive(client):
    ids = made(client, "Maëlle: logistique / fret", "CV soudeuse", "cv Soudeuse", "CV soudeuse", "../../etc")
    found = names(client.get(f"/api/cv/archive.zip?format=docx&ids={','.join([*ids, ids[0]])}"))
    assert list(found) == [
        "CV Maëlle logistique fret.docx",
        "CV soudeuse.docx",
        "cv Soudeuse.docx",
        "CV soudeuse (2).docx",
        "CV .. .. etc.docx",
    ]
    assert all(read(data, name).document.basics.name == "Maëlle Tanguy" for name, data in found.items())


def test_what_is_missing_of_an_archive_is_said(client, monkeypatch):
    one, two, three = made(client, "Un", "Deux", "Trois")
    whole = exporting.export

    def refused(owner_id, cv_id):
        if cv_id != one:
            raise generation.QuotaReached(limit=1, reset_at="")
        return whole(owner_id, cv_id)

    monkeypatch.setattr(exporting, "export", refused)
    ids = f"{one},{two},{three}"
    found = names(client.get(f"/api/cv/archive.zip?ids={ids}", headers={"Accept-Language": "en"}))
    assert list(found) == ["CV Un.pdf", "What is missing.txt"]
    assert found["CV Un.pdf"].startswith(b"%PDF")
    assert found["What is missing.txt"].decode().endswith("\n\n- Deux\n- Trois\n")
    is_error(client.get(f"/api/cv/archive.zip?ids={two}"), 403, "QUOTA_REACHED")


def test_an_archive_holds_only_one_s_own(client, stranger):
    (one,) = made(client, "Un")
    is_error(stranger.get(f"/api/cv/archive.zip?format=md&ids={one}"), 404, "CV_NOT_FOUND")
    for ids in (",", one + ",", "%00", "é"):
        is_error(client.get(f"/api/cv/archive.zip?format=md&ids={ids}"), 404, "CV_NOT_FOUND")
    for query in ("", "ids=", f"ids={one}&format=html", f"ids={','.join(str(n) for n in range(60))}"):
        is_error(client.get(f"/api/cv/archive.zip?{query}"), 400, "INVALID_INPUT")
