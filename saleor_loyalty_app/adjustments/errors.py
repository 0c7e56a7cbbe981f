"""Why points are not moved by hand, one class a reason; the texts stand in `adjustments.po`."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class OwnAccount(AppError):
    """Nobody gives points to themselves, or approves that."""

    code: ClassVar[str] = "own_account"
    status: ClassVar[int] = 403


class OwnRequest(AppError):
    """Another person has to decide a request."""

    code: ClassVar[str] = "own_request"
    status: ClassVar[int] = 403


class RequestOfAnother(AppError):
    """Only who asked for it withdraws a request."""

    code: ClassVar[str] = "request_of_another"
    status: ClassVar[int] = 403


class ReasonUnfit(AppError):
    """Points are not given, or not taken, for this reason. Detail: reason."""

    code: ClassVar[str] = "reason_unfit"
    status: ClassVar[int] = 422


class NoteNeeded(AppError):
    """What is taken, or has another reason than those listed, is explained in a note."""

    code: ClassVar[str] = "note_needed"
    status: ClassVar[int] = 422


class EarningBlocked(AppError):
    """The member's earning is blocked; points given to them would get around it."""

    code: ClassVar[str] = "earning_blocked"
    status: ClassVar[int] = 409


class AdjustmentUnknown(AppError):
    """The store has no such request."""

    code: ClassVar[str] = "adjustment_unknown"
    status: ClassVar[int] = 404


class AdjustmentDecided(AppError):
    """The request was decided before. Detail: state."""

    code: ClassVar[str] = "adjustment_decided"
    status: ClassVar[int] = 409


class InvalidStaffEmail(AppError):
    """Not an e-mail address of a staff member."""

    code: ClassVar[str] = "invalid_staff_email"
    status: ClassVar[int] = 422


class AllowanceUnknown(AppError):
    """There is no allowance for this address."""

    code: ClassVar[str] = "allowance_unknown"
    status: ClassVar[int] = 404


class DayLimitReached(AppError):
    """The API key may not move so many points today. Detail: limit, left."""

    code: ClassVar[str] = "day_limit_reached"
    status: ClassVar[int] = 409


class EarningOff(AppError):
    """The store switched earning off, so that other systems give nothing either."""

    code: ClassVar[str] = "earning_off"
    status: ClassVar[int] = 409
