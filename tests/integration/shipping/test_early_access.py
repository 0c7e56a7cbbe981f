"""In a store that behaves as Saleor does: who may not buy goods of early access cannot order."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.rewards import RewardItem
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.segments.models import AccessPass, SegmentMember
from sandbox.box import id_of
from sandbox.model.catalog import Product
from tests.contract.story_teller import Refusal
from tests.factories import make_member
from tests.integration.shipping.conftest import Flaky
from tests.order_books import NOW
from tests.program_samples import document_of
from tests.redemption_rows import make_redemption
from tests.shipping_stage import SHOPPER, Stage, open_stage

_rows = table(SegmentMember)
INSIDERS = {
    "id": "insiders",
    "names": {"en": "Insiders", "tr": "İçeridekiler"},
    "rule": {"type": "orders", "min": 3},
}
GOLD = {"id": "gold", "names": {"en": "Gold"}, "requirements": {"orders": {"min": 5}}}
DROP = {
    "id": "drop",
    "names": {"en": "First night"},
    "gift": {"type": "early_access"},
    "points": 300,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
}
PROGRAM = document_of(
    segments=[INSIDERS], tiers={"enabled": True, "levels": [GOLD]}, rewards={"items": [DROP]}
)
KEPT_BACK = "segment:insiders"
METHODS = {"Standard", "Express"}


@pytest.fixture
def flaky(database: Database) -> Flaky:
    return Flaky(database)


@pytest.fixture
def stage(database: Database, flaky: Flaky, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with open_stage(database, PROGRAM, monkeypatch, reach=flaky) as opened:
        yield opened


def shirt(stage: Stage) -> Product:
    return next(one for one in stage.box.store.products.values() if one.slug == "linen-shirt")


def member(stage: Stage, *segments: str) -> int:
    """The shopper takes part, and is in these segments."""
    user = next(one for one in stage.box.store.users.values() if one.email == SHOPPER)

    def write(conn: sa.Connection) -> int:
        made = make_member(conn, stage.store.id, user_id=id_of(user))
        row = {"store_id": stage.store.id, "member_id": made, "since": NOW, "why": []}
        for segment in segments:
            conn.execute(sa.insert(_rows).values(segment=segment, **row))
        return made

    return stage.database.write(write)


def leave_all(stage: Stage) -> None:
    stage.database.write(lambda conn: conn.execute(sa.delete(_rows)))


def reasons(stage: Stage) -> set[str]:
    shown = stage.read("shippingMethods { active message }")["shippingMethods"]
    return {one["message"] for one in shown if not one["active"]}


def take_drop(stage: Stage, member_id: int, *, days: int) -> int:
    """Somebody took the reward that lets them in for so long; gives its claim's id."""
    item = RewardItem.model_validate(DROP)

    def write(conn: sa.Connection) -> int:
        made = make_redemption(
            conn,
            stage.store,
            member_id,
            checkout_id=None,
            state="consumed",
            instrument="hand_over",
            deadline=stage.box.clock.now() + timedelta(days=days),
            terms={"reward": "drop", "kind": "early_access"},
        )
        return claims.add(
            conn, stage.store.id, made.id, member_id, item, state="handed_over", now=NOW
        ).id

    return stage.database.write(write)


@pytest.mark.parametrize("merged", [False, True])
def test_a_reward_that_was_taken_lets_its_taker_buy_until_its_last_day(
    stage: Stage, merged: bool
) -> None:
    shirt(stage).metadata["loyalty_access"] = "reward:drop"
    shopper = member(stage)
    stage.fill(1)
    assert stage.calculate() == {}
    assert reasons(stage) == {
        "The cart holds something that is kept for who took the reward “First night”."
    }
    taker = shopper
    if merged:
        taker = stage.database.write(
            lambda conn: make_member(conn, stage.store.id, user_id="U-old", merged_into=shopper)
        )
    taken = take_drop(stage, taker, days=3)
    assert set(stage.calculate()) >= {"Standard"}
    with stage.database.engine.begin() as conn:
        claims.change(conn, taken, state="refused")
        conn.execute(sa.delete(table(AccessPass)))
    assert stage.calculate() == {}
    with stage.database.engine.begin() as conn:
        claims.change(conn, taken, state="handed_over")
    stage.box.clock.advance(timedelta(days=3, minutes=1))
    assert stage.calculate() == {}


@pytest.mark.parametrize("where", ["product", "type", "collection"])
def test_only_who_is_in_the_segment_can_order_what_is_kept_back(stage: Stage, where: str) -> None:
    product = shirt(stage)
    if not product.collections:
        product.collections.append(next(iter(stage.box.store.collections.values())))
    metadata = {
        "product": product.metadata,
        "type": product.product_type.metadata,
        "collection": product.collections[0].metadata,
    }
    metadata[where]["loyalty_access"] = KEPT_BACK
    stage.fill(1)
    assert stage.calculate() == {}
    assert reasons(stage) == {"The cart holds something that is kept for Insiders."}
    with pytest.raises(Refusal, match=r"DELIVERY_METHOD_NOT_APPLICABLE|SHIPPING_METHOD"):
        stage.choose("Standard")
    member(stage, "insiders")
    assert set(stage.calculate()) >= {"Standard"}
    stage.choose("Standard")
    stage.pay()
    assert stage.complete()[0] == "Standard"


