"""What of an order counts as spent: goods that were paid with money and kept."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.orders.counted import counted_of
from saleor_loyalty_app.orders.target import kept
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.order_samples import event, fulfillment, line, order, transaction

DAY = datetime(2026, 11, 20, tzinfo=UTC)


def spent(told: OrderSnapshot) -> Decimal:
    """In major units."""
    return Decimal(counted_of(told, kept(told), app_id="", paid_at=DAY).milli) / 1000


def look(*lines: Any, charged: Any, back: Any = 0, **more: Any) -> OrderSnapshot:
    events = [event("CHARGE_SUCCESS", charged, 1)]
    events += [event("REFUND_SUCCESS", back, 2)] if back else []
    return order(*lines, transactions=[transaction(*events)], **more)


def test_goods_count_without_shipping_and_without_what_went_back() -> None:
    goods = (line("A", 2, "60"), line("B", 1, "40"))
    returned = [fulfillment("RETURNED", 5, A=1)]
    assert spent(look(*goods, charged=110, shipping="10")) == 100
    assert spent(look(*goods, charged=110, shipping="10", back=20)) == 80
    assert spent(look(*goods, charged=110, shipping="10", back=30, fulfillments=returned)) == 70
    assert spent(look(*goods, charged=110, shipping="10", status="CANCELED")) == 0


def test_what_staff_add_to_a_paid_order_counts_once_it_is_paid() -> None:
    goods = (line("A", 1, "100"), line("B", 1, "900"))
    assert spent(look(*goods, charged=1000)) == 1000
    assert spent(look(*goods, charged=100)) == 100
    assert spent(look(*goods, charged=100, back=40)) == 60
    assert spent(look(*goods, charged=100, back=100)) == 0


prices = st.integers(1, 30_000).map(lambda n: Decimal(n) / 100)


@given(prices, prices, prices, st.fractions(0, 1, max_denominator=10), st.integers(0, 2))
def test_never_more_counts_than_the_money_that_stayed(
    first: Decimal, added: Decimal, shipping: Decimal, share: Any, lost: int
) -> None:
    charged = first + shipping
    back = (charged * share.numerator / share.denominator).quantize(Decimal("0.01"))
    sent_back = [fulfillment("RETURNED", 5, A=lost)] if lost else []
    goods = (line("A", 2, str(first)), line("B", 1, str(added)))
    told = look(
        *goods, charged=str(charged), back=back, shipping=str(shipping), fulfillments=sent_back
    )
    assert 0 <= spent(told) <= charged - back
