"""What of an order rules may look at, and what of it earns."""

from datetime import datetime
from decimal import Decimal

import pytest

from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from tests.order_samples import at, event, line, order, paid, taxed, transaction


def facts(told: OrderSnapshot, **settings: object) -> OrderFacts:
    return facts_of(
        told,
        Settings.model_validate(settings),
        app_id="APP",
        paid_at=datetime.fromisoformat(at(5)),
    )


@pytest.mark.parametrize(
    ("basis", "shown_gross", "base"),
    [
        ("displayed", True, "120"),
        ("displayed", False, "100"),
        ("gross", False, "120"),
        ("net", True, "100"),
    ],
)
def test_the_base_is_gross_or_net_as_the_program_says(
    basis: str, shown_gross: bool, base: str
) -> None:
    told = order(line(gross="120", net="100"), displayGrossPrices=shown_gross)
    [only] = facts(told, price_basis=basis).lines
    assert (only.base, only.gross) == (Decimal(base), Decimal(120))


def test_what_never_earns_is_left_out() -> None:
    told = order(
        line("A", gross="50"),
        line("GIFT", gross="0", isGift=True),
        line("CARD", gross="25", kind="GIFT_CARD"),
        line("FREE", gross="0"),
    )
    seen = facts(told)
    assert ([one.id for one in seen.lines], seen.subtotal) == (["A"], Decimal(50))


def test_a_share_paid_with_points_earns_nothing() -> None:
    told = order(
        line("A", gross="60"),
        line("B", gross="40"),
        shipping="20",
        transactions=[
            transaction(event("CHARGE_SUCCESS", 30, 2), by="APP", id_="TX1"),
            transaction(event("CHARGE_SUCCESS", 90, 3), id_="TX2"),
        ],
    )
    seen = facts(told)
    assert [one.base for one in seen.lines] == [Decimal(45), Decimal(30)]
    assert (seen.subtotal, seen.shipping) == (Decimal(75), Decimal(15))


def test_an_order_paid_with_points_alone_earns_nothing() -> None:
    told = order(transactions=[transaction(event("CHARGE_SUCCESS", 100, 2), by="APP")])
    assert facts(told).lines == ()


def test_categories_come_with_their_ancestors() -> None:
    category = {
        "id": "C2",
        "slug": "sneakers",
        "ancestors": {"edges": [{"node": {"id": "C1", "slug": "apparel"}}]},
    }
    told = order(line(category=category, collections=[{"id": "K1", "slug": "summer"}]))
    [only] = facts(told).lines
    assert only.categories == {"sneakers", "apparel"}
    assert (only.collections, only.product_type) == (frozenset({"summer"}), "plain")
    assert (only.product_slug, only.sku) == ("product-l1", "SKU-L1")


def test_a_product_that_saleor_forgot_still_earns() -> None:
    told = order(line(variant=None, productSku="OLD"))
    [only] = facts(told).lines
    assert (only.base, only.sku, only.product_id) == (Decimal(100), "OLD", "")


@pytest.mark.parametrize(
    ("types", "on_sale"),
    [
        (["PROMOTION"], True),
        (["SALE"], True),
        (["VOUCHER"], False),
        (["ORDER_PROMOTION", "MANUAL"], False),
        ([], False),
    ],
)
def test_only_catalogue_promotions_make_a_product_on_sale(types: list[str], on_sale: bool) -> None:
    told = order(line(discounts=[{"type": type_} for type_ in types]))
    assert facts(told).lines[0].on_sale is on_sale


@pytest.mark.parametrize(
    ("code", "discounts", "used"),
    [("SAVE", [], True), (None, [{"type": "VOUCHER"}], True), (None, [{"type": "MANUAL"}], False)],
)
def test_a_voucher_is_seen_even_where_its_code_is_lost(
    code: str | None, discounts: list[dict[str, str]], used: bool
) -> None:
    assert facts(order(voucherCode=code, discounts=discounts)).voucher_used is used


def test_the_country_is_where_it_goes() -> None:
    here, there = {"country": {"code": "TR"}}, {"country": {"code": "DE"}}
    assert facts(order(billingAddress=here, shippingAddress=there)).country == "DE"
    assert facts(order(billingAddress=here)).country == "TR"
    assert facts(order()).country == ""


def test_prices_below_zero_are_nothing() -> None:
    told = order(line("A"), line("B", gross="-5"), total=taxed(95), transactions=[paid(95)])
    assert [one.id for one in facts(told).lines] == ["A"]
