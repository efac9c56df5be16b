from datetime import datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class SecondFactor(SQLModel, table=True):
    """An account's authenticator app; counts once it is confirmed."""

    __tablename__ = "second_factor"

    user_id: str = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    secret: str  # encrypted, for this account alone
    created_at: datetime = Field(default_factory=utcnow)
    confirmed_at: datetime | None = None
    last_step: int = Field(default=0, sa_type=BigInteger)  # of the last code taken: none is taken twice


class RecoveryCode(SQLModel, table=True):
    """For when the app is lost: works once; only a hash is kept."""

    __tablename__ = "recovery_code"

    id: str = Field(default_factory=new_id, primary_key=True)
    user_id: str = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    code_hash: str
    created_at: datetime = Field(default_factory=utcnow)
    used_at: datetime | None = None


class Passkey(SQLModel, table=True):
    """The public half of a key that a device or a password manager holds."""

    __tablename__ = "passkey"

    id: str = Field(default_factory=new_id, primary_key=True)
    user_id: str = Field(foreign_key="user.id", ondelete="CASCADE", index=True)
    credential_id: str = Field(unique=True)  # base64url
    public_key: bytes  # COSE
    sign_count: int = Field(default=0, sa_type=BigInteger)  # up to 2³² − 1
    name: str
    transports: str = ""  # "internal,hybrid"
    created_at: datetime = Field(default_factory=utcnow)
    used_at: datetime | None = None
