from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import JsonColumn, new_id, utcnow


class SiteSetting(SQLModel, table=True):
    """What administrators decided (see cvstudio.domain.site_settings); without a value the default holds."""

    __tablename__ = "site_setting"

    name: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_type=JsonColumn, nullable=False)
    updated_at: datetime = Field(default_factory=utcnow)
    updated_by: str | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")


class SettingChange(SQLModel, table=True):
    """Who changed a setting, when, from what to what; None is the default."""

    __tablename__ = "setting_change"
    __table_args__ = (Index("ix_setting_change_name_changed_at", "name", "changed_at"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    before: Any = Field(default=None, sa_type=JsonColumn, nullable=False)
    after: Any = Field(default=None, sa_type=JsonColumn, nullable=False)
    changed_at: datetime = Field(default_factory=utcnow, index=True)
    changed_by: str | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
