"""Each way to points, from what happens in a store to a refund.

What a member did brings points, these are a discount at a checkout, and come back whole when that
order is canceled. Campaigns, rewards and early access have their own stories beside them
(`test_claims`, `campaigns/test_campaigns`, `shipping/test_early_access`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.flows.decide_goodwill import (
    GoodwillChoice,
    GoodwillDecision,
    decide_goodwill,
)
from saleor_loyalty_app.flows.give_points import Agent
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.receive_event import receive
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.flows.sweep_tiers import rewards_page, tiers_page
from saleor_loyalty_app.flows.take_event import take_back, take_event
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.handlers.customers import CUSTOMERS
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.saleor import documents
from sandbox.box import id_of
from sandbox.events.render import to_body
from tests.claim_stage import book, buy, cancel
from tests.factories import make_partner_key, make_revision
from tests.integration.rewards.conftest import MakeStage
from tests.live.documents import REGISTER
from tests.order_books import KEYS
from tests.program_samples import PURCHASES, document_of, rule_of
from tests.redemption_stage import RATES, SHOPPER, Stage
from tests.sandbox_shop import People

NEW = "nihal@example.com"
CONFIRM = """
mutation($email: String!, $token: String!) {
  confirmAccount(email: $email, token: $token) { errors { field message code } }
}
"""
#: What the stage gives to its shopper, so that a cart is worth a discount.
GIVEN = 2000
AT_ONCE = {"availability": {"after": "payment", "days": 0}}
SPEND = {"limits": [{"currency": "USD", "min": "100"}]}
#: What two shirts at 75.00 earn by the rate of the channel.
ORDER = 150


@dataclass(frozen=True)
class Capability:
    """A way to points.

    `document` completes the program, `happens` gives the points that a member then has more.
    """

    rules: list[dict[str, Any]]
    happens: Callable[[Stage], int]
    document: dict[str, Any] = field(default_factory=dict)
    email: str = SHOPPER


def publish(stage: Stage, capability: Capability) -> None:
    document = document_of(
        PURCHASES,
        *capability.rules,
        currencies=RATES,
        settings=AT_ONCE,
        **capability.document,
    )
    stage.box.clock.advance(timedelta(seconds=1))
    now = stage.now
    stage.database.write(
        lambda conn: make_revision(conn, stage.store.id, document, effective_from=now)
    )
    stage.box.clock.advance(timedelta(seconds=1))


def settle(stage: Stage) -> None:
    """What the tasks of the background do, until nothing is left."""
    for _ in range(20):
        more = [
            stage.database.write(lambda conn: tiers_page(conn, stage.store, now=stage.now)),
            stage.database.write(
                lambda conn: rewards_page(conn, stage.store, keys=KEYS, now=stage.now)
            ),
            stage.database.write(
                lambda conn: settle_milestones(conn, stage.store, limit=5, keys=KEYS, now=stage.now)
            ),
            segments_page(stage.database, stage.store, now=stage.now),
        ]
        if not any(more):
            return
    raise AssertionError("the tasks never come to an end")


def one_order(stage: Stage) -> int:
    buy(stage, stage.cart())
    return ORDER + 2 * 7 + 100


def two_orders_past_a_line(stage: Stage) -> int:
    settle(stage)
    for _ in range(2):
        buy(stage, stage.cart())
        settle(stage)
    return 2 * ORDER + 500


def two_orders_into_a_tier(stage: Stage) -> int:
    settle(stage)
    for _ in range(2):
        buy(stage, stage.cart())
        settle(stage)
    return ORDER + 40 + 2 * ORDER


def two_orders_into_a_segment(stage: Stage) -> int:
    settle(stage)
    for _ in range(2):
        buy(stage, stage.cart())
        settle(stage)
    return ORDER + 3 * ORDER


def account_confirmed(stage: Stage) -> int:
    """Somebody registers and confirms the address; Saleor tells of it twice."""
    people = People(stage.box)
    given = {"email": NEW, "password": "long and secret", "channel": "default-channel"}
    people.ask(REGISTER, {"input": given}, "")
    user = stage.box.user(NEW)
    hear_of_accounts(stage)
    people.ask(CONFIRM, {"email": NEW, "token": user.confirmation_token}, "")
    hear_of_accounts(stage, times=2)
    user_id = id_of(user)
    member = stage.database.read(lambda conn: member_by_user(conn, stage.store.id, user_id))
    assert member is not None
    stage.users[NEW], stage.members[NEW] = user_id, member.id
    assert stage.points(NEW) == (100, 0)
    stage.give(GIVEN, NEW)
    return 100


def hear_of_accounts(stage: Stage, *, times: int = 1) -> None:
    """What the store tells of accounts arrives so many times."""
    [app] = [one for one in stage.box.store.apps.values() if id_of(one) == stage.store.app_id]
    subscription = documents.load("subscriptions/customers")
    for emitted in stage.box.take_emitted() * times:
        payload = stage.box.render(emitted, subscription, app)
        if payload is not None:
            body = to_body(payload)
            receive(stage.database, CUSTOMERS, stage.store, body, now=stage.now, secrets=KEYS)


def events_of_others(stage: Stage) -> int:
    key = stage.database.write(lambda conn: make_partner_key(conn, stage.store.id, "visit"))

    def visit(reference: str) -> None:
        sent = Incoming("visit", reference, "user_id", stage.users[SHOPPER], None, {})
        stage.database.write(
            lambda conn: take_event(conn, stage.store, sent, key_id=key, now=stage.now)
        )

    for reference in ("v-1", "v-2", "v-2"):
        visit(reference)
    stage.database.write(
        lambda conn: take_back(conn, stage.store, "visit", "v-1", key_id=key, now=stage.now)
    )
    return 20


def goodwill_for_what_was_canceled(stage: Stage) -> int:
    order = buy(stage, stage.cart())
    stage.teller.cancel(order)
    stage.box.clock.advance(timedelta(minutes=1))
    book(stage, order)
    [prompt] = stage.database.read(
        lambda conn: prompts.page(conn, stage.store.id, waiting=True, first=9)
    )
    accept = GoodwillDecision(GoodwillChoice.accept, "We ran out of it")
    agent = Agent("VXNlcjo5", "staff@example.com")
    decided = stage.database.write(
        lambda conn: decide_goodwill(
            conn, stage.store, prompt.id, accept, agent, keys=KEYS, now=stage.now
        )
    )
    assert (decided.state, decided.given) == ("given", 70)
    return 70


CAPABILITIES = {
    "rules": Capability(
        [
            rule_of(
                {"type": "points_per_unit", "points": 7},
                "shirts",
                when={"type": "product", "products": ["linen-shirt"]},
            ),
            rule_of(
                {"type": "points_per_order", "points": 100},
                "first",
                scope="order",
                when={"type": "nth_order", "max": 1},
            ),
        ],
        one_order,
    ),
    "milestone": Capability(
        [
            rule_of(
                {"type": "points", "points": 500},
                "second",
                trigger="milestone",
                milestone={"line": {"type": "orders", "min": 2}},
            )
        ],
        two_orders_past_a_line,
    ),
    "tier": Capability(
        [],
        two_orders_into_a_tier,
        {
            "tiers": {
                "enabled": True,
                "levels": [
                    {
                        "id": "silver",
                        "names": {"en": "Silver"},
                        "requirements": {"spend": SPEND},
                        "multiplier": "2",
                        "entry_points": 40,
                    }
                ],
            }
        },
    ),
    "bonus": Capability(
        [rule_of({"type": "points", "points": 100}, "welcome", trigger="account_confirmed")],
        account_confirmed,
        email=NEW,
    ),
    "event": Capability(
        [rule_of({"type": "points", "points": 20}, "visits", trigger="custom_event")],
        events_of_others,
        {"events": {"types": [{"id": "visit", "name": {"en": "Visit"}}]}},
    ),
    "goodwill": Capability(
        [],
        goodwill_for_what_was_canceled,
        {"goodwill": {"cancelled_line": {"suggest": {"type": "points", "points": 70}}}},
    ),
    "segment": Capability(
        [
            rule_of(
                {"type": "multiplier", "factor": "3"},
                "triple",
                when={"type": "segment", "segments": ["spenders"]},
            )
        ],
        two_orders_into_a_segment,
        {
            "segments": [
                {
                    "id": "spenders",
                    "names": {"en": "Spenders"},
                    "rule": {"type": "spend", "currency": "USD", "min": "100"},
                }
            ]
        },
    ),
}


@pytest.mark.parametrize("name", CAPABILITIES)
def test_what_it_brings_is_a_discount_at_a_checkout_and_comes_back_with_the_refund(
    make_stage: MakeStage, name: str
) -> None:
    stage, capability = make_stage(), CAPABILITIES[name]
    publish(stage, capability)
    brought = capability.happens(stage)
    email, points = capability.email, GIVEN + brought
    assert stage.points(email) == (points, 0)

    checkout = stage.cart(email=email)
    full = stage.price(checkout)
    made = stage.spend(checkout, points, email=email)
    assert (made.state, made.points) == ("attached", points)
    assert full - stage.price(checkout) >= made.amount > 20
    stage.charge(checkout)
    order = stage.teller.complete(checkout, by=stage.box.shopper_token(email))
    stage.box.clock.advance(timedelta(minutes=1))
    book(stage, order)
    assert stage.read(made).state == "consumed"
    assert stage.points(email)[0] < points

    cancel(stage, order)
    settle(stage)
    assert stage.read(made).state == "restored"
    assert stage.points(email) == (points, 0)
