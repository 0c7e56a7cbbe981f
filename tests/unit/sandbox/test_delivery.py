"""Delivery: headers, retries on Saleor's schedule, and faults."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from sandbox import Request, Response, Sandbox
from tests.unit.sandbox.shopping import Shop, manifest, subscription


class Inbox:
    """An app that keeps what it gets and answers with the statuses it is given, then 200."""

    def __init__(self, *statuses: int | None) -> None:
        self.requests: list[Request] = []
        self.statuses = list(statuses)

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        status = self.statuses.pop(0) if self.statuses else 200
        if status is None:
            raise ConnectionRefusedError
        return Response(status)

    def events(self) -> list[str | None]:
        return [request.header("Saleor-Event") for request in self.requests]


def _shop(version: str = "3.23", *events: str) -> Shop:
    shop = Shop.open(version=version)
    shop.app("number status totalRefunded { amount }", *(events or ("OrderCreated",)))
    shop.box.run_deliveries(Inbox())
    return shop


def test_headers_are_saleors_in_their_order() -> None:
    shop, inbox = _shop(), Inbox()
    shop.buy()
    shop.box.run_deliveries(inbox)
    (request,) = inbox.requests
    assert [name for name, _value in request.headers] == [
        "Host",
        "User-Agent",
        "Accept-Encoding",
        "Accept",
        "Connection",
        "Content-Type",
        "X-Saleor-Event",
        "X-Saleor-Domain",
        "X-Saleor-Signature",
        "Saleor-Event",
        "Saleor-Domain",
        "Saleor-Signature",
        "Saleor-Api-Url",
        "Content-Length",
    ]
    assert request.header("saleor-event") == "order_created"
    assert request.header("saleor-domain") == "127.0.0.1:8100"
    assert request.header("saleor-signature") == shop.box.sign(request.body)


@pytest.mark.parametrize("status", [302, 404, 429])
def test_redirects_and_refusals_are_final(status: int) -> None:
    shop, inbox = _shop(), Inbox(status)
    shop.buy()
    assert shop.box.run_deliveries(inbox, wait=True) == 1
    assert shop.box.courier.recent[-1].delivery.status == "FAILED"


@pytest.mark.parametrize("failure", [500, 503, None])
def test_failures_are_tried_six_times_with_the_same_bytes(failure: int | None) -> None:
    shop, inbox = _shop(), Inbox(*[failure] * 6)
    shop.buy()
    start = shop.box.clock.now()
    assert shop.box.run_deliveries(inbox, wait=True) == 6
    assert shop.box.clock.now() - start == timedelta(seconds=10 + 20 + 40 + 80 + 160)
    assert len({request.body for request in inbox.requests}) == 1
    delivery = shop.box.courier.recent[-1].delivery
    assert delivery.status == "FAILED"
    assert delivery.webhook.event_deliveries == [delivery]


def test_a_success_after_a_failure_is_forgotten() -> None:
    shop, inbox = _shop(), Inbox(503)
    shop.buy()
    shop.box.run_deliveries(inbox, wait=True)
    delivery = shop.box.courier.recent[-1].delivery
    assert delivery.status == "SUCCESS"
    assert delivery.webhook.event_deliveries == []


def test_from_323_a_payload_shows_the_state_when_it_is_sent() -> None:
    for version, status in (("3.23", "CANCELED"), ("3.22", "UNFULFILLED")):
        shop, inbox = _shop(version), Inbox()
        order, _item = shop.buy()
        shop.box.courier.collect()
        shop.teller.cancel(order)
        shop.box.run_deliveries(inbox)
        assert inbox.requests[0].json()["order"]["status"] == status


def test_duplicates_repeat_the_request() -> None:
    shop, inbox = _shop(), Inbox()
    shop.box.set_faults(duplicate=1.0)
    shop.buy()
    shop.box.run_deliveries(inbox)
    first, second = inbox.requests
    assert first == second


def test_dropped_events_never_arrive() -> None:
    shop, inbox = _shop(), Inbox()
    shop.box.set_faults(drop=1.0)
    shop.buy()
    shop.box.run_deliveries(inbox, wait=True)
    assert inbox.requests == []


def test_delayed_events_wait() -> None:
    shop, inbox = _shop(), Inbox()
    shop.box.set_faults(delay_seconds=30)
    shop.buy()
    shop.box.run_deliveries(inbox)
    assert inbox.requests == []
    shop.box.clock.advance(timedelta(seconds=30))
    shop.box.run_deliveries(inbox)
    assert len(inbox.requests) == 1


def test_shuffled_events_come_in_another_order() -> None:
    events = ("OrderCreated", "OrderPaid", "OrderFullyPaid", "OrderUpdated")

    def arrival(prepare: Callable[[Sandbox], None]) -> list[str | None]:
        shop, inbox = _shop("3.23", *events), Inbox()
        prepare(shop.box)
        shop.buy()
        shop.box.run_deliveries(inbox)
        return inbox.events()

    straight = arrival(lambda _box: None)
    shuffled = arrival(lambda box: box.set_faults(shuffle=True))
    assert straight == ["order_created", "order_paid", "order_fully_paid", "order_updated"]
    assert sorted(map(str, shuffled)) == sorted(map(str, straight))
    assert shuffled != straight


def test_an_app_that_is_down_is_tried_again_later() -> None:
    shop, inbox = _shop(), Inbox()
    shop.box.set_faults(app_down=True)
    shop.buy()
    shop.box.run_deliveries(inbox)
    assert inbox.requests == []
    shop.box.set_faults(app_down=False)
    shop.box.run_deliveries(inbox, wait=True)
    assert inbox.events() == ["order_created"]


def test_events_without_permission_are_stored_and_never_sent() -> None:
    shop, inbox = Shop.open(), Inbox()
    query = subscription("id", "OrderCreated")
    app = shop.box.install(manifest(query, permissions=["MANAGE_USERS"]))
    shop.buy()
    shop.box.run_deliveries(inbox)
    assert app.webhooks[0].events == ["ORDER_CREATED"]
    assert inbox.requests == []


def test_an_app_hears_of_its_own_removal_and_of_nothing_after() -> None:
    shop, inbox = Shop.open(), Inbox()
    query = (
        "subscription { event { ... on AppDeleted { app { isActive } }"
        " ... on OrderCreated { order { id } } } }"
    )
    app = shop.box.install(manifest(query))
    shop.box.uninstall(app)
    shop.buy()
    shop.box.run_deliveries(inbox)
    assert inbox.events() == ["app_deleted"]
    assert inbox.requests[0].json() == {"app": {"isActive": False}}


def test_a_refund_asked_of_an_app_is_booked_by_its_answer() -> None:
    shop = Shop.open()
    query = "subscription { event { ... on TransactionRefundRequested { action { amount } } } }"
    app = shop.box.install(manifest(query, permissions=["HANDLE_PAYMENTS", "MANAGE_ORDERS"]))
    checkout = shop.cart()
    item = shop.teller.transact(checkout, "Points", "USD", by=app.token, amountCharged="167.40")
    order = shop.teller.complete(checkout, by=shop.teller.cast.shopper)
    shop.teller.request(item, "REFUND", "15")
    answer = b'{"pspReference": "p1", "result": "REFUND_SUCCESS", "amount": 15}'
    shop.box.run_deliveries(lambda _request: Response(200, answer))
    assert shop.teller.read(order, "totalRefunded { amount }") == {
        "totalRefunded": {"amount": 15.0}
    }
    assert shop.happened("ORDER_REFUNDED").issuing_principal is None
