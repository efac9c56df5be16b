"""Nothing of one owner can be reached by another, whatever the route; and nobody can pretend."""

import io

import pytest
from itsdangerous import TimestampSigner
from PIL import Image

from cvstudio import db, jobs, tasks
from cvstudio.api.app import api
from cvstudio.document import samples
from cvstudio.domain import cvs, generation, owners, pictures
from cvstudio.models import Cv, Owner, Photo
from tests.api.conftest import body, done, is_error, visitor

# Routes that name something owned, and how to name it.
OWNED = {
    "/api/cv/jobs/{job_id}": "job",
    "/api/cv/jobs/{job_id}/download": "job",
    "/api/cv/{cv_id}/export/{format}": "cv",
    "/api/cv/{cv_id}/picture.png": "cv",
    "/api/photos/{photo_id}": "photo",
    "/api/offers/{analysis_id}": "offer",
    "/api/resumes/{resume_id}": "cv",
    "/api/cvs/shares/{share_id}": "share",
}
# The same for routes that are not read (see the tests of auth_sessions, passkeys, resumes, improve, feedback).
WRITTEN = {
    "/api/account/sessions/{session_id}",
    "/api/account/passkeys/{key_id}",
    "/api/resumes/{resume_id}/export_pdf",
    "/api/cv/improve/{task_id}/accept",
    "/api/link-history/{link_id}",
}
# Routes that name a sign-in provider (see test_oauth).
PROVIDERS = {"/api/auth/signin/{provider}", "/api/auth/callback/{provider}"}
# Routes whose parameters name nothing owned.
PUBLIC = {
    "/api/templates/{template_id}",
    "/api/templates/{template_id}/thumbnail.png",
    "/api/fonts/{name}",
    "/api/downloads/{token}/{name}",  # opened by a signed token
}


def upload(client) -> str:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "red").save(out, "JPEG")
    response = client.post("/api/photos", files={"file": ("me.jpg", out.getvalue(), "image/jpeg")})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


@pytest.fixture
def things(client) -> dict[str, str]:
    job_id = done(client)
    cv_id = client.get(f"/api/cv/jobs/{job_id}").json()["cv_id"]
    with db.session() as session:
        cv = session.get_one(Cv, cv_id)
        drawing = pictures.ask(session, cv.owner_id, [cv.id])
    assert drawing is not None
    jobs.run(drawing.id, tasks.HANDLERS)
    filename = client.get("/api/cvs").json()["cvs"][0]["filename"]
    return {
        "share": client.post("/api/cvs/shares", json={"filename": filename}).json()["share"]["id"],
        "job": job_id,
        "cv": cv_id,
        "photo": upload(client),
        "offer": client.post("/api/offers", json={"title": "Boulanger"}).json()["analysisId"],
    }


def address(route: str, name: str) -> str:
    parameter = route[route.index("{") : route.index("}") + 1]
    return route.replace(parameter, name).replace("{format}", "json")


def test_every_route_with_a_name_in_it_is_known_here():
    named = {path for path in api.openapi()["paths"] if "{" in path}
    # What administrators may see has no owner; nobody else may see it.
    assert {path for path in named if not path.startswith("/api/admin/")} == OWNED.keys() | WRITTEN | PUBLIC | PROVIDERS


def test_ones_own_is_there_and_anothers_is_not(client, stranger, things):
    for route, kind in OWNED.items():
        path = address(route, things[kind])
        assert client.get(path).status_code == 200, path
        refused = stranger.get(path)
        missing = stranger.get(address(route, "AAAAAAAAAAAAAAAA"))
        assert refused.status_code == missing.status_code == 404, path
        assert refused.json() == missing.json(), path
        outside, nowhere = (visitor().get(address(route, name)) for name in (things[kind], "AAAAAAAAAAAAAAAA"))
        assert outside.status_code in (401, 404), path
        assert outside.json() == nowhere.json(), path


@pytest.mark.parametrize("name", ["%00", "a%00b", "%2e%2e%2fsecret", "é", "x" * 3000, "' or 1=1 --", "%F0%9F%92%A9"])
def test_strange_names_are_missing(client, name):
    for route in (*OWNED, *PUBLIC):
        response = client.get(address(route, name))
        assert response.status_code == 404, (route, response.text)
        assert response.json()["errorCode"].endswith("NOT_FOUND")


