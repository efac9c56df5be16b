"""What links are shown with: the picture of a shared CV, the title of an offer."""

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("share", sa.Column("picture", sa.String(), server_default="", nullable=False))
    op.create_index("ix_share_picture", "share", ["picture"])
    op.add_column("kept_link", sa.Column("title", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("kept_link", "title")
    op.drop_index("ix_share_picture", "share")
    op.drop_column("share", "picture")
