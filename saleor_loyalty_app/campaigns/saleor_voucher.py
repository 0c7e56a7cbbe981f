"""What Saleor is told of a campaign's voucher, and how its answers are read. Pure.

One voucher holds many codes: `usageLimit` counts all of them together, so that only a voucher of
one shared code has it; personal codes are `singleUse`. Values stand with the voucher, per channel.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.campaigns.marks import public_id_in, voucher_name
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.terms import ChannelValue
from saleor_loyalty_app.campaigns.vouchers import MAIN, VoucherRow
from saleor_loyalty_app.programs.scalars import plain

#: The owner's voucher, or its code, is not there any more.
GONE = "gone"
#: Free shipping is everything off the price of the delivery.
_ALL = Decimal(100)


@dataclass(frozen=True, slots=True)
class SeenVoucher:
    """A voucher of Saleor with a code that was asked for.

    `cheapest_only`: it is for one unit of the cheapest thing. `values`: by channel, with the least
    spent. `uses`: so many orders may use it. `countries`: it is for some of them alone.
    """

    id: str
    campaign: str
    name: str
    type: str
    value_type: str
    cheapest_only: bool
    code_id: str
    values: Mapping[str, tuple[Decimal, Decimal]]
    starts_at: datetime
    ends_at: datetime | None
    uses: int | None
    single_use: bool
    once_per_customer: bool
    staff_only: bool
    least_items: int
    countries: bool

    @property
    def public_id(self) -> str | None:
        """The campaign that this app made it for."""
        return self.campaign.partition(":")[0] or public_id_in(self.name)

    def is_of(self, public_id: str) -> bool:
        """Whether this app made it for a campaign."""
        return public_id in (self.campaign.partition(":")[0], public_id_in(self.name))


@dataclass(frozen=True, slots=True)
class SeenCode:
    """A code of a voucher in Saleor; one for one order is not `active` once it was used."""

    id: str
    active: bool


def voucher_input(campaign: CampaignRow, voucher: VoucherRow) -> dict[str, Any]:
    """The fixed part of a voucher when it is made."""
    terms, codes = campaign.terms, campaign.terms.codes
    shared = codes is not None and codes.sharing == "shared" and voucher.batch == MAIN
    said: dict[str, Any] = {
        "name": voucher_name(terms.name, campaign.public_id),
        "type": "SHIPPING" if terms.kind == "free_shipping" else "ENTIRE_ORDER",
        "discountValueType": "FIXED" if terms.kind == "amount" else "PERCENTAGE",
        "singleUse": not shared,
        **dates(voucher),
    }
    if shared and codes is not None:
        said["applyOncePerCustomer"] = codes.once_per_customer
        if codes.uses is not None:
            said["usageLimit"] = codes.uses
    return said


def dates(voucher: VoucherRow) -> dict[str, str]:
    """When a voucher begins and ends."""
    return {"startDate": voucher.starts_at.isoformat(), "endDate": voucher.ends_at.isoformat()}


def values(campaign: CampaignRow) -> dict[str, tuple[Decimal, Decimal]]:
    """What the voucher is worth by channel, and from which price on; lower once reduced."""
    return {one.channel: (_value(campaign, one), one.minimum) for one in campaign.terms.channels}


def _value(campaign: CampaignRow, one: ChannelValue) -> Decimal:
    if campaign.terms.kind == "free_shipping":
        return _ALL
    if campaign.reduced_at is not None and one.reduced is not None:
        return one.reduced
    return one.value or Decimal(0)


def digest(campaign: CampaignRow, voucher: VoucherRow) -> str:
    """What changes when Saleor has to be told anew."""
    said = {
        "dates": dates(voucher),
        "values": {
            slug: [plain(value), plain(least)] for slug, (value, least) in values(campaign).items()
        },
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def listing(
    wanted: Mapping[str, tuple[Decimal, Decimal]], channel_ids: Mapping[str, str]
) -> dict[str, Any]:
    """The values as Saleor's input; channels that are gone from Saleor are left out."""
    return {
        "addChannels": [
            {
                "channelId": channel_ids[slug],
                "discountValue": plain(value),
                "minAmountSpent": plain(least) if least else None,
            }
            for slug, (value, least) in sorted(wanted.items())
            if slug in channel_ids
        ]
    }


