"""Cases: orders that used a code beyond its points, and what staff decide of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy.engine import Connection

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.redemption_posting import (
    Spender,
    charge_use,
    give_back,
    spender_of,
)
from saleor_loyalty_app.rewards import redemptions, use_records
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.restoring import lost_points
from saleor_loyalty_app.rewards.use_records import UseRow
from saleor_loyalty_app.rewards.uses import (
    CHARGE,
    CHARGED,
    DISMISS,
    DISMISSED,
    RESTORE,
    RESTORED,
    chargeable,
    choices,
)
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

#: Why points came back that a stranger had spent.
FOREIGN_USE = "foreign_use"
_OUTCOME = {CHARGE: CHARGED, RESTORE: RESTORED, DISMISS: DISMISSED}


class CaseUnknown(AppError):
    """The store has no such case."""

    code: ClassVar[str] = "case_unknown"
    status: ClassVar[int] = 404


class CaseDecided(AppError):
    """It was decided otherwise before, or there is nothing to decide any more. Detail: state."""

    code: ClassVar[str] = "case_decided"
    status: ClassVar[int] = 409


class ChoiceNotPossible(AppError):
    """This case cannot be decided so. Detail: choices, those that it has."""

    code: ClassVar[str] = "case_choice"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Case:
    """A use of a code as staff see it.

    `kind`: first (by a stranger, and the points are spent), second, foreign, late. `points` are
    what a charge would take or a restoring give back now; 0 where neither is possible. `amount`
    and `terms` are those of the redemption.
    """

    id: int
    redemption: str
    member_id: int
    order_id: str
    order_number: str
    kind: str
    by_stranger: bool
    state: str
    choices: tuple[str, ...]
    points: int
    amount: Decimal
    terms: Mapping[str, Any] | None
    currency: str
    seen_at: datetime
    decided_at: datetime | None
    decided_by: str


def open_cases(
    conn: Connection, store_id: int, *, first: int, after: int | None = None
) -> list[Case]:
    """A page of the cases that wait for staff, the oldest first; `after` is the id to go on from.

    What is shown is how things stand; it is decided under a lock.
    """
    cases = []
    for row in use_records.open_uses(conn, store_id, first=first, after=after):
        redemption = redemptions.by_id(conn, store_id, row.redemption_id)
        if redemption is not None:
            cases.append(_case(redemption, row, spender_of(conn, redemption)))
    return cases


def count_open(conn: Connection, store_id: int) -> int:
    """How many cases wait for staff."""
    return use_records.count_open(conn, store_id)


def decide(
    conn: Connection, store: StoreRef, use_id: int, decision: str, by: str, now: datetime
) -> Case:
    """Decides a case: `charge` takes the points once more, as debt where there are too few;
    `restore` gives a victim back what a stranger spent; `dismiss` leaves all as it is.

    Deciding the same again changes nothing.

    Args:
        by: "user:<id>" of the staff member.

    Raises:
        CaseUnknown, CaseDecided, ChoiceNotPossible.
    """
    redemption, row = _locked(conn, store, use_id)
    spender = spender_of(conn, redemption)
    if row.state == _OUTCOME.get(decision):
        return _case(redemption, row, spender)
    possible = _choices(row, spender)
    if not possible:
        raise CaseDecided(state=row.state)
    if decision not in possible:
        raise ChoiceNotPossible(choices=list(possible))
    values = {"state": _OUTCOME[decision], "decided_at": now, "decided_by": by}
    if decision == CHARGE:
        amount = chargeable(redemption.points, row.use)
        if amount:
            values["entry_id"] = charge_use(
                conn, redemption, spender, row, amount, actor=by, now=now
            )
        values["restored"] = redemption.points - amount
    elif decision == RESTORE and (left := redemption.points - redemption.restored):
        redemption = give_back(
            conn,
            redemption,
            spender,
            left,
            number=row.order_number,
            why=FOREIGN_USE,
            actor=by,
            now=now,
        )
    staff_actions.note(
        conn,
        store.id,
        actor=by,
        kind="case_decided",
        subject=f"order:{row.order_number}",
        before={"state": row.state},
        after={"state": values["state"], "redemption": redemption.public_id},
        now=now,
    )
    return _case(redemption, use_records.change(conn, row.id, values), spender)


def _locked(conn: Connection, store: StoreRef, use_id: int) -> tuple[RedemptionRef, UseRow]:
    """The case as it is once its redemption is locked."""
    found = use_records.by_id(conn, store.id, use_id)
    if found is None:
        raise CaseUnknown
    [redemption] = redemptions.lock(conn, store.id, [found.redemption_id])
    row = use_records.by_id(conn, store.id, use_id)
    if row is None:
        raise CaseUnknown
    return redemption, row


def _choices(row: UseRow, spender: Spender) -> tuple[str, ...]:
    """Nothing can be given to or taken from a member who was erased."""
    possible = choices(row.use)
    if spender.reachable:
        return possible
    return tuple(choice for choice in possible if choice == DISMISS)


def _case(redemption: RedemptionRef, row: UseRow, spender: Spender) -> Case:
    possible = _choices(row, spender)
    points = 0
    if CHARGE in possible:
        points = chargeable(redemption.points, row.use)
    elif RESTORE in possible:
        lost = lost_points(redemption.points, row.kept)
        points = redemption.points - max(redemption.restored, lost)
    return Case(
        id=row.id,
        redemption=redemption.public_id,
        member_id=spender.member.id,
        order_id=row.order_id,
        order_number=row.order_number,
        kind=row.kind,
        by_stranger=row.by_stranger,
        state=row.state,
        choices=possible,
        points=points,
        amount=redemption.amount,
        terms=redemption.terms,
        currency=redemption.currency,
        seen_at=row.seen_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
