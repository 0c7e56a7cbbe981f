"""Who waits for an order to be booked is settled by its booking: both find the same redemption."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.redemption_uses import who_used
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.rewards import sightings, use_records
from saleor_loyalty_app.rewards.codes import voucher_name
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.checkout_snapshot import DiscountedLine, OrderWithCode
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS, NOW, live_store
from tests.order_samples import line, order, shopper
from tests.redemption_rows import make_ayse, make_redemption

CODES = ("mine", "other", "SUMMER", None)
NAMES = ("mine", "other", "Renamed by staff", None)


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


def as_asked(told: OrderSnapshot) -> OrderWithCode:
    """The same order, as it is asked for by whoever ends a redemption."""
    return OrderWithCode(
        id=told.id,
        status=told.status,
        checkout_id=told.checkout_id,
        voucher_code=told.voucher_code,
        redemption=told.redemption,
        discounts=told.discounts,
        lines=tuple(DiscountedLine(one.discounts) for one in told.lines),
    )


def discounts(form: str, name: str | None) -> dict[str, Any]:
    """The order's discount: a voucher's on the whole or on the lines only, or none."""
    if form == "on the lines":
        return {"lines": [line(discounts=[{"type": "VOUCHER"}])]}
    return {"discounts": [{"type": "VOUCHER", "name": name}] if form == "on the whole" else []}


def two_codes(conn: Connection, store: StoreRef, mine: str) -> dict[str, RedemptionRef]:
    """A code on its own checkout C1, and mine, which belongs elsewhere and was `mine` there."""
    member = make_ayse(conn, store)
    other = make_redemption(conn, store, member)
    made = make_redemption(conn, store, member, checkout_id=None, state="issued")
    if mine == "seen":
        sightings.note(conn, store.id, made.id, "C1", user_id="U1", foreign=False, now=NOW)
    return {"mine": made, "other": other}


@pytest.mark.parametrize("mine", ["seen", "unseen"])
@pytest.mark.parametrize("form", ["on the whole", "on the lines", "none"])
def test_what_is_waited_for_is_what_booking_finds(conn: Connection, mine: str, form: str) -> None:
    found = set()
    for code, name, tied in itertools.product(CODES, NAMES, ("mine", None)):
        with conn.begin_nested() as nested:
            store = live_store(conn)
            both = two_codes(conn, store, mine)
            ids = {key: one.public_id for key, one in both.items()}
            codes = {key: one.code for key, one in both.items()}
            told = order(
                user=shopper(),
                checkoutId="C1",
                voucherCode=codes.get(code or "", code),
                redemption=ids.get(tied or ""),
                **discounts(form, voucher_name(ids[name]) if name in ids else name),
            )
            expected = who_used(conn, store, as_asked(told))
            converge_order(conn, store, told, Look.read(NOW), now=NOW, secrets=KEYS)
            used = {key for key, one in both.items() if use_records.of_redemption(conn, one.id)}
            assert used == {key for key, one in both.items() if one.id == expected}, (code, name)
            found |= used or {"none"}
            nested.rollback()
    assert found == ({"none"} if form == "none" else {"mine", "other", "none"})


def test_a_draft_has_used_nothing_yet(conn: Connection) -> None:
    store = live_store(conn)
    made = make_redemption(conn, store, make_ayse(conn, store))
    discount: dict[str, Any] = {"discounts": [{"type": "VOUCHER", "name": None}]}
    for status, used in (("DRAFT", None), ("UNFULFILLED", made.id)):
        told = order(voucherCode=made.code, status=status, **discount)
        assert who_used(conn, store, as_asked(told)) == used
