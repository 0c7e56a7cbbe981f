"""What shoppers and staff do with points in a store, and what books and store say of it then."""

import os
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Entry, Hold
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.rewards.models import RedemptionUse
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from tests.crash.spending_scene import HOLD, POINTS, Spending
from tests.order_books import Books

_entries, _holds = table(Entry), table(Hold)
_messages, _uses = table(OutboxMessage), table(RedemptionUse)


@dataclass(frozen=True)
class Told:
    """How a story ended: equal for equal outcomes, whatever died on the way.

    Redemptions go by what their request called them. `redemptions` has (state, reason, points back,
    whether the code was ended, state of the hold, uses); `entries` and `messages` count what was
    posted and told about them.
    """

    books: Books
    redemptions: dict[str, tuple[object, ...]]
    entries: Counter[tuple[str, str, int]]
    messages: Counter[tuple[str, str, int]]


def tell(spending: Spending) -> Told:
    """Points are spent, taken back, lost and restored in every way.

    The app may be killed at any time as long as somebody starts it again.
    """
    _bought_and_canceled(spending)
    _taken_back(spending)
    _refuse_the_worse(spending, "worse")
    _by_staff(spending)
    _left_to_the_sweep(spending)
    _out_of_time(spending)
    spending.redeemed(spending.cart(), key="stays")
    spending.until_settled()
    check_store(spending)
    spending.scene.check()
    return _told(spending)


def _bought_and_canceled(spending: Spending) -> None:
    cart = spending.cart()
    spending.redeemed(cart, key="bought")
    spending.pay(cart)
    order = spending.complete(cart)
    spending.until("bought", "consumed")
    spending.until_settled()
    spending.scene.do(lambda people: people.refund(order, Decimal("0.33")))
    spending.until_so("bought", lambda one: 0 < one.restored < POINTS, "partly restored")
    spending.until_settled()
    spending.scene.do(lambda people: people.cancel(order))
    spending.until_so("bought", lambda one: one.restored == POINTS, "restored")


def _taken_back(spending: Spending) -> None:
    """By the client; by the shopper on the checkout; off a stranger's checkout."""
    cart, other = spending.cart(), spending.cart(stranger=True)
    made = spending.redeemed(cart, key="undone")
    spending.put_code(other, made.code, stranger=True)
    spending.wait(lambda: spending.code_on(other) is None, "the stranger's cart has no code")
    assert spending.code_on(cart) == made.code
    _undo(spending, made)
    spending.until("undone", "released")
    made = spending.redeemed(cart, key="removed")
    spending.take_code(cart, made.code)
    spending.until("removed", "released")


def _undo(spending: Spending, made: RedemptionRef) -> None:
    answer = spending.shopper("DELETE", f"redemptions/{made.public_id}")
    assert answer.status_code in (200, 202), answer.text


def _refuse_the_worse(spending: Spending, key: str) -> None:
    """A promotion would be lost that gives more than the points."""
    box = spending.scene.service.box
    with box.lock:
        promotion = box.discounts.order_promotion(percentage=Decimal(10))
    answer = spending.redeem(spending.cart(), key=key)
    assert answer.status_code in (202, 409), answer.text
    assert answer.status_code == 202 or answer.json()["error"]["code"] == "worse_off"
    spending.until(key, "failed")
    answer = spending.redeem(_checkout(spending, key), key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "worse_off")
    with box.lock:
        promotion.end_date = spending.scene.now()


def _checkout(spending: Spending, key: str) -> str:
    found = spending.row(key)
    assert found is not None
    assert found.checkout_id is not None
    return found.checkout_id


def _by_staff(spending: Spending) -> None:
    """On a draft order, and as a code that the shopper brings along."""
    draft = spending.draft()
    answer = spending.staff({"order_id": draft}, key="drafted")
    assert answer.status_code in (201, 202), answer.text
    spending.until("drafted", "attached")
    spending.complete_draft(draft)
    spending.until("drafted", "consumed")
    answer = spending.staff({"channel": "default-channel"}, key="handed-out")
    assert answer.status_code in (201, 202), answer.text
    handed = spending.until("handed-out", "issued")
    cart = spending.cart()
    spending.put_code(cart, handed.code)
    spending.until("handed-out", "attached")
    spending.pay(cart)
    spending.complete(cart)
    spending.until("handed-out", "consumed")


