"""Accounts: users, sign-ins, tokens; whose anonymous work was adopted by whom."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("owner") as table:
        table.add_column(sa.Column("adopted_by", sa.String(), nullable=True))
        table.create_foreign_key("owner_adopted_by_fkey", "owner", ["adopted_by"], ["id"], ondelete="CASCADE")
    op.create_index("ix_owner_adopted_by", "owner", ["adopted_by"])

    op.create_table(
        "user",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("username", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("referral_code", sa.String(), nullable=False),
        sa.Column("referred_by", sa.String(), nullable=True),
        sa.Column("onboarding", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('user', 'admin')", name="ck_user_role"),
        sa.CheckConstraint("tier in ('free', 'pro', 'team')", name="ck_user_tier"),
        sa.ForeignKeyConstraint(["id"], ["owner.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["referred_by"], ["user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("username"),
        sa.UniqueConstraint("referral_code"),
    )
    op.create_index("ix_user_referred_by", "user", ["referred_by"])

    op.create_table(
        "login_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_login_session_user_id", "login_session", ["user_id"])

    op.create_table(
        "refresh_token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["login_session.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"])

    op.create_table(
        "one_time_token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_one_time_token_email", "one_time_token", ["email"])
    op.create_index("ix_one_time_token_expires_at", "one_time_token", ["expires_at"])
    op.create_index("ix_one_time_token_user_id", "one_time_token", ["user_id"])


def downgrade() -> None:
    for table in ("one_time_token", "refresh_token", "login_session", "user"):
        op.drop_table(table)
    op.drop_index("ix_owner_adopted_by", "owner")
    with op.batch_alter_table("owner") as table:
        table.drop_constraint("owner_adopted_by_fkey", type_="foreignkey")
        table.drop_column("adopted_by")
