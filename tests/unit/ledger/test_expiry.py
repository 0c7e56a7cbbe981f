"""When points expire."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.ledger.expiry import (
    NOTICE,
    end_of_month_after,
    expiry_after_notice,
    extended,
    restored_expiry,
    standing,
)

ISTANBUL = ZoneInfo("Europe/Istanbul")
NEW_YORK = ZoneInfo("America/New_York")
INSTANTS = st.integers(0, 20 * 366 * 86400).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@pytest.mark.parametrize(
    ("moment", "months", "tz", "expected"),
    [
        (datetime(2026, 3, 15, tzinfo=UTC), 12, UTC, datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC)),
        (datetime(2026, 3, 15, tzinfo=UTC), 0, UTC, datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), 1, UTC, datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)),
        (datetime(2027, 2, 3, tzinfo=UTC), 12, UTC, datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)),
        # 22:00 UTC on 31 March is 1 April in Istanbul.
        (
            datetime(2026, 3, 31, 22, tzinfo=UTC),
            12,
            ISTANBUL,
            datetime(2027, 4, 30, 20, 59, 59, tzinfo=UTC),
        ),
        # 03:00 UTC on 1 April is still March in New York.
        (
            datetime(2026, 4, 1, 3, tzinfo=UTC),
            12,
            NEW_YORK,
            datetime(2027, 4, 1, 3, 59, 59, tzinfo=UTC),
        ),
    ],
)
def test_points_expire_at_the_last_second_of_the_month_in_the_stores_time(
    moment: datetime, months: int, tz: ZoneInfo, expected: datetime
) -> None:
    assert end_of_month_after(moment, months, tz) == expected


def test_a_naive_time_or_a_negative_span_has_no_end_of_month() -> None:
    with pytest.raises(ValueError):
        end_of_month_after(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), 12, UTC)
    with pytest.raises(ValueError):
        end_of_month_after(datetime(2026, 1, 1, tzinfo=UTC), -1, UTC)


@pytest.mark.parametrize(
    ("expires_at", "expected"),
    [
        ("2027-06-30T23:59:59+00:00", "2027-07-31T23:59:59+00:00"),
        # February leaves only 28 days.
        ("2027-01-31T23:59:59+00:00", "2027-03-31T23:59:59+00:00"),
        ("2027-02-28T23:59:59+00:00", "2027-03-31T23:59:59+00:00"),
        # The end of June in Istanbul becomes the end of July in Istanbul.
        ("2027-06-30T20:59:59+00:00", "2027-07-31T20:59:59+00:00"),
        # The end of June in New York is the first of July in UTC.
        ("2027-07-01T03:59:59+00:00", "2027-08-01T03:59:59+00:00"),
        ("2027-01-30T12:00:00+00:00", "2027-03-30T12:00:00+00:00"),
        ("2027-12-15T12:00:00+00:00", "2028-01-15T12:00:00+00:00"),
    ],
)
def test_an_extension_leads_to_the_same_end_of_a_month_at_least_30_days_later(
    expires_at: str, expected: str
) -> None:
    assert extended(datetime.fromisoformat(expires_at)) == datetime.fromisoformat(expected)


@given(INSTANTS)
def test_an_extension_leaves_30_to_62_days(expires_at: datetime) -> None:
    assert NOTICE <= extended(expires_at) - expires_at <= timedelta(days=62)


DUE = datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("noticed_at", "required", "now", "expected", "lapsed"),
    [
        (None, False, DUE, DUE, True),
        (None, False, DUE - timedelta(seconds=1), DUE, False),
        (DUE - NOTICE, True, DUE, DUE, True),
        (DUE - NOTICE + timedelta(seconds=1), True, DUE, extended(DUE), False),
        (None, True, DUE, extended(DUE), False),
        (
            None,
            True,
            DUE + timedelta(days=200),
            datetime(2028, 1, 31, 23, 59, 59, tzinfo=UTC),
            False,
        ),
        # Late for June, in time for July: it expired in July.
        (DUE - timedelta(days=5), True, DUE + timedelta(days=200), extended(DUE), True),
    ],
)
def test_a_lot_expires_only_at_a_date_that_its_notice_preceded_by_30_days(
    noticed_at: datetime | None, required: bool, now: datetime, expected: datetime, lapsed: bool
) -> None:
    stand = standing(DUE, notice_required=required, noticed_at=noticed_at, now=now)
    assert (stand.expires_at, stand.lapsed) == (expected, lapsed)


def test_what_never_expires_stands_for_ever() -> None:
    stand = standing(None, notice_required=False, noticed_at=None, now=DUE)
    assert (stand.expires_at, stand.lapsed) == (None, False)


@given(INSTANTS, st.one_of(st.none(), INSTANTS), st.lists(INSTANTS, min_size=1, max_size=6))
def test_a_look_on_the_way_changes_nothing(
    expires_at: datetime, noticed_at: datetime | None, looks: list[datetime]
) -> None:
    """Settling late, once or often ends in the same date: a task is no part of the truth."""
    last = max(looks)
    at_once = standing(expires_at, notice_required=True, noticed_at=noticed_at, now=last)
    date, lapsed = expires_at, False
    for look in sorted(looks):
        if not lapsed:
            stand = standing(date, notice_required=True, noticed_at=noticed_at, now=look)
            assert stand.expires_at is not None
            date, lapsed = stand.expires_at, stand.lapsed
    assert (date, lapsed) == (at_once.expires_at, at_once.lapsed)


@given(INSTANTS, INSTANTS)
def test_a_notice_names_a_date_that_will_hold(expires_at: datetime, at: datetime) -> None:
    named = expiry_after_notice(expires_at, at)
    assert named >= at + NOTICE
    stand = standing(named, notice_required=True, noticed_at=at, now=named)
    assert (stand.expires_at, stand.lapsed) == (named, True)


def test_what_comes_back_lives_30_days_or_its_own_time() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    assert restored_expiry(None, now, NOTICE) is None
    assert restored_expiry(now - NOTICE, now, NOTICE) == now + NOTICE
    assert restored_expiry(now + 2 * NOTICE, now, NOTICE) == now + 2 * NOTICE
