"""How many points an order should have, as things go back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.plan import Award, AwardPlan, PlannedLine
from saleor_loyalty_app.orders.target import kept, reduction, targets
from saleor_loyalty_app.orders.worth import worth_of
from saleor_loyalty_app.programs.document import Settings
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


def frozen(program: AwardPlan, then: OrderSnapshot) -> AwardPlan:
    """The plan with what the order cost when it was paid; shipping earns, too."""
    settings = Settings(earn_on_shipping=True)
    facts = facts_of(then, settings, app_id="", paid_at=DAY)
    return replace(program, worth=worth_of(then, facts, settings))


def per_money(program: AwardPlan, points: int, of: str) -> AwardPlan:
    """The plan with points that were given on the money of the order, or of its shipping."""
    reason = {"code": "points_per_money", "of": of, "rate": {"points": 1, "money": "1"}}
    more = Award("base", "points", "points", Fraction(points), reason)
    return replace(program, order=(*program.order, more))


def test_a_line_that_staff_take_off_a_paid_order_takes_its_share_of_the_orders_points() -> None:
    small, large = line("A", 1, "100"), line("B", 1, "900")
    bonus = frozen(plan(for_order=500), order(small, large, transactions=charged(1000)))
    assert points_of(bonus, order(small, transactions=charged(1000, 900))) == 50
    assert points_of(bonus, order(small, transactions=charged(1000))) == 50
    # A line taken in its place, at the same price, keeps the order's value.
    swapped = order(small, line("C", 1, "900"), transactions=charged(1000))
    assert points_of(bonus, swapped) == 500


def test_a_line_whose_price_staff_lower_keeps_the_points_of_what_is_still_paid() -> None:
    bought = order(line("A", 1, "100"), transactions=charged(100))
    program = frozen(plan(("A", 1, 100)), bought)
    lowered = line("A", 1, "50")
    assert points_of(program, order(lowered, transactions=charged(100))) == 50
    assert points_of(program, order(lowered, transactions=charged(100, 50))) == 50
    assert points_of(program, order(lowered, transactions=charged(100, 80))) == 20
    assert points_of(program, order(lowered, transactions=charged(100, 100))) == 0
    # The same plan from before the price was kept with it.
    assert points_of(plan(("A", 1, 100)), order(lowered, transactions=charged(100, 50))) == 100


def test_what_is_added_to_a_paid_order_earns_nothing_and_hides_no_refund() -> None:
    first, added = line("A", 1, "100"), line("B", 1, "900")
    program = frozen(plan(("A", 1, 100), for_order=10), order(first, transactions=charged(100)))
    assert points_of(program, order(first, added, transactions=charged(100))) == 110
    assert points_of(program, order(first, added, transactions=charged(100, 40))) == 66
    assert points_of(program, order(first, added, transactions=charged(100, 100))) == 0
    dearer = line("A", 1, "200")
    assert points_of(program, order(dearer, transactions=charged(200))) == 110
    assert points_of(program, order(dearer, transactions=charged(200, 100))) == 110
    sent_back = order(
        first,
        added,
        transactions=charged(1000, 900),
        fulfillments=[fulfillment("REFUNDED_AND_RETURNED", 5, B=1)],
    )
    assert points_of(program, sent_back) == 110


def test_points_on_shipping_go_with_shipping_and_those_on_goods_with_goods() -> None:
    def look(*refunds: int, **more: Any) -> OrderSnapshot:
        return order(line("A", 1, "90"), shipping="10", transactions=charged(100, *refunds), **more)

    program = frozen(per_money(plan(("A", 1, 90)), 10, "shipping"), look())
    shipping = fulfillment("REFUNDED", 5, shipping="10")
    goods = fulfillment("REFUNDED_AND_RETURNED", 5, A=1)
    assert points_of(program, look(fulfillments=[])) == 100
    assert points_of(program, look(10, fulfillments=[shipping])) == 90
    assert points_of(program, look(90, fulfillments=[goods])) == 10
    assert points_of(program, look(100, fulfillments=[goods, shipping])) == 0
    assert points_of(program, look(95)) == 5
    assert points_of(program, look(100)) == 0
    on_order = frozen(per_money(plan(), 100, "order"), look())
    assert points_of(on_order, look(10, fulfillments=[shipping])) == 90
    assert points_of(on_order, look(90, fulfillments=[goods])) == 10
    assert points_of(on_order, look(status="CANCELED")) == 0


def test_points_on_an_orders_money_leave_gift_cards_out_when_goods_come_back() -> None:
    card, goods = line("G", 1, "900", kind="GIFT_CARD"), line("A", 1, "100")
    bought = order(card, goods, transactions=charged(1000))
    back = order(
        card,
        goods,
        transactions=charged(1000, 100),
        fulfillments=[fulfillment("REFUNDED_AND_RETURNED", 5, A=1)],
    )
    assert points_of(frozen(per_money(plan(), 100, "order"), bought), back) == 0
    # Fixed points of the order follow the value of all that was bought.
    assert points_of(frozen(plan(for_order=100), bought), back) == 90


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
