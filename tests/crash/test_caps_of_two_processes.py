"""Two processes on one PostgreSQL ask at the same time for what caps and budgets leave."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check, repository
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.programs.models import CapUse, RulePerk
from saleor_loyalty_app.rewards import claims
from tests import nursery
from tests.audited import drifts_of
from tests.claim_stage import item_of
from tests.crash import cap_race
from tests.factories import make_member, make_partner_key
from tests.integration.orders.purchases import AYSE
from tests.order_books import NOW, books_of, live_store, program
from tests.order_samples import START

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

ORDERS = 8
RULES: list[dict[str, Any]] = [
    {
        "id": "base",
        "then": {"type": "points_per_money"},
        "caps": {"per_member": {"points": 1500, "period": "month"}},
    },
    {
        "id": "birthday",
        "trigger": "birthday",
        "then": {"type": "points", "points": 50},
        "caps": {"per_member": {"times": 1, "period": "day"}},
    },
    {
        "id": "visit",
        "trigger": "custom_event",
        "on": ["visit"],
        "then": {"type": "points", "points": 7},
        "caps": {"per_member": {"times": 3, "period": "day"}},
    },
]
#: Given to each order, as long as there are any, and twice a member.
GIFT: dict[str, Any] = {
    "id": "gift",
    "scope": "order",
    "then": {"type": "issue_reward", "reward": "mug"},
}
MUG = item_of("custom", id="mug", stock=5, limit={"times": 2, "period": "ever"})
GIVING = program() | {
    "earning": {"rules": [{"id": "base", "then": {"type": "points_per_money"}}, GIFT]},
    "rewards": {"items": [MUG]},
}
DOCUMENT = program() | {
    "earning": {"rules": [*RULES, GIFT]},
    "rewards": {"items": [MUG]},
    "events": {"types": [{"id": "visit", "name": {"en": "Visit"}}]},
    "goodwill": {
        "complaint": {"suggest": {"type": "points", "points": 200}, "automatic": True},
        "automatic_points": 500,
        "limit": {"times": 20, "days": 30},
    },
}
#: The first order, every third one, and the first by what was bought before.
NUMBERED = program() | {
    "earning": {
        "rules": [
            {"id": "base", "then": {"type": "points_per_money"}},
            *(
                {
                    "id": name,
                    "scope": "order",
                    "when": when,
                    "then": {"type": "points_per_order", "points": points},
                }
                for name, when, points in (
                    ("first", {"type": "nth_order", "max": 1}, 50),
                    ("third", {"type": "nth_order", "every": 3}, 3),
                    ("new", {"type": "member_orders", "max": 0}, 400),
                )
            ),
        ]
    }
}
DOUBLE = {
    "kind": "points",
    "name": "Double",
    "texts": {"en": {"title": "Double"}},
    "starts_at": (START - timedelta(days=2)).isoformat(),
    "ends_at": (START + timedelta(days=2)).isoformat(),
    "times": "2",
    "budget": {"points": 2500, "when_reached": "reduce"},
}


def furnish(conn: Connection) -> tuple[cap_race.Ground, str]:
    """What is raced for, and the campaign's public id."""
    store, doubled = live_store(conn, DOCUMENT), live_store(conn, GIVING)
    numbered = live_store(conn, NUMBERED)
    make_member(conn, numbered.id, user_id=AYSE["id"])
    owner = make_member(conn, store.id, user_id=AYSE["id"])
    opened = [prompts.add(conn, prompt_of(store.id, owner, number)) for number in range(ORDERS)]
    before = START - timedelta(days=1)
    made = desk.create_campaign(conn, doubled, check.read(DOUBLE), actor="user:1", now=before)
    desk.schedule_campaign(conn, doubled, made.public_id, version=1, actor="user:1", now=before)
    key = make_partner_key(conn, store.id, "visit")
    prompted = [one or 0 for one in opened]
    ground = cap_race.Ground(store, owner, key, prompted, doubled, numbered)
    return ground, made.public_id


