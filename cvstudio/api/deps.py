"""What endpoints ask for by type."""

from typing import Annotated

from fastapi import Depends, Header, Request

from cvstudio.api.errors import UnsupportedMediaType, language_of
from cvstudio.language import Language


def _owner_id(request: Request) -> str:
    owner_id: str = request.state.owner_id
    return owner_id


def _language(request: Request) -> Language:
    return language_of(request.scope)


def _json_only(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType(expected="application/json")


OwnerId = Annotated[str, Depends(_owner_id)]
Lang = Annotated[Language, Depends(_language)]
json_only = Depends(_json_only)
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Chosen by you, kept for 24 hours: sending the same request with the same key again does nothing "
        "new and repeats the first answer, with `Idempotency-Replayed: true`.",
    ),
]
