"""Points that were set aside when their member was erased go nowhere when they come back."""

from datetime import timedelta

from saleor_loyalty_app.flows.erase_member import erase_member
from tests.redemption_stage import SHOPPER, Stage


def test_points_of_an_erased_member_are_written_off_when_their_time_is_over(stage: Stage) -> None:
    made = stage.spend(stage.cart())
    stage.database.write(
        lambda conn: erase_member(conn, stage.store, stage.members[SHOPPER], now=stage.now)
    )
    assert stage.points() == (0, 500)
    stage.sweep(timedelta(hours=1))
    assert stage.read(made).state == "expired"
    assert stage.points() == (0, 0)
    assert "points_returned" not in stage.told()
