"""Pages fetched from loopback doubles that also misbehave."""

import gzip
import http.server
import ipaddress
import socket
import ssl
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from cvstudio.clients import web
from cvstudio.config import settings

PAGE = b"<html><body><h1>Soudeur H/F</h1><p>Vous soudez.</p></body></html>"
Handler = Callable[[http.server.BaseHTTPRequestHandler], None]


class Site(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.routes: dict[str, Handler] = {"/": answer(PAGE)}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


class Answers(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.server.routes[self.path.split("?")[0]](self)

    def log_message(self, *_: object) -> None: ...


def answer(body: bytes, status: int = 200, **headers: str) -> Handler:
    def send(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"content_type": "text/html; charset=utf-8", **headers}.items():
            if value:
                request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return send


def redirect(target: str) -> Handler:
    return answer(b"", 302, location=target)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    server = Site()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("CVSTUDIO_FETCH_ALSO", f"127.0.0.1:{server.port}")
    settings.cache_clear()
    yield server
    server.released.set()
    server.shutdown()
    server.server_close()
    settings.cache_clear()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What names stand for: the first list at the first question, and so on; the last one stays."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> list:
        if host in known:
            answers = known[host]
            addresses = answers.pop(0) if len(answers) > 1 else answers[0]
            return [entry for address in addresses for entry in real(address, port, type=socket.SOCK_STREAM)]
        return real(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)  # no questions leave this machine

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


def test_a_page_comes_with_its_address_and_type(site):
    page = web.fetch(site.url())
    assert page == web.Page(site.url(), "text/html", PAGE, "utf-8")
    assert not page.is_pdf
    assert "Vous soudez" in page.text


def test_we_say_who_we_are_and_bring_no_cookies(site):
    site.routes["/"] = answer(b"", 302, location="/there", set_cookie="a=b; Path=/")
    site.routes["/there"] = answer(PAGE)
    web.fetch(site.url())
    (_, first), (_, second) = site.asked
    assert first["user-agent"].startswith("CVStudio (+http")
    assert "cookie" not in second
    assert "authorization" not in second


def test_a_pdf_is_told_by_type_or_by_its_first_bytes(site):
    site.routes["/a"] = answer(b"%PDF-1.7 \x00", content_type="application/pdf")
    site.routes["/b"] = answer(b"%PDF-1.7 \x00", content_type="")
    assert web.fetch(site.url("/a")).is_pdf
    assert web.fetch(site.url("/b")).is_pdf


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_packed_pages_are_unpacked(site, pack):
    site.routes["/"] = answer(pack(PAGE), content_encoding="gzip" if pack is gzip.compress else "deflate")
    assert web.fetch(site.url()).body == PAGE


def test_charsets(site):
    site.routes["/"] = answer("Métier".encode("latin-1"), content_type='text/html; charset="ISO-8859-1"')
    assert web.fetch(site.url()).text == "Métier"
    site.routes["/"] = answer("Métier".encode("cp1252"), content_type="text/html; charset=no-such")
    assert web.fetch(site.url()).text == "Métier"


def test_redirects_are_followed_to_the_end(site):
    site.routes |= {"/1": redirect("2"), "/2": redirect(site.url("/3?x=1")), "/3": answer(PAGE)}
    assert web.fetch(site.url("/1#part")).url == site.url("/3?x=1")


def test_a_redirect_to_a_private_address_is_refused_before_anything_is_sent(site):
    for target in (
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//192.168.1.1/",
        f"http://user:pass@127.0.0.1:{site.port}/",
    ):
        site.routes["/"] = redirect(target)
        with pytest.raises(web.LinkNotAllowed):
            web.fetch(site.url())


def test_endless_redirects_end(site):
    site.routes["/"] = redirect("/")
    with pytest.raises(web.LinkUnreachable):
        web.fetch(site.url())
    assert len(site.asked) == web.MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.0.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/",
        "http://224.0.0.1/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://[ff02::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[::]/",
        "http://[::127.0.0.1]/",
        "http://１２７.0.0.1/",
    ],
)
def test_addresses_that_are_not_public_are_refused(names, url):
    with pytest.raises((web.LinkNotAllowed, web.LinkUnreachable)) as refused:
        web.fetch(url)
    assert "connect" not in refused.value.detail.lower()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "not a link",
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://example.org:22/",
        "http://example.org:6379/",
        "http://someone:secret@example.org/",
        "http://example.org/\x00",
        "http://[not-an-address]/",
        "https://example.org/" + "x" * web.MAX_URL,
    ],
)
def test_links_that_are_no_public_page_are_refused_without_asking(names, url):
    with pytest.raises(web.LinkNotAllowed):
        web.fetch(url)


