"""What a voucher in Saleor tells of a redemption that the books have lost. Pure.

Each voucher of ours names its redemption and keeps in its private metadata, which nobody else can
write, whose points it stands for, how many, and where it was put.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.ledger.posting import MAX_AMOUNT
from saleor_loyalty_app.rewards.codes import public_id_of_voucher
from saleor_loyalty_app.rewards.instruments.voucher import TAIL

_MONEY = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class _Channel(_Part, frozen=True):
    slug: str
    currency_code: str


class _Listing(_Part, frozen=True):
    discount_value: Decimal
    channel: _Channel


class _Code(_Part, frozen=True):
    code: str
    is_active: bool


class _CodeEdge(_Part, frozen=True):
    node: _Code


class _Codes(_Part, frozen=True):
    edges: tuple[_CodeEdge, ...] = ()


class _Voucher(_Part, frozen=True):
    id: str
    start_date: datetime
    name: str | None = None
    end_date: datetime | None = None
    redemption: str | None = None
    member: str | None = None
    points: str | None = None
    checkout: str | None = None
    draft: str | None = None
    reward: str | None = None
    worth: str | None = None
    perk: str | None = None
    codes: _Codes | None = None
    channel_listings: tuple[_Listing, ...] | None = None


@dataclass(frozen=True, slots=True)
class LostRedemption:
    """A redemption as its voucher tells of it.

    `used`: an order was made with the code. `deadline` is when its points would have gone back.
    `reward`: the reward of the catalog that was taken; "" = points for what they are worth.
    `perk`: "<rule>:<order>", where a rule gave it for an order; "" = it was taken for points.
    """

    public_id: str
    voucher_id: str
    user_id: str
    points: int
    amount: Decimal
    channel: str
    currency: str
    code: str
    checkout_id: str | None
    draft_id: str | None
    used: bool
    deadline: datetime
    reward: str = ""
    perk: str = ""


def redemption_of(node: Mapping[str, Any], now: datetime) -> LostRedemption | None:
    """The redemption of a voucher from "queries/loyalty_vouchers".

    None where it is not ours, where it was never opened, and where it was ended unused: then its
    points had gone back, or were to.
    """
    try:
        found = shapes.convert(node, _Voucher)
    except msgspec.ValidationError:
        return None
    public_id = public_id_of_voucher(found.name or "")
    codes = [edge.node for edge in (found.codes.edges if found.codes else ())]
    if public_id is None or public_id != found.redemption or len(codes) != 1:
        return None
    points, listings = _points(found.points), found.channel_listings or ()
    if points == 0 and not found.reward:
        # Nothing but a reward is given for nothing.
        return None
    if points is None or not found.member or len(listings) != 1 or found.end_date is None:
        return None
    [code], [listing] = codes, listings
    if code.is_active and found.end_date <= now:
        return None
    return LostRedemption(
        public_id=public_id,
        voucher_id=found.id,
        user_id=found.member,
        points=points,
        amount=_amount(found, listing),
        channel=listing.channel.slug,
        currency=listing.channel.currency_code,
        code=code.code,
        checkout_id=found.checkout or None,
        draft_id=found.draft or None,
        used=not code.is_active,
        deadline=found.end_date - TAIL,
        reward=found.reward or "",
        perk=(found.perk or "") if points == 0 else "",
    )


def _amount(found: _Voucher, listing: _Listing) -> Decimal:
    """What it takes off; of a reward what was noted, as its listing may be a percentage."""
    if not found.reward:
        return listing.discount_value
    noted = found.worth or ""
    return Decimal(noted) if _MONEY.fullmatch(noted) else Decimal(0)


def _points(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 13:
        return None
    points = int(text)
    return points if points <= MAX_AMOUNT else None
