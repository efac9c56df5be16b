"""A CV shown to whoever has its link: off until its owner shares it, gone the moment they withdraw it.

What is shown is the CV as it stands, by the same page and the same watermark rule as its owner's files.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import update
from sqlmodel import Session, col, select

from cvstudio import db, render
from cvstudio.config import settings
from cvstudio.document import Document
from cvstudio.domain import attempts, billing, cvs, files, generation, owned, photos, pictures, rate, rendering
from cvstudio.domain.accounts import passwords
from cvstudio.domain.owned import ID, SIGNED
from cvstudio.domain.rate import Limit
from cvstudio.errors import Conflict, InvalidInput, NotFound, Unauthorized
from cvstudio.language import Language
from cvstudio.models import Cv, Job, Share, utcnow
from cvstudio.render import themes

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
TOKEN_BYTES = 16
UNLOCKED_FOR = timedelta(hours=12)
ATTEMPTS = "share"  # what guesses of a password are counted as
JOB = "share_pdf"
PRINTS = Limit(30, 3600)  # of one link's; a CV that has not changed is printed once
CHANGED = "share_change"
CHANGES = Limit(120, 3600)  # that one owner may make to their links
# Who fetches an address to show or list it, rather than to read what is there.
ROBOT = re.compile(
    r"bot\b|crawl|spider|preview|facebookexternalhit|whatsapp|embedly|slurp|skypeuri|mastodon|^$", re.IGNORECASE
)


class ShareNotFound(NotFound):
    """Never was, was withdrawn, has expired, or its CV has gone: nobody can tell which."""

    code: ClassVar[str] = "SHARE_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Il n’y a pas, ou plus, de CV à cette adresse.",
        "en": "There is no CV at this address, or no longer.",
    }


class AlreadyShared(Conflict):
    """It may be changed or withdrawn; a CV has one link at a time."""

    code: ClassVar[str] = "ALREADY_SHARED"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce CV est déjà partagé. Changez ce lien, ou retirez-le d’abord.",
        "en": "This CV is shared already. Change that link, or withdraw it first.",
    }


class WrongPassword(Unauthorized):
    code: ClassVar[str] = "WRONG_SHARE_PASSWORD"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce n’est pas le bon mot de passe.",
        "en": "This is not the right password.",
    }


@dataclass(frozen=True)
class Shown:
    """What stands behind a link."""

    share: Share
    owner_id: str
    revision: int  # of the CV
    document: Document
    photo: str | None  # a data: URI
    watermark: bool


def of(session: Session, owner_id: str, cv_id: str) -> Share | None:
    """How the CV is shared; None: not at all. Raises CvNotFound."""
    return _of(session, cvs.get_owned(session, owner_id, cv_id))


def mine(session: Session, owner_id: str) -> list[tuple[Share, Cv]]:
    """All links of this owner's, the newest first, with the CVs that they show; those in the trash aside."""
    both = select(Share, Cv).join(Cv, col(Cv.id) == Share.cv_id)
    wanted = both.where(Cv.owner_id == owner_id, col(Cv.deleted_at).is_(None))
    return list(session.exec(wanted.order_by(col(Share.created_at).desc(), Share.id)))


def get_owned(session: Session, owner_id: str, share_id: str) -> tuple[Share, Cv]:
    """One of them. Raises ShareNotFound."""
    found = session.get(Share, share_id) if ID.fullmatch(share_id) else None
    if found is None:
        raise ShareNotFound
    cv = owned.get(session, Cv, owner_id, found.cv_id, ShareNotFound)
    if cv.deleted_at is not None:
        raise ShareNotFound
    return found, cv


def share(
    session: Session,
    owner_id: str,
    cv_id: str,
    *,
    expires_at: datetime | None = None,
    listed: bool = False,
    password_hash: str | None = None,
    new: bool = False,
) -> Share:
    """Makes the link, or changes what holds for it. Raises CvNotFound, InvalidInput, RateLimited, and AlreadyShared
    where it is to be a `new` one.
    """
    if expires_at is not None and expires_at <= utcnow():
        raise InvalidInput("already over", fields={"expiresAt": ["must be in the future"]})
    cv = cvs.locked(session, owner_id, cv_id)
    there = _of(session, cv)
    if new and there:
        raise AlreadyShared
    rate.hit(session, CHANGED, owner_id, CHANGES)
    found = there or Share(cv_id=cv.id, token=secrets.token_urlsafe(TOKEN_BYTES))
    found.expires_at, found.password_hash = expires_at, password_hash
    found.listed = listed and password_hash is None
    shown = found.picture
    if password_hash is not None:  # nothing of the CV is seen without it
        found.picture = ""
    session.add(found)
    session.flush()
    if shown != found.picture:
        pictures.drop(session, {shown})
    return found


