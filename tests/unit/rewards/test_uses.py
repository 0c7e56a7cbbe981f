"""Which redemption an order used, and what all uses of a code are together."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.rewards.codes import new_public_id, public_id_of_voucher, voucher_name
from saleor_loyalty_app.rewards.restoring import lost_points, share_of, share_text, to_restore
from saleor_loyalty_app.rewards.uses import (
    Candidate,
    OrderMark,
    Use,
    bearer_of,
    changed,
    chargeable,
    choices,
    late,
    mark_of,
    settle,
    used_by,
)
from tests.order_samples import line, order

OURS, OTHER = "rd_fe30f57c63469c7936c8990b", "rd_36e92fdb87bcce32f7efc014"
ALL, NOTHING = Fraction(1), Fraction(0)


def mark(**values: Any) -> OrderMark:
    told: dict[str, Any] = {
        "order_id": "O1",
        "checkout_id": "C1",
        "voucher_code": "",
        "has_voucher": True,
        "named": frozenset(),
        "tied": "",
    }
    return OrderMark(**(told | values))


def candidate(id_: int = 1, **values: Any) -> Candidate:
    told: dict[str, Any] = {
        "redemption_id": id_,
        "public_id": OURS if id_ == 1 else OTHER,
        "code": f"CODE{id_}",
        "is_live": True,
        "bound": False,
        "sighted": False,
    }
    return Candidate(**(told | values))


def use(order: str = "O1", **values: Any) -> Use:
    told: dict[str, Any] = {
        "by_stranger": False,
        "kept": ALL,
        "kind": "second",
        "state": "settled",
    }
    return Use(order, **(told | values))


def kinds(*uses: Use) -> dict[str, tuple[str, str]]:
    return {id_: (one.kind, one.state) for id_, one in settle(uses).items()}


def test_an_order_is_read_for_its_code_its_discounts_and_what_travelled_along() -> None:
    told = order(
        voucherCode="ABC",
        redemption=OURS,
        checkoutId="C1",
        discounts=[
            {"type": "VOUCHER", "name": voucher_name(OTHER)},
            {"type": "ORDER_PROMOTION", "name": voucher_name(OURS)},
        ],
    )
    found = mark_of(told)
    assert found == mark(voucher_code="ABC", named=frozenset({OTHER}), tied=OURS)
    assert found.public_ids == {OURS, OTHER}
    assert not mark_of(order()).has_voucher
    assert mark_of(order(line(discounts=[{"type": "VOUCHER"}]))).has_voucher


@pytest.mark.parametrize("name", ["Loyalty reward", "", f" {voucher_name(OURS)}", "Loyalty rd_1"])
def test_vouchers_of_others_are_not_ours(name: str) -> None:
    assert public_id_of_voucher(name) is None
    assert public_id_of_voucher(voucher_name(OURS)) == OURS


def test_an_order_that_tells_a_code_used_that_one_wherever_it_came_from() -> None:
    both = [candidate(1, bound=True), candidate(2)]
    assert used_by(mark(voucher_code="CODE2"), both) == 2
    assert used_by(mark(voucher_code="code2"), both) is None
    assert used_by(mark(voucher_code="SUMMER", named=frozenset({OURS})), both) is None


def test_a_code_without_a_discount_used_nothing() -> None:
    """Taken off while the checkout was completed, it stays on an order of the full price."""
    there = [candidate(1, bound=True)]
    assert used_by(mark(voucher_code="CODE1", has_voucher=False), there) is None
    assert used_by(mark(has_voucher=False, tied=OURS), there) is None


def test_a_discount_without_a_code_is_known_by_its_name() -> None:
    both = [candidate(1, bound=True), candidate(2)]
    assert used_by(mark(named=frozenset({OTHER})), both) == 2
    assert used_by(mark(named=frozenset({new_public_id()})), both) is None


def test_a_discount_without_code_and_name_belongs_to_what_is_tied_to_the_order() -> None:
    assert used_by(mark(), [candidate(1)]) is None
    assert used_by(mark(), [candidate(1, sighted=True)]) == 1
    assert used_by(mark(), [candidate(1, sighted=True), candidate(2, sighted=True)]) == 2
    tied = mark(tied=OURS)
    assert used_by(tied, [candidate(1), candidate(2, sighted=True)]) == 1
    ended = candidate(2, bound=True, is_live=False)
    assert used_by(tied, [candidate(1), ended]) == 1
    assert used_by(tied, [candidate(1), candidate(2, bound=True)]) == 2


def test_the_owners_first_use_settles_and_a_second_waits_for_staff() -> None:
    first = use("O1", kind="first")
    assert kinds(first, use("O2")) == {"O1": ("first", "settled"), "O2": ("second", "open")}


def test_a_strangers_use_alone_is_a_case_to_restore() -> None:
    alone = use(by_stranger=True)
    [settled] = settle([alone]).values()
    assert (settled.kind, settled.state) == ("first", "open")
    assert choices(settled) == ("restore", "dismiss")


def test_whoever_came_first_the_owners_use_bears_the_points() -> None:
    stranger, own = use("O1", kind="first", state="open", by_stranger=True), use("O2")
    assert kinds(stranger, own) == {"O1": ("foreign", "open"), "O2": ("first", "settled")}
    assert choices(settle([stranger, own])["O1"]) == ("dismiss",)


def test_of_two_orders_the_one_that_was_kept_bears_the_points() -> None:
    canceled = use("O1", kind="first", kept=NOTHING)
    assert kinds(canceled, use("O2", state="open")) == {
        "O1": ("second", "settled"),
        "O2": ("first", "settled"),
    }
    partly = use("O1", kind="first", kept=Fraction(1, 2))
    assert kinds(partly, use("O2", kept=Fraction(1, 3)))["O1"] == ("first", "settled")


def test_what_staff_decided_stays() -> None:
    charged = use("O2", state="charged")
    dismissed = use("O3", state="dismissed")
    first = use("O1", kind="first", kept=NOTHING)
    after = settle([first, charged, dismissed])
    assert [one.state for one in after.values()] == ["settled", "charged", "dismissed"]
    assert bearer_of([first, charged, dismissed]) == first
    given_back = use("O1", kind="first", state="restored", by_stranger=True)
    assert bearer_of([given_back]) is None
    assert settle([given_back])["O1"] == given_back


def test_a_strangers_use_that_staff_let_pass_counts_as_the_owners() -> None:
    passed = use("O1", kind="first", state="dismissed", by_stranger=True)
    assert kinds(passed, use("O2"))["O2"] == ("second", "open")


def test_a_use_after_the_points_went_back_spends_nothing() -> None:
    came = late(use())
    assert (came.kind, came.state) == ("late", "open")
    assert choices(came) == ("charge", "dismiss")
    assert choices(late(use(by_stranger=True))) == ("dismiss",)
    assert late(use(kept=NOTHING)).state == "settled"
    assert bearer_of([came]) is None
    assert changed({"O1": came}, settle([came])) == []


def test_a_case_is_over_when_its_order_is_gone_and_opens_again_when_it_is_not() -> None:
    first = use("O1", kind="first")
    gone = settle([first, use("O2", state="open", kept=NOTHING)])["O2"]
    assert (gone.kind, gone.state, choices(gone)) == ("second", "settled", ())
    assert kinds(first, use("O2", state="settled", kept=Fraction(1, 2)))["O2"][1] == "open"


def test_a_charge_takes_the_points_of_the_share_that_was_kept() -> None:
    assert chargeable(500, use(kept=Fraction(1, 3))) == 500 - 333
    assert chargeable(500, use()) == 500


@given(
    st.lists(
        st.tuples(st.booleans(), st.fractions(0, 1, max_denominator=7)), min_size=1, max_size=5
    ),
    st.randoms(use_true_random=False),
)
def test_uses_come_to_the_same_whatever_order_they_are_seen_in(
    told: list[tuple[bool, Fraction]], chance: Any
) -> None:
    uses = [use(f"O{n}", by_stranger=who, kept=kept) for n, (who, kept) in enumerate(told)]

    def seen(order: list[Use]) -> tuple[int, int, Fraction]:
        known: dict[str, Use] = {}
        for one in order:
            known = settle([*known.values(), one])
        assert settle(known.values()) == known
        bearer = bearer_of(known.values())
        assert bearer is not None
        assert [one.kind for one in known.values()].count("first") == 1
        open_ = sum(one.state == "open" for one in known.values())
        return open_, sum(one.by_stranger for one in known.values()), bearer.kept

    shuffled = uses[:]
    chance.shuffle(shuffled)
    assert seen(uses)[2] == seen(shuffled)[2]
    assert seen(uses)[1] == seen(shuffled)[1]


@given(st.integers(1, 10**6), st.lists(st.fractions(0, 1, max_denominator=997), max_size=8))
def test_refunds_in_any_cut_end_alike_and_never_give_back_more_than_was_spent(
    points: int, cuts: list[Fraction]
) -> None:
    restored = 0
    for kept in [*cuts, NOTHING]:
        step = to_restore(points, restored, kept)
        assert step >= 0
        restored += step
        assert lost_points(points, kept) <= restored <= points
    assert restored == points
    assert to_restore(points, restored, ALL) == 0


def test_a_share_outside_of_the_order_is_cut_and_is_stored_exactly() -> None:
    assert lost_points(10, Fraction(3, 2)) == 0
    assert lost_points(10, Fraction(-1, 2)) == 10
    assert share_of(share_text(Fraction(2, 3))) == Fraction(2, 3)
    assert share_text(ALL) == "1"
