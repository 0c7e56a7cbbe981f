"""Reads on the event loop's own thread find what the usual way finds, and fall back on it."""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.glances import PAUSE, Line, Unready, numbered
from saleor_loyalty_app.db.hot import Hot
from tests.integration.test_database import kill_connections
from tests.integration.test_hot import ADD, ALL_LATER, BY_NAME, MOMENT, PUT, ROW, sample

SLOW = Hot(sa.select(sa.func.pg_sleep(sa.bindparam("seconds", type_=sa.Float)), sa.literal("late")))
WANTED = {"wanted": ROW["name"]}


class Usual:
    """Counts how often the usual way is taken."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        usual = database.read_async

        async def read_async(fn: Any) -> Any:
            self.times += 1
            return await usual(fn)

        monkeypatch.setattr(database, "read_async", read_async)


@pytest.fixture
def filled(database: Database) -> Iterator[Database]:
    """A database with the sample table and one row."""
    database.write(lambda conn: sample.create(conn))
    database.write(lambda conn: PUT.one_or_none(conn, ROW))
    yield database
    database.write(lambda conn: sample.drop(conn))


@pytest.fixture
def usual(filled: Database, monkeypatch: pytest.MonkeyPatch) -> Usual:
    return Usual(filled, monkeypatch)


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    """A PostgreSQL with the sample table and one row."""
    opened = open_database(postgres_url, pool_size=2)
    opened.write(lambda conn: sample.create(conn))
    opened.write(lambda conn: PUT.one_or_none(conn, ROW))
    yield opened
    opened.write(lambda conn: sample.drop(conn))
    opened.close()


def line_of(database: Database) -> Line:
    """The open line of a PostgreSQL."""
    glances: Any = database._glances
    line: Line = glances._line
    return line


def test_a_glance_finds_what_the_usual_way_finds(filled: Database, usual: Usual) -> None:
    found = asyncio.run(filled.glance_async(BY_NAME, WANTED))
    assert found == filled.read(lambda conn: BY_NAME.all(conn, WANTED))
    [row] = found
    assert row._asdict() == {**ROW, "id": row.id, "flag": True, "kind": "plain"}
    assert asyncio.run(filled.glance_async(BY_NAME, {"wanted": "nobody"})) == []
    assert usual.times == 0


def test_a_glance_sees_what_was_committed_before_it(filled: Database, usual: Usual) -> None:
    async def story() -> list[int]:
        seen = []
        for number in range(3):
            values = {"name": f"later {number}", "at": MOMENT}
            await filled.write_async(partial(ADD.run, values=values))
            seen.append(len(await filled.glance_async(ALL_LATER, {"since": MOMENT})))
        return seen

    assert asyncio.run(story()) == [2, 3, 4]
    assert usual.times == 0


def test_what_is_not_committed_is_not_seen_and_not_waited_for(
    filled: Database, usual: Usual
) -> None:
    def write(conn: Connection) -> int:
        ADD.run(conn, {"name": "open", "at": MOMENT})
        return len(asyncio.run(filled.glance_async(ALL_LATER, {"since": MOMENT})))

    assert filled.write(write) == 1
    assert usual.times == 0


def test_many_at_once_get_each_their_own(filled: Database) -> None:
    names = [f"name {number}" for number in range(40)]
    for name in names:
        filled.write(partial(ADD.run, values={"name": name, "at": MOMENT}))

    async def story() -> list[str]:
        asked = [filled.glance_async(BY_NAME, {"wanted": name}) for name in names]
        return [rows[0].name for rows in await asyncio.gather(*asked)]

    assert asyncio.run(story()) == names


def test_event_loops_of_several_threads_may_glance(filled: Database) -> None:
    found: list[Any] = []

    async def look() -> None:
        for _ in range(20):
            found.extend(await filled.glance_async(BY_NAME, WANTED))

    threads = [threading.Thread(target=lambda: asyncio.run(look())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.name for row in found] == [ROW["name"]] * 80


def test_failures_are_told_as_by_the_usual_way(filled: Database) -> None:
    gone = Hot(sa.select(sa.column("x")).select_from(sa.table("no_such_table")))
    for _ in range(2):
        with pytest.raises(sa.exc.DBAPIError):
            asyncio.run(filled.glance_async(gone, {}))
    assert len(asyncio.run(filled.glance_async(BY_NAME, WANTED))) == 1


def test_who_listens_to_statements_hears_of_glances(filled: Database) -> None:
    heard: list[str] = []

    def listen(_conn: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        heard.append(text)

    event.listen(filled._read_engine, "before_cursor_execute", listen)
    asyncio.run(filled.glance_async(BY_NAME, WANTED))
    event.remove(filled._read_engine, "before_cursor_execute", listen)
    assert [text for text in heard if "hot_sample" in text]


def test_after_a_restart_of_postgresql_a_glance_still_answers_and_the_line_comes_back(
    postgres: Database,
) -> None:
    async def story() -> tuple[Line, Line]:
        assert await postgres.glance_async(BY_NAME, WANTED)
        broken = line_of(postgres)
        await postgres.read_async(kill_connections)
        assert await postgres.glance_async(BY_NAME, WANTED)
        assert not broken.is_open
        await asyncio.sleep(PAUSE)
        assert await postgres.glance_async(BY_NAME, WANTED)
        return broken, line_of(postgres)

    broken, made = asyncio.run(story())
    assert made is not broken
    assert made.is_open


def test_who_waits_when_the_line_breaks_is_answered_the_usual_way(postgres: Database) -> None:
    async def story() -> list[Any]:
        await postgres.glance_async(BY_NAME, WANTED)
        line = line_of(postgres)
        late = asyncio.ensure_future(postgres.glance_async(SLOW, {"seconds": 0.3}))
        behind = asyncio.ensure_future(postgres.glance_async(BY_NAME, WANTED))
        await asyncio.sleep(0.05)
        line.close()
        return [(await late)[0][1], (await behind)[0].name]

    assert asyncio.run(story()) == ["late", ROW["name"]]


def test_a_line_that_somebody_stopped_waiting_for_is_given_up(postgres: Database) -> None:
    async def story() -> tuple[bool, str]:
        await postgres.glance_async(BY_NAME, WANTED)
        line = line_of(postgres)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await postgres.glance_async(SLOW, {"seconds": 5.0})
        return line.is_open, (await postgres.glance_async(BY_NAME, WANTED))[0].name

    assert asyncio.run(story()) == (False, ROW["name"])


def test_closing_the_database_ends_the_line_whoever_waits(postgres_url: str) -> None:
    opened = open_database(postgres_url, pool_size=2)

    async def story() -> None:
        await opened.glance_async(Hot(sa.select(sa.literal(1))), {})
        line = line_of(opened)
        waiting = asyncio.ensure_future(line.all(*slow_of(opened)))
        await asyncio.sleep(0.05)
        await asyncio.to_thread(opened.close)
        with pytest.raises(Unready):
            await waiting
        assert not line.is_open

    asyncio.run(story())


def slow_of(database: Database) -> tuple[Any, dict[str, Any]]:
    values = {"seconds": 30.0}
    return SLOW.prepared(database.engine.dialect, values), values


def test_parameters_are_numbered_as_they_come() -> None:
    text, names = numbered("SELECT %(b)s::INTEGER, '50 %%', %(a)s WHERE %(b)s = 1")
    assert text == "SELECT $1::INTEGER, '50 %', $2 WHERE $3 = 1"
    assert names == ("b", "a", "b")
