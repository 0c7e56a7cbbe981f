"""Whatever shoppers, staff, Saleor and the app do in whatever order: nobody loses by us.

After each deed the books add up and what is live is held; at the end every point is spent, back or
owed, every code is dead, and no cart that was paid stayed without its order because of us.
"""

import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
import stamina
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from saleor_loyalty_app.db.database import Database
from tests.integration.rewards.deeds import stories
from tests.integration.rewards.deeds.endings import end
from tests.integration.rewards.deeds.world import Deed, World

#: What the quick profile has, and what is told of it here: a story costs as much as ten examples.
QUICK, FEW = 25, 8
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """What Saleor does not answer is not asked again at once."""
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


def play(
    database: Database,
    story: list[Deed],
    *,
    version: str = "3.23",
    unpaid: bool = False,
    note: Callable[[str], None] = print,
) -> World:
    """Tells a story to its end; `note` is told what happens."""
    world = World.open(database, next(_numbers), version=version, unpaid=unpaid)
    world.note = note
    try:
        with capture_logs() as logs:
            for deed in story:
                note(f"{deed}")
                world.tell(deed)
            note("the end")
            end(world)
        assert not [entry for entry in logs if "exc_info" in entry]
    finally:
        world.stage.http.close()
    return world


#: A story costs a second or two; shrinking would cost minutes, and is done by hand.
@settings(
    max_examples=settings().max_examples if settings().max_examples > QUICK else FEW,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    story=stories.STORIES,
    version=st.sampled_from(["3.23", "3.23", "3.22"]),
    unpaid=st.sampled_from([False, False, True]),
)
def test_nobody_loses_by_any_mix_of_deeds(
    database: Database, story: list[Deed], version: str, unpaid: bool
) -> None:
    play(database, story, version=version, unpaid=unpaid, note=note)


PAID = (Decimal(1), "amountCharged")
THEN: list[Deed] = [("work",), ("complete", "A"), ("deliver_all",)]


def assert_ordered(world: World) -> None:
    """The cart became an order with its discount, and the points are spent."""
    [known] = world.app.all()
    assert (len(world.shop.people.orders), known.state) == (1, "consumed")


@pytest.mark.parametrize("kind", ["die", "slow"])
@pytest.mark.parametrize("call", [3, 4, 5])
def test_who_pays_while_points_are_taken_back_gets_the_order_whoever_goes_on(
    database: Database, call: int, kind: str
) -> None:
    """Paid just before the code goes; then no look at the cart follows."""
    events = [(3, False, ("pay", "A", *PAID)), (call, call == 3, kind)]
    story: list[Deed] = [("redeem", "A", 500, False), ("amid", ("release", "A", "own"), events)]
    assert_ordered(play(database, [*story, *THEN]))


@pytest.mark.parametrize("kind", ["die", "slow"])
def test_who_pays_while_the_time_runs_out_gets_the_order_whoever_goes_on(
    database: Database, kind: str
) -> None:
    events = [(2, False, ("pay", "A", *PAID)), (3, False, kind)]
    story: list[Deed] = [("redeem", "A", 500, False), ("wait", 61), ("amid", ("sweep",), events)]
    assert_ordered(play(database, [*story, *THEN]))


@pytest.mark.parametrize("kind", ["die", "slow"])
def test_a_code_that_is_put_back_and_paid_with_is_revived_whoever_goes_on(
    database: Database, kind: str
) -> None:
    """Put back after the look that found it gone; then it is ended, and nobody hears of that."""
    events = [
        (5, False, ("put_code", "A", "A")),
        (6, False, ("pay", "A", *PAID)),
        (7, True, kind),
    ]
    story: list[Deed] = [("redeem", "A", 500, False), ("amid", ("release", "A", "own"), events)]
    assert_ordered(play(database, [*story, *THEN]))


def test_a_foreign_cart_that_is_heard_of_while_the_code_ends_keeps_its_price(
    database: Database,
) -> None:
    """Its prices are older than an hour: the look at it prices it without the ended code."""
    story: list[Deed] = [
        ("redeem", "A", 500, False),
        ("put_code", "B", "A"),
        ("pay", "B", *PAID),
        ("wait", 70),
        ("amid", ("work",), [(4, False, ("deliver_all",))]),
        ("complete", "B"),
        ("deliver_all",),
    ]
    assert_ordered(play(database, story))


@pytest.mark.parametrize("kind", ["die", "slow"])
def test_who_pays_while_a_code_leaves_a_foreign_cart_gets_the_order_whoever_goes_on(
    database: Database, kind: str
) -> None:
    events = [(2, False, ("pay", "B", *PAID)), (2, True, kind)]
    story: list[Deed] = [
        ("redeem", "A", 500, False),
        ("put_code", "B", "A"),
        ("deliver_all",),
        ("amid", ("clean",), events),
        ("wait", 2),
        ("work",),
        ("complete", "B"),
        ("deliver_all",),
    ]
    assert_ordered(play(database, story))


