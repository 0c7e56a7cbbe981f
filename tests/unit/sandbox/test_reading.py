"""Paging through orders, as a reconciler does."""

from datetime import timedelta
from typing import Any

from tests.unit.sandbox.shopping import SHOPPER, Shop

PAGE = (
    "query ($first: Int!, $after: String, $where: OrderWhereInput) {"
    " orders(first: $first, after: $after, where: $where,"
    " sortBy: {field: LAST_MODIFIED_AT, direction: ASC}) {"
    " totalCount pageInfo { hasNextPage endCursor } edges { node { id number updatedAt } } } }"
)


def _page(shop: Shop, **given: Any) -> dict[str, Any]:
    answer = shop.box.execute(PAGE, {"first": 2, **given}, shop.box.staff_token())
    assert "errors" not in answer, answer
    return dict(answer["data"]["orders"])


def _numbers(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["number"] for edge in page["edges"]]


def test_pages_follow_the_last_change() -> None:
    shop = Shop.open()
    first, _item = shop.buy()
    shop.buy()
    shop.buy()
    shop.teller.cancel(first)
    page = _page(shop)
    assert (_numbers(page), page["totalCount"]) == (["2", "3"], 3)
    rest = _page(shop, after=page["pageInfo"]["endCursor"])
    assert _numbers(rest) == ["1"]
    assert rest["pageInfo"]["hasNextPage"] is False


def test_filters_narrow_the_list() -> None:
    shop = Shop.open()
    first, _item = shop.buy()
    shop.box.clock.advance(timedelta(minutes=1))
    later = shop.box.clock.now()
    shop.buy()
    assert _numbers(_page(shop, where={"updatedAt": {"gte": later.isoformat()}})) == ["2"]
    assert _numbers(_page(shop, where={"ids": [first]})) == ["1"]
    assert _numbers(_page(shop, where={"status": {"oneOf": ["CANCELED"]}})) == []
    assert _numbers(_page(shop, where={"userEmail": {"eq": SHOPPER}})) == ["1", "2"]
    where = {"OR": [{"number": {"eq": 2}}, {"ids": [first]}]}
    assert _numbers(_page(shop, where=where)) == ["1", "2"]


def test_a_page_needs_a_size_of_at_most_a_hundred() -> None:
    shop = Shop.open()
    for arguments in ("", "(first: 101)"):
        text = f"{{ orders{arguments} {{ totalCount }} }}"
        assert "errors" in shop.box.execute(text, token=shop.box.staff_token())


def test_the_schema_can_be_asked_about_itself() -> None:
    shop = Shop.open()
    answer = shop.box.execute('{ __type(name: "Order") { fields { name } } }')
    assert {"name": "grantedRefunds"} in answer["data"]["__type"]["fields"]


def test_nobody_lists_orders_without_permission() -> None:
    shop = Shop.open()
    answer = shop.box.execute("{ orders(first: 1) { totalCount } }")
    assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert answer["data"] == {"orders": None}
