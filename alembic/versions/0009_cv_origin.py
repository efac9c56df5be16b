"""Where a CV came from, and its language, to list and filter by."""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cv", sa.Column("source_value", sa.String(), nullable=False, server_default=""))
    op.add_column("cv", sa.Column("origin_id", sa.String(), nullable=True))
    op.add_column("cv", sa.Column("language", sa.String(), nullable=False, server_default="fr"))
    cv = sa.table(
        "cv", sa.column("id", sa.String()), sa.column("document", sa.JSON()), sa.column("language", sa.String())
    )
    connection = op.get_bind()
    rows = connection.execute(sa.select(cv.c.id, cv.c.document))
    for cv_id, document in [(row.id, row.document) for row in rows]:
        language = document.get("meta", {}).get("studio", {}).get("language", "fr")
        connection.execute(sa.update(cv).where(cv.c.id == cv_id).values(language=language))


def downgrade() -> None:
    for name in ("language", "origin_id", "source_value"):
        op.drop_column("cv", name)
