from datetime import datetime

from sqlmodel import Field, SQLModel

from cvstudio.models.fields import Json, JsonColumn, utcnow


class IdempotencyKey(SQLModel, table=True):
    """The answer once given to a POST, repeated to whoever sends the same key again."""

    __tablename__ = "idempotency_key"

    owner_id: str = Field(primary_key=True, foreign_key="owner.id", ondelete="CASCADE")
    key: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    request_hash: str
    response_status: int | None = None  # None while the first request is still at work
    response_body: Json = Field(default_factory=dict, sa_type=JsonColumn)
    created_at: datetime = Field(default_factory=utcnow, index=True)
