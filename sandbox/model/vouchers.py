"""Vouchers: what they are worth in which channel, and the codes that stand for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.model.errors import Refused
from sandbox.model.money import ZERO, quantize
from sandbox.model.store import Caller, Store

if TYPE_CHECKING:
    from sandbox.model.catalog import Category, Channel, Collection, Product, ProductVariant

_HUNDRED = Decimal(100)
_PLAIN = (
    "type",
    "discount_value_type",
    "start_date",
    "apply_once_per_order",
    "apply_once_per_customer",
    "only_for_staff",
    "single_use",
)
_NULLABLE = ("name", "end_date", "usage_limit", "min_checkout_items_quantity")
CATALOGS = ("products", "variants", "collections", "categories")


@dataclass(eq=False)
class VoucherCode:
    """`used` counts only where the voucher has a limit; `used_up_at` is when a completion ended it.

    `customers` are the e-mails that used it, kept only where a customer may use it once.
    """

    pk: str
    code: str
    voucher: Voucher
    created_at: datetime
    used: int = 0
    is_active: bool = True
    used_up_at: datetime | None = None
    customers: set[str] = field(default_factory=set)


@dataclass(eq=False)
class VoucherChannelListing:
    """`discount_value` is money of the channel, or percents."""

    pk: int
    channel: Channel
    discount_value: Decimal
    min_spent: Decimal | None = None


@dataclass(eq=False)
class Voucher:
    """`listings` are keyed by channel slug; where there is none, the voucher is not valid."""

    pk: int
    start_date: datetime
    name: str | None = None
    type: str = "ENTIRE_ORDER"
    discount_value_type: str = "FIXED"
    end_date: datetime | None = None
    usage_limit: int | None = None
    min_checkout_items_quantity: int | None = None
    apply_once_per_order: bool = False
    apply_once_per_customer: bool = False
    only_for_staff: bool = False
    single_use: bool = False
    countries: list[str] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    variants: list[ProductVariant] = field(default_factory=list)
    collections: list[Collection] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    codes: list[VoucherCode] = field(default_factory=list)
    listings: dict[str, VoucherChannelListing] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str | None:
        """The newest code's neighbor at the end of the list, as the deprecated field shows it."""
        return self.codes[-1].code if self.codes else None

    @property
    def used(self) -> int:
        return sum(code.used for code in self.codes)

    @property
    def is_line_level(self) -> bool:
        """Whether it reduces single lines instead of the whole or the shipping."""
        return self.type == "SPECIFIC_PRODUCT" or self.apply_once_per_order

    def is_active_in(self, channel: Channel, now: datetime) -> bool:
        """Whether it began, has not ended, is listed in the channel and not used up.

        One that ends at this very instant has ended, so that a clock that stands still can tell.
        """
        return (
            channel.is_active
            and channel.slug in self.listings
            and self.start_date <= now
            and (self.end_date is None or self.end_date > now)
            and (self.usage_limit is None or self.usage_limit > self.used)
        )

    def discount_of(self, price: Decimal, channel: Channel) -> Decimal:
        """What it takes off one price of the channel; never more than the price."""
        value = self.listings[channel.slug].discount_value
        if self.discount_value_type == "PERCENTAGE":
            value = quantize(price * value / _HUNDRED, channel.currency_code)
        return max(min(value, price), ZERO)

    def covers(self, variant: ProductVariant) -> bool:
        """Whether it is for this product; one without a choice is for all of them."""
        if not any(getattr(self, name) for name in CATALOGS):
            return True
        product = variant.product
        return (
            variant in self.variants
            or product in self.products
            or product.category in self.categories
            or any(collection in self.collections for collection in product.collections)
        )


def create_voucher(store: Store, caller: Caller, data: dict[str, Any]) -> Voucher:
    """A voucher from `VoucherInput` data (snake_case keys, products and the like resolved).

    It is worth nothing before it is listed in a channel.

    Raises:
        Refused: a code is taken or given twice, no code is asked for, or it ends before it starts.
    """
    codes = data.get("add_codes")
    if codes is None and data.get("code") is None:
        raise Refused(
            "GRAPHQL_ERROR", "At least one of arguments is required: 'code', 'addCodes'.", None
        )
    if codes is not None and data.get("code") is not None:
        raise Refused("GRAPHQL_ERROR", "Argument 'code' cannot be combined with 'addCodes'", None)
    cleaned = _clean_codes(store, codes, data.get("code"))
    start = data.get("start_date") or store.clock.now()
    voucher = Voucher(pk=store.ids.next("Voucher"), start_date=start)
    _write(voucher, data)
    _check_period(voucher.start_date, voucher.end_date)
    store.vouchers[voucher.pk] = voucher
    _add_codes(store, voucher, cleaned, caller)
    store.emit("VOUCHER_CREATED", voucher, caller)
    return voucher


def update_voucher(store: Store, caller: Caller, voucher: Voucher, data: dict[str, Any]) -> None:
    """Change a voucher and add codes to it; checkouts that have it keep their prices for now.

    Raises:
        Refused: a code is taken or given twice, the voucher would end before it starts, or the
            limits of a voucher in use would change.
    """
    cleaned = _clean_codes(store, data.get("add_codes"), None)
    for name, words in (("single_use", "single use"), ("usage_limit", "usage limit")):
        if name in data and data[name] != getattr(voucher, name) and _is_in_use(store, voucher):
            raise Refused(
                "VOUCHER_ALREADY_USED",
                f"Cannot change {words} setting when any voucher code has already been used.",
                "singleUse" if name == "single_use" else "usageLimit",
            )
    start = data.get("start_date") or voucher.start_date
    _check_period(start, data.get("end_date", voucher.end_date))
    _write(voucher, data)
    store.emit("VOUCHER_UPDATED", voucher, caller)
    _add_codes(store, voucher, cleaned, caller)