def test_only_the_named_port_of_a_named_address_is_allowed_beside_public_ones(site, names):
    names["jobs.example"] = [["127.0.0.1"]]
    assert web.fetch(site.url(host="jobs.example")).body == PAGE
    names["jobs.example"] = [["127.0.0.2"]]
    with pytest.raises(web.LinkNotAllowed):
        web.fetch(site.url(host="jobs.example"))


def test_a_name_with_one_private_address_among_public_ones_is_refused(names):
    names["mixed.example"] = [["93.184.216.34", "10.0.0.1"]]
    with pytest.raises(web.LinkNotAllowed):
        web.fetch("http://mixed.example/")


def test_a_name_is_resolved_once_and_connected_to_at_that_address(site, names, monkeypatch):
    """Whoever answers with another address the second time is not asked a second time."""
    connected: list[tuple[str, int]] = []
    real = socket.create_connection

    def connect(address: tuple[str, int], *args: object, **kwargs: object) -> socket.socket:
        connected.append(address)
        return real(address, *args, **kwargs)

    monkeypatch.setattr(socket, "create_connection", connect)
    names["rebind.example"] = [["127.0.0.1"], ["10.0.0.1"]]
    page = web.fetch(site.url(host="rebind.example"))
    assert page.body == PAGE
    assert connected == [("127.0.0.1", site.port)]
    assert site.asked[0][1]["host"] == f"rebind.example:{site.port}"
    with pytest.raises(web.LinkNotAllowed):  # the next fetch asks anew, and sees what it then is
        web.fetch(site.url(host="rebind.example"))
    assert len(connected) == 1


def test_a_redirect_resolves_again(site, names):
    names["turns.example"] = [["127.0.0.1"], ["169.254.169.254"]]
    site.routes["/"] = redirect(site.url("/there", host="turns.example"))
    site.routes["/there"] = answer(PAGE)
    with pytest.raises(web.LinkNotAllowed):
        web.fetch(site.url(host="turns.example"))
    assert [path for path, _ in site.asked] == ["/"]


def test_a_body_that_is_too_large_is_not_read_to_its_end(site):
    site.routes["/"] = answer(b"x" * (web.MAX_BYTES + 1))
    with pytest.raises(web.LinkTooLarge):
        web.fetch(site.url())


def test_a_bomb_is_not_unpacked(site):
    site.routes["/"] = answer(gzip.compress(bytes(200_000_000), 1), content_encoding="gzip")
    with pytest.raises(web.LinkTooLarge):
        web.fetch(site.url())


def test_a_body_of_just_the_largest_size_is_read(site):
    site.routes["/"] = answer(gzip.compress(b"x" * web.MAX_BYTES, 1), content_encoding="gzip")
    assert len(web.fetch(site.url()).body) == web.MAX_BYTES


