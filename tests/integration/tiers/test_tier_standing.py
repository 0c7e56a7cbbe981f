"""What a member is told of their tier's future is what the tasks do, where nothing more happens."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.set_tier import set_tier
from saleor_loyalty_app.flows.tier_standing import TierStanding, ahead_words, tier_standing
from saleor_loyalty_app.programs.tier_measures import Missing
from saleor_loyalty_app.programs.words import day_words
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier
from tests.integration.tiers.test_move_tiers import bought, receive, settle, tiered, tiers
from tests.order_books import KEYS, NOW, live_store
from tests.order_samples import paid

YEAR = {"type": "calendar_year"}
ROLLING = {"type": "rolling", "months": 12}


def member_of(database: Database, store: StoreRef) -> int:
    query = sa.select(table(MemberTier).c.member_id).where(table(MemberTier).c.store_id == store.id)
    return int(database.read(lambda conn: conn.execute(query).scalar_one()))


def standing(database: Database, store: StoreRef, now: datetime) -> TierStanding:
    member = member_of(database, store)
    found = database.read(lambda conn: tier_standing(conn, store, member, now=now))
    assert found is not None
    return found


def at(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def assert_comes_true(database: Database, store: StoreRef, ahead: Any) -> None:
    """The tier is held through the day that was told, and then changes as was told."""
    assert ahead.held_through is not None
    settle(database, store, at(ahead.held_through))
    assert tiers(database, store) == [ahead.tier]
    settle(database, store, at(ahead.drops_on))
    assert tiers(database, store) == [ahead.drops_to]


_SECOND = (date(2027, 11, 24), date(2028, 11, 23))
_YEAR_2028 = (date(2028, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("window", "downgrade", "grace", "drops_on", "drops_to", "keep"),
    [
        (ROLLING, "one_step", 30, date(2028, 12, 24), "bronze", _SECOND),
        (ROLLING, "by_merit", 0, date(2028, 11, 24), "", _SECOND),
        (YEAR, "one_step", 0, date(2029, 1, 1), "bronze", _YEAR_2028),
    ],
)
def test_the_fall_that_is_told_comes_after_all_periods_that_are_earned_already(
    database: Database,
    window: dict[str, Any],
    downgrade: str,
    grace: int,
    drops_on: date,
    drops_to: str,
    keep: tuple[date, date],
) -> None:
    document = tiered(window=window, downgrade=downgrade, grace_days=grace)
    store = database.write(lambda conn: live_store(conn, document))
    later = NOW + timedelta(days=100)
    for number in (1, 2):
        receive(database, store, bought(number, number), NOW)
    settle(database, store, NOW)
    for number in (3, 4):
        minutes = 100 * 24 * 60 + number
        told = bought(number, minutes, transactions=[paid(minutes=minutes)])
        receive(database, store, told, later)
    settle(database, store, later)
    found = standing(database, store, later)
    ahead = found.ahead
    assert (ahead.tier, ahead.drops_to, ahead.drops_on) == ("silver", drops_to, drops_on)
    assert (ahead.keep_from, ahead.keep_by) == keep
    assert ahead.to_keep == (Missing("spend", 150_000, "USD"),)
    first, last = (day_words(day, "en") for day in keep)
    assert f"$150.00 more from {first} through {last} and you keep it." in ahead_words(found, "en")
    first, last = (day_words(day, "tr") for day in keep)
    assert any(f"{first} – {last} arasında" in one for one in ahead_words(found, "tr"))
    assert_comes_true(database, store, ahead)


def test_a_tier_by_hand_is_told_with_its_end(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    for number in (1, 2):
        receive(database, store, bought(number, number), NOW)
    settle(database, store, NOW)
    member, agent = member_of(database, store), Agent("VXNlcjo5", "agent@example.com")
    database.write(
        lambda conn: set_tier(
            conn,
            store,
            member,
            "gold",
            date(2027, 1, 31),
            agent,
            reason="A late delivery",
            language="en",
            keys=KEYS,
            now=NOW,
        )
    )
    settle(database, store, NOW)
    ahead = standing(database, store, NOW).ahead
    assert (ahead.tier, ahead.held_through, ahead.drops_to) == ("gold", date(2027, 1, 31), "silver")
    assert (ahead.keep_from, ahead.keep_by) == (NOW.date(), date(2027, 1, 31))
    assert ahead.to_keep == (Missing("spend", 300_000, "USD"),)
    assert_comes_true(database, store, ahead)