def kept_of(owner_id: str, password: str, language: Language) -> str:
    """What is kept of a new password. Takes no session: hashing is slow. Raises InvalidInput, RateLimited."""
    passwords.check(password, "password", language)
    rate.check(None, CHANGED, owner_id, CHANGES)
    return passwords.hashed(password)


def withdraw(session: Session, owner_id: str, cv_id: str) -> None:
    """The link opens nothing from now on, for good: sharing again makes another. Raises CvNotFound."""
    if found := _of(session, cvs.locked(session, owner_id, cv_id)):
        session.delete(found)
        session.flush()
        if found.picture:
            pictures.drop(session, {found.picture})


def open_link(session: Session, token: str) -> Shown:
    """Raises ShareNotFound."""
    found = session.exec(select(Share).where(Share.token == token)).first() if TOKEN.fullmatch(token) else None
    if found is None or (found.expires_at is not None and found.expires_at <= utcnow()):
        raise ShareNotFound
    cv = session.get_one(Cv, found.cv_id)
    if cv.deleted_at is not None:
        raise ShareNotFound
    document = Document.load(cv.document)
    return Shown(
        found,
        cv.owner_id,
        cv.revision,
        document,
        photos.data_uri(session, cv.owner_id, document),
        not billing.may_export_clean(session, cv.owner_id, themes.of(document)),
    )


def is_person(agent: str) -> bool:
    """Whether a browser of this name is taken for somebody who reads; else for a robot that shows or lists links."""
    return not ROBOT.search(agent)


def seen(session: Session, share: Share) -> None:
    """One more view."""
    session.exec(update(Share).where(col(Share.id) == share.id).values(views=Share.views + 1))


def unlock(token: str, password: str, address: str) -> str:
    """What shows that the password was given. Takes no session: hashing is slow.

    Raises ShareNotFound, WrongPassword, RateLimited.
    """
    with db.session(write=False) as session:
        found = open_link(session, token).share
    attempts.check(None, ATTEMPTS, address, found.id)
    if not passwords.verify(found.password_hash, password):
        raise WrongPassword
    attempts.succeeded(None, ATTEMPTS, address, found.id)
    return _signer().sign(_lock(found)).decode()


def is_open(share: Share, proof: str) -> bool:
    """Whether this visitor may read it. Another password closes it again."""
    if share.password_hash is None:
        return True
    if not SIGNED.fullmatch(proof):
        return False
    try:
        told = _signer().unsign(proof, max_age=int(UNLOCKED_FOR.total_seconds())).decode()
    except BadSignature:
        return False
    return secrets.compare_digest(told, _lock(share))


def pdf(shown: Shown) -> tuple[bytes, str]:
    """The file and its name, counted as a download. Takes no session: none waits for the browser.

    It is the owner's, so that it goes with their account. Raises RateLimited, BrowserUnavailable, ShareNotFound.
    """
    html = render.html(shown.document, photo_src=shown.photo, watermark=shown.watermark)
    key = rendering.file_key(html, rendering.renderer())
    with db.session(write=False) as session:
        stored = files.find(session, key)
    if stored is None:
        rate.hit(None, JOB, shown.share.id, PRINTS)
    data = stored.read_bytes() if stored else rendering.printed(html, shown.document)
    payload = {"document": shown.document.dump()}
    with db.session() as session:
        if open_link(session, shown.share.token).share.id != shown.share.id:
            raise ShareNotFound
        job = Job(kind=JOB, owner_id=shown.owner_id, cv_id=shown.share.cv_id, status="done", payload=payload)
        if stored is None:
            files.put(session, key, data, generation.PDF)
            job.progress, job.finished_at = 100, utcnow()
            job.result = {"file": key, "pages": rendering.page_count(data), "bytes": len(data)}
            session.add(job)
        counted = update(Share).where(col(Share.id) == shown.share.id).values(downloads=Share.downloads + 1)
        session.exec(counted)
    return data, generation.filename(job)


def _of(session: Session, cv: Cv) -> Share | None:
    return session.exec(select(Share).where(Share.cv_id == cv.id)).first()


def _lock(share: Share) -> str:
    return sha256(f"{share.token}\n{share.password_hash}".encode()).hexdigest()[:32]


def _signer() -> TimestampSigner:
    return TimestampSigner(settings().secret_key, salt="cvstudio.share", digest_method=sha256)
