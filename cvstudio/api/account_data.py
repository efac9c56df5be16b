"""All of one's data: to keep, or gone."""

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api import signing
from cvstudio.api.answers import errors
from cvstudio.api.auth import Success
from cvstudio.api.deps import Address, CurrentUser, Lang, Principal
from cvstudio.config import settings
from cvstudio.domain import account_data, attempts, rate
from cvstudio.domain.rate import Limit
from cvstudio.errors import Unauthorized
from cvstudio.models import utcnow

router = APIRouter(prefix="/api/account", tags=["Account"])

EXPORTS = Limit(10, 3600)  # of one account
PIECE = 256 * 1024  # bytes


class Deletion(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"password": "…"}})

    password: Annotated[str, Field(max_length=1_000)] | None = Field(
        None, description="not needed within 15 minutes of signing in"
    )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=errors(401, 429) | {200: {"content": {"application/zip": {}}, "description": "The ZIP"}},
)
def export_account(user: CurrentUser, language: Lang) -> Response:
    """Everything: CVs as JSON Resume, PDFs, photos, profile, ledger, consents, sign-ins, mails; as of one moment."""
    with db.session() as session:
        rate.hit(session, "account_export", user.id, EXPORTS)
    # Complete before the first byte leaves: no slow reader holds the database, and a failure is an answer.
    file = tempfile.TemporaryFile(dir=settings().data_dir)  # noqa: SIM115 - closed when it is sent
    try:
        with db.session(write=False) as session:
            account_data.export(session, user.id, language, file)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    name = f"cvstudio-{utcnow():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


@router.delete("/delete", response_model=Success, responses=errors(400, 401, 403, 429))
def delete_account(
    request: Request,
    user: CurrentUser,
    principal: Principal,
    address: Address,
    language: Lang,
    body: Deletion | None = None,
) -> Response:
    """The account and everything it holds, at once and for good. Asks for the password, or a recent sign-in (403
    `REAUTHENTICATION_REQUIRED`)."""
    if principal.login is None:
        raise Unauthorized
    password = body.password if body else None
    if password:
        attempts.check(None, "sign_in", address, user.email)
    account_data.confirm(user, principal.login, password, language)
    with db.session() as session:
        account_data.erase(session, user.id)
    signing.renew_visitor(request)
    return signing.let_out(JSONResponse(Success().model_dump()))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
