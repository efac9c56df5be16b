"""What other services tell us, signed by them."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from cvstudio import db
from cvstudio.api.answers import errors
from cvstudio.domain.mailing import records

router = APIRouter(prefix="/api/webhooks", tags=["Webhooks"])


class Received(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"received": True, "new": True}})

    received: bool = True
    new: bool = Field(description="false for what was told before, or is of no concern to us")


@router.post(
    "/resend",
    responses=errors(401, 413, 503),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def resend(request: Request) -> Received:
    """What became of a mail, from Resend: signed as Svix does, in any order, more than once."""
    body, headers = await request.body(), dict(request.headers)
    return Received(new=await run_in_threadpool(_receive, body, headers))


def _receive(body: bytes, headers: dict[str, str]) -> bool:
    with db.session() as session:
        return records.receive(session, body, headers)