@pytest.mark.parametrize("paid", [False, True])
def test_a_cart_that_takes_up_such_goods_after_shipping_was_chosen_cannot_complete(
    stage: Stage, paid: bool
) -> None:
    stage.fill(1)
    stage.calculate()
    stage.choose("Standard")
    stage.hear()
    assert stage.work() == 0
    shirt(stage).metadata["loyalty_access"] = KEPT_BACK
    stage.set_quantity(2)
    if paid:
        stage.pay()
    stage.hear()
    assert stage.work() >= 1
    with pytest.raises(Refusal, match=r"SHIPPING_METHOD|DELIVERY_METHOD"):
        stage.complete()


@pytest.mark.parametrize("happening", ["leaves", "program", "database"])
def test_who_was_let_in_and_paid_gets_the_order_whatever_happens_meanwhile(
    stage: Stage, flaky: Flaky, happening: str
) -> None:
    shirt(stage).metadata["loyalty_access"] = KEPT_BACK
    member(stage, "insiders")
    stage.fill(1)
    stage.calculate()
    stage.choose("Standard")
    stage.pay()
    match happening:
        case "leaves":
            leave_all(stage)
        case "program":
            stage.publish(document_of())
        case "database":
            flaky.is_down = True
    stage.box.clock.advance(timedelta(hours=23))
    stage.set_quantity(1)
    stage.hear()
    assert stage.work() == 0, "a pass stands"
    assert stage.complete()[0] == "Standard"


def test_a_pass_is_for_what_it_was_given_for_and_ends(stage: Stage) -> None:
    shirt(stage).metadata["loyalty_access"] = KEPT_BACK
    member(stage, "insiders")
    stage.fill(1)
    assert stage.calculate()
    leave_all(stage)
    assert stage.calculate()
    shirt(stage).metadata["loyalty_access"] = "tier:gold"
    assert stage.calculate() == {}
    shirt(stage).metadata["loyalty_access"] = KEPT_BACK
    assert stage.calculate()
    stage.box.clock.advance(timedelta(hours=25))
    assert stage.calculate() == {}


def test_a_guest_is_told_to_sign_in_and_is_let_in_once_they_have(stage: Stage) -> None:
    shirt(stage).metadata["loyalty_access"] = KEPT_BACK
    member(stage, "insiders")
    stage.fill(1, by=None)
    assert stage.calculate() == {}
    assert reasons(stage) == {"Sign in: the cart holds something that is kept for Insiders."}
    stage.hear()
    stage.work()
    stage.sign_in()
    stage.hear()
    assert stage.work() == 1
    assert "Standard" in stage.methods()


def test_on_the_day_it_is_for_everybody_and_a_date_that_is_none_opens_nothing(
    stage: Stage,
) -> None:
    day = (stage.box.clock.now() + timedelta(days=2)).date()
    shirt(stage).metadata |= {"loyalty_access": "gold", "loyalty_access_until": day.isoformat()}
    stage.fill(1)
    assert stage.calculate() == {}
    assert all("until" in reason for reason in reasons(stage))
    stage.box.clock.advance(timedelta(days=2))
    assert stage.calculate()
    shirt(stage).metadata["loyalty_access_until"] = "soon"
    assert stage.calculate() == {}
    shirt(stage).metadata["loyalty_access"] = "open"
    assert stage.calculate()


def test_with_the_switch_off_or_without_a_program_nothing_is_kept_back(stage: Stage) -> None:
    shirt(stage).metadata["loyalty_access"] = KEPT_BACK
    stage.fill(1)
    assert stage.calculate() == {}
    stage.change("UPDATE store SET shipping_on = false")
    assert stage.calculate()


def test_the_tier_that_everybody_has_lets_newcomers_in_and_no_guests(stage: Stage) -> None:
    friend = {"id": "friend", "names": {"en": "Friend"}}
    stage.publish(document_of(tiers={"enabled": True, "levels": [friend, GOLD]}))
    shirt(stage).metadata["loyalty_access"] = "tier:friend"
    stage.fill(1, by=None)
    assert stage.calculate() == {}
    stage.fill(1)
    assert set(stage.calculate()) >= {"Standard"}, "the program does not know them yet"
    member(stage)
    stage.fill(1)
    assert set(stage.calculate()) >= {"Standard"}, "nobody has looked at them yet"
    shirt(stage).metadata["loyalty_access"] = "tier:gold"
    stage.fill(1)
    assert stage.calculate() == {}
