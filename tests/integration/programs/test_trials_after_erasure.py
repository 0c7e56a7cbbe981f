"""What is tried on somebody who was erased and came back is what they would get, and no more."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.award_deed import award_deed
from saleor_loyalty_app.flows.campaign_trial import try_points, why_not_in
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.flows.take_event import deed_of
from saleor_loyalty_app.flows.try_event import try_event
from saleor_loyalty_app.flows.try_program import try_order
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel
from tests.integration.orders.purchases import AYSE, bought
from tests.order_books import KEYS, NOW, live_store, program
from tests.order_samples import shopper

AGAIN = shopper("U7", AYSE["email"])
#: The secret was replaced after the first account went.
ROTATED = EmailKeys((b"a new secret", *KEYS.secrets))
ONCE = {"caps": {"per_member": {"times": 1, "period": "ever"}}}
VISIT = Incoming("visit", "v-1", "user_id", "", None, {})
DOCUMENT = program() | {
    "events": {"types": [{"id": "visit", "name": {"en": "Visit"}}]},
    "earning": {
        "rules": [
            {
                "id": "first",
                "scope": "order",
                "when": {"type": "nth_order", "max": 1},
                "then": {"type": "points_per_order", "points": 7},
            },
            {
                "id": "once",
                "scope": "order",
                "then": {"type": "points_per_order", "points": 4000},
                **ONCE,
            },
            {
                "id": "visit",
                "trigger": "custom_event",
                "on": ["visit"],
                "then": {"type": "points", "points": 50},
                **ONCE,
            },
        ]
    },
}


def order_of(number: int, user: dict[str, Any]) -> OrderSnapshot:
    return bought(number, user=user, userEmail=user["email"])


@pytest.fixture
def store(database: Database) -> StoreRef:
    """A store where somebody bought and visited, was erased, and has a new account."""

    def before(conn: Connection) -> StoreRef:
        made = live_store(conn, DOCUMENT)
        make_channel(conn, made.id)
        receive(conn, made, order_of(1, AYSE), KEYS)
        deed = deed_of(VISIT, "visit:1", NOW)
        assert award_deed(conn, made, member_of(conn, made, AYSE).id, deed, now=NOW).total() == 50
        assert erase_user(conn, made, AYSE["id"], now=NOW)
        register(conn, made)
        return made

    return database.write(before)


def register(conn: Connection, store: StoreRef) -> None:
    """The same address has a new account, known under the secret of today."""
    user = UserSnapshot(id=AGAIN["id"], email=AGAIN["email"], is_confirmed=True)
    customer_seen(conn, store, user, keys=ROTATED, now=NOW)


def receive(conn: Connection, store: StoreRef, told: OrderSnapshot, keys: EmailKeys) -> int:
    found = converge_order(conn, store, told, Look.webhook(NOW), now=NOW, secrets=keys)
    return found.posted.get(("points", "points"), 0)


def member_of(conn: Connection, store: StoreRef, user: dict[str, Any]) -> MemberRef:
    found = member_by_user(conn, store.id, user["id"])
    assert found is not None
    return found


def test_a_past_order_is_tried_with_what_is_remembered(database: Database, store: StoreRef) -> None:
    def tried(conn: Connection) -> int:
        revision = revision_at(conn, store.id, NOW)
        assert revision is not None
        trial = try_order(
            conn,
            store,
            revision.program,
            order_of(3, AGAIN),
            now=NOW,
            language="en",
            keys=ROTATED,
        )
        return trial.points

    told = database.read(tried)
    assert told == database.write(lambda conn: receive(conn, store, order_of(3, AGAIN), ROTATED))
    assert told == 0


def test_an_event_is_tried_with_what_is_remembered(database: Database, store: StoreRef) -> None:
    def look(conn: Connection) -> tuple[str, int]:
        revision = revision_at(conn, store.id, NOW)
        assert revision is not None
        member = member_of(conn, store, AGAIN)
        found = try_event(conn, store, revision.program, VISIT, member, now=NOW, keys=ROTATED)
        deed = deed_of(VISIT, "visit:2", NOW)
        given = award_deed(conn, store, member.id, deed, now=NOW, keys=ROTATED)
        return found.outcome, given.total()

    assert database.write(look) == ("nothing", 0)


def test_a_campaign_is_tried_with_what_is_remembered(database: Database) -> None:
    terms = check.read(
        {
            "kind": "points",
            "name": "Double",
            "texts": {"en": {"title": "Double"}},
            "starts_at": "2026-01-02T00:00:00Z",
            "ends_at": "2027-01-02T00:00:00Z",
            "times": "2",
            "per_member": {"times": 1},
        }
    )

    def look(conn: Connection) -> tuple[tuple[int, int], str]:
        store = live_store(conn)
        make_channel(conn, store.id)
        made = desk.create_campaign(conn, store, terms, actor="user:1", now=terms.starts_at)
        campaign = desk.schedule_campaign(
            conn, store, made.public_id, version=1, actor="user:1", now=terms.starts_at
        )
        assert receive(conn, store, order_of(1, AYSE), KEYS) == 2000
        assert erase_user(conn, store, AYSE["id"], now=NOW)
        register(conn, store)
        member = member_of(conn, store, AGAIN)
        points = try_points(
            conn, store, campaign, member.id, None, Decimal(100), now=NOW, keys=ROTATED
        )
        why_not = why_not_in(conn, store, campaign, member.id, now=NOW, keys=ROTATED)
        later = order_of(3, AGAIN)
        assert receive(conn, store, later, ROTATED) == points[1]
        return points, why_not

    assert database.write(look) == ((1000, 1000), "limit")
