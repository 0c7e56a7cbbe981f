"""Vouchers by mutation: what staff and apps make, change, find and end."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.box import id_of
from sandbox.model.ids import global_id
from tests.unit.sandbox.discount_shop import PLIMSOLLS, SHIRT, SHOPPER, DiscountShop

VOUCHER = """voucher(id: $id) {
  id name code used singleUse usageLimit type discountValueType endDate
  codes(first: 10) { edges { node { id code used isActive } } }
  channelListings { discountValue currency minSpent { amount } channel { slug } }
}"""
CREATE, UPDATE = "input: VoucherInput!", "id: ID!, input: VoucherInput!"
LISTING = "id: ID!, input: VoucherChannelListingInput!"


@pytest.fixture
def shop() -> DiscountShop:
    return DiscountShop.open()


def _read(shop: DiscountShop, voucher: str) -> dict[str, Any]:
    answer = shop.box.execute(f"query ($id: ID!) {{ {VOUCHER} }}", {"id": voucher}, shop.staff)
    found: dict[str, Any] = answer["data"]["voucher"]
    return found


def _codes(shop: DiscountShop, voucher: str) -> list[tuple[str, bool]]:
    edges = _read(shop, voucher)["codes"]["edges"]
    return sorted((edge["node"]["code"], edge["node"]["isActive"]) for edge in edges)


def test_a_voucher_is_worth_nothing_before_it_is_listed(shop: DiscountShop) -> None:
    voucher = shop.make_voucher("LOY", name="Loyalty r1", singleUse=True)
    cart = shop.cart()
    assert shop.refused_code(cart, "LOY") == "INVALID"
    shop.list_voucher(voucher, "7.50")
    shop.add(cart, "LOY")
    assert shop.entered(cart) == Decimal("67.5")
    seen = _read(shop, voucher)
    assert (seen["name"], seen["singleUse"], seen["usageLimit"]) == ("Loyalty r1", True, None)
    (listing,) = seen["channelListings"]
    assert (listing["discountValue"], listing["currency"]) == (7.5, "USD")


def test_listing_again_changes_the_same_listing(shop: DiscountShop) -> None:
    voucher = shop.make_voucher("LOY")
    shop.list_voucher(voucher, "5")
    shop.list_voucher(voucher, "6")
    (listing,) = _read(shop, voucher)["channelListings"]
    assert listing["discountValue"] == 6.0


def test_a_taken_code_is_named_and_its_case_counts(shop: DiscountShop) -> None:
    shop.make_voucher("LOY")
    document = """mutation ($input: VoucherInput!) { voucherCreate(input: $input) {
      voucher { id } errors { field code message voucherCodes } } }"""
    answer = shop.box.execute(document, {"input": {"addCodes": ["NEW", "LOY"]}}, shop.staff)
    assert answer["data"]["voucherCreate"] == {
        "voucher": None,
        "errors": [
            {
                "field": "codes",
                "code": "ALREADY_EXISTS",
                "message": "Promo code already exists.",
                "voucherCodes": ["LOY"],
            }
        ],
    }
    shop.make_voucher("loy")
    assert set(shop.box.store.voucher_codes) == {"LOY", "loy"}


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"addCodes": ["A", " A "]}, "codes", "DUPLICATED_INPUT_ITEM"),
        ({}, None, "GRAPHQL_ERROR"),
        ({"addCodes": ["A"], "code": "B"}, None, "GRAPHQL_ERROR"),
        (
            {"addCodes": ["A"], "startDate": "2026-02-01T00:00:00Z", "endDate": "2026-01-01"},
            "endDate",
            "INVALID",
        ),
        ({"addCodes": ["A"], "products": [global_id("Product", 999)]}, "products", "NOT_FOUND"),
    ],
)
def test_bad_vouchers_are_refused_and_leave_nothing(
    shop: DiscountShop, given: dict[str, Any], field: str | None, code: str
) -> None:
    error = shop.refusal("voucherCreate", CREATE, shop.staff, input=given)
    assert (error["field"], error["code"]) == (field, code)
    assert not shop.box.store.vouchers
    assert not shop.box.store.voucher_codes


@pytest.mark.parametrize(
    ("kind", "listing", "field", "code"),
    [
        ("FIXED", {"discountValue": "1.005"}, "discountValue", "INVALID"),
        ("FIXED", {}, "discountValue", "REQUIRED"),
        ("PERCENTAGE", {"discountValue": "101"}, "discountValue", "INVALID"),
        ("FIXED", {"discountValue": "1", "minAmountSpent": "0.001"}, "minAmountSpent", "INVALID"),
        ("FIXED", {"channelId": global_id("Channel", 99)}, "channelId", "GRAPHQL_ERROR"),
    ],
)
def test_bad_listings_are_refused(
    shop: DiscountShop, kind: str, listing: dict[str, Any], field: str, code: str
) -> None:
    voucher = shop.make_voucher("LOY", discountValueType=kind)
    channel = id_of(shop.box.store.channel_by_slug("default-channel"))
    wanted = {"addChannels": [{"channelId": channel, **listing}]}
    error = shop.refusal(
        "voucherChannelListingUpdate", LISTING, shop.staff, id=voucher, input=wanted
    )
    assert (error["field"], error["code"]) == (field, code)
    assert _read(shop, voucher)["channelListings"] == []


def test_shoppers_and_strangers_make_no_vouchers(shop: DiscountShop) -> None:
    document = """mutation { voucherCreate(input: {addCodes: ["A"]}) { errors { code } } }"""
    for token in (None, shop.teller.cast.shopper, shop.teller.cast.app):
        answer = shop.box.execute(document, token=token)
        assert answer["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    assert not shop.box.store.vouchers


def test_codes_are_added_and_removed_and_told_of(shop: DiscountShop) -> None:
    voucher = shop.make_voucher("ONE")
    shop.box.take_emitted()
    shop.teller.ask(
        "voucherUpdate",
        UPDATE,
        "voucher { id }",
        shop.staff,
        id=voucher,
        input={"addCodes": ["TWO"]},
    )
    assert _codes(shop, voucher) == [("ONE", True), ("TWO", True)]
    ids = [global_id("VoucherCode", code.pk) for code in shop.box.store.voucher_codes.values()]
    delete = "mutation ($ids: [ID!]!) { voucherCodeBulkDelete(ids: $ids) { count } }"
    counts = [
        shop.box.execute(delete, {"ids": ids[:1]}, shop.staff)["data"]["voucherCodeBulkDelete"]
        for _ in range(2)
    ]
    assert counts == [{"count": 1}, {"count": 0}]
    assert _codes(shop, voucher) == [("TWO", True)]
    assert [each.event for each in shop.box.take_emitted()] == [
        "VOUCHER_UPDATED",
        "VOUCHER_CODES_CREATED",
        "VOUCHER_CODES_DELETED",
    ]


def test_an_id_of_something_else_deletes_no_code(shop: DiscountShop) -> None:
    shop.make_voucher("ONE")
    answer = shop.box.execute(
        """mutation ($ids: [ID!]!) { voucherCodeBulkDelete(ids: $ids) {
          count errors { path code voucherCodes } } }""",
        {"ids": [global_id("Voucher", 1)]},
        shop.staff,
    )["data"]["voucherCodeBulkDelete"]
    assert answer["count"] == 0
    assert answer["errors"][0]["code"] == "INVALID"


def test_the_rules_of_a_voucher_in_use_stay(shop: DiscountShop) -> None:
    voucher = shop.make_voucher("LOY", singleUse=True)
    shop.list_voucher(voucher, "5")
    shop.add(shop.cart(), "LOY")
    for change in ({"singleUse": False}, {"usageLimit": 3}):
        error = shop.refusal("voucherUpdate", UPDATE, shop.staff, id=voucher, input=change)
        assert error["code"] == "VOUCHER_ALREADY_USED"
    seen = _read(shop, voucher)
    assert (seen["singleUse"], seen["usageLimit"]) == (True, None)


def test_a_voucher_is_ended_at_once_and_its_code_stays_to_be_seen(shop: DiscountShop) -> None:
    voucher = shop.make_voucher("LOY")
    shop.list_voucher(voucher, "5")
    for _ in range(2):
        shop.teller.ask(
            "voucherUpdate",
            UPDATE,
            "voucher { id }",
            shop.staff,
            id=voucher,
            input={"endDate": shop.box.now().isoformat()},
        )
    assert shop.refused_code(shop.cart(), "LOY") == "INVALID"
    assert _codes(shop, voucher) == [("LOY", True)]


def test_a_voucher_is_deleted_once_with_its_codes(shop: DiscountShop) -> None:
    voucher = shop.make_voucher("LOY")
    shop.teller.ask("voucherDelete", "id: ID!", "voucher { id }", shop.staff, id=voucher)
    again = shop.refusal("voucherDelete", "id: ID!", shop.staff, id=voucher)
    assert (again["field"], again["code"]) == ("id", "NOT_FOUND")
    assert not shop.box.store.voucher_codes


def test_search_finds_by_code_and_by_name_without_regard_to_case(shop: DiscountShop) -> None:
    shop.make_voucher("LOY-ABC", name="One")
    shop.make_voucher("loy-abc", name="Two")
    shop.make_voucher("OTHER", name="About loy-abc")
    query = """query ($search: String, $after: String) {
      vouchers(first: 2, after: $after, filter: {search: $search}) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { name } } } }"""
    first = shop.box.execute(query, {"search": "LOY-ABC"}, shop.staff)["data"]["vouchers"]
    assert first["totalCount"] == 3
    after = first["pageInfo"]["endCursor"]
    rest = shop.box.execute(query, {"search": "LOY-ABC", "after": after}, shop.staff)
    names = [
        edge["node"]["name"] for page in (first, rest["data"]["vouchers"]) for edge in page["edges"]
    ]
    assert names == ["About loy-abc", "One", "Two"]


def test_vouchers_are_found_by_status(shop: DiscountShop) -> None:
    now, day = shop.box.now(), timedelta(days=1)
    shop.box.discounts.voucher(Decimal(1), "NOW", name="now")
    shop.box.discounts.voucher(Decimal(1), "SOON", name="soon", start_date=now + day)
    shop.box.discounts.voucher(
        Decimal(1), "OVER", name="over", start_date=now - 2 * day, end_date=now - day
    )
    query = """query ($s: DiscountStatusEnum!) {
      vouchers(first: 5, filter: {status: [$s]}) { edges { node { name } } } }"""
    found = {
        status: [
            edge["node"]["name"]
            for edge in shop.box.execute(query, {"s": status}, shop.staff)["data"]["vouchers"][
                "edges"
            ]
        ]
        for status in ("ACTIVE", "SCHEDULED", "EXPIRED")
    }
    assert found == {"ACTIVE": ["now"], "SCHEDULED": ["soon"], "EXPIRED": ["over"]}


def test_private_metadata_of_a_voucher_is_for_those_who_manage_discounts(
    shop: DiscountShop,
) -> None:
    voucher = shop.make_voucher("LOY")
    document = """mutation ($id: ID!) { updatePrivateMetadata(
      id: $id, input: [{key: "loyalty.redemption", value: "r1"}]
    ) { errors { code } item { privateMetafield(key: "loyalty.redemption") } } }"""
    refused = shop.box.execute(document, {"id": voucher}, shop.teller.cast.app)
    assert refused["errors"][0]["extensions"]["exception"]["code"] == "PermissionDenied"
    shop.box.take_emitted()
    written = shop.box.execute(document, {"id": voucher}, shop.staff)["data"]
    assert written["updatePrivateMetadata"]["item"] == {"privateMetafield": "r1"}
    assert [each.event for each in shop.box.take_emitted()] == ["VOUCHER_METADATA_UPDATED"]


def test_a_single_use_code_ends_with_its_order_and_counts_nothing(shop: DiscountShop) -> None:
    voucher = shop.make_voucher("LOY", singleUse=True, name="Loyalty r1")
    shop.list_voucher(voucher, "5")
    cart = shop.cart()
    shop.add(cart, "LOY")
    shop.pay(cart)
    order = shop.complete(cart)
    seen = _read(shop, voucher)
    (node,) = [edge["node"] for edge in seen["codes"]["edges"]]
    assert (seen["used"], node["used"], node["isActive"]) == (0, 0, False)
    told = shop.order(
        order,
        """voucherCode voucher { id name } total { gross { amount } }
        discounts { type name value reason amount { amount } }
        lines { unitDiscountReason unitDiscount { amount } voucherCode }""",
    )
    assert told == {
        "voucherCode": "LOY",
        "voucher": {"id": voucher, "name": "Loyalty r1"},
        "total": {"gross": {"amount": 70.0}},
        "discounts": [
            {
                "type": "VOUCHER",
                "name": "Loyalty r1",
                "value": 5.0,
                "reason": None,
                "amount": {"amount": 5.0},
            }
        ],
        "lines": [
            {
                "unitDiscountReason": "Entire order voucher code: LOY",
                "unitDiscount": {"amount": 5.0},
                "voucherCode": None,
            }
        ],
    }


def test_a_usage_limit_counts_all_codes_of_a_voucher_together(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "ONE", "TWO", usage_limit=1)
    cart = shop.cart()
    shop.add(cart, "ONE")
    shop.pay(cart)
    shop.complete(cart)
    assert shop.refused_code(shop.cart(), "TWO") == "INVALID"


def test_once_for_each_customer_goes_by_e_mail(shop: DiscountShop) -> None:
    shop.box.discounts.voucher(Decimal(5), "ONCE", apply_once_per_customer=True)
    cart = shop.cart()
    shop.add(cart, "ONCE")
    shop.pay(cart)
    shop.complete(cart)
    assert shop.refused_code(shop.cart(), "ONCE") == "VOUCHER_NOT_APPLICABLE"
    assert shop.box.store.voucher_codes["ONCE"].customers == {SHOPPER}
    other = shop.teller.checkout(
        "default-channel",
        [shop.stage.line(PLIMSOLLS, 1)],
        "Default",
        by=None,
        email="other@example.com",
    )
    shop.add(other, "ONCE")
    assert shop.entered(other) == Decimal(70)


@pytest.mark.parametrize("how", ["cancel", "refund"])
def test_nothing_comes_back_when_an_order_ends(shop: DiscountShop, how: str) -> None:
    voucher = shop.make_voucher("LOY", singleUse=True)
    shop.list_voucher(voucher, "5")
    cart = shop.cart()
    shop.add(cart, "LOY")
    paid = shop.teller.transact(cart, "Card", "USD", by=shop.teller.cast.app, amountCharged="70")
    order = shop.complete(cart)
    if how == "cancel":
        shop.teller.cancel(order)
    else:
        shop.teller.report(paid, "REFUND_SUCCESS", "70", "back")
    assert _codes(shop, voucher) == [("LOY", False)]
    assert shop.refused_code(shop.cart(), "LOY") == "INVALID"


def test_an_expired_order_counts_no_more_but_its_single_use_code_stays_ended(
    shop: DiscountShop,
) -> None:
    channel = shop.box.store.channel_by_slug("default-channel")
    assert channel is not None
    channel.allow_unpaid_orders = True
    channel.automatically_confirm_all_new_orders = False
    channel.expire_orders_after = 1
    voucher = shop.box.discounts.voucher(Decimal(5), "LOY", single_use=True, usage_limit=5)
    cart = shop.cart((SHIRT, 1))
    shop.add(cart, "LOY")
    order = shop.complete(cart)
    assert voucher.used == 1
    shop.box.clock.advance(timedelta(minutes=2))
    shop.box.tick()
    assert shop.order(order, "status")["status"] == "EXPIRED"
    assert voucher.used == 0
    assert [code.is_active for code in voucher.codes] == [False]
