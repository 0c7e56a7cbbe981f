"""How many spent points come back when an order loses a share. Pure.

All is exact until the points of one spending are cut to whole ones, so that refunds in any cut end
alike: floor(points × lost share). What came back never goes away again by itself.
"""

from fractions import Fraction

ALL = Fraction(1)
NOTHING = Fraction(0)


def lost_points(points: int, kept: Fraction) -> int:
    """The points that belong to the lost share of an order, from none to all."""
    return int(points * (ALL - min(ALL, max(NOTHING, kept))))


def to_restore(points: int, restored: int, kept: Fraction) -> int:
    """What is still to come back of `points` that were spent, of which `restored` did already."""
    return max(0, lost_points(points, kept) - restored)


def share_text(share: Fraction) -> str:
    """A share as it is stored."""
    return str(share)


def share_of(text: str) -> Fraction:
    """A stored share."""
    return Fraction(text)
