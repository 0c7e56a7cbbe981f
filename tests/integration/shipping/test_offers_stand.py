"""What was offered stays offered, to whom it was offered, while the cart qualifies."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Hold
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.rewards.offer_rows import delete_old_offers
from saleor_loyalty_app.stores.models import Store
from tests.factories import make_member, make_store
from tests.integration.shipping.conftest import Desk, names
from tests.program_samples import document_of
from tests.shipping_samples import (
    EXPRESS,
    FREE,
    METHODS,
    SHOPPER,
    STANDARD,
    checkout_json,
    line_json,
    offer_json,
    shipping_document,
    with_twins,
)

MEMBERS = offer_json("members", price="0", when={"type": "member"})
SMALL: dict[str, Any] = checkout_json(lines=[line_json("1", 1)])
GUEST: dict[str, Any] = checkout_json(user=None)


def test_free_shipping_appears_at_the_threshold(desk: Desk) -> None:
    assert desk.ask(checkout=SMALL) == []
    [offer] = desk.ask()
    assert offer == {
        "id": f"free.{STANDARD.rstrip('=')}",
        "name": "Free shipping",
        "amount": "0.00",
        "currency": "USD",
        "minimum_delivery_days": 2,
        "maximum_delivery_days": 4,
    }


def test_the_threshold_of_each_currency_counts_on_its_side_of_the_tax(desk: Desk) -> None:
    turkish = {
        "channel": {"slug": "channel-tr", "currencyCode": "TRY"},
        "shippingAddress": {"country": {"code": "TR"}},
        "languageCode": "TR",
    }
    reached = checkout_json(
        lines=[line_json("1", 2, net="416.67", gross="500", undiscounted="500")], **turkish
    )
    [offer] = desk.ask(checkout=reached)
    assert (offer["currency"], offer["name"]) == ("TRY", "Ücretsiz kargo")
    below = checkout_json(
        id="Q2hlY2tvdXQ6Mg==",
        lines=[line_json("1", 2, net="500", gross="499.99", undiscounted="499.99")],
        **turkish,
    )
    assert desk.ask(checkout=below) == []


def test_without_an_address_nothing_is_offered(desk: Desk) -> None:
    assert desk.ask(checkout=checkout_json(shippingAddress=None)) == []
    assert desk.rows("shipping_offer") == []


def test_asking_again_reads_once_and_writes_nothing(desk: Desk) -> None:
    first = desk.ask()
    [stored] = desk.rows("shipping_offer")
    desk.flaky.reads = desk.flaky.writes = 0
    for _ in range(3):
        assert desk.ask() == first
    assert (desk.flaky.reads, desk.flaky.writes) == (3, 0)
    assert desk.rows("shipping_offer") == [stored]


def test_an_offer_is_stored_before_it_is_answered(desk: Desk) -> None:
    desk.flaky.may_write = False
    assert desk.ask() == []
    desk.flaky.may_write = True
    assert names(desk.ask()) == ["Free shipping"]
    [row] = desk.rows("shipping_offer")
    assert (row.user_id, row.country, row.currency) == (SHOPPER, "US", "USD")


@pytest.mark.parametrize("process", ["same", "another"])
@pytest.mark.parametrize("what", ["nothing", "program", "no shipping", "switch", "member", "price"])
def test_an_offer_stands_for_a_day_whatever_changes(desk: Desk, what: str, process: str) -> None:
    desk.publish(shipping_document(MEMBERS))
    desk.database.write(lambda conn: make_member(conn, desk.store.id, user_id=SHOPPER))
    offered = desk.ask()
    assert names(offered) == ["Members"]
    match what:
        case "program":
            desk.publish(shipping_document(FREE | {"enabled": False}))
        case "no shipping":
            desk.publish(document_of())
        case "switch":
            desk.change(sa.update(table(Store)).values(shipping_on=False))
        case "member":
            desk.database.write(
                lambda conn: conn.execute(sa.text("UPDATE member SET state = 'left'"))
            )
        case "price":
            desk.publish(shipping_document(MEMBERS | {"prices": FREE["prices"][:1]}))
    desk.clock.advance(timedelta(hours=20))
    if process == "another":
        desk.forget()
    assert desk.ask() == offered
    if what in ("program", "no shipping", "switch", "member"):
        desk.clock.advance(timedelta(hours=4))
        assert desk.ask() == []


def test_an_offer_goes_with_its_cart_and_comes_back_with_it(desk: Desk) -> None:
    offered = desk.ask()
    desk.publish(document_of())
    assert desk.ask(checkout=SMALL) == []
    assert desk.ask() == offered


def test_an_offer_goes_where_its_method_is_no_longer_open(desk: Desk) -> None:
    desk.ask()
    assert desk.ask(shippingMethods=[]) == []


def test_another_user_of_the_checkout_does_not_inherit_the_offer(desk: Desk) -> None:
    desk.publish(shipping_document(MEMBERS))
    desk.database.write(lambda conn: make_member(conn, desk.store.id, user_id=SHOPPER))
    assert names(desk.ask()) == ["Members"]
    assert desk.ask(checkout=GUEST) == []
    assert desk.ask(checkout=checkout_json(user={"id": "VXNlcjo4"}), shippingMethods=[]) == []
    assert names(desk.ask()) == ["Members"]


def test_a_guests_offer_is_of_the_country_it_was_made_for(desk: Desk) -> None:
    at_home = FREE | {"when": {"type": "country", "codes": ["US"]}}
    desk.publish(shipping_document(at_home))
    assert len(desk.ask(checkout=GUEST)) == 1
    abroad = checkout_json(user=None, shippingAddress={"country": {"code": "CA"}})
    assert desk.ask(checkout=abroad) == []


def test_a_member_is_who_takes_part_now(desk: Desk) -> None:
    desk.publish(shipping_document(MEMBERS))
    # The program takes in everybody who has an account.
    assert names(desk.ask()) == ["Members"]
    for number, (state, held_out) in enumerate(
        [("left", False), ("paused", False), ("blocked", False), ("active", True)]
    ):
        user = f"VXNlcjox{number}"
        values: dict[str, Any] = {"user_id": user, "state": state, "hold_out": held_out}
        desk.database.write(partial(make_member, store_id=desk.store.id, **values))
        assert desk.ask(checkout=checkout_json(user={"id": user})) == [], state


def test_returning_customers_are_told_by_their_paid_orders(desk: Desk) -> None:
    desk.publish(shipping_document(offer_json(when={"type": "order_count", "min": 1})))
    member = desk.database.write(lambda conn: make_member(conn, desk.store.id, user_id=SHOPPER))
    assert desk.ask() == []
    order = {
        "store_id": desk.store.id,
        "order_id": "T3JkZXI6MQ==",
        "number": "1",
        "status": "FULFILLED",
        "channel": "default-channel",
        "currency": "USD",
        "created_at": desk.clock(),
        "member_id": member,
        "paid_at": desk.clock(),
        "snapshot_hash": "",
        "withheld": "",
        "owner_changes": 0,
        "open": False,
        "deferred": False,
        "origin": "webhook",
    }
    desk.change(sa.insert(table(OrderState)).values(order))
    assert [one["amount"] for one in desk.ask()] == ["4.90"]


def test_our_own_code_does_not_take_free_shipping_away(desk: Desk) -> None:
    cart = checkout_json(
        voucherCode="OWN-CODE",
        voucher={"type": "ENTIRE_ORDER"},
        discount={"amount": 30.0, "currency": "USD"},
    )
    assert desk.ask(checkout=cart) == []
    member = desk.database.write(lambda conn: make_member(conn, desk.store.id, user_id=SHOPPER))
    desk.database.write(lambda conn: redemption(conn, desk, member, code="OWN-CODE"))
    assert names(desk.ask(checkout=cart)) == ["Free shipping"]
    desk.change(sa.text("UPDATE redemption SET state = 'released'"))
    other = cart | {"id": "Q2hlY2tvdXQ6OQ=="}
    assert desk.ask(checkout=other) == []


def redemption(conn: sa.Connection, desk: Desk, member_id: int, *, code: str) -> None:
    """A live redemption, with the hold that it stands on."""
    now = desk.clock()
    hold = conn.execute(
        sa.insert(table(Hold))
        .values(
            store_id=desk.store.id,
            member_id=member_id,
            unit="points",
            amount=100,
            state="open",
            idempotency_key="hold",
            input_hash="",
            source="test",
            created_at=now,
            deadline=now + timedelta(hours=1),
        )
        .returning(table(Hold).c.id)
    ).scalar_one()
    conn.execute(
        sa.insert(table(Redemption)).values(
            store_id=desk.store.id,
            public_id="r1",
            member_id=member_id,
            user_id=SHOPPER,
            instrument="voucher",
            unit="points",
            points=100,
            amount="30",
            channel="default-channel",
            currency="USD",
            request_key="k",
            request_hash="",
            actor=f"shopper:{SHOPPER}",
            state="attached",
            ending="",
            hold_id=hold,
            code=code,
            deadline=now,
            created_at=now,
            fence=0,
            attempts=0,
            restored=0,
            restorings=0,
        )
    )


def test_two_processes_that_offer_at_once_answer_the_same_terms(desk: Desk) -> None:
    first = desk.ask()
    desk.forget()
    desk.publish(shipping_document(FREE | {"id": "other"}, offer_json("flat", method="any")))
    both = desk.ask()
    assert both[:1] == first
    assert [one["id"].partition(".")[0] for one in both] == ["free", "flat"]
    [row] = desk.rows("shipping_offer")
    assert set(row.offers) == {one["id"] for one in both}


def test_offers_are_forgotten_after_two_days(desk: Desk) -> None:
    desk.publish(shipping_document(FREE, MEMBERS))
    desk.ask()
    assert len(desk.rows("shipping_ask")) == 1
    desk.clock.advance(timedelta(hours=47))
    assert desk.database.write(lambda conn: delete_old_offers(conn, now=desk.clock())) == 0
    desk.clock.advance(timedelta(hours=2))
    assert desk.database.write(lambda conn: delete_old_offers(conn, now=desk.clock())) == 2
    assert desk.rows("shipping_offer") == desk.rows("shipping_ask") == []


def test_a_checkout_of_the_same_id_in_another_store_is_another(desk: Desk) -> None:
    assert len(desk.ask()) == 1
    desk.store = desk.database.write(lambda conn: make_store(conn, jwks=desk.key.jwks))
    assert desk.ask() == []


def new_cart(desk: Desk, **values: Any) -> dict[str, Any]:
    """A checkout that was made just now, and changed since."""
    made, changed = desk.clock(), desk.clock() + timedelta(minutes=1)
    times = {"created": made.isoformat(), "updatedAt": changed.isoformat()}
    return checkout_json(**times, **values)


class TestHiding:
    RULE = offer_json("hiding", price="1.90", hide_original=True, name={"en": "Less"})

    def twins(self, desk: Desk, **values: Any) -> list[dict[str, Any]]:
        return with_twins(desk.ask(**values))

    def test_the_original_is_hidden_beside_its_twin(self, desk: Desk) -> None:
        desk.publish(shipping_document(self.RULE))
        cart = new_cart(desk)
        shown = self.twins(desk, checkout=cart)
        assert desk.hidden(shown, checkout=cart) == {STANDARD: "“Less” takes its place."}
        turkish = cart | {"languageCode": "TR"}
        assert desk.hidden(shown, checkout=turkish) == {STANDARD: "Yerine “Less” seçeneği var."}

    def test_nothing_is_hidden_where_the_twin_is_not_offered(self, desk: Desk) -> None:
        desk.publish(shipping_document(self.RULE))
        cart = new_cart(desk)
        self.twins(desk, checkout=cart)
        assert desk.hidden(list(METHODS), checkout=cart) == {}
        assert desk.hidden([], checkout=cart) == {}

    def test_an_original_that_may_have_been_chosen_is_not_hidden_any_more(self, desk: Desk) -> None:
        rule = self.RULE | {"thresholds": FREE["thresholds"][:1]}
        desk.publish(shipping_document(rule))
        small = new_cart(desk, lines=SMALL["lines"])
        assert desk.ask(checkout=small) == []
        grown = new_cart(desk)
        shown = self.twins(desk, checkout=grown)
        assert len(shown) == 3
        assert desk.hidden(shown, checkout=grown) == {}

    def test_a_checkout_older_than_the_program_keeps_its_originals(self, desk: Desk) -> None:
        desk.publish(shipping_document(self.RULE))
        shown = self.twins(desk)
        assert desk.hidden(shown) == {}

    def test_only_the_originals_of_hiding_offers_go(self, desk: Desk) -> None:
        plain = offer_json("plain", price="3", method="named", method_names=["Express"])
        desk.publish(shipping_document(self.RULE, plain))
        cart = new_cart(desk)
        shown = self.twins(desk, checkout=cart)
        assert len(shown) == 4
        assert set(desk.hidden(shown, checkout=cart)) == {STANDARD}
        assert EXPRESS not in desk.hidden(shown, checkout=cart)

    def test_with_the_database_away_nothing_is_hidden(self, desk: Desk) -> None:
        desk.publish(shipping_document(self.RULE))
        cart = new_cart(desk)
        shown = self.twins(desk, checkout=cart)
        desk.flaky.is_down = True
        assert desk.hidden(shown, checkout=cart) == {}
