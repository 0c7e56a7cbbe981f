"""What a voucher in Saleor tells of a campaign, for books that came from a backup. Pure.

Each voucher that the app opened for a campaign names it and its batch in its private metadata,
which nobody else can write.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.campaigns.saleor_voucher import SeenCode

_MARK = re.compile(r"(cp_[0-9a-f]{12}):([0-9a-z-]{0,40})", re.ASCII)


class _Voucher(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    id: str
    start_date: datetime
    name: str | None = None
    end_date: datetime | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True)
class LostVoucher:
    """A voucher of a campaign as Saleor has it."""

    id: str
    public_id: str
    batch: str
    name: str
    starts_at: datetime
    ends_at: datetime


def voucher_of(node: Mapping[str, Any]) -> LostVoucher | None:
    """The voucher of "queries/campaigns_in_saleor"; None where it is not ours, or never opened."""
    try:
        found = shapes.convert(node, _Voucher)
    except msgspec.ValidationError:
        return None
    mark = _MARK.fullmatch(found.campaign or "")
    if mark is None or found.end_date is None:
        return None
    return LostVoucher(
        found.id, mark[1], mark[2], found.name or "", found.start_date, found.end_date
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Ids of codes that Saleor has and the books do not, unused; and texts that it has no more."""

    unknown: tuple[str, ...]
    gone: tuple[str, ...]


def compared(
    there: Mapping[str, SeenCode], known: Collection[str], live: Collection[str]
) -> Compared:
    """What a voucher's codes in Saleor and in the books differ in.

    A code that was used stays: the order that was made with it tells whose it is.

    Args:
        known: texts of all codes of the voucher in the books, and of the campaign's shared code.
        live: texts of those that Saleor has, as the books believe.
    """
    return Compared(
        tuple(code.id for text, code in there.items() if code.active and text not in known),
        tuple(text for text in live if text not in there),
    )
