"""What the rest of the app knows of a member."""

from dataclasses import dataclass
from datetime import datetime

#: The number of who has no row: no member has it.
NOBODY = 0
#: Buckets of addresses in one percent of a hold-out.
_BUCKETS_A_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Person:
    """A Saleor user as an event or a token shows them.

    `as_of` is when Saleor wrote what is shown: events come late and in any order.
    """

    user_id: str
    email: str
    confirmed: bool = False
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberRef:
    """A member as it was read at the beginning of a piece of work.

    `email` and `confirmed` are of the identity and empty for guests and erased members.
    """

    id: int
    store_id: int
    user_id: str | None
    guest_key: str | None
    state: str
    spending_blocked: bool
    earning_blocked: bool
    codes_blocked: bool
    bucket: int
    hold_out: bool
    enrolled_at: datetime | None
    first_enrolled_at: datetime | None
    paused_at: datetime | None
    left_at: datetime | None
    merged_into: int | None
    created_at: datetime
    email: str = ""
    confirmed: bool = False
    email_changed_at: datetime | None = None
    identity_as_of: datetime | None = None

    @property
    def is_guest(self) -> bool:
        """Whether nobody has an account behind it yet."""
        return self.user_id is None and self.state == "guest"

    @property
    def is_in_books(self) -> bool:
        """Whether there is a row of them."""
        return self.id != NOBODY


@dataclass(frozen=True, slots=True)
class Newcomer(MemberRef):
    """A shopper as the member that they become with the first thing they do; for reading alone.

    Attributes:
        language: that they are spoken to in, until their account tells another; "" = not known.
        addresses: the keys of the address of their account, which is what they are known by then;
            empty = as the books know it.
    """

    language: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in shopper, as their token tells of their account.

    Attributes:
        addresses: the keys of its address (`EmailKeys.every`); empty = not told.
        bucket: of its address; None = not told.
        language: that they are spoken to in.
        account: the keys of the account itself (`EmailKeys.of_account`).
    """

    user_id: str
    addresses: tuple[str, ...] = ()
    bucket: int | None = None
    language: str = ""
    account: tuple[str, ...] = ()

    @property
    def marks(self) -> tuple[str, ...]:
        """All keys by which they may be remembered."""
        return (*self.addresses, *self.account)


@dataclass(frozen=True, slots=True)
class Enrollment:
    """How a program takes in members: from its settings.

    `hold_out_percent` is the share of new members that is watched as a control group.
    """

    automatic: bool = True
    hold_out_percent: int = 0
    terms_version: str = ""
    privacy_version: str = ""

    def holds_out(self, bucket: int) -> bool:
        """Whether a new member of a bucket is watched as one of the control group."""
        return bucket < self.hold_out_percent * _BUCKETS_A_PERCENT
