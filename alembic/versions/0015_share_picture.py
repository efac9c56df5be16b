"""The picture of a shared CV, for wherever its link is shown."""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("share", sa.Column("picture", sa.String(), server_default="", nullable=False))
    op.create_index("ix_share_picture", "share", ["picture"])


def downgrade() -> None:
    op.drop_index("ix_share_picture", "share")
    op.drop_column("share", "picture")
