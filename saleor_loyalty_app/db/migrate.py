"""Brings a database to the tables that this version of the app needs."""

import importlib.util
import pkgutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url

import saleor_loyalty_app
from saleor_loyalty_app.db.engines import SQLITE_BUSY_MS
from saleor_loyalty_app.db.tables import metadata

#: Held while migrating, so that of several processes that start together one works, others wait.
ADVISORY_LOCK = 5_350_072_419


@cache
def head() -> str:
    """The newest revision that this version of the app knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("the app has no migrations: it is not installed completely")
    return newest


def current(connection: Connection) -> str | None:
    """The revision that the database is at; None for one that was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _known() -> frozenset[str]:
    script = ScriptDirectory.from_config(_config())
    return frozenset(one.revision for one in script.walk_revisions())


def fits(revision: str | None) -> bool:
    """Whether this version of the app can work on a database at `revision`.

    It can at its own newest one, and at one that only a newer version knows: migrations add what
    the next release needs, so that old processes go on while new ones are started.
    """
    return revision is not None and (revision == head() or revision not in _known())


def upgrade(database_url: str) -> tuple[str | None, str]:
    """Migrates to the newest revision in one transaction; gives the revision before and after.

    Several processes may call it at the same time. What a newer version made is left as it is.
    """
    with _transaction(database_url) as connection:
        before = current(connection)
        if before is not None and (before == head() or before not in _known()):
            return before, before
        command.upgrade(_config(connection), "head")
        if connection.dialect.name == "sqlite":
            _check_foreign_keys(connection)
        return before, head()


def downgrade(database_url: str, revision: str) -> None:
    """Takes the database back to `revision`; "base" leaves no tables."""
    with _transaction(database_url) as connection:
        command.downgrade(_config(connection), revision)


def differences(connection: Connection) -> list[Any]:
    """How the tables of a migrated database differ from those of the code, as Alembic says it."""
    context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
    return list(compare_metadata(context, load_tables()))


def new_revision(message: str, revision: str | None = None) -> Path:
    """Writes a revision with what changed since the newest one; for developers."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.sqlite3"
        if ScriptDirectory.from_config(_config()).get_current_head():
            upgrade(url)
        with _transaction(url) as connection:
            script = command.revision(
                _config(connection), message=message, autogenerate=True, rev_id=revision
            )
    if script is None or isinstance(script, list):
        raise RuntimeError("nothing was written")
    return Path(script.path)


def load_tables() -> sa.MetaData:
    """The metadata with the tables of all rooms."""
    for room in pkgutil.iter_modules(saleor_loyalty_app.__path__, "saleor_loyalty_app."):
        if room.ispkg and _has_models(room.name):
            importlib.import_module(f"{room.name}.models")
    return metadata


def _has_models(package: str) -> bool:
    return importlib.util.find_spec(f"{package}.models") is not None


def _is_ours(item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Leaves out what the database has of others, such as the tables of the job engine."""
    return not (kind == "table" and reflected and name not in metadata.tables)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["include_object"] = _is_ours
    return config


@contextmanager
def _transaction(database_url: str) -> Iterator[Connection]:
    url = make_url(database_url)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgres(url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
            yield connection
    finally:
        engine.dispose()


def _postgres(url: sa.URL) -> Engine:
    return sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)


def _sqlite(url: sa.URL) -> Engine:
    """An engine whose DDL is transactional, with foreign keys off: batch mode replaces tables."""
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    def configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (f"busy_timeout={SQLITE_BUSY_MS}", "journal_mode=WAL", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise RuntimeError(f"the migration would leave references to nothing in: {tables}")
