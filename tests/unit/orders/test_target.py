"""How many points an order should have, as things go back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.orders.plan import Award, AwardPlan, PlannedLine
from saleor_loyalty_app.orders.target import kept, kept_after, reduction, targets
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.order_samples import event, fulfillment, line, money, order, transaction

DAY = datetime(2026, 11, 20, tzinfo=UTC)
POINTS = ("points", "points")


def award(points: Fraction | int, unit: str = "points", part: str = "points") -> Award:
    return Award("base", unit, part, Fraction(points))


def plan(*lines: tuple[str, int, Fraction | int], for_order: Fraction | int = 0) -> AwardPlan:
    return AwardPlan(
        expires_from=DAY,
        lines=tuple(PlannedLine(id_, units, (award(points),)) for id_, units, points in lines),
        order=(award(for_order),) if for_order else (),
    )


def charged(total: str | int, *refunds: str | int) -> list[dict[str, object]]:
    return [
        transaction(
            event("CHARGE_SUCCESS", total, 1),
            *(event("REFUND_SUCCESS", cut, 10 + n) for n, cut in enumerate(refunds)),
        )
    ]


def points_of(program: AwardPlan, told: OrderSnapshot) -> int:
    return targets(program, kept(told))[POINTS]


def test_an_order_that_is_kept_has_all_its_points() -> None:
    told = order(line("A", 2, "60"), line("B", 1, "40"), transactions=charged(100))
    assert points_of(plan(("A", 2, 60), ("B", 1, 40), for_order=50), told) == 150


def test_a_returned_unit_loses_its_own_points() -> None:
    told = order(
        line("A", 3, "60"),
        line("B", 1, "40"),
        transactions=charged(100),
        fulfillments=[fulfillment("RETURNED", 5, A=1)],
    )
    assert points_of(plan(("A", 3, 60), ("B", 1, 400)), told) == 440


def test_money_back_for_a_returned_unit_takes_nothing_twice() -> None:
    told = order(
        line("A", 3, "60"),
        line("B", 1, "40"),
        transactions=charged(100, 20),
        fulfillments=[fulfillment("REFUNDED_AND_RETURNED", 5, A=1)],
    )
    assert points_of(plan(("A", 3, 60), ("B", 1, 40)), told) == 80


def test_money_beyond_the_lost_units_reduces_what_is_left_alike() -> None:
    told = order(
        line("A", 2, "60"),
        line("B", 1, "40"),
        transactions=charged(100, "44"),
        fulfillments=[fulfillment("RETURNED", 5, A=1)],
    )
    assert kept(told).factor == Fraction(4, 5)
    assert points_of(plan(("A", 2, 600), ("B", 1, 400)), told) == 560


def test_refunded_shipping_costs_no_points() -> None:
    told = order(
        line("A", 1, "90"),
        shipping="10",
        transactions=charged(100, 10),
        fulfillments=[fulfillment("REFUNDED", 5, shipping="10")],
    )
    assert points_of(plan(("A", 1, 90)), told) == 90


def test_a_granted_refund_of_shipping_costs_no_points() -> None:
    grant = {
        "id": "G1",
        "status": "SUCCESS",
        "amount": money(10),
        "shippingCostsIncluded": True,
        "lines": [],
    }
    told = order(
        line("A", 1, "90"), shipping="10", transactions=charged(100, 10), grantedRefunds=[grant]
    )
    assert points_of(plan(("A", 1, 90)), told) == 90
    failed = order(
        line("A", 1, "90"),
        shipping="10",
        transactions=charged(100, 10),
        grantedRefunds=[grant | {"status": "FAILURE"}],
    )
    assert points_of(plan(("A", 1, 90)), failed) == 80


def test_points_for_the_order_follow_the_share_that_is_kept() -> None:
    told = order(
        line("A", 1, "75"),
        line("B", 1, "25"),
        transactions=charged(100),
        fulfillments=[fulfillment("RETURNED", 5, B=1)],
    )
    assert points_of(plan(("A", 1, 0), for_order=100), told) == 75


def test_canceled_and_expired_orders_have_none() -> None:
    for status in ("CANCELED", "EXPIRED"):
        told = order(transactions=charged(100), status=status)
        assert targets(plan(("L1", 1, 100), for_order=9), kept(told)) == {POINTS: 0}


def test_a_gift_card_makes_every_price_smaller() -> None:
    told = order(line("A", 1, "100"), total={"gross": money(50), "net": money(50)})
    told = order(
        line("A", 1, "100"),
        total={"gross": money(50), "net": money(50)},
        transactions=charged(50, 25),
    )
    assert points_of(plan(("A", 1, 100)), told) == 50


def test_an_order_paid_by_gift_card_alone_scales_by_units() -> None:
    told = order(
        line("A", 4, "100"),
        total={"gross": money(0), "net": money(0)},
        fulfillments=[fulfillment("RETURNED", 5, A=1)],
    )
    assert points_of(plan(("A", 4, 100), for_order=100), told) == 150


def test_lines_that_left_the_order_have_no_points() -> None:
    told = order(line("A", 1, "60"), transactions=charged(60))
    assert points_of(plan(("A", 2, 100), ("B", 1, 40)), told) == 50


def test_units_and_parts_are_kept_apart_and_rounded_once_each() -> None:
    program = AwardPlan(
        expires_from=DAY,
        lines=(
            PlannedLine("A", 1, (award(Fraction(1, 2)), award(Fraction(1, 2), "status"))),
            PlannedLine("B", 1, (award(Fraction(1, 2)), award(1, "points", "referral"))),
        ),
    )
    told = order(line("A", 1, "50"), line("B", 1, "50"), transactions=charged(100))
    assert targets(program, kept(told)) == {
        ("points", "points"): 1,
        ("status", "points"): 0,
        ("points", "referral"): 1,
    }


def reasons(*looks: OrderSnapshot) -> list[str]:
    """Why each look takes points back, given the look before."""
    told, losses = [], None
    for look in looks:
        share = kept(look)
        told.append(reduction(look.status, share, losses))
        losses = share.losses()
    return told


def test_the_reason_of_a_reduction() -> None:
    assert reasons(order(status="CANCELED")) == ["canceled"]
    assert reasons(order(status="EXPIRED")) == ["expired"]
    assert reasons(order(fulfillments=[fulfillment("RETURNED", 5, L1=1)])) == ["returned"]
    assert reasons(order(transactions=charged(100, 10))) == ["refunded"]
    assert reasons(order(transactions=charged(100))) == ["changed"]


def test_the_reason_tells_what_this_look_changed() -> None:
    one, two = fulfillment("RETURNED", 5, A=1), fulfillment("RETURNED", 9, A=1)

    def look(*refunds: int, back: Sequence[dict[str, Any]] = (), **more: Any) -> OrderSnapshot:
        lines = [line("A", 3, "90"), line("B", 1, "10")]
        paid = charged(100, *refunds)
        return order(*lines, transactions=paid, fulfillments=list(back), **more)

    returned_first = [look(back=[one]), look(30, back=[one]), look(30, 5, back=[one])]
    assert reasons(*returned_first) == ["returned", "changed", "refunded"]
    refunded_first = [look(40), look(40, back=[one]), look(40, 25, back=[one, two])]
    assert reasons(*refunded_first) == ["refunded", "returned", "returned"]
    both = [look(), look(35, back=[one]), look(35, back=[one], status="CANCELED")]
    assert reasons(*both) == ["changed", "returned_and_refunded", "canceled"]


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
