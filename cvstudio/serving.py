"""How the built pages reach the browser: one port, any host, no redirect, cached as long as is safe."""

import os
from collections.abc import MutableMapping
from functools import partial
from pathlib import Path
from stat import S_ISDIR
from typing import Any
from urllib.parse import parse_qs, urlsplit

import reflex as rx
from reflex.plugins import Plugin
from reflex.utils.exec import _match_routable_page, get_routes_manifest_router
from reflex.utils.precompressed_staticfiles import PrecompressedStaticFiles
from reflex.utils.prerequisites import get_web_dir
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Scope

from cvstudio.language import COOKIE, COOKIE_SECONDS, LANGUAGES, choose, known
from cvstudio.prerender import localized

# What vite names by content never changes; all else is asked for again (a 304 when it did not change).
HASHED = "assets"
FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

STATE_JS = "utils/state.js"
ENDPOINT = "  const endpoint = new URL(url_str);\n"
SAME_HOST = """  if (typeof window !== "undefined" && import.meta.env.PROD) {
    const secure = window.location.protocol === "https:";
    const scheme = endpoint.protocol.startsWith("ws") ? "ws" : "http";
    return new URL(`${scheme}${secure ? "s" : ""}://${window.location.host}${endpoint.pathname}`);
  }
"""


class SameOrigin(Plugin):
    """The page calls the server it came from: Reflex bakes host and port into the build, this takes them out."""

    def pre_compile(self, **context: Any) -> None:
        context["add_modify_task"](STATE_JS, same_origin)


def same_origin(source: str) -> str:
    """Reflex's `state.js` with the address read from the window; the same text when already done.

    Raises LookupError when Reflex changed the function this rests on.
    """
    if SAME_HOST in source:
        return source
    if source.count(ENDPOINT) != 1:
        raise LookupError(f"{STATE_JS}: getBackendURL is not the one known to cvstudio.serving")
    return source.replace(ENDPOINT, ENDPOINT + SAME_HOST)


class BuiltPages(PrecompressedStaticFiles):
    """The exported frontend, each page in the visitor's language.

    `/generate` is answered directly (plain Starlette redirects to `/generate/`).
    """

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        full_path, stat = super().lookup_path(path)
        if stat is not None and S_ISDIR(stat.st_mode) and path != ".":
            page, page_stat = super().lookup_path(f"{path}.html")
            if page_stat is not None:
                return page, page_stat
        return full_path, stat

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        page = Path(full_path)
        if page.suffix != ".html":
            return super().file_response(full_path, stat_result, scope, status_code)
        request = Request(scope)
        # An address may name the language, for links and search engines; it is then kept.
        named = known(parse_qs(request.url.query).get("lang", [""])[0])
        language = named or choose(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))
        page = localized(page, language) if localized(page, language).is_file() else page
        response = super().file_response(page, page.stat(), scope, status_code)
        response.headers["Content-Language"] = language
        response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
        if status_code == 200:
            here = request.url.replace(query="", fragment="")
            response.headers["Link"] = ", ".join(
                f'<{here}?lang={other}>; rel="alternate"; hreflang="{other}"' for other in LANGUAGES
            )
        if named:
            response.set_cookie(COOKIE, named, max_age=COOKIE_SECONDS, samesite="lax")
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        hashed = path.split(os.sep, 1)[0] == HASHED and response.status_code in (200, 304)
        response.headers["Cache-Control"] = FOREVER if hashed else REVALIDATE
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def mount_pages(asgi: ASGIApp) -> ASGIApp:
    """An api_transformer that serves the built pages behind everything else.

    Without a build (tests of the API alone) there are no pages, and the API still answers.
    """
    build = get_web_dir() / "build" / "client"
    if isinstance(asgi, Starlette) and build.is_dir():
        routes = get_routes_manifest_router()
        files = BuiltPages(
            directory=build.resolve(),
            html=True,
            encodings=("gzip",),
            router=partial(_match_routable_page, routes) if routes else None,
        )
        asgi.routes.append(Mount("/", app=files, name="pages"))
    return asgi


def accept_own_origin(app: rx.App, public_url: str) -> None:
    """Let the WebSocket open from the very host that is asked, or from the public address; from nowhere else."""
    if app.sio is None:
        raise RuntimeError("the app has no socket server: no state was defined before rx.App")
    public = urlsplit(public_url).netloc

    def allowed(origin: str | None, environ: MutableMapping[str, Any]) -> bool:
        host = urlsplit(origin or "").netloc
        return bool(host) and host in (environ.get("HTTP_HOST"), public)

    app.sio.eio.cors_allowed_origins = allowed
