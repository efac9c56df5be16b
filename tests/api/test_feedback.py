"""What people say, and the links that they used: kept for them, within limits, gone with them."""

from dataclasses import replace

import pytest

from cvstudio.domain import feedback, links, offers
from cvstudio.domain.rate import Limit
from tests.api.conftest import is_error, member, visitor
from tests.api.test_cvs import create

OFFER = """Boulanger (H/F) – CDI – Rennes
Missions : pétrissage, façonnage et cuisson des pains, tenue du laboratoire.
Profil : CAP boulangerie, trois ans d’expérience, rigueur et ponctualité."""


def keep(client, url):
    return client.post("/api/link-history", json={"url": url})


def test_links_are_kept_the_last_used_first(client, stranger):
    for number in range(3):
        assert keep(client, f"https://www.example.org/{number}").status_code == 201
    again = keep(client, "https://www.example.org/0").json()["link"]
    listed = client.get("/api/link-history").json()["links"]
    assert [link["url"][-1] for link in listed] == ["0", "2", "1"]
    assert listed[0] == again
    assert again["site"] == "example.org"
    assert stranger.get("/api/link-history").json() == {"links": []}
    is_error(visitor().get("/api/link-history"), 401, "UNAUTHORIZED")


def test_only_so_many_links_are_kept(caller, monkeypatch):
    monkeypatch.setattr(links, "MOST_LINKS", 3)
    for number in range(5):
        keep(caller, f"https://example.org/{number}")
    assert [link["url"][-1] for link in caller.get("/api/link-history").json()["links"]] == ["4", "3", "2"]


@pytest.mark.parametrize(
    "url",
    [
        *("", "x", "ftp://example.org", "javascript:alert(1)", "https://", "https://a@b.c/", "http://[", "https://a b"),
        "https://example.org/" + "x" * 2000,
    ],
)
def test_what_is_no_web_address(caller, url):
    assert "url" in is_error(keep(caller, url), 400, "INVALID_INPUT")


def test_feedback_is_kept(client):
    create(client)
    body = {"rating": 4, "comment": " Bien ! ", "isBugReport": True, "currentCvFile": "cv.json"}
    given = client.post("/api/feedback", json=body).json()["feedback"]
    assert given.items() >= {**body, "comment": "Bien !", "status": "new"}.items()
    is_error(visitor().post("/api/feedback", json=body), 401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"comment": "x"}, "rating"),
        ({"rating": 6, "comment": "x"}, "rating"),
        ({"rating": 0, "comment": "x"}, "rating"),
        ({"rating": 3}, "comment"),
        ({"rating": 3, "comment": "x" * 5001}, "comment"),
    ],
)
def test_feedback_that_is_none(caller, body, field):
    assert field in is_error(caller.post("/api/feedback", json=body), 400, "INVALID_INPUT")


def test_a_cv_that_is_not_ones_own(client, stranger):
    create(client)
    body = {"rating": 1, "comment": "", "currentCvFile": "cv.json"}
    is_error(stranger.post("/api/feedback", json=body), 404, "CV_NOT_FOUND")


def test_nobody_may_say_too_much(caller, monkeypatch):
    monkeypatch.setattr(feedback, "FEEDBACK", Limit(2, 3600))
    for status in (201, 201, 429):
        assert caller.post("/api/feedback", json={"rating": 5, "comment": "!"}).status_code == status


def test_a_link_is_forgotten_by_its_owner_alone(client, stranger):
    kept = keep(client, "https://example.org/1").json()["link"]
    refused, missing = (
        stranger.delete(f"/api/link-history/{name}").json() for name in (kept["id"], "AAAAAAAAAAAAAAAA")
    )
    assert refused == missing
    is_error(visitor().delete(f"/api/link-history/{kept['id']}"), 401, "UNAUTHORIZED")
    assert client.delete(f"/api/link-history/{kept['id']}").status_code == 204
    assert client.get("/api/link-history").json() == {"links": []}
    is_error(client.delete(f"/api/link-history/{kept['id']}"), 404, "LINK_NOT_FOUND")


def test_an_offer_that_was_read_by_link_is_kept_by_its_title(client, stranger, monkeypatch):
    found = offers.read_text(OFFER)
    monkeypatch.setattr(offers, "read_link", lambda url, _language: replace(found, url=url))
    assert client.post("/api/offers", json={"url": "https://jobs.example.org/7"}).status_code == 201
    (kept,) = client.get("/api/link-history").json()["links"]
    assert (kept["url"], kept["site"]) == ("https://jobs.example.org/7", "jobs.example.org")
    assert "Boulanger" in kept["title"]
    assert keep(client, kept["url"]).json()["link"]["title"] == kept["title"]
    assert client.post("/api/offers", json={"text": OFFER}).status_code == 201
    assert len(client.get("/api/link-history").json()["links"]) == 1
    assert stranger.get("/api/link-history").json() == {"links": []}


# ---- administrators ------------------------------------------------------------------------------------------------

ALL = "/api/analytics/feedbacks"


def test_administrators_read_review_and_remove(client):
    for rating in (1, 2, 3):
        client.post("/api/feedback", json={"rating": rating, "comment": f"n° {rating}", "isBugReport": rating == 2})
    admin = member(role="admin")
    listed = admin.get(ALL).json()
    assert [one["rating"] for one in listed["feedbacks"]] == [3, 2, 1]
    assert listed["counts"] == {"new": 3, "reviewed": 0}
    assert "@" in listed["feedbacks"][0]["userEmail"]
    first = listed["feedbacks"][0]["id"]
    assert admin.patch(ALL, json={"id": first, "status": "reviewed"}).json()["feedback"]["status"] == "reviewed"
    assert [one["rating"] for one in admin.get(ALL, params={"status": "new"}).json()["feedbacks"]] == [2, 1]
    page = admin.get(ALL, params={"limit": 2}).json()
    rest = admin.get(ALL, params={"limit": 2, "before": page["next"]}).json()
    assert [one["rating"] for one in (*page["feedbacks"], *rest["feedbacks"])] == [3, 2, 1]
    assert rest["next"] is None
    assert admin.request("DELETE", ALL, json={"id": first}).json() == {"success": True}
    is_error(admin.request("DELETE", ALL, json={"id": first}), 404, "FEEDBACK_NOT_FOUND")
    is_error(admin.patch(ALL, json={"id": "é" * 9, "status": "new"}), 404, "FEEDBACK_NOT_FOUND")
    assert "status" in is_error(admin.patch(ALL, json={"id": first, "status": "lost"}), 400, "INVALID_INPUT")
    assert "status" in is_error(admin.get(ALL, params={"status": "lost"}), 400, "INVALID_INPUT")


def test_nobody_else_does(client, stranger):
    given = client.post("/api/feedback", json={"rating": 1, "comment": "secret"}).json()["feedback"]
    for method, body in (("GET", None), ("PATCH", {"id": given["id"], "status": "reviewed"}), ("DELETE", given)):
        is_error(stranger.request(method, ALL, json=body), 403, "FORBIDDEN")
        is_error(visitor().request(method, ALL, json=body), 401, "UNAUTHORIZED")
    assert member(role="admin").get(ALL).json()["counts"] == {"new": 1, "reviewed": 0}
