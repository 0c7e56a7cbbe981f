"""What a cart and an estimate tell a shopper of shipping is what Saleor is then told."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.estimate_cart import Buyer, CartToEstimate, Goods, estimate_cart
from saleor_loyalty_app.flows.preview_checkout import preview_checkout, read_checkout
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.segments.models import SegmentMember
from saleor_loyalty_app.stores.repository import channels
from saleor_loyalty_app.tiers.models import MemberTier
from sandbox.box import id_of
from tests.factories import make_member
from tests.order_books import KEYS, NOW
from tests.shipping_samples import FREE, offer_json, shipping_document
from tests.shipping_stage import SHOPPER, Stage, open_stage

GOLD = {"id": "gold", "names": {"en": "Gold"}, "requirements": {"orders": {"min": 5}}}
INSIDERS = {"id": "insiders", "names": {"en": "Insiders"}, "rule": {"type": "orders", "min": 3}}


def _for(offer_id: str, when: dict[str, Any], **values: Any) -> dict[str, Any]:
    return offer_json(offer_id, "3", when=when, **values)


OFFERS = [
    FREE,
    _for("members", {"type": "member"}),
    _for("strangers", {"type": "member", "value": False}),
    _for("first", {"type": "order_count", "max": 0}),
    _for("golden", {"type": "tier", "tiers": ["gold"]}),
    _for("inside", {"type": "segment", "segments": ["insiders"]}),
    _for("gold-over", {"type": "tier", "tiers": ["gold"]}, thresholds=[
        {"channel": "default-channel", "currency": "USD", "money": "90"}
    ]),
]  # fmt: skip


def document(*offers: dict[str, Any]) -> dict[str, Any]:
    tiers = {"enabled": True, "levels": [GOLD]}
    return shipping_document(*offers, tiers=tiers, segments=[INSIDERS])


@pytest.fixture
def stage(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with open_stage(database, document(), monkeypatch) as opened:
        yield opened


def shopper_of(stage: Stage) -> str:
    return id_of(next(one for one in stage.box.store.users.values() if one.email == SHOPPER))


def join(stage: Stage, *, tier: str = "", segments: tuple[str, ...] = (), **values: object) -> None:
    """The shopper is in the books, in a tier and in segments."""

    def write(conn: sa.Connection) -> None:
        made = make_member(conn, stage.store.id, user_id=shopper_of(stage), **values)
        for one in segments:
            row = {"segment": one, "since": NOW, "why": []}
            conn.execute(
                sa.insert(table(SegmentMember)).values(
                    member_id=made, store_id=stage.store.id, **row
                )
            )
        if tier:
            conn.execute(
                sa.insert(table(MemberTier)).values(
                    member_id=made,
                    store_id=stage.store.id,
                    tier=tier,
                    earned=tier,
                    since=NOW,
                    period_from=date(2026, 11, 1),
                    evaluated_at=NOW,
                )
            )

    stage.database.write(write)


def foretold(stage: Stage, gross: str) -> dict[str, float]:
    """By their ids what the offers lack that the shopper is told of: by carts and by estimates."""
    now, user_id = stage.box.clock.now(), shopper_of(stage)
    seen = read_checkout(stage.access, stage.store, stage.checkout)

    def read(conn: sa.Connection) -> dict[str, float]:
        member = member_by_user(conn, stage.store.id, user_id)
        [channel] = [one for one in channels(conn, stage.store.id) if one.slug == stage.channel]
        cart = CartToEstimate((Goods(1, gross=Decimal(gross), net=Decimal(gross)),), country="US")
        found = estimate_cart(conn, stage.store, channel, cart, now=now, buyer=Buyer(member, KEYS))
        assert found is not None
        assert found.unjudged_offers == ()
        told = {one.rule.id: float(one.missing) for one in found.offers}
        of_cart = preview_checkout(
            conn, stage.store, seen, member, is_owner=True, now=now, language="en", keys=KEYS
        )
        assert {one.id: float(one.missing) for one in of_cart.offers} == told
        return told

    return stage.database.read(read)


def offered(stage: Stage, offer: dict[str, Any]) -> bool:
    """Whether an offer can be chosen in the checkout."""
    return offer["name"]["en"] in stage.calculate()


@pytest.mark.parametrize(
    ("member", "offers"),
    [
        (None, {"free": 25, "members": 0, "first": 0}),
        ({}, {"free": 25, "members": 0, "first": 0}),
        ({"hold_out": True}, {"free": 25, "strangers": 0, "first": 0}),
        ({"state": "left"}, {"free": 25, "strangers": 0, "first": 0}),
        ({"segments": ("insiders",)}, {"free": 25, "members": 0, "first": 0, "inside": 0}),
        (
            {"tier": "gold"},
            {"free": 25, "members": 0, "first": 0, "golden": 0, "gold-over": 15},
        ),
        (
            {"tier": "gone", "segments": ("gone",)},
            {"free": 25, "members": 0, "first": 0},
        ),
    ],
)
def test_a_shopper_is_told_what_saleor_will_be_told(
    stage: Stage, member: dict[str, Any] | None, offers: dict[str, float]
) -> None:
    if member is not None:
        join(stage, **member)
    told: dict[str, float] = {}
    for offer in OFFERS:
        stage.publish(document(offer))
        stage.fill(1, by=stage.box.shopper_token(SHOPPER))
        found = foretold(stage, "75")
        assert offered(stage, offer) is (found == {offer["id"]: 0}), offer["id"]
        stage.set_quantity(2)
        assert foretold(stage, "150") == dict.fromkeys(found, 0)
        assert offered(stage, offer) is bool(found), offer["id"]
        told |= found
    assert told == offers


#: Everybody has the one, and nobody the other: not who does not take part, not where one joins.
FRIEND = {"id": "friend", "names": {"en": "Friend"}}
FRIENDLY = _for("friendly", {"type": "tier", "tiers": ["friend"]})
GOLDEN = _for("golden", {"type": "tier", "tiers": ["gold"]})


@pytest.mark.parametrize(
    ("member", "enrollment", "told"),
    [
        (None, "automatic", {"friendly": 0}),
        ({}, "automatic", {"friendly": 0}),
        ({"state": "paused"}, "automatic", {"friendly": 0}),
        ({"tier": "gone"}, "automatic", {"friendly": 0}),
        ({"tier": "gold"}, "automatic", {"golden": 0}),
        ({"hold_out": True}, "automatic", {}),
        ({"state": "left"}, "automatic", {}),
        (None, "opt_in", {}),
        ({}, "opt_in", {"friendly": 0}),
        ({"state": "invited"}, "opt_in", {}),
    ],
)
def test_a_newcomer_is_offered_what_is_for_the_tier_that_everybody_has(
    stage: Stage, member: dict[str, Any] | None, enrollment: str, told: dict[str, float]
) -> None:
    tiers = {"enabled": True, "levels": [FRIEND, GOLD]}
    stage.publish(
        shipping_document(FRIENDLY, GOLDEN, tiers=tiers, settings={"enrollment": enrollment})
    )
    if member is not None:
        join(stage, **member)
    stage.fill(1, by=stage.box.shopper_token(SHOPPER))
    assert foretold(stage, "75") == told
    assert {name.lower() for name in stage.calculate()} & {"friendly", "golden"} == {*told}


def test_a_guest_has_no_tier(stage: Stage) -> None:
    stage.publish(shipping_document(FRIENDLY, tiers={"enabled": True, "levels": [FRIEND]}))
    stage.fill(1, by=None)
    assert "Friendly" not in stage.calculate()
