"""An order's snapshot reduced to what rules may look at. Pure."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from saleor_loyalty_app.orders.money import tender_share
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.metadata_conditions import looked_at
from saleor_loyalty_app.saleor.order_snapshot import (
    MetadataItem,
    OrderLine,
    OrderSnapshot,
    Product,
    TaxedMoney,
)

ZERO = Decimal(0)

#: To what a base is rounded where points paid a share of it; otherwise it is the exact price.
SHARED_BASE = Decimal("1E-12")


def facts_of(
    snapshot: OrderSnapshot,
    settings: Settings,
    *,
    app_id: str,
    paid_at: datetime,
    nth_order: int | None = None,
) -> OrderFacts:
    """What `decide_order` needs of an order that was paid in full at `paid_at`.

    The base of a line is its total after all discounts, gross or net by the program's price basis,
    less the share of the order that had been paid with points by then. Gift lines, gift cards and
    what cost nothing are left out: they never earn.
    """
    gross = pays_gross(snapshot, settings)
    kept = _share_paid_with_money(snapshot, app_id, paid_at)
    lines = tuple(
        _line(line, base)
        for line in snapshot.lines
        if _may_earn(line) and (base := _base(line.total_price, gross, kept)) > 0
    )
    return OrderFacts(
        order_id=snapshot.id,
        channel=snapshot.channel.slug,
        currency=snapshot.channel.currency_code,
        created_at=snapshot.created,
        country=_country(snapshot),
        language=snapshot.language_code_enum,
        voucher_used=_voucher_used(snapshot),
        nth_order=nth_order,
        subtotal=sum((line.base for line in lines), ZERO),
        lines=lines,
        shipping=_base(snapshot.shipping_price, gross, kept),
        metadata=_metadata(snapshot.private_metadata),
    )


def pays_gross(snapshot: OrderSnapshot, settings: Settings) -> bool:
    """Whether the order earns on prices with tax."""
    if settings.price_basis == "displayed":
        return snapshot.display_gross_prices
    return settings.price_basis == "gross"


def _share_paid_with_money(snapshot: OrderSnapshot, app_id: str, paid_at: datetime) -> Fraction:
    with_points, total = tender_share(snapshot, app_id, paid_at)
    if with_points == 0 or total <= 0:
        return Fraction(1)
    return 1 - Fraction(with_points) / Fraction(total)


def _base(price: TaxedMoney, gross: bool, kept: Fraction) -> Decimal:
    amount = max(price.gross.amount if gross else price.net.amount, ZERO)
    if kept == 1:
        return amount
    exact = Fraction(amount) * kept
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(SHARED_BASE)


def _may_earn(line: OrderLine) -> bool:
    product = _product(line)
    is_gift_card = product is not None and product.product_type.kind == "GIFT_CARD"
    return line.quantity > 0 and not line.is_gift and not is_gift_card


def _line(line: OrderLine, base: Decimal) -> LineFacts:
    variant, product = line.variant, _product(line)
    return LineFacts(
        id=line.id,
        quantity=line.quantity,
        base=base,
        gross=line.total_price.gross.amount,
        product_id=product.id if product else "",
        product_slug=product.slug if product else "",
        variant_id=variant.id if variant else "",
        sku=(variant.sku if variant else None) or line.product_sku or "",
        categories=_categories(product),
        collections=frozenset(item.slug for item in (product and product.collections) or ()),
        product_type=product.product_type.slug if product else "",
        on_sale=_on_sale(line),
        metadata=_metadata(product.metadata if product else ()),
    )


def _metadata(items: Iterable[MetadataItem]) -> dict[str, str]:
    return looked_at({item.key: item.value for item in items})


def _product(line: OrderLine) -> Product | None:
    return line.variant.product if line.variant is not None else None


def _categories(product: Product | None) -> frozenset[str]:
    if product is None or product.category is None:
        return frozenset()
    ancestors = product.category.ancestors
    above = [edge.node.slug for edge in ancestors.edges] if ancestors is not None else []
    return frozenset([product.category.slug, *above])


def _on_sale(line: OrderLine) -> bool:
    """A catalogue promotion (called SALE before 3.15); vouchers and order promotions are none."""
    return any(discount.type in ("PROMOTION", "SALE") for discount in line.discounts or ())


def _country(snapshot: OrderSnapshot) -> str:
    address = snapshot.shipping_address or snapshot.billing_address
    return address.country.code if address is not None else ""


def _voucher_used(snapshot: OrderSnapshot) -> bool:
    return bool(snapshot.voucher_code) or any(
        discount.type == "VOUCHER" for discount in snapshot.discounts or ()
    )
