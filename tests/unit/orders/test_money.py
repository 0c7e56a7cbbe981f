"""What was paid, what went back, and when an order was first paid in full."""

from datetime import datetime
from decimal import Decimal

import pytest

from saleor_loyalty_app.orders.money import (
    charged_ever,
    is_consistent,
    money_back,
    paid_in_full_at,
    tender_share,
)
from tests.order_samples import at, event, line, money, order, paid, transaction


def instant(minutes: float) -> datetime:
    return datetime.fromisoformat(at(minutes))


def payment(
    *steps: dict[str, object], captured: str = "0", active: bool = True
) -> dict[str, object]:
    return {
        "id": "PAY1",
        "isActive": active,
        "created": at(1),
        "capturedAmount": money(captured),
        "total": money(100),
        "transactions": list(steps),
    }


def step(kind: str, amount: int, minutes: float, success: bool = True) -> dict[str, object]:
    return {
        "id": f"S-{kind}-{minutes}",
        "created": at(minutes),
        "kind": kind,
        "isSuccess": success,
        "amount": money(amount),
    }


def test_the_charge_that_reaches_the_total_is_the_payment() -> None:
    told = order(
        transactions=[
            transaction(event("CHARGE_SUCCESS", 60, 5), id_="TX1"),
            transaction(event("CHARGE_SUCCESS", 40, 3), id_="TX2"),
        ]
    )
    assert paid_in_full_at(told) == instant(5)


def test_a_partial_charge_pays_nothing() -> None:
    assert paid_in_full_at(order(transactions=[paid("99.99")])) is None


def test_a_refund_does_not_undo_the_payment() -> None:
    told = order(
        transactions=[
            transaction(event("CHARGE_SUCCESS", 100, 2), event("REFUND_SUCCESS", 100, 9)),
        ]
    )
    assert paid_in_full_at(told) == instant(2)


def test_granted_refunds_have_no_say_in_the_payment() -> None:
    grant = {"id": "G1", "status": "SUCCESS", "amount": money(50), "lines": []}
    assert paid_in_full_at(order(transactions=[paid(50)], grantedRefunds=[grant])) is None


def test_nothing_to_pay_is_paid_when_created() -> None:
    assert paid_in_full_at(order(line(gross="0"))) == instant(0)


def test_a_draft_is_never_paid() -> None:
    assert paid_in_full_at(order(transactions=[paid()], status="DRAFT")) is None


def test_a_charge_without_event_counts_from_the_transaction() -> None:
    silent = transaction(charged="100") | {"createdAt": at(4)}
    assert paid_in_full_at(order(transactions=[silent])) == instant(4)


def test_what_was_refunded_without_events_was_charged_once() -> None:
    silent = transaction(charged="30", refunded="70")
    told = order(transactions=[silent])
    assert (charged_ever(told), money_back(told)) == (Decimal(100), Decimal(70))


@pytest.mark.parametrize("kind", ["CAPTURE", "EXTERNAL"])
def test_payments_of_the_older_model_pay(kind: str) -> None:
    told = order(payments=[payment(step(kind, 100, 7), captured="100")], totalCharged=money(100))
    assert paid_in_full_at(told) == instant(7)


def test_captured_without_steps_pays_from_the_payment() -> None:
    told = order(payments=[payment(captured="100")], totalCharged=money(100))
    assert paid_in_full_at(told) == instant(1)


def test_failed_captures_pay_nothing() -> None:
    told = order(payments=[payment(step("CAPTURE", 100, 7, success=False))])
    assert paid_in_full_at(told) is None


def test_a_refund_of_the_older_model_is_money_back() -> None:
    told = order(
        payments=[
            payment(step("CAPTURE", 100, 2), step("REFUND", 30, 5), captured="70"),
        ]
    )
    assert (charged_ever(told), money_back(told)) == (Decimal(100), Decimal(30))


def test_reversed_refunds_are_no_money_back() -> None:
    told = order(
        transactions=[
            transaction(
                event("CHARGE_SUCCESS", 100, 2),
                event("REFUND_SUCCESS", 40, 5),
                event("REFUND_REVERSE", 40, 6),
            )
        ]
    )
    assert money_back(told) == 0


def test_charge_backs_are_money_back() -> None:
    told = order(
        transactions=[transaction(event("CHARGE_SUCCESS", 100, 2), event("CHARGE_BACK", 25, 5))]
    )
    assert money_back(told) == 25


def test_a_requested_refund_is_not_yet_money_back() -> None:
    asked = transaction(
        event("CHARGE_SUCCESS", 100, 2), event("REFUND_REQUEST", 40, 5), charged="60"
    )
    assert money_back(order(transactions=[asked])) == 0


def test_amounts_set_by_hand_do_not_count_twice() -> None:
    by_hand = transaction(
        event("CHARGE_SUCCESS", 100, 2),
        event("REFUND_SUCCESS", 10, 5),
        event("CHARGE_BACK", 10, 5, "E9"),
        charged="90",
        refunded="10",
    )
    assert money_back(order(transactions=[by_hand])) == 10


def test_what_was_charged_beyond_the_total_goes_back_for_free() -> None:
    told = order(
        transactions=[transaction(event("CHARGE_SUCCESS", 120, 2), event("REFUND_SUCCESS", 25, 5))]
    )
    assert money_back(told) == 5


def test_unknown_events_are_left_aside() -> None:
    told = order(
        transactions=[
            transaction(event("CHARGE_SUCCESS", 100, 2), event("SOMETHING_NEW", 77, 3)),
        ]
    )
    assert (charged_ever(told), money_back(told)) == (Decimal(100), Decimal(0))


def test_points_pay_as_far_as_they_were_charged_by_then() -> None:
    told = order(
        transactions=[
            transaction(
                event("CHARGE_SUCCESS", 40, 2), event("REFUND_SUCCESS", 15, 9), by="APP", id_="TX1"
            ),
            transaction(event("CHARGE_SUCCESS", 60, 3), by="OTHER", id_="TX2"),
        ]
    )
    assert tender_share(told, "APP", instant(3)) == (Decimal(40), Decimal(100))
    assert tender_share(told, "APP", instant(1)) == (Decimal(0), Decimal(100))
    assert tender_share(told, "APP", instant(10)) == (Decimal(25), Decimal(100))


def test_a_user_with_the_id_of_the_app_does_not_pay_with_points() -> None:
    spoofed = transaction(event("CHARGE_SUCCESS", 100, 2))
    spoofed["createdBy"] = {"__typename": "User", "id": "APP"}
    assert tender_share(order(transactions=[spoofed]), "APP", instant(3))[0] == 0


def test_totals_that_contradict_the_transactions_are_torn() -> None:
    assert is_consistent(order(transactions=[paid()]))
    assert not is_consistent(order(transactions=[paid()], totalCharged=money(50)))
    assert not is_consistent(order(transactions=[paid()], totalRefunded=money(50)))


@pytest.mark.parametrize(("active", "charged"), [(True, "100"), (False, "100"), (False, "0")])
def test_older_payments_may_or_may_not_be_in_the_total(active: bool, charged: str) -> None:
    told = order(payments=[payment(captured="100", active=active)], totalCharged=money(charged))
    assert is_consistent(told)


def test_a_total_that_no_payment_explains_is_torn() -> None:
    assert not is_consistent(order(payments=[payment(captured="100")], totalCharged=money(33)))
