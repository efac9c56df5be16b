import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

from alembic import command
from cvstudio import db, models
from tests.conftest import Postgres


@pytest.fixture
def empty(database_url: str) -> Engine:
    return db.connect(database_url)


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), models.metadata)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_migrations_make_exactly_the_tables_of_the_models(empty: Engine) -> None:
    command.upgrade(db.migrations(empty), "head")
    assert tables(empty) == set(models.metadata.tables)
    assert differences(empty) == []


def test_every_step_goes_up_down_and_up_again(empty: Engine) -> None:
    config = db.migrations(empty)
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    assert steps[0] == "0001"
    for step in steps:
        command.upgrade(config, step)
        command.downgrade(config, "-1")
        command.upgrade(config, step)
    assert differences(empty) == []
    command.downgrade(config, "base")
    assert tables(empty) == set()


def test_processes_that_migrate_together_take_turns(database_url: str) -> None:
    environment = os.environ | {"CVSTUDIO_DATABASE_URL": database_url}
    program = [sys.executable, "-c", "from cvstudio import db; db.migrate()"]
    running = [subprocess.Popen(program, cwd=db.ROOT, env=environment) for _ in range(3)]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    assert tables(db.connect(database_url)) == set(models.metadata.tables)


def test_documents_are_jsonb_on_postgresql(postgres: Postgres) -> None:
    engine = db.connect(postgres.template)
    columns = {column["name"]: column["type"] for column in inspect(engine).get_columns("cv")}
    engine.dispose()
    assert isinstance(columns["document"], JSONB)


def test_remaking_a_table_keeps_what_refers_to_it(empty: Engine, tmp_path: Path) -> None:
    """SQLite changes a table by dropping it: with keys enforced, that would empty the tables below."""
    config = db.migrations(empty)
    newest = ScriptDirectory.from_config(config).get_current_head()
    (tmp_path / "remake.py").write_text(
        "from alembic import op\n"
        "import sqlalchemy as sa\n"
        f"revision, down_revision = 'remake', '{newest}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('owner', recreate='auto') as table:\n"
        "        table.alter_column('kind', type_=sa.Text())\n"
    )
    command.upgrade(config, "head")
    with Session(empty) as session:
        owner = models.Owner()
        session.add(owner)
        session.flush()
        session.add(models.Cv(id="kept", owner_id=owner.id, filename="a", template="modern"))
        session.commit()
    config.set_main_option("version_locations", f"{db.ROOT / 'alembic' / 'versions'}{os.pathsep}{tmp_path}")
    command.upgrade(config, "remake")
    with Session(empty) as session:
        assert session.get(models.Cv, "kept")
        if empty.dialect.name == "sqlite":
            assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
