from datetime import datetime

from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class Owner(SQLModel, table=True):
    """Whoever owns things: for now an anonymous browser session or API client."""

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str = "anonymous"
    locale: str = "fr"
    created_at: datetime = Field(default_factory=utcnow)
    seen_at: datetime = Field(default_factory=utcnow, index=True)
