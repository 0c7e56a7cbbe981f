"""Which orders were made with a redemption: for those the points wait."""

from dataclasses import replace

import pytest

from saleor_loyalty_app.flows.redemption_work import has_used
from saleor_loyalty_app.rewards.codes import new_public_id, voucher_name
from saleor_loyalty_app.saleor.checkout_snapshot import OrderWithCode, orders_with_code
from tests.unit.rewards.test_steps import PLAIN

MINE = replace(PLAIN, public_id=new_public_id(), code="MYCODE")
OWN, OTHER = voucher_name(MINE.public_id), voucher_name(new_public_id())


def order(code: str | None, *vouchers: str) -> OrderWithCode:
    discounts = [{"type": "VOUCHER", "name": name} for name in vouchers]
    data = {"id": "O", "status": "UNFULFILLED", "voucherCode": code, "discounts": discounts}
    [read] = orders_with_code({"byCode": {"edges": [{"node": data}]}})
    return read


@pytest.mark.parametrize(
    ("made", "used"),
    [
        (order("MYCODE", OWN), True),
        (order("MYCODE", ""), True),
        (order("OTHER", OWN), False),
        (order("mycode", OWN), False),
        (order(None, OWN), True),
        (order(None, OTHER), False),
        (order(None, "Summer sale"), True),
        (order(None, ""), True),
        (order(None), False),
        # The code was taken off while the order was made: it tells the code and took nothing.
        (order("MYCODE"), False),
    ],
)
def test_an_order_used_the_code_if_a_voucher_made_it_cheaper(
    made: OrderWithCode, used: bool
) -> None:
    assert has_used(made, MINE) is used
