"""Failures of the members' room."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class MemberNotFound(AppError):
    """The store has no such member."""

    code: ClassVar[str] = "member_not_found"
    status: ClassVar[int] = 404


class MemberErased(AppError):
    """The member's data was erased; only numbers are left in the books."""

    code: ClassVar[str] = "member_erased"
    status: ClassVar[int] = 409


class MemberBlocked(AppError):
    """Staff blocked the member, so that the member cannot change the state themselves."""

    code: ClassVar[str] = "member_blocked"
    status: ClassVar[int] = 403


class WrongMemberState(AppError):
    """What is asked does not fit the member's state."""

    code: ClassVar[str] = "wrong_member_state"
    status: ClassVar[int] = 409
