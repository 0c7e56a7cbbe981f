"""A checkout is seen by rules as the order that it would become."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.orders.checkout_facts import checkout_facts
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.saleor.checkout_preview import (
    CheckoutPreview,
    is_checkout_id,
    preview_of,
)
from saleor_loyalty_app.saleor.errors import SaleorQueryError

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
ID = "Q2hlY2tvdXQ6ZDIyYzE4YjQtMDc3Mi00YjE3LThmYzktZTJhN2E1NTUxZjYy"


def price(gross: str, net: str | None = None) -> dict[str, Any]:
    return {
        "gross": {"amount": Decimal(gross), "currency": "USD"},
        "net": {"amount": Decimal(net or gross), "currency": "USD"},
    }


def line(gross: str, net: str | None = None, **values: Any) -> dict[str, Any]:
    product = {
        "id": "UHJvZHVjdDox",
        "slug": "linen-shirt",
        "productType": {
            "id": "UHJvZHVjdFR5cGU6MQ",
            "slug": "shirt",
            "kind": values.pop("kind", "NORMAL"),
        },
        "category": {
            "id": "Q2F0ZWdvcnk6Mg",
            "slug": "shirts",
            "ancestors": {"edges": [{"node": {"id": "Q2F0ZWdvcnk6MQ", "slug": "apparel"}}]},
        },
        "collections": [{"id": "Q29sbGVjdGlvbjox", "slug": "summer"}],
    }
    variant = {
        "id": "UHJvZHVjdFZhcmlhbnQ6MQ",
        "sku": "SHIRT-1",
        "pricing": {"onSale": values.pop("on_sale", False)},
        "product": product,
    }
    return {
        "id": "Q2hlY2tvdXRMaW5lOjE",
        "quantity": 2,
        "isGift": False,
        "totalPrice": price(gross, net),
        "variant": variant,
    } | values


def checkout(*lines: dict[str, Any], **values: Any) -> CheckoutPreview:
    found = preview_of(
        {
            "checkout": {
                "id": ID,
                "languageCode": "TR",
                "displayGrossPrices": True,
                "voucherCode": None,
                "user": None,
                "channel": {
                    "slug": "default-channel",
                    "currencyCode": "USD",
                    "taxConfiguration": {"pricesEnteredWithTax": False},
                },
                "billingAddress": {"country": {"code": "US"}},
                "shippingAddress": {"country": {"code": "DE"}},
                "subtotalPrice": price("108", "100"),
                "shippingPrice": price("5.40", "5"),
                "totalPrice": price("113.40", "105"),
                "lines": list(lines) or [line("108", "100")],
            }
            | values
        }
    )
    assert found is not None
    return found


def facts(found: CheckoutPreview, **settings: Any) -> OrderFacts:
    return checkout_facts(found, Settings(**settings), app_id="QXBwOjE", now=NOW, nth_order=3)


def test_the_facts_are_those_of_the_order_to_be() -> None:
    seen = facts(checkout(line("108", "100", on_sale=True)))
    assert (seen.channel, seen.currency, seen.country) == ("default-channel", "USD", "DE")
    assert (seen.created_at, seen.language, seen.nth_order) == (NOW, "TR", 3)
    assert (seen.subtotal, seen.shipping, seen.voucher_used) == (
        Decimal(108),
        Decimal("5.40"),
        False,
    )
    [only] = seen.lines
    assert (only.quantity, only.base, only.gross) == (2, Decimal(108), Decimal(108))
    assert (only.sku, only.product_slug, only.product_type) == ("SHIRT-1", "linen-shirt", "shirt")
    assert only.categories == {"shirts", "apparel"}
    assert only.collections == {"summer"}
    assert only.on_sale


@pytest.mark.parametrize(
    ("basis", "displayed_gross", "base"),
    [
        ("displayed", True, "108"),
        ("displayed", False, "100"),
        ("gross", False, "108"),
        ("net", True, "100"),
    ],
)
def test_prices_are_taken_as_the_program_says(basis: str, displayed_gross: bool, base: str) -> None:
    seen = facts(checkout(displayGrossPrices=displayed_gross), price_basis=basis)
    assert seen.subtotal == Decimal(base)


def test_gifts_gift_cards_and_what_costs_nothing_earn_nothing() -> None:
    seen = facts(
        checkout(
            line("20", isGift=True), line("50", kind="GIFT_CARD"), line("0"), line("30", id="kept")
        )
    )
    assert [one.id for one in seen.lines] == ["kept"]
    assert seen.subtotal == Decimal(30)


def test_a_code_on_the_cart_is_seen() -> None:
    assert facts(checkout(voucherCode="SUMMER")).voucher_used


def test_an_empty_cart_without_address_earns_nothing() -> None:
    bare = checkout(shippingAddress=None, billingAddress=None, lines=[])
    seen = facts(bare)
    assert (seen.lines, seen.country, bare.country, bare.user_id) == ((), "", "", None)


def test_the_entered_subtotal_is_on_the_channels_side_of_the_tax() -> None:
    assert checkout().entered_subtotal == Decimal(100)
    with_tax = {
        "slug": "default-channel",
        "currencyCode": "USD",
        "taxConfiguration": {"pricesEnteredWithTax": True},
    }
    assert checkout(channel=with_tax).entered_subtotal == Decimal(108)


def test_a_checkout_that_is_gone_is_none_and_a_broken_answer_is_told() -> None:
    assert preview_of({"checkout": None}) is None
    with pytest.raises(SaleorQueryError):
        preview_of({"checkout": {"id": ID}})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        ID[:-4],
        ID + "=",
        f" {ID}",
        "T3JkZXI6MQ==",
        "Q2hlY2tvdXQ6MQ==",
        "ü",
        "\x00",
        "=" * 200,
    ],
)
def test_only_the_id_of_a_checkout_is_one(text: str) -> None:
    assert is_checkout_id(ID)
    assert not is_checkout_id(text)
