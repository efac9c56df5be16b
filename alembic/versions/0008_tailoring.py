"""Career profiles, job offers, the lines made out of both, and how a CV came of them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "career_profile",
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner_id"),
    )

    op.create_table(
        "offer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("analysis", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_offer_owner_id_created_at", "offer", ["owner_id", "created_at"])

    op.create_table(
        "widget_cache",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column("envelope", JSON, nullable=False),
        sa.Column("extra", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_widget_cache_owner_id", "widget_cache", ["owner_id"])
    op.create_index("ix_widget_cache_expires_at", "widget_cache", ["expires_at"])

    op.create_table(
        "cv_generation",
        sa.Column("cv_id", sa.String(), nullable=False),
        sa.Column("offer_id", sa.String(), nullable=True),
        sa.Column("details", JSON, nullable=False),
        sa.Column("removed", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cv_id"], ["cv.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("cv_id"),
    )
    op.create_index("ix_cv_generation_offer_id", "cv_generation", ["offer_id"])


def downgrade() -> None:
    for table in ("cv_generation", "widget_cache", "offer", "career_profile"):
        op.drop_table(table)
