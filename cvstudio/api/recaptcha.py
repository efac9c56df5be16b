"""fitmycv's robot check."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cvstudio.api.answers import errors
from cvstudio.api.deps import Address, json_only
from cvstudio.domain import attempts, robots

router = APIRouter(prefix="/api/recaptcha", tags=["Service"])


class Token(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"token": "03AGdBq25…"}})

    token: Annotated[str, Field(min_length=1, max_length=8_000)]


class Checked(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"success": True, "score": 0.9, "configured": True}})

    success: bool = Field(description="whether the visitor may go on")
    score: float | None = Field(description="0 (robot) to 1 (person); null when Google gives none")
    configured: bool = Field(
        description="false: this service has no reCAPTCHA, so `success` is true for everyone and says nothing about "
        "who they are"
    )


@router.post("/verify", dependencies=[json_only], responses=errors(400, 415, 429, 503))
def verify(body: Token, address: Address) -> Checked:
    """Whether a token was earned by a person.

    When Google does not answer this is 503 `RECAPTCHA_UNAVAILABLE`, neither yes nor no. Our own routes never rely on
    it: they have limits.
    """
    attempts.check(None, "recaptcha", address, "")
    found = robots.check(body.token)
    return Checked(success=found.person, score=found.score, configured=found.checked)
