from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class CareerProfile(SQLModel, table=True):
    """What a person has done, as facts: `data` is a dumped cvstudio.tailoring.profile.Profile. One an owner."""

    __tablename__ = "career_profile"

    owner_id: str = Field(primary_key=True, foreign_key="owner.id", ondelete="CASCADE")
    data: Json = Field(default_factory=dict, sa_type=JsonColumn)
    revision: int = 1  # grows by one with every saved change
    updated_at: datetime = Field(default_factory=utcnow)


class Offer(SQLModel, table=True):
    """A job offer as it was read; its id is the API's `analysisId`. Never changed once it is there."""

    __table_args__ = (Index("ix_offer_owner_id_created_at", "owner_id", "created_at"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    source: str  # link, pdf, text or title
    url: str = ""  # of a link, as it was given
    text: str
    analysis: Json = Field(default_factory=dict, sa_type=JsonColumn)  # a dumped cvstudio.tailoring.offer.Offer
    created_at: datetime = Field(default_factory=utcnow)


class WidgetCache(SQLModel, table=True):
    """Lines made for an offer, or a claim to make them (see cvstudio.domain.widgets)."""

    __tablename__ = "widget_cache"

    key: str = Field(primary_key=True)  # sha256(analysisId:ragScore:jobDescriptionHash)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE", index=True)
    fingerprint: str  # of all that decides the lines; another one means they are stale
    claim: str = ""  # names whoever is making them; blank once they are there
    envelope: Json = Field(default_factory=dict, sa_type=JsonColumn)  # an AIWidgetsEnvelope; empty while it is made
    extra: Json = Field(default_factory=dict, sa_type=JsonColumn)  # what is answered beside it
    created_at: datetime = Field(default_factory=utcnow)
    expires_at: datetime = Field(index=True)  # of a claim: until when it is believed


class CvGeneration(SQLModel, table=True):
    """How a CV was made out of an offer: what was chosen, what was left out to save room."""

    __tablename__ = "cv_generation"

    cv_id: str = Field(primary_key=True, foreign_key="cv.id", ondelete="CASCADE")
    offer_id: str | None = Field(default=None, foreign_key="offer.id", ondelete="SET NULL", index=True)
    details: Json = Field(default_factory=dict, sa_type=JsonColumn)  # the metadata of generate-v2
    removed: Json = Field(default_factory=dict, sa_type=JsonColumn)  # {"lines": [{id, text, relevanceScore}]}
    created_at: datetime = Field(default_factory=utcnow)