def test_a_forged_cookie_is_a_new_visitor(engine):
    owner = visitor()
    photo = f"/api/photos/{upload(owner)}"
    owner_id = owners.from_cookie(owner.cookies[owners.COOKIE])
    forged = [
        owner_id,
        f"{owner_id}.abc.def",
        TimestampSigner("x" * 40, salt="cvstudio.session").sign(owner_id).decode(),
        owner.cookies[owners.COOKIE][:-4],
        "x; " + owners.COOKIE,
    ]
    assert owner.get(photo).status_code == 200
    for value in forged:
        impostor = visitor()
        response = impostor.get(photo, headers={"Cookie": f"{owners.COOKIE}={value}"})
        assert response.status_code == 404
        assert owners.from_cookie(response.cookies[owners.COOKIE]) != owner_id


def test_a_visit_leaves_no_row_a_write_does(engine):
    client = visitor()
    client.get("/api/templates")
    owner_id = owners.from_cookie(client.cookies[owners.COOKIE])
    with db.session(write=False) as session:
        assert session.get(Owner, owner_id) is None
    photo_id = upload(client)
    with db.session(write=False) as session:
        assert session.get_one(Photo, photo_id).owner_id == owner_id


def test_user_routes_want_an_account(engine):
    for method, path in (
        ("POST", "/api/cv/jobs"),
        ("GET", "/api/cv/jobs/AAAAAAAAAAAAAAAA"),
        ("GET", "/api/cv/jobs/AAAAAAAAAAAAAAAA/download"),
    ):
        response = visitor().request(method, path, json=body())
        is_error(response, 401, "UNAUTHORIZED")
        assert response.headers["www-authenticate"] == "Bearer"


def test_a_visitor_downloads_what_they_made_on_the_pages(engine):
    client = visitor()
    client.get("/api/templates")
    owner_id = owners.from_cookie(client.cookies[owners.COOKIE])
    with db.session() as session:
        owners.ensure(session, owner_id)
        cv = cvs.create(session, owner_id, samples.load("fr"))
        job_id = generation.start(session, owner_id, cv).id
    is_error(client.get(f"/api/cv/jobs/{job_id}/download"), 409, "NOT_READY")
    assert client.get(f"/api/cv/{cv.id}/export/md").status_code == 200
    is_error(client.get(f"/api/cv/jobs/{job_id}"), 401, "UNAUTHORIZED")
    is_error(visitor().get(f"/api/cv/jobs/{job_id}/download"), 401, "UNAUTHORIZED")


def test_the_cookie_is_safe_and_given_once(configure, caller):
    first = caller.get("/api/templates").headers["set-cookie"]
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    assert "Secure" not in first
    assert "set-cookie" not in caller.get("/api/templates").headers
    configure(public_url="https://cv.example.org")
    assert "Secure" in visitor().get("/api/templates").headers["set-cookie"]


def test_an_old_cookie_is_renewed_for_the_same_owner(caller, monkeypatch):
    owner_id, value = owners.new_cookie()
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: now(self) + 40 * 86_400)
    response = caller.get("/api/templates", headers={"Cookie": f"{owners.COOKIE}={value}"})
    assert owners.from_cookie(response.cookies[owners.COOKIE]) == owner_id


def test_what_all_may_cache_carries_no_cookie(caller):
    for path in ("/api/templates/modern/thumbnail.png", "/api/fonts/lato-bold.ttf", "/api/health/live"):
        response = visitor().get(path)
        assert response.status_code == 200
        assert "set-cookie" not in response.headers, path


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://testserver", True),
        ("http://localhost:3000", True),  # public_url
        (None, True),
        ("https://evil.example", False),
        ("http://testserver.evil.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_another_sites_page_cannot_write(caller, origin, allowed):
    headers = {} if origin is None else {"Origin": origin}
    response = caller.post("/api/cv/jobs", json=body(), headers=headers)
    if allowed:
        assert response.status_code == 202
    else:
        is_error(response, 403, "FOREIGN_ORIGIN")
    assert caller.get("/api/templates", headers=headers).status_code == 200
