"""What tiers multiply in the forecast of a campaign, by the tiers that buyers have now."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.campaign_forecast import ChannelForecast, forecast
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.merge_members import merge_members
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs import samples
from saleor_loyalty_app.programs.sampled import SampledOrder
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_books import KEYS, NOW, live_store, program
from tests.order_samples import START, line, order, paid, shopper
from tests.program_samples import line_of, order_of

SPEND = {"spend": {"limits": [{"currency": "USD", "min": "150"}]}}
GOLD = {"id": "gold", "names": {"en": "Gold"}, "requirements": SPEND, "multiplier": "2"}


def furnish(conn: Connection, document: dict[str, Any]) -> StoreRef:
    """A store whose sample has three orders of 100.00 or 200.00: of a member in the tier, of one
    without, and one that the app never saw.
    """
    store = live_store(conn, document)
    prices = {"O1": "200", "O2": "100", "O3": "100"}
    for number, gross in (("1", "200"), ("2", "100")):
        told = order(
            line(gross=gross),
            transactions=[paid(gross)],
            id=f"O{number}",
            number=number,
            user=shopper(f"U{number}", f"{number}@example.com"),
        )
        converge_order(conn, store, told, Look.webhook(NOW), now=NOW, secrets=KEYS)
    begun = samples.begin_sampling(conn, store.id, since=NOW - timedelta(days=90), now=NOW)
    found = {
        name: SampledOrder(facts.subtotal, True, True, facts)
        for name, gross in prices.items()
        for facts in [order_of(line_of(gross), order_id=name)]
    }
    samples.add_page(conn, begun, found, until=NOW, cursor=None, done=True, now=NOW)
    return store


def told(database: Database, store: StoreRef, **more: Any) -> tuple[str, ChannelForecast]:
    terms = check.read(
        {
            "kind": "points",
            "name": "Triple",
            "texts": {"en": {"title": "Triple"}},
            "starts_at": (START + timedelta(days=30)).isoformat(),
            "ends_at": (START + timedelta(days=37)).isoformat(),
            "times": "3",
            **more,
        }
    )
    found = database.read(lambda conn: forecast(conn, store, terms, now=NOW))
    assert found is not None
    [channel] = found.channels
    return found.top_tier, channel


def test_members_with_a_multiplier_cost_more(database: Database) -> None:
    document = program() | {"tiers": {"enabled": True, "levels": [GOLD]}}
    store = database.write(lambda conn: furnish(conn, document))
    while database.write(lambda conn: tiers_page(conn, store, now=NOW)):
        pass
    top, channel = told(database, store)
    assert (top, channel.tier_known) == ("gold", 2)
    assert channel.points == 2 * (4000 + 1000 + 1000)
    assert channel.top_points == 2 * 2 * (2000 + 1000 + 1000)


def test_without_tiers_nobody_costs_more(database: Database) -> None:
    document = program() | {"tiers": {"enabled": False, "levels": [GOLD]}}
    store = database.write(lambda conn: furnish(conn, document))
    top, channel = told(database, store)
    assert (top, channel.tier_known) == ("", 0)
    assert channel.points == channel.top_points == 2 * (2000 + 1000 + 1000)


def test_orders_of_one_buyer_share_the_limit_per_member_that_of_a_merged_one_too(
    database: Database,
) -> None:
    store = database.write(lambda conn: furnish(conn, program()))
    limit = {"per_member": {"times": 1}}
    assert told(database, store, **limit)[1].points == 2 * (2000 + 1000 + 1000)
    agent = Agent("VXNlcjo5", "agent@example.com")

    def merge(conn: Connection) -> None:
        first, second = (member_by_user(conn, store.id, one) for one in ("U1", "U2"))
        assert first is not None
        assert second is not None
        merge_members(conn, store, first.id, second.id, agent, keys=KEYS, now=NOW)

    database.write(merge)
    assert told(database, store)[1].points == 2 * (2000 + 1000 + 1000)
    assert told(database, store, **limit)[1].eligible == 2
