"""What holds for every route: slashes, methods, unknown addresses, request ids, headers, OpenAPI, health."""

import json
import re

import jsonschema
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session
from starlette.routing import Mount, Route
from structlog.testing import capture_logs

from cvstudio import config
from cvstudio.api.app import api, create
from cvstudio.errors import StudioError
from cvstudio.models import Job, Owner, utcnow
from tests.api.conftest import body, is_error, visitor

OPERATIONS = [(path, method) for path, methods in api.openapi()["paths"].items() for method in methods]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_a_slash_at_the_end_makes_no_difference(sqlite, path, method):
    path = re.sub(r"\{.*?\}", "modern", path)
    plain, slashed = (visitor().request(method, address) for address in (path, path + "/"))
    assert plain.status_code == slashed.status_code
    for header in ("content-type", "location"):
        assert plain.headers.get(header) == slashed.headers.get(header)


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nope", "/api/cv", "/internal", "/internal/x/y", "/api/templates/a/b"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_unknown_addresses(caller, path, method):
    is_error(caller.request(method, path), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("DELETE", "/api/templates", "GET"), ("GET", "/api/cv/jobs/", "POST"), ("PUT", "/internal/cv-store", "POST")],
)
def test_known_addresses_by_another_method(caller, method, path, allow):
    response = caller.request(method, path)
    is_error(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == allow


def test_head_is_get_without_a_body(caller):
    get, head = caller.get("/api/templates"), caller.head("/api/templates/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]


def test_every_answer_is_named(caller):
    assert caller.get("/api/templates", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    for strange in ("x" * 65, "a b", "<script>"):
        given_back = caller.get("/api/nope", headers={"X-Request-ID": strange}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{16}", given_back)


def test_safe_headers(caller):
    headers = caller.get("/api/templates").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "public" not in headers["cache-control"]


def test_the_log_says_what_was_asked_and_nothing_personal(caller):
    with capture_logs() as lines:
        caller.post("/api/cv/jobs?email=marie@example.org", json=body(), headers={"X-Request-ID": "r-1"})
    line = next(line for line in lines if line["event"] == "http.answered")
    assert (line["method"], line["path"], line["status"]) == ("POST", "/api/cv/jobs", 202)
    assert "marie" not in json.dumps(lines).lower()


def broken() -> TestClient:
    app = create()

    def crash() -> None:
        raise ZeroDivisionError("secret words")

    app.router.routes.insert(0, Route("/api/crash", lambda request: crash()))
    return TestClient(app, raise_server_exceptions=True)


def test_the_unexpected_is_one_body_without_secrets(sqlite):
    with capture_logs() as lines:
        response = broken().get("/api/crash/", headers={"Accept-Language": "fr"})
    found = is_error(response, 500, "INTERNAL_ERROR")
    assert found["userMessage"] == StudioError().message("fr")
    assert "secret" not in response.text
    assert response.headers["x-request-id"]
    assert any(line["event"] == "http.crashed" for line in lines)


def test_the_pages_behind_get_what_is_not_ours(sqlite):
    app = create()

    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"cache-control", b"no-cache")]})
        await send({"type": "http.response.body", "body": scope["path"].encode()})

    app.router.routes.append(Mount("", app=page))
    client = TestClient(app)
    asset = client.get("/assets/app.js", headers={"Accept": "*/*"})
    assert asset.text == "/assets/app.js"
    assert "set-cookie" not in asset.headers
    document = client.get("/generate/", headers={"Accept": "text/html,*/*"})
    assert document.text == "/generate/"
    assert "cvstudio_session=" in document.headers["set-cookie"]
    assert document.headers["cache-control"] == "private, no-cache"
    is_error(client.get("/api/nope"), 404, "NOT_FOUND")


def test_nothing_is_opened_by_putting_it_together(configure):
    config.settings.cache_clear()
    create()
    assert config.settings.cache_info().currsize == 0


# ---------------------------------------------------------------------------- OpenAPI


def test_the_openapi_document(caller):
    document = caller.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["tags"], where
            assert operation["summary"], where
            assert operation["description"], where
            assert "422" not in operation["responses"], where
            for status, answer in operation["responses"].items():
                if status.startswith("4"):
                    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorBody"), where
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema and "example" in schema:
            whole = {**schema, "components": document["components"]}
            jsonschema.validate(schema["example"], whole, cls=jsonschema.Draft202012Validator)
        assert "Validation" not in name
    for name in ("CVGenerateRequest", "CVJobResponse", "TemplateSummary", "TemplateDetail", "ErrorBody"):
        assert document["components"]["schemas"][name]["example"]


