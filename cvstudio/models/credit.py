from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class CreditEntry(SQLModel, table=True):
    """A line of the ledger (see cvstudio.domain.credits). The database refuses to change one, or to delete one
    whose owner stays."""

    __tablename__ = "credit_entry"
    __table_args__ = (
        UniqueConstraint("kind", "ref"),
        # A hold ends once: settled, or released.
        Index(
            "uq_credit_entry_ref_ended",
            "ref",
            unique=True,
            sqlite_where=text("kind in ('settle', 'release')"),
            postgresql_where=text("kind in ('settle', 'release')"),
        ),
        Index("ix_credit_entry_owner_id_created_at", "owner_id", "created_at"),
        CheckConstraint("kind not in ('hold', 'debit') or amount < 0", name="ck_credit_entry_spent"),
        CheckConstraint("kind not in ('settle', 'release') or amount >= 0", name="ck_credit_entry_returned"),
    )

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="owner.id", ondelete="CASCADE")
    kind: str  # "welcome", "purchase", "hold", …
    ref: str  # what it is for, once: a job, an account, a payment
    amount: int  # credits; what is spent is negative
    feature: str = ""  # what was, or is to be, paid: a key of credits.PRICES
    created_at: datetime = Field(default_factory=utcnow)
