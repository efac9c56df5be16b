"""Resumes in cv-builder's words: saved a field at a time, by visitors too, and nothing of the CV lost."""

import pytest
from pypdf import PdfReader
from sqlmodel import select

from cvstudio import db
from cvstudio.api.resumes import REQUEST
from cvstudio.document import Document, samples
from cvstudio.domain import cvs, exporting, owners
from cvstudio.models import Cv, Job
from cvstudio.render import themes
from tests.api.conftest import is_error, member, visitor
from tests.api.test_ownership import upload

PREMIUM = next(theme for theme in themes.all() if theme.premium)
MINIMUM = {"template": 1, "full_name": "Marie Dubois", "email": "marie@example.org"}


def create(client, **fields):
    response = client.post("/api/resumes/", json=MINIMUM | fields)
    assert response.status_code == 201, response.text
    return response.json()


def patch(client, resume, headers=None, **fields):
    return client.patch(f"/api/resumes/{resume['id']}/", json=fields, headers=headers or {})


def document(resume) -> Document:
    with db.session(write=False) as session:
        return Document.load(session.get_one(Cv, resume["id"]).document)


def test_a_visitor_makes_one_and_takes_it_along(client):
    anyone = visitor()
    made = create(anyone, **REQUEST)
    assert (made["user"], made["payment_type"], made["is_paid"]) == (None, "free", False)
    assert made["session_id"] == owners.from_cookie(anyone.cookies[owners.COOKIE])
    assert made["template"] == "modern"
    assert made["experiences"][0].items() >= REQUEST["experience_data"][0].items()
    assert made["skills"][0].items() >= REQUEST["skills_data"][0].items()
    assert anyone.get(f"/api/resumes/{made['id']}/").json() | {"last_accessed": ""} == made | {"last_accessed": ""}
    assert [one["id"] for one in anyone.get("/api/resumes").json()] == [made["id"]]
    is_error(visitor().get(f"/api/resumes/{made['id']}"), 404, "CV_NOT_FOUND")
    is_error(client.get(f"/api/resumes/{made['id']}"), 404, "CV_NOT_FOUND")
    assert create(client)["session_id"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "template"),
        ({**MINIMUM, "full_name": ""}, "full_name"),
        ({**MINIMUM, "email": None}, "email"),
        ({**MINIMUM, "email": "nobody"}, "email"),
        ({**MINIMUM, "skills_data": [{"name": "SQL", "level": "ninja"}]}, "skills"),
        ({**MINIMUM, "experience_data": 3}, "experience_data"),
    ],
)
def test_what_is_wrong_is_told_by_field(caller, body, field):
    assert isinstance(is_error(caller.post("/api/resumes", json=body), 400, "INVALID_INPUT")[field], list)


def test_a_template_by_slug_or_number_or_none(caller):
    for name in ("classic", str(themes.get("classic").number), themes.get("classic").number):
        assert create(caller, template=name)["template"] == "classic"
    is_error(caller.post("/api/resumes", json=MINIMUM | {"template": "no"}), 404, "TEMPLATE_NOT_FOUND")


def test_saving_a_field_leaves_all_others(client):
    made = create(client)
    with db.session() as session:
        cv = session.get_one(Cv, made["id"])
        cvs.save(session, cv.owner_id, cv.id, samples.load("fr"), expected_revision=1)
    before = document(made).dump()
    answer = patch(client, made, title="Cheffe de projet")
    assert answer.json()["title"] == "Cheffe de projet"
    assert answer.headers["etag"] == '"3"'
    assert document(made).dump() == {**before, "basics": {**before["basics"], "label": "Cheffe de projet"}}


def test_a_whole_resume_sent_back_changes_nothing(client):
    made = create(client, **REQUEST)
    handed_out = client.get(f"/api/resumes/{made['id']}").json()
    answer = client.patch(f"/api/resumes/{made['id']}", json=handed_out)
    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == made["revision"]
    assert patch(client, made, skills_data=handed_out["skills"]).json()["revision"] == made["revision"]


def test_entries_keep_their_ids_and_take_a_new_order(client):
    made = create(client, **REQUEST)
    (first,) = made["experiences"]
    new = {"company": "StartupXYZ", "position": "Junior", "start_date": "2018", "end_date": "2019", "order": 0}
    sent = [{"id": first["id"], "order": 1}, new]
    young, old = patch(client, made, experience_data=sent).json()["experiences"]
    assert old == {**first, "order": 1}
    assert (young["company"], young["is_current"], young["order"]) == ("StartupXYZ", False, 0)
    without = {key: value for key, value in first.items() if key != "id"}
    again = patch(client, made, experience_data=[without]).json()["experiences"]
    assert again[0]["id"] == first["id"]
    assert len(again) == 1


@pytest.mark.parametrize("how", ["header", "body"])
def test_a_stale_save_is_refused_and_names_both_revisions(client, how):
    made = create(client)
    assert patch(client, made, title="one").json()["revision"] == 2
    stale = {"headers": {"If-Match": '"1"'}} if how == "header" else {"revision": 1}
    refused = is_error(patch(client, made, title="two", **stale), 409, "STALE_REVISION")
    assert refused["details"] == {"expected": 1, "current": 2}
    assert client.get(f"/api/resumes/{made['id']}").json()["title"] == "one"
    path = f"/api/resumes/{made['id']}/"
    is_error(client.delete(path, headers={"If-Match": '"1"'}), 409, "STALE_REVISION")
    assert client.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    is_error(client.get(path), 404, "CV_NOT_FOUND")


