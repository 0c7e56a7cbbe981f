"""What rules see of an order's owner is frozen with the plan; caps are drawn and given back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.award_deed import award_deed, reverse_deed
from saleor_loyalty_app.ledger.models import Entry, Lot
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.models import CapUse
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier
from tests.audited import drifts_of
from tests.factories import make_member, make_revision
from tests.integration.orders.purchases import AYSE, bought, receive
from tests.order_books import NOW, books_of, live_store, program
from tests.order_samples import START, event, transaction

TIERS: dict[str, Any] = {
    "enabled": True,
    "levels": [
        {
            "id": "silver",
            "names": {"en": "Silver"},
            "requirements": {"status_points": {"min": 1_000_000}},
            "multiplier": "1.5",
        },
        {
            "id": "gold",
            "names": {"en": "Gold"},
            "requirements": {"status_points": {"min": 9_000_000}},
            "multiplier": "2",
        },
    ],
}
BASE: dict[str, Any] = {"id": "base", "then": {"type": "points_per_money"}}
STATUS: dict[str, Any] = {"id": "status", "then": {"type": "status_points", "factor": "0.5"}}
BIRTHDAY: dict[str, Any] = {
    "id": "birthday",
    "trigger": "birthday",
    "then": {"type": "points", "points": 50},
}
_uses, _entries, _lots = table(CapUse), table(Entry), table(Lot)


def document(*rules: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return program(**settings) | {"tiers": TIERS, "earning": {"rules": list(rules)}}


def a_store(database: Database, *rules: dict[str, Any], **settings: Any) -> StoreRef:
    return database.write(lambda conn: live_store(conn, document(*rules, **settings)))


def put_in_tier(conn: Connection, store: StoreRef, member_id: int, tier: str) -> None:
    tiers = table(MemberTier)
    conn.execute(sa.delete(tiers).where(tiers.c.member_id == member_id))
    conn.execute(
        sa.insert(tiers).values(
            member_id=member_id,
            store_id=store.id,
            tier=tier,
            since=START,
            period_from=START.date(),
            evaluated_at=START,
        )
    )


def ayse(conn: Connection, store: StoreRef) -> int:
    return make_member(conn, store.id, user_id=AYSE["id"])


def uses(database: Database, store: StoreRef) -> dict[tuple[str, str], tuple[int, int]]:
    query = sa.select(_uses).where(_uses.c.store_id == store.id)
    return {
        (row.rule_id, row.source): (row.points, row.times)
        for row in database.read(lambda conn: conn.execute(query).all())
    }


def balances(database: Database, store: StoreRef) -> dict[tuple[str, str], int]:
    return dict(database.read(lambda conn: books_of(conn, store)).balances)


def canceled(number: int, **more: Any) -> OrderSnapshot:
    return bought(number, updated=9, status="CANCELED", **more)


def refunded(number: int, amount: str) -> OrderSnapshot:
    charged = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", amount, 5))
    return bought(number, updated=6, transactions=[charged])


def test_a_refund_after_three_revisions_and_another_tier_uses_the_frozen_plan(
    database: Database,
) -> None:
    store = a_store(database, BASE, STATUS)
    owner = database.write(lambda conn: ayse(conn, store))
    database.write(lambda conn: put_in_tier(conn, store, owner, "gold"))
    receive(database, store, bought(1), NOW)
    assert balances(database, store) == {("U1", "points"): 2000, ("U1", "status"): 500}

    def revise(conn: Connection) -> None:
        for day in (1, 2, 3):
            then = {"type": "points_per_money", "factor": str(day)}
            revised = document({"id": "base", "then": then})
            make_revision(conn, store.id, revised, effective_from=START + timedelta(days=day))

    database.write(revise)
    database.write(lambda conn: put_in_tier(conn, store, owner, ""))
    receive(database, store, refunded(1, "25"), NOW + timedelta(days=5))

    assert balances(database, store) == {("U1", "points"): 1500, ("U1", "status"): 375}
    plan = database.read(
        lambda conn: conn.execute(sa.select(table(OrderState).c.plan)).scalar_one()
    )
    assert plan["member"]["tier"] == "gold"
    receive(database, store, canceled(1), NOW + timedelta(days=6))
    assert not any(balances(database, store).values())


def test_status_points_are_there_at_once_and_never_expire(database: Database) -> None:
    store = a_store(database, BASE, STATUS, expiry={"months": 1, "notice": "none"})
    receive(database, store, bought(1), NOW)

    def held(conn: Connection, unit: str, at: datetime) -> tuple[int, int]:
        member = member_by_user(conn, store.id, "U1")
        assert member is not None
        found = ledger.balance(conn, ledger.Account(store.id, member.id, unit), now=at)
        return found.available, found.pending

    later = NOW + timedelta(days=400)
    assert database.read(lambda conn: held(conn, "points", NOW)) == (0, 1000)
    assert database.read(lambda conn: held(conn, "status", NOW)) == (500, 0)
    assert database.read(lambda conn: held(conn, "points", later)) == (0, 0)
    assert database.read(lambda conn: held(conn, "status", later)) == (500, 0)


CAPPED = BASE | {"caps": {"per_member": {"points": 1500, "period": "month"}}}


def test_a_cap_is_drawn_with_the_plan_and_given_back_by_refunds(database: Database) -> None:
    store = a_store(database, CAPPED)
    receive(database, store, bought(1), NOW)
    receive(database, store, bought(2), NOW)
    receive(database, store, bought(3), NOW)
    assert balances(database, store) == {("U1", "points"): 1500}
    assert uses(database, store) == {
        ("base", "order:O1"): (1000, 1),
        ("base", "order:O2"): (500, 1),
    }

    receive(database, store, refunded(1, "40"), NOW)
    receive(database, store, canceled(2), NOW)

    assert uses(database, store) == {("base", "order:O1"): (600, 1)}
    receive(database, store, bought(4), NOW)
    assert balances(database, store) == {("U1", "points"): 1500}
    assert uses(database, store)["base", "order:O4"] == (900, 1)


def test_a_cap_by_times_counts_orders_of_who_was_merged_too(database: Database) -> None:
    once = BASE | {"caps": {"per_member": {"times": 1, "period": "ever"}}}
    store = a_store(database, once)
    receive(database, store, bought(1, user=None, userEmail="ayse@example.com"), NOW)
    receive(database, store, bought(2), NOW)

    assert balances(database, store) == {("U1", "points"): 1000}


def deed(key: str = "birthday:2026", trigger: str = "birthday") -> DeedFacts:
    return DeedFacts(trigger=trigger, on="", at=NOW, key=key)


def test_a_deed_is_awarded_once_and_taken_back_with_its_caps(database: Database) -> None:
    cap = {"per_member": {"points": 70, "period": "year"}}
    status = {"id": "status", "trigger": "birthday", "then": {"type": "status_points", "points": 3}}
    store = a_store(database, BIRTHDAY | {"caps": cap}, status)
    owner = database.write(lambda conn: ayse(conn, store))

    def award(key: str) -> int:
        return database.write(
            lambda conn: award_deed(conn, store, owner, deed(key), now=NOW)
        ).total()

    def reverse(key: str) -> bool:
        return database.write(
            lambda conn: reverse_deed(conn, store, owner, key, now=NOW, why="removed")
        ).created

    assert [award("birthday:2026"), award("birthday:2026"), award("second")] == [50, 50, 20]
    assert balances(database, store) == {("U1", "points"): 70, ("U1", "status"): 6}
    assert [reverse("birthday:2026"), reverse("birthday:2026"), reverse("unknown")] == [
        True,
        False,
        False,
    ]
    assert balances(database, store) == {("U1", "points"): 20, ("U1", "status"): 3}
    assert sum(points for points, _ in uses(database, store).values()) == 20
    assert award("birthday:2026") == 50
    assert balances(database, store) == {("U1", "points"): 20, ("U1", "status"): 3}
    assert award("third") == 50
    drifts = database.read(lambda conn: drifts_of(conn, store.id))
    assert {one.check for one in drifts} == {"bonus_flag"}, "these were awarded past the bonuses"


def test_points_that_were_spent_and_forgiven_still_count_for_the_cap(database: Database) -> None:
    cap = {"per_member": {"points": 70, "times": 2, "period": "year"}}
    store = a_store(database, BIRTHDAY | {"caps": cap})
    owner = database.write(lambda conn: ayse(conn, store))
    held = ledger.Account(store.id, owner, "points")

    def award_spend_and_reverse(conn: Connection, key: str, spent: int) -> tuple[int, int]:
        awarded = award_deed(conn, store, owner, deed(key), now=NOW)
        cause = ledger.Cause(source="test", part="points", actor="app")
        ledger.adjust(conn, held, -spent, cause, key=f"spent:{key}", now=NOW, effective_at=NOW)
        taken = reverse_deed(conn, store, owner, key, now=NOW, why="removed")
        return awarded.total(), taken.waived["points"]

    found = [
        database.write(lambda conn, key=key: award_spend_and_reverse(conn, key, 30))  # type: ignore[misc]
        for key in ("first", "second")
    ]

    assert found == [(50, 30), (40, 30)]
    assert set(uses(database, store).values()) == {(30, 1)}
    assert (
        database.write(lambda conn: award_deed(conn, store, owner, deed("3"), now=NOW)).total() == 0
    )


@pytest.mark.parametrize(
    ("member", "store_values", "why"),
    [
        ({"hold_out": True}, {}, "hold_out"),
        ({"earning_blocked": True}, {}, "blocked"),
        ({"state": "left", "left_at": START}, {}, "left"),
        ({}, {"earning_on": False}, "earning_off"),
    ],
)
def test_a_deed_of_who_earns_nothing_is_withheld_and_may_come_again(
    database: Database, member: dict[str, Any], store_values: dict[str, Any], why: str
) -> None:
    store = database.write(lambda conn: live_store(conn, document(BIRTHDAY), **store_values))
    owner = database.write(lambda conn: make_member(conn, store.id, **member))

    awarded = database.write(lambda conn: award_deed(conn, store, owner, deed(), now=NOW))

    assert (awarded.withheld, awarded.grants) == (why, ())
    assert not any(balances(database, store).values())


def test_a_member_of_another_store_is_nobody(database: Database) -> None:
    store, other = a_store(database, BIRTHDAY), a_store(database, BIRTHDAY)
    owner = database.write(lambda conn: ayse(conn, other))

    assert (
        database.write(lambda conn: award_deed(conn, store, owner, deed(), now=NOW)).withheld
        == "unknown"
    )
