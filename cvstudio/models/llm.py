from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class LlmCall(SQLModel, table=True):
    """One question to a language model, put or not; what it cost, never what it said. It stays when its owner goes."""

    __tablename__ = "llm_call"

    id: str = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(default_factory=utcnow)
    day: str = Field(index=True)  # of `at`, in UTC: "2026-11-21"
    asked_by: str | None = Field(default=None, foreign_key="owner.id", ondelete="SET NULL", index=True)  # an owner
    feature: str
    model: str
    tokens_in: int = 0
    tokens_out: int = 0
    cost: int | None = Field(default=None, sa_type=BigInteger)  # micro-USD; None: nobody said the model's price
    outcome: str  # of cvstudio.domain.spending
    ms: int = 0


class ModelPrice(SQLModel, table=True):
    """What an administrator said a model costs from a time on, in micro-USD per million tokens; None: no longer."""

    __tablename__ = "model_price"

    id: str = Field(default_factory=new_id, primary_key=True)
    model: str = Field(index=True)
    price_in: int | None = Field(default=None, sa_type=BigInteger)
    price_out: int | None = Field(default=None, sa_type=BigInteger)
    valid_from: datetime = Field(default_factory=utcnow)
    changed_by: str | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")


class SpendAlert(SQLModel, table=True):
    """An amount that administrators want to hear of when a day, week or month reaches it."""

    __tablename__ = "spend_alert"

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str  # daily, weekly or monthly
    threshold: int = Field(sa_type=BigInteger)  # micro-USD
    name: str
    created_at: datetime = Field(default_factory=utcnow)
    created_by: str | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    removed_at: datetime | None = None
    removed_by: str | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")


class SpendAlertHit(SQLModel, table=True):
    """An alert was reached: once a period."""

    __tablename__ = "spend_alert_hit"
    __table_args__ = (UniqueConstraint("alert_id", "period"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    alert_id: str = Field(foreign_key="spend_alert.id", ondelete="CASCADE")
    period: str  # its first day: "2026-11-16"
    spent: int = Field(sa_type=BigInteger)  # micro-USD, when it was reached
    at: datetime = Field(default_factory=utcnow, index=True)
