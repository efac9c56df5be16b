"""What every request passes through, outermost first: a name, safe headers, an owner, a limit to its body."""

import re
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cvstudio import logs
from cvstudio.api.errors import answer, cookies, language_of
from cvstudio.api.visitors import Visitor
from cvstudio.config import settings
from cvstudio.domain import owners
from cvstudio.errors import Forbidden, StudioError, TooLarge

OURS = ("/api/", "/internal/", "/s/")
UPLOADS = (
    "/api/photos",
    "/api/offers/pdf",
    "/api/background-tasks/generate-cv",
    "/api/background-tasks/import-pdf",
    "/internal/cv-store",
)
MULTIPART_BYTES = 4_096  # what a form adds around a file
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUIET = ("/api/health",)  # asked for every few seconds
ANONYMOUS = (*QUIET, "/internal/")  # asked for by machines

log = structlog.get_logger(__name__)


class ForeignOrigin(Forbidden):
    code = "FOREIGN_ORIGIN"


def is_ours(scope: Scope) -> bool:
    path: str = scope["path"]
    return f"{path}/".startswith(OURS)


class Named:
    """A request id, in and out and on every log line; one log line each; the last resort for the unexpected."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        started = time.perf_counter()
        status = 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _secure(MutableHeaders(scope=message), scope)["X-Request-ID"] = request_id
            await send(message)

        with logs.bound(request_id=request_id):
            try:
                await self.app(scope, receive, named)
            except Exception:  # the API's mapper of what nobody expected
                log.exception("http.crashed", method=scope["method"], path=scope["path"])
                if not status:
                    await answer(StudioError(), language_of(scope))(scope, receive, named)
            finally:
                say = log.info if is_ours(scope) and not scope["path"].startswith(QUIET) else log.debug
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                say("http.answered", method=scope["method"], path=scope["path"], status=status, ms=milliseconds)


def _secure(headers: MutableHeaders, scope: Scope) -> MutableHeaders:
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Content-Security-Policy", "frame-ancestors 'self'")
    if is_ours(scope):
        headers.setdefault("Cache-Control", "no-store")
    return headers


class Session:
    """Knows the visitor by the signed cookie; gives a cookie to whoever has none.

    In scope["state"], as `visitor`. Refuses what another site's page sends in the visitor's name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE_METHODS and is_ours(scope) and not _own_origin(headers):
            return await answer(ForeignOrigin("sent from another site"), language_of(scope))(scope, receive, send)
        visitor = Visitor(cookies(scope).get(owners.COOKIE))
        scope.setdefault("state", {})["visitor"] = visitor
        by_token = headers.get("authorization", "")[:7].lower() == "bearer "
        wanted = is_ours(scope) or "text/html" in headers.get("accept", "")
        wanted = wanted and not scope["path"].startswith(ANONYMOUS)

        async def with_cookie(message: Message) -> None:
            start = wanted and message["type"] == "http.response.start"
            if start and (value := visitor.decided if by_token else visitor.cookie):
                answered = MutableHeaders(scope=message)
                cached = answered.get("cache-control", "")
                if "public" not in cached:  # a shared cache must not hand one visitor's cookie to the next
                    if cached or not is_ours(scope):  # ours say no-store of themselves
                        answered["Cache-Control"] = f"private, {cached}" if cached else "private, no-cache"
                    answered.append("Set-Cookie", set_cookie(owners.COOKIE, value, owners.COOKIE_LIFE))
            await send(message)

        return await self.app(scope, receive, with_cookie)


def set_cookie(name: str, value: str, life: timedelta | None) -> str:
    """The header's value: unreadable to scripts, kept from other sites; without a life it ends with the browser."""
    jar: SimpleCookie = SimpleCookie({name: value})
    jar[name] |= {
        "path": "/",
        "httponly": True,
        "samesite": "Lax",
        "secure": settings().public_url.startswith("https://"),
    }
    if life is not None:
        jar[name]["max-age"] = str(int(life.total_seconds()))
    return jar.output(header="").strip()


def _own_origin(headers: Headers) -> bool:
    """Browsers name the origin of every unsafe request; other clients send none and carry no one's cookie."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc in (
        headers.get("host", ""),
        urlsplit(settings().public_url).netloc,
    )


class Tidy:
    """Our own addresses: a slash at the end is as good as none, HEAD is GET without a body, bodies have a limit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_ours(scope):
            return await self.app(scope, receive, send)
        path = scope["path"].rstrip("/")
        scope = {**scope, "path": path, "raw_path": path.encode()}
        try:
            whole = await _read(scope, receive)
        except StudioError as error:
            return await answer(error, language_of(scope))(scope, receive, send)
        if scope["method"] == "HEAD":
            scope["state"]["head"] = True  # a link that works once is not used up by a look at it
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        return await self.app(scope, whole, send)


async def _read(scope: Scope, receive: Receive) -> Receive:
    """The body, read up to the limit, to be received again at once. Raises TooLarge."""
    upload = scope["path"] in UPLOADS
    limit = settings().max_upload_bytes + MULTIPART_BYTES if upload else settings().max_body_bytes
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise TooLarge(f"the body is over {limit} bytes")
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return _replay(message, receive)
        pieces.append(message.get("body", b""))
        size, more = size + len(pieces[-1]), message.get("more_body", False)
        if size > limit:
            raise TooLarge(f"the body is over {limit} bytes")
    return _replay({"type": "http.request", "body": b"".join(pieces), "more_body": False}, receive)


def _replay(first: Message, receive: Receive) -> Receive:
    waiting = [first]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return headers_only


LAYERS: tuple[Callable[[ASGIApp], ASGIApp], ...] = (Named, Session, Tidy)
