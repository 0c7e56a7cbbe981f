"""To whom rewards and tiers of rules go: guests who join, orders that change hands, history."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.flows.wake_perks import wake_waiting
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier
from tests.audited import drifts_of
from tests.claim_stage import item_of
from tests.integration.orders.purchases import bought
from tests.order_books import KEYS, NOW, live_store, order_row, program
from tests.order_samples import order, paid, shopper

STAFF = Agent("U9", "staff@example.com")
MUG = item_of("custom", id="mug")
RULES: list[dict[str, Any]] = [
    {"id": "base", "then": {"type": "points_per_money"}},
    {"id": "mug", "scope": "order", "then": {"type": "issue_reward", "reward": "mug"}},
    {"id": "gold", "scope": "order", "then": {"type": "set_tier", "tier": "gold", "days": 9}},
]
DOCUMENT = program() | {
    "earning": {"rules": RULES},
    "rewards": {"items": [MUG]},
    "tiers": {
        "enabled": True,
        "levels": [
            {"id": "gold", "names": {"en": "Gold"}, "requirements": {"orders": {"min": 50}}}
        ],
    },
}
_perks, _taken, _tiers = table(RulePerk).c, table(Redemption).c, table(MemberTier).c


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back."""
    with database.engine.connect() as connection:
        yield connection


@pytest.fixture
def store(conn: Connection) -> StoreRef:
    return live_store(conn, DOCUMENT)


def look(conn: Connection, store: StoreRef, told: OrderSnapshot, minutes: float = 0) -> None:
    moment = NOW + timedelta(minutes=minutes)
    converge_order(conn, store, told, Look.read(moment), now=moment, secrets=KEYS)


def states(conn: Connection, store: StoreRef) -> dict[str, str]:
    """What became of the perks, by rule; the books are audited on the way."""
    assert drifts_of(conn, store.id, now=NOW) == []
    rows = conn.execute(sa.select(_perks.rule_id, _perks.state).where(_perks.store_id == store.id))
    return {row.rule_id: row.state for row in rows}


def takers(conn: Connection, store: StoreRef) -> list[tuple[str, str, str]]:
    """Whose rewards were given for nothing, with how they stand."""
    rows = conn.execute(
        sa.select(_taken.user_id, _taken.state, _taken.ending)
        .where(_taken.store_id == store.id, _taken.hold_id.is_(None))
        .order_by(_taken.id)
    )
    return [(row.user_id, row.state, row.ending) for row in rows]


def member_of(conn: Connection, user_id: str) -> int:
    query = sa.select(table(Member).c.id).where(table(Member).c.user_id == user_id)
    return int(conn.execute(query).scalar_one())


def golden(conn: Connection, store: StoreRef) -> int:
    """How many members are Gold."""
    query = sa.select(sa.func.count()).where(_tiers.store_id == store.id, _tiers.tier == "gold")
    return int(conn.execute(query).scalar_one())


def test_a_guest_gets_both_with_an_account(conn: Connection, store: StoreRef) -> None:
    told = order(transactions=[paid()], userEmail="ayse@example.com")
    look(conn, store, told)
    assert states(conn, store) == {"mug": "waiting", "gold": "waiting"}
    wake_waiting(conn, store, now=NOW)
    due = refresh.due_orders(conn, store.id, now=NOW + timedelta(hours=1), limit=9)
    assert due == []
    user = UserSnapshot(id="U1", email="ayse@example.com", is_confirmed=True, is_staff=False)
    customer_seen(conn, store, user, keys=KEYS, now=NOW)
    wake_waiting(conn, store, now=NOW)
    assert refresh.due_orders(conn, store.id, now=NOW, limit=9) == [told.id]
    look(conn, store, told, 1)
    assert states(conn, store) == {"mug": "given", "gold": "given"}
    assert takers(conn, store) == [("U1", "held", "")]
    assert golden(conn, store) == 1
    wake_waiting(conn, store, now=NOW + timedelta(minutes=2))
    look(conn, store, told, 2)
    assert len(takers(conn, store)) == 1


def test_a_guest_who_gets_the_money_back_gets_nothing(conn: Connection, store: StoreRef) -> None:
    told = order(transactions=[paid()], userEmail="ayse@example.com")
    look(conn, store, told)
    look(conn, store, structs.replace(told, status="CANCELED", updated_at=NOW), 1)
    assert states(conn, store) == {"mug": "taken", "gold": "taken"}
    assert (takers(conn, store), golden(conn, store)) == ([], 0)


def test_an_order_that_changes_hands_takes_both_with_it(conn: Connection, store: StoreRef) -> None:
    look(conn, store, bought(1))
    john = shopper("U2", "john@example.com")
    look(conn, store, bought(1, user=john, userEmail="john@example.com", updated=2), 1)
    assert states(conn, store) == {"mug": "given", "gold": "given"}
    assert takers(conn, store) == [("U1", "held", "released"), ("U2", "held", "")]
    assert golden(conn, store) == 1


