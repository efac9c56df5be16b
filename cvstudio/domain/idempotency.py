"""A POST sent twice with the same Idempotency-Key is done once and answered twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import ClassVar

from sqlmodel import Session, col, delete

from cvstudio.domain import owners
from cvstudio.errors import Conflict, InvalidInput
from cvstudio.models import IdempotencyKey, Json, utcnow

KEPT = timedelta(hours=24)
MAX_KEY = 255


class IdempotencyConflict(Conflict):
    code: ClassVar[str] = "IDEMPOTENCY_CONFLICT"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Cette clé d’idempotence a déjà servi à une autre demande. Prenez-en une nouvelle.",
        "en": "This idempotency key was already used for another request. Take a new one.",
    }


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    replayed: bool = False


def once(
    session: Session, owner_id: str, key: str | None, route: str, request: bytes, work: Callable[[], Answer]
) -> Answer:
    """What `work` answers, or answered in the last 24 hours to this owner, key and route.

    Work, answer and key are committed together, so a failure leaves no trace and may be tried again; a twin waits
    for the first. Raises IdempotencyConflict when the key came with another request.
    """
    if key is None:
        return work()
    if answered := replay(session, owner_id, key, route, request):
        return answered
    session.exec(
        delete(IdempotencyKey).where(
            col(IdempotencyKey.owner_id) == owner_id, col(IdempotencyKey.created_at) < utcnow() - KEPT
        )
    )
    answer = work()
    session.add(
        IdempotencyKey(
            owner_id=owner_id,
            key=key,
            route=route,
            request_hash=sha256(request).hexdigest(),
            response_status=answer.status,
            response_body=answer.body,
        )
    )
    return answer


def replay(session: Session, owner_id: str, key: str | None, route: str, request: bytes) -> Answer | None:
    """What was answered already; None: the work is still to do. For work that no transaction should wait for: ask
    first, work, then hand its result to `once`. Raises IdempotencyConflict, InvalidInput.
    """
    if key is None:
        return None
    if not 0 < len(key) <= MAX_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput("bad idempotency key", fields={"Idempotency-Key": [f"1 to {MAX_KEY} ASCII characters"]})
    owners.lock(session, owner_id)
    kept = session.get(IdempotencyKey, (owner_id, key, route))
    if kept is None or kept.created_at < utcnow() - KEPT:
        return None
    if kept.request_hash != sha256(request).hexdigest():
        raise IdempotencyConflict
    return Answer(kept.response_status or 200, kept.response_body, replayed=True)
