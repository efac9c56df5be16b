import io
import json
import zipfile

import pytest

from cvstudio.document import Document
from cvstudio.importers import read
from tests.api.conftest import ask, is_error


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
    assert response.headers["content-disposition"].endswith(f"cv-marie-dupont-developpeuse-web.{format}")
    assert response.headers["cache-control"] == "no-store"
    assert words in response.text


def test_json_resume_comes_back_whole(client, cv_id):
    found = json.loads(client.get(f"/api/cv/{cv_id}/export/json").text)
    assert Document.load(found).dump() == found


def test_html_is_harmless_when_opened(client, cv_id):
    response = client.get(f"/api/cv/{cv_id}/export/html")
    assert response.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["content-disposition"].startswith("attachment")


def test_word_and_europass_read_back(client, cv_id):
    for format in ("docx", "xml"):
        response = client.get(f"/api/cv/{cv_id}/export/{format}")
        assert response.headers["content-disposition"].endswith(f"cv-marie-dupont-developpeuse-web.{format}")
        assert read(response.content, f"cv.{format}").document.basics.name == "Marie Dupont"


def test_everything_in_one_archive(client, cv_id):
    response = client.get(f"/api/cv/{cv_id}/export/zip")
    assert response.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        names = {name.rpartition(".")[2] for name in archive.namelist()}
        assert names == {"json", "md", "txt", "html", "docx", "xml", "pdf"}
        assert archive.read("cv-marie-dupont-developpeuse-web.pdf").startswith(b"%PDF")
        assert archive.testzip() is None


def test_other_formats(client, cv_id):
    found = is_error(client.get(f"/api/cv/{cv_id}/export/pdf"), 400, "INVALID_INPUT")
    assert "json" in found["format"][0]
