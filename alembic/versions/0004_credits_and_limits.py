"""The credit ledger, which only grows; what counts against limits; what was changed of the tiers."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import op

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ENDED = sa.text("kind in ('settle', 'release')")
SQLITE = (
    """
    create trigger credit_entry_is_kept before update on credit_entry
    begin select raise(abort, 'the ledger only grows'); end
    """,
    """
    create trigger credit_entry_stays before delete on credit_entry
    when exists (select 1 from owner where id = old.owner_id)
    begin select raise(abort, 'the ledger only grows'); end
    """,
)
POSTGRESQL = (
    """
    create function credit_entry_only_grows() returns trigger language plpgsql as $$
    begin
        -- Gone with its owner: the key's cascade comes after the owner's own row.
        if tg_op = 'DELETE' and not exists (select 1 from owner where id = old.owner_id) then
            return old;
        end if;
        raise exception 'the ledger only grows' using errcode = 'integrity_constraint_violation';
    end $$
    """,
    """
    create trigger credit_entry_is_kept before update or delete on credit_entry
    for each row execute function credit_entry_only_grows()
    """,
)


def upgrade() -> None:
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind not in ('hold', 'debit') or amount < 0", name="ck_credit_entry_spent"),
        sa.CheckConstraint("kind not in ('settle', 'release') or amount >= 0", name="ck_credit_entry_returned"),
        sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "ref"),
    )
    op.create_index("ix_credit_entry_owner_id_created_at", "credit_entry", ["owner_id", "created_at"])
    op.create_index(
        "uq_credit_entry_ref_ended",
        "credit_entry",
        ["ref"],
        unique=True,
        sqlite_where=ENDED,
        postgresql_where=ENDED,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)

    op.create_table(
        "rate_hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_rate_hit_key", "rate_hit", ["key"])
    op.create_index("ix_rate_hit_expires_at", "rate_hit", ["expires_at"])

    op.create_table(
        "tier_change",
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changes", JSON, nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("tier", "changed_at"),
    )


def downgrade() -> None:
    for table in ("tier_change", "rate_hit", "credit_entry"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function credit_entry_only_grows()")
