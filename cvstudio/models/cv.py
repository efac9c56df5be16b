from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class Cv(SQLModel, table=True):
    """One CV; `document` is valid JSON Resume (see cvstudio.document)."""

    __table_args__ = (
        UniqueConstraint("owner_id", "filename"),
        # Of all that the list asks for: thousands of documents are not to be read past.
        Index(
            "ix_cv_owner_id_deleted_at_updated_at",
            *("owner_id", "deleted_at", "updated_at", "language", "source", "template", "search"),
        ),
        Index(
            "ix_cv_owner_id_deleted_at_search", *("owner_id", "deleted_at", "search", "language", "source", "template")
        ),
        Index("ix_cv_deleted_at", "deleted_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    filename: str
    title: str = ""
    document: Json = Field(default_factory=dict, sa_type=JsonColumn)
    revision: int = 1  # grows by one with every saved change
    template: str  # slug, copied from the document to list and filter by
    language: str = Field(default="fr", sa_column_kwargs={"server_default": "fr"})  # copied from the document, likewise
    source: str = "manual"  # manual, api, offer, title, import, translation or template
    source_value: str = Field(
        default="", sa_column_kwargs={"server_default": ""}
    )  # the offer's address, a job title, …
    origin_id: str | None = None  # the CV it was made from, which may be gone
    search: str = Field(
        default="", sa_column_kwargs={"server_default": ""}
    )  # its title, the person and their role, folded: what it is found and sorted by
    picture: str = Field(
        default="", index=True, sa_column_kwargs={"server_default": ""}
    )  # of page one: its key in the store; blank until one was drawn
    picture_of: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # the revision that it shows
    created_at: datetime = Field(default_factory=utcnow)
    updated_at: datetime = Field(default_factory=utcnow)
    deleted_at: datetime | None = None
    version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # number of its newest CvVersion
    version_at: datetime | None = None  # when that was made
