"""Whatever happens in whatever order, the ledger says what a simple model says."""

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.ledger import Account, RefundPolicy
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import InsufficientPoints, RestoreExceeded
from tests.integration.ledger.books import DAY, NOW, Books
from tests.integration.ledger.model import MONTH, Model, ModelLot

ACCOUNTS = st.integers(0, 2)
AMOUNTS = st.integers(1, 120)
#: Quarters of what is there; five are more than there is.
QUARTERS = st.sampled_from([1, 2, 4, 4, 5])
SOURCES = st.sampled_from(["order:1", "order:2", "order:3"])
PARTS = st.sampled_from(["points", "points", "campaign:1"])
CHANNELS = {"order:1": "us", "order:2": "tr", "order:3": "us"}
POLICIES = st.sampled_from(list(RefundPolicy))


class LedgerMachine(RuleBasedStateMachine):
    """Three members of one store; the clock only moves forward, a second with every rule."""

    holds = Bundle("holds")
    spendings = Bundle("spendings")

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.connection = database.engine.connect()
        self.transaction = self.connection.begin()
        self.books = Books(self.connection)
        self.account: list[Account] = [self.books.account() for _ in range(3)]
        self.model = Model(3, NOW)
        self.ticks = itertools.count(1)

    def teardown(self) -> None:
        store, now = self.books.store_id, self.model.now
        try:
            while ledger.settle_page(self.connection, store, now=now, limit=2):
                pass
            self.says_the_same()
            self.lots_say_the_same()
            assert ledger.audit(self.connection) == []
        finally:
            self.transaction.rollback()
            self.connection.close()

    @initialize(expiry_days=st.sampled_from([None, 20]), needs_notice=st.booleans())
    def everybody_has_points(self, expiry_days: int | None, needs_notice: bool) -> None:
        for account, source in enumerate(CHANNELS):
            self.earn(account, 50, source, "points", 0, expiry_days, needs_notice)

    def at(self) -> datetime:
        """The instant of this rule: a second after the last one."""
        self.model.now += timedelta(seconds=1)
        self.model.pass_time()
        return self.model.now

    @rule(days=st.sampled_from([1, 10, 29, 31, 60, 365]))
    def time_passes(self, days: int) -> None:
        self.model.now += days * DAY
        self.model.pass_time()

    @rule(
        account=ACCOUNTS,
        amount=AMOUNTS,
        source=SOURCES,
        part=PARTS,
        pending_days=st.sampled_from([None, 0, 0, 14]),
        expiry_days=st.sampled_from([None, -5, 20, 90]),
        needs_notice=st.booleans(),
    )
    def earn(
        self,
        account: int,
        amount: int,
        source: str,
        part: str,
        pending_days: int | None,
        expiry_days: int | None,
        needs_notice: bool,
    ) -> None:
        now = self.at()
        available = None if pending_days is None else now + pending_days * DAY
        expires = None if expiry_days is None else now + expiry_days * DAY
        self.books.earn(
            self.account[account],
            amount,
            source,
            part=part,
            channel=CHANNELS[source],
            now=now,
            pending=available is None,
            available_from=available,
            expires_at=expires,
            notice_required=needs_notice,
        )
        booked = None if expires is None else max(expires, now)
        self.model.bring_in(
            account,
            ModelLot(source, part, CHANNELS[source], amount, available, booked, now, needs_notice),
        )

    @rule(account=ACCOUNTS, amount=st.integers(-60, 60).filter(bool))
    def staff_adjusts(self, account: int, amount: int) -> None:
        now = self.at()
        if amount > 0:
            self.books.adjust(self.account[account], amount, now=now)
            lot = ModelLot("staff:1", "points", "us", amount, now, None, now, needs_notice=True)
            self.model.bring_in(account, lot)
        elif -amount > self.model.left(account):
            with pytest.raises(InsufficientPoints):
                self.books.adjust(self.account[account], amount, now=now)
        else:
            self.books.adjust(self.account[account], amount, now=now)
            lots = sorted(self.model.lots[account], key=lambda lot: (lot.pending(now), lot.order()))
            self.model.take(lots, -amount)

    @rule(account=ACCOUNTS, source=SOURCES, days=st.sampled_from([-1, 0, 5]))
    def availability_is_told(self, account: int, source: str, days: int) -> None:
        now = self.at()
        member = self.account[account].member_id
        ledger.set_availability(
            self.connection, self.books.store_id, member, source, now + days * DAY, now=now
        )
        for lot in self.model.lots[account]:
            if lot.source == source and lot.left and lot.pending(now):
                lot.available = now + days * DAY

    @rule(account=ACCOUNTS)
    def members_are_told_of_expiry(self, account: int) -> None:
        now = self.at()
        lot = sql.lot.c
        rows = self.connection.execute(
            sa.select(lot.id).where(lot.member_id == self.account[account].member_id)
        )
        told = ledger.record_notice(self.connection, rows.scalars().all(), now)
        dates = []
        for each in self.model.lots[account]:
            if each.left and each.expires is not None and each.noticed is None:
                probe = each.twin(1, each.expires)
                while probe.needs_notice and probe.expires and probe.expires < now + MONTH:
                    probe.noticed = None
                    probe.pass_time(probe.expires)
                each.expires, each.noticed = probe.expires, now
                dates.append(each.expires)
        assert sorted(told.values()) == sorted(dates, key=lambda date: date or now)

    @rule(
        account=ACCOUNTS,
        source=SOURCES,
        part=PARTS,
        amount=st.sampled_from([1, 20, 50, 50, 200]),
        policy=POLICIES,
    )
    def refund(
        self, account: int, source: str, part: str, amount: int, policy: RefundPolicy
    ) -> None:
        now = self.at()
        done = self.books.reverse(
            self.account[account],
            amount,
            source,
            part=part,
            channel=CHANNELS[source],
            policy=policy,
            now=now,
        )
        expected = self.model.reverse(account, source, part, CHANNELS[source], amount, policy.value)
        assert (done.posted, done.waived) == expected

    @rule(target=spendings, account=ACCOUNTS, quarters=QUARTERS)
    def spend(self, account: int, quarters: int) -> object:
        now = self.at()
        amount = max(1, self.model.available(account) * quarters // 4)
        if amount > self.model.available(account):
            with pytest.raises(InsufficientPoints):
                self.books.redeem(self.account[account], amount, now=now)
            return multiple()
        spent = self.books.redeem(self.account[account], amount, now=now)
        self.model.spend(account, amount, spent.entry_id)
        return spent

    @rule(target=holds, account=ACCOUNTS, quarters=QUARTERS)
    def hold(self, account: int, quarters: int) -> object:
        now = self.at()
        amount = max(1, self.model.available(account) * quarters // 4)
        if amount > self.model.available(account):
            with pytest.raises(InsufficientPoints):
                self.books.hold(self.account[account], amount, now=now)
            return multiple()
        number = self.books.hold(self.account[account], amount, now=now)
        self.model.hold(account, amount, number)
        return number

    @rule(target=spendings, hold=consumes(holds), share=st.integers(1, 4))
    def capture(self, hold: int, share: int) -> object:
        now = self.at()
        amount = max(1, self.model.holds[hold].amount * share // 4)
        spent = self.books.capture(hold, amount, now=now)
        self.model.end_hold(hold, amount, spent.entry_id)
        return spent

    @rule(hold=consumes(holds))
    def release(self, hold: int) -> None:
        now = self.at()
        self.books.release(hold, now=now)
        self.model.end_hold(hold, 0, None)

    @rule(spent=spendings, quarters=QUARTERS)
    def restore(self, spent: ledger.Posted, quarters: int) -> None:
        now = self.at()
        spending = self.model.spendings[spent.entry_id]
        target = self.account[spending.account]
        spent_still = sum(int(str(share[1])) for share in spending.shares)
        amount = max(1, spent_still * quarters // 4)
        if amount > spent_still:
            with pytest.raises(RestoreExceeded):
                self.books.restore(spent, amount, now=now, account=target)
            return
        self.books.restore(spent, amount, now=now, account=target)
        self.model.restore(spent.entry_id, amount)

    @rule(giver=ACCOUNTS, step=st.integers(1, 2), source=SOURCES)
    def order_changes_owner(self, giver: int, step: int, source: str) -> None:
        now = self.at()
        taker = (giver + step) % 3
        moved = self.books.transfer(source, self.account[giver], self.account[taker], now=now)
        assert moved.amount == self.model.transfer(source, giver, taker)

    @rule(loser=ACCOUNTS, step=st.integers(1, 2))
    def two_become_one(self, loser: int, step: int) -> None:
        now = self.at()
        winner = (loser + step) % 3
        moved = self.books.merge(self.account[loser], self.account[winner], now=now)
        expected = self.model.merge(loser, winner)
        assert sum(one.amount for one in moved.values()) == expected

    @rule(account=ACCOUNTS)
    def the_task_runs(self, account: int) -> None:
        ledger.settle(self.connection, self.account[account], now=self.model.now)

    def lots_say_the_same(self) -> None:
        """Where everything is posted, also the lots of each source and part agree."""
        lot = sql.lot.c
        for number, account in enumerate(self.account):
            rows = self.connection.execute(
                sa.select(lot.source, lot.part, lot.remaining).where(
                    lot.member_id == account.member_id, lot.remaining > 0
                )
            )
            found: Counter[tuple[str, str]] = Counter()
            for row in rows:
                found[row.source, row.part] += row.remaining
            expected: Counter[tuple[str, str]] = Counter()
            for each in self.model.lots[number]:
                expected[each.source, each.part] += each.left
            assert +found == +expected

    @invariant()
    def says_the_same(self) -> None:
        now = self.model.now
        for number, account in enumerate(self.account):
            view = ledger.balance(self.connection, account, now=now)
            assert view.available == self.model.available(number)
            assert view.available + view.pending == self.model.left(number)
            assert view.held == self.model.held(number)
            assert view.debt == self.model.debt(number)
            assert view.lifetime == self.model.lifetime[number]
            assert dict(view.expiring) == self.model.expiring(number)
        rows = ledger.roll_forward(self.connection, self.books.store_id, now.date(), now)
        assert {row.channel: row.closing for row in rows if row.closing} == self.model.by_channel()


@pytest.mark.timeout(3600)
def test_the_ledger_agrees_with_a_simple_model(
    database: Database, depth: Callable[[int, int], int]
) -> None:
    class OnThisDatabase(LedgerMachine):
        def __init__(self) -> None:
            super().__init__(database)

    run_state_machine_as_test(
        OnThisDatabase,
        settings=settings(max_examples=depth(25, 500), stateful_step_count=depth(30, 60)),
    )
