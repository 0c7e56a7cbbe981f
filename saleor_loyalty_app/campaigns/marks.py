"""How vouchers are named after campaigns, and what an order tells of the one it was made with.

Two orders that race for one code may both be made with it, the second without naming it; the name
of its discount still tells the campaign.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

VOUCHER = "VOUCHER"
#: Under which private metadata of a voucher names its campaign and batch.
CAMPAIGN_KEY = "loyalty.campaign"
#: Saleor's limit of a voucher's name is 255.
_LONGEST_NAME = 200
_MARK = re.compile(r"\[(cp_[0-9a-f]{12})\]$")


class Amount(Protocol):
    """Money of a discount."""

    @property
    def amount(self) -> Decimal: ...


class DiscountLike(Protocol):
    """A discount of an order."""

    @property
    def type(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def amount(self) -> Amount | None: ...


def voucher_name(name: str, public_id: str) -> str:
    """What a voucher of a campaign is called in Saleor, as are the discounts that it makes."""
    return f"{name[:_LONGEST_NAME]} [{public_id}]"


def public_id_in(name: str | None) -> str | None:
    """The campaign that a voucher or a discount is named after."""
    found = _MARK.search(name or "")
    return found[1] if found else None


def mark_of(public_id: str, batch: str) -> str:
    """What a voucher's private metadata says."""
    return f"{public_id}:{batch}"


def named_in(discounts: Iterable[DiscountLike]) -> str | None:
    """The campaign after which a voucher discount of an order is named."""
    names = (public_id_in(one.name) for one in discounts if one.type == VOUCHER)
    return next((name for name in names if name), None)


def money_off(discounts: Iterable[DiscountLike]) -> int | None:
    """What vouchers took off, in thousandths; None where Saleor was not asked for it yet."""
    total = Decimal(0)
    for one in discounts:
        if one.type == VOUCHER:
            if one.amount is None:
                return None
            total += one.amount.amount
    return int((total * 1000).to_integral_value())
