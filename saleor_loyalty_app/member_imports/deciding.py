"""What becomes of a row, from what the books and the store say of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from saleor_loyalty_app.member_imports.cells import NEVER
from saleor_loyalty_app.member_imports.identity import Identity
from saleor_loyalty_app.member_imports.problems import Problem
from saleor_loyalty_app.member_imports.repository import Booking, StoredRow

_END_OF_DAY = time(23, 59, 59)
READY, THERE, BAD = "ready", "there", "bad"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows are held against: the time, the store's zone, its channels and currencies.

    `channels`: currency by slug.
    """

    now: datetime
    zone: tzinfo
    channels: Mapping[str, str]

    @property
    def only_currency(self) -> str:
        """The currency of all channels, where that is one; else ""."""
        found = set(self.channels.values())
        return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Found:
    """The person behind a row.

    `how`: account (a member), guest (known by the address), fetched (an account in Saleor that is
    no member yet), new (an address that nobody here has), unknown (a user whom Saleor does not
    know). `state` and `blocked` are the member's.
    """

    how: str
    state: str = ""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a row: `state` ready, there or bad, and why; `worth` points are booked."""

    state: str
    problem: Problem
    worth: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with what becomes of it, and what was booked for it before."""

    row: StoredRow
    verdict: Verdict
    identity: Identity
    booking: Booking | None
    found: str


def judge(
    row: StoredRow,
    found: Found,
    around: Surroundings,
    *,
    owners: Sequence[str],
    booking: Booking | None,
    twice: str = "",
) -> Verdict:
    """What becomes of a row.

    Args:
        owners: all that ever stood for the person of the row, such as keys by older secrets.
        booking: what was booked for it before, in whichever file.
        twice: the code of why an earlier row of the same file stands for it.
    """
    if twice:
        return Verdict(THERE if twice == "external_id_repeated" else BAD, Problem("", twice))
    if found.how == "unknown":
        return _bad("saleor_user_id", "user_unknown")
    if found.state == "erased":
        return _bad("", "member_erased")
    if row.points and booking is not None and not booking.reversed:
        same = booking.digest == row.digest and booking.who in owners
        if same or not row.external_id:
            return Verdict(THERE, Problem("", "already_there"))
        return _bad("external_id", "booked_otherwise")
    wrong = _wrong_with(row, found, around)
    if wrong is not None:
        return Verdict(BAD, wrong)
    currency = row.currency or around.channels.get(row.channel, "") or around.only_currency
    used = 0
    if booking is not None and booking.who in owners:
        used = min(row.points, booking.used)
    if row.points and used == row.points:
        return Verdict(THERE, Problem("points", "used_before"))
    remark = Problem("points", "partly_used_before") if used else Problem("", "")
    return Verdict(READY, remark, row.points - used, currency)


def _wrong_with(row: StoredRow, found: Found, around: Surroundings) -> Problem | None:
    if found.state == "left":
        return Problem("", "member_left")
    if row.points and found.blocked:
        return Problem("", "member_blocked")
    if row.channel and row.channel not in around.channels:
        return Problem("channel", "channel_unknown")
    if row.currency and row.currency not in around.channels.values():
        return Problem("currency", "currency_unknown")
    if row.channel and row.currency and around.channels[row.channel] != row.currency:
        return Problem("currency", "currency_of_another_channel")
    earned = instant_of(row.earned, around.zone)
    if earned is not None and earned > around.now:
        return Problem("earned_at", "earned_in_future")
    expires = expiry_of(row.expires, around.zone)
    if row.points and expires is not None and expires <= around.now:
        return Problem("expires_at", "expired_already")
    if expires is not None and earned is not None and expires <= earned:
        return Problem("expires_at", "expires_before_earned")
    given = instant_of(row.consent_at, around.zone)
    if given is not None and given > around.now:
        return Problem("consent_at", "consent_in_future")
    return None


def instant_of(text: str, zone: tzinfo) -> datetime | None:
    """The instant that a cell names, in the store's zone where it names none; a day begins it."""
    if not text:
        return None
    if len(text) == len("2026-12-31"):
        return datetime.combine(date.fromisoformat(text), time(), zone).astimezone(UTC)
    return _zoned(text, zone)


def expiry_of(text: str, zone: tzinfo) -> datetime | None:
    """Until when points are good: to the end of a day; None where no date is named."""
    if text in ("", NEVER):
        return None
    if len(text) == len("2026-12-31"):
        return datetime.combine(date.fromisoformat(text), _END_OF_DAY, zone).astimezone(UTC)
    return _zoned(text, zone)


def _zoned(text: str, zone: tzinfo) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _bad(column: str, code: str) -> Verdict:
    return Verdict(BAD, Problem(column, code))
