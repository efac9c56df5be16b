"""Signing in and out through HTTP: cookies, where to go next, and the page that stands between a mail and its link."""

import hmac
import json
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cvstudio.api.deps import address_of
from cvstudio.api.middleware import set_cookie
from cvstudio.api.visitors import visitor
from cvstudio.config import settings
from cvstudio.domain import accounts
from cvstudio.domain.owned import SIGNED
from cvstudio.language import Language

HOME = "/generate"
LOGIN = "/login"
CODE = "/login/code"
PENDING = "cvstudio_pending"  # the cookie of someone who has yet to give a code
CSRF = "cvstudio_csrf"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
MAX_PATH = 2_000  # characters


def visit(request: Request) -> accounts.Visit:
    return accounts.Visit(
        anonymous_owner_id=visitor_of(request),
        user_agent=request.headers.get("user-agent", ""),
        address=address_of(request),
        login_cookie=request.cookies.get(accounts.COOKIE),
    )


def let_in(request: Request, response: Response, entered: accounts.Entered) -> Response:
    """The answer to a sign-in: its cookie, and a fresh one for when they are signed out again.

    Where a code is wanted first, instead of `response` (a redirect, or `{url}`) the way to the page that asks for it;
    that leads on to where `response` would have."""
    if isinstance(entered, accounts.Pending):
        return _to_code(request, response, entered)
    response.headers.append("Set-Cookie", set_cookie(accounts.COOKIE, entered.token, accounts.COOKIE_LIFE))
    response.headers["Cache-Control"] = "no-store"
    renew_visitor(request)
    return response


def _to_code(request: Request, response: Response, entered: accounts.Pending) -> Response:
    in_json = "location" not in response.headers
    meant = json.loads(bytes(response.body))["url"] if in_json else response.headers["location"]
    path = f"{CODE}?{urlencode({'callbackUrl': own_path(request, meant)})}"
    answer: Response = JSONResponse({"url": whole(request, path)}) if in_json else go(path)
    answer.headers.append("Set-Cookie", set_cookie(PENDING, entered.token, accounts.PENDING_LIFE))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def forget_cookie(response: Response, name: str) -> Response:
    response.delete_cookie(name, path="/", httponly=True, samesite="lax")
    return response


def renew_visitor(request: Request) -> None:
    """What they did without an account is the account's now; the old cookie names nobody."""
    visitor(request).renew()


def let_out(response: Response) -> Response:
    return forget_cookie(response, accounts.COOKIE)


def followed_by_a_person_here(request: Request, asked_here: bool) -> bool:
    """Whether following a link may use it up: not by a look (HEAD), a prefetch, or another machine than the one that
    asked for it, which may be a mail scanner."""
    ahead = {request.headers.get(name, "").partition(";")[0].lower() for name in ("sec-purpose", "purpose", "x-moz")}
    return asked_here and not getattr(request.state, "head", False) and "prefetch" not in ahead


def visitor_of(request: Request) -> str | None:
    """Whom the browser brought with it."""
    found = visitor(request)
    return found.id if found.returning else None


def own_path(request: Request, given: str | None, default: str = HOME) -> str:
    """A path on our site, whatever was given; never an address elsewhere."""
    if not given or len(given) > MAX_PATH or given.startswith("//"):
        return default
    if "\\" in given or any(not " " < letter < "\x7f" for letter in given):
        return default
    try:
        parts = urlsplit(given)
    except ValueError:
        return default
    if (parts.scheme or parts.netloc) and (
        parts.scheme not in ("http", "https")
        or parts.netloc not in (request.headers.get("host"), urlsplit(settings().public_url).netloc)
    ):
        return default
    path = parts.path or "/"
    if not path.startswith("/") or path.startswith("//"):
        return default
    return urlunsplit(("", "", path, parts.query, parts.fragment))


def whole(request: Request, path: str) -> str:
    """NextAuth's clients want addresses with their host: the one they asked."""
    host, public = request.headers.get("host", ""), urlsplit(settings().public_url)
    scheme = public.scheme if host == public.netloc else request.url.scheme
    return f"{scheme}://{host}{path}"


def go(path: str, **query: str) -> RedirectResponse:
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303)


def confirm_page(purpose: str, language: Language, action: str, email: str, hidden: dict[str, str]) -> HTMLResponse:
    """A button to press: what follows links in mails without being asked does not press it."""
    page = (
        _template()
        .get_template("confirm.html.j2")
        .render(language=language, said=SAID[purpose][language], action=action, email=email, hidden=hidden)
    )
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    return HTMLResponse(page, headers=headers)


SAID: dict[str, dict[Language, dict[str, str]]] = {
    "magic": {
        "fr": {"title": "Se connecter à CV Studio", "text": "Vous vous connectez comme", "button": "Se connecter"},
        "en": {"title": "Sign in to CV Studio", "text": "You are signing in as", "button": "Sign in"},
    },
    "verify": {
        "fr": {"title": "Confirmer votre adresse", "text": "Ce compte CV Studio est le vôtre :", "button": "Confirmer"},
        "en": {"title": "Confirm your address", "text": "This CV Studio account is yours:", "button": "Confirm"},
    },
    "email_change": {
        "fr": {
            "title": "Confirmer votre nouvelle adresse",
            "text": "Votre compte CV Studio passe à l’adresse",
            "button": "Confirmer",
        },
        "en": {
            "title": "Confirm your new address",
            "text": "Your CV Studio account moves to the address",
            "button": "Confirm",
        },
    },
}


# ---------------------------------------------------------------------------- CSRF: double submit, signed


def csrf_token(request: Request) -> tuple[str, str | None]:
    """(the token to send back, the cookie to set when they have none)."""
    if token := _csrf_of(request):
        return token, None
    token = secrets.token_hex(32)
    return token, set_cookie(CSRF, f"{token}.{_csrf_mac(token)}", None)


def csrf_matches(request: Request, given: Any) -> bool:
    token = _csrf_of(request)
    return token is not None and isinstance(given, str) and hmac.compare_digest(token.encode(), given.encode())


def _csrf_of(request: Request) -> str | None:
    value = request.cookies.get(CSRF, "")
    token, _, mac = value.partition(".")
    if not SIGNED.fullmatch(value) or not token or not hmac.compare_digest(mac.encode(), _csrf_mac(token).encode()):
        return None
    return token


def _csrf_mac(token: str) -> str:
    return hmac.new(settings().secret_key.encode(), b"cvstudio.csrf." + token.encode(), sha256).hexdigest()


@cache
def _template() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
