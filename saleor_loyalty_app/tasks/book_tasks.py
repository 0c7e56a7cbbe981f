"""Books: points expire on time, and every night it is proven that all adds up."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.ledger.auditing import Drift, audit
from saleor_loyalty_app.ledger.settling import settle_page
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.problems import report_problem, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Accounts that one transaction settles: it stays under 50 ms.
PAGE = 100
#: The key of the problem that the owner is told of.
DRIFT = "books-drift"
logger = log.get(__name__)


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("settle_accounts", timedelta(seconds=30), partial(settle_accounts, work)),
        Schedule("audit_books", timedelta(hours=24), partial(audit_books, work)),
    )


def settle_accounts(work: Background) -> bool:
    """Posts what expired, a page for each store."""
    now = work.clock()

    def settle(store: StoreRef) -> bool:
        settled = work.database.write(lambda conn: settle_page(conn, store.id, now=now, limit=PAGE))
        return settled >= PAGE

    return for_each_store("settle_accounts", work.active_stores(), settle)


def audit_books(work: Background) -> bool:
    """Recomputes all books; a drift is counted, logged and told as a problem of its store."""
    now = work.clock()
    drifts = work.database.read(audit, snapshot=True)
    metrics.drift.set(len(drifts))
    for store in work.all_stores():
        of_store = [drift for drift in drifts if drift.store_id == store.id]
        work.database.write(partial(_note_drift, store=store, drifts=of_store, now=now))
    return False


def _note_drift(conn: Connection, *, store: StoreRef, drifts: list[Drift], now: datetime) -> None:
    if not drifts:
        resolve_problem(conn, store.id, DRIFT, now)
        return
    for drift in drifts[:100]:
        logger.error(
            "books_drift",
            store_id=store.id,
            member_id=drift.member_id,
            unit=drift.unit,
            kind=drift.check,
        )
    message = translate("problem.books_drift", store.language, count=len(drifts))
    report_problem(conn, store.id, DRIFT, message, now)
