"""Migrations run on the application's own engine, one process at a time, all or nothing."""

from typing import Any, Literal

from sqlalchemy import JSON, text
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from alembic import context
from cvstudio import db, models

MIGRATION_LOCK = 0x6376  # any number, as long as it stays


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write new migrations in plain SQLAlchemy types, which outlive our libraries."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return "sa.String()"
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return 'sa.JSON().with_variant(JSONB(), "postgresql")'
    return False


engine = context.config.attributes.get("engine") or db.engine()
sqlite = engine.dialect.name == "sqlite"

with engine.connect() as connection:
    driver = connection.connection.dbapi_connection
    if sqlite:
        # SQLite changes a table by copying and dropping it; enforced keys would then delete what
        # refers to it. The switch only works outside a transaction.
        driver.execute("PRAGMA foreign_keys = OFF")
        # And a trigger that reads that table must not stop its copy from taking its name.
        driver.execute("PRAGMA legacy_alter_table = ON")
    try:
        with connection.begin():  # on SQLite this takes the write lock
            if not sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.configure(
                connection=connection,
                target_metadata=models.metadata,
                transactional_ddl=True,
                render_as_batch=sqlite,
                render_item=render_item,
            )
            with context.begin_transaction():
                context.run_migrations()
            if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"the migration would leave dangling references: {broken}")
    finally:
        if sqlite:
            driver.execute("PRAGMA legacy_alter_table = OFF")
            driver.execute("PRAGMA foreign_keys = ON")
