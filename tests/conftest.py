"""Fixtures of the whole suite: databases, clock, and the depth of property tests."""

import gc
import importlib
import os
import pkgutil
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime, timedelta
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import Engine

import saleor_loyalty_app
from saleor_loyalty_app.api import gate, redemption_answers
from saleor_loyalty_app.api.saleor import tenants
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db import migrate
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows import make_goodwill_code, offer_shipping
from saleor_loyalty_app.queue.engine import migrate_engine
from tests.kept_postgres import SIZE, KeptPostgres, emptying
from tests.postgres import create_database, drop_database, postgres_server

# Until everything is collected next to nothing becomes garbage: to look for it is a sixth of it.
gc.disable()

CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
settings.register_profile(
    "quick", max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=CHECKS
)
settings.register_profile(
    "soak", max_examples=500, stateful_step_count=60, deadline=None, suppress_health_check=CHECKS
)
settings.load_profile(os.environ.get("LOYALTY_TEST_DEPTH", "quick"))

for _module in pkgutil.iter_modules(saleor_loyalty_app.__path__):
    if (Path(saleor_loyalty_app.__path__[0]) / _module.name / "models.py").exists():
        importlib.import_module(f"saleor_loyalty_app.{_module.name}.models")


class _Compiled(dict[tuple[Any, ...], Any]):
    """Statements that were compiled once, whichever engine for the same database asked."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        """Without the engine's own dialect, which stands first in the key."""
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], value: Any) -> None:
        super().__setitem__(key[1:], value)


_COMPILED: defaultdict[str, _Compiled] = defaultdict(_Compiled)


@sa.event.listens_for(Engine, "engine_connect")
def _share_what_is_compiled(connection: sa.Connection) -> None:
    """Almost every test has an engine of its own; compiling anew was a quarter of their time."""
    dialect = connection.dialect
    connection.execution_options(compiled_cache=_COMPILED[f"{dialect.name}+{dialect.driver}"])


#: Longer than a machine that lends its processors to others may stand still. What happens when the
#: app waits in vain is told by tests that set a short patience of their own.
UNHURRIED = timedelta(minutes=2)
for _waiting in (make_goodwill_code, offer_shipping, redemption_answers, tenants):
    setattr(_waiting, "PATIENCE", UNHURRIED)  # noqa: B010 - modules, not one type
gate.LONGEST_COUNT = UNHURRIED.total_seconds()

#: Folders whose tests start processes of their own and wait for them, the slowest first.
WAITING = ("crash", "packaging", "runtime")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the slow files, so that no worker is left alone with one in the end.

    Between two that wait stand some that work: else the processors idle first, and lack later. The
    files of browser tests follow each other, because they share a browser.
    """
    files = list(dict.fromkeys(item.path for item in items))
    slow = [file for file in files if file.parent.name in WAITING and "unit" not in file.parts]
    waiting = sorted(slow, key=_slowness)
    working = [file for file in files if "integration" in file.parts and file not in slow]
    browsing = [file for file in files if file.parent.name == "e2e"]
    pause = -(-len(working) // max(len(waiting), 1))
    rows = zip_longest(waiting, *(working[at::pause] for at in range(pause)))
    first = [file for file in chain.from_iterable(rows) if file is not None] + browsing
    turn = {file: at for at, file in enumerate(first)}
    items.sort(key=lambda item: turn.get(item.path, len(turn)))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: no garbage collection looks at it again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _slowness(file: Path) -> int:
    return WAITING.index(file.parent.name)


@pytest.fixture(scope="session")
def depth() -> Callable[[int, int], int]:
    """Chooses between the reduced and the full size of a long test."""
    soak = os.environ.get("LOYALTY_TEST_DEPTH") == "soak"
    return lambda reduced, full: full if soak else reduced


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still at the beginning of 2027."""
    return ManualClock(datetime(2027, 1, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with Saleor's schemas and recordings; the test is skipped where it is absent."""
    default = Path(__file__).parents[2] / "shared" / "saleor"
    folder = Path(os.environ.get("LOYALTY_SHARED", default))
    if not folder.is_dir():
        pytest.skip(
            "Saleor's schemas and recordings are not here: set LOYALTY_SHARED to their folder"
        )
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("template") / "books.sqlite3"
    engine = sa.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that was migrated, with the tables of the job engine too; to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "books.sqlite3"
    migrate.upgrade(f"sqlite:///{path}")
    migrate_engine(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """The address of a PostgreSQL server on which databases may be created."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server_url: str) -> Iterator[str]:
    """The address of a PostgreSQL database with all tables; emptied before each use."""
    name = f"loyalty_test_{os.getpid()}"
    url = create_database(postgres_server_url, name)
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    metadata.create_all(engine)
    engine.dispose()
    yield url
    drop_database(postgres_server_url, name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database with all tables."""
    path = tmp_path / "books.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_with_tables: str) -> str:
    """The address of an empty PostgreSQL database with all tables."""
    engine = sa.create_engine(
        sa.make_url(postgres_with_tables).set(drivername="postgresql+psycopg")
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(emptying())
    engine.dispose()
    return postgres_with_tables


@pytest.fixture(scope="session")
def kept_postgres(postgres_server_url: str) -> Iterator[KeptPostgres]:
    """A PostgreSQL database with all tables, whose connections stay open; emptied as well."""
    name = f"loyalty_kept_{os.getpid()}"
    kept = KeptPostgres(create_database(postgres_server_url, name))
    yield kept
    kept.close()
    drop_database(postgres_server_url, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database with all tables, on each of both kinds."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    kept: KeptPostgres = request.getfixturevalue("kept_postgres")
    kept.empty()
    return kept.url


@pytest.fixture
def database(database_url: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with all tables, on each of both kinds."""
    opening: AbstractContextManager[Database]
    if database_url.startswith("postgresql"):
        opening = request.getfixturevalue("kept_postgres").opened()
    else:
        opening = closing(open_database(database_url, pool_size=SIZE))
    with opening as opened:
        yield opened
