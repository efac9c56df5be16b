"""Background tasks beside their jobs; telemetry."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "background_task",
        sa.Column("job_id", sa.String(), sa.ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported", JSON, nullable=False),
    )
    op.create_table(
        "telemetry_event",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("owner_id", sa.String(), sa.ForeignKey("owner.id", ondelete="CASCADE"), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_telemetry_event_owner_id", "telemetry_event", ["owner_id"])
    op.create_index("ix_telemetry_event_created_at", "telemetry_event", ["created_at"])
    op.create_index("ix_telemetry_event_type_created_at", "telemetry_event", ["type", "created_at"])
    op.create_index("ix_job_kind_finished_at", "job", ["kind", "finished_at"])


def downgrade() -> None:
    op.drop_index("ix_job_kind_finished_at", "job")
    op.drop_table("telemetry_event")
    op.drop_table("background_task")
