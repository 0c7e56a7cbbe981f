"""Who was not looked at for tiers yet is in the audience of the tier that everybody has."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_audience import candidates, candidates_after
from saleor_loyalty_app.flows.campaign_board import campaigns_for
from saleor_loyalty_app.flows.campaign_trial import try_points, why_not_in
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.flows.message_context import program_of
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.saleor.event import UserSnapshot
from tests.factories import make_channel
from tests.integration.orders.purchases import AYSE, bought
from tests.order_books import KEYS, NOW, live_store, program
from tests.order_samples import START

FRIEND = {"id": "friend", "names": {"en": "Friend"}}
GOLD = {
    "id": "gold",
    "names": {"en": "Gold"},
    "requirements": {"spend": {"limits": [{"currency": "USD", "min": "5000"}]}},
}


def terms(*tiers: str) -> Any:
    return check.read(
        {
            "kind": "points",
            "name": "Double",
            "texts": {"en": {"title": "Double"}},
            "starts_at": (START - timedelta(days=2)).isoformat(),
            "ends_at": (START + timedelta(days=20)).isoformat(),
            "times": "2",
            "audience": {"tiers": list(tiers)},
        }
    )


def told_and_booked(
    conn: Connection, tier: str, *, enabled: bool = True, swept: bool = False
) -> tuple[str, int, int, int]:
    """Why a newcomer gets nothing of a campaign for a tier, what is tried, the campaigns that they
    are shown, and what their first order brings.
    """
    tiers = {"enabled": enabled, "levels": [FRIEND, GOLD]}
    store = live_store(conn, program() | {"tiers": tiers})
    make_channel(conn, store.id)
    before = START - timedelta(days=1)
    made = desk.create_campaign(conn, store, terms(tier), actor="user:1", now=before)
    campaign = desk.schedule_campaign(
        conn, store, made.public_id, version=1, actor="user:1", now=before
    )
    user = UserSnapshot(id=AYSE["id"], email=AYSE["email"], is_confirmed=True)
    customer_seen(conn, store, user, keys=KEYS, now=NOW)
    while swept and tiers_page(conn, store, now=NOW):
        pass
    member = member_by_user(conn, store.id, AYSE["id"])
    assert member is not None
    audience, live = campaign.terms.audience.ready(), program_of(conn, store, NOW)
    [one] = candidates(conn, store, live, audience, [member.id])
    assert candidates_after(conn, store, live, audience, after=0, limit=9) == [one]
    why_not = why_not_in(conn, store, campaign, member.id, now=NOW, keys=KEYS)
    assert why_not == one.why_not
    tried = try_points(conn, store, campaign, member.id, None, Decimal(100), now=NOW, keys=KEYS)
    shown = campaigns_for(conn, store, member, now=NOW, keys=KEYS)
    look = Look.webhook(NOW)
    told = converge_order(conn, store, bought(1), look, now=NOW, secrets=KEYS)
    return why_not, tried[1], len(shown), told.posted[("points", "points")]


@pytest.mark.parametrize("swept", [False, True])
def test_the_tier_that_everybody_has_is_a_newcomers_too(database: Database, swept: bool) -> None:
    found = database.write(lambda conn: told_and_booked(conn, "friend", swept=swept))
    assert found == ("", 2000, 1, 2000)


def test_a_higher_tier_is_not_and_with_tiers_off_nobody_has_any(database: Database) -> None:
    found = database.write(lambda conn: told_and_booked(conn, "gold"))
    assert found == ("tier", 1000, 0, 1000)
    found = database.write(lambda conn: told_and_booked(conn, "friend", enabled=False))
    assert found == ("tier", 1000, 0, 1000)
