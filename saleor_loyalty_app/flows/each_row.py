"""Many rows in one transaction, each for itself: one that is broken keeps no other from its turn.

Rows are worked on together under a savepoint. Where that fails, nothing of it stays, and each is
worked on under a savepoint of its own. One that fails then is logged and told to the owner, and put
aside: others go before it until it is tried again.
"""

import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.faults import DATABASES_FAULT, ROWS_FAULT
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.stores import problems
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)
T = TypeVar("T")

#: A row that failed is tried again after so long, then twice as long, and so on.
RETRY = timedelta(seconds=60)
LONGEST_RETRY = timedelta(hours=1)
#: Failures of a page that are logged with where they came from: where all fail, it is one reason.
TRACED = 3
_PROBLEM = "rows-failed-"


@dataclass(frozen=True, slots=True)
class _Rest:
    tries: int
    until: datetime


class Aside:
    """The rows that failed, by kind of work and store; safe to use from any thread.

    It lives as long as its process. What a process forgets when it ends is in the tables as before,
    and tried once more at once by the next one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rests: dict[tuple[str, int], dict[Hashable, _Rest]] = {}

    def put(self, work: str, store_id: int, row: Hashable, now: datetime) -> None:
        """Lets a row rest that failed, longer each time."""
        with self._lock:
            rests = self._rests.setdefault((work, store_id), {})
            tries = rests[row].tries + 1 if row in rests else 1
            rests[row] = _Rest(tries, now + min(RETRY * 2 ** min(tries - 1, 10), LONGEST_RETRY))

    def drop(self, work: str, store_id: int, rows: Collection[Hashable]) -> None:
        """Forgets rows that failed before: they went well, or are not there any more."""
        with self._lock:
            rests = self._rests.get((work, store_id), {})
            for row in rows:
                rests.pop(row, None)

    def resting(self, work: str, store_id: int, now: datetime) -> frozenset[Hashable]:
        """The rows whose time has not come yet."""
        with self._lock:
            rests = self._rests.get((work, store_id), {})
            return frozenset(row for row, rest in rests.items() if rest.until > now)

    def known(self, work: str, store_id: int) -> frozenset[Hashable]:
        """All rows that failed when they were tried last."""
        with self._lock:
            return frozenset(self._rests.get((work, store_id), {}))


@dataclass(frozen=True, slots=True)
class EachRow:
    """One kind of work on the rows of a store, in one transaction.

    Attributes:
        work: its name in the log; `failed_rows.<work>` says to the owner what the rows are.
        aside: the rows that failed before.
    """

    conn: Connection
    store: StoreRef
    work: str
    aside: Aside
    now: datetime

    def ready(
        self, fetch: Callable[[int], Sequence[T]], limit: int, key: Callable[[T], Hashable]
    ) -> list[T]:
        """Up to `limit` rows to work on, as they come, without those that rest.

        What failed and is not among all rows that there are is forgotten.

        Args:
            fetch: gives so many rows at most, in their order.
            key: names a row.
        """
        most = limit + len(self.aside.known(self.work, self.store.id))
        found = fetch(most)
        gone = len(found) < most and self._forget_all_but({key(row) for row in found})
        resting = self.aside.resting(self.work, self.store.id, self.now)
        rows = [row for row in found if key(row) not in resting][:limit]
        if not rows and (gone or not found):
            # Where there are some, `do` says it, after all else that it locks.
            self._say()
        return rows

    def forget_all_but(self, there: Collection[Hashable]) -> None:
        """Forgets what failed and is not among all rows that there are."""
        if self._forget_all_but(there):
            self._say()

    def do(
        self,
        rows: Sequence[T],
        work: Callable[[Sequence[T]], object],
        key: Callable[[T], Hashable],
    ) -> list[T]:
        """Works on all rows; gives those that failed, of which nothing was written.

        The caller holds what the rows have in common, in its order: accounts before stocks.

        Raises:
            OperationalError and the like: that the database is away is no row's fault.
        """
        if not rows:
            return []
        failed = each_of(self.conn, self.store, self.work, rows, work, key)
        names = {key(row) for row in failed}
        well = [key(row) for row in rows if key(row) not in names]
        self.aside.drop(self.work, self.store.id, well)
        for name in names:
            self.aside.put(self.work, self.store.id, name, self.now)
        self._say()
        return failed

    def forget_all(self) -> None:
        """Forgets what failed, and what was told of it, here and by other processes: it is all
        begun anew, or is not worked on any more.
        """
        self._forget_all_but(())
        self._say()

    def _forget_all_but(self, there: Collection[Hashable]) -> bool:
        gone = self.aside.known(self.work, self.store.id).difference(there)
        self.aside.drop(self.work, self.store.id, gone)
        return bool(gone)

    def _say(self) -> None:
        count = len(self.aside.known(self.work, self.store.id))
        tell_of_rows(self.conn, self.store, self.work, count, now=self.now)


def each_of(
    conn: Connection,
    store: StoreRef,
    name: str,
    rows: Sequence[T],
    work: Callable[[Sequence[T]], object],
    key: Callable[[T], Hashable],
) -> list[T]:
    """Works on rows, together or else each by itself; gives those that failed, which are logged.

    Args:
        name: of the work, for the log; `key` names a row there.

    Raises:
        OperationalError and the like: that the database is away is no row's fault.
    """
    if not rows or _works(conn, store, name, rows, work, None):
        return []
    failed: list[T] = []
    for row in rows:
        alone = _Alone(str(key(row)), traced=len(failed) < TRACED)
        if not _works(conn, store, name, [row], work, alone):
            failed.append(row)
    return failed


@dataclass(frozen=True, slots=True)
class _Alone:
    """A row that is worked on by itself: how it is called, and whether its failure is traced."""

    name: str
    traced: bool


def _works(
    conn: Connection,
    store: StoreRef,
    name: str,
    rows: Sequence[T],
    work: Callable[[Sequence[T]], object],
    alone: _Alone | None,
) -> bool:
    """Whether all went well; else nothing of it stays. Without `alone` they are a page."""
    try:
        with conn.begin_nested():
            work(rows)
    except ROWS_FAULT as failure:
        if isinstance(failure, DATABASES_FAULT):
            raise
        code = type(failure).__name__
        if alone is None:
            logger.warning("page_failed", store_id=store.id, name=name, error_code=code)
        else:
            logger.error(
                "row_failed",
                store_id=store.id,
                name=name,
                row=alone.name,
                error_code=code,
                exc_info=alone.traced,
            )
        return False
    return True


def tell_of_rows(
    conn: Connection, store: StoreRef, work: str, count: int, *, now: datetime
) -> None:
    """Tells the owner how many rows of a kind of work failed and are tried again; 0 = none."""
    if count:
        what = Words(f"failed_rows.{work}")
        words = Words("problem.rows_failed", {"count": count, "what": what})
        problems.report_words(conn, store, problem_of(work), words, now)
    else:
        problems.resolve_problem(conn, store.id, problem_of(work), now)


def stores_told(conn: Connection, work: str) -> set[int]:
    """The stores whose owners are told of rows that failed."""
    return problems.stores_with(conn, problem_of(work))


def problem_of(work: str) -> str:
    """What the problem of a kind of work is kept by."""
    return f"{_PROBLEM}{work}"
