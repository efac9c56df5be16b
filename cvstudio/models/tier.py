from datetime import datetime

from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, utcnow


class TierChange(SQLModel, table=True):
    """What an administrator changed of a tier (see cvstudio.domain.tiers); the rest is as the data says."""

    __tablename__ = "tier_change"

    tier: str = Field(primary_key=True)
    # The newest is what counts; the others are its history.
    changed_at: datetime = Field(default_factory=utcnow, primary_key=True)
    changed_by: str | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    changes: Json = Field(default_factory=dict, sa_type=JsonColumn)  # field → value
