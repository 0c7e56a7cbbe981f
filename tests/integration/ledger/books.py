"""Short ways to keep books in the tests of the ledger."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account, BalanceView, Cause, Posted, RefundPolicy, Reversed
from tests.factories import make_member, make_store

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
END_OF_JUNE = datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC)
_numbers = itertools.count(1)


def cause(source: str = "order:1", **values: Any) -> Cause:
    defaults: dict[str, Any] = {
        "part": "points",
        "actor": "app",
        "channel": "us",
        "currency": "USD",
        "reason": {"code": "test"},
    }
    return Cause(source=source, **(defaults | values))


def new_key() -> str:
    return f"key:{next(_numbers)}"


class Books:
    """One store's books on an open connection; keys and causes are made up where not given."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn
        self.store_id = make_store(conn).id

    def account(self, unit: str = "points") -> Account:
        return Account(self.store_id, make_member(self.conn, self.store_id), unit)

    def earn(
        self,
        account: Account,
        amount: int,
        source: str = "order:1",
        *,
        now: datetime = NOW,
        pending: bool = False,
        available_from: datetime | None = None,
        expires_at: datetime | None = None,
        notice_required: bool = False,
        key: str | None = None,
        **values: Any,
    ) -> Posted:
        return ledger.earn(
            self.conn,
            account,
            amount,
            cause(source, **values),
            key=key or new_key(),
            now=now,
            effective_at=now,
            available_from=None if pending else available_from or now,
            expires_at=expires_at,
            notice_required=notice_required,
        )

    def reverse(
        self,
        account: Account,
        amount: int,
        source: str = "order:1",
        *,
        policy: RefundPolicy = RefundPolicy.within_balance,
        now: datetime = NOW,
        key: str | None = None,
        **values: Any,
    ) -> Reversed:
        """Takes back; what had been foretold of it came true."""
        why = cause(source, **values)
        foretold = ledger.would_reverse(
            self.conn, account, amount, source=source, part=why.part, now=now, policy=policy
        )
        done = ledger.reverse(
            self.conn,
            account,
            amount,
            why,
            key=key or new_key(),
            now=now,
            effective_at=now,
            policy=policy,
        )
        assert foretold == done.posted or not done.created
        return done

    def redeem(
        self, account: Account, amount: int, *, now: datetime = NOW, key: str | None = None
    ) -> Posted:
        return ledger.redeem(
            self.conn, account, amount, cause("redemption:1"), key=key or new_key(), now=now
        )

    def adjust(self, account: Account, amount: int, *, now: datetime = NOW) -> Posted:
        return ledger.adjust(
            self.conn,
            account,
            amount,
            cause("staff:1"),
            key=new_key(),
            now=now,
            effective_at=now,
        )

    def restore(
        self,
        spent: Posted,
        amount: int,
        *,
        now: datetime = NOW,
        key: str | None = None,
        account: Account | None = None,
    ) -> Posted:
        return ledger.restore(
            self.conn,
            self.store_id,
            redeem_entry_id=spent.entry_id,
            amount=amount,
            cause=cause("redemption:1"),
            key=key or new_key(),
            now=now,
            account=account,
        )

    def hold(
        self, account: Account, amount: int, *, now: datetime = NOW, key: str | None = None
    ) -> int:
        return ledger.place_hold(
            self.conn,
            account,
            amount,
            key=key or new_key(),
            source="redemption:1",
            deadline=now + DAY,
            now=now,
        ).hold_id

    def capture(
        self,
        hold_id: int,
        amount: int | None = None,
        *,
        now: datetime = NOW,
        key: str | None = None,
    ) -> Posted:
        return ledger.capture_hold(
            self.conn,
            self.store_id,
            hold_id,
            amount,
            cause("redemption:1"),
            key=key or new_key(),
            now=now,
        )

    def release(self, hold_id: int, *, now: datetime = NOW) -> ledger.Released:
        return ledger.release_hold(self.conn, self.store_id, hold_id, now=now)

    def transfer(
        self,
        source: str,
        giver: Account,
        taker: Account,
        *,
        now: datetime = NOW,
        key: str | None = None,
    ) -> ledger.Moved:
        return ledger.transfer(
            self.conn, source, giver, taker, cause=cause(source), key=key or new_key(), now=now
        )

    def merge(
        self, loser: Account, winner: Account, *, now: datetime = NOW, key: str | None = None
    ) -> dict[str, ledger.Moved]:
        return ledger.merge_accounts(
            self.conn,
            self.store_id,
            loser.member_id,
            winner.member_id,
            cause=cause(f"member:{loser.member_id}"),
            key=key or new_key(),
            now=now,
        )

    def balance(self, account: Account, now: datetime = NOW) -> BalanceView:
        return ledger.balance(self.conn, account, now=now)

    def shown(self, account: Account, now: datetime = NOW) -> tuple[int, int, int, int]:
        """available, pending, held, debt."""
        view = self.balance(account, now)
        return view.available, view.pending, view.held, view.debt

    def assert_no_drift(self) -> None:
        assert ledger.audit(self.conn) == []