def taken_codes(refused: Sequence[Mapping[str, Any]]) -> list[str]:
    """The codes that Saleor says exist already."""
    return [
        code
        for error in refused
        if error["code"] in ("ALREADY_EXISTS", "UNIQUE")
        for code in error.get("voucherCodes") or ()
    ]


def seen_with(data: Mapping[str, Any], code: str) -> SeenVoucher | None:
    """The voucher with exactly this code: Saleor's search is looser."""
    for edge in (data.get("vouchers") or {}).get("edges", ()):
        node = edge["node"]
        found = (node.get("codes") or {}).get("edges", ())
        mine = [one["node"] for one in found if one["node"]["code"] == code]
        if mine:
            ends_at = node.get("endDate")
            return SeenVoucher(
                id=node["id"],
                campaign=node.get("campaign") or "",
                name=node.get("name") or "",
                type=node["type"],
                value_type=node["discountValueType"],
                cheapest_only=bool(node["applyOncePerOrder"]),
                code_id=mine[0]["id"],
                values={
                    one["channel"]["slug"]: (
                        Decimal(str(one["discountValue"])),
                        Decimal(str((one.get("minSpent") or {}).get("amount") or 0)),
                    )
                    for one in node.get("channelListings") or ()
                },
                starts_at=datetime.fromisoformat(node["startDate"]),
                ends_at=None if ends_at is None else datetime.fromisoformat(ends_at),
                uses=node.get("usageLimit"),
                single_use=bool(node["singleUse"]),
                once_per_customer=bool(node["applyOncePerCustomer"]),
                staff_only=bool(node["onlyForStaff"]),
                least_items=node.get("minCheckoutItemsQuantity") or 0,
                countries=bool(node.get("countries")),
            )
    return None


def differences(
    campaign: CampaignRow, voucher: VoucherRow, seen: SeenVoucher, now: datetime
) -> list[str]:
    """In what a voucher that is there already differs from what the campaign says, in stable words.

    It is the owner's and stays as it is: what the campaign promises must be what it does.
    """
    wanted, budget = voucher_input(campaign, voucher), campaign.terms.budget
    found = {
        "kind": (wanted["type"], wanted["discountValueType"]) != (seen.type, seen.value_type),
        "cheapest_only": seen.cheapest_only,
        "values": dict(seen.values) != values(campaign),
        "dates": (
            seen.starts_at > max(voucher.starts_at, now)
            or (seen.ends_at is not None and seen.ends_at < voucher.ends_at)
        ),
        "uses": seen.uses != wanted.get("usageLimit"),
        "single_use": seen.single_use != wanted["singleUse"],
        "once_per_customer": seen.once_per_customer != wanted.get("applyOncePerCustomer", False),
        "staff_only": seen.staff_only,
        "least_items": seen.least_items > 1,
        "countries": seen.countries,
        "reduce": budget is not None and budget.when_reached == "reduce",
    }
    return [word for word, differs in found.items() if differs]


def codes_page(data: Mapping[str, Any]) -> tuple[dict[str, SeenCode], str | None]:
    """A page of codes by their texts, and where the next page begins."""
    found = (data.get("voucher") or {}).get("codes") or {"edges": (), "pageInfo": {}}
    page = found["pageInfo"]
    seen = {
        one["node"]["code"]: SeenCode(one["node"]["id"], one["node"]["isActive"] is not False)
        for one in found["edges"]
    }
    return seen, page.get("endCursor") if page.get("hasNextPage") else None