def test_who_pays_while_a_changed_cart_is_compared_anew_gets_the_order(database: Database) -> None:
    events = [(5, True, ("lines", "A", 3)), (7, False, ("pay", "A", *PAID))]
    story: list[Deed] = [("amid", ("redeem", "A", 500, False), events)]
    assert_ordered(play(database, [*story, *THEN]))


def test_a_code_that_made_a_cart_dearer_is_not_put_back_on_it_once_it_is_paid(
    database: Database,
) -> None:
    """It took a promotion away that gave more; the cart is paid when the code is off again."""
    story: list[Deed] = [
        ("promote", "tenth"),
        ("open", "cart", "ayse@example.com", "wool-scarf", 2, "Standard"),
        ("amid", ("redeem", "cart", 777, False), [(8, True, ("pay", "cart", *PAID))]),
    ]
    [known] = play(database, story).app.all()
    assert (known.state, (known.reason or {})["code"]) == ("failed", "worse_off")


def test_a_code_that_came_back_to_a_foreign_cart_unheard_is_not_ended_once_that_is_paid(
    database: Database,
) -> None:
    story: list[Deed] = [
        ("redeem", "A", 500, False),
        ("put_code", "B", "A"),
        ("deliver_all",),
        ("clean",),
        ("put_code", "B", "A"),
        ("pay", "B", Decimal(1), "amountAuthorized"),
        ("release", "A", "own"),
    ]
    play(database, story)


def test_a_code_that_saves_something_since_a_promotion_ended_stays_on_a_cart_with_money(
    database: Database,
) -> None:
    """It took a greater discount away; nobody compared before that ended and the cart was paid."""
    story: list[Deed] = [
        ("promote", "fifth"),
        ("open", "cart", "ayse@example.com", "linen-shirt", 3, "Thrifty"),
        ("amid", ("redeem", "cart", 500, False), [(7, False, "slow")]),
        ("end_promotion",),
        ("pay", "cart", Decimal("0.5"), "amountCharged"),
        ("work",),
        ("wait", 70),
        ("work",),
        ("pay", "cart", *PAID),
        ("complete", "cart"),
        ("deliver_all",),
    ]
    assert_ordered(play(database, story))


def test_a_code_that_another_cart_used_up_is_not_taken_off_a_cart_with_money(
    database: Database,
) -> None:
    """It could not be put back, and the cart, whose price nobody compared, might be dearer."""
    story: list[Deed] = [
        ("promote", "fifth"),
        ("open", "cart", "ayse@example.com", "linen-shirt", 3, "Thrifty"),
        ("open", "other", "ayse@example.com", "linen-shirt", 1, "Standard"),
        ("amid", ("redeem", "cart", 500, False), [(7, False, "slow")]),
        ("put_code", "other", "cart"),
        ("end_promotion",),
        ("pay", "cart", Decimal("0.5"), "amountCharged"),
        ("pay", "other", *PAID),
        ("race", "cart", "other", False),
        ("work",),
    ]
    assert_ordered(play(database, story))


@pytest.mark.parametrize("kind", ["die", "slow"])
@pytest.mark.parametrize("call", range(3, 9))
def test_whoever_dies_while_comparing_without_the_code_keeps_the_cart_as_it_was_paid(
    database: Database, call: int, kind: str
) -> None:
    story: list[Deed] = [
        ("promote", "fifth"),
        ("open", "cart", "ayse@example.com", "linen-shirt", 3, "Thrifty"),
        ("amid", ("redeem", "cart", 500, False), [(7, False, "slow")]),
        ("end_promotion",),
        ("pay", "cart", *PAID),
        ("amid", ("work",), [(call, True, kind)]),
        ("complete", "cart"),
        ("deliver_all",),
    ]
    assert_ordered(play(database, story))


def test_an_order_with_a_coupon_did_not_use_a_code_that_was_never_on_its_cart(
    database: Database,
) -> None:
    """The points were refused as money was there; a race took the coupon's code off the order."""
    story: list[Deed] = [
        ("open", "cart", "ayse@example.com", "linen-shirt", 2, "Thrifty"),
        ("amid", ("redeem", "cart", 500, False), [(3, False, ("pay", "cart", *PAID))]),
        ("coupon", "cart"),
        ("complete_while", "cart", "ending"),
        ("deliver_all",),
    ]
    [known] = play(database, story).app.all()
    assert (known.state, (known.reason or {})["code"]) == ("failed", "payment_under_way")
