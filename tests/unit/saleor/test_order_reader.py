"""Pages of orders."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
import respx

from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.errors import (
    SaleorQueryError,
    SaleorQueryTooCostly,
    SaleorUnavailable,
)
from saleor_loyalty_app.saleor.network import trusted
from saleor_loyalty_app.saleor.order_reader import OrderReader, affordable

SHOP = Endpoint("https://shop.example.com/graphql/", "token")
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def order(number: int) -> dict[str, object]:
    money = {"amount": 12.3, "currency": "USD"}
    taxed = {"gross": money, "net": money}
    return {
        "id": f"order-{number}",
        "number": str(number),
        "status": "FULFILLED",
        "created": "2026-12-01T10:00:00+00:00",
        "updatedAt": "2026-12-02T10:00:00+00:00",
        "channel": {"slug": "us", "currencyCode": "USD"},
        "total": taxed,
        "shippingPrice": taxed,
        "totalCharged": money,
        "totalRefunded": money,
    }


class Shop:
    """Answers order queries from a list, with a limit of the cost: ten a piece."""

    def __init__(self, orders: int, affordable: int = 1000) -> None:
        self.orders = [order(number) for number in range(orders)]
        self.affordable = affordable
        self.asked: list[int] = []
        self.spoilt: set[object] = set()
        self.wheres: list[dict[str, object]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        variables = json.loads(request.content)["variables"]
        first = variables["first"]
        self.asked.append(first)
        document = json.loads(request.content)["query"]
        self.wheres.append(variables["where"])
        if first > self.affordable:
            cost = {"requestedQueryCost": first * 10, "maximumAvailable": self.affordable * 10}
            error = {"message": "too costly", "extensions": {"cost": cost}}
            return httpx.Response(400, json={"errors": [error]})
        if "ids" in variables["where"]:
            page = [one for one in self.orders if one["id"] in variables["where"]["ids"]]
            return self.answer(page, None, document)
        start = int(variables["after"] or 0)
        end = start + first
        return self.answer(
            self.orders[start:end], str(end) if end < len(self.orders) else None, document
        )

    def answer(
        self, page: list[dict[str, object]], cursor: str | None, document: str
    ) -> httpx.Response:
        spoilt = [one for one in page if one["id"] in self.spoilt]
        if spoilt and "OrderSnapshot" in document:
            error = {"message": "Expected a value of type X", "path": ["orders", "edges", 0]}
            return httpx.Response(200, json={"errors": [error], "data": {"orders": None}})
        info = {"hasNextPage": cursor is not None, "endCursor": cursor}
        edges = [{"node": one} for one in page]
        return httpx.Response(200, json={"data": {"orders": {"pageInfo": info, "edges": edges}}})


@pytest.fixture
def reader() -> Iterator[OrderReader]:
    with httpx.Client(verify=trusted()) as http, respx.mock:
        yield OrderReader(SaleorClient(http, now=lambda: NOW))


def serve(shop: Shop) -> Shop:
    respx.post(SHOP.api_url).mock(side_effect=shop)
    return shop


def test_all_pages_bring_all_orders_once(reader: OrderReader) -> None:
    shop = serve(Shop(120))
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = reader.updated_since(SHOP, NOW, cursor)
        found.extend(one.number for one in page.orders)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == [str(number) for number in range(120)]
    assert shop.asked == [50, 50, 50]
    assert shop.wheres[0] == {"updatedAt": {"gte": "2027-01-01T00:00:00+00:00"}}
    assert reader.created_since(SHOP, NOW, None).orders[0].total.gross.amount == Decimal("12.3")


def test_a_page_that_costs_too_much_shrinks_and_stays_so(reader: OrderReader) -> None:
    shop = serve(Shop(60, affordable=21))
    assert len(reader.updated_since(SHOP, NOW, None).orders) == 21
    assert len(reader.updated_since(SHOP, NOW, "21").orders) == 21
    assert shop.asked == [50, 21, 21]


def test_ids_are_read_in_pages_and_unknown_ones_left_out(reader: OrderReader) -> None:
    shop = serve(Shop(60, affordable=25))
    ids = [f"order-{number}" for number in range(55)] + ["order-3", "order-999"]
    page = reader.by_ids(SHOP, ids)
    assert {one.id for one in page.orders} == set(ids) - {"order-999"}
    assert (page.unreadable, page.next_cursor) == ((), None)
    assert shop.asked == [50, 25, 25, 6]
    assert reader.by_ids(SHOP, []).orders == ()


def test_a_single_order_that_costs_too_much_is_told(reader: OrderReader) -> None:
    serve(Shop(3, affordable=0))
    with pytest.raises(SaleorQueryTooCostly):
        reader.updated_since(SHOP, NOW, None)


def test_a_page_that_takes_too_long_is_halved(reader: OrderReader) -> None:
    shop = Shop(60)
    route = respx.post(SHOP.api_url)
    route.side_effect = lambda request: (
        shop(request) if json.loads(request.content)["variables"]["first"] <= 20 else slow(request)
    )

    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    assert len(reader.updated_since(SHOP, NOW, None).orders) == 12
    assert reader.page_size(SHOP) == 12


def test_a_store_that_is_down_is_not_asked_for_less(reader: OrderReader) -> None:
    route = respx.post(SHOP.api_url).mock(side_effect=httpx.ReadError("reset"))
    with pytest.raises(SaleorUnavailable, match="broken"):
        reader.updated_since(SHOP, NOW, None)
    assert route.call_count == 1


def test_an_order_that_nobody_understands_does_not_hide_the_others(reader: OrderReader) -> None:
    shop = serve(Shop(3))
    shop.orders[1]["total"] = None
    page = reader.updated_since(SHOP, NOW, None)
    assert [one.number for one in page.orders] == ["0", "2"]
    [unreadable] = page.unreadable
    assert unreadable.order_id == "order-1"
    assert "$.total" in unreadable.place


def test_orders_that_saleor_cannot_describe_do_not_hide_the_others(reader: OrderReader) -> None:
    shop = serve(Shop(60))
    shop.spoilt = {"order-7", "order-8", "order-49"}
    page = reader.updated_since(SHOP, NOW, None)
    assert {one.id for one in page.orders} == {f"order-{n}" for n in range(50)} - shop.spoilt
    assert {one.order_id for one in page.unreadable} == shop.spoilt
    assert page.next_cursor == "50"
    assert len(reader.updated_since(SHOP, NOW, "50").orders) == 10
    again = reader.by_ids(SHOP, ["order-6", "order-7", "order-9"])
    assert {one.id for one in again.orders} == {"order-6", "order-9"}
    assert [one.order_id for one in again.unreadable] == ["order-7"]


def test_a_document_that_the_store_does_not_understand_is_not_asked_by_halves(
    reader: OrderReader,
) -> None:
    answer = httpx.Response(400, json={"errors": [{"message": "Cannot query field 'x'."}]})
    route = respx.post(SHOP.api_url).mock(return_value=answer)
    with pytest.raises(SaleorQueryError):
        reader.updated_since(SHOP, NOW, None)
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("size", "requested", "maximum", "next_size"),
    [(50, 80_000, 50_000, 31), (2, 3, 2, 1), (50, 0, 0, 25), (1, 10, 5, 1), (10, 11, 10_000, 9)],
)
def test_the_next_size_is_what_the_store_affords(
    size: int, requested: int, maximum: int, next_size: int
) -> None:
    assert affordable(size, requested, maximum) == next_size
