"""What a member is shown of campaigns is read for all of them at once, however many there are."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check, codes, shared_codes
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_board import campaigns_for
from saleor_loyalty_app.flows.campaign_boosts import rule_id_of
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.programs import cap_uses
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.segments.models import SegmentMember
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel
from tests.integration.orders.purchases import AYSE
from tests.order_books import KEYS, NOW, live_store, program
from tests.order_samples import START

SPENDERS = {
    "id": "spenders",
    "names": {"en": "Spenders"},
    "rule": {"type": "spend", "currency": "USD", "min": "1"},
}
SAVERS = {**SPENDERS, "id": "savers"}
BEFORE = START - timedelta(days=1)
POINTS: dict[str, Any] = {
    "kind": "points",
    "times": "2",
    "per_member": {"times": 1},
    "audience": {"segments": ["spenders"]},
}
OFF: dict[str, Any] = {
    "kind": "percent",
    "channels": [{"channel": "default-channel", "currency": "USD", "value": "10"}],
    "codes": {"sharing": "shared"},
}


def start(conn: Connection, store: StoreRef, number: int, said: dict[str, Any]) -> CampaignRow:
    terms: dict[str, Any] = {
        "name": f"Offer {number}",
        "texts": {"en": {"title": f"Offer {number}"}},
        "starts_at": (START - timedelta(days=2)).isoformat(),
        "ends_at": (START + timedelta(days=20)).isoformat(),
        **said,
    }
    if "codes" in said:
        terms["codes"] = {**said["codes"], "code": f"OFFER{number}"}
    made = desk.create_campaign(conn, store, check.read(terms), actor="user:1", now=BEFORE)
    return desk.schedule_campaign(
        conn, store, made.public_id, version=1, actor="user:1", now=BEFORE
    )


def open_code(conn: Connection, campaign: CampaignRow) -> None:
    code = shared_codes.shared_of(conn, campaign.store_id, campaign.id)
    assert code is not None
    codes.opened(conn, [code.id])


def use_up(conn: Connection, campaign: CampaignRow, member: MemberRef) -> None:
    draws = {rule_id_of(campaign.public_id): Draw(10, 1)}
    cap_uses.draw(conn, campaign.store_id, member.id, f"order:{campaign.id}", draws, at=NOW)


def somebody(conn: Connection) -> tuple[StoreRef, MemberRef]:
    """A store, and a member who spends."""
    store = live_store(conn, program() | {"segments": [SPENDERS, SAVERS]})
    make_channel(conn, store.id)
    user = UserSnapshot(id=AYSE["id"], email=AYSE["email"], is_confirmed=True)
    customer_seen(conn, store, user, keys=KEYS, now=NOW)
    member = member_by_user(conn, store.id, AYSE["id"])
    assert member is not None
    conn.execute(
        sa.insert(table(SegmentMember)).values(
            store_id=store.id, segment="spenders", member_id=member.id, since=NOW, why=[]
        )
    )
    return store, member


def shown(conn: Connection, store: StoreRef, member: MemberRef) -> tuple[list[str], list[str]]:
    """The campaigns that a member is shown, with their codes, and the statements it took."""
    statements: list[str] = []

    def note(*told: Any) -> None:
        statements.append(told[2])

    sa.event.listen(conn, "before_cursor_execute", note)
    found = campaigns_for(conn, store, member, now=NOW, keys=KEYS)
    sa.event.remove(conn, "before_cursor_execute", note)
    return [f"{one.campaign.terms.name} {one.code}".strip() for one in found], statements


@pytest.mark.parametrize("said", [POINTS, OFF, {**OFF, "audience": POINTS["audience"]}])
def test_thirty_campaigns_take_as_many_statements_as_one(
    database: Database, said: dict[str, Any]
) -> None:
    def add(conn: Connection, store: StoreRef, number: int) -> None:
        campaign = start(conn, store, number, said)
        if "codes" in said:
            open_code(conn, campaign)

    def look(conn: Connection) -> None:
        store, member = somebody(conn)
        add(conn, store, 0)
        first, few = shown(conn, store, member)
        for number in range(1, 30):
            add(conn, store, number)
        every, many = shown(conn, store, member)
        assert (len(first), len(every)) == (1, 30)
        assert len(many) == len(few)
        assert 0 < len(few) < 12

    database.write(look)


def test_each_campaign_is_judged_by_its_own_audience_limit_and_code(database: Database) -> None:
    def look(conn: Connection) -> list[str]:
        store, member = somebody(conn)
        start(conn, store, 1, POINTS)
        use_up(conn, start(conn, store, 2, POINTS), member)
        start(conn, store, 3, {**POINTS, "audience": {"languages": ["ja"]}})
        start(conn, store, 4, {**POINTS, "audience": {"segments": ["savers"]}})
        open_code(conn, start(conn, store, 5, OFF))
        start(conn, store, 6, OFF)
        start(conn, store, 7, {"kind": "points", "times": "3"})
        return shown(conn, store, member)[0]

    assert database.write(look) == ["Offer 1", "Offer 5 OFFER5", "Offer 7"]
