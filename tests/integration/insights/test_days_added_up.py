"""Whatever is kept added up, the figures are those of the entries."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.insights import roll_up
from saleor_loyalty_app.insights.aging import aging_at, breakage_at
from saleor_loyalty_app.insights.days import month_after
from saleor_loyalty_app.insights.models import LedgerDay
from saleor_loyalty_app.insights.month import MonthRow, month_rows
from saleor_loyalty_app.insights.reading import count_active, holdings, sums
from saleor_loyalty_app.ledger import Account, Posted, RefundPolicy, RollForwardRow
from tests.integration.insights.ledger_store import TR, US, LedgerStore

BEGIN = datetime(2027, 5, 20, 12, tzinfo=UTC)
ISTANBUL = ZoneInfo("Europe/Istanbul")
HOUR = timedelta(hours=1)
DEEDS = ("earn", "redeem", "reverse", "debt", "adjust", "restore", "merge", "settle", "nothing")
PLACES = (US, TR)


class _Life:
    """Two members to whom things happen."""

    def __init__(self, conn: Connection) -> None:
        self.kept = LedgerStore(conn)
        self.accounts = [self.kept.books.account(), self.kept.books.account()]
        self.spent: list[Posted] = []
        self.now = BEGIN
        self.orders = 0

    def live(self, deed: str, who: int, amount: int, hours: int) -> None:
        self.now += hours * HOUR
        books, account = self.kept.books, self.accounts[who % len(self.accounts)]
        place = PLACES[amount % 2]
        if deed == "earn":
            self.orders += 1
            books.earn(
                account,
                amount,
                f"order:{self.orders}",
                now=self.now,
                expires_at=self.now + timedelta(days=amount),
                **place,
            )
        elif deed == "redeem":
            free = books.balance(account, self.now).available
            if free:
                self.spent.append(books.redeem(account, min(free, amount), now=self.now))
        elif deed in ("reverse", "debt"):
            policy = RefundPolicy.unlimited if deed == "debt" else RefundPolicy.within_balance
            books.reverse(
                account, amount, f"order:{1 + amount % max(1, self.orders)}", policy=policy,
                now=self.now, **place,
            )  # fmt: skip
        elif deed == "adjust":
            books.adjust(account, amount, now=self.now)
        elif deed == "restore" and self.spent:
            spent = self.spent.pop()
            books.restore(spent, -spent.amount, now=self.now)
        elif deed == "merge" and len(self.accounts) > 1:
            books.merge(self.accounts.pop(), self.accounts[0], now=self.now)
        elif deed == "settle":
            ledger.settle(self.kept.conn, account, now=self.now)


@given(
    deeds=st.lists(
        st.tuples(
            st.sampled_from(DEEDS), st.integers(0, 1), st.integers(1, 40), st.integers(0, 120)
        ),
        min_size=5,
        max_size=25,
    ),
    kept_days=st.integers(0, 120),
)
def test_figures_are_those_of_the_ledger_however_much_is_kept(
    sqlite_url: str, deeds: list[tuple[str, int, int, int]], kept_days: int
) -> None:
    engine = sa.create_engine(sqlite_url)
    with engine.connect() as conn:
        life = _Life(conn)
        for deed in deeds:
            life.live(*deed)
        _compare(life, kept_days)
    engine.dispose()


def _compare(life: _Life, kept_days: int) -> None:
    kept, conn = life.kept, life.kept.conn
    now = life.now + timedelta(days=2)
    kept.roll_up(now, until=BEGIN.date() + timedelta(days=kept_days))
    reading = kept.reading(now)
    month = date(2027, 5, 1)
    while month <= reading.today:
        expected = ledger.roll_forward(conn, kept.store.id, month, now, tz=ISTANBUL)
        found = month_rows(conn, reading, month, None)
        assert [_told(row) for row in found] == [_ledger(row) for row in expected]
        end = month_after(month)
        aging = aging_at(conn, reading, end)
        held = sum(holdings(conn, reading, end).values())
        assert sum(one.points for one in aging.by_age) - aging.owed == held
        assert sum(one.points for one in aging.by_expiry) - aging.owed == held
        month = end
    assert roll_up.drifts(conn, kept.store) == {}


def _told(row: MonthRow) -> tuple[object, ...]:
    return (*row.place, row.opening, row.issued, row.redeemed - row.restored, row.expired,
            row.reversed, row.adjusted, row.closing)  # fmt: skip


def _ledger(row: RollForwardRow) -> tuple[object, ...]:
    return (row.channel, row.currency, row.unit, row.opening, row.issued, row.redeemed,
            row.expired, row.reversed, row.adjusted, row.closing)  # fmt: skip


def test_a_day_is_kept_an_hour_after_it_is_over_by_the_clocks_of_the_store(
    kept: LedgerStore,
) -> None:
    account = kept.books.account()
    # 23:30 in Istanbul is still the 20th there, 00:30 is the 21st.
    kept.books.earn(account, 10, now=datetime(2027, 5, 20, 20, 30, tzinfo=UTC), **US)
    kept.books.earn(account, 5, now=datetime(2027, 5, 20, 21, 30, tzinfo=UTC), **US)
    assert kept.roll_up(datetime(2027, 5, 20, 21, 59, tzinfo=UTC)) == 0
    assert kept.roll_up(datetime(2027, 5, 20, 22, 0, tzinfo=UTC)) == 1
    reading = kept.reading(datetime(2027, 5, 20, 22, 0, tzinfo=UTC))
    days = sums(kept.conn, reading, "day", until=date(2027, 6, 1))
    assert days == {(date(2027, 5, 20),): 10, (date(2027, 5, 21),): 5}


def test_points_that_expire_at_this_very_moment_are_held_no_more(kept: LedgerStore) -> None:
    now = BEGIN + timedelta(days=2)
    account = kept.books.account()
    kept.books.earn(account, 2, now=BEGIN, expires_at=now, **US)
    seen = aging_at(kept.conn, kept.reading(now), date(2027, 6, 1))
    assert (seen.by_age, seen.by_expiry) == ((), ())


def test_points_that_came_in_at_this_very_moment_are_held(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 2, now=BEGIN, **US)
    seen = aging_at(kept.conn, kept.reading(BEGIN), date(2027, 6, 1))
    assert sum(one.points for one in seen.by_age) == 2


def test_members_are_counted_once_over_kept_days_and_younger_ones(kept: LedgerStore) -> None:
    first, second = kept.books.account(), kept.books.account()
    for day in range(3):
        kept.books.earn(first, 10, f"order:{day}", now=BEGIN + timedelta(days=day), **US)
    kept.books.earn(second, 10, "order:9", now=BEGIN, **US)
    now = BEGIN + timedelta(days=2, hours=1)
    kept.roll_up(now)
    reading = kept.reading(now)
    assert reading.kept_until == date(2027, 5, 22)
    assert count_active(kept.conn, reading, date(2027, 5, 20), date(2027, 5, 23)) == 2
    assert count_active(kept.conn, reading, date(2027, 5, 21), date(2027, 5, 23)) == 1
    assert count_active(kept.conn, reading, date(2027, 5, 22), date(2027, 5, 23)) == 1
    assert count_active(kept.conn, reading, date(2027, 5, 1), date(2027, 5, 20)) == 0


def test_a_store_that_moves_to_another_zone_is_added_up_anew(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 10, now=datetime(2027, 5, 20, 22, tzinfo=UTC), **US)
    now = BEGIN + timedelta(days=5)
    kept.roll_up(now)
    kept.move_to("America/New_York")
    assert roll_up.is_stale(kept.conn, kept.store)
    days = sums(kept.conn, kept.reading(now), "day", until=date(2027, 6, 1))
    assert days == {(date(2027, 5, 20),): 10}, "read from the entries until it is added up anew"
    roll_up.forget(kept.conn, kept.store.id)
    assert kept.roll_up(now) == 5
    assert kept.reading(now).younger == ()
    assert sums(kept.conn, kept.reading(now), "day", until=date(2027, 6, 1)) == days


def test_a_row_that_was_tampered_with_is_a_drift(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 10, now=BEGIN, **US)
    kept.roll_up(BEGIN + timedelta(days=3))
    assert roll_up.drifts(kept.conn, kept.store) == {}
    kept.conn.execute(sa.update(table(LedgerDay)).values(amount=11))
    assert list(roll_up.drifts(kept.conn, kept.store).values()) == [(10, 11)]


def test_only_one_of_two_processes_keeps_a_day(kept: LedgerStore) -> None:
    kept.books.earn(kept.books.account(), 10, now=BEGIN, **US)
    now = BEGIN + timedelta(days=3)
    added = roll_up.add_up(kept.conn, kept.store, now)
    assert added is not None
    assert roll_up.keep(kept.conn, kept.store, added, now)
    assert not roll_up.keep(kept.conn, kept.store, added, now)


def test_breakage_is_the_share_that_expired_of_what_was_decided(kept: LedgerStore) -> None:
    account: Account = kept.books.account()
    kept.books.earn(account, 30, "order:1", now=BEGIN, expires_at=BEGIN + timedelta(days=5), **US)
    kept.books.earn(account, 100, "order:2", now=BEGIN, **US)
    now = BEGIN + timedelta(days=6)
    ledger.settle(kept.conn, account, now=now)
    kept.books.redeem(account, 90, now=now)
    seen = breakage_at(kept.conn, kept.reading(now), date(2027, 6, 1))
    assert (seen.expired, seen.redeemed, seen.rate, seen.expected) == (30, 90, "0.2500", 2)
    before = breakage_at(kept.conn, kept.reading(now), date(2027, 5, 21))
    assert (before.expired, before.rate, before.expected) == (0, None, None)


def test_a_database_of_each_kind_counts_the_same_quarters(database: Database) -> None:
    with database.engine.begin() as conn:
        kept = LedgerStore(conn)
        kept.move_to("Asia/Kathmandu")
        # 18:14:59 UTC is one second before midnight in Kathmandu (+05:45).
        late = datetime(2027, 5, 20, 18, 14, 59, tzinfo=UTC)
        account = kept.books.account()
        kept.books.earn(account, 1, "order:1", now=late, **US)
        kept.books.earn(account, 2, "order:2", now=late + timedelta(seconds=1), **US)
        days = sums(conn, kept.reading(late + HOUR), "day", until=date(2027, 6, 1))
        assert days == {(date(2027, 5, 20),): 1, (date(2027, 5, 21),): 2}
