"""Orders are counted on the day they are paid, kept or not, and made anew when they come late."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_store import renew_orders
from saleor_loyalty_app.insights.orders import OrdersOf, Tally, orders_between
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from tests.factories import make_member
from tests.integration.insights.ledger_store import US, LedgerStore

PAID = datetime(2027, 5, 20, 12, tzinfo=UTC)
NOW = PAID + timedelta(days=40)


def pay(
    kept: LedgerStore, number: int, at: datetime, milli: int | None, member: int | None
) -> None:
    """An order that was paid."""
    kept.conn.execute(
        sa.insert(table(OrderState)).values(
            store_id=kept.store.id, order_id=f"T3JkZXI6{number}", number=str(number),
            status="FULFILLED", created_at=at, paid_at=at, member_id=member, total_milli=milli,
            withheld="", owner_changes=0, snapshot_hash="", open=False, deferred=False,
            origin="webhook", **US,
        )
    )  # fmt: skip


def enrolled(kept: LedgerStore, *, hold_out: bool = False) -> int:
    """A member."""
    made = make_member(kept.conn, kept.store.id)
    members = table(Member)
    kept.conn.execute(
        sa.update(members).where(members.c.id == made).values(enrolled_at=PAID, hold_out=hold_out)
    )
    return made


def of_may(kept: LedgerStore) -> OrdersOf:
    """The orders of May in dollars."""
    [found] = orders_between(kept.conn, kept.reading(NOW), date(2027, 5, 1), date(2027, 6, 1))
    return found


def sell(kept: LedgerStore) -> None:
    """Three orders: of a guest before there were points, of a member, of the control group."""
    kept.books.earn(kept.books.account(), 10, now=PAID, **US)
    pay(kept, 1, PAID - timedelta(days=10), 10_000, None)
    pay(kept, 2, PAID, 20_500, enrolled(kept))
    pay(kept, 3, PAID, None, enrolled(kept, hold_out=True))


EXPECTED = (Tally(3, 2, 30_500), Tally(1, 1, 20_500), Tally(1, 0, 0), Tally())


def told(orders: OrdersOf) -> tuple[Tally, ...]:
    return (orders.all, orders.of_members, orders.of_control, orders.with_points)


@pytest.mark.parametrize("days_kept", [0, 5, 60])
def test_the_same_orders_are_counted_whatever_is_kept(database: Database, days_kept: int) -> None:
    with database.engine.begin() as conn:
        kept = LedgerStore(conn)
        sell(kept)
        kept.roll_up(NOW, until=PAID.date() + timedelta(days=days_kept))
    renew_orders(database, kept.store_in(database))
    with database.engine.begin() as conn:
        assert told(of_may(kept.on(conn))) == EXPECTED


def test_an_order_that_comes_late_is_counted_once_its_day_is_made_anew(
    database: Database,
) -> None:
    with database.engine.begin() as conn:
        kept = LedgerStore(conn)
        sell(kept)
        kept.roll_up(NOW)
        pay(kept, 4, PAID, 1_000, None)
        assert of_may(kept).all.orders == 2, "the guest's day lies before the first points"
    store = kept.store_in(database)
    assert renew_orders(database, store) == 1
    assert renew_orders(database, store) == 0
    with database.engine.begin() as conn:
        assert of_may(kept.on(conn)).all == Tally(4, 3, 31_500)
