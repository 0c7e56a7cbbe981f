"""Two processes on one PostgreSQL give the rewards of the same deeds: each is given once."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.models import DeedAward, RulePerk
from saleor_loyalty_app.rewards.models import Redemption, RewardClaim
from tests import nursery
from tests.audited import drifts_of
from tests.claim_stage import item_of
from tests.crash import deed_race
from tests.crash.deed_race import ROUNDS
from tests.factories import make_member, make_partner_key
from tests.integration.orders.purchases import AYSE
from tests.order_books import NOW, live_store, program

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]

GIVES = {"type": "issue_reward", "reward": "mug"}
DOCUMENT = program() | {
    "earning": {
        "rules": [
            {"id": "base", "then": {"type": "points_per_money"}},
            {"id": "party", "trigger": "birthday", "then": GIVES},
            {"id": "visit", "trigger": "custom_event", "on": ["visit"], "then": GIVES},
        ]
    },
    "rewards": {"items": [item_of("amount", id="mug", amount="10", stock=100)]},
    "events": {"types": [{"id": "visit", "name": {"en": "Visit"}}]},
    "bonuses": {"birthdays": {"asked": True}},
}


def furnish(conn: Connection) -> deed_race.Ground:
    """A store with one member, and the key of the system that reports visits."""
    store = live_store(conn, DOCUMENT)
    owner = make_member(conn, store.id, user_id=AYSE["id"])
    key = make_partner_key(conn, store.id, "visit")
    return deed_race.Ground(
        replace(store, spending_on=False), replace(store, spending_on=True), owner, AYSE["id"], key
    )


def test_two_processes_give_each_reward_of_a_deed_once_and_take_it_back_once(
    postgres_url: str,
) -> None:
    database = open_database(postgres_url, pool_size=1)
    ground = database.write(furnish)
    together = nursery.context.Barrier(2)
    racing = [
        nursery.context.Process(
            target=deed_race.run, args=(postgres_url, ground, first, together, NOW)
        )
        for first in (True, False)
    ]
    for process in racing:
        process.start()
    for process in racing:
        process.join(90)
        assert process.exitcode == 0

    perks, codes = table(RulePerk), table(Redemption)

    def rows(conn: Connection) -> dict[tuple[str, str], int]:
        query = sa.select(perks.c.rule_id, perks.c.state, sa.func.count())
        found = conn.execute(query.group_by(perks.c.rule_id, perks.c.state))
        return {(rule, state): number for rule, state, number in found}

    def number(model: type, *wanted: sa.ColumnElement[bool]) -> int:
        query = sa.select(sa.func.count()).select_from(table(model)).where(*wanted)
        return database.read(lambda conn: int(conn.execute(query).scalar_one()))

    # Birthdays that waited were woken; each visit was taken back, given before or not.
    assert database.read(rows) == {("party", "given"): 2 * ROUNDS, ("visit", "taken"): ROUNDS}
    assert number(DeedAward) == 3 * ROUNDS
    open_ones = codes.c.ending == ""
    assert number(Redemption, open_ones) == 2 * ROUNDS
    assert number(Redemption) == number(RewardClaim)
    assert number(Redemption) <= 3 * ROUNDS
    assert database.read(lambda conn: drifts_of(conn, ground.open.id, now=NOW)) == []
    database.close()
