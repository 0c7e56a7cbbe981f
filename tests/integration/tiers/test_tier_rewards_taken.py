"""What reaching a level gave goes back with what it was reached by, where the program says so."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_counters import audit_all
from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.member_desk import set_state
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.set_tier import end_tier, set_tier
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.programs.models import DeedAward
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import TierReward
from tests.any_history import Fact, Shop
from tests.integration.programs.test_any_program import FEW, quick
from tests.integration.tiers.test_move_tiers import (
    AYSE,
    CAN,
    bought,
    moves,
    points,
    publish,
    receive,
    refunded,
    settle,
    tiered,
    tiers,
)
from tests.order_books import KEYS, NOW, live_store
from tests.order_samples import shopper

__all__ = ["quick"]

ENTRY = 50
AGENT = Agent("VXNlcjo5", "agent@example.com")
_rewards, _deeds = table(TierReward), table(DeedAward)


def returning(
    *limits: int, settings: dict[str, Any] | None = None, **values: Any
) -> dict[str, Any]:
    """Tiers of which none keeps what reaching it gave; Silver, from 150 USD, brings 50 points."""
    document = tiered(*limits, **values)
    document["tiers"]["levels"] = [one | {"keep": False} for one in document["tiers"]["levels"]]
    if settings:
        document["settings"] = document["settings"] | settings
    return document


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(lambda conn: live_store(conn, returning()))


def buy(database: Database, store: StoreRef, *numbers: int, user: dict[str, Any] = AYSE) -> None:
    """An order of 100 USD each, which brings 1000 points; two reach Silver."""
    for number in numbers:
        told = bought(number, number, user=user, userEmail=user["email"])
        receive(database, store, told, NOW)
    settle(database, store, NOW)


def give_back(database: Database, store: StoreRef, *numbers: int, now: datetime = NOW) -> None:
    for number in numbers:
        receive(database, store, refunded(number, 100 + number), now)
    settle(database, store, now)


def look_only(database: Database, store: StoreRef, told: OrderSnapshot) -> None:
    """The tiers are looked at, and what they give or take is not settled yet."""
    receive(database, store, told, NOW)
    while database.write(lambda conn: tiers_page(conn, store, now=NOW)):
        pass


def audited(database: Database, store: StoreRef) -> None:
    assert database.read(lambda conn: audit_all(conn, store, now=NOW)) == []


def member_of(database: Database, store: StoreRef, user: dict[str, Any] = AYSE) -> int:
    found = database.read(lambda conn: member_by_user(conn, store.id, user["id"]))
    assert found is not None
    return found.id


def deeds(database: Database, store: StoreRef) -> list[tuple[str, bool]]:
    """The deeds of reaching Silver, and whether they were taken back."""
    query = sa.select(_deeds.c.deed_key, _deeds.c.reversed_at).where(
        _deeds.c.store_id == store.id, _deeds.c.about == "silver"
    )
    rows = database.read(lambda conn: conn.execute(query.order_by(_deeds.c.id)).all())
    return [(row.deed_key, row.reversed_at is not None) for row in rows]


@pytest.mark.parametrize("policy", ["within_balance", "unlimited"])
def test_refunds_take_it_back_and_reaching_the_level_again_gives_it_again(
    database: Database, policy: str
) -> None:
    document = returning(settings={"refund_policy": policy})
    store = database.write(lambda conn: live_store(conn, document))
    buy(database, store, 1, 2)
    assert points(database, store) == 2000 + ENTRY
    give_back(database, store, 1)
    assert tiers(database, store) == ["bronze"]
    assert points(database, store) == 1000
    audited(database, store)

    buy(database, store, 3)
    assert points(database, store) == 2000 + ENTRY
    settle(database, store, NOW + timedelta(hours=1))
    assert points(database, store) == 2000 + ENTRY, "once, however often it is looked at"
    audited(database, store)

    give_back(database, store, 2, 3)
    assert points(database, store) == 0
    assert deeds(database, store) == [("tier:silver", True), ("tier:silver:2", True)]
    audited(database, store)


def test_a_level_that_keeps_what_it_gave_is_the_default(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    buy(database, store, 1, 2)
    give_back(database, store, 1, 2)
    assert points(database, store) == ENTRY
    assert deeds(database, store) == [("tier:silver", False)]


def test_a_level_that_time_takes_leaves_what_it_gave(database: Database, store: StoreRef) -> None:
    buy(database, store, 1, 2)
    later = NOW + timedelta(days=500)
    settle(database, store, later)
    assert moves(database, store)[-1] == ("silver", "bronze", "period_over")
    give_back(database, store, 1, 2, now=later)
    assert points(database, store) == ENTRY
    assert deeds(database, store) == [("tier:silver", False)]


def test_whoever_spent_it_had_it(database: Database, store: StoreRef) -> None:
    buy(database, store, 1, 2)
    member = member_of(database, store)
    account, cause = Account(store.id, member, "points"), Cause("redemption:1", "points", "app")
    database.write(lambda conn: ledger.redeem(conn, account, 40, cause, key="r1", now=NOW))
    give_back(database, store, 1, 2)
    assert points(database, store) == 0
    audited(database, store)

    buy(database, store, 3, 4)
    assert tiers(database, store) == ["silver"]
    assert points(database, store) == 2000, "what was forgiven is not given a second time"
    assert deeds(database, store) == [("tier:silver", True)]
    audited(database, store)


def test_a_reward_that_is_lost_before_it_was_given_never_comes(
    database: Database, store: StoreRef
) -> None:
    buy(database, store, 1)
    member = member_of(database, store)
    database.write(lambda conn: set_state(conn, store, member, "paused", actor="user:1", now=NOW))
    later = NOW + timedelta(minutes=5)
    receive(database, store, bought(2, 2), later)
    settle(database, store, later)
    give_back(database, store, 1, 2, now=later)
    database.write(lambda conn: set_state(conn, store, member, "active", actor="user:1", now=later))
    settle(database, store, later + timedelta(minutes=1))
    assert deeds(database, store) == []
    assert points(database, store) <= 0


def test_whoever_reaches_the_level_again_before_it_was_taken_keeps_it(
    database: Database, store: StoreRef
) -> None:
    buy(database, store, 1, 2)
    look_only(database, store, refunded(1, 101))
    assert tiers(database, store) == ["bronze"]
    look_only(database, store, bought(3, 102))
    assert tiers(database, store) == ["silver"]
    settle(database, store, NOW)
    assert points(database, store) == 2000 + ENTRY
    assert deeds(database, store) == [("tier:silver", False)]
    audited(database, store)


def test_two_who_become_one_give_back_what_each_had(database: Database, store: StoreRef) -> None:
    buy(database, store, 1, 2)
    buy(database, store, 3, 4, user=CAN)
    first, second = member_of(database, store), member_of(database, store, CAN)
    database.write(
        lambda conn: merge_members(conn, store, first, second, AGENT, keys=KEYS, now=NOW)
    )
    settle(database, store, NOW)
    audited(database, store)
    give_back(database, store, 1, 2, 3, 4)
    books = points(database, store), points(database, store, CAN)
    assert sum(books) == 0
    assert [back for _, back in deeds(database, store)] == [True, True]
    audited(database, store)

    buy(database, store, 5, 6)
    assert points(database, store) + points(database, store, CAN) == 2000 + ENTRY
    assert deeds(database, store)[-1] == ("tier:silver:2", False)
    audited(database, store)


def test_an_account_that_is_deleted_and_made_again_gets_nothing_that_was_taken(
    database: Database, store: StoreRef
) -> None:
    again = shopper("VXNlcjo3", AYSE["email"])
    buy(database, store, 1, 2)
    give_back(database, store, 1, 2)
    database.write(lambda conn: erase_user(conn, store, AYSE["id"], now=NOW))
    audited(database, store)
    buy(database, store, 3, 4, user=again)
    assert points(database, store, again) == 2000
    audited(database, store)


def test_what_a_rule_on_the_level_gave_goes_back_too(database: Database) -> None:
    document = returning()
    document["earning"] = document["earning"] | {
        "rules": [
            *document["earning"]["rules"],
            {
                "id": "welcome-silver",
                "trigger": "tier_reached",
                "on": ["silver"],
                "then": {"type": "points", "points": 7},
            },
        ]
    }
    store = database.write(lambda conn: live_store(conn, document))
    buy(database, store, 1, 2)
    assert points(database, store) == 2000 + ENTRY + 7
    give_back(database, store, 1)
    assert points(database, store) == 1000
    audited(database, store)


def test_staff_who_end_a_tier_leave_what_it_gave(database: Database, store: StoreRef) -> None:
    buy(database, store, 1)
    member = member_of(database, store)
    until = (NOW + timedelta(days=30)).date()
    database.write(
        lambda conn: set_tier(
            conn,
            store,
            member,
            "silver",
            until,
            AGENT,
            reason="A late delivery",
            language="en",
            keys=KEYS,
            now=NOW,
        )
    )
    settle(database, store, NOW)
    assert tiers(database, store) == ["silver"]
    database.write(lambda conn: end_tier(conn, store, member, AGENT, keys=KEYS, now=NOW))
    settle(database, store, NOW)
    assert tiers(database, store) == ["bronze"]
    assert points(database, store) == 1000 + ENTRY


def test_a_refund_under_changed_tiers_takes_it_back(database: Database, store: StoreRef) -> None:
    buy(database, store, 1, 2)
    later = NOW + timedelta(days=3)
    publish(database, store, returning(50, 160, 500, grace_days=40), later)
    give_back(database, store, 1, now=later)
    assert tiers(database, store) == ["bronze"]
    assert points(database, store) == 1000
    audited(database, store)


_FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.tuples(st.just("buy"), st.integers(1, 4), st.sampled_from([["60"], ["120"], ["30", "45"]])),
    st.tuples(st.just("refund"), st.integers(1, 4), st.sampled_from([Decimal("0.5"), Decimal(1)])),
    st.tuples(st.just("edit"), st.integers(1, 4), st.sampled_from(["less", "cheaper", "more"])),
    st.just(("work",)),
)


@FEW
@given(
    policy=st.sampled_from(["within_balance", "unlimited"]),
    limits=st.tuples(st.integers(0, 200), st.integers(201, 400), st.integers(401, 600)),
    history=st.lists(_FACTS, min_size=3, max_size=14),
    random=st.randoms(use_true_random=False),
)
def test_whatever_happens_undone_it_leaves_nothing(
    quick: Database, policy: str, limits: tuple[int, int, int], history: list[Fact], random: Any
) -> None:
    terms = {"refund_policy": policy, "availability": {"after": "payment", "days": 0}}
    document = returning(*(max(1, one) for one in limits), settings=terms)
    for level in document["tiers"]["levels"]:
        level["entry_points"] = 30
    shop = Shop(quick, document)
    for fact in [*history, ("work",)]:
        shop.do(fact)
        shop.check_audit()
    undone: list[Fact] = [("cancel", number) for number in shop.orders] + [("work",)] * 2
    random.shuffle(undone)
    for fact in [*undone, *undone, ("work",)]:
        shop.do(fact)
    assert not any(shop.balances().values())
    shop.check_audit()
