"""Why goodwill is not opened or given, one class a reason; the texts stand in `goodwill.po`."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class GoodwillOff(AppError):
    """The program in force does not watch this signal. Detail: signal."""

    code: ClassVar[str] = "goodwill_off"
    status: ClassVar[int] = 409


class GoodwillLimitReached(AppError):
    """The member had goodwill as often as the program allows. Detail: times, days."""

    code: ClassVar[str] = "goodwill_limit"
    status: ClassVar[int] = 409


class GoodwillOrderUnknown(AppError):
    """The store has no such order that a member has paid."""

    code: ClassVar[str] = "goodwill_order"
    status: ClassVar[int] = 404


class GoodwillWorthless(AppError):
    """What was suggested comes to no points in the order's currency."""

    code: ClassVar[str] = "goodwill_worthless"
    status: ClassVar[int] = 409
