"""One code in two checkouts that are completed at the same instant, asked for over HTTP."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox import Request, Response
from sandbox.box import Sandbox
from sandbox.http.app import create_app
from sandbox.keys import shared_key
from sandbox.pages.render import documents

ADDRESS = {"country": "US", "city": "San Francisco", "streetAddress1": "1 Market Street"}
CODE = "ONLY-ONCE"


class Shop:
    """A store with a single-use code, and people who fill carts."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.box: Sandbox = client.app.state.service.box  # type: ignore[attr-defined]
        with self.box.lock:
            self.box.discounts.voucher(Decimal(5), CODE, name="Loyalty r1", single_use=True)

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        body = {"query": documents()[document], "variables": variables}
        answer = self.client.post("/graphql/", json=body).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def cart(self) -> str:
        shelf = self.ask("catalog", channel="default-channel")["products"]["edges"]
        variant = shelf[0]["node"]["variants"][0]["id"]
        wanted = {
            "channel": "default-channel",
            "email": "guest@example.com",
            "lines": [{"variantId": variant, "quantity": 1}],
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
        }
        made: str = self.ask("checkoutCreate", input=wanted)["checkoutCreate"]["checkout"]["id"]
        methods = self.ask("checkout", id=made)["checkout"]["shippingMethods"]
        self.ask("checkoutDelivery", id=made, method=methods[0]["id"])
        return made

    def race(self, **data: Any) -> tuple[int, dict[str, Any]]:
        answer = self.client.post("/_control/race", json=data)
        return answer.status_code, answer.json()


@pytest.fixture
def shop() -> Iterator[Shop]:
    def send(_request: Request) -> Response:
        return Response(200)

    with TestClient(create_app(key=shared_key(), send=send)) as client:
        yield Shop(client)


def test_both_orders_keep_the_discount_and_the_second_has_no_code(shop: Shop) -> None:
    first, second = shop.cart(), shop.cart()
    shop.ask("addPromoCode", id=first, code=CODE)
    status, told = shop.race(checkouts=[first, second], code=CODE)
    assert status == 200
    assert [one["voucher_code"] for one in told["orders"]] == [CODE, None]
    assert [one["refusal"] for one in told["orders"]] == [None, None]
    orders = list(shop.box.store.orders.values())
    assert [order.number for order in orders] == [one["number"] for one in told["orders"]]
    assert orders[0].total == orders[1].total
    for order in orders:
        assert [item.amounts.charged for item in order.transactions] == [order.total.gross_amount]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"checkouts": "one", "code": CODE}, 400),
        ({"checkouts": [1], "code": CODE}, 400),
        ({"checkouts": [], "code": ""}, 400),
        ({"checkouts": ["Q2hlY2tvdXQ6MQ=="], "code": CODE}, 404),
        ({"checkouts": [], "code": "NO-SUCH-CODE"}, 404),
    ],
)
def test_a_race_that_cannot_be_is_refused(shop: Shop, data: dict[str, Any], status: int) -> None:
    found, told = shop.race(**data)
    assert found == status
    assert told["error"]
    assert shop.box.store.orders == {}
