"""Orders move members between tiers, tiers change what orders earn, and refunds take it back."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.mirror_balances import mirror_page
from saleor_loyalty_app.flows.set_tier import set_tier
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.sweep_tiers import has_work, rewards_page, tiers_page
from saleor_loyalty_app.messages.outbox import waiting
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier, TierMove
from saleor_loyalty_app.tiers.standing import tier_of
from saleor_loyalty_app.tiers.sweeps import sweep_of
from tests.factories import make_revision
from tests.order_books import KEYS, NOW, books_of, live_store, program
from tests.order_samples import event, order, paid, shopper, transaction

AYSE, CAN = shopper(), shopper("VXNlcjoy", "can@example.com")
_tiers, _moves = table(MemberTier), table(TierMove)


def tiered(*limits: int, **values: Any) -> dict[str, Any]:
    """The usual program with tiers by spend in USD; Silver doubles points and brings 50."""
    names = ("bronze", "silver", "gold")
    gives: tuple[dict[str, Any], ...] = (
        {},
        {"multiplier": "2", "entry_points": 50},
        {"multiplier": "3"},
    )
    levels = [
        {
            "id": name,
            "names": {"en": name.title()},
            "requirements": {"spend": {"limits": [{"currency": "USD", "min": str(limit)}]}},
            **more,
        }
        for name, limit, more in zip(names, limits or (50, 150, 500), gives, strict=False)
    ]
    return program() | {"tiers": {"enabled": True, "levels": levels, **values}}


def receive(database: Database, store: StoreRef, told: OrderSnapshot, moment: datetime) -> None:
    database.write(
        lambda conn: converge_order(
            conn, store, told, Look.webhook(moment), now=moment, secrets=KEYS
        )
    )


def settle(database: Database, store: StoreRef, now: datetime) -> None:
    """All that the tasks have to do until then."""
    for _ in range(50):
        database.write(lambda conn: tiers_page(conn, store, now=now))
        database.write(lambda conn: rewards_page(conn, store, keys=KEYS, now=now))
        if not database.read(lambda conn: has_work(conn, store, now=now)):
            return
    raise AssertionError("the tasks never come to an end")


def publish(
    database: Database, store: StoreRef, document: dict[str, Any], moment: datetime
) -> None:
    database.write(lambda conn: make_revision(conn, store.id, document, effective_from=moment))


def tiers(database: Database, store: StoreRef) -> list[str]:
    query = sa.select(_tiers.c.tier).where(_tiers.c.store_id == store.id)
    return database.read(lambda conn: list(conn.execute(query).scalars()))


def moves(database: Database, store: StoreRef) -> list[tuple[str, str, str]]:
    query = sa.select(_moves).where(_moves.c.store_id == store.id).order_by(_moves.c.id)
    rows = database.read(lambda conn: conn.execute(query).all())
    return [(row.from_tier, row.to_tier, row.why) for row in rows]


def points(database: Database, store: StoreRef, user: dict[str, Any] = AYSE) -> int:
    books = database.read(lambda conn: books_of(conn, store))
    return books.balances.get((user["id"], "points"), 0)


def bought(number: int, updated: float, **more: Any) -> OrderSnapshot:
    values: dict[str, Any] = {"id": f"O{number}", "number": str(number), "user": AYSE}
    return order(**({"transactions": [paid()]} | values | {"updated": updated} | more))


def refunded(number: int, updated: float) -> OrderSnapshot:
    back = transaction(event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", 100, updated))
    return bought(number, updated, transactions=[back])


def test_orders_raise_a_tier_that_multiplies_the_next_order_until_refunds_take_it(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    settle(database, store, NOW)
    receive(database, store, bought(1, 1), NOW)
    settle(database, store, NOW)
    assert tiers(database, store) == ["bronze"]
    receive(database, store, bought(2, 2), NOW)
    settle(database, store, NOW)
    assert tiers(database, store) == ["silver"]
    assert points(database, store) == 1000 + 1000 + 50
    receive(database, store, bought(3, 3), NOW)
    settle(database, store, NOW)
    assert points(database, store) == 2000 + 50 + 2000
    for number in (1, 2):
        receive(database, store, refunded(number, 10 + number), NOW + timedelta(minutes=number))
    settle(database, store, NOW + timedelta(minutes=5))
    assert tiers(database, store) == ["bronze"]
    assert points(database, store) == 2000 + 50
    receive(database, store, bought(4, 20), NOW + timedelta(minutes=20))
    settle(database, store, NOW + timedelta(minutes=21))
    assert tiers(database, store) == ["silver"]
    assert points(database, store) == 2000 + 50 + 1000, "the reward of Silver is given once"
    assert moves(database, store) == [
        ("", "bronze", "earned"),
        ("bronze", "silver", "earned"),
        ("silver", "bronze", "reduced"),
        ("bronze", "silver", "earned"),
    ]
    told = database.read(lambda conn: [row.kind for row in waiting(conn, store.id, limit=50)])
    assert told.count("tier_up") == 3


def test_time_warns_a_month_before_it_takes_a_tier_one_step(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    for number in (1, 2):
        receive(database, store, bought(number, number), NOW)
    settle(database, store, NOW)
    ends = datetime(2027, 11, 23, 12, tzinfo=UTC)
    settle(database, store, ends)
    assert tiers(database, store) == ["silver"]
    messages = database.read(lambda conn: waiting(conn, store.id, limit=50))
    [risk] = [row.data for row in messages if row.kind == "tier_at_risk"]
    assert (risk["tier"], risk["drops_to"], risk["drops_on"]) == ("silver", "bronze", "2027-12-23")
    assert risk["missing"] == [{"kind": "spend", "amount": 150_000, "currency": "USD"}]
    settle(database, store, datetime(2027, 12, 23, 12, tzinfo=UTC))
    assert moves(database, store)[-1] == ("silver", "bronze", "period_over")


def test_changed_tiers_meet_everybody_and_take_nothing_before_the_period_ends(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    receive(database, store, bought(1, 1), NOW)
    receive(database, store, bought(2, 2, user=CAN), NOW)
    settle(database, store, NOW)
    later = NOW + timedelta(days=30)
    publish(database, store, tiered(10, 20, 1000), later)
    settle(database, store, later)
    assert tiers(database, store) == ["silver", "silver"]
    assert moves(database, store)[-1] == ("bronze", "silver", "changed")
    strict = later + timedelta(days=30)
    publish(database, store, tiered(5000, 6000, 7000), strict)
    settle(database, store, strict)
    assert tiers(database, store) == ["silver", "silver"]
    sweep = database.read(lambda conn: sweep_of(conn, store.id))
    assert sweep is not None
    assert (sweep.total, sweep.done, sweep.running) == (2, 2, False)


@pytest.mark.parametrize("window", [{"type": "rolling", "months": 12}, {"type": "lifetime"}])
def test_a_refund_after_the_tiers_were_changed_takes_what_the_order_gave(
    database: Database, window: dict[str, Any]
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered(window=window)))
    for number in (1, 2):
        receive(database, store, bought(number, number), NOW)
    settle(database, store, NOW)
    for number, grace in ((2, 31), (3, 32)):
        later = NOW + timedelta(days=number)
        document = tiered(60, 170, 600, window=window, grace_days=grace)
        publish(database, store, document, later)
        settle(database, store, later)
    assert tiers(database, store) == ["silver"], "as it was held when the tiers were changed"
    late = NOW + timedelta(days=100)
    receive(database, store, refunded(1, 10), late)
    settle(database, store, late)
    assert tiers(database, store) == ["bronze"]
    receive(database, store, refunded(2, 11), late)
    settle(database, store, late)
    assert tiers(database, store) == [""]
    assert moves(database, store)[-2:] == [
        ("silver", "bronze", "reduced"),
        ("bronze", "", "reduced"),
    ]


def test_two_of_whom_one_has_not_met_the_changed_tiers_yet_keep_what_both_had(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    receive(database, store, bought(1, 1), NOW)
    receive(database, store, bought(2, 2, user=CAN), NOW)
    receive(database, store, bought(3, 3, user=CAN), NOW)
    settle(database, store, NOW)
    later = NOW + timedelta(days=3)
    publish(database, store, tiered(5000, 6000, 7000), later)
    query = sa.select(_tiers.c.member_id).where(_tiers.c.store_id == store.id)
    first, second = sorted(database.read(lambda conn: conn.execute(query).scalars().all()))
    agent = Agent("VXNlcjo5", "agent@example.com")
    database.write(
        lambda conn: merge_members(conn, store, first, second, agent, keys=KEYS, now=later)
    )
    settle(database, store, later)
    assert tiers(database, store) == ["silver"]
    receive(database, store, refunded(3, 10), later)
    receive(database, store, refunded(2, 11), later)
    settle(database, store, later)
    assert tiers(database, store) == ["bronze"]


def test_whom_staff_meet_before_the_changed_tiers_do_keeps_what_was_earned(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    for number in (1, 2):
        receive(database, store, bought(number, number), NOW)
    settle(database, store, NOW)
    later = NOW + timedelta(days=3)
    publish(database, store, tiered(5000, 6000, 7000), later)
    query = sa.select(_tiers.c.member_id).where(_tiers.c.store_id == store.id)
    member_id = database.read(lambda conn: conn.execute(query).scalar_one())
    agent, day = Agent("VXNlcjo5", "agent@example.com"), later.date()
    database.write(
        lambda conn: set_tier(
            *(conn, store, member_id, "gold", day, agent),
            reason="A late delivery.",
            language="en",
            keys=KEYS,
            now=later,
        )
    )
    settle(database, store, later + timedelta(days=2))
    assert tiers(database, store) == ["silver"]
    assert [move[1] for move in moves(database, store)][-2:] == ["gold", "silver"]


def test_tiers_that_are_off_move_nobody_and_multiply_nothing(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, tiered(enabled=False)))
    for number in (1, 2, 3):
        receive(database, store, bought(number, number), NOW)
        settle(database, store, NOW)
    assert tiers(database, store) == []
    assert points(database, store) == 3000


def test_an_erased_member_has_no_tier_any_more(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    receive(database, store, bought(1, 1), NOW)
    settle(database, store, NOW)
    query = sa.select(_tiers.c.member_id).where(_tiers.c.store_id == store.id)
    member_id = database.read(lambda conn: conn.execute(query).scalar_one())
    database.write(lambda conn: erase_member(conn, store, member_id, now=NOW))
    settle(database, store, NOW)
    assert database.read(lambda conn: tier_of(conn, store.id, member_id)) == ""
    assert tiers(database, store) == []


def test_two_members_who_become_one_have_the_tier_of_what_both_bought(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    settle(database, store, NOW)
    receive(database, store, bought(1, 1), NOW)
    receive(database, store, bought(2, 2, user=CAN), NOW)
    settle(database, store, NOW)
    query = sa.select(_tiers.c.member_id).where(_tiers.c.store_id == store.id)
    first, second = sorted(database.read(lambda conn: conn.execute(query).scalars().all()))
    agent = Agent("VXNlcjo5", "agent@example.com")
    database.write(
        lambda conn: merge_members(conn, store, first, second, agent, keys=KEYS, now=NOW)
    )
    settle(database, store, NOW)
    assert tiers(database, store) == ["silver"]
    assert database.read(lambda conn: tier_of(conn, store.id, second)) == "silver"
    assert points(database, store, CAN) == 2000 + 50


def test_status_points_raise_a_tier_and_refunds_take_them(database: Database) -> None:
    document = tiered()
    document["earning"]["rules"].append(
        {"id": "status", "scope": "order", "then": {"type": "status_points", "points": 10}}
    )
    document["tiers"]["levels"] = [
        {"id": "vip", "names": {}, "requirements": {"status_points": {"min": 20}}}
    ]
    store = database.write(lambda conn: live_store(conn, document))
    settle(database, store, NOW)
    for number in (1, 2):
        receive(database, store, bought(number, number), NOW)
        settle(database, store, NOW)
    assert tiers(database, store) == ["vip"]
    receive(database, store, refunded(2, 10), NOW + timedelta(minutes=10))
    settle(database, store, NOW + timedelta(minutes=11))
    assert tiers(database, store) == [""]


class Told:
    """A Saleor that keeps the metadata of its customers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.metadata: dict[str, str] = {}

    def change(self, store: StoreRef, document: str, variables: dict[str, Any]) -> None:
        assert document == "mutations/private_metadata_update"
        self.metadata |= {pair["key"]: pair["value"] for pair in variables["input"]}


