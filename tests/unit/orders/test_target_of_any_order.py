"""What an order is worth holds for any refunds and edits of it."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.orders.target import kept, kept_after, targets
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.order_samples import fulfillment, line, order
from tests.unit.orders.test_target import charged, frozen, per_money, plan, points_of

cents = st.integers(min_value=1, max_value=20_000).map(lambda n: Decimal(n) / 100)


@st.composite
def shopping(draw: st.DrawFn) -> tuple[list[tuple[str, int, Decimal]], Decimal, list[Decimal]]:
    """Lines, shipping, and the cuts in which the whole total goes back."""
    lines = [
        (f"L{n}", draw(st.integers(1, 5)), draw(cents)) for n in range(draw(st.integers(1, 4)))
    ]
    shipping = draw(st.just(Decimal(0)) | cents)
    total = sum((price for _, _, price in lines), shipping)
    cuts = sorted(draw(st.lists(st.integers(0, int(total * 100)), max_size=5)))
    edges = [Decimal(0), *(Decimal(cut) / 100 for cut in cuts), total]
    return lines, shipping, [high - low for low, high in pairwise(edges) if high > low]


@given(shopping(), st.integers(1, 7), st.integers(0, 99))
def test_refunds_in_any_cut_only_reduce_and_end_at_nothing(
    bought: tuple[list[tuple[str, int, Decimal]], Decimal, list[Decimal]], rate: int, extra: int
) -> None:
    lines, shipping, cuts = bought
    program = plan(
        *((id_, units, Fraction(price) * rate / 3) for id_, units, price in lines), for_order=extra
    )
    total = sum((price for _, _, price in lines), shipping)
    seen = []
    for known in range(len(cuts) + 1):
        told = order(
            *(line(id_, units, str(price)) for id_, units, price in lines),
            shipping=str(shipping),
            transactions=charged(str(total), *map(str, cuts[:known])),
        )
        seen.append(points_of(program, told))
    assert seen == sorted(seen, reverse=True)
    assert seen[0] == int(
        sum((Fraction(price) * rate / 3 for _, _, price in lines), Fraction(extra))
    )
    assert seen[-1] == 0
    at_once = order(
        *(line(id_, units, str(price)) for id_, units, price in lines),
        shipping=str(shipping),
        transactions=charged(str(total), str(sum(cuts[:-1], Decimal(0)) or Decimal("0.00"))),
    )
    assert points_of(program, at_once) == seen[-2]


@given(
    returned=st.integers(0, 2),
    refunded=st.integers(0, 4),
    goodwill=st.integers(0, 30),
    price=st.integers(1, 90),
)
def test_what_a_refund_of_units_would_leave_is_what_it_then_leaves(
    returned: int, refunded: int, goodwill: int, price: int
) -> None:
    """Foretold from the order before, against the look at the order after."""
    goods = (line("A", 3, str(3 * price)), line("B", 1, "40"))
    total = 3 * price + 40
    back = [fulfillment("RETURNED", 5, A=returned)] if returned else []
    before = order(*goods, transactions=charged(total, goodwill), fulfillments=back)
    more = min(refunded, 3 - returned)
    further = [fulfillment("REFUNDED", 6, A=more)] if more else []
    after = order(
        *goods,
        transactions=charged(total, goodwill, *([price * more] if more else [])),
        fulfillments=[*back, *further],
    )
    foretold, seen = kept_after(before, {"A": refunded, "of another order": 5}), kept(after)
    if price * more + goodwill <= total:
        assert foretold == seen


edits = st.fixed_dictionaries(
    {
        "units": st.dictionaries(st.sampled_from(["L0", "L1", "L2"]), st.integers(0, 6)),
        "prices": st.dictionaries(st.sampled_from(["L0", "L1", "L2"]), cents),
        "added": st.none() | cents,
        "shipping": st.none() | cents,
        "paid": st.booleans(),
    }
)


@given(shopping(), edits, st.fractions(0, 1, max_denominator=20), st.data())
def test_however_an_order_is_edited_it_keeps_no_points_for_money_that_went_back(
    bought: tuple[list[tuple[str, int, Decimal]], Decimal, list[Decimal]],
    edit: dict[str, Any],
    share: Fraction,
    data: st.DataObject,
) -> None:
    """A point for each cent that was paid: never more points than cents that stayed."""
    lines, shipping, _ = bought
    total = sum((price for _, _, price in lines), shipping)
    then = order(
        *(line(id_, units, str(price)) for id_, units, price in lines),
        shipping=str(shipping),
        transactions=charged(str(total)),
    )
    by_line = frozen(
        per_money(
            plan(*((id_, units, Fraction(price) * 100) for id_, units, price in lines)),
            int(shipping * 100),
            "shipping",
        ),
        then,
    )
    by_order = frozen(per_money(plan(), int(total * 100), "order"), then)
    fixed = frozen(plan(for_order=1000), then)
    assert points_of(by_line, then) == points_of(by_order, then) == total * 100
    assert points_of(fixed, then) == 1000

    edited = []
    for id_, units, price in lines:
        quantity = edit["units"].get(id_, units)
        unit_price = edit["prices"].get(id_, price / units)
        if quantity:
            cost = (unit_price * quantity).quantize(Decimal("0.01"))
            edited.append(line(id_, quantity, str(cost)))
    if edit["added"] is not None:
        edited.append(line("ADDED", 2, str(edit["added"])))
    dispatch = shipping if edit["shipping"] is None else edit["shipping"]
    cost = sum((one["totalPrice"]["gross"]["amount"] for one in edited), dispatch)
    paid = max(total, cost) if edit["paid"] else total
    refund = (paid * share.numerator / share.denominator).quantize(Decimal("0.01"))
    lost = {
        one["id"]: data.draw(st.integers(0, one["quantity"]), label=one["id"]) for one in edited
    }
    lost = {id_: units for id_, units in lost.items() if units}

    def look(back: Decimal) -> OrderSnapshot:
        return order(
            *(edited or [line("NONE", 1, "0")]),
            shipping=str(dispatch),
            transactions=charged(str(paid), *([str(back)] if back else [])),
            fulfillments=[fulfillment("RETURNED", 5, None, **lost)] if lost else [],
        )

    stayed = (paid - refund) * 100
    for program in (by_line, by_order):
        assert 0 <= points_of(program, look(refund)) <= min(stayed, total * 100)
        assert points_of(program, look(refund)) <= points_of(program, look(Decimal(0)))
        assert points_of(program, look(paid)) == 0
    assert 0 <= points_of(fixed, look(refund)) <= points_of(fixed, look(Decimal(0))) <= 1000
    assert points_of(fixed, look(paid)) == 0


@given(shopping(), st.data())
def test_an_order_that_nobody_edits_scales_the_same_whether_or_not_its_cost_was_kept(
    bought: tuple[list[tuple[str, int, Decimal]], Decimal, list[Decimal]], data: st.DataObject
) -> None:
    lines, shipping, cuts = bought
    total = sum((price for _, _, price in lines), shipping)
    refunds = cuts[: data.draw(st.integers(0, len(cuts)))]
    lost = {id_: data.draw(st.integers(0, units)) for id_, units, _ in lines}
    told = order(
        *(line(id_, units, str(price)) for id_, units, price in lines),
        shipping=str(shipping),
        transactions=charged(str(total), *map(str, refunds)),
        fulfillments=[fulfillment("RETURNED", 5, None, **{id_: n for id_, n in lost.items() if n})],
    )
    old = plan(*((id_, units, Fraction(price) * 7) for id_, units, price in lines), for_order=99)
    assert targets(frozen(old, told), kept(told)) == targets(old, kept(told))
