"""fitmycv's settings of the service, for administrators: what each is, what it is set to, and who changed it when."""

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from cvstudio import db
from cvstudio.api.answers import errors, iso, sent
from cvstudio.api.deps import Admin, IdempotencyKey, Lang, admin_only, json_only
from cvstudio.domain import idempotency, site_settings
from cvstudio.domain.idempotency import Answer
from cvstudio.domain.site_settings import Current

router = APIRouter(prefix="/api/admin/settings", tags=["Administration: settings"], dependencies=[admin_only])

SETTING: dict[str, Any] = {
    "id": "welcome_credits",
    "settingName": "welcome_credits",
    "category": "credits",
    "type": "whole",
    "value": 15,
    "defaultValue": 10,
    "isDefault": False,
    "isPublic": True,
    "minimum": 0,
    "maximum": 100000,
    "description": {
        "fr": "Crédits offerts à la création d’un compte.",
        "en": "Credits given when an account is created.",
    },
    "updatedAt": "2026-11-21T10:00:00Z",
    "updatedBy": "b7XvPq2LhS5dRtYe",
}
CHANGE: dict[str, Any] = {
    "id": "q3ZkT0xYw81LmNcb",
    "settingName": "welcome_credits",
    "from": 10,
    "to": 15,
    "changedAt": "2026-11-21T10:00:00Z",
    "changedBy": {"id": "b7XvPq2LhS5dRtYe", "email": "admin@example.org"},
}

SettingId = Annotated[str, Path(max_length=80, description="`id` of the list")]


class NewSetting(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"settingName": "welcome_credits", "value": 15, "category": "credits"}},
    )

    settingName: str = Field(max_length=80, description="of the list; there are no others")
    value: Any = Field(description="of the setting's type")
    category: str | None = Field(None, max_length=80, description="the setting's own, when given")


class NewValue(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"value": 15}})

    value: Any = Field(description="of the setting's type")


class SettingData(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": SETTING})

    id: str
    settingName: str
    category: str
    type: Literal["switch", "whole", "number", "texts", "domains"] = Field(
        description="switch: true or false; whole: a whole number; texts: one text for fr and one for en; domains: a "
        "list of domain names"
    )
    value: Any = Field(description="what holds now")
    defaultValue: Any
    isDefault: bool
    isPublic: bool = Field(description="whether GET /api/settings tells it to everyone")
    minimum: float | None = Field(description="of a number")
    maximum: float | None = Field(description="of a number; of a text's characters")
    description: dict[str, str] = Field(description="by language")
    updatedAt: str | None
    updatedBy: str | None = Field(description="an account's id")


class SettingAnswer(BaseModel):
    setting: SettingData


class SettingList(BaseModel):
    settings: list[SettingData]


class SettingReset(SettingAnswer):
    success: bool = True


class ChangedBy(BaseModel):
    id: str
    email: str


class ChangeData(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": CHANGE}, populate_by_name=True)

    id: str
    settingName: str
    before: Any = Field(alias="from")
    after: Any = Field(alias="to")
    changedAt: str
    changedBy: ChangedBy | None = Field(description="null once the account is gone")


class SettingHistory(BaseModel):
    history: list[ChangeData]
    total: int


@router.get("", responses=errors(401, 403))
def list_settings() -> SettingList:
    """All there are, by category, with what each is set to."""
    with db.session(write=False) as session:
        return SettingList(settings=[setting_data(current) for current in site_settings.everything(session)])


@router.post(
    "",
    status_code=201,
    response_model=SettingAnswer,
    dependencies=[json_only],
    responses=errors(400, 401, 403, 409, 415)
    | {200: {"model": SettingAnswer, "description": "It had been set before"}},
)
def set_setting(body: NewSetting, admin: Admin, language: Lang, key: IdempotencyKey = None) -> JSONResponse:
    """Sets one by its name; it holds at once, everywhere."""
    site_settings.known(body.settingName, language, body.category)

    def work() -> Answer:
        before = site_settings.find(session, body.settingName)
        current = site_settings.change(session, body.settingName, body.value, admin.id, language)
        return Answer(201 if before.is_default else 200, SettingAnswer(setting=setting_data(current)).model_dump())

    with db.session() as session:
        given = json.dumps(body.model_dump()).encode()  # a value can be any JSON, broken Unicode included
        return sent(idempotency.once(session, admin.id, key, "POST /api/admin/settings", given, work))


@router.get("/history", responses=errors(400, 401, 403))
def list_changes(
    settingName: Annotated[str | None, Query(max_length=80, description="of this one alone")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> SettingHistory:
    """Who changed what, when, from what to what; the last first."""
    with db.session(write=False) as session:
        found, total = site_settings.history(session, settingName, limit=limit, offset=offset)
    changes = [
        ChangeData(
            id=change.id,
            settingName=change.name,
            before=change.before,
            after=change.after,
            changedAt=iso(change.changed_at),
            changedBy=ChangedBy(id=change.changed_by, email=change.changed_by_email or "")
            if change.changed_by
            else None,
        )
        for change in found
    ]
    return SettingHistory(history=changes, total=total)


@router.get("/{setting_id}", responses=errors(401, 403, 404))
def get_setting(setting_id: SettingId) -> SettingAnswer:
    """What it is, and what it is set to."""
    with db.session(write=False) as session:
        return SettingAnswer(setting=setting_data(site_settings.find(session, setting_id)))


@router.put("/{setting_id}", dependencies=[json_only], responses=errors(400, 401, 403, 404, 415))
def change_setting(setting_id: SettingId, body: NewValue, admin: Admin, language: Lang) -> SettingAnswer:
    """It holds at once, everywhere."""
    with db.session() as session:
        current = site_settings.change(session, setting_id, body.value, admin.id, language)
    return SettingAnswer(setting=setting_data(current))


@router.delete("/{setting_id}", responses=errors(401, 403, 404))
def reset_setting(setting_id: SettingId, admin: Admin) -> SettingReset:
    """Back to its default."""
    with db.session() as session:
        current = site_settings.reset(session, setting_id, admin.id)
    return SettingReset(setting=setting_data(current))


def setting_data(current: Current) -> SettingData:
    setting = current.setting
    return SettingData(
        id=setting.name,
        settingName=setting.name,
        category=setting.category,
        type=setting.kind,
        value=current.value,
        defaultValue=setting.default,
        isDefault=current.is_default,
        isPublic=setting.public,
        minimum=setting.minimum if setting.kind in ("whole", "number") else None,
        maximum=setting.maximum if setting.kind in ("whole", "number", "texts") else None,
        description={**setting.about},
        updatedAt=iso(current.changed_at) if current.changed_at else None,
        updatedBy=current.changed_by,
    )
