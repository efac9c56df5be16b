"""What CVs are found and sorted by; the pictures of their first pages."""

import unicodedata
from typing import Any

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cv", sa.Column("search", sa.String(), nullable=False, server_default=""))
    op.add_column("cv", sa.Column("picture", sa.String(), nullable=False, server_default=""))
    op.add_column("cv", sa.Column("picture_of", sa.Integer(), nullable=False, server_default="0"))
    _fill()
    op.drop_index("ix_cv_owner_id_updated_at", table_name="cv")
    shared = ["language", "source", "template"]
    changed, title = ["owner_id", "deleted_at", "updated_at"], ["owner_id", "deleted_at", "search"]
    op.create_index("ix_cv_owner_id_deleted_at_updated_at", "cv", [*changed, *shared, "search"])
    op.create_index("ix_cv_owner_id_deleted_at_search", "cv", [*title, *shared])
    op.create_index("ix_cv_deleted_at", "cv", ["deleted_at"])
    op.create_index("ix_cv_picture", "cv", ["picture"])
    op.create_index("ix_job_cv_id_kind_created_at", "job", ["cv_id", "kind", "created_at"])


def _fill() -> None:
    connection = op.get_bind()
    cv = sa.table("cv", *(sa.column(name, sa.String()) for name in ("id", "title", "search")))
    basics = sa.column("document", sa.JSON())["basics"]
    wanted = sa.select(cv.c.id, cv.c.title, basics["name"].as_string(), basics["label"].as_string())
    for cv_id, *texts in connection.execute(wanted.select_from(cv)).all():
        connection.execute(sa.update(cv).where(cv.c.id == cv_id).values(search=_folded(texts)))


def _folded(texts: list[Any]) -> str:
    apart = unicodedata.normalize("NFKD", "\n".join(text or "" for text in texts).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))[:400]


def downgrade() -> None:
    op.drop_index("ix_job_cv_id_kind_created_at", table_name="job")
    for name in ("picture", "deleted_at", "owner_id_deleted_at_search", "owner_id_deleted_at_updated_at"):
        op.drop_index(f"ix_cv_{name}", table_name="cv")
    op.create_index("ix_cv_owner_id_updated_at", "cv", ["owner_id", "updated_at"])
    for name in ("picture_of", "picture", "search"):
        op.drop_column("cv", name)
