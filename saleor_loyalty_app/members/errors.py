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


class InvalidPhone(AppError):
    """Not a phone number with the code of its country, such as +905321234567."""

    code: ClassVar[str] = "invalid_phone"
    status: ClassVar[int] = 400


class PhoneMissing(AppError):
    """Nobody can be written to by text message without a number."""

    code: ClassVar[str] = "phone_missing"
    status: ClassVar[int] = 400


class MergeWithItself(AppError):
    """Both are one member already."""

    code: ClassVar[str] = "merge_with_itself"
    status: ClassVar[int] = 409


class MergeIntoGuest(AppError):
    """A member with an account cannot become a guest; it goes the other way round."""

    code: ClassVar[str] = "merge_into_guest"
    status: ClassVar[int] = 409


class NoteUnknown(AppError):
    """The member has no such note."""

    code: ClassVar[str] = "note_unknown"
    status: ClassVar[int] = 404


class NoteEmpty(AppError):
    """A note without words says nothing."""

    code: ClassVar[str] = "note_empty"
    status: ClassVar[int] = 422


class TagInvalid(AppError):
    """A tag is up to 60 lower-case letters, digits, hyphens and underscores."""

    code: ClassVar[str] = "tag_invalid"
    status: ClassVar[int] = 422


class TagUnknown(AppError):
    """The member has no such tag."""

    code: ClassVar[str] = "tag_unknown"
    status: ClassVar[int] = 404


class TagsTooMany(AppError):
    """Staff put as many tags on a member as there may be; one must go before another comes."""

    code: ClassVar[str] = "tags_too_many"
    status: ClassVar[int] = 409


class EraseUnconfirmed(AppError):
    """The number that confirms an erasure is not that of the member."""

    code: ClassVar[str] = "erase_unconfirmed"
    status: ClassVar[int] = 422
