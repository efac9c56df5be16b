from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class Consent(SQLModel, table=True):
    """A choice about one's data as it was made; later ones are added, none is changed."""

    __table_args__ = (Index("ix_consent_owner_id_created_at", "owner_id", "created_at"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    action: str  # "accept_all", "reject_all", "customize", …
    preferences: Json = Field(default_factory=dict, sa_type=JsonColumn)  # purpose → yes or no
    locale: str  # the language it was asked in
    created_at: datetime = Field(default_factory=utcnow)
