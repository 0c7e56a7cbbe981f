"""What reaching a level is called as a deed. Pure.

A level is reached once; again only after all that it brought was taken back.
"""

from collections.abc import Collection

#: The trigger of rules that wait for a level.
TIER_REACHED = "tier_reached"
_NAMED = "tier:"


def deed_key(tier: str, before: Collection[str] = ()) -> str:
    """What makes reaching a level happen once, after those deeds on it that were taken back."""
    times = 1 + max(map(_times, before), default=0)
    return f"{_NAMED}{tier}" if times == 1 else f"{_NAMED}{tier}:{times}"


def tier_of(key: str) -> str:
    """The level that a deed is about, by its key."""
    return key.removeprefix(_NAMED).partition(":")[0]


def _times(key: str) -> int:
    return int(key.removeprefix(_NAMED).partition(":")[2] or 1)
