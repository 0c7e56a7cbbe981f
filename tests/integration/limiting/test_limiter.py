"""Counting who asks how often: in the database for all processes, or in the process's memory."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from limits.storage import MemoryStorage

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.limiting.limiter import Limit, Limiter, TooManyRequests
from saleor_loyalty_app.limiting.models import RequestCount
from saleor_loyalty_app.limiting.rates import rate_of
from saleor_loyalty_app.limiting.storage import DatabaseStorage

SPENDING = Limit("spending", rate_of("10/minute"))
READING = Limit("reading", rate_of("3/minute"))
#: The beginning of a slot of a minute.
START = 1_800_000_000.0
_count = table(RequestCount)


class Time:
    """The machine's time, stopped."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def storage(database: Database, time: Time) -> DatabaseStorage:
    return DatabaseStorage(database, clock=time)


@pytest.fixture
def limiter(storage: DatabaseStorage, time: Time) -> Limiter:
    return Limiter(storage, "secret", clock=time)


def let_in(limiter: Limiter, limit: Limit, who: str, times: int) -> int:
    """How many of `times` requests are let in."""
    count = 0
    for _ in range(times):
        try:
            limiter.require_room(limit, who)
        except TooManyRequests:
            continue
        count += 1
    return count


def test_as_many_as_the_rate_says_are_let_in(limiter: Limiter) -> None:
    assert let_in(limiter, SPENDING, "ayse", 15) == 10


def test_people_and_limits_are_counted_by_themselves(limiter: Limiter) -> None:
    assert let_in(limiter, READING, "ayse", 5) == 3
    assert let_in(limiter, READING, "john", 5) == 3
    assert let_in(limiter, SPENDING, "ayse", 5) == 5


def test_a_limit_that_is_off_lets_everybody_in(limiter: Limiter, database: Database) -> None:
    assert let_in(limiter, Limit("reading", None), "ayse", 50) == 50
    assert database.read(lambda conn: conn.execute(sa.select(_count)).all()) == []


def test_the_wait_that_is_told_is_long_enough(limiter: Limiter, time: Time) -> None:
    time.now += 20
    let_in(limiter, READING, "ayse", 3)
    with pytest.raises(TooManyRequests) as refusal:
        limiter.require_room(READING, "ayse")
    assert refusal.value.retry_after == 40
    time.now += refusal.value.retry_after + 0.1
    limiter.require_room(READING, "ayse")


def test_a_new_slot_does_not_let_in_twice_as_many(limiter: Limiter, time: Time) -> None:
    time.now += 59
    assert let_in(limiter, SPENDING, "ayse", 10) == 10
    time.now += 2
    assert let_in(limiter, SPENDING, "ayse", 10) <= 1
    time.now += 120
    assert let_in(limiter, SPENDING, "ayse", 12) == 10


def test_who_is_refused_again_costs_the_database_nothing(
    limiter: Limiter, database: Database
) -> None:
    let_in(limiter, READING, "ayse", 4)
    statements: list[str] = []
    for engine in {database.engine, database._read_engine}:
        sa.event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert let_in(limiter, READING, "ayse", 20) == 0
    assert statements == []


def test_processes_count_together(database: Database, database_url: str, time: Time) -> None:
    other = open_database(database_url, pool_size=2)
    try:
        limiters = [
            Limiter(DatabaseStorage(one, clock=time), "secret", clock=time)
            for one in (database, other)
        ]
        with ThreadPoolExecutor(8) as threads:
            found = list(
                threads.map(lambda n: let_in(limiters[n % 2], SPENDING, "ayse", 4), range(16))
            )
        assert sum(found) == 10
    finally:
        other.close()


def test_event_loop_and_threads_count_together(
    limiter: Limiter, database: Database, time: Time
) -> None:
    async def story() -> float:
        for _ in range(2):
            await limiter.require_room_async(READING, "ayse")
        assert let_in(limiter, READING, "ayse", 1) == 1
        with pytest.raises(TooManyRequests) as refusal:
            await limiter.require_room_async(READING, "ayse")
        with pytest.raises(TooManyRequests):
            limiter.require_room(READING, "ayse")
        await limiter.require_room_async(Limit("reading", None), "ayse")
        return refusal.value.retry_after or 0

    wait = asyncio.run(story())
    [row] = database.read(lambda conn: conn.execute(sa.select(_count)).all())
    assert row.hits == 3
    time.now += wait + 0.1
    asyncio.run(limiter.require_room_async(READING, "ayse"))


def test_of_many_at_once_on_event_loops_of_two_processes_no_more_are_let_in(
    database: Database, database_url: str, time: Time
) -> None:
    other = open_database(database_url, pool_size=2)

    async def story(limiter: Limiter) -> int:
        asked = (limiter.require_room_async(SPENDING, "ayse") for _ in range(15))
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert all(one is None or isinstance(one, TooManyRequests) for one in found)
        return found.count(None)

    limiters = [
        Limiter(DatabaseStorage(one, clock=time), "secret", clock=time) for one in (database, other)
    ]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda limiter: asyncio.run(story(limiter)), limiters))
    other.close()
    assert sum(found) == 10


def test_neither_address_nor_user_can_be_read_from_the_counters(
    limiter: Limiter, database: Database
) -> None:
    limiter.require_room(READING, "192.0.2.7")
    [row] = database.read(lambda conn: conn.execute(sa.select(_count)).all())
    assert "192.0.2.7" not in row.key
    other = Limiter(DatabaseStorage(database, clock=Time()), "another secret")
    other.require_room(READING, "192.0.2.7")
    assert len(database.read(lambda conn: conn.execute(sa.select(_count)).all())) == 2


def test_counters_at_which_nobody_looks_are_deleted(
    limiter: Limiter, storage: DatabaseStorage, time: Time
) -> None:
    limiter.require_room(READING, "ayse")
    limiter.require_room(READING, "john")
    time.now += 119
    assert storage.forget_expired() == 0
    time.now += 1
    assert storage.forget_expired() == 2


def test_a_fixed_counter_starts_anew_when_it_expires(storage: DatabaseStorage, time: Time) -> None:
    assert [storage.incr("key", 60), storage.incr("key", 60, 4)] == [1, 5]
    assert (storage.get("key"), storage.get_expiry("key")) == (5, START + 60)
    time.now += 60
    assert (storage.get("key"), storage.incr("key", 60)) == (0, 1)


def test_counters_can_be_forgotten(storage: DatabaseStorage, limiter: Limiter) -> None:
    assert storage.check()
    storage.incr("key", 60)
    storage.clear("key")
    assert storage.get("key") == 0
    storage.acquire_sliding_window_entry("window", 3, 60)
    storage.clear_sliding_window("window", 60)
    assert storage.get_sliding_window("window", 60)[2] == 0
    let_in(limiter, READING, "ayse", 1)
    assert storage.reset() == 1


def test_more_at_once_than_the_limit_is_never_let_in(storage: DatabaseStorage) -> None:
    assert not storage.acquire_sliding_window_entry("window", 3, 60, amount=4)


@pytest.fixture
def in_memory() -> Iterator[Limiter]:
    with time_machine.travel(START, tick=False):
        yield Limiter(MemoryStorage(), "secret")


def test_a_single_process_counts_in_its_memory(in_memory: Limiter) -> None:
    assert let_in(in_memory, READING, "ayse", 5) == 3
    with pytest.raises(TooManyRequests) as refusal:
        asyncio.run(in_memory.require_room_async(READING, "ayse"))
    assert refusal.value.retry_after == 60
