"""CVs behind links: pages for people, without a script, for whoever has the address."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from cvstudio import db
from cvstudio.api.answers import attachment
from cvstudio.api.deps import Address, Lang, OwnerId, UserAgent
from cvstudio.config import settings
from cvstudio.domain import generation, share_pictures, shares, thumbnails
from cvstudio.domain.accounts.passwords import MAX_LENGTH
from cvstudio.domain.shares import ShareNotFound, Shown, WrongPassword
from cvstudio.errors import RateLimited, StudioError, Unavailable
from cvstudio.language import Language
from cvstudio.render import shared
from cvstudio.render.shared import Picture

router = APIRouter(prefix="/s", include_in_schema=False)

COOKIE = "cvstudio_share"  # that a password was given, for one link
FONTS = "/api/fonts"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@router.get("/{token}")
def show(token: str, request: Request, owner_id: OwnerId, agent: UserAgent, language: Lang) -> Response:
    """The CV, or the lock before it. Views by its owner are not counted, nor by who only shows the link."""
    try:
        with db.session() as session:
            shown = shares.open_link(session, token)
            if not _is_open(shown, request):
                return _page(shared.locked(language), 403)
            looks = getattr(request.state, "head", False)
            if owner_id != shown.owner_id and not looks and shares.is_person(agent):
                shares.seen(session, shown.share)
    except ShareNotFound:
        return _page(shared.gone(language), ShareNotFound.status)
    page = shared.page(
        shown.document,
        photo_src=shown.photo,
        watermark=shown.watermark,
        listed=shown.share.listed,
        reader=language,
        address=link(token),
        picture=_picture(shown),
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


@router.get("/{token}/picture.png")
def picture(token: str, language: Lang) -> Response:
    """The top of its page one, for sites that show the link; ours where it can't be drawn now. None of a locked CV."""
    try:
        with db.session(write=False) as session:
            shown = shares.open_link(session, token)
        png = share_pictures.of(shown)
    except ShareNotFound:
        return _page(shared.gone(language), ShareNotFound.status)
    except (RateLimited, Unavailable):
        return RedirectResponse(f"/og-{language}.png", 307)
    headers = {} if shown.share.listed else {"X-Robots-Tag": "noindex"}
    return Response(png, media_type=thumbnails.MEDIA_TYPE, headers=headers)


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


def link(token: str) -> str:
    """The whole address, as one hands it on."""
    return f"{settings().public_url.rstrip('/')}/s/{token}"


def _picture(shown: Shown) -> Picture | None:
    """Its address changes with the CV: sites that show links keep pictures for long."""
    if shown.share.password_hash is not None:
        return None
    return Picture(f"{link(shown.share.token)}/picture.png?v={shown.revision}", *share_pictures.SIZE)


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
