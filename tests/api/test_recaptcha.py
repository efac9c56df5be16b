"""The robot check, against a double of Google on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from cvstudio.clients import recaptcha
from tests.api.conftest import is_error, member, visitor


class Google:
    """Answers as told; keeps what it is asked."""

    def __init__(self) -> None:
        self.url, self.status = "", 200
        self.answer: Any = {"success": True, "score": 0.9}
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.awake = threading.Event()
        self.awake.set()


@pytest.fixture
def google(sqlite, configure) -> Iterator[Google]:
    double = Google()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            double.asked.append((self.path, form))
            double.awake.wait(30)
            body = double.answer if isinstance(double.answer, bytes) else json.dumps(double.answer).encode()
            self.send_response(double.status)
            self.send_header("Content-Length", str(len(body)))
            with suppress(BrokenPipeError):
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        double.url = f"http://127.0.0.1:{server.server_port}"
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        configure(recaptcha_secret="s3cret", recaptcha_api_url=double.url)
        try:
            yield double
        finally:
            double.awake.set()
            server.shutdown()
            serving.join()


def verify(token: str = "t0ken"):
    return visitor().post("/api/recaptcha/verify", json={"token": token})


def test_without_a_secret_the_answer_says_that_nothing_was_checked(sqlite):
    assert verify().json() == {"success": True, "score": None, "configured": False}


def test_google_is_asked_with_the_token_and_nothing_about_the_visitor(google):
    assert verify().json() == {"success": True, "score": 0.9, "configured": True}
    assert google.asked == [("/recaptcha/api/siteverify", {"secret": ["s3cret"], "response": ["t0ken"]})]


@pytest.mark.parametrize(
    ("answer", "success", "score"),
    [
        ({"success": True}, True, None),  # version 2
        ({"success": True, "score": 0.5}, True, 0.5),
        ({"success": True, "score": 0.4}, False, 0.4),
        ({"success": False, "error-codes": ["timeout-or-duplicate"]}, False, None),
        ({"success": "true", "score": 1}, False, 1),
    ],
)
def test_who_is_a_person(google, answer, success, score):
    google.answer = answer
    assert verify().json() == {"success": success, "score": score, "configured": True}


def test_administrators_say_which_score_is_enough(google):
    google.answer = {"success": True, "score": 0.4}
    admin = member(role="admin")
    admin.put("/api/admin/settings/recaptcha_minimum_score", json={"value": 0.3})
    assert verify().json()["success"]


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, {"success": True}),
        (200, b"<html>"),
        (200, []),
        (200, {}),
        (200, None),
        (200, {"success": False, "error-codes": ["invalid-input-secret"]}),
    ],
)
def test_no_answer_is_neither_yes_nor_no(google, status, answer):
    google.status, google.answer = status, answer
    is_error(verify(), 503, "RECAPTCHA_UNAVAILABLE")


def test_nobody_there(sqlite, configure):
    configure(recaptcha_secret="s3cret", recaptcha_api_url="http://127.0.0.1:1")
    is_error(verify(), 503, "RECAPTCHA_UNAVAILABLE")


def test_a_slow_answer_is_not_waited_for(google, monkeypatch):
    monkeypatch.setattr(recaptcha, "TIMEOUT_SECONDS", 0.1)
    google.awake.clear()
    is_error(verify(), 503, "RECAPTCHA_UNAVAILABLE")


def test_bad_tokens(sqlite):
    for token in ("", "x" * 8_001, 1, None):
        is_error(visitor().post("/api/recaptcha/verify", json={"token": token}), 400, "INVALID_INPUT")


def test_it_is_asked_so_often(google):
    codes = [verify().status_code for _ in range(101)]
    assert (codes[0], codes[-1]) == (200, 429)
    assert len(google.asked) == 100
