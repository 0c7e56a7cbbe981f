"""Signatures of requests: one for what was signed, and for nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from saleor_loyalty_app.stores.request_signatures import (
    TOLERANCE,
    SignedParts,
    digest_of,
    is_timely,
)

KEY = "slk_7hq2m0x4c9ab_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN"
NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
WISH = SignedParts(
    timestamp="1799055000",
    method="POST",
    target=b"/api/partner/v1/members/1042/points",
    idempotency_key=b"receipt-4711",
    body_digest=digest_of(b'{"points": 75, "reason": "shop_purchase", "note": "Receipt 4711"}'),
)

# As HTTP lets them be: none of them can hold the end of a line.
_VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
_PARTS = st.builds(
    SignedParts,
    timestamp=st.integers(0, 10**12).map(str),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    target=_VISIBLE.map(lambda text: b"/api/partner/v1/" + text.encode()),
    idempotency_key=_VISIBLE.map(str.encode),
    body_digest=st.binary(max_size=50).map(digest_of),
)


def test_the_example_of_the_guide_is_signed_as_it_says() -> None:
    assert WISH.signed_text == (
        b"1799055000\nPOST\n/api/partner/v1/members/1042/points\nreceipt-4711\n"
        b"8d76d6fba49f5b216ab7d2404df90480dadd2b678f9bfd691c4f19056b58d79f"
    )
    assert WISH.signature(KEY) == "v1,95accCtEBfYF4BbDMJfuPb19ePq18bzrKfJKK76J2no="


@given(parts=_PARTS, other=_PARTS)
@example(parts=WISH, other=replace(WISH, method="PUT"))
def test_any_other_request_has_another_signature(parts: SignedParts, other: SignedParts) -> None:
    assume(parts != other)
    signature = parts.signature(KEY)
    assert parts.is_signed_as(signature, KEY)
    assert not other.is_signed_as(signature, KEY)


@given(parts=_PARTS, other=_PARTS, name=st.sampled_from(list(SignedParts.__slots__)))
def test_a_change_of_any_one_part_is_seen(
    parts: SignedParts, other: SignedParts, name: str
) -> None:
    changed = replace(parts, **{name: getattr(other, name)})
    assume(changed != parts)
    assert not changed.is_signed_as(parts.signature(KEY), KEY)


@given(parts=_PARTS, secret=_VISIBLE, signature=st.text(max_size=60))
def test_no_other_secret_and_no_other_text_will_do(
    parts: SignedParts, secret: str, signature: str
) -> None:
    assume(secret != KEY)
    assert not parts.is_signed_as(parts.signature(secret), KEY)
    assume(signature != parts.signature(KEY))
    assert not parts.is_signed_as(signature, KEY)


@given(seconds=st.integers(-10_000, 10_000))
def test_a_time_is_near_or_it_is_not(seconds: int) -> None:
    timestamp = str(int(NOW.timestamp()) + seconds)
    assert is_timely(timestamp, NOW) is (abs(seconds) <= TOLERANCE.total_seconds())


@pytest.mark.parametrize(
    "timestamp", ["", "now", "+1799055000", " 1799055000", "1_799_055_000", "١"]
)
def test_what_is_no_time_is_never_near(timestamp: str) -> None:
    assert not is_timely(timestamp, NOW)
    assert not is_timely(timestamp, NOW - timedelta(days=1))