def _left_to_the_sweep(spending: Spending) -> None:
    """The process of a request dies early in it, so that the sweep does all the rest."""
    cart = spending.cart()
    _kill_when_asked(spending, "VoucherCreate")
    spending.redeemed(cart, key="left")
    _kill_when_asked(spending, "CheckoutRemovePromoCode")
    made = spending.until("left", "attached")
    _undo(spending, made)
    spending.until("left", "released")
    for key, target in (
        ("left-draft", {"order_id": spending.draft()}),
        ("left-code", {"channel": "default-channel"}),
    ):
        _kill_when_asked(spending, "VoucherCreate")
        answer = spending.staff(target, key=key)
        assert answer.status_code in (201, 202), answer.text
    spending.until("left-draft", "attached")
    spending.until("left-code", "issued")
    _kill_when_asked(spending, "VoucherCreate")
    _refuse_the_worse(spending, "left-worse")


def _kill_when_asked(spending: Spending, operation: str) -> None:
    """Whoever serves is killed once, just before the store does this."""

    def before(asked: str) -> None:
        if asked == operation:
            spending.ear.before = lambda _operation: None
            supervisor = spending.scene.supervisor
            assert supervisor is not None
            os.kill(supervisor.process.pid, signal.SIGKILL)
            raise ConnectionAbortedError("who asked is dead")

    spending.ear.before = before


def _out_of_time(spending: Spending) -> None:
    """Carts and a draft are abandoned; one cart was paid, and is completed late."""
    abandoned, late = spending.cart(), spending.cart()
    spending.redeemed(abandoned, key="abandoned")
    spending.redeemed(late, key="late")
    spending.pay(late)
    spending.until_settled()
    spending.scene.move(HOLD + timedelta(minutes=1))
    spending.until("abandoned", "expired")
    spending.until("left-draft", "expired")
    spending.until_so("late", lambda one: one.ending == "expired" and one.is_live, "kept")
    spending.complete(late)
    spending.until("late", "consumed")


def _told(spending: Spending) -> Told:
    rows = spending.rows()
    names = {one.public_id: _name(one) for one in rows}

    def read(conn: sa.Connection) -> Told:
        holds = {row.id: row.state for row in conn.execute(sa.select(_holds))}
        uses: dict[int, list[tuple[str, str]]] = {one.id: [] for one in rows}
        for row in conn.execute(sa.select(_uses).order_by(_uses.c.id)):
            uses[row.redemption_id].append((row.kind, row.state))
        entries: Counter[tuple[str, str, int]] = Counter()
        for row in conn.execute(sa.select(_entries)):
            kind, _, whose = row.source.partition(":")
            if kind == "redemption":
                entries[names[whose], row.kind, row.amount] += 1
        messages: Counter[tuple[str, str, int]] = Counter()
        for row in conn.execute(sa.select(_messages)):
            if "redemption" in row.data:
                messages[names[row.data["redemption"]], row.kind, row.data["points"]] += 1
        found: dict[str, tuple[object, ...]] = {
            _name(one): (
                one.state,
                (one.reason or {}).get("code"),
                one.restored,
                one.code_ended_at is not None,
                holds[one.hold_id],
                tuple(uses[one.id]),
            )
            for one in rows
        }
        return Told(spending.scene.books(), found, entries, messages)

    return spending.scene.database.read(read)


def _name(one: RedemptionRef) -> str:
    return one.request_key.rpartition(":")[2]


def check_store(spending: Spending) -> None:
    """One voucher and one listing a redemption; what ended opens nothing and lies on no cart."""
    box, rows = spending.scene.service.box, spending.rows()
    with box.lock:
        now = box.clock.now()
        ours = [
            one for one in box.store.vouchers.values() if (one.name or "").startswith("Loyalty")
        ]
        assert sorted(str(one.name) for one in ours) == sorted(
            f"Loyalty {one.public_id}" for one in rows
        )
        on_carts = {cart.voucher_code for cart in box.store.checkouts.values()}
        for one in rows:
            code = box.store.voucher_codes[one.code]
            voucher: Any = code.voucher
            assert [code.code for code in voucher.codes] == [one.code]
            assert voucher.private_metadata["loyalty.redemption"] == one.public_id
            [listing] = voucher.listings.values()
            assert listing.discount_value == one.amount
            usable = code.is_active and voucher.end_date > now
            assert usable == one.is_live, (one.request_key, one.state)
            assert (one.code in on_carts) == (one.state == "attached"), one.request_key
