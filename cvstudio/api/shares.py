"""CVs behind links: pages for people, without a script, for whoever has the address."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from cvstudio import db
from cvstudio.api.answers import attachment
from cvstudio.api.deps import Address, Lang, OwnerId
from cvstudio.config import settings
from cvstudio.domain import generation, shares
from cvstudio.domain.accounts.passwords import MAX_LENGTH
from cvstudio.domain.shares import ShareNotFound, Shown, WrongPassword
from cvstudio.errors import RateLimited, StudioError
from cvstudio.language import Language
from cvstudio.render import shared

router = APIRouter(prefix="/s", include_in_schema=False)

COOKIE = "cvstudio_share"  # that a password was given, for one link
FONTS = "/api/fonts"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@router.get("/{token}")
def show(token: str, request: Request, owner_id: OwnerId, language: Lang) -> Response:
    """The CV, or the lock before it. Views by its owner are not counted."""
    try:
        with db.session() as session:
            shown = shares.open_link(session, token)
            if not _is_open(shown, request):
                return _page(shared.locked(language), 403)
            if owner_id != shown.owner_id:
                shares.seen(session, shown.share)
    except ShareNotFound:
        return _page(shared.gone(language), ShareNotFound.status)
    page = shared.page(
        shown.document,
        photo_src=shown.photo,
        watermark=shown.watermark,
        listed=shown.share.listed,
        reader=language,
        pdf_address=f"/s/{token}/pdf",
        fonts_address=FONTS,
    )
    return _page(page, listed=shown.share.listed)


@router.post("/{token}")
def unlock(
    token: str, language: Lang, address: Address, password: Annotated[str, Form(max_length=MAX_LENGTH)] = ""
) -> Response:
    """The password; right, it opens the link for half a day in this browser."""
    try:
        proof = shares.unlock(token, password, address)
    except ShareNotFound:
        return _page(shared.gone(language), ShareNotFound.status)
    except (WrongPassword, RateLimited) as refused:
        return _refused(refused, language)
    response = RedirectResponse(f"/s/{token}", 303)
    response.set_cookie(
        COOKIE,
        proof,
        max_age=int(shares.UNLOCKED_FOR.total_seconds()),
        path=f"/s/{token}",
        secure=settings().public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/{token}/pdf")
def download(token: str, request: Request, language: Lang) -> Response:
    """The file, by the rules of its owner's files."""
    try:
        with db.session(write=False) as session:
            shown = shares.open_link(session, token)
        if not _is_open(shown, request):
            return RedirectResponse(f"/s/{token}", 303)
        data, name = shares.pdf(shown)
    except ShareNotFound:
        return _page(shared.gone(language), ShareNotFound.status)
    response = attachment(data, generation.PDF, name)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _is_open(shown: Shown, request: Request) -> bool:
    return shares.is_open(shown.share, request.cookies.get(COOKIE, ""))


def _refused(error: StudioError, language: Language) -> Response:
    response = _page(shared.locked(language, error.message(language)), 429 if isinstance(error, RateLimited) else 403)
    if "retry_after" in error.params:
        response.headers["Retry-After"] = str(error.params["retry_after"])
    return response


def _page(html: str, status: int = 200, *, listed: bool = False) -> Response:
    """The address goes to no other site; to our own it does, or a browser would not say where the form comes from."""
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
    if not listed:
        headers["X-Robots-Tag"] = "noindex, nofollow"
    return HTMLResponse(html, status, headers)
