from datetime import datetime

from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class Share(SQLModel, table=True):
    """A CV that whoever has its link may read (see cvstudio.domain.shares)."""

    id: str = Field(default_factory=new_id, primary_key=True)
    cv_id: str = Field(foreign_key="cv.id", ondelete="CASCADE", unique=True)
    token: str = Field(unique=True)  # what the link holds
    password_hash: str | None = None
    expires_at: datetime | None = None
    listed: bool = False  # search engines may find it
    views: int = 0
    downloads: int = 0
    picture: str = Field(
        default="", index=True, sa_column_kwargs={"server_default": ""}
    )  # for whoever shows the link: its key in the store; blank until somebody asked for it
    created_at: datetime = Field(default_factory=utcnow)
