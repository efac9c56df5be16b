from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class User(SQLModel, table=True):
    """An account. Its id is its owner's: everything owned hangs on that."""

    __table_args__ = (
        CheckConstraint("role in ('user', 'admin')", name="ck_user_role"),
        CheckConstraint("tier in ('free', 'pro', 'team')", name="ck_user_tier"),
    )

    id: str = Field(primary_key=True, foreign_key="owner.id", ondelete="CASCADE")
    email: str = Field(unique=True)  # casefolded
    email_verified_at: datetime | None = None
    username: str | None = Field(default=None, unique=True)
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    password_hash: str | None = None
    role: str = "user"
    tier: str = "free"
    locale: str = "fr"
    referral_code: str = Field(default_factory=lambda: new_id()[:10], unique=True)
    referred_by: str | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL", index=True)
    onboarding: Json = Field(default_factory=dict, sa_type=JsonColumn)
    created_at: datetime = Field(default_factory=utcnow)
    seen_at: datetime = Field(default_factory=utcnow)
