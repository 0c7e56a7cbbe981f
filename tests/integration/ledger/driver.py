"""A driver that does random things to the books: for long runs and for several processes."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.ledger import Account, Posted, RefundPolicy
from saleor_loyalty_app.ledger import statements as sql
from saleor_loyalty_app.ledger.errors import InsufficientPoints, RestoreExceeded
from tests.integration.ledger.books import cause

WEIGHTS = {
    "earn": 30,
    "reverse": 14,
    "redeem": 12,
    "charge": 4,
    "hold": 8,
    "capture": 4,
    "release": 4,
    "restore": 5,
    "adjust": 4,
    "availability": 6,
    "notice": 2,
    "transfer": 5,
    "merge": 1,
    "settle": 2,
    "settle_page": 1,
    "repeat": 2,
}
CHANNELS = (("us", "USD"), ("tr", "TRY"))


class Driver:
    """Does operations on the given accounts, each at an instant later than the last one."""

    def __init__(
        self,
        name: str,
        accounts: list[Account],
        now: datetime,
        seed: int,
        *,
        weights: dict[str, int] | None = None,
        batch: int = 25,
    ) -> None:
        self.name = name
        self.accounts = accounts
        self.now = now
        self.random = random.Random(seed)
        self.weights = weights or WEIGHTS
        self.batch = batch
        self.done = 0
        self.happened: Counter[str] = Counter()
        self.holds: list[int] = []
        self.spent: list[tuple[Posted, Account]] = []
        self.last: tuple[Account, int, str, str] | None = None

    def run(self, database: Database, operations: int, *, pace: timedelta) -> None:
        """Does `operations`, up to a batch in a transaction, `pace` apart on average."""
        while operations > 0:
            size = min(operations, self.random.randint(1, self.batch))
            database.write(self._batch(size, pace))
            operations -= size

    def _batch(self, size: int, pace: timedelta) -> Callable[[Connection], None]:
        """Steps that can be run again from the beginning after a deadlock."""
        state, done, now = self.random.getstate(), self.done, self.now
        holds, spent, last = list(self.holds), list(self.spent), self.last

        def steps(conn: Connection) -> None:
            self.random.setstate(state)
            self.done, self.now = done, now
            self.holds, self.spent, self.last = list(holds), list(spent), last
            for _ in range(size):
                self.step(conn, pace)

        return steps

    def step(self, conn: Connection, pace: timedelta) -> None:
        """Does one operation; a refusal for want of points is a result like any other."""
        self.done += 1
        self.now += pace * self.random.uniform(0, 2)
        name = self.random.choices(list(self.weights), list(self.weights.values()))[0]
        try:
            getattr(self, name)(conn, self.random.choice(self.accounts))
            self.happened[name] += 1
        except (InsufficientPoints, RestoreExceeded):
            self.happened["refused"] += 1

    def key(self) -> str:
        return f"{self.name}:{self.done}"

    def source(self, account: Account) -> str:
        return f"order:{account.member_id}:{self.random.randint(1, 6)}"

    def cause(self, source: str) -> ledger.Cause:
        channel, currency = CHANNELS[len(source) % 2 ^ int(source[-1]) % 2]
        return cause(source, channel=channel, currency=currency)

    def earn(self, conn: Connection, account: Account) -> None:
        source, amount = self.source(account), self.random.randint(1, 500)
        self.last = (account, amount, source, self.key())
        self._earn(conn, *self.last)

    def _earn(self, conn: Connection, account: Account, amount: int, source: str, key: str) -> None:
        months = len(key) % 4 + int(key[-1]) % 9
        ledger.earn(
            conn,
            account,
            amount,
            self.cause(source),
            key=key,
            now=self.now,
            effective_at=self.now - timedelta(days=int(key[-1])),
            available_from=None if amount % 3 == 0 else self.now + timedelta(days=amount % 15),
            expires_at=None
            if amount % 7 == 0
            else ledger.end_of_month_after(self.now, months, UTC),
            notice_required=amount % 2 == 0,
        )

    def repeat(self, conn: Connection, account: Account) -> None:
        if self.last is not None:
            self._earn(conn, *self.last)

    def reverse(self, conn: Connection, account: Account) -> None:
        ledger.reverse(
            conn,
            account,
            self.random.randint(1, 600),
            self.cause(self.source(account)),
            key=self.key(),
            now=self.now,
            effective_at=self.now,
            policy=self.random.choice(list(RefundPolicy)),
        )

    def redeem(self, conn: Connection, account: Account) -> None:
        amount = self.random.randint(1, 400)
        spent = ledger.redeem(
            conn, account, amount, cause("redemption:1"), key=self.key(), now=self.now
        )
        self.spent.append((spent, account))

    def charge(self, conn: Connection, account: Account) -> None:
        amount = self.random.randint(1, 400)
        spent = ledger.charge(
            conn, account, amount, cause("redemption:3"), key=self.key(), now=self.now
        )
        self.spent.append((spent, account))

    def hold(self, conn: Connection, account: Account) -> None:
        placed = ledger.place_hold(
            conn,
            account,
            self.random.randint(1, 300),
            key=self.key(),
            source="redemption:2",
            deadline=self.now + timedelta(hours=1),
            now=self.now,
        )
        self.holds.append(placed.hold_id)

    def _some_hold(self) -> int | None:
        if not self.holds:
            return None
        return self.holds.pop(self.random.randrange(len(self.holds)))

    def capture(self, conn: Connection, account: Account) -> None:
        hold_id = self._some_hold()
        if hold_id is not None:
            held = conn.execute(
                sa.select(sql.hold.c.amount).where(sql.hold.c.id == hold_id)
            ).scalar_one()
            ledger.capture_hold(
                conn,
                account.store_id,
                hold_id,
                self.random.randint(1, held),
                cause("redemption:2"),
                key=self.key(),
                now=self.now,
            )

    def release(self, conn: Connection, account: Account) -> None:
        hold_id = self._some_hold()
        if hold_id is not None:
            ledger.release_hold(conn, account.store_id, hold_id, now=self.now)

    def restore(self, conn: Connection, account: Account) -> None:
        if self.spent:
            spent, target = self.random.choice(self.spent[-50:])
            ledger.restore(
                conn,
                account.store_id,
                redeem_entry_id=spent.entry_id,
                amount=self.random.randint(1, -spent.amount),
                cause=cause("redemption:1"),
                key=self.key(),
                now=self.now,
                account=target,
            )

    def adjust(self, conn: Connection, account: Account) -> None:
        ledger.adjust(
            conn,
            account,
            self.random.choice([-1, 1]) * self.random.randint(1, 100),
            self.cause("staff:1"),
            key=self.key(),
            now=self.now,
            effective_at=self.now,
        )

    def availability(self, conn: Connection, account: Account) -> None:
        ledger.set_availability(
            conn,
            account.store_id,
            account.member_id,
            self.source(account),
            self.now + timedelta(days=self.random.randint(-1, 10)),
            now=self.now,
        )

    def notice(self, conn: Connection, account: Account) -> None:
        lot = sql.lot.c
        ids = conn.execute(
            sa.select(lot.id).where(lot.member_id == account.member_id, lot.closed.is_(False))
        ).scalars()
        ledger.record_notice(conn, ids.all(), self.now)

    def transfer(self, conn: Connection, account: Account) -> None:
        taker = self.random.choice(self.accounts)
        if taker != account:
            ledger.transfer(
                conn,
                self.source(account),
                account,
                taker,
                cause=self.cause("staff:2"),
                key=self.key(),
                now=self.now,
            )

    def merge(self, conn: Connection, account: Account) -> None:
        winner = self.random.choice(self.accounts)
        if winner != account:
            ledger.merge_accounts(
                conn,
                account.store_id,
                account.member_id,
                winner.member_id,
                cause=cause(f"member:{account.member_id}"),
                key=self.key(),
                now=self.now,
            )

    def settle(self, conn: Connection, account: Account) -> None:
        ledger.settle(conn, account, now=self.now)

    def settle_page(self, conn: Connection, account: Account) -> None:
        ledger.settle_page(conn, account.store_id, now=self.now, limit=5)
