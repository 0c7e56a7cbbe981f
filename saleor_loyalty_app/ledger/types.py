"""What the ledger takes and gives: accounts, causes, policies and results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Account:
    """The books of one member in one unit (points, status, stamps:<card>, credit:<currency>)."""

    store_id: int
    member_id: int
    unit: str


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an entry is posted, and by whom.

    `source` names what caused it ("order:T3JkZXI6…", "staff:…"); a reversal takes back what the
    same source brought. `reason` holds JSON values: a stable code with its arguments.
    """

    source: str
    part: str
    actor: str
    channel: str = ""
    currency: str = ""
    revision_id: int | None = None
    rule_ids: tuple[str, ...] = ()
    reason: Mapping[str, object] = field(default_factory=dict)


class RefundPolicy(StrEnum):
    """What a reversal may take when the points of its own source are no longer there.

    `within_balance`: other points of the member, never more than there are (held ones included);
    the rest is forgiven. `only_pending`: only what is still pending of that source. `unlimited`:
    other points, then debt.
    """

    within_balance = "within_balance"
    only_pending = "only_pending"
    unlimited = "unlimited"


class Spending(StrEnum):
    """The kinds of entries by which a member gives points away."""

    redeem = "redeem"
    donate = "donate"


@dataclass(frozen=True, slots=True)
class Posted:
    """The entry of a posting, with its signed amount; not `created` = the key was used before."""

    entry_id: int
    amount: int
    created: bool


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a reversal did: `posted` ≥ 0 was taken, `waived` ≥ 0 forgiven.

    Where all was forgiven, the entry is of kind `waive` with amount 0.
    """

    entry_id: int
    posted: int
    waived: int
    created: bool


@dataclass(frozen=True, slots=True)
class HoldRef:
    """Points set aside for a spending that may still fail."""

    hold_id: int
    amount: int
    deadline: datetime
    state: str
    created: bool


@dataclass(frozen=True, slots=True)
class Released:
    """The end of a hold whose points went back; `created` is false when it had ended so before."""

    hold_id: int
    amount: int
    created: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """Points that changed their member; nothing was posted where `amount` is 0."""

    amount: int
    created: bool
