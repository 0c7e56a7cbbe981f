"""Fresh migrated databases in a moment, and scenes on them."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from saleor_loyalty_app.db import migrate
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.queue.engine import migrate_engine
from tests.crash.scene import Scene, scene
from tests.postgres import clone_database, create_database, drop_database

NewDatabase = Callable[[str], str]
NewScene = Callable[..., Scene]


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server_url: str) -> Iterator[str]:
    """The address of such a PostgreSQL database, to which nobody is connected."""
    name = f"loyalty_migrated_{os.getpid()}"
    url = create_database(postgres_server_url, name)
    migrate.upgrade(url)
    migrate_engine(url)
    yield url
    drop_database(postgres_server_url, name)


@pytest.fixture
def new_database(
    migrated_sqlite: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[NewDatabase]:
    """Makes migrated databases of a kind: "sqlite" or "postgresql"."""
    numbers = itertools.count(1)
    with ExitStack() as stack:

        def make(kind: str) -> str:
            number = next(numbers)
            if kind == "sqlite":
                path = tmp_path / f"books-{number}.sqlite3"
                shutil.copy(migrated_sqlite, path)
                return f"sqlite:///{path}"
            template: str = request.getfixturevalue("migrated_postgres")
            server: str = request.getfixturevalue("postgres_server_url")
            name = f"loyalty_crash_{os.getpid()}_{number}"
            url = clone_database(server, template, name)
            stack.callback(drop_database, server, name)
            return url

        yield make


class Backups:
    """Copies of databases to which no process of the app is connected, and the way back."""

    def __init__(self, folder: Path, server_url: Callable[[], str]) -> None:
        self._folder = folder
        self._server_url = server_url

    def take(self, database: Database) -> str:
        """Makes a backup; gives what `restore` needs."""
        database.engine.dispose()
        name = str(make_url(database.url).database)
        if not database.is_sqlite:
            clone_database(self._server_url(), database.url, f"{name}_backup")
            return f"{name}_backup"
        copy = self._folder / "backup.sqlite3"
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return str(copy)

    def restore(self, backup: str, database: Database) -> None:
        """Puts it in the place of the database."""
        database.engine.dispose()
        url = make_url(database.url)
        name = str(url.database)
        if database.is_sqlite:
            with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(name)) as into:
                source.backup(into)
            return
        kept = url.set(database=backup).render_as_string(hide_password=False)
        clone_database(self._server_url(), kept, name)
        drop_database(self._server_url(), backup)


@pytest.fixture
def backups(tmp_path: Path, request: pytest.FixtureRequest) -> Backups:
    """Makes backups and restores them."""
    return Backups(tmp_path, lambda: request.getfixturevalue("postgres_server_url"))


@pytest.fixture
def new_scene(new_database: NewDatabase, tmp_path: Path) -> Iterator[NewScene]:
    """Opens a scene on a database of a kind; closed when the test ends, however it ends."""
    numbers = itertools.count(1)
    with ExitStack() as stack:

        def make(kind: str, **more: Any) -> Scene:
            folder = tmp_path / f"scene-{next(numbers)}"
            return stack.enter_context(scene(folder, new_database(kind), **more))

        yield make
