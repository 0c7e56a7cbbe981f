"""Hot statements do what SQLAlchemy's usual way does, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.types import BigId, JsonDoc, UTCDateTime
from tests.integration.test_database import kill_connections

MOMENT = datetime(2027, 3, 1, 10, 30, 15, 123456, tzinfo=UTC)
sample = sa.Table(
    "hot_sample",
    sa.MetaData(),
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("at", UTCDateTime),
    sa.Column("document", JsonDoc),
    sa.Column("body", sa.LargeBinary),
    sa.Column("flag", sa.Boolean, default=True),
    sa.Column("kind", sa.String, default="plain"),
)
COLUMNS = tuple(sample.c)


def upsert(make: Any) -> Any:
    made = make(sample)
    return made.on_conflict_do_update(
        index_elements=["name"], set_={"at": made.excluded.at, "kind": "again"}
    ).returning(*COLUMNS)


PUT = Hot({"sqlite": upsert(sqlite.insert), "postgresql": upsert(postgresql.insert)})
ADD = Hot(sa.insert(sample).inline())
BY_NAME = Hot(sa.select(*COLUMNS).where(sample.c.name == sa.bindparam("wanted")))
ALL_LATER = Hot(
    sa.select(sample.c.name, sa.func.upper(sample.c.name))
    .where(sample.c.at >= sa.bindparam("since"), sample.c.flag.is_(sa.true()))
    .order_by(sample.c.name)
)
SET_AT = Hot(sa.update(sample).where(sample.c.name == sa.bindparam("wanted")))
ROW = {
    "name": "100 % o'clock: ğ",
    "at": MOMENT,
    "document": {"list": [1, None, "ş"], "deep": {"a": 1.5}},
    "body": b"\x00\xff%s",
}


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        sample.create(connection)
        yield connection
        connection.rollback()


def ordinary(conn: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.execute(sa.select(*COLUMNS).order_by(sample.c.id))]


def test_what_goes_in_comes_out_as_by_sqlalchemy(conn: Connection) -> None:
    made = PUT.one_or_none(conn, ROW)
    assert made._asdict() == {**ROW, "id": made.id, "flag": True, "kind": "plain"}
    assert [tuple(made)] == ordinary(conn)
    assert tuple(BY_NAME.one_or_none(conn, {"wanted": ROW["name"]})) == tuple(made)
    assert made.at.utcoffset() == timedelta(0)


def test_nothing_stays_nothing(conn: Connection) -> None:
    ADD.run(conn, {"name": "x", "at": None, "document": None, "body": None, "flag": None})
    assert ordinary(conn)[0][1:] == ("x", None, None, None, None, "plain")
    assert BY_NAME.one_or_none(conn, {"wanted": "y"}) is None
    assert BY_NAME.scalar_or_none(conn, {"wanted": "y"}) is None


def test_fixed_values_and_changing_sets_of_columns(conn: Connection) -> None:
    first = PUT.one_or_none(conn, ROW)
    later = MOMENT + timedelta(days=1)
    again = PUT.one_or_none(conn, ROW | {"at": later})
    assert (again.id, again.at, again.kind) == (first.id, later, "again")
    SET_AT.run(conn, {"wanted": ROW["name"], "at": MOMENT})
    SET_AT.run(conn, {"wanted": ROW["name"], "kind": "set", "flag": False})
    row = BY_NAME.one_or_none(conn, {"wanted": ROW["name"]})
    assert (row.at, row.kind, row.flag) == (MOMENT, "set", False)


def test_many_rows_and_columns_without_a_name(conn: Connection) -> None:
    east = MOMENT.astimezone(timezone(timedelta(hours=3)))
    for name in ("b", "a", "c"):
        ADD.run(conn, {"name": name, "at": east})
    SET_AT.run(conn, {"wanted": "c", "flag": False})
    assert [tuple(row) for row in ALL_LATER.all(conn, {"since": MOMENT})] == [
        ("a", "A"),
        ("b", "B"),
    ]
    with pytest.raises(sa.exc.MultipleResultsFound):
        ALL_LATER.one_or_none(conn, {"since": MOMENT})


def test_a_time_without_zone_is_refused(conn: Connection) -> None:
    with pytest.raises(ValueError):
        ADD.run(conn, {"name": "x", "at": datetime(2027, 1, 1)})  # noqa: DTZ001


def test_a_missing_parameter_is_refused(conn: Connection) -> None:
    with pytest.raises((KeyError, TypeError)):
        BY_NAME.all(conn, {})
    BY_NAME.all(conn, {"wanted": "x"})
    with pytest.raises((KeyError, TypeError)):
        BY_NAME.all(conn, {"other": "x"})


def test_failures_are_told_as_by_sqlalchemy_and_the_connection_goes_on(conn: Connection) -> None:
    ADD.run(conn, {"name": "x"})
    with pytest.raises(sa.exc.IntegrityError) as told, conn.begin_nested():
        ADD.run(conn, {"name": "x"})
    assert "x" not in (told.value.params or ())
    assert [row[1] for row in ordinary(conn)] == ["x"]


def test_it_begins_the_transaction_that_its_connection_ends(database: Database) -> None:
    with database.engine.connect() as connection:
        sample.create(connection)
        connection.commit()
        ADD.run(connection, {"name": "x"})
        assert connection.in_transaction()
        connection.rollback()
        assert ordinary(connection) == []
        connection.rollback()
        sample.drop(connection)
        connection.commit()


@pytest.mark.parametrize("listens_to", ["engine", "connection"])
def test_whoever_listens_sees_every_statement(conn: Connection, listens_to: str) -> None:
    ADD.run(conn, {"name": "unseen"})
    seen: list[str] = []

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    target: Any = conn.engine if listens_to == "engine" else conn
    sa.event.listen(target, "before_cursor_execute", note)
    ADD.run(conn, {"name": "seen"})
    row = BY_NAME.one_or_none(conn, {"wanted": "seen"})
    sa.event.remove(target, "before_cursor_execute", note)
    assert [text.split()[0] for text in seen] == ["INSERT", "SELECT"]
    assert (row.name, row.kind) == ("seen", "plain")
    ADD.run(conn, {"name": "unseen again"})
    assert len(seen) == 2


def test_a_list_of_unknown_length_is_refused(conn: Connection) -> None:
    listed = sa.select(sample).where(sample.c.name.in_(sa.bindparam("wanted", expanding=True)))
    with pytest.raises(TypeError):
        Hot(listed).all(conn, {"wanted": ["a"]})


def test_an_insert_that_would_return_its_key_unasked_is_refused(postgres_url: str) -> None:
    opened = open_database(postgres_url)
    with opened.engine.connect() as connection, pytest.raises(TypeError):
        Hot(sa.insert(sample)).run(connection, {"name": "a"})
    opened.close()


def test_a_lost_connection_takes_the_old_pool_with_it(postgres_url: str) -> None:
    opened, other = open_database(postgres_url), open_database(postgres_url)
    ping = Hot(sa.select(sa.literal(1).label("one")))
    runs: list[int] = []

    def fn(conn: Connection) -> int:
        runs.append(1)
        found: int = ping.one_or_none(conn, {}).one
        return found

    assert opened.write(fn) == 1
    assert other.read(kill_connections) >= 1
    with pytest.raises(sa.exc.OperationalError) as told, opened.engine.begin() as conn:
        fn(conn)
    assert told.value.connection_invalidated
    other.read(kill_connections)
    assert opened.write(fn) == 1
    opened.write(fn)
    assert other.read(kill_connections) == 1
    assert opened.read(fn) == 1
    assert len(runs) == 6
    opened.close()
    other.close()
