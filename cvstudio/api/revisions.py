"""Optimistic concurrency over HTTP: a revision goes out as `ETag`, and comes back as `If-Match` or in the body."""

import re
from typing import Annotated

from fastapi import Header
from pydantic import Field

from cvstudio.errors import InvalidInput

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="the `ETag` that you last saw: if the CV has changed since, nothing is done and 409 "
        "`STALE_REVISION` names both revisions. Without it, and without `revision`, it is done to the CV as it is now.",
    ),
]
Revision = Annotated[
    int | None,
    Field(ge=1, le=2**31 - 1, description="the same as `If-Match`, for clients that cannot send headers"),
]
TAG = re.compile(r'(?:W/)?"?(\d{1,10})"?')


def etag(revision: int) -> str:
    return f'"{revision}"'


def expected(if_match: str | None, revision: int | None) -> int | None:
    """The revision that the caller started from; None when they did not say. Raises InvalidInput."""
    if if_match is None or if_match.strip() == "*":
        return revision
    match = TAG.fullmatch(if_match.strip())
    if match is None:
        raise InvalidInput("bad If-Match", fields={"If-Match": ["must be an ETag of ours"]})
    return int(match[1])
