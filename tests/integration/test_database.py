"""The read/write seam on both databases."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import Store
from tests.factories import LONG_AGO, make_member, make_store


def stores(conn: Connection) -> int:
    return conn.execute(sa.select(sa.func.count()).select_from(table(Store))).scalar_one()


def test_a_write_is_seen_after_it_returns(database: Database) -> None:
    database.write(make_store)
    assert database.read(stores) == 1


def test_a_failing_write_leaves_nothing(database: Database) -> None:
    def fail(conn: Connection) -> None:
        make_store(conn)
        raise ValueError("no")

    with pytest.raises(ValueError):
        database.write(fail)
    assert database.read(stores) == 0


def test_a_write_within_a_write_is_refused(database: Database) -> None:
    with pytest.raises(RuntimeError):
        database.write(lambda conn: database.write(stores))


def test_writes_from_many_threads_all_arrive(database: Database) -> None:
    threads = [threading.Thread(target=database.write, args=(make_store,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.read(stores) == 12


def test_the_asynchronous_edge_reads_and_writes(database: Database) -> None:
    async def story() -> int:
        await asyncio.gather(*(database.write_async(make_store) for _ in range(5)))
        return await database.read_async(stores)

    assert asyncio.run(story()) == 5


def test_times_come_back_aware_and_equal(database: Database) -> None:
    database.write(make_store)
    installed = database.read(
        lambda conn: conn.execute(sa.select(table(Store).c.installed_at)).scalar_one()
    )
    assert installed == LONG_AGO
    assert installed.utcoffset() is not None


def test_foreign_keys_hold(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        database.write(lambda conn: make_member(conn, 4711))


def test_a_deadlock_is_run_again(postgres_url: str) -> None:
    opened = open_database(postgres_url)
    first = opened.write(make_store).id
    second = opened.write(make_store).id
    barrier = threading.Barrier(2)
    attempts: list[int] = []

    def cross(one: int, other: int) -> None:
        def fn(conn: Connection) -> None:
            attempts.append(1)
            store = table(Store)
            conn.execute(sa.update(store).where(store.c.id == one).values(language="tr"))
            if len(attempts) <= 2:
                barrier.wait(timeout=10)
            conn.execute(sa.update(store).where(store.c.id == other).values(language="tr"))

        opened.write(fn)

    threads = [
        threading.Thread(target=cross, args=pair) for pair in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    opened.close()
    assert len(attempts) == 3


def kill_connections(conn: Connection) -> int:
    """Ends all other connections to the database, as a restart of the server does."""
    killed = sa.text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    number: int = conn.execute(killed).scalar_one()
    return number


@pytest.fixture
def two(postgres_url: str) -> Iterator[tuple[Database, Database]]:
    opened, other = open_database(postgres_url), open_database(postgres_url)
    yield opened, other
    opened.close()
    other.close()


def test_after_a_restart_of_the_server_the_first_write_and_read_succeed(
    two: tuple[Database, Database],
) -> None:
    opened, other = two
    opened.write(make_store)
    assert other.read(kill_connections) == 1
    opened.write(make_store)
    assert other.read(kill_connections) == 1
    assert opened.read(stores) == 2


def test_a_write_whose_connection_breaks_before_the_commit_is_run_again_once(
    two: tuple[Database, Database],
) -> None:
    opened, other = two
    runs: list[int] = []

    def fn(conn: Connection) -> None:
        make_store(conn)
        runs.append(1)
        if len(runs) == 1:
            other.read(kill_connections)
            conn.execute(sa.select(1))

    opened.write(fn)
    assert (len(runs), opened.read(stores)) == (2, 1)


def test_a_write_whose_connection_breaks_during_the_commit_is_not_run_again(
    two: tuple[Database, Database],
) -> None:
    opened, other = two
    runs: list[int] = []

    def fn(conn: Connection) -> None:
        make_store(conn)
        runs.append(1)
        other.read(kill_connections)

    with pytest.raises(sa.exc.OperationalError):
        opened.write(fn)
    assert (len(runs), opened.read(stores)) == (1, 0)


def test_a_server_that_stays_away_is_told(two: tuple[Database, Database]) -> None:
    opened, other = two
    runs: list[int] = []

    def fn(conn: Connection) -> None:
        runs.append(1)
        conn.execute(sa.select(1))
        other.read(kill_connections)
        conn.execute(sa.select(1))

    with pytest.raises(sa.exc.OperationalError):
        opened.write(fn)
    assert len(runs) == 4
    with pytest.raises(sa.exc.OperationalError):
        opened.read(fn)
    assert len(runs) == 6


def test_a_statement_by_itself_is_kept_and_survives_a_restart_of_the_server(
    two: tuple[Database, Database],
) -> None:
    opened, other = two
    store_id = opened.write(make_store)
    store = table(Store)
    rename = Hot(
        sa.update(store)
        .where(store.c.id == sa.bindparam("which"))
        .values(language=sa.bindparam("spoken"))
        .returning(store.c.language)
    )

    def spoken() -> str:
        found: str = other.read(lambda conn: conn.execute(sa.select(store.c.language)).scalar_one())
        return found

    for language in ("tr", "en"):
        [row] = opened.write_at_once(rename, {"which": store_id.id, "spoken": language})
        assert row.language == spoken() == language
        assert other.read(kill_connections) == 1

    async def on_the_event_loop() -> None:
        for language in ("de", "fr", "it"):
            values = {"which": store_id.id, "spoken": language}
            [row] = await opened.write_at_once_async(rename, values)
            assert row.language == spoken() == language
            assert other.read(kill_connections) >= 1

    asyncio.run(on_the_event_loop())
    opened.write(make_store)
    assert opened.read(stores) == 2
