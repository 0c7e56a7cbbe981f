"""What vouchers in Saleor tell books that came from a backup."""

from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_loyalty_app.campaigns.lost_vouchers import LostVoucher, compared, voucher_of
from saleor_loyalty_app.campaigns.saleor_voucher import SeenCode

NODE = {
    "id": "Vm91Y2hlcjox",
    "name": "Autumn [cp_0123456789ab]",
    "startDate": "2027-03-01T00:00:00+00:00",
    "endDate": "2027-03-08T00:00:00+00:00",
    "campaign": "cp_0123456789ab:2027-03-01",
}


def test_a_voucher_names_its_campaign_and_batch() -> None:
    assert voucher_of(NODE) == LostVoucher(
        "Vm91Y2hlcjox",
        "cp_0123456789ab",
        "2027-03-01",
        "Autumn [cp_0123456789ab]",
        datetime(2027, 3, 1, tzinfo=UTC),
        datetime(2027, 3, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "change",
    [{"campaign": None}, {"campaign": "cp_0123456789ab"}, {"campaign": "rd_1:"},
     {"endDate": None}, {"startDate": "soon"}],
)  # fmt: skip
def test_what_has_no_mark_of_ours_was_never_opened_or_is_the_owners(change: dict[str, Any]) -> None:
    assert voucher_of(NODE | change) is None


def test_unused_codes_that_nobody_knows_go_and_used_ones_wait_for_their_orders() -> None:
    there = {
        "KNOWN": SeenCode("1", True),
        "LOST": SeenCode("2", True),
        "USED": SeenCode("3", False),
    }
    found = compared(there, {"KNOWN", "REVOKED"}, ["KNOWN", "REVOKED"])
    assert (found.unknown, found.gone) == (("2",), ("REVOKED",))
