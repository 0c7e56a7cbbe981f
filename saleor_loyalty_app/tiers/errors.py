"""Failures of the tiers' room."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class TiersOff(AppError):
    """The program in force has no tiers, or they are switched off."""

    code: ClassVar[str] = "tiers_off"
    status: ClassVar[int] = 409


class TierUnknown(AppError):
    """The program in force has no such tier."""

    code: ClassVar[str] = "tier_unknown"
    status: ClassVar[int] = 404


class TierEndPast(AppError):
    """A tier was to be set until a day that is over, or too far away."""

    code: ClassVar[str] = "tier_end_past"
    status: ClassVar[int] = 422


class TierMemberUnfit(AppError):
    """Somebody who takes no part in the program can have no tier."""

    code: ClassVar[str] = "tier_member_unfit"
    status: ClassVar[int] = 409
