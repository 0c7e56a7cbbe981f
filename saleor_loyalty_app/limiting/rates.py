"""Rates as the operator writes them: "10/minute", "300 per 5 minutes", "off". Pure."""

from limits import RateLimitItem, parse

OFF = "off"
#: A window longer than this would keep who asks too often out for no good.
LONGEST_WINDOW = 24 * 60 * 60


def rate_of(text: str) -> RateLimitItem | None:
    """The rate; None where it is switched off.

    Raises:
        ValueError: it is not a rate.
    """
    if text.strip().lower() == OFF:
        return None
    try:
        rate = parse(text)
    except ValueError:
        raise ValueError("must be a rate such as 10/minute, or off") from None
    if rate.amount < 1 or not 1 <= rate.get_expiry() <= LONGEST_WINDOW:
        raise ValueError("must let in at least one request, in a time of at most a day")
    return rate


def seconds_until_room(
    limit: int, window: int, *, before: int, current: int, elapsed: float
) -> float:
    """How long until a sliding window lets one more hit in.

    Args:
        window: its length in seconds.
        before: hits of the slot before.
        current: hits of this slot.
        elapsed: seconds of this slot that are over.
    """
    if before + current < limit:
        return 0.0
    left = window - elapsed
    if current >= limit:
        return left + _fades(current, limit, window)
    return max(0.0, _fades(before, limit - current, window) - elapsed)


def _fades(hits: int, room: int, window: int) -> float:
    """Seconds of a slot until `hits` of the slot before weigh less than `room`."""
    return 0.0 if hits < room else window * (1 - room / hits)