def prompt_of(store_id: int, owner: int, number: int) -> dict[str, Any]:
    """A complaint about an order, for which the app may give 200 points by itself."""
    return {
        "store_id": store_id, "member_id": owner, "order_id": f"C{number}",
        "order_number": f"C{number}", "channel": "default-channel", "currency": "USD",
        "signal": "complaint", "facts": {}, "suggested": "points", "points": 200,
        "amount_milli": 0, "as_code": False, "automatic": True, "state": "open",
        "opened_at": NOW, "opened_by": "app", "note": "", "decision_note": "", "decided_by": "",
        "given": 0, "code_state": "", "code_why": "", "redemption": "",
    }  # fmt: skip


def test_two_processes_exceed_no_cap_and_no_budget(postgres_url: str) -> None:
    """Orders, birthdays, visits and goodwill of one member, and orders of many in a campaign.

    Every order brings a mug, of which a member gets two, and all together five.

    Of one member's orders each has its own number, whichever process books it.
    """
    database = open_database(postgres_url, pool_size=1)
    ground, campaign_id = database.write(furnish)
    together = nursery.context.Barrier(2)
    racing = [
        nursery.context.Process(
            target=cap_race.run, args=(postgres_url, ground, numbers, together, NOW)
        )
        for numbers in (range(ORDERS // 2), range(ORDERS // 2, ORDERS))
    ]
    for process in racing:
        process.start()
    for process in racing:
        process.join(240)
        assert process.exitcode == 0

    uses = table(CapUse)
    query = sa.select(uses.c.rule_id, sa.func.sum(uses.c.points), sa.func.sum(uses.c.times))
    rows = database.read(lambda conn: conn.execute(query.group_by(uses.c.rule_id)).all())
    used = {rule: (int(points), int(times)) for rule, points, times in rows}
    assert used == {"base": (1500, 2), "birthday": (50, 1), "visit": (21, 3)}
    given = database.read(lambda conn: prompts.tallies(conn, ground.store.id, START))
    assert {one.state: (one.prompts, one.points) for one in given} == {
        "given": (2, 400),
        "open": (ORDERS - 2, 0),
    }
    balances = database.read(lambda conn: books_of(conn, ground.store)).balances
    assert balances == {("U1", "points"): 1500 + 50 + 21 + 400}
    doubled = database.read(lambda conn: books_of(conn, ground.doubled)).balances
    assert sum(doubled.values()) == ORDERS * 1000 + 2500
    campaign = database.read(lambda conn: repository.get(conn, ground.doubled.id, campaign_id))
    assert (campaign.spent_points, campaign.ended_why) == (2500, "budget")
    numbered = database.read(lambda conn: books_of(conn, ground.numbered)).balances
    assert numbered == {("U1", "points"): ORDERS * 1000 + 50 + 400 + (ORDERS // 3) * 3}
    mugs = {
        store.id: database.read(lambda conn, id_=store.id: claims.drawn(conn, id_))  # type: ignore[misc]
        for store in (ground.store, ground.doubled)
    }
    assert mugs == {ground.store.id: {"mug": 2}, ground.doubled.id: {"mug": 5}}
    perks = table(RulePerk)
    told = sa.select(perks.c.store_id, perks.c.state, sa.func.count())
    counted = database.read(
        lambda conn: {
            (row[0], row[1]): row[2]
            for row in conn.execute(told.group_by(perks.c.store_id, perks.c.state))
        }
    )
    assert counted == {
        (ground.store.id, "given"): 2,
        (ground.store.id, "refused"): ORDERS - 2,
        (ground.doubled.id, "given"): 5,
        (ground.doubled.id, "refused"): ORDERS - 5,
    }
    for store in (ground.store, ground.doubled, ground.numbered):
        audited = database.read(lambda conn, id_=store.id: drifts_of(conn, id_))  # type: ignore[misc]
        # The birthdays are awarded past the bonuses here, that nothing else may hold them apart.
        assert {drift.check for drift in audited} <= {"bonus_flag"}
    database.close()
