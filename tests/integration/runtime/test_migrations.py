"""Migrations: they make exactly the tables of the code, on both databases."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.bonuses.models import BonusGiven
from saleor_loyalty_app.db import migrate, tables
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.tiers.models import TierReward
from tests.factories import LONG_AGO, make_member, make_store
from tests.postgres import create_database, drop_database
from tests.redemption_rows import make_gift


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/books.sqlite3"
        return
    server: str = request.getfixturevalue("postgres_server_url")
    name = f"loyalty_migrate_{os.getpid()}"
    yield create_database(server, name)
    drop_database(server, name)


@pytest.fixture
def created_url(request: pytest.FixtureRequest, empty_url: str) -> str:
    """The address of a database of the same kind whose tables came from `create_all`."""
    kind = "sqlite_url" if empty_url.startswith("sqlite") else "postgres_url"
    url: str = request.getfixturevalue(kind)
    return url


def _plain(index: Any) -> str:
    options = {key: str(value) for key, value in index.get("dialect_options", {}).items()}
    return str({**index, "dialect_options": options})


def inspected(url: str) -> dict[str, Any]:
    """All that the database says of itself, in comparable form."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(parsed, poolclass=sa.NullPool)
    with engine.connect() as connection:
        look = sa.inspect(connection)
        tables = {
            name: {
                "columns": {
                    column["name"]: (str(column["type"]), column["nullable"], column["default"])
                    for column in look.get_columns(name)
                },
                "key": look.get_pk_constraint(name),
                "references": sorted(map(str, look.get_foreign_keys(name))),
                "unique": sorted(map(str, look.get_unique_constraints(name))),
                "checks": sorted(map(str, look.get_check_constraints(name))),
                "indexes": sorted(map(_plain, look.get_indexes(name))),
            }
            for name in look.get_table_names()
            if name != "alembic_version"
        }
        catalogue = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            if parsed.get_backend_name() == "sqlite"
            else "SELECT tgname, pg_get_triggerdef(t.oid), prosrc FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY tgname"
        )
        triggers = [tuple(row) for row in connection.exec_driver_sql(catalogue)]
    return {"tables": tables, "triggers": triggers}


def test_upgrade_makes_the_very_tables_of_the_code(empty_url: str, created_url: str) -> None:
    before, after = migrate.upgrade(empty_url)
    assert before is None
    assert after == migrate.head()
    migrated, created = inspected(empty_url), inspected(created_url)
    assert migrated["tables"].keys() == created["tables"].keys()
    for name, table in created["tables"].items():
        assert migrated["tables"][name] == table, name
    assert migrated["triggers"] == created["triggers"]
    assert len(migrated["triggers"]) >= 1


def test_autogenerate_finds_nothing_to_change(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    url = sa.make_url(empty_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        assert migrate.differences(connection) == []
        assert migrate.current(connection) == migrate.head()


def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    once = inspected(empty_url)
    assert migrate.upgrade(empty_url) == (migrate.head(), migrate.head())
    assert inspected(empty_url) == once


def test_a_database_of_a_newer_version_is_left_as_it_is(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    url = sa.make_url(empty_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert migrate.upgrade(empty_url) == ("9999", "9999")


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    results: list[tuple[str | None, str]] = []
    threads = [
        threading.Thread(target=lambda: results.append(migrate.upgrade(empty_url)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(before or "" for before, _ in results) == ["", *[migrate.head()] * 3]


def test_entry_points_of_tiers_from_before_are_known_as_bonuses_that_were_given(
    empty_url: str,
) -> None:
    migrate.upgrade(empty_url)
    url = sa.make_url(empty_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        store = make_store(connection)
        member = make_member(connection, store.id)
        rows = [
            {"tier": "gold", "points": 50, "waiting": False},
            {"tier": "silver", "points": 0, "waiting": True},
        ]
        same = {"member_id": member, "store_id": store.id, "at": LONG_AGO}
        connection.execute(sa.insert(tables.table(TierReward)), [same | row for row in rows])
    migrate.downgrade(empty_url, "0004")
    migrate.upgrade(empty_url)
    with engine.connect() as connection:
        [given] = connection.execute(sa.select(tables.table(BonusGiven))).all()
    assert (given.member_id, given.deed, given.points) == (member, "tier:gold", 50)
    assert given.given_at == LONG_AGO


def test_rewards_that_were_given_for_nothing_do_not_stand_in_the_way_of_the_version_before(
    empty_url: str,
) -> None:
    migrate.upgrade(empty_url)
    url = sa.make_url(empty_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        store = make_store(connection)
        make_gift(connection, store.id, make_member(connection, store.id))
    migrate.downgrade(empty_url, "0004")
    migrate.upgrade(empty_url)
    with engine.connect() as connection:
        assert connection.execute(sa.select(tables.table(Redemption).c.id)).all() == []


def test_downgrade_leaves_nothing_behind(empty_url: str) -> None:
    migrate.upgrade(empty_url)
    migrate.downgrade(empty_url, "base")
    assert inspected(empty_url) == {"tables": {}, "triggers": []}
    migrate.upgrade(empty_url)
