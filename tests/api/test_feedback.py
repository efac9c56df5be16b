"""What people say, and the links that they used: kept for them, within limits, gone with them."""

import pytest

from cvstudio.domain import feedback
from cvstudio.domain.rate import Limit
from tests.api.conftest import is_error, visitor
from tests.api.test_cvs import create


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
    monkeypatch.setattr(feedback, "MOST_LINKS", 3)
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