def list_in_channel(
    store: Store,
    voucher: Voucher,
    channel: Channel,
    value: Decimal | None,
    *min_spent: Decimal | None,
) -> None:
    """Say what the voucher is worth in a channel; without `min_spent` that stays as it was.

    Raises:
        Refused: no value for a new channel, too many decimals, or more than 100 percent.
    """
    listing = voucher.listings.get(channel.slug)
    if value is None and listing is None:
        raise Refused("REQUIRED", "Value is required for voucher.", "discountValue")
    if value is not None and voucher.discount_value_type == "PERCENTAGE" and value > _HUNDRED:
        raise Refused("INVALID", "Invalid percentage value.", "discountValue")
    if value is not None and voucher.discount_value_type == "FIXED":
        _check_precision(value, channel, "discountValue")
    for amount in min_spent:
        if amount is not None:
            _check_precision(amount, channel, "minAmountSpent")
    if listing is None:
        pk = store.ids.next("VoucherChannelListing")
        listing = voucher.listings[channel.slug] = VoucherChannelListing(pk, channel, ZERO)
    if value is not None:
        listing.discount_value = value
    for amount in min_spent:
        listing.min_spent = amount


def delete_codes(store: Store, caller: Caller, codes: Iterable[VoucherCode]) -> int:
    """Remove codes; checkouts and orders go on naming them. Returns how many there were."""
    gone = list(codes)
    for code in gone:
        code.voucher.codes.remove(code)
        del store.voucher_codes[code.code]
    if gone:
        store.emit("VOUCHER_CODES_DELETED", gone, caller)
    return len(gone)


def delete_voucher(store: Store, caller: Caller, voucher: Voucher) -> None:
    """Remove a voucher with its codes."""
    for code in voucher.codes:
        del store.voucher_codes[code.code]
    del store.vouchers[voucher.pk]
    for order in store.orders.values():
        if order.voucher is voucher:
            order.voucher = None
    store.emit("VOUCHER_DELETED", voucher, caller)


def find_code(store: Store, pk: str) -> VoucherCode | None:
    """The code of that key."""
    return next((code for code in store.voucher_codes.values() if code.pk == pk), None)


def new_promo_code(store: Store) -> str:
    """A free code in Saleor's form: `ABCD-EF01-2345`, twelve hexadecimal digits."""
    while True:
        digits = store.ids.uuid().replace("-", "")[:12].upper()
        code = "-".join(digits[at : at + 4] for at in (0, 4, 8))
        if not promo_code_is_taken(store, code):
            return code


def promo_code_is_taken(store: Store, code: str) -> bool:
    return code in store.voucher_codes or any(
        card.code == code for card in store.gift_cards.values()
    )


def _clean_codes(store: Store, many: list[str] | None, one: str | None) -> list[str]:
    if many is None:
        given = [] if one is None else [one.strip()]
        field_name = "code"
    else:
        given = [code.strip() for code in many]
        field_name = "codes"
    if len(set(given)) < len(given):
        twice = sorted({code for code in given if given.count(code) > 1})
        raise Refused(
            "DUPLICATED_INPUT_ITEM",
            "Duplicated promo codes provided.",
            field_name,
            voucher_codes=twice,
        )
    taken = [code for code in given if code and promo_code_is_taken(store, code)]
    if taken:
        raise Refused(
            "ALREADY_EXISTS", "Promo code already exists.", field_name, voucher_codes=taken
        )
    return [code or new_promo_code(store) for code in given]


def _add_codes(store: Store, voucher: Voucher, codes: list[str], caller: Caller) -> None:
    now = store.now()
    made = [VoucherCode(store.ids.uuid(), code, voucher, now) for code in codes]
    voucher.codes.extend(made)
    store.voucher_codes.update({each.code: each for each in made})
    if made:
        store.emit("VOUCHER_CODES_CREATED", made, caller)


def _write(voucher: Voucher, data: dict[str, Any]) -> None:
    for name in _PLAIN:
        if data.get(name) is not None:
            setattr(voucher, name, data[name])
    for name in _NULLABLE:
        if name in data:
            setattr(voucher, name, data[name])
    for name in ("countries", *CATALOGS):
        if data.get(name) is not None:
            setattr(voucher, name, list(data[name]))


def _check_period(start: datetime, end: datetime | None) -> None:
    if end is not None and end < start:
        raise Refused("INVALID", "End date cannot be before the start date.", "endDate")


def _check_precision(amount: Decimal, channel: Channel, field_name: str) -> None:
    if quantize(amount, channel.currency_code) != amount:
        raise Refused("INVALID", "Invalid amount precision.", field_name)


def _is_in_use(store: Store, voucher: Voucher) -> bool:
    codes = {code.code for code in voucher.codes}
    return any(checkout.voucher_code in codes for checkout in store.checkouts.values()) or any(
        order.voucher_code in codes or any(line.voucher_code in codes for line in order.lines)
        for order in store.orders.values()
    )