def test_saleor_has_a_copy_of_the_tier_where_it_has_one_of_the_balance(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    clock = ManualClock(NOW)
    saleor = Told(database)
    settle(database, store, NOW)
    receive(database, store, bought(1, 1), NOW)
    settle(database, store, NOW)
    clock.advance(timedelta(minutes=2))
    mirror_page(cast(StoreAccess, saleor), store, clock)
    assert saleor.metadata["loyalty.tier"] == "bronze"
    receive(database, store, refunded(1, 10), NOW + timedelta(minutes=10))
    settle(database, store, NOW + timedelta(minutes=11))
    clock.advance(timedelta(minutes=12))
    mirror_page(cast(StoreAccess, saleor), store, clock)
    assert saleor.metadata["loyalty.tier"] == ""


def test_saleor_is_told_of_no_tier_when_tiers_are_switched_off_and_of_it_when_they_are_on_again(
    database: Database,
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    saleor = Told(database)
    settle(database, store, NOW)
    receive(database, store, bought(1, 1), NOW)
    told = []
    for number, on in enumerate((True, False, True), start=1):
        moment = NOW + timedelta(hours=number)
        if number > 1:
            publish(database, store, tiered(enabled=on), moment)
        settle(database, store, moment)
        mirror_page(cast(StoreAccess, saleor), store, ManualClock(moment + timedelta(minutes=2)))
        told.append(saleor.metadata["loyalty.tier"])
    assert told == ["bronze", "", "bronze"]


def test_saleor_is_told_of_the_tier_that_everybody_has_before_the_first_look(
    database: Database,
) -> None:
    document = tiered()
    document["tiers"]["levels"].insert(0, {"id": "friend", "names": {"en": "Friend"}})
    store = database.write(lambda conn: live_store(conn, document))
    saleor, clock = Told(database), ManualClock(NOW)
    mirror_page(cast(StoreAccess, saleor), store, clock)
    receive(database, store, bought(1, 1), NOW)
    clock.advance(timedelta(minutes=2))
    mirror_page(cast(StoreAccess, saleor), store, clock)
    assert tiers(database, store) == []
    assert saleor.metadata["loyalty.tier"] == "friend"


def test_stores_do_not_mix(database: Database) -> None:
    first = database.write(lambda conn: live_store(conn, tiered()))
    second = database.write(lambda conn: live_store(conn, tiered()))
    receive(database, first, bought(1, 1), NOW)
    settle(database, second, NOW)
    assert tiers(database, second) == []
    assert database.read(lambda conn: has_work(conn, first, now=NOW))


@pytest.mark.parametrize("earlier", [(1, 2), (2, 1)])
def test_events_in_any_order_end_in_the_same_tier(
    database: Database, earlier: tuple[int, int]
) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    facts = {1: refunded(1, 5), 2: bought(2, 2)}
    for number in earlier:
        receive(database, store, facts[number], NOW)
        settle(database, store, NOW)
    receive(database, store, bought(1, 1), NOW)
    settle(database, store, NOW)
    assert tiers(database, store) == ["bronze"]