def test_the_examples_are_true(caller):
    document = api.openapi()["components"]["schemas"]
    job = caller.post("/api/cv/jobs", json=document["CVGenerateRequest"]["example"])
    assert job.status_code == 202
    assert job.json().keys() == document["CVJobResponse"]["example"].keys()
    assert caller.get("/api/templates").json()[0].keys() == document["TemplateSummary"]["example"].keys()
    assert caller.get("/api/templates/1").json().keys() == document["TemplateDetail"]["example"].keys()


def test_the_docs_page_needs_nothing_from_elsewhere(caller):
    page = caller.get("/api/docs/")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    for path, _ in OPERATIONS:
        assert path in page.text
    assert "Marie" in page.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
FORM = st.fixed_dictionaries(
    {},
    optional={
        "template_id": JSON | st.just("modern"),
        "data": JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(body()["data"], JSON)),
    },
)


@given(st.sampled_from(OPERATIONS), FORM | JSON, st.text(max_size=30))
@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_nothing_sent_breaks_a_route(caller, operation, sent, word):
    path, method = operation
    if path.startswith(("/api/health", "/api/templates/{template_id}/thumb")):
        return  # slow, and without input
    if path == "/api/account/delete":
        return  # behind it nobody is signed in any more: see test_account_data
    if path == "/api/events/stream":
        return  # without input, and without an end
    path = re.sub(r"\{.*?\}", lambda _: requote(word), path)
    response = caller.request(method, path, json=sent, params={"jobId": word, "token": word, "format": word})
    not_set_up = response.status_code == 503 and response.json()["errorCode"].endswith("_NOT_SET_UP")
    assert response.status_code < 500 or not_set_up, response.text
    if response.status_code >= 400:
        is_error(response, response.status_code, response.json()["errorCode"])


def requote(word: str) -> str:
    return "".join(f"%{byte:02X}" for byte in word.encode("utf-8", "replace")) or "x"


# ---------------------------------------------------------------------------- health


def test_alive_without_a_database(configure):
    configure(database_url="postgresql://nobody@127.0.0.1:1/nothing")
    assert visitor().get("/api/health/live").json() == {"status": "ok"}


def test_ready_when_every_part_is(client, queue):
    for path in ("/api/health", "/api/health/ready"):
        response = client.get(path)
        assert response.status_code == 200, response.text
        found = response.json()
        assert found["status"] == "ok"
        assert found["parts"].keys() == {"database", "queue", "bus", "worker", "chromium", "disk"}
        assert all(part["ok"] for part in found["parts"].values())


def parts_down(client) -> set[str]:
    response = client.get("/api/health/ready")
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    return {name for name, part in response.json()["parts"].items() if not part["ok"]}


def test_not_ready_without_a_database(configure):
    configure(database_url="postgresql://nobody:secret@127.0.0.1:1/nothing")
    assert parts_down(visitor()) == {"database", "worker"}
    assert "secret" not in visitor().get("/api/health").text


def test_not_ready_without_redis(sqlite, configure):
    configure(redis_url="redis://127.0.0.1:1/0")
    assert parts_down(visitor()) == {"queue", "bus"}


def test_not_ready_when_jobs_wait_for_nobody(client, engine):
    with Session(engine) as session:
        owner = Owner()
        session.add(owner)
        session.flush()
        session.add(Job(kind="render_pdf", owner_id=owner.id, lease_until=utcnow().replace(year=2020)))
        session.commit()
    assert parts_down(client) == {"worker"}


def test_not_ready_once_a_print_found_no_browser_until_the_next_one_does(client, engine):
    with Session(engine) as session:
        owner = Owner()
        session.add(owner)
        session.flush()
        failed = {"status": "failed", "error_code": "BROWSER_UNAVAILABLE", "error": "Chromium: no sandbox"}
        session.add(Job(kind="render_pdf", owner_id=owner.id, finished_at=utcnow(), **failed))
        session.commit()
        assert parts_down(client) == {"worker"}
        assert "no sandbox" in client.get("/api/health").json()["parts"]["worker"]["detail"]
        session.add(Job(kind="render_pdf", owner_id=owner.id, finished_at=utcnow(), status="done"))
        session.commit()
    assert client.get("/api/health/ready").status_code == 200


def test_not_ready_without_a_browser(sqlite, configure, tmp_path, monkeypatch):
    configure(chromium_path=tmp_path / "nothing")
    monkeypatch.setattr("cvstudio.domain.rendering.executable", missing)
    assert parts_down(visitor()) == {"chromium"}


def missing() -> None:
    raise StudioError("no browser")
