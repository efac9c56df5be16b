"""The built pages over HTTP, and the one line of Reflex that we change."""

from pathlib import Path

import pytest
import reflex_base
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from cvstudio.serving import FOREVER, REVALIDATE, STATE_JS, BuiltPages, same_origin

TEMPLATE = Path(reflex_base.__file__).parent / ".templates" / "web" / STATE_JS


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    for name, text in {
        "index.html": "<html>accueil",
        "index.en.html": "<html>home",
        "generate/index.html": "<html>éditeur",
        "generate.html": "<html>éditeur",
        "404.html": "<html>perdu",
        "assets/root-Abc123.js": "export {}",
        "preview.css": "p{}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "assets/root-Abc123.js.gz").write_bytes(b"\x1f\x8b")
    known = {"/generate": "generate", "/cvs/7": "cvs/[cv_id]"}
    pages = BuiltPages(directory=tmp_path, html=True, encodings=("gzip",), router=known.get)
    return TestClient(Starlette(routes=[Mount("/", app=pages)]), follow_redirects=False)


@pytest.mark.parametrize("address", ["/generate", "/generate/"])
def test_a_page_is_answered_without_a_redirect(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert "éditeur" in answer.text


def test_a_dynamic_route_is_a_page_and_an_unknown_one_is_not(client):
    assert client.get("/cvs/7").status_code == 200
    assert client.get("/nowhere").status_code == 404
    assert "perdu" in client.get("/nowhere").text


def test_pages_are_asked_for_again_and_hashed_files_never(client):
    page = client.get("/")
    assert page.headers["cache-control"] == REVALIDATE
    assert client.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    assert client.get("/preview.css").headers["cache-control"] == REVALIDATE
    script = client.get("/assets/root-Abc123.js", headers={"Accept-Encoding": "identity"})
    assert script.headers["cache-control"] == FOREVER
    assert script.headers["content-type"].startswith("text/javascript")
    assert client.get("/assets/gone-Abc123.js").headers["cache-control"] == REVALIDATE


def test_nothing_outside_the_build_is_served(client):
    assert client.get("/../secret").status_code == 404
    assert client.get("/%2e%2e/%2e%2e/etc/passwd").status_code == 404


def test_the_page_finds_its_server_by_its_own_address():
    source = TEMPLATE.read_text()
    changed = same_origin(source)
    assert changed != source
    assert "window.location.host}" in changed
    assert same_origin(changed) == changed


def test_a_changed_reflex_is_noticed():
    with pytest.raises(LookupError, match="getBackendURL"):
        same_origin("export const getBackendURL = (url) => url;\n")
