"""What a worker on another machine shows the web process: the right to one thing, for one job, for a few minutes."""

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar, Literal

from itsdangerous import BadSignature, TimestampSigner
from sqlmodel import Session

from cvstudio.config import settings
from cvstudio.domain import generation
from cvstudio.domain.owned import SIGNED
from cvstudio.errors import Unauthorized
from cvstudio.models import Job

TOKEN_LIFE = timedelta(minutes=5)
Purpose = Literal["render", "store"]


class InvalidToken(Unauthorized):
    code: ClassVar[str] = "INVALID_TOKEN"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce jeton n’est pas, ou plus, valable.",
        "en": "This token is not valid, or no longer.",
    }


def token(job_id: str, purpose: Purpose) -> str:
    """An HMAC over job, purpose and time, made by whoever knows the secret key."""
    return _signer(purpose).sign(job_id).decode()


def job_for(session: Session, job_id: str, given: str, purpose: Purpose) -> Job:
    """The job the token opens. Raises InvalidToken: forged, expired, for another job or another purpose."""
    if not SIGNED.fullmatch(given):
        raise InvalidToken
    try:
        signed = _signer(purpose).unsign(given, max_age=int(TOKEN_LIFE.total_seconds()))
    except BadSignature:
        raise InvalidToken from None
    if not hmac.compare_digest(signed, job_id.encode()):
        raise InvalidToken
    job = session.get(Job, signed.decode())
    if job is None:
        raise generation.JobNotFound
    return job


def _signer(purpose: Purpose) -> TimestampSigner:
    return TimestampSigner(settings().secret_key, salt=f"cvstudio.internal.{purpose}", digest_method=sha256)
