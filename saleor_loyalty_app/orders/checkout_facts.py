"""What a checkout would earn as an order: the same facts by the same rules. Pure."""

from datetime import datetime
from decimal import Decimal

from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.programs.document import Settings
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.saleor.checkout_preview import CheckoutPreview, PreviewLine
from saleor_loyalty_app.saleor.order_snapshot import (
    Discount,
    Money,
    OrderChannel,
    OrderLine,
    OrderSnapshot,
)


def checkout_facts(
    checkout: CheckoutPreview,
    settings: Settings,
    *,
    app_id: str,
    now: datetime,
    nth_order: int | None = None,
) -> OrderFacts:
    """What `decide_order` needs of a checkout, as if it were completed and paid with money now."""
    order = order_to_be(checkout, now)
    return facts_of(order, settings, app_id=app_id, paid_at=now, nth_order=nth_order)


def order_to_be(checkout: CheckoutPreview, now: datetime) -> OrderSnapshot:
    """The order that Saleor would make of a checkout now, as far as earning looks at it."""
    nothing = Money(amount=Decimal(0), currency=checkout.channel.currency_code)
    return OrderSnapshot(
        id=checkout.id,
        number="",
        status="UNFULFILLED",
        created=now,
        updated_at=now,
        channel=OrderChannel(
            slug=checkout.channel.slug, currency_code=checkout.channel.currency_code
        ),
        total=checkout.total_price,
        shipping_price=checkout.shipping_price,
        total_charged=nothing,
        total_refunded=nothing,
        checkout_id=checkout.id,
        language_code_enum=checkout.language_code,
        display_gross_prices=checkout.display_gross_prices,
        billing_address=checkout.billing_address,
        shipping_address=checkout.shipping_address,
        voucher_code=checkout.voucher_code,
        private_metadata=checkout.private_metadata,
        lines=tuple(_line(line) for line in checkout.lines),
    )


def _line(line: PreviewLine) -> OrderLine:
    on_sale = line.variant is not None and line.variant.on_sale
    return OrderLine(
        id=line.id,
        quantity=line.quantity,
        total_price=line.total_price,
        is_gift=line.is_gift,
        variant=line.variant,
        discounts=(Discount(type="PROMOTION"),) if on_sale else (),
    )
