"""fitmycv's public settings."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.domain import site_settings

router = APIRouter(prefix="/api/settings", tags=["Service"])

EXAMPLE = {name: setting.default for name, setting in site_settings.REGISTRY.items() if setting.public}


class PublicSettings(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": {"settings": EXAMPLE}})

    settings: dict[str, Any] = Field(description="name → value")


@router.get("")
def public_settings() -> PublicSettings:
    """What everyone may know of how the service is set."""
    with db.session(write=False) as session:
        return PublicSettings(settings=site_settings.public(session))
