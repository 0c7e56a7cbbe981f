"""What rules see of an order's owner is frozen with the plan; caps are drawn and given back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.award_deed import award_deed, reverse_deed
from saleor_loyalty_app.flows.converge_order import Outcome, converge_order
from saleor_loyalty_app.flows.preview_checkout import preview_checkout
from saleor_loyalty_app.ledger.models import Entry, Lot
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.models import CapUse
from saleor_loyalty_app.saleor.checkout_preview import CheckoutPreview, preview_of
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier
from tests.factories import make_member, make_revision
from tests.integration.orders.purchases import AYSE, bought, receive
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import START, event, line, order, taxed, transaction

TIERS: dict[str, Any] = {
    "enabled": True,
    "levels": [
        {"id": "silver", "names": {"en": "Silver"}, "multiplier": "1.5"},
        {"id": "gold", "names": {"en": "Gold"}, "multiplier": "2"},
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
    assert database.read(lambda conn: list(ledger.audit(conn, store.id))) == []


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


CONDITIONS = st.sampled_from(
    [
        None,
        {"type": "tier", "tiers": ["gold"]},
        {"type": "member_orders", "min": 1},
        {"type": "member_since", "max": 400},
        {"type": "nth_order", "every": 2},
        {"type": "expression", "cel": "member.orders < 2 || member.tier == 'gold'"},
    ]
)
EFFECTS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.sampled_from(
    [
        ("line", {"type": "points_per_money"}),
        ("line", {"type": "points_per_unit", "points": 7}),
        ("order", {"type": "points_per_order", "points": 33}),
        ("line", {"type": "multiplier", "factor": "2.5"}),
        ("order", {"type": "status_points", "points": 5}),
        ("line", {"type": "status_points", "factor": "0.3"}),
    ]
)
TIMES = {"per_member": {"times": 1, "period": "month"}}
CAPS = st.sampled_from(
    [None, TIMES, {"per_member": {"points": 400, "period": "year"}}, {"per_order": 50}]
)


@st.composite
def rules(draw: st.DrawFn, number: int) -> dict[str, Any]:
    scope, then = draw(EFFECTS)
    caps = draw(CAPS)
    if then["type"] == "multiplier" and caps is not None:
        caps = TIMES
    rule = {"id": f"rule-{number}", "scope": scope, "then": then, "when": draw(CONDITIONS)}
    return rule if caps is None else rule | {"caps": caps}


@st.composite
def deed_rules(draw: st.DrawFn) -> dict[str, Any]:
    when = draw(st.sampled_from([None, {"type": "tier", "tiers": ["gold"]}]))
    return BIRTHDAY | {"when": when, "caps": TIMES}


PROGRAMS = st.tuples(rules(1), rules(2), rules(3), deed_rules())
GROSS = st.lists(st.decimals("0.01", "300", places=2).map(str), min_size=1, max_size=3)
FEW = settings(max_examples=5)


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


def told(number: int, gross: list[str], **more: Any) -> OrderSnapshot:
    lines = [line(f"L{n}", 2, amount) for n, amount in enumerate(gross)]
    total = sum((one["totalPrice"]["gross"]["amount"] for one in lines), Decimal(0))
    paid_up = transaction(event("CHARGE_SUCCESS", str(total), 1))
    values: dict[str, Any] = {"id": f"O{number}", "number": str(number), "user": AYSE}
    return order(*lines, **(values | more), transactions=[paid_up])


def checkout_like(gross: list[str]) -> CheckoutPreview:
    lines = [line(f"L{n}", 2, amount) for n, amount in enumerate(gross)]
    total = sum((one["totalPrice"]["gross"]["amount"] for one in lines), Decimal(0))
    channel = {
        "slug": "default-channel",
        "currencyCode": "USD",
        "taxConfiguration": {"pricesEnteredWithTax": True},
    }
    found = preview_of(
        {
            "checkout": {
                "id": "C1",
                "channel": channel,
                "subtotalPrice": taxed(total),
                "shippingPrice": taxed(0),
                "totalPrice": taxed(total),
                "user": {"id": AYSE["id"]},
                "lines": lines,
            }
        }
    )
    assert found is not None
    return found


@FEW
@given(program_rules=PROGRAMS, carts=st.lists(GROSS, min_size=2, max_size=3), tier=st.booleans())
def test_a_preview_says_what_the_order_then_earns(
    quick: Database, program_rules: tuple[dict[str, Any], ...], carts: list[list[str]], tier: bool
) -> None:
    store = a_store(quick, *program_rules)
    owner = quick.write(lambda conn: ayse(conn, store))
    quick.write(lambda conn: put_in_tier(conn, store, owner, "gold" if tier else ""))
    for number, gross in enumerate(carts):
        points = promised(quick, store, gross)
        outcome = received(quick, store, told(number, gross))
        assert points == outcome.posted.get(("points", "points"), 0)


def promised(database: Database, store: StoreRef, gross: list[str]) -> int:
    def preview(conn: Connection) -> int:
        member = member_by_user(conn, store.id, AYSE["id"])
        cart = checkout_like(gross)
        return preview_checkout(
            conn, store, cart, member, is_owner=True, now=START, language="en"
        ).points

    return database.read(preview)


def received(database: Database, store: StoreRef, snapshot: OrderSnapshot) -> Outcome:
    return database.write(
        lambda conn: converge_order(conn, store, snapshot, Look.webhook(NOW), now=NOW, secrets=KEYS)
    )


@FEW
@given(program_rules=PROGRAMS, carts=st.lists(GROSS, min_size=1, max_size=3), random=st.randoms())
def test_applying_and_reversing_all_facts_leaves_zero(
    quick: Database, program_rules: tuple[dict[str, Any], ...], carts: list[list[str]], random: Any
) -> None:
    store = a_store(quick, *program_rules)
    owner = quick.write(lambda conn: ayse(conn, store))
    quick.write(lambda conn: put_in_tier(conn, store, owner, "gold"))
    done: list[Callable[[], object]] = [
        lambda n=n, gross=gross: received(quick, store, told(n, gross))
        for n, gross in enumerate(carts)
    ] + [
        lambda: quick.write(lambda conn: award_deed(conn, store, owner, deed(), now=NOW)),
    ]
    undone: list[Callable[[], object]] = [
        lambda n=n, gross=gross: received(
            quick, store, told(n, gross, updated=9, status="CANCELED")
        )
        for n, gross in enumerate(carts)
    ] + [
        lambda: quick.write(
            lambda conn: reverse_deed(conn, store, owner, deed().key, now=NOW, why="undone")
        ),
    ]
    random.shuffle(done)
    random.shuffle(undone)
    for step in [*done, *done, *undone, *undone]:
        step()

    assert not any(balances(quick, store).values())
    assert uses(quick, store) == {}
    assert quick.read(lambda conn: list(ledger.audit(conn, store.id))) == []


def joined(database: Database, store: StoreRef) -> int:
    return database.write(lambda conn: ayse(conn, store))


def celebrated(database: Database, store: StoreRef, owner: int) -> None:
    database.write(lambda conn: award_deed(conn, store, owner, deed(), now=NOW))


@FEW
@given(carts=st.lists(GROSS, min_size=2, max_size=3), random=st.randoms())
def test_facts_of_a_day_commute_where_rules_do(
    quick: Database, carts: list[list[str]], random: Any
) -> None:
    """Rules that ask neither for a number of orders nor for what is left of a cap by rule."""
    cap = {"per_member": {"points": 500, "period": "day"}}
    free = (BASE | {"caps": {"per_order": 900}}, STATUS, BIRTHDAY | {"caps": cap})
    first, second = a_store(quick, *free), a_store(quick, *free)
    for store in (first, second):
        owner = joined(quick, store)
        steps: list[Callable[[], object]] = [
            partial(received, quick, store, told(n, gross)) for n, gross in enumerate(carts)
        ]
        steps.append(partial(celebrated, quick, store, owner))
        if store is second:
            random.shuffle(steps)
        for step in steps:
            step()

    assert balances(quick, first) == balances(quick, second)
