"""In a store that behaves as Saleor does: what was offered and chosen is what is ordered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.tiers.models import MemberTier
from sandbox.box import id_of
from tests.factories import make_member
from tests.integration.shipping.conftest import Flaky
from tests.order_books import NOW
from tests.program_samples import document_of
from tests.shipping_samples import FREE, offer_json, shipping_document
from tests.shipping_stage import SHOPPER, Stage, open_stage

#: Free for members, in both channels.
MEMBERS = offer_json(
    "members",
    name={"en": "Members ship free"},
    prices=FREE["prices"],
    when={"type": "member"},
)


@pytest.fixture
def flaky(database: Database) -> Flaky:
    return Flaky(database)


@pytest.fixture
def stage(database: Database, flaky: Flaky, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with open_stage(database, shipping_document(), monkeypatch, reach=flaky) as opened:
        yield opened


def promote(stage: Stage, percent: int) -> None:
    """A promotion on every order."""
    channel = id_of(stage.box.store.channel_by_slug(stage.channel))
    at_least = {"baseSubtotalPrice": {"range": {"gte": "1"}}}
    rule = {
        "name": "rule",
        "channels": [channel],
        "rewardType": "SUBTOTAL_DISCOUNT",
        "rewardValueType": "PERCENTAGE",
        "rewardValue": percent,
        "orderPredicate": {"discountedObjectPredicate": at_least},
    }
    stage.teller.ask(
        "promotionCreate",
        "input: PromotionCreateInput!",
        "promotion { id }",
        stage.teller.cast.staff,
        input={"name": "Promo", "type": "ORDER", "rules": [rule]},
    )


@pytest.mark.parametrize("happening", ["nothing", "program", "switch", "process", "database"])
@pytest.mark.parametrize(
    ("channel", "below", "reached"), [("default-channel", 1, 2), ("channel-tr", 0, 1)]
)
def test_free_shipping_that_was_chosen_and_paid_is_ordered(
    stage: Stage, flaky: Flaky, channel: str, below: int, reached: int, happening: str
) -> None:
    stage.channel = channel
    stage.fill(below or reached)
    if below:
        assert "Free shipping" not in stage.calculate()
        stage.set_quantity(reached)
    assert stage.calculate()["Free shipping"] == 0
    stage.choose("Free shipping")
    stage.pay()
    match happening:
        case "program":
            stage.publish(document_of())
        case "switch":
            stage.change("UPDATE store SET shipping_on = false")
        case "process":
            stage.restart()
        case "database":
            flaky.is_down = True
    # What Saleor knows is a day old: it asks again while the order is made.
    stage.box.clock.advance(timedelta(hours=23))
    stage.set_quantity(reached)
    assert stage.complete() == ("Free shipping", 0)


def test_a_cart_that_shrank_has_no_free_shipping(stage: Stage) -> None:
    stage.fill(2)
    stage.calculate()
    stage.choose("Free shipping")
    stage.set_quantity(1)
    assert "Free shipping" not in stage.calculate()


def test_a_member_who_signs_in_is_offered_it_at_once_and_who_signs_out_is_not(
    stage: Stage,
) -> None:
    stage.publish(shipping_document(MEMBERS))
    stage.fill(1, by=None)
    assert "Members ship free" not in stage.calculate()
    stage.hear()
    assert stage.work() == 0
    stage.sign_in()
    stage.hear()
    assert stage.work() == 1
    assert stage.methods()["Members ship free"] == 0
    stage.hear()
    assert stage.work() == 0
    stage.sign_out()
    stage.hear()
    assert stage.work() == 1
    assert "Members ship free" not in stage.methods()
    stage.hear()
    assert stage.work() == 0


def test_a_tier_has_its_own_price_up_to_the_order_and_keeps_it_through_a_fall(
    stage: Stage,
) -> None:
    prices = [{"channel": "default-channel", "currency": "USD", "price": "3.90"}]
    silver = offer_json("silver", prices=prices, when={"type": "tier", "tiers": ["silver"]})
    spend = {"limits": [{"currency": "USD", "min": "300"}]}
    level = {"id": "silver", "names": {"en": "Silver"}, "requirements": {"spend": spend}}
    tiers = {"enabled": True, "levels": [level]}
    stage.publish(shipping_document(silver, tiers=tiers))
    stage.fill(1)
    assert "Silver" not in stage.calculate()
    user = next(one for one in stage.box.store.users.values() if one.email == SHOPPER)
    held = {"tier": "silver", "earned": "silver", "since": NOW, "evaluated_at": NOW}
    stage.database.write(
        lambda conn: conn.execute(
            sa.insert(table(MemberTier)).values(
                store_id=stage.store.id,
                member_id=make_member(conn, stage.store.id, user_id=id_of(user)),
                period_from=NOW.date(),
                **held,
            )
        )
    )
    stage.fill(1)
    assert stage.calculate()["Silver"] == 3.9
    stage.choose("Silver")
    stage.pay()
    stage.change("UPDATE member_tier SET tier = '', earned = ''")
    stage.box.clock.advance(timedelta(hours=1))
    # 3.90 as offered, and 8 % tax on it as on every price of the channel.
    assert stage.complete() == ("Silver", 4.21)
    stage.fill(1, by=stage.box.shopper_token(SHOPPER))
    assert "Silver" not in stage.calculate()


def test_a_checkout_with_money_on_it_is_left_alone(stage: Stage) -> None:
    stage.publish(shipping_document(MEMBERS))
    stage.fill(1)
    stage.calculate()
    stage.choose("Members ship free")
    stage.pay()
    stage.sign_out()
    stage.hear()
    assert stage.work() == 1
    assert stage.complete() == ("Members ship free", 0)


def test_events_that_arrive_late_do_no_harm(stage: Stage) -> None:
    stage.publish(shipping_document(MEMBERS))
    stage.fill(1)
    assert stage.calculate()["Members ship free"] == 0
    stage.change("UPDATE shipping_ask SET user_id = 'VXNlcjo5OTk='")
    stage.set_quantity(1)
    stage.hear()
    assert stage.work() == 1
    assert stage.methods()["Members ship free"] == 0
    stage.set_quantity(2)
    stage.hear()
    assert stage.work() == 0


def test_a_completed_checkout_is_calculated_no_more(stage: Stage) -> None:
    stage.publish(shipping_document(MEMBERS))
    stage.fill(1, by=None)
    stage.calculate()
    stage.sign_in()
    stage.hear()
    stage.choose("Standard")
    stage.pay()
    stage.complete()
    assert stage.work() == 1


@pytest.mark.parametrize(("percent", "offered"), [(10, True), (50, False)])
def test_a_new_cart_is_offered_it_once_saleor_said_what_it_costs(
    stage: Stage, percent: int, offered: bool
) -> None:
    promote(stage, percent)
    stage.fill(2, fresh=True)
    assert "Free shipping" not in stage.calculate()
    assert stage.work() == 1
    assert ("Free shipping" in stage.methods()) is offered
    assert stage.work() == 0


def test_a_new_cart_without_any_promotion_is_asked_for_once(stage: Stage) -> None:
    stage.fill(2, fresh=True)
    assert "Free shipping" not in stage.calculate()
    assert stage.work() == 1
    assert stage.methods()["Free shipping"] == 0
    assert stage.calculate()["Free shipping"] == 0
    assert stage.work() == 0


def test_an_order_promotion_counts_against_the_threshold(stage: Stage) -> None:
    promote(stage, 50)
    stage.fill(2)
    stage.read("totalPrice { gross { amount } }")
    stage.calculate()
    stage.work()
    assert "Free shipping" not in stage.methods()


def test_the_original_that_was_chosen_before_its_twin_came_is_ordered(stage: Stage) -> None:
    stage.publish(shipping_document(FREE | {"hide_original": True}))
    stage.fill(1)
    stage.calculate()
    stage.choose("Standard")
    stage.set_quantity(2)
    stage.pay()
    assert stage.complete()[0] == "Standard"


def test_the_original_is_hidden_where_the_twin_came_first(stage: Stage) -> None:
    stage.publish(shipping_document(FREE | {"hide_original": True}))
    stage.fill(2)
    shown = stage.calculate()
    assert "Free shipping" in shown
    assert "Standard" not in shown
    assert "Express" in shown
    stage.choose("Free shipping")
    stage.pay()
    assert stage.complete() == ("Free shipping", 0)


def test_the_oldest_saleor_is_made_to_ask_again_by_private_metadata(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    document: Any = shipping_document(MEMBERS)
    with open_stage(database, document, monkeypatch, version="3.22") as stage:
        stage.fill(1, by=None)
        assert "Members ship free" not in stage.methods()
        stage.sign_in()
        stage.hear()
        assert stage.work() == 1
        assert stage.methods()["Members ship free"] == 0
        # Our own metadata is an event too.
        stage.hear()
        assert stage.work() == 0
        stage.choose("Members ship free")
        stage.pay()
        assert stage.complete() == ("Members ship free", 0)
