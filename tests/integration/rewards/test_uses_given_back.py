"""Points come back from orders that end, are refunded or are returned."""

# The fixtures are those of the file beside.
# ruff: noqa: F811

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.preview_refund import preview_refund
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.rewards.codes import voucher_name
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_member
from tests.integration.rewards.test_redemption_uses import (
    AYSE,
    _minutes,
    ayse,  # noqa: F401
    bought,
    conn,  # noqa: F401
    look,
    points,
    store,  # noqa: F401
    told,
    uses,
)
from tests.order_books import NOW, entries_of
from tests.order_samples import event, fulfillment, line, order, shopper, transaction
from tests.redemption_rows import again, make_redemption, release

_members = table(Member)


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED"])
def test_an_order_that_ends_gives_all_points_back(
    conn: Connection, store: StoreRef, ayse: int, status: str
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code))
    for _ in range(2):
        look(conn, store, bought(voucherCode=made.code, status=status))
    now = again(conn, made)
    assert (now.state, now.restored, now.restorings) == ("restored", 500, 1)
    assert points(conn, store, ayse) == (500, 0, 0)
    last = entries_of(conn, store)[-1]
    assert last.idempotency_key == f"redemption:{made.public_id}:restore:1"
    assert last.refers_to == now.redeem_entry_id
    assert last.reason == {"code": "points_restored", "order": "1", "why": status.lower()}
    [message] = told(conn, "points_restored")
    assert message["points"] == 500


def test_an_order_that_was_canceled_before_it_was_seen_spends_and_gives_back(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    assert again(conn, made).state == "restored"
    assert points(conn, store, ayse) == (500, 0, 0)


def test_refunds_in_cuts_give_back_the_floor_of_the_exact_share(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse, points=100)

    def refunded(*cuts: int) -> OrderSnapshot:
        events = [event("REFUND_SUCCESS", cut, 10 + n) for n, cut in enumerate(cuts)]
        payment = transaction(event("CHARGE_SUCCESS", 99, 1), *events)
        return bought_of(line(gross="99"), made, transactions=[payment])

    back = []
    for cuts in ((), (33,), (33, 33), (33, 33, 32), (33, 33, 32, 1)):
        look(conn, store, refunded(*cuts))
        back.append(again(conn, made).restored)
    assert back == [0, 33, 66, 98, 100]
    assert again(conn, made).restorings == 4


def test_a_returned_unit_gives_back_its_share(conn: Connection, store: StoreRef, ayse: int) -> None:
    made = make_redemption(conn, store, ayse, points=100)
    lines = (line("L1", 2, "60"), line("L2", 1, "30"))
    look(conn, store, bought_of(*lines, made))
    back = [fulfillment("RETURNED", 9, L1=1)]
    look(conn, store, bought_of(*lines, made, fulfillments=back))
    assert again(conn, made).restored == 33
    assert entries_of(conn, store)[-1].reason["why"] == "returned"


@pytest.mark.parametrize(("came_back", "restored"), [("PEN", 0), ("MUG", 500)])
def test_the_points_of_a_free_product_come_back_with_it_and_with_nothing_else(
    conn: Connection, store: StoreRef, ayse: int, came_back: str, restored: int
) -> None:
    terms = {"reward": "mug", "kind": "free_product", "variant": "SKU-MUG"}
    made = make_redemption(conn, store, ayse, terms=terms)
    lines = (line("MUG", 1, "0"), line("PEN", 1, "10"))
    look(conn, store, bought_of(*lines, made))
    back = bought_of(
        *lines, made, fulfillments=[fulfillment("RETURNED", 9, None, **{came_back: 1})]
    )
    units = {came_back: 1}
    before = preview_refund(conn, store, bought_of(*lines, made), units, now=NOW)
    look(conn, store, back)
    assert (before.restores, again(conn, made).restored) == (restored, restored)
    look(conn, store, bought_of(*lines, made, status="CANCELED"))
    assert points(conn, store, ayse) == (500, 0, 0)


def test_what_came_back_stays_when_a_refund_is_taken_back(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    look(conn, store, bought(voucherCode=made.code, status="UNFULFILLED"))
    assert again(conn, made).restored == 500
    assert points(conn, store, ayse) == (500, 0, 0)


def test_a_code_used_after_the_points_went_back_is_a_case_and_charges_nothing(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    release(conn, made)
    look(conn, store, bought(voucherCode=made.code))
    assert uses(conn, made) == {"O1": ("late", "open")}
    assert again(conn, made).state == "released"
    assert points(conn, store, ayse) == (500, 0, 0)
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    assert uses(conn, made) == {"O1": ("late", "settled")}
    assert points(conn, store, ayse) == (500, 0, 0)


def test_a_use_after_all_points_were_restored_is_late(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    look(conn, store, bought(1, voucherCode=made.code, status="CANCELED"))
    look(conn, store, bought(2, voucherCode=made.code))
    assert uses(conn, made)["O2"] == ("late", "open")
    assert points(conn, store, ayse) == (500, 0, 0)


def test_points_of_a_merged_member_are_spent_and_restored_by_the_one_that_is_left(
    conn: Connection, store: StoreRef, ayse: int
) -> None:
    made = make_redemption(conn, store, ayse)
    heir = make_member(conn, store.id, user_id="U2")

    def merge(now: datetime) -> None:
        ledger.merge_accounts(
            conn,
            store.id,
            ayse,
            heir,
            cause=ledger.Cause(f"member:{ayse}", "points", "test"),
            key=f"merge:{ayse}",
            now=now,
        )
        conn.execute(
            sa.update(_members).where(_members.c.id == ayse).values(merged_into=heir, user_id=None)
        )

    merge(NOW)
    look(conn, store, bought(voucherCode=made.code, user=shopper("U2", "heir@example.com")))
    assert uses(conn, made) == {"O1": ("first", "settled")}
    look(conn, store, bought(voucherCode=made.code, status="CANCELED"))
    assert points(conn, store, heir) == (500, 0, 0)
    assert points(conn, store, ayse) == (0, 0, 0)


def test_an_erased_member_gets_nothing_back(conn: Connection, store: StoreRef, ayse: int) -> None:
    made = make_redemption(conn, store, ayse)
    erase_member(conn, store, ayse, now=NOW)
    look(conn, store, bought(voucherCode=made.code, user=None, userEmail="ayse@example.com"))
    assert again(conn, made).state == "consumed"
    look(conn, store, bought(voucherCode=made.code, user=None, status="CANCELED"))
    assert points(conn, store, ayse) == (0, 0, 0)
    assert told(conn, "points_spent") == []


def bought_of(*parts: Any, **more: Any) -> OrderSnapshot:
    """An order of some lines with the code of a redemption, which comes last."""
    *lines, made = parts
    values: dict[str, Any] = {
        "voucherCode": made.code,
        "discounts": [{"type": "VOUCHER", "name": voucher_name(made.public_id)}],
        "user": AYSE,
        "checkoutId": "C1",
        "updated": next(_minutes),
    }
    return order(*lines, **(values | more))
