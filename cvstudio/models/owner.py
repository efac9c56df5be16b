from datetime import datetime

from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class Owner(SQLModel, table=True):
    """Whoever owns things: an account, or an anonymous browser session until an account adopts its work."""

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str = "anonymous"  # or "account"
    # The account that took this anonymous owner's work: from then on its cookie names nobody.
    adopted_by: str | None = Field(default=None, foreign_key="owner.id", ondelete="CASCADE", index=True)
    locale: str = "fr"
    created_at: datetime = Field(default_factory=utcnow)
    seen_at: datetime = Field(default_factory=utcnow, index=True)
