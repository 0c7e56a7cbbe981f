"""The route at which Saleor asks: who may, what it cannot read, and what it does in trouble."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import metrics
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import offer_shipping
from saleor_loyalty_app.flows.sync_handler import Memory
from saleor_loyalty_app.handlers.shipping import SHIPPING_FILTER, SHIPPING_METHODS
from saleor_loyalty_app.stores.models import Store
from tests.factories import make_store
from tests.integration.shipping.conftest import Desk, names
from tests.shipping_samples import checkout_json, line_json, question
from tests.signing import SigningKey
from tests.webhook_edge import event_body

LIST = "ShippingListMethodsForCheckout"


def genuine(desk: Desk, **values: Any) -> bytes:
    return event_body(LIST, desk.store.app_id, **question(**values))


def refusals(reason: str) -> float:
    found: float = metrics.refusals.labels("webhook", reason)._value.get()
    return found


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Saleor_Signature": ""}, "signature_missing"),
        ({"Saleor_Signature": "e30..e30"}, "signature_algorithm"),
        ({"Saleor_Api_Url": ""}, "unknown_store"),
        ({"Saleor_Api_Url": "https://nobody.example/graphql/"}, "unknown_store"),
    ],
)
def test_who_is_not_the_store_is_refused(desk: Desk, headers: dict[str, str], reason: str) -> None:
    before = refusals(reason)
    response = desk.post(genuine(desk), **headers)
    assert (response.status_code, response.content) == (401, b"")
    assert refusals(reason) == before + 1
    assert desk.rows("shipping_offer") == []


def test_a_signature_of_another_key_or_over_other_bytes_is_refused(desk: Desk) -> None:
    body = genuine(desk)
    foreign = SigningKey("store-key")
    assert desk.post(body, Saleor_Signature=foreign.sign(body)).status_code == 401
    assert desk.post(body, Saleor_Signature=desk.key.sign(body + b" ")).status_code == 401


def test_a_question_for_another_app_is_refused(desk: Desk) -> None:
    body = event_body(LIST, "QXBwOjk5OQ==", **question())
    before = refusals("wrong_recipient")
    assert desk.post(body).status_code == 401
    assert refusals("wrong_recipient") == before + 1


def test_an_app_that_was_installed_anew_is_known_at_once(desk: Desk) -> None:
    desk.ask()
    desk.change(sa.update(table(Store)).values(app_id="QXBwOm5ldw=="))
    desk.store = replace(desk.store, app_id="QXBwOm5ldw==")
    assert names(desk.ask()) == ["Free shipping"]


def test_a_question_signed_by_one_store_is_not_anothers(desk: Desk) -> None:
    other = desk.database.write(lambda conn: make_store(conn, jwks=SigningKey("other-key").jwks))
    body = event_body(LIST, other.app_id, **question())
    assert desk.post(body, Saleor_Api_Url=other.api_url).status_code in (401, 503)
    assert desk.rows("shipping_offer") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"\xff\xfe",
        b"[" * 5000,
        b'{"__typename": "ShippingListMethodsForCheckout", "x": "\\u0000"}',
    ],
)
def test_garbage_is_told_so_and_nothing_is_kept(desk: Desk, body: bytes) -> None:
    assert desk.post(body).status_code in (400, 401)
    assert desk.rows("shipping_offer") == []


@pytest.mark.parametrize(
    "changes",
    [
        {"checkout": None, "checkoutRef": None},
        {"shippingMethods": "all"},
        {"shippingMethods": [{"id": "x"}]},
        {"shippingMethods": [{"id": "x", "name": "x", "price": {"amount": 1e300}}]},
    ],
)
def test_a_question_of_another_shape_is_malformed(desk: Desk, changes: dict[str, Any]) -> None:
    body = event_body(LIST, desk.store.app_id, **(question() | changes))
    assert desk.post(body).status_code == 400


@pytest.mark.parametrize(
    "values",
    [
        {"id": ""},
        {"id": "x" * 201},
        {"user": {"id": "x" * 201}},
        {"channel": {"slug": "default-channel", "currencyCode": "dollars"}},
        {"shippingAddress": {"country": {"code": "<script>"}}},
    ],
)
def test_ids_that_no_saleor_makes_are_refused(desk: Desk, values: dict[str, Any]) -> None:
    body = genuine(desk, checkout=checkout_json(**values))
    assert desk.post(body).status_code == 400
    assert desk.rows("shipping_offer") == []


def test_another_event_at_this_address_is_malformed(desk: Desk) -> None:
    body = event_body("OrderCreated", desk.store.app_id, order={"id": "1"})
    assert desk.post(body).status_code == 400
    assert desk.post(genuine(desk), handler=SHIPPING_FILTER.name).status_code == 400


def test_a_huge_body_is_not_taken_in(desk: Desk) -> None:
    lines = [line_json(str(number), 1) for number in range(1000)]
    body = genuine(desk, checkout=checkout_json(lines=lines))
    assert len(body) > 200_000
    assert desk.post(body).status_code == 413


def test_with_the_database_away_a_process_repeats_what_it_offered(desk: Desk) -> None:
    offered = desk.ask()
    desk.flaky.is_down = True
    assert desk.ask() == offered
    # What it remembers of the store is older than it usually trusts.
    desk.clock.advance(timedelta(hours=23))
    assert desk.ask() == offered
    # Nobody can tell whether the code is ours: in doubt for the shopper.
    code = checkout_json(
        voucherCode="X",
        voucher={"type": "ENTIRE_ORDER"},
        discount={"amount": 50.0, "currency": "USD"},
    )
    assert desk.ask(checkout=code) == offered
    assert desk.ask(checkout=checkout_json(lines=[line_json("1", 1)])) == []
    assert desk.ask(checkout=checkout_json(user=None)) == []
    desk.clock.advance(timedelta(hours=1))
    assert desk.ask() == []


def test_with_the_database_away_a_new_process_offers_nothing_and_says_so_by_no_error(
    desk: Desk,
) -> None:
    desk.ask()
    desk.answering.memory.drop(next(iter(_offer_keys(desk.answering.memory))))
    desk.flaky.is_down = True
    assert desk.ask() == []


def test_a_process_that_never_knew_the_store_can_prove_nothing(desk: Desk) -> None:
    desk.flaky.is_down = True
    assert desk.post(genuine(desk)).status_code == 503


def test_after_a_restart_the_row_is_what_is_remembered(desk: Desk) -> None:
    offered = desk.ask()
    desk.forget()
    desk.flaky.may_write = False
    assert desk.ask() == offered


def test_a_database_that_hangs_is_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = desk.ask()
    monkeypatch.setattr(offer_shipping, "PATIENCE", timedelta(milliseconds=50))
    desk.flaky.hangs = 30.0
    began = time.monotonic()
    assert desk.ask() == offered
    assert time.monotonic() - began < desk.flaky.hangs


def test_a_cart_that_saleor_could_not_resolve_keeps_its_offer(desk: Desk) -> None:
    offered = desk.ask()
    broken = question() | {
        "checkout": None,
        "errors": [{"message": "no", "path": ["event", "checkout", "lines"]}],
    }
    response = desk.post(event_body(LIST, desk.store.app_id, **broken))
    assert response.json() == offered
    desk.flaky.is_down = True
    assert desk.post(event_body(LIST, desk.store.app_id, **broken)).json() == offered


def test_a_part_that_is_switched_off_offers_nothing_new(desk: Desk) -> None:
    desk.change(sa.update(table(Store)).values(shipping_on=False))
    assert desk.ask() == []
    desk.change(sa.update(table(Store)).values(shipping_on=True, active=False))
    assert desk.ask() == []


def test_a_defect_of_ours_is_an_error_and_not_an_answer(desk: Desk) -> None:
    async def broken(context: object) -> object:
        raise ZeroDivisionError

    desk.forget((replace(SHIPPING_METHODS, answer=broken),))
    assert desk.post(genuine(desk)).status_code == 500


def test_answers_are_counted(desk: Desk) -> None:
    def count(outcome: str) -> float:
        found: float = metrics.shipping_answers.labels("list", outcome)._value.get()
        return found

    before = {name: count(name) for name in ("offered", "kept", "none", "no_address")}
    desk.ask()
    desk.ask()
    desk.ask(checkout=checkout_json(id="Q2hlY2tvdXQ6Mg==", lines=[line_json("1", 1)]))
    desk.ask(checkout=checkout_json(shippingAddress=None))
    assert {name: count(name) - known for name, known in before.items()} == {
        "offered": 1,
        "kept": 1,
        "none": 1,
        "no_address": 1,
    }


def test_memory_is_bounded_and_forgets_the_least_used() -> None:
    memory = Memory(most=2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)
    assert len(memory) == 2


def test_an_answer_is_what_saleor_reads(desk: Desk) -> None:
    response = desk.post(genuine(desk))
    assert response.headers["content-type"] == "application/json"
    [offer] = json.loads(response.content)
    assert set(offer) == {
        "id",
        "name",
        "amount",
        "currency",
        "minimum_delivery_days",
        "maximum_delivery_days",
    }


def _offer_keys(memory: Memory) -> list[Any]:
    return [key for key in memory._things if isinstance(key, tuple) and key[0] == "offers"]
