"""Histories after which every counter stands where the books put it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.mend_counters import mend_counters
from saleor_loyalty_app.ledger import Account, Cause, RefundPolicy
from saleor_loyalty_app.milestones.totals import totals_of
from tests.any_history import Fact, Shop
from tests.integration.audit.busy_shop import CAMPAIGN, busy_shop, document, found_after, spoil
from tests.integration.audit.test_counters import WRONGS

_STATUS: dict[str, Any] = {
    "id": "welcome",
    "trigger": "account_confirmed",
    "then": {"type": "status_points", "points": 150},
}
_POINTS: dict[str, Any] = {
    "id": "welcome",
    "trigger": "account_confirmed",
    "then": {"type": "points", "points": 400},
}


def new_shop(database: Database, *rules: dict[str, Any]) -> Shop:
    """A shop whose background has met its member."""
    shop = Shop(database, document(*rules), CAMPAIGN)
    shop.now += timedelta(minutes=5)
    shop.do(("work",))
    return shop


@pytest.mark.parametrize("rule", [_STATUS, _POINTS], ids=["tier", "milestone"])
def test_a_bonus_that_lifts_its_member_is_met_without_an_order(
    database: Database, rule: dict[str, Any]
) -> None:
    shop = new_shop(database, rule)
    shop.do(("happen", "account_confirmed"))
    shop.check_audit()
    shop.do(("work",))
    shop.check_audit()
    assert (
        shop.balances()["U1", "points"]
        == {"status_points": 40, "points": 470}[rule["then"]["type"]]
    )


def test_an_event_that_is_taken_back_takes_its_milestone_along(database: Database) -> None:
    shop = new_shop(database, {**_POINTS, "id": "big", "trigger": "custom_event", "on": ["visit"]})
    history: list[Fact] = [("report", 1), ("work",), ("remove", 1), ("work",)]
    for fact in history:
        shop.do(fact)
        shop.check_audit()
    assert not any(shop.balances().values())


def test_an_import_that_is_taken_back_takes_nothing_from_what_counts_for_milestones(
    database: Database,
) -> None:
    shop = new_shop(database)
    shop.do(("buy", 1, ["10.00"]))
    account = Account(shop.store.id, shop.member, "points")
    cause = Cause(source="import:1", part="points", actor="cli", reason={"code": "member_import"})

    def earned() -> int:
        found = shop.database.read(lambda conn: totals_of(conn, shop.store.id, {}, [shop.member]))
        return found[shop.member].points

    def bring_and_take_back(conn: Connection) -> None:
        times: dict[str, Any] = {"now": shop.now, "effective_at": shop.now}
        lot: dict[str, Any] = {"available_from": shop.now, "expires_at": None}
        ledger.adjust(conn, account, 90, cause, key="in", **times, **lot)
        policy = RefundPolicy.within_balance
        ledger.reverse(conn, account, 90, cause, key="out", policy=policy, **times)

    before = earned()
    assert before > 0
    shop.database.write(bring_and_take_back)
    assert earned() == before
    shop.check_audit()


@pytest.mark.parametrize("check", ["campaign_money", "campaign_points", "reward_stock"])
def test_totals_are_added_up_anew_and_nothing_else(database: Database, check: str) -> None:
    shop = busy_shop(database)
    before = shop.balances()
    for wrong in WRONGS[check]:
        spoil(shop, wrong(shop))
        assert check in {one.check for one in found_after(shop, [])}
        mended = mend_counters(database, shop.store, actor="cli", now=shop.now)
        assert [one.check for one in mended] == [check]
        shop.check_audit()
    assert mend_counters(database, shop.store, actor="cli", now=shop.now) == []
    assert shop.balances() == before


@pytest.mark.parametrize("check", ["cap_points", "order_booked", "tier", "claim_returned"])
def test_what_is_no_mere_total_is_left_to_people(database: Database, check: str) -> None:
    shop = busy_shop(database)
    [wrong, *_] = WRONGS[check]
    spoil(shop, wrong(shop))
    mended = mend_counters(database, shop.store, actor="cli", now=shop.now)
    assert check not in {one.check for one in mended}
    assert check in {one.check for one in found_after(shop, [])}
