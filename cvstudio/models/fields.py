"""What every table shares: identifiers, the clock, JSON columns."""

import json
import secrets
import string
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.dialects.postgresql import JSONB

JsonColumn = JSON().with_variant(JSONB(), "postgresql")

Json = dict[str, Any]

_ALPHABET = string.ascii_letters + string.digits


def new_id() -> str:
    """An opaque identifier of 16 letters and digits (95 random bits)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


def storable(value: Any) -> bool:
    """Whether JSON can be kept: PostgreSQL takes no NUL, no half a character, no NaN."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return False
    return "\\u0000" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def utcnow() -> datetime:
    return datetime.now(UTC)
