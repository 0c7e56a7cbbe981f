"""Why staff give or take points: stable words, with texts in the catalogues. Pure."""

from enum import StrEnum

#: Notes longer than this are letters.
LONGEST_NOTE = 500


class Reason(StrEnum):
    """Why points are moved by hand; `reason.<word>` is its name, `explain.staff_…` its sentence."""

    goodwill = "goodwill"
    late_delivery = "late_delivery"
    damaged_goods = "damaged_goods"
    service_failure = "service_failure"
    missing_points = "missing_points"
    promotion = "promotion"
    shop_purchase = "shop_purchase"
    correction = "correction"
    misuse = "misuse"
    other = "other"

    @property
    def gives(self) -> bool:
        """Whether points may be given for it."""
        return self is not Reason.misuse

    @property
    def takes(self) -> bool:
        """Whether points may be taken for it."""
        return self in _TAKES

    def fits(self, points: int) -> bool:
        """Whether so many points (signed) may be moved for it."""
        return self.gives if points > 0 else self.takes

    def needs_note(self, points: int) -> bool:
        """Whether whoever reads it later would be at a loss without a note."""
        return points < 0 or self is Reason.other


_TAKES = frozenset((Reason.shop_purchase, Reason.correction, Reason.misuse, Reason.other))
