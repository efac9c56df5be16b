"""Reads a page that someone linked to, and nothing else: public addresses alone, checked on every hop.

A name is resolved once and the connection goes to exactly the address that was checked, so a name that answers
differently the second time gains nothing. No cookies, no proxy, nothing kept between calls.
"""

import ipaddress
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import httpcore
import httpx2

from cvstudio.config import settings
from cvstudio.errors import InvalidInput, StudioError, TooLarge, Unavailable

MAX_SECONDS = 10.0  # names, connections, redirects and body together
MAX_BYTES = 3_000_000  # unpacked
MAX_REDIRECTS = 5
MAX_URL = 2_000  # characters
PORTS = {"http": 80, "https": 443}
TYPES = frozenset({"text/html", "application/xhtml+xml", "application/pdf", "text/plain"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # carries an IPv4 address in its last 32 bits
_CHUNK = 16_384

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class LinkNotAllowed(InvalidInput):
    code: ClassVar[str] = "LINK_NOT_ALLOWED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce lien ne mène pas à une page publique. Vérifiez-le, ou collez le texte de la page.",
        "en": "This link does not lead to a public page. Check it, or paste the page’s text.",
    }


class LinkUnreachable(Unavailable):
    code: ClassVar[str] = "LINK_UNREACHABLE"
    status: ClassVar[int] = 502
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le site ne nous a pas donné cette page. Vérifiez le lien, ou collez le texte de la page.",
        "en": "The site did not give us this page. Check the link, or paste the page’s text.",
    }


class LinkTooSlow(LinkUnreachable):
    code: ClassVar[str] = "LINK_TOO_SLOW"
    status: ClassVar[int] = 504
    messages: ClassVar[dict[str, str]] = {
        "fr": "Le site met trop de temps à répondre. Réessayez plus tard, ou collez le texte de la page.",
        "en": "The site takes too long to answer. Try again later, or paste the page’s text.",
    }


class LinkTooLarge(TooLarge):
    code: ClassVar[str] = "LINK_TOO_LARGE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette page est trop volumineuse. Collez plutôt son texte.",
        "en": "This page is too large. Paste its text instead.",
    }


class LinkNotReadable(StudioError):
    code: ClassVar[str] = "LINK_NOT_READABLE"
    status: ClassVar[int] = 415
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce lien ne mène ni à une page web ni à un PDF. Collez plutôt le texte.",
        "en": "This link leads neither to a web page nor to a PDF. Paste the text instead.",
    }


@dataclass(frozen=True)
class Page:
    url: str  # where the redirects ended
    content_type: str  # one of TYPES
    body: bytes  # unpacked
    charset: str  # as the server said; blank when it did not

    @property
    def is_pdf(self) -> bool:
        return self.content_type == "application/pdf"

    @property
    def text(self) -> str:
        """The body as text, in the charset that was named, else UTF-8, else Windows's."""
        for charset in filter(None, (self.charset, "utf-8")):
            try:
                return self.body.decode(charset)
            except (LookupError, UnicodeDecodeError):
                continue
        return self.body.decode("cp1252", "replace")


def fetch(url: str, *, seconds: float = MAX_SECONDS) -> Page:
    """`seconds`: for all of it. Raises LinkNotAllowed, LinkUnreachable, LinkTooSlow, LinkTooLarge, LinkNotReadable."""
    until = time.monotonic() + seconds
    here = _checked(url)
    with _faults():
        for _ in range(MAX_REDIRECTS + 1):
            found = _get(here, until)
            if isinstance(found, Page):
                return found
            here = _checked(found)
    raise LinkUnreachable("too many redirects")


def _checked(url: str) -> httpx2.URL:
    """What may be asked for at all; where it leads is checked when its name is resolved."""
    try:
        parsed = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, ValueError):
        raise LinkNotAllowed("not a URL") from None
    if len(url) > MAX_URL or parsed.scheme not in PORTS or not parsed.host:
        raise LinkNotAllowed("only http and https")
    if parsed.userinfo:
        raise LinkNotAllowed("a URL that carries a password")
    port = parsed.port or PORTS[parsed.scheme]
    if port not in PORTS.values() and port not in {also for _, also in _also_allowed()}:
        raise LinkNotAllowed("only the web's usual ports")
    return parsed.copy_with(fragment=None)


