from datetime import datetime

from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, new_id, utcnow


class LoginSession(SQLModel, table=True):
    """One sign-in, on one device; of its token only the SHA-256 is kept."""

    __tablename__ = "login_session"

    id: str = Field(default_factory=new_id, primary_key=True)
    user_id: str = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(default_factory=utcnow)
    seen_at: datetime = Field(default_factory=utcnow)
    expires_at: datetime
    revoked_at: datetime | None = None
    user_agent: str = ""
    address: str = ""  # network part only
    method: str  # "password", "magic", …


class RefreshToken(SQLModel, table=True):
    """A link in a session's chain of refresh tokens: used once, then replaced by the next."""

    __tablename__ = "refresh_token"

    id: str = Field(default_factory=new_id, primary_key=True)
    session_id: str = Field(foreign_key="login_session.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(default_factory=utcnow)
    expires_at: datetime
    used_at: datetime | None = None


class OneTimeToken(SQLModel, table=True):
    """What a link in a mail stands for. There is a row for every mail asked for, whoever has the address."""

    __tablename__ = "one_time_token"

    id: str = Field(default_factory=new_id, primary_key=True)
    purpose: str  # "magic", "verify", "reset", "email_change", …
    user_id: str | None = Field(default=None, foreign_key="user.id", ondelete="CASCADE", index=True)
    email: str = Field(index=True)  # where it was sent
    token_hash: str = Field(unique=True)
    data: Json = Field(default_factory=dict, sa_type=JsonColumn)
    created_at: datetime = Field(default_factory=utcnow)
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None