@pytest.mark.parametrize(
    "headers", [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-A: "]
)
def test_a_site_that_drips_bytes_gets_no_more_time(site, monkeypatch, headers):
    monkeypatch.setattr(web, "MAX_SECONDS", 0.3)

    def drip(request: http.server.BaseHTTPRequestHandler) -> None:
        request.wfile.write(headers)
        while not site.released.wait(0.05):
            try:
                request.wfile.write(b"x")
                request.wfile.flush()
            except OSError:
                return

    site.routes["/"] = drip
    with pytest.raises(web.LinkTooSlow):
        web.fetch(site.url())


def test_a_resolver_that_does_not_answer_is_not_waited_for(site, monkeypatch):
    monkeypatch.setattr(web, "MAX_SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: site.released.wait(30) and [])
    with pytest.raises(web.LinkTooSlow):
        web.fetch("http://slow.example/")


@pytest.mark.parametrize("kind", ["image/png", "application/zip", "application/json", "text/css", ""])
def test_other_kinds_are_not_read(site, kind):
    site.routes["/"] = answer(b"\x89PNG", content_type=kind)
    with pytest.raises(web.LinkNotReadable):
        web.fetch(site.url())


def test_an_unknown_encoding_is_not_read(site):
    site.routes["/"] = answer(PAGE, content_encoding="br")
    with pytest.raises(web.LinkNotReadable):
        web.fetch(site.url())


@pytest.mark.parametrize("status", [204, 304, 401, 403, 404, 410, 429, 500, 503])
def test_other_answers_are_no_page(site, status):
    site.routes["/"] = answer(b"", status)
    with pytest.raises(web.LinkUnreachable, match=str(status)):
        web.fetch(site.url())


def test_broken_answers_are_no_page(site):
    def garbage(request: http.server.BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"nonsense\r\n\r\n")

    site.routes["/"] = garbage
    with pytest.raises(web.LinkUnreachable):
        web.fetch(site.url())
    site.routes["/"] = answer(b"not gzip at all", content_encoding="gzip")
    with pytest.raises(web.LinkUnreachable):
        web.fetch(site.url())
    site.routes["/"] = redirect("http://[broken/")
    with pytest.raises((web.LinkUnreachable, web.LinkNotAllowed)):
        web.fetch(site.url())


def test_nobody_listening_and_no_such_name(monkeypatch, names):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("CVSTUDIO_FETCH_ALSO", f"127.0.0.1:{port}")
        settings.cache_clear()
        with pytest.raises(web.LinkUnreachable):
            web.fetch(f"http://127.0.0.1:{port}/")
    settings.cache_clear()
    with pytest.raises(web.LinkUnreachable):
        web.fetch("http://no-such-name.invalid/")


# --- TLS ---


@contextmanager
def secured(site: Site, name: str) -> Iterator[tuple[ssl.SSLContext, list[str | None]]]:
    """The site behind a certificate for `name`; who trusts it; the names that were asked for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate + private)
        file.flush()
        context.load_cert_chain(file.name)
    context.sni_callback = lambda _, asked_for, __: asked.append(asked_for)
    site.socket = context.wrap_socket(site.socket, server_side=True)
    yield ssl.create_default_context(cadata=certificate.decode()), asked


def test_the_certificate_is_checked_against_the_name_not_the_address(site, names, monkeypatch):
    names |= {"jobs.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    with secured(site, "jobs.example") as (trusted, asked):
        monkeypatch.setattr(web, "_trusted", lambda: trusted)
        assert web.fetch(f"https://jobs.example:{site.port}/").body == PAGE
        assert asked == ["jobs.example"]
        with pytest.raises(web.LinkUnreachable):
            web.fetch(f"https://other.example:{site.port}/")
        monkeypatch.undo()


def test_an_untrusted_certificate_is_no_page(site, names):
    names["jobs.example"] = [["127.0.0.1"]]
    with secured(site, "jobs.example"), pytest.raises(web.LinkUnreachable):
        web.fetch(f"https://jobs.example:{site.port}/")


# --- addresses ---


@trying(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_wraps_an_address_is_as_public_as_it(number):
    inner = ipaddress.IPv4Address(number)
    wrapped = [
        ipaddress.IPv6Address(f"::ffff:{inner}"),
        ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + number),
        ipaddress.IPv6Address((0x2002 << 112) + (number << 80)),
    ]
    assert {web._public(address) for address in wrapped} == {web._public(inner)}


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses_are_public(address):
    assert web._public(ipaddress.ip_address(address))
