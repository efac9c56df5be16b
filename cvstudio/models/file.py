from datetime import datetime

from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class StoredFile(SQLModel, table=True):
    """A rendered file, kept under the hash of everything that decides its bytes."""

    __tablename__ = "stored_file"

    sha256: str = Field(primary_key=True)
    path: str  # relative to the store
    size: int  # bytes
    media_type: str
    created_at: datetime = Field(default_factory=utcnow)


class Photo(SQLModel, table=True):
    """A verified, re-encoded portrait; its bytes live in the private store under `sha256`."""

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE", index=True)
    sha256: str = Field(index=True)
    media_type: str
    width: int  # pixels
    height: int
    created_at: datetime = Field(default_factory=utcnow)
