"""Which orders used a code, and what follows from all uses of one code together. Pure.

Saleor's single-use codes are not race-safe: two checkouts that are completed at the same time both
keep the discount, and the second order often tells no code beside it. So a use is found by the
code, by the name of the voucher on the discount, and by the checkout or draft that the order came
from. The points that were set aside are spent once; what is beyond is a case for the staff.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from saleor_loyalty_app.rewards.codes import public_id_of_voucher
from saleor_loyalty_app.rewards.restoring import lost_points
from saleor_loyalty_app.saleor.checkout_snapshot import OrderWithCode
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

FIRST, SECOND, FOREIGN, LATE = "first", "second", "foreign", "late"
#: Follow from the orders; the other states are the staff's word.
SETTLED, OPEN = "settled", "open"
CHARGED, RESTORED, DISMISSED = "charged", "restored", "dismissed"
_AUTOMATIC = frozenset({SETTLED, OPEN})

CHARGE, RESTORE, DISMISS = "charge", "restore", "dismiss"

VOUCHER = "VOUCHER"
#: An order that is no order yet uses nothing up.
NOT_YET_STATUSES = frozenset({"DRAFT"})


@dataclass(frozen=True, slots=True)
class OrderMark:
    """What an order tells of the discount it was made with.

    `named` are the redemptions whose vouchers its discounts are named after; `tied` the one that
    travelled along in the checkout's private metadata.
    """

    order_id: str
    checkout_id: str | None
    voucher_code: str
    has_voucher: bool
    named: frozenset[str]
    tied: str

    @property
    def public_ids(self) -> frozenset[str]:
        """All redemptions that the order names."""
        return self.named | ({self.tied} if self.tied else frozenset())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A redemption that an order may have used.

    `bound`: the checkout or the draft that became the order was its own; `sighted`: its code was
    seen there.
    """

    redemption_id: int
    public_id: str
    code: str
    is_live: bool
    bound: bool
    sighted: bool


@dataclass(frozen=True, slots=True)
class Use:
    """An order that was made with a code, as it is known and decided so far.

    `kept` is the share that the customer kept of the order, or of the product that was free in it.
    """

    order_id: str
    by_stranger: bool
    kept: Fraction
    kind: str
    state: str


def mark_of(snapshot: OrderSnapshot | OrderWithCode) -> OrderMark:
    """What an order tells of its discount."""
    discounts = [item for item in snapshot.discounts or () if item.type == VOUCHER]
    on_lines = any(item.type == VOUCHER for line in snapshot.lines for item in line.discounts or ())
    names = (public_id_of_voucher(item.name or "") for item in discounts)
    return OrderMark(
        order_id=snapshot.id,
        checkout_id=snapshot.checkout_id,
        voucher_code=snapshot.voucher_code or "",
        has_voucher=bool(discounts) or on_lines,
        named=frozenset(name for name in names if name is not None),
        tied=snapshot.redemption or "",
    )


def used_by(mark: OrderMark, candidates: Iterable[Candidate]) -> int | None:
    """The redemption whose code made the order's discount, by its id; none where none did.

    An order without a voucher's discount used none, whatever code it tells: a code that is taken
    off while the checkout is completed stays on the order, which costs its full price. An order
    that tells a code used that one and no other. One that has a voucher's discount without a code
    used the one that its discount is named after; where it is named otherwise, as staff may rename
    vouchers, the one that is tied to it: by being bound there, by metadata, by having been seen
    there last.
    """
    if not mark.has_voucher:
        return None
    found = list(candidates)
    if mark.voucher_code:
        return next((one.redemption_id for one in found if one.code == mark.voucher_code), None)
    if mark.named:
        return next((one.redemption_id for one in found if one.public_id in mark.named), None)
    tied = [one for one in found if any(_ties(mark, one))]
    best = max(tied, key=lambda one: (_ties(mark, one), one.redemption_id), default=None)
    return None if best is None else best.redemption_id


def _ties(mark: OrderMark, one: Candidate) -> tuple[bool, ...]:
    return (
        one.bound and one.is_live,
        one.public_id == mark.tied,
        one.bound,
        one.sighted,
    )


def settle(uses: Collection[Use]) -> dict[str, Use]:
    """What each use of a code whose points were spent is, by order id.

    One use bears the points: the owner's before a stranger's, and of several the one of which most
    was kept, so that an order that is canceled does not leave the owner with a case for the other.
    What staff decided stays, and so does a use that came after all points had gone back.
    """
    bearer = bearer_of(uses)
    return {use.order_id: _settled(use, bearer) for use in uses}


def bearer_of(uses: Collection[Use]) -> Use | None:
    """The use that bears the points of the redemption."""
    able = [use for use in uses if _may_bear(use)]
    return max(able, key=_claim, default=None)


def late(use: Use) -> Use:
    """A use that came after the points had gone back: nothing is spent by it."""
    return _judged(replace(use, kind=LATE))


def choices(use: Use) -> tuple[str, ...]:
    """What staff may decide of a case; nothing where there is nothing to decide."""
    if use.state != OPEN:
        return ()
    if use.kind == FIRST:
        return (RESTORE, DISMISS)
    if use.kind in (SECOND, LATE) and not use.by_stranger:
        return (CHARGE, DISMISS)
    return (DISMISS,)


def chargeable(points: int, use: Use) -> int:
    """What a charge of a use takes: the points of the share that was kept."""
    return points - lost_points(points, use.kept)


def _may_bear(use: Use) -> bool:
    if use.kind == LATE:
        return False
    return use.state in _AUTOMATIC or (use.kind == FIRST and use.state == DISMISSED)


def _claim(use: Use) -> tuple[bool, Fraction, bool]:
    """A stranger's use that staff let pass counts as the owner's own."""
    own = not use.by_stranger or use.state == DISMISSED
    return own, use.kept, use.kind == FIRST


def _settled(use: Use, bearer: Use | None) -> Use:
    if use is bearer:
        return _judged(replace(use, kind=FIRST))
    if use.kind == LATE or use.state not in _AUTOMATIC:
        return _judged(use)
    return _judged(replace(use, kind=FOREIGN if use.by_stranger else SECOND))


def _judged(use: Use) -> Use:
    """What is beyond the owner's one use waits for staff, as long as something of it was kept."""
    if use.state not in _AUTOMATIC:
        return use
    is_case = (use.kind != FIRST or use.by_stranger) and use.kept > 0
    return replace(use, state=OPEN if is_case else SETTLED)


def changed(before: Mapping[str, Use], after: Mapping[str, Use]) -> list[Use]:
    """The uses that are not as they were."""
    return [use for order_id, use in after.items() if before.get(order_id) != use]
