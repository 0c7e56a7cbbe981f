"""What a voucher tells of a lost redemption, and what it cannot tell."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.rewards.codes import voucher_name
from saleor_loyalty_app.rewards.instruments.voucher import TAIL
from saleor_loyalty_app.rewards.lost_redemptions import LostRedemption, redemption_of

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
END = NOW + TAIL + timedelta(minutes=30)
ID = "rd_95851de4e493e4db4afdc649"


def voucher(**values: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": "V1",
        "name": voucher_name(ID),
        "startDate": NOW.isoformat(),
        "endDate": END.isoformat(),
        "redemption": ID,
        "member": "U1",
        "points": "500",
        "checkout": "C1",
        "draft": None,
        "codes": {"edges": [{"node": {"code": "ABC", "isActive": True}}]},
        "channelListings": [
            {
                "discountValue": Decimal("5.5"),
                "channel": {"slug": "default-channel", "currencyCode": "USD"},
            }
        ],
    }
    return told | values


def codes(*active: bool) -> dict[str, Any]:
    return {"edges": [{"node": {"code": f"C{n}", "isActive": on}} for n, on in enumerate(active)]}


def test_a_voucher_of_ours_tells_its_redemption() -> None:
    assert redemption_of(voucher(), NOW) == LostRedemption(
        public_id=ID,
        voucher_id="V1",
        user_id="U1",
        points=500,
        amount=Decimal("5.5"),
        channel="default-channel",
        currency="USD",
        code="ABC",
        checkout_id="C1",
        draft_id=None,
        used=False,
        deadline=NOW + timedelta(minutes=30),
    )


def test_a_used_code_counts_also_after_its_end() -> None:
    used = redemption_of(voucher(codes=codes(False), endDate=NOW.isoformat()), NOW)
    assert used is not None
    assert used.used


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Loyalty reward"},
        {"name": None},
        {"redemption": None},
        {"redemption": "rd_" + "0" * 24},
        {"member": None},
        {"points": None},
        {"points": "0"},
        {"points": "-5"},
        {"points": "5.5"},
        {"points": "٥٠٠"},
        {"points": "9" * 14},
        {"points": str(10**12 + 1)},
        {"channelListings": None},
        {"channelListings": []},
        {"codes": None},
        {"codes": codes()},
        {"codes": codes(True, True)},
        {"endDate": None},
        {"endDate": NOW.isoformat()},
        {"startDate": "yesterday"},
        {"id": 7},
    ],
    ids=str,
)
def test_what_is_not_ours_or_was_never_opened_or_has_ended_tells_nothing(
    values: dict[str, Any],
) -> None:
    assert redemption_of(voucher(**values), NOW) is None
