"""What the ledger refuses, one class a failure; the texts stand in `ledger.po`."""

from saleor_loyalty_app.errors import AppError


class IdempotencyConflict(AppError):
    """The key was used before, for another input. Detail: key."""

    code = "idempotency_conflict"
    status = 409


class InsufficientPoints(AppError):
    """There is less to spend than asked for. Detail: available, needed, unit."""

    code = "insufficient_points"
    status = 409


class InvalidAmount(AppError):
    """Not a whole number of points within bounds. Detail: amount (as text), maximum."""

    code = "invalid_amount"
    status = 422


class InvalidPosting(AppError):
    """A name or time of the posting cannot be booked. Detail: field."""

    code = "invalid_posting"
    status = 422


class ForeignAccount(AppError):
    """The member's books belong to another store. Detail: member_id."""

    code = "foreign_account"
    status = 404


class HoldNotFound(AppError):
    """The store has no such hold. Detail: hold_id."""

    code = "hold_not_found"
    status = 404


class HoldEnded(AppError):
    """The hold ended in another way than asked for now. Detail: hold_id, state."""

    code = "hold_ended"
    status = 409


class HoldExceeded(AppError):
    """More is to be captured than is held. Detail: held, needed."""

    code = "hold_exceeded"
    status = 409


class EntryNotFound(AppError):
    """The store has no such entry. Detail: entry."""

    code = "entry_not_found"
    status = 404


class NotRestorable(AppError):
    """The entry spent nothing that could come back. Detail: entry, kind."""

    code = "not_restorable"
    status = 409


class RestoreExceeded(AppError):
    """More is to come back than was spent and not restored yet. Detail: restorable, needed."""

    code = "restore_exceeded"
    status = 409


class InvalidCursor(AppError):
    """The cursor was not given by this API. Detail: none."""

    code = "invalid_cursor"
    status = 422