def _get(url: httpx2.URL, until: float) -> Page | str:
    """The page, or the address it redirects to."""
    headers: dict[bytes | str, bytes | str] = {
        "Host": url.netloc.decode("ascii"),
        "User-Agent": f"CVStudio (+{settings().public_url})",
        "Accept": "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.8",
        "Accept-Encoding": "gzip, deflate",
        "Accept-Language": "fr,en;q=0.8",
    }
    port = url.port or PORTS[url.scheme]
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=port, target=url.raw_path)
    times = dict.fromkeys(("connect", "read", "write", "pool"), MAX_SECONDS)  # each is cut short by `until`
    with (
        httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=_Checked(until), max_connections=1) as pool,
        pool.stream("GET", target, headers=headers, extensions={"timeout": times}) as answer,
    ):
        sent = httpx2.Headers(answer.headers)
        if answer.status in _REDIRECTS and "location" in sent:
            try:
                return str(url.join(sent["location"]))
            except (httpx2.InvalidURL, ValueError):
                raise LinkUnreachable("a redirect that is not a URL") from None
        if answer.status != 200:
            raise LinkUnreachable(f"status {answer.status}")
        kind, _, rest = sent.get("content-type", "").partition(";")
        kind = kind.strip().lower()
        if kind and kind not in TYPES:
            raise LinkNotReadable(f"content type {kind[:60]}")
        body = _body(answer.iter_stream(), sent.get("content-encoding", ""))
    charset = rest.partition("charset=")[2].split(";")[0].strip(" \"'").lower()
    return Page(str(url), kind or _sniffed(body), body, charset)


def _sniffed(body: bytes) -> str:
    start = body[:512].lstrip().lower()
    if start.startswith(b"%pdf-"):
        return "application/pdf"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "text/html"
    raise LinkNotReadable("no content type")


def _body(chunks: Iterable[bytes], encoding: str) -> bytes:
    """Unpacked as it comes, never further than MAX_BYTES."""
    name = encoding.strip().lower()
    if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise LinkNotReadable(f"content encoding {name[:60]}")
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if name not in {"", "identity"} else None
    body = bytearray()
    for chunk in chunks:
        waiting = chunk
        while waiting:
            if unpack is None:
                body += waiting
                waiting = b""
            else:
                body += unpack.decompress(waiting, MAX_BYTES + 1 - len(body))
                waiting = unpack.unconsumed_tail
            if len(body) > MAX_BYTES:
                raise LinkTooLarge
    return bytes(body)


@cache
def _trusted() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


@contextmanager
def _faults() -> Iterator[None]:
    """What goes wrong on the way, in our words."""
    try:
        yield
    except httpcore.TimeoutException:
        raise LinkTooSlow from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, ssl.SSLError, OSError) as error:
        raise LinkUnreachable(type(error).__name__) from None
    except (httpcore.UnsupportedProtocol, UnicodeError, zlib.error) as error:
        raise LinkUnreachable(type(error).__name__) from None


# --- addresses ---


class _Checked(httpcore.NetworkBackend):
    """Connects to public addresses, each name resolved once, all of it before `until`."""

    def __init__(self, until: float) -> None:
        self.until = until

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolved(host, port, _left(self.until))
        if not all(_public(address) or (str(address), port) in _also_allowed() for address in addresses):
            raise LinkNotAllowed("an address that is not public")
        stream = httpcore.SyncBackend().connect_tcp(str(addresses[0]), port, timeout=_left(self.until))
        return _Timed(stream, self.until)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise LinkNotAllowed("no sockets on this machine")


class _Timed(httpcore.NetworkStream):
    """A stream whose every wait ends with the whole fetch: a site that drips bytes gets no more time."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self.stream, self.until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(min(max_bytes, _CHUNK), _left(self.until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.until))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self.stream.start_tls(ssl_context, server_hostname, _left(self.until)), self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def _resolved(host: str, port: int, seconds: float) -> list[Address]:
    """What the name stands for, asked once. A resolver cannot be interrupted, so it works in a thread of its own."""
    answers: queue.SimpleQueue[list[Address] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
            answers.put([ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found])
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout from None
    if isinstance(found, Exception):
        raise httpcore.ConnectError("no such name") from None
    if not found:
        raise httpcore.ConnectError("no address")
    return found


def _public(address: Address) -> bool:
    """Of the internet at large; what wraps an IPv4 address is judged by that."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _public(inner)
        if address.teredo or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _also_allowed() -> frozenset[tuple[str, int]]:
    """Addresses of tests and intranets that the operator names: "127.0.0.1:8080, …"."""
    pairs = (entry.strip().rpartition(":") for entry in settings().fetch_also.split(",") if entry.strip())
    return frozenset((host.strip("[]"), int(port)) for host, _, port in pairs)
