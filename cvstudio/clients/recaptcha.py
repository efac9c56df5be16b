"""Google's reCAPTCHA: whether a token was earned by a person. Only the token goes there, not the visitor's address."""

from dataclasses import dataclass
from typing import Any, ClassVar

import httpx2
import structlog

from cvstudio.config import settings
from cvstudio.errors import Unavailable

TIMEOUT_SECONDS = 5.0
PATH = "/recaptcha/api/siteverify"
# The operator's mistakes, not the visitor's.
OURS = frozenset({"missing-input-secret", "invalid-input-secret", "bad-request"})

log = structlog.get_logger(__name__)


class RecaptchaUnavailable(Unavailable):
    code: ClassVar[str] = "RECAPTCHA_UNAVAILABLE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La vérification anti-robot ne répond pas. Réessayez dans un instant.",
        "en": "The robot check is not answering. Please try again in a moment.",
    }


@dataclass(frozen=True)
class Verdict:
    genuine: bool  # the token is Google's, recent, and used for the first time
    score: float | None = None  # 0 (robot) to 1 (person); version 2 has none


def is_set_up() -> bool:
    return settings().recaptcha_secret is not None


def verify(token: str) -> Verdict:
    """Asks Google; only once is_set_up(). Raises RecaptchaUnavailable: no answer is no yes."""
    chosen = settings()
    form = {"secret": chosen.recaptcha_secret or "", "response": token}
    try:
        answer = httpx2.post(f"{chosen.recaptcha_api_url}{PATH}", data=form, timeout=TIMEOUT_SECONDS)
        found: Any = answer.raise_for_status().json()
        genuine, score, faults = found["success"], found.get("score"), found.get("error-codes") or []
    except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("recaptcha.unavailable", reason=type(error).__name__)
        raise RecaptchaUnavailable(f"no answer ({type(error).__name__})") from None
    if mine := OURS.intersection(map(str, faults)):
        log.error("recaptcha.misconfigured", faults=sorted(mine))
        raise RecaptchaUnavailable("reCAPTCHA refuses our secret")
    number = isinstance(score, int | float) and not isinstance(score, bool)
    return Verdict(genuine is True, float(score) if number else None)
