"""What a command works with: settings, clock, books; opened when asked for, closed at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import ClassVar

import typer
from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import language_of
from saleor_loyalty_app.process import Process, open_process
from saleor_loyalty_app.settings import Settings, load_settings
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.errors import StoreNotFound
from saleor_loyalty_app.stores.refs import StoreRef


class StoreNotNamed(AppError):
    """Several stores installed the app, and the command does not say which one it means."""

    code: ClassVar[str] = "store_not_named"
    status: ClassVar[int] = 400


class Session:
    """One run of a command."""

    def __init__(self, language: str | None = None) -> None:
        self.language = language or language_of_environment()
        self._handed_over = False

    @cached_property
    def settings(self) -> Settings:
        """The settings, with logging set up by them.

        Raises:
            SettingsInvalid: they are missing or wrong.
        """
        settings = load_settings()
        log.configure(level=settings.log_level, form=settings.log_format)
        return settings

    @cached_property
    def process(self) -> Process:
        """All that a process has open.

        Raises:
            DatabaseUnreachable, DatabaseNotMigrated.
        """
        return open_process(self.settings)

    @property
    def database(self) -> Database:
        """The books."""
        return self.process.database

    @property
    def clock(self) -> Clock:
        """The app's clock."""
        return self.process.clock

    def store(self, named: str | None) -> StoreRef:
        """The store that `named` means: its id, API address or host; the only one if None.

        Raises:
            StoreNotFound: nobody is named so, or no store installed the app.
            StoreNotNamed: None, and there are several.
        """
        return self.database.read(lambda conn: find_store(conn, named))

    def hand_over(self) -> None:
        """Leaves closing to whom the process was given."""
        self._handed_over = True

    def close(self) -> None:
        """Closes what was opened."""
        if "process" in self.__dict__ and not self._handed_over:
            self.process.close()


def find_store(conn: Connection, named: str | None) -> StoreRef:
    """See `Session.store`."""
    known = stores.all_stores(conn, active_only=False)
    if named is None:
        if len(known) > 1:
            raise StoreNotNamed(stores=", ".join(store.api_url for store in known[:10]))
        if not known:
            raise StoreNotFound("-")
        return known[0]
    for store in known:
        host = store.api_url.partition("://")[2].partition("/")[0]
        if named in (str(store.id), store.api_url, store.api_url.rstrip("/"), host):
            return store
    raise StoreNotFound(named[:200])


def language_of_environment() -> str:
    """The language of the terminal, by LC_ALL, LC_MESSAGES or LANG."""
    found = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return language_of([found.partition(".")[0]])


@contextmanager
def session_of(context: typer.Context) -> Iterator[Session]:
    """The session of a command; closed when the command ends."""
    session = context.find_object(Session)
    if session is None:
        raise RuntimeError("the command was not started by main()")
    try:
        yield session
    finally:
        session.close()
