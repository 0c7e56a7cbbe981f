"""The storage that `limits` has not: counters of all processes in our own database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from saleor_loyalty_app.clock import Clock, system_clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.limiting.models import RequestCount

_count = table(RequestCount)
#: Windows are weighed in thousandths of a second, so that the database counts in whole numbers.
_MILLI = 1000
#: Slot of the counters that `incr` keeps, which expire by themselves instead of by slot.
_UNSLOTTED = -1


class DatabaseStorage(Storage, SlidingWindowCounterSupport):
    """Sliding windows of `limits` in the table `request_count`.

    A hit is one statement, decided under the row's lock: however many processes ask at once, none
    is let in beyond the limit. It is not waited for until it is safe on the disk, as a lost count
    harms nobody.

    Args:
        clock: the machine's, not one that demo and tests move for the program.
    """

    STORAGE_SCHEME = None

    def __init__(self, database: Database, *, clock: Clock = system_clock) -> None:
        super().__init__()
        self._database = database
        self._clock = clock

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """What a database that does not work raises."""
        return (DBAPIError, PoolTimeout)

    def acquire_sliding_window_entry(
        self, key: str, limit: int, expiry: int, amount: int = 1
    ) -> bool:
        """Counts `amount` hits if the window has room for them; False = it has not."""
        if amount > limit:
            return False
        values = self._hit_values(key, limit, expiry, amount)
        return bool(self._database.write_at_once(_HIT, values))

    async def acquire_async(self, key: str, limit: int, expiry: int) -> bool:
        """Counts one hit as `acquire_sliding_window_entry` does, for the event loop."""
        values = self._hit_values(key, limit, expiry, 1)
        return bool(await self._database.write_at_once_async(_HIT, values))

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Hits of the slot before and seconds for which they count; the same of this slot."""
        now = self._seconds()
        slot, left = _slot(now, expiry)
        query = sa.select(_count.c.slot, _count.c.hits).where(
            _count.c.key == key, _count.c.slot.in_([slot - 1, slot])
        )
        found = self._database.read(
            lambda conn: {row.slot: row.hits for row in conn.execute(query)}
        )
        before, seconds = found.get(slot - 1, 0), left / _MILLI
        return before, seconds if before else 0.0, found.get(slot, 0), seconds + expiry

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Forgets the hits of a key."""
        self.clear(key)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts `amount` hits in a counter that starts anew `expiry` seconds after its first."""
        now = _instant(self._seconds())
        fresh = _count.c.expires_at > now

        def count(conn: Connection) -> int:
            later = now + timedelta(seconds=expiry)
            counted = (
                _insert(conn)
                .values(key=key, slot=_UNSLOTTED, hits=amount, expires_at=later)
                .on_conflict_do_update(
                    index_elements=[_count.c.key, _count.c.slot],
                    set_={
                        "hits": sa.case((fresh, _count.c.hits + amount), else_=amount),
                        "expires_at": sa.case((fresh, _count.c.expires_at), else_=later),
                    },
                )
            )
            hits: int = conn.execute(counted.returning(*_unhurried(conn))).one()[0]
            return hits

        return self._database.write(count)

    def get(self, key: str) -> int:
        """The hits that `incr` counted."""
        row = self._counter(key)
        return row.hits if row is not None else 0

    def get_expiry(self, key: str) -> float:
        """When the counter of `incr` starts anew, in seconds since 1970."""
        row = self._counter(key)
        return self._seconds() if row is None else float(row.expires_at.timestamp())

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            self._database.read(lambda conn: conn.execute(sa.select(_count.c.key).limit(1)).first())
        except self.base_exceptions:
            return False
        return True

    def reset(self) -> int:
        """Forgets all hits; gives the number of counters."""
        return self._delete(sa.true())

    def clear(self, key: str) -> None:
        """Forgets the hits of a key."""
        self._delete(_count.c.key == key)

    def forget_expired(self) -> int:
        """Deletes counters at which nobody looks any more; gives their number."""
        return self._delete(_count.c.expires_at <= _instant(self._seconds()))

    def _hit_values(self, key: str, limit: int, expiry: int, amount: int) -> dict[str, Any]:
        slot, left = _slot(self._seconds(), expiry)
        return {
            "key": key,
            "slot": slot,
            "slot_before": slot - 1,
            "left": left,
            "window": expiry * _MILLI,
            "limit": limit,
            "amount": amount,
            "expires_at": _instant((slot + 2) * expiry),
        }

    def _seconds(self) -> float:
        return self._clock().timestamp()

    def _counter(self, key: str) -> sa.Row[*tuple[Any, ...]] | None:
        query = sa.select(_count.c.hits, _count.c.expires_at).where(
            _count.c.key == key,
            _count.c.slot == _UNSLOTTED,
            _count.c.expires_at > _instant(self._seconds()),
        )
        return self._database.read(lambda conn: conn.execute(query).one_or_none())

    def _delete(self, which: sa.ColumnElement[bool]) -> int:
        delete = sa.delete(_count).where(which).returning(_count.c.slot)
        return self._database.write(lambda conn: len(conn.execute(delete).all()))


def _slot(now: float, expiry: int) -> tuple[int, int]:
    """The slot of a time, and how many milliseconds of it are left."""
    at = int(now * _MILLI)
    length = expiry * _MILLI
    return at // length, length - at % length


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _hit(insert: Any, *returned: Any) -> Any:
    """The statement of a hit: it returns a row if there was room in the window."""
    before = (
        sa.select(_count.c.hits)
        .where(_count.c.key == sa.bindparam("key"), _count.c.slot == sa.bindparam("slot_before"))
        .correlate(None)
        .scalar_subquery()
    )
    # Hits of the slot before, by the share of it that the window still reaches; rounded down.
    carried = sa.func.coalesce(before, 0) * _number("left") // _number("window")
    amount, limit = _number("amount"), _number("limit")
    proposed = sa.select(
        sa.bindparam("key", type_=_count.c.key.type),
        _number("slot"),
        amount,
        sa.bindparam("expires_at", type_=_count.c.expires_at.type),
    ).where(carried + amount <= limit)
    return (
        insert.from_select(["key", "slot", "hits", "expires_at"], proposed)
        .on_conflict_do_update(
            index_elements=[_count.c.key, _count.c.slot],
            set_={"hits": _count.c.hits + amount},
            where=carried + _count.c.hits + amount <= limit,
        )
        .returning(_count.c.hits, *returned)
    )


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger)


#: On PostgreSQL the commit of what was counted does not wait for the disk.
_UNHURRIED = sa.func.set_config("synchronous_commit", "off", True)
_HIT = Hot(
    {
        "sqlite": _hit(sqlite.insert(_count)),
        "postgresql": _hit(postgresql.insert(_count), _UNHURRIED),
    }
)


def _insert(conn: Connection) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(_count) if conn.dialect.name == "sqlite" else postgresql.insert(_count)


def _unhurried(conn: Connection) -> tuple[Any, ...]:
    """What a count returns; see `_UNHURRIED`."""
    if conn.dialect.name == "sqlite":
        return (_count.c.hits,)
    return (_count.c.hits, _UNHURRIED)
