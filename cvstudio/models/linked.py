from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class LinkedAccount(SQLModel, table=True):
    """Someone's identity at a provider, which opens one account here; an account has one at each provider."""

    __tablename__ = "linked_account"
    __table_args__ = (
        UniqueConstraint("provider", "subject", name="uq_linked_account_identity"),
        UniqueConstraint("user_id", "provider", name="uq_linked_account_user"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    user_id: str = Field(foreign_key="user.id", ondelete="CASCADE")
    provider: str  # "google", "github", …
    subject: str  # the provider's name for them, which never changes
    email: str = ""  # as the provider knew it when they were linked
    created_at: datetime = Field(default_factory=utcnow)
