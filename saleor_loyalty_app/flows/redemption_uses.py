"""What an order tells of the codes of spent points: used, not used, or used once more.

Called for every look at an order that is booked, inside its transaction and after its row is
locked. The same look again changes nothing, and whatever order several looks at several orders
come in, the points that were set aside are spent once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.redemption_posting import (
    Spender,
    give_back,
    give_charge_back,
    spend_held,
    spender_of,
)
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.orders.target import Kept
from saleor_loyalty_app.rewards import redemptions, sightings, use_records
from saleor_loyalty_app.rewards.handed_out import UNBOUND, came_by_news, stays_a_code
from saleor_loyalty_app.rewards.kept_gift import kept_share
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.restoring import NOTHING, to_restore
from saleor_loyalty_app.rewards.use_records import UseRow
from saleor_loyalty_app.rewards.uses import (
    CHARGED,
    NOT_YET_STATUSES,
    OPEN,
    SETTLED,
    Candidate,
    OrderMark,
    Use,
    bearer_of,
    late,
    mark_of,
    settle,
    used_by,
)
from saleor_loyalty_app.saleor.checkout_snapshot import OrderWithCode
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: Why a redemption ended whose checkout became an order without it.
COMPLETED_WITHOUT = "completed_without"
#: Why points come back whose order was never paid and is gone from Saleor.
ORDER_GONE = "order_gone"


def concerned_by(conn: Connection, store: StoreRef, snapshot: OrderSnapshot) -> list[int]:
    """The ids of all redemptions that a look at an order may have to do with."""
    if snapshot.status in NOT_YET_STATUSES:
        return []
    return use_records.concerned(conn, store.id, mark_of(snapshot))


def note_order(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    share: Kept,
    concerned: Sequence[int],
    *,
    why: str,
    now: datetime,
) -> None:
    """Spends what the order used, gives back what belongs to its lost share, ends what it left out.

    The caller holds all accounts and stocks that this and what comes next concern (`lock_page`).

    Args:
        share: what the customer kept of the order.
        concerned: what `concerned_by` gives.
        why: why it is less than before, as a stable word.
    """
    if not concerned:
        return
    mark = mark_of(snapshot)
    locked = redemptions.lock(conn, store.id, concerned)
    known = {one.id: use_records.of_redemption(conn, one.id) for one in locked}
    used = _used(conn, store, mark, locked, known)
    for redemption in locked:
        if redemption.id == used:
            kept = kept_share(redemption.terms, snapshot, share.units, share.order)
            _note_use(conn, redemption, known[redemption.id], snapshot, mark, kept, why, now)
        elif redemption.is_live and _is_bound(mark, redemption):
            _left_out(conn, redemption, snapshot, now)


def who_used(conn: Connection, store: StoreRef, order: OrderWithCode) -> int | None:
    """The redemption that an order is found to have used when it is booked, by its id."""
    if order.status in NOT_YET_STATUSES:
        return None
    mark = mark_of(order)
    found = redemptions.by_ids(conn, store.id, use_records.concerned(conn, store.id, mark))
    known = {one.id: use_records.of_redemption(conn, one.id) for one in found}
    return _used(conn, store, mark, found, known)


def note_gone(conn: Connection, store: StoreRef, order_id: str, *, now: datetime) -> None:
    """An order that was never paid is gone from Saleor: what it used comes back.

    The caller holds the order's row.
    """
    ids = use_records.of_order(conn, store.id, order_id)
    for redemption in redemptions.lock(conn, store.id, ids):
        rows = use_records.of_redemption(conn, redemption.id)
        rows[order_id] = use_records.change(conn, rows[order_id].id, {"kept": NOTHING})
        spender = spender_of(conn, redemption)
        _settle(conn, redemption, spender, rows, ORDER_GONE, now)


def _left_out(
    conn: Connection, redemption: RedemptionRef, snapshot: OrderSnapshot, now: datetime
) -> None:
    """Its checkout became an order without it."""
    if stays_a_code(redemption, by_news=came_by_news(conn, redemption)):
        values = {**UNBOUND, "due_at": redemption.deadline, "attempts": 0}
        redemptions.change(conn, redemption.id, None, values)
        return
    reason = {"code": COMPLETED_WITHOUT, "order": snapshot.number}
    redemptions.end_as(conn, redemption.store_id, redemption.id, "released", reason, now)


def _note_use(
    conn: Connection,
    redemption: RedemptionRef,
    rows: dict[str, UseRow],
    snapshot: OrderSnapshot,
    mark: OrderMark,
    kept: Fraction,
    why: str,
    now: datetime,
) -> None:
    row = rows.get(mark.order_id)
    if row is not None and row.kept == kept and not row.by_stranger:
        return
    spender = spender_of(conn, redemption)
    stranger = not _is_owner(redemption, spender, snapshot)
    if row is not None:
        values = {"kept": kept, "by_stranger": row.by_stranger and stranger}
        rows[mark.order_id] = use_records.change(conn, row.id, values)
    else:
        redemption, use = _first_seen(conn, redemption, spender, snapshot, mark, kept, now)
        rows[mark.order_id] = use_records.add(
            conn,
            {
                "store_id": redemption.store_id,
                "redemption_id": redemption.id,
                "order_id": mark.order_id,
                "order_number": snapshot.number,
                "checkout_id": mark.checkout_id,
                "kind": use.kind,
                "by_stranger": stranger,
                "state": use.state,
                "kept": kept,
                "seen_at": now,
                "decided_by": "",
            },
        )
    _settle(conn, redemption, spender, rows, why, now)


def _first_seen(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    snapshot: OrderSnapshot,
    mark: OrderMark,
    kept: Fraction,
    now: datetime,
) -> tuple[RedemptionRef, Use]:
    """The code is used up, by whomever: the hold is spent where it was not before."""
    stranger = not _is_owner(redemption, spender, snapshot)
    use = Use(mark.order_id, stranger, kept, "second", SETTLED)
    if redemption.is_live:
        own = redemption.checkout_id
        redemption = spend_held(
            conn,
            redemption,
            spender,
            order_id=mark.order_id,
            number=snapshot.number,
            checkout_id=mark.checkout_id,
            now=now,
        )
        if own is not None and own != mark.checkout_id:
            sightings.note(
                conn,
                redemption.store_id,
                redemption.id,
                own,
                user_id=redemption.user_id,
                foreign=True,
                now=now,
            )
    elif not redemption.is_spent:
        use = late(use)
    sightings.unwelcome_elsewhere(conn, redemption.id, mark.checkout_id, now)
    return redemption, use


def _settle(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    rows: dict[str, UseRow],
    why: str,
    now: datetime,
) -> None:
    """Brings all uses of a code to what they are together, and gives back what is lost."""
    after = settle([row.use for row in rows.values()])
    for order_id, row in rows.items():
        use = after[order_id]
        if (use.kind, use.state) != (row.kind, row.state):
            rows[order_id] = use_records.change(
                conn, row.id, {"kind": use.kind, "state": use.state}
            )
        if use.state == OPEN and row.state != OPEN:
            logger.warning(
                "code_used_again",
                store_id=redemption.store_id,
                redemption=redemption.public_id,
                order_id=order_id,
                reason=use.kind,
            )
    bearer = bearer_of(list(after.values()))
    if bearer is not None and bearer.order_id != redemption.order_id:
        redemptions.change(conn, redemption.id, None, {"order_id": bearer.order_id})
    if not spender.reachable:
        return
    if bearer is not None and redemption.redeem_entry_id is not None:
        amount = to_restore(redemption.points, redemption.restored, bearer.kept)
        if amount:
            number = rows[bearer.order_id].order_number
            give_back(
                conn, redemption, spender, amount, number=number, why=why, actor="app", now=now
            )
    for row in rows.values():
        if row.state == CHARGED:
            amount = to_restore(redemption.points, row.restored, row.kept)
            if amount:
                give_charge_back(conn, redemption, spender, row, amount, why=why, now=now)


def _used(
    conn: Connection,
    store: StoreRef,
    mark: OrderMark,
    concerned: Sequence[RedemptionRef],
    known: Mapping[int, Mapping[str, UseRow]],
) -> int | None:
    for one in concerned:
        if mark.order_id in known[one.id]:
            return one.id
    seen_there = set(_sighted(conn, store, mark))
    return used_by(mark, (_candidate(mark, one, seen_there) for one in concerned))


def _sighted(conn: Connection, store: StoreRef, mark: OrderMark) -> list[int]:
    if mark.checkout_id is None:
        return []
    found = sightings.of_checkouts(conn, store.id, [mark.checkout_id])
    return [redemption_id for redemption_id, _ in found]


def _candidate(mark: OrderMark, redemption: RedemptionRef, seen_there: set[int]) -> Candidate:
    sighted = redemption.id in seen_there
    # What was refused before its code was on the cart has no part in another voucher's discount.
    was_there = sighted or redemption.before is not None or not redemption.ending
    return Candidate(
        redemption_id=redemption.id,
        public_id=redemption.public_id,
        code=redemption.code,
        is_live=redemption.is_live,
        bound=was_there and _is_bound(mark, redemption),
        sighted=sighted,
    )


def _is_bound(mark: OrderMark, redemption: RedemptionRef) -> bool:
    """Whether the order came from the checkout, or is the draft, that the redemption is for."""
    if redemption.checkout_id is not None and redemption.checkout_id == mark.checkout_id:
        return True
    return redemption.order_id == mark.order_id


def _is_owner(redemption: RedemptionRef, spender: Spender, snapshot: OrderSnapshot) -> bool:
    """The owner's order: of their account, or as a guest under their own address.

    Of an owner who was erased nobody can tell any more; they have nothing to lose by it.
    """
    if not spender.reachable:
        return True
    if snapshot.user is not None:
        return snapshot.user.id in (redemption.user_id, spender.member.user_id)
    if not snapshot.user_email or not spender.member.email:
        return False
    return normalize_email(snapshot.user_email) == spender.member.email