def test_nothing_of_another_can_be_changed(client, stranger):
    made = create(client)
    path = f"/api/resumes/{made['id']}"
    for other in (stranger, visitor()):
        for method, route, body in (
            ("PATCH", path, {"title": "mine"}),
            ("DELETE", path, None),
            ("POST", f"{path}/export_pdf", {}),
        ):
            is_error(other.request(method, route, json=body), 404, "CV_NOT_FOUND")
    assert client.get(path).json()["revision"] == 1


def test_a_portrait_of_ones_own(client, stranger):
    made = create(client)
    photo = client.get(f"/api/photos/{upload(client)}").request.url.path
    assert patch(client, made, photo=photo).json()["photo"] == photo
    is_error(patch(client, made, photo=f"/api/photos/{upload(stranger)}"), 404, "PHOTO_NOT_FOUND")
    assert "photo" in is_error(patch(client, made, photo="https://example.org/x.jpg"), 400, "INVALID_INPUT")
    assert patch(client, made, photo=None).json()["photo"] is None


@pytest.mark.parametrize(
    "url",
    [
        *("https://www.linkedin.com/in/marie-dubois", "linkedin.com/in/marie-dubois/"),
        "https://fr.linkedin.com/in/marie-dubois?trk=x",
    ],
)
def test_a_linkedin_address_makes_a_resume_and_says_what_is_missing(sqlite, url):
    marie = member(name="Marie Dubois", phone="06 39 98 00 00")
    answer = marie.post("/api/resumes/import_linkedin/", json={"linkedin_url": url}, headers={"Accept-Language": "fr"})
    assert answer.status_code == 201
    made = answer.json()
    assert made["linkedin_url"] == "https://www.linkedin.com/in/marie-dubois"
    assert (made["full_name"], made["phone"], made["experiences"]) == ("Marie Dubois", "06 39 98 00 00", [])
    assert made["email"].endswith("@example.org")
    assert not made["import"]["complete"]
    assert "Enregistrer au format PDF" in made["import"]["message"]
    assert made["import"]["upload_url"].endswith(f"/generate?cv={made['id']}")
    assert visitor().post("/api/resumes/import_linkedin", json={"linkedin_url": url}).json()["full_name"] == ""


@pytest.mark.parametrize(
    "url",
    ["", "x", "https://linkedin.com", "https://www.linkedin.com/company/x", "https://evil.example/linkedin.com/in/x"],
)
def test_an_address_that_is_no_profile(caller, url):
    refused = caller.post("/api/resumes/import_linkedin", json={"linkedin_url": url})
    assert is_error(refused, 400, "INVALID_LINKEDIN_URL")["linkedin_url"] == ["Invalid LinkedIn URL format."]
    assert caller.get("/api/resumes").json() == []


def export(client, resume):
    response = client.post(f"/api/resumes/{resume['id']}/export_pdf/", json={})
    assert response.status_code == 200, response.text
    return response.json()


def text_of(tmp_path, url) -> str:
    response = visitor().get(url)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/pdf"
    file = tmp_path / "cv.pdf"
    file.write_bytes(response.content)
    return " ".join(page.extract_text() for page in PdfReader(file).pages)


def test_the_file_opens_by_its_address_and_is_kept_once(client, tmp_path, monkeypatch):
    made = create(client)
    answer = export(client, made)
    assert not answer["has_watermark"]
    assert "/cv-marie-dubois_" in answer["pdf_url"]
    assert "Marie Dubois" in text_of(tmp_path, answer["pdf_url"])
    monkeypatch.setattr(exporting.rendering, "printed", lambda *_: pytest.fail("printed again"))
    again = export(client, made)
    assert again["pdf_url"] != answer["pdf_url"]
    assert text_of(tmp_path, again["pdf_url"])
    is_error(visitor().get(again["pdf_url"].replace("/downloads/", "/downloads/x")), 404, "DOWNLOAD_NOT_FOUND")
    with db.session(write=False) as session:
        assert set(session.exec(select(Job.status))) == {"done"}


@pytest.mark.parametrize(("tier", "marked"), [("free", True), ("pro", False)])
def test_a_premium_template_has_a_watermark_without_a_subscription(sqlite, tier, marked):
    someone = member(tier=tier)
    made = create(someone, template=PREMIUM.slug)
    assert made["can_export_without_watermark"] is not marked
    assert made["payment_type"] == ("free" if marked else "subscription")
    answer = export(someone, made)
    assert answer["has_watermark"] is marked
    assert ("_watermarked.pdf" in answer["pdf_url"]) is marked


def test_the_days_files_are_counted(caller, monkeypatch):
    made = create(caller)
    with db.session() as session:
        cv = session.get_one(Cv, made["id"])
        for _ in range(50):
            session.add(Job(kind="render_pdf", owner_id=cv.owner_id, status="done", result={"file": "x"}))
    monkeypatch.setattr(exporting.rendering, "printed", lambda *_: pytest.fail("printed for nothing"))
    refused = caller.post(f"/api/resumes/{made['id']}/export_pdf", json={})
    is_error(refused, 403, "INSUFFICIENT_CREDITS")


def test_resumes_come_in_pages(caller):
    for number in range(3):
        create(caller, full_name=f"Marie {number}")
    first = caller.get("/api/resumes?limit=2")
    assert [one["full_name"] for one in first.json()] == ["Marie 2", "Marie 1"]
    rest = caller.get("/api/resumes", params={"limit": 2, "cursor": first.headers["x-next-cursor"]})
    assert [one["full_name"] for one in rest.json()] == ["Marie 0"]
    assert "x-next-cursor" not in rest.headers
