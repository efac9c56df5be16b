"""Offers as clients give them: pasted, linked, uploaded, named; and those that cannot be read."""

import http.server
import threading
from io import BytesIO

import pikepdf
import pytest

from cvstudio import db
from cvstudio.api.app import api
from cvstudio.api.offers import TEXT
from cvstudio.domain import offers
from cvstudio.models import Offer
from tests.api.conftest import is_error, visitor

PAGE = "<html><body><main>" + "".join(f"<p>{line}</p>" for line in TEXT.split("\n") if line) + "</main></body></html>"
ROUTES = {
    "/job": (200, "text/html; charset=utf-8", PAGE.encode()),
    "/plain": (200, "text/plain; charset=utf-8", TEXT.encode()),
    "/login": (200, "text/html", b"<html><body>Sign in to continue. Please log in to view this job.</body></html>"),
    "/gone": (404, "text/html", b"gone"),
    "/picture": (200, "image/png", b"\x89PNG"),
}


class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, kind, body = ROUTES[self.path]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def site(monkeypatch):
    """The address of a site that the operator allows beside public ones."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("CVSTUDIO_FETCH_ALSO", f"127.0.0.1:{server.server_port}")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def add(client, **body):
    return client.post("/api/offers", json=body)


def printed(*lines: str) -> bytes:
    """A PDF that says this."""
    out = BytesIO()
    shown = "".join(f"({line}) Tj T* " for line in lines).encode("latin-1")
    with pikepdf.new() as document:
        page = document.add_blank_page()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(b"BT /F1 10 Tf 14 TL 40 700 Td " + shown + b"ET")
        document.save(out)
    return out.getvalue()


def test_an_offer_is_taken_apart_and_kept(client):
    made = add(client, text=TEXT)
    assert made.status_code == 201
    offer = made.json()
    assert made.headers["location"] == f"/api/offers/{offer['analysisId']}"
    analysis = offer["analysis"]
    assert (analysis["title"], analysis["place"], analysis["years"], analysis["language"]) == (
        "Soudeur TIG",
        "Nantes",
        3,
        "fr",
    )
    assert analysis["contract"] == "permanent"
    assert {one["need"] for one in analysis["requirements"]} == {"must", "nice"}
    for keyword in analysis["keywords"]:
        assert keyword["sentence"] in TEXT
    found = client.get(f"/api/offers/{offer['analysisId']}").json()
    assert found == offer | {"text": TEXT}
    other = add(client, title="Boulanger").json()
    listed = client.get("/api/offers").json()
    assert [one["analysisId"] for one in listed["offers"]] == [other["analysisId"], offer["analysisId"]]
    assert listed["total"] == 2
    assert listed["offers"][1]["title"] == "Soudeur TIG"
    page = client.get("/api/offers", params={"limit": 1, "offset": 1}).json()
    assert [one["analysisId"] for one in page["offers"]] == [offer["analysisId"]]
    assert client.delete(f"/api/offers/{offer['analysisId']}").status_code == 204
    is_error(client.get(f"/api/offers/{offer['analysisId']}"), 404, "ANALYSIS_NOT_FOUND")


def test_a_title_is_enough(caller):
    fr, en = add(caller, title="Infirmière", language="fr").json(), add(caller, title="Nurse", language="en").json()
    assert (fr["source"], fr["analysis"]["language"], en["analysis"]["language"]) == ("title", "fr", "en")
    assert fr["analysis"]["requirements"]
    assert fr["analysis"]["occupation"]


@pytest.mark.parametrize("path", ["/job", "/plain"])
def test_a_link_is_read(site, caller, path):
    offer = add(caller, url=site + path).json()
    assert (offer["source"], offer["url"], offer["analysis"]["title"]) == ("link", site + path, "Soudeur TIG")
    assert "soudure TIG" in caller.get(f"/api/offers/{offer['analysisId']}").json()["text"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/login", 400, "OFFER_UNREADABLE"),
        ("/gone", 502, "LINK_UNREACHABLE"),
        ("/picture", 415, "LINK_NOT_READABLE"),
    ],
)
def test_links_that_give_no_offer_say_why_and_ask_for_the_text(site, caller, path, status, code):
    error = is_error(add(caller, url=site + path), status, code)
    assert "texte" in error["userMessage"]
    assert caller.get("/api/offers").json()["total"] == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://user:password@example.org/",
        "not a link",
    ],
)
def test_nothing_private_is_fetched(caller, url):
    error = is_error(add(caller, url=url), 400, "LINK_NOT_ALLOWED")
    assert error["error"]


def test_a_pdf_is_read(caller):
    data = printed(*(line.replace("–", "-").replace("(", "").replace(")", "") for line in TEXT.split("\n")))
    sent = caller.post("/api/offers/pdf", files={"file": ("offre.pdf", data, "application/pdf")})
    assert sent.status_code == 201, sent.text
    offer = sent.json()
    assert (offer["source"], offer["analysis"]["years"]) == ("pdf", 3)
    for wrong in (b"", b"no pdf", printed(), data[:300]):
        refused = caller.post("/api/offers/pdf", files={"file": ("offre.pdf", wrong, "application/pdf")})
        is_error(refused, 400, "OFFER_UNREADABLE")
    large = b"%PDF-" + b"x" * offers.MAX_PDF
    is_error(caller.post("/api/offers/pdf", files={"file": ("x.pdf", large, "application/pdf")}), 413, "TOO_LARGE")


@pytest.mark.parametrize(
    "body",
    [{}, {"text": " "}, {"text": TEXT, "title": "Soudeur"}, {"text": 3}, {"language": "de", "text": TEXT}, {"x": 1}],
)
def test_requests_that_are_refused(caller, body):
    is_error(caller.post("/api/offers", json=body), 400, "INVALID_INPUT")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_text_that_is_no_offer_says_so_in_the_callers_language(caller, language):
    headers = {"Accept-Language": language}
    error = is_error(caller.post("/api/offers", json={"text": "bonjour"}, headers=headers), 400, "OFFER_UNREADABLE")
    assert ("Collez" if language == "fr" else "Paste") in error["userMessage"]
    assert error["details"]["reason"] == "short"
    error = is_error(add(caller, title="Xyzzy quux"), 400, "OFFER_UNREADABLE")
    assert error["details"]["reason"] == "title"


def test_sent_twice_it_is_read_once(site, client):
    sent = [
        client.post("/api/offers", json={"url": f"{site}/job"}, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]
    assert sent[0].json() == sent[1].json()
    assert sent[1].headers["idempotency-replayed"] == "true"
    assert client.get("/api/offers").json()["total"] == 1
    other = client.post("/api/offers", json={"title": "Boulanger"}, headers={"Idempotency-Key": "one"})
    is_error(other, 409, "IDEMPOTENCY_CONFLICT")


def test_we_are_nobodys_proxy(client, monkeypatch):
    monkeypatch.setattr(offers, "PER_HOUR", offers.Limit(2, 3600))
    for _ in range(2):
        is_error(add(client, url="http://10.0.0.1/"), 400, "LINK_NOT_ALLOWED")
    error = is_error(add(client, url="http://10.0.0.1/"), 429, "RATE_LIMIT_EXCEEDED")
    assert 0 < error["retryAfter"] <= 3600


def test_an_account_is_wanted(engine):
    for method, path in (("POST", ""), ("GET", ""), ("GET", "/x"), ("DELETE", "/x")):
        is_error(visitor().request(method, f"/api/offers{path}", json={"title": "Boulanger"}), 401, "UNAUTHORIZED")
    is_error(visitor().post("/api/offers/pdf", files={"file": ("x.pdf", b"x")}), 401, "UNAUTHORIZED")


def test_only_ones_own_can_be_removed(client, stranger):
    offer = add(client, title="Boulanger").json()["analysisId"]
    is_error(stranger.delete(f"/api/offers/{offer}"), 404, "ANALYSIS_NOT_FOUND")
    assert client.get(f"/api/offers/{offer}").status_code == 200


def test_an_analysis_that_cannot_be_read_back_says_so(client):
    offer = add(client, title="Boulanger").json()["analysisId"]
    with db.session() as session:
        session.get_one(Offer, offer).analysis = {"language": 3}
    is_error(client.get(f"/api/offers/{offer}"), 500, "ANALYSIS_UNREADABLE")


def test_the_example_is_true(caller):
    schemas = api.openapi()["components"]["schemas"]
    found = add(caller, **schemas["OfferRequest"]["example"]).json()
    assert found.keys() == schemas["OfferResponse"]["example"].keys()
    assert found["analysis"].keys() == schemas["OfferResponse"]["example"]["analysis"].keys()
