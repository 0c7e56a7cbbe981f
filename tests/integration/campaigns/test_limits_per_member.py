"""What one member gets of a campaign on points at most, whatever comes at once, back or twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check, repository
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_board import campaigns_for, gives_words
from saleor_loyalty_app.flows.campaign_trial import try_points, why_not_in
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs.models import CapUse
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.audited import drifts_of
from tests.campaign_stage import buy, recipe, refund, spent_of, start
from tests.factories import make_channel
from tests.order_books import KEYS, NOW, entries_of, live_store, order_row
from tests.order_samples import START, event, order, paid, shopper, transaction
from tests.redemption_stage import Stage

_uses = table(CapUse)


class Shop:
    """A store with a campaign that doubles points; orders of 100.00 earn 1000 by the rules."""

    def __init__(self, database: Database, **limit: int) -> None:
        self.database = database
        terms = check.read(
            {
                "kind": "points",
                "name": "Double",
                "texts": {"en": {"title": "Double"}},
                "starts_at": (START - timedelta(days=2)).isoformat(),
                "ends_at": (START + timedelta(days=20)).isoformat(),
                "times": "2",
                "per_member": limit,
            }
        )
        before = START - timedelta(days=1)

        def write(conn: Connection) -> tuple[StoreRef, str]:
            store = live_store(conn)
            make_channel(conn, store.id)
            made = desk.create_campaign(conn, store, terms, actor="user:1", now=before)
            desk.schedule_campaign(
                conn, store, made.public_id, version=1, actor="user:1", now=before
            )
            return store, made.public_id

        self.store, self.campaign = database.write(write)

    def buy(self, number: int, who: str = "U1", **more: Any) -> int:
        """News of an order; gives what they changed in the books."""
        values: dict[str, Any] = {
            "transactions": [paid()],
            "id": f"O{number}",
            "number": str(number),
            "user": shopper(who, f"{who}@example.com"),
        }
        return self.receive(order(**(values | more)))

    def receive(self, told: OrderSnapshot) -> int:
        found = self.database.write(
            lambda conn: converge_order(
                conn, self.store, told, Look.webhook(NOW), now=NOW, secrets=KEYS
            )
        )
        return found.posted.get(("points", "points"), 0)

    def cancel(self, number: int, updated: float = 9) -> int:
        return self.buy(number, status="CANCELED", updated=updated)

    def refund(self, number: int, amount: str, updated: float = 9) -> int:
        events = [event("CHARGE_SUCCESS", 100, 1), event("REFUND_SUCCESS", amount, updated)]
        return self.buy(number, transactions=[transaction(*events)], updated=updated)

    def used(self) -> tuple[int, int]:
        """Points and orders that count for limits."""
        self.check()
        sums = (sa.func.sum(_uses.c.points), sa.func.sum(_uses.c.times))
        query = sa.select(*sums).where(_uses.c.store_id == self.store.id)
        points, times = self.database.read(lambda conn: conn.execute(query).one())
        return int(points or 0), int(times or 0)

    def added(self) -> int:
        """What the campaign gave and has not got back."""
        found = self.database.read(lambda conn: repository.get(conn, self.store.id, self.campaign))
        return found.spent_points

    def check(self) -> None:
        assert self.database.read(lambda conn: drifts_of(conn, self.store.id)) == []

    def plan(self, number: int) -> AwardPlan:
        row = self.database.read(lambda conn: order_row(conn, self.store, f"O{number}"))
        return AwardPlan.from_json(row.plan)


def test_the_last_order_gets_what_is_left_and_others_have_their_own(database: Database) -> None:
    shop = Shop(database, points=1500)
    assert [shop.buy(number) for number in (1, 2, 3)] == [2000, 1500, 1000]
    assert shop.buy(4, "U2") == 2000
    assert shop.used() == (2500, 3)
    assert shop.added() == 2500
    [miss] = [one for one in shop.plan(3).to_json()["misses"] if "campaign" in one["rule"]]
    assert (miss["reason"]["code"], miss["reason"]["max"]) == ("campaign_cap_points", 1500)


def test_a_refund_gives_the_limit_back_and_news_twice_or_late_change_nothing(
    database: Database,
) -> None:
    shop = Shop(database, times=1)
    assert [shop.buy(1), shop.buy(2)] == [2000, 1000]
    assert shop.cancel(1) == -2000
    assert shop.used() == (0, 0)
    assert shop.buy(3) == 2000

    assert shop.cancel(1) == 0
    assert shop.buy(1) == 0
    assert shop.buy(3) == 0
    assert shop.used() == (1000, 1)
    assert shop.buy(4) == 1000
    assert shop.added() == 1000


def test_a_refund_of_a_part_gives_a_part_back(database: Database) -> None:
    shop = Shop(database, points=1500)
    shop.buy(1)
    assert shop.refund(1, "40") == -800
    assert shop.used() == (600, 1)
    assert [shop.buy(2), shop.buy(3)] == [1900, 1000]
    assert shop.used() == (1500, 2)


def test_a_refund_that_failed_counts_again_as_with_caps(database: Database) -> None:
    """The frozen plan decides: nobody loses what they were given because others took the rest."""
    shop = Shop(database, times=1)
    shop.buy(1)
    shop.refund(1, "100")
    assert shop.buy(2) == 2000
    assert shop.buy(1, updated=12) == 2000
    assert shop.used() == (2000, 2)
    assert shop.buy(3) == 1000
    for number in (1, 2, 3):
        shop.cancel(number, updated=20)
    assert (shop.used(), shop.added()) == ((0, 0), 0)


def test_orders_at_once_never_exceed_a_limit(database: Database) -> None:
    by_points, by_times = Shop(database, points=2500), Shop(database, times=2)
    for shop, used in ((by_points, (2500, 3)), (by_times, (2000, 2))):
        with ThreadPoolExecutor(max_workers=4) as pool:
            gave = list(pool.map(shop.buy, range(6)))
        assert sum(gave) == 6000 + used[0]
        assert shop.used() == used
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(shop.cancel, range(6)))
        assert (shop.used(), shop.added()) == ((0, 0), 0)


def test_an_order_that_finds_another_owner_counts_for_them(database: Database) -> None:
    shop = Shop(database, times=1)
    shop.buy(1)
    shop.buy(1, "U2", updated=5)
    assert shop.used() == (1000, 1)
    assert shop.buy(2, "U2") == 1000
    assert shop.buy(3) == 2000


def test_who_comes_back_after_erasure_has_no_limit_anew(database: Database) -> None:
    shop = Shop(database, times=1)
    assert shop.buy(1) == 2000
    member = database.read(lambda conn: member_by_user(conn, shop.store.id, "U1"))
    assert member is not None
    database.write(
        lambda conn: erase_member(conn, shop.store, member.id, now=NOW, account_stays=False)
    )
    assert shop.buy(2, user=shopper("U7", "U1@example.com"), created=NOW.isoformat()) == 1000


def test_staff_and_the_member_see_what_is_left(database: Database) -> None:
    shop = Shop(database, points=1500)
    shop.buy(1)

    def look(conn: Connection) -> tuple[tuple[int, int], str, list[str]]:
        member = member_by_user(conn, shop.store.id, "U1")
        assert member is not None
        campaign = repository.get(conn, shop.store.id, shop.campaign)
        found = campaigns_for(conn, shop.store, member, now=NOW)
        return (
            try_points(
                conn, shop.store, campaign, member.id, None, Decimal(100), now=NOW, keys=KEYS
            ),
            why_not_in(conn, shop.store, campaign, member.id, now=NOW, keys=KEYS),
            [gives_words(one.campaign, "en") for one in found],
        )

    assert database.read(look) == ((1000, 1500), "", ["points × 2, 1,500 points more at most"])
    shop.buy(2)
    assert database.read(look) == ((1000, 1000), "limit", [])


def test_an_entry_says_that_a_limit_left_less(database: Database) -> None:
    shop = Shop(database, points=1500)
    shop.buy(1)
    shop.buy(2)

    def told(conn: Connection, language: str) -> str:
        [*_, last] = entries_of(conn, shop.store)
        return " ".join(explain_entry(conn, shop.store.id, last.id, language=language).sentences)

    english = database.read(lambda conn: told(conn, "en"))
    assert "2,000 points, of which a cap leaves 1,500 points" in english
    turkish = database.read(lambda conn: told(conn, "tr"))
    assert "2.000 puan; üst sınır bunun 1.500 puan kadarını bırakıyor" in turkish


def test_the_recipe_of_a_limit_gives_what_it_says_and_gives_it_back(stage: Stage) -> None:
    campaign = start(stage, recipe("campaign-limit-per-member"))
    totals = [stage.balance().total]

    def more() -> int:
        totals.append(stage.balance().total)
        return totals[-1] - totals[-2]

    first = buy(stage)
    assert more() == 300
    for points in (200, 150):
        buy(stage)
        assert more() == points
    refund(stage, first)
    assert more() == -300
    buy(stage)
    assert more() == 300
    assert spent_of(stage, campaign).points == 200
    assert gives_words(campaign, "en") == "points × 2, 2 orders at most, 200 points more at most"
    assert gives_words(campaign, "tr") == "puan × 2, en çok 2 sipariş, en çok 200 puan ek"
    stage.points()