@pytest.mark.parametrize("looked", [False, True])
def test_a_tier_goes_with_its_order_also_after_a_merge(
    conn: Connection, store: StoreRef, looked: bool
) -> None:
    john = shopper("U2", "john@example.com")
    told = bought(1, user=john, userEmail="john@example.com")
    look(conn, store, bought(2))
    look(conn, store, told)
    winner, loser = (member_of(conn, user) for user in ("U1", "U2"))
    merge_members(conn, store, loser, winner, STAFF, keys=KEYS, now=NOW)
    if looked:
        tiers_page(conn, store, now=NOW)
    for order_told in (told, bought(2)):
        back = structs.replace(order_told, status="CANCELED", updated_at=NOW)
        look(conn, store, back, 1)
    while tiers_page(conn, store, now=NOW + timedelta(minutes=2)):
        pass
    assert states(conn, store) == {"mug": "taken", "gold": "taken"}
    assert golden(conn, store) == 0


def test_staff_get_nothing(conn: Connection, store: StoreRef) -> None:
    look(conn, store, bought(1, user=shopper(isStaff=True)))
    assert (states(conn, store), takers(conn, store)) == ({}, [])


def test_a_refund_that_failed_gives_again_what_it_took(conn: Connection, store: StoreRef) -> None:
    told = bought(1)
    look(conn, store, told)
    look(conn, store, structs.replace(told, status="CANCELED", updated_at=NOW), 1)
    assert states(conn, store) == {"mug": "taken", "gold": "taken"}
    later = NOW + timedelta(minutes=1)
    look(conn, store, structs.replace(told, updated_at=later), 2)
    assert states(conn, store) == {"mug": "given", "gold": "given"}
    assert [ending for _, _, ending in takers(conn, store)] == ["released", ""]
    assert claims.drawn(conn, store.id) == {"mug": 2}


def test_the_plan_keeps_what_it_gives(conn: Connection, store: StoreRef) -> None:
    look(conn, store, bought(1))
    plan = AwardPlan.from_json(order_row(conn, store, "O1").plan)
    assert [one["rule"] for one in plan.perks] == ["mug", "gold"]
    assert AwardPlan.from_json(plan.to_json()) == plan


CODE = item_of("amount", amount="5", id="mug")


def change_gift(conn: Connection, **values: Any) -> None:
    """What the driver, or an order, made of the only reward there is."""
    rows = table(Redemption)
    conn.execute(sa.update(rows).where(rows.c.hold_id.is_(None)).values(values))


@pytest.mark.parametrize("used", [False, True])
def test_a_code_that_may_be_used_yet_is_given_to_nobody_else(conn: Connection, used: bool) -> None:
    store = live_store(conn, DOCUMENT | {"rewards": {"items": [CODE]}})
    john = shopper("U2", "john@example.com")
    his: dict[str, Any] = {"user": john, "userEmail": "john@example.com", "updated": 2}
    look(conn, store, bought(1))
    change_gift(conn, state="attached", voucher_id="V1", checkout_id="C9")
    look(conn, store, bought(1, **his), 1)
    assert states(conn, store) == {"mug": "waiting", "gold": "given"}
    assert takers(conn, store) == [("U1", "attached", "released")]
    wake_waiting(conn, store, now=NOW + timedelta(minutes=2))
    due = refresh.due_orders(conn, store.id, now=NOW + timedelta(minutes=2), limit=9)
    assert due == ["O1"]
    if used:
        change_gift(conn, state="consumed", ending="")
        look(conn, store, bought(1, **his), 2)
        assert states(conn, store) == {"mug": "kept", "gold": "given"}
        assert takers(conn, store) == [("U1", "consumed", "")]
        return
    change_gift(conn, state="released")
    claims.give_back(conn, conn.execute(sa.select(_taken.id)).scalar_one(), now=NOW)
    look(conn, store, bought(1, **his), 2)
    assert states(conn, store) == {"mug": "given", "gold": "given"}
    assert takers(conn, store) == [("U1", "released", "released"), ("U2", "held", "")]


def test_who_cannot_be_read_is_not_asked_for_more_often(conn: Connection, store: StoreRef) -> None:
    told = order(transactions=[paid()], userEmail="ayse@example.com")
    look(conn, store, told)
    user = UserSnapshot(id="U1", email="ayse@example.com", is_confirmed=True, is_staff=False)
    customer_seen(conn, store, user, keys=KEYS, now=NOW)
    for _ in range(4):
        refresh.retry_later(conn, store.id, told.id, now=NOW)
    wake_waiting(conn, store, now=NOW)
    soon = NOW + timedelta(minutes=5)
    assert refresh.due_orders(conn, store.id, now=soon, limit=9) == []


def test_rewards_are_locked_before_accounts_and_accounts_before_what_was_given(
    conn: Connection, store: StoreRef
) -> None:
    if conn.dialect.name == "sqlite":
        pytest.skip("one writes at a time")
    told = bought(1)
    look(conn, store, told)
    locked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found = re.search(r"FROM (\w+)(?s:.*)FOR UPDATE", statement)
        if found is not None and found[1] not in locked:
            locked.append(found[1])

    sa.event.listen(conn, "before_cursor_execute", note)
    look(conn, store, structs.replace(told, status="CANCELED", updated_at=NOW), 1)
    assert [one for one in locked if one in ("redemption", "balance", "rule_perk")] == [
        "redemption",
        "balance",
        "rule_perk",
    ]
