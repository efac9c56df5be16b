from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class KeptLink(SQLModel, table=True):
    """An address of a job offer that a person used, to find it again."""

    __tablename__ = "kept_link"
    __table_args__ = (Index("ix_kept_link_owner_id_used_at", "owner_id", "used_at"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    url: str
    title: str = Field(default="", sa_column_kwargs={"server_default": ""})  # of the offer, once it was read
    created_at: datetime = Field(default_factory=utcnow)
    used_at: datetime = Field(default_factory=utcnow)


class Feedback(SQLModel, table=True):
    """What a person thinks of the service, or found broken."""

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE", index=True)
    rating: int  # 1 to 5
    comment: str = ""
    is_bug_report: bool = False
    cv_file: str = ""  # the filename of the CV they were at
    status: str = Field(default="new", index=True)  # or "reviewed"
    created_at: datetime = Field(default_factory=utcnow)
