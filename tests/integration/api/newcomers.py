"""A shop that takes everybody in, and shoppers whom its books do not know; for tests."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.models import Member, MemberConsent
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.program_samples import PURCHASES, program_of, rule_of

API = "/api/storefront/v1"
DASHBOARD = "/api/dashboard/v1"
USER, EMAIL = "VXNlcjo1", "ayse@example.com"
ACCOUNT: dict[str, Any] = {
    "id": USER,
    "email": EMAIL,
    "firstName": "Ayşe",
    "lastName": "Yılmaz",
    "languageCode": "TR_TR",
    "isActive": True,
    "isConfirmed": True,
    "isStaff": False,
    "updatedAt": "2026-12-01T00:00:00+00:00",
}
CHANNEL = "default-channel"
VERSIONS = {"terms_version": "t-1", "privacy_version": "p-1"}
MUG = {
    "id": "mug",
    "names": {"en": "A mug", "tr": "Kupa"},
    "gift": {"type": "custom"},
    "points": 30,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
}
LEVELS = [
    {"id": "friend", "names": {"en": "Friend"}},
    {
        "id": "gold",
        "names": {"en": "Gold"},
        "requirements": {"spend": {"limits": [{"currency": "USD", "min": "500"}]}},
    },
]
QUESTION = {"id": "size", "text": {"en": "Which size?", "tr": "Kaç beden?"}, "kind": "text"}
SHOPPERS_DEEDS = [
    ("PUT", "me/questions/size", {"answer": "small"}),
    ("PUT", "me/birthday", {"month": 2, "day": 28}),
    ("PUT", "me/preferences", {"news": {"sms": False}}),
    ("PUT", "me/consents/email", {"text_version": "o-1"}),
    ("POST", "session", {"origin": "https://shop.example.com"}),
]
RULES = (
    PURCHASES,
    rule_of({"type": "points", "points": 100}, "confirmed", trigger="account_confirmed"),
    rule_of({"type": "points", "points": 50}, "birthday", trigger="birthday"),
    rule_of({"type": "points", "points": 20}, "size", trigger="question_answered", on=["size"]),
    rule_of(
        {"type": "points", "points": 500},
        "third",
        trigger="milestone",
        milestone={"line": {"type": "orders", "min": 3}},
    ),
    rule_of({"type": "points", "points": 15}, "visit", trigger="custom_event", on=["visit"]),
)


def open_shop(edge: ApiEdge, **settings: Any) -> StoreRef:
    """A store that has published a program with everything that a board shows."""
    store = edge.store()
    program = program_of(
        *RULES,
        settings={"enrollment": "automatic", **VERSIONS, **settings},
        tiers={"enabled": True, "levels": LEVELS},
        rewards={"items": [MUG]},
        bonuses={"birthdays": {"asked": True}, "questions": [QUESTION]},
        events={"types": [{"id": "visit", "name": {"en": "Visit"}, "max_age_days": 3}]},
    )

    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, program, by="user:1", now=edge.clock())

    edge.database.write(write)
    edge.saleor.answers["Shopper"] = {"user": ACCOUNT}
    edge.saleor.answers["Me"] = {"me": ACCOUNT}
    return store


def run_campaign(edge: ApiEdge, store: StoreRef, **audience: Any) -> None:
    """Double points for an audience, without a code."""
    terms = {
        "kind": "points",
        "name": "Double",
        "texts": {"en": {"title": "Double"}, "tr": {"title": "İki kat"}},
        "starts_at": (edge.clock() - timedelta(days=1)).isoformat(),
        "ends_at": (edge.clock() + timedelta(days=10)).isoformat(),
        "times": "2",
        "audience": audience,
    }
    made = edge.send("POST", f"{DASHBOARD}/campaigns", edge.staff(store), {"terms": terms})
    assert made.status_code == 201, made.text
    path = f"{DASHBOARD}/campaigns/{made.json()['id']}/schedule"
    begun = edge.send("POST", path, edge.staff(store), {"version": made.json()["version"]})
    assert begun.json()["state"] == "running", begun.text


def ask(
    edge: ApiEdge,
    store: StoreRef,
    method: str,
    path: str,
    body: object = None,
    *,
    user: tuple[str, str] = (USER, EMAIL),
    headers: Mapping[str, str] = MappingProxyType({}),
) -> httpx.Response:
    """A request of a shopper with the token that Saleor gave them."""
    token = edge.shopper(store, user_id=user[0], email=user[1])
    return edge.send(method, f"{API}/{path}", token | dict(headers), body)


def begin_session(edge: ApiEdge, store: StoreRef) -> dict[str, str]:
    """The header of a shopper whose token was exchanged."""
    answer = ask(edge, store, "POST", "session", {"origin": "https://shop.example.com"})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def rows(edge: ApiEdge, model: type, *columns: str) -> list[Any]:
    """All rows of a table, with these columns alone."""
    found = table(model)
    query = sa.select(*(found.c[name] for name in columns)).order_by(found.c.id)
    return list(edge.database.read(lambda conn: conn.execute(query).all()))


def states(edge: ApiEdge) -> list[str]:
    """The states of all members, the oldest first."""
    return [row.state for row in rows(edge, Member, "state")]


def messages(edge: ApiEdge) -> list[str]:
    """The kinds of all messages, the oldest first."""
    return [row.kind for row in rows(edge, OutboxMessage, "kind")]


def booked(edge: ApiEdge) -> list[int]:
    """All movements of points, the oldest first."""
    return [row.amount for row in rows(edge, Entry, "amount")]


def agreed(edge: ApiEdge) -> list[tuple[str, str, str]]:
    """Which texts were shown to whoever came in."""
    found = rows(edge, MemberConsent, "kind", "version", "source")
    return sorted((row.kind, row.version, row.source) for row in found)


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a failure."""
    return answer.status_code, answer.json()["error"]["code"]


def open_shop_of_campaigns(edge: ApiEdge) -> StoreRef:
    """A shop that takes everybody in, with a campaign for all and one for the tier of all."""
    store = open_shop(edge)
    run_campaign(edge, store)
    run_campaign(edge, store, tiers=["friend"])
    run_campaign(edge, store, tiers=["gold"])
    return store


def claim_mug(edge: ApiEdge, store: StoreRef) -> httpx.Response:
    """A newcomer takes a reward."""
    channel = {"id": "C", "slug": CHANNEL, "currencyCode": "USD"}
    edge.saleor.answers["SpendingUser"] = {
        "user": {"id": USER, "isActive": True},
        "channel": channel | {"taxConfiguration": {"pricesEnteredWithTax": True}},
    }
    body, once = {"channel": CHANNEL}, {"Idempotency-Key": "k-1"}
    return ask(edge, store, "POST", "me/rewards/mug/claims", body, headers=once)
