"""A store's books are recomputed from their rows: every night, and whenever staff ask."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.audit_counters import audit_decided, audit_rows
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.insights import audits, orders, roll_up
from saleor_loyalty_app.insights.audits import Audit
from saleor_loyalty_app.ledger.auditing import Drift
from saleor_loyalty_app.queue import Job, enqueue
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id

#: The key of the problem that the owner is told of.
DRIFT = "books-drift"
#: Who asks every night.
NIGHTLY = "system:audit"
#: Days of orders that are made anew at once.
PART = timedelta(days=31)
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class AuditWish:
    """A store whose books are to be recomputed, and the run that tells of it."""

    store_id: int
    run_id: int


AUDIT = Job("audit_store", AuditWish, attempts=2, first_delay=timedelta(seconds=30))


def ask_audit(conn: Connection, store: StoreRef, *, by: str, now: datetime) -> Audit:
    """Asks for an audit, run outside of this transaction; the one under way, if there is one."""
    run, is_new = audits.ask(conn, store.id, by=by, now=now)
    if is_new:
        enqueue(conn, AUDIT, AuditWish(store.id, run.id), dedup_key=f"{store.id}:{run.id}")
        staff_actions.note(
            conn, store.id, actor=by, kind="audit_asked", subject=f"audit:{run.id}", now=now
        )
    return run


def run_audit(database: Database, wish: AuditWish, *, clock: Clock) -> None:
    """Does an audit that was asked for; again after a crash. A store that is gone has none.

    Where what the program decided cannot be looked at, what is known to be wrong is told all the
    same; the run does not end, and is tried again.
    """
    store = database.read(lambda conn: store_by_id(conn, wish.store_id))
    if store is None or not database.write(
        lambda conn: audits.begin(conn, wish.store_id, wish.run_id, clock())
    ):
        return
    certain: list[Drift] = []

    def recompute(conn: Connection) -> list[Drift]:
        certain[:] = audit_rows(conn, store.id)
        return [*certain, *audit_decided(conn, store, now=clock())]

    try:
        drifts = database.read(recompute, snapshot=True)
    except Exception:
        if certain:
            database.write(lambda conn: tell_drifts(conn, store, certain, now=clock()))
        raise
    mend_days(database, store)
    database.write(lambda conn: note_drifts(conn, store, drifts, run_id=wish.run_id, now=clock()))


def note_drifts(
    conn: Connection, store: StoreRef, drifts: list[Drift], *, run_id: int | None, now: datetime
) -> None:
    """Keeps what an audit found; a drift is logged and told as a problem of its store.

    Args:
        run_id: the run that was asked for; None makes one of the night.
    """
    if run_id is None:
        run_id = audits.ask(conn, store.id, by=NIGHTLY, now=now)[0].id
        audits.forget_old(conn, store.id, now)
    found = [_told(drift) for drift in drifts[: audits.MOST_FOUND]]
    audits.finish(conn, store.id, run_id, drifts=len(drifts), found=found, now=now)
    if drifts:
        tell_drifts(conn, store, drifts, now=now)
    else:
        resolve_problem(conn, store.id, DRIFT, now)


def tell_drifts(conn: Connection, store: StoreRef, drifts: list[Drift], *, now: datetime) -> None:
    """Logs what is wrong and tells the owner of it."""
    for drift in drifts[:100]:
        _log.error(
            "books_drift",
            store_id=store.id,
            member_id=drift.member_id,
            unit=drift.unit,
            kind=drift.check,
        )
    report_words(conn, store, DRIFT, Words("problem.books_drift", {"count": len(drifts)}), now)


def mend_days(database: Database, store: StoreRef) -> int:
    """Compares the days that are kept added up with the entries; wrong ones are all made anew.

    Gives how many rows were wrong.
    """
    wrong = database.read(lambda conn: roll_up.drifts(conn, store), snapshot=True)
    renew_orders(database, store)
    if wrong:
        _log.error("days_drift", store_id=store.id, count=len(wrong))
        database.write(lambda conn: roll_up.forget(conn, store.id))
    return len(wrong)


def renew_orders(database: Database, store: StoreRef) -> int:
    """Makes the kept days of orders anew where orders came late or changed; gives how many parts.

    Read and written in parts of a month, so that no transaction is long.
    """
    tz = ZoneInfo(store.timezone)
    first, end = database.read(
        lambda conn: (orders.first_day(conn, store.id, tz), roll_up.kept_until(conn, store))
    )
    renewed = 0
    while first is not None and end is not None and first < end:
        part = (first, min(first + PART, end))
        cells = database.read(partial(_changed, store=store, part=part))
        if cells is not None:
            database.write(partial(_renew, store=store, part=part, cells=cells))
            renewed += 1
        first = part[1]
    return renewed


def _changed(
    conn: Connection, *, store: StoreRef, part: tuple[date, date]
) -> list[orders.Cell] | None:
    return orders.changed_orders(conn, store.id, *part, ZoneInfo(store.timezone))


def _renew(
    conn: Connection, *, store: StoreRef, part: tuple[date, date], cells: list[orders.Cell]
) -> None:
    orders.keep_orders(conn, store.id, *part, cells)


def _told(drift: Drift) -> dict[str, Any]:
    return {name: value for name, value in asdict(drift).items() if name != "store_id"}
