from sqlmodel import Field, SQLModel


class RateHit(SQLModel, table=True):
    """One thing that counts against a limit (see cvstudio.domain.rate), where there is no Redis to count in."""

    __tablename__ = "rate_hit"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    at: float  # seconds since 1970, as everywhere in `limits`
    expires_at: float = Field(index=True)
