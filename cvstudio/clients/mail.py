"""Mail through Resend: a message sent at most once under its key, and what Resend reports about it."""

import base64
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

from cvstudio.config import settings
from cvstudio.errors import Unauthorized, Unavailable

TIMEOUT_SECONDS = 10
TOLERANCE_SECONDS = 300  # between the time a report was signed and now, either way
TAG = "mail_id"
KINDS = frozenset(
    {"sent", "scheduled", "delivered", "delivery_delayed", "complained", "bounced"}
    | {"opened", "clicked", "failed", "suppressed"}
)
EXPLAINED_IN = {"bounced": "bounce", "failed": "failed", "suppressed": "suppressed"}

_TELLTALE = re.compile(r"https?://\S+|\S+@\S+")  # may be secret or personal


@dataclass(frozen=True)
class Message:
    sender: str
    recipient: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Report:
    """What became of a mail; reports come late, twice and in any order."""

    id: str
    kind: str  # "delivered", "bounced", …
    mail_id: str | None  # the key it was sent under
    provider_id: str | None
    happened_at: datetime
    detail: str


class NotSent(Unavailable):
    """`again`: whether trying later may help. `reason` says why, for the operator, without addresses."""

    code: ClassVar[str] = "MAIL_NOT_SENT"
    messages: ClassVar[dict[str, str]] = {
        "fr": "L’e-mail n’a pas pu être envoyé.",
        "en": "The mail could not be sent.",
    }

    def __init__(self, reason: str, *, again: bool) -> None:
        self.reason, self.again = reason, again
        super().__init__(reason)


class NotSetUp(Unavailable):
    code: ClassVar[str] = "WEBHOOK_NOT_SET_UP"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La réception de ces avis n’est pas configurée.",
        "en": "Receiving these reports is not set up.",
    }


class InvalidSignature(Unauthorized):
    code: ClassVar[str] = "INVALID_SIGNATURE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La signature de cette requête n’est pas valable.",
        "en": "The signature of this request is not valid.",
    }


def send(message: Message, key: str) -> str:
    """Resend's id of the mail: whoever sends again under the same key gets the same one. Raises NotSent."""
    import resend  # takes half a second, which only a process that sends has to spend
    from resend.exceptions import NoContentError, ResendError

    chosen = settings()
    resend.api_key, resend.api_url = chosen.resend_api_key, chosen.resend_api_url
    resend.default_http_client = resend.RequestsClient(timeout=TIMEOUT_SECONDS)
    try:
        answer = resend.Emails.send(
            {
                "from": message.sender,
                "to": [message.recipient],
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
                "tags": [{"name": TAG, "value": key}],
            },
            {"idempotency_key": key},
        )
        return str(answer["id"])
    except ResendError as error:
        code = str(error.code)
        reason = _TELLTALE.sub("…", f"{code} {error.error_type}: {error.message}")[:300]
        # A wrong key or an unverified domain is mended by the operator; a mail that is not valid stays so.
        raise NotSent(reason, again=code not in {"400", "413", "422"}) from None
    except (NoContentError, KeyError):
        raise NotSent("an answer without an id", again=True) from None


def report(body: bytes, headers: Mapping[str, str]) -> Report | None:
    """What Resend says, if it is Resend; None when it is not about a mail. Raises InvalidSignature, NotSetUp."""
    secret = settings().resend_webhook_secret
    if not secret:
        raise NotSetUp
    event_id, stamp = headers.get("svix-id", ""), headers.get("svix-timestamp", "")
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", event_id) or not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise InvalidSignature
    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        raise InvalidSignature
    expected = signature(secret, event_id, stamp, body).encode()
    given = headers.get("svix-signature", "").encode().split(b" ")
    if not any(hmac.compare_digest(each, expected) for each in given):
        raise InvalidSignature
    try:
        return _read(event_id, json.loads(body))
    except (ValueError, TypeError, AttributeError):  # signed, yet of another shape than we know
        return None


def signature(secret: str, event_id: str, stamp: str, body: bytes) -> str:
    """Svix's: HMAC-SHA256 of id, time and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = b".".join([event_id.encode(), stamp.encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


def _read(event_id: str, event: dict[str, Any]) -> Report | None:
    family, _, kind = str(event.get("type", "")).partition(".")
    if family != "email" or kind not in KINDS:
        return None
    data: dict[str, Any] = event.get("data") or {}
    happened = datetime.fromisoformat(str(event.get("created_at") or data.get("created_at")))
    mail_id, provider_id = _tags(data.get("tags")).get(TAG), data.get("email_id")
    why: dict[str, Any] = data.get(EXPLAINED_IN[kind]) or {} if kind in EXPLAINED_IN else {}
    words = [str(why[name]) for name in ("type", "subType", "reason", "message") if why.get(name)]
    return Report(
        id=event_id,
        kind=kind,
        mail_id=str(mail_id) if mail_id else None,
        provider_id=str(provider_id) if provider_id else None,
        happened_at=happened if happened.tzinfo else happened.replace(tzinfo=UTC),
        detail=_TELLTALE.sub("…", " · ".join(words))[:300],
    )


def _tags(tags: object) -> dict[str, Any]:
    """Resend names them in a list when a mail is sent, and in an object when it reports."""
    if isinstance(tags, list):
        return {str(tag["name"]): tag["value"] for tag in tags}
    return tags if isinstance(tags, dict) else {}
