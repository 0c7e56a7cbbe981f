"""Ends a redemption that no order used: the code goes first, then the points come back.

A code is never ended on a cart that may be paid: its completion would fail with the money gone. So
the cart is read, the code is taken off, the cart is read again, and only then the code is ended;
and read once more, as somebody may have put it back in between.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Connection

from saleor_loyalty_app import ledger, log
from saleor_loyalty_app.flows.erase_member import write_off
from saleor_loyalty_app.flows.perk_failures import note_failed
from saleor_loyalty_app.flows.redemption_posting import money_of, spender_of
from saleor_loyalty_app.flows.redemption_work import MONEY_WAIT, LeaseLost, Work
from saleor_loyalty_app.messages import outbox
from saleor_loyalty_app.rewards import claims, redemptions
from saleor_loyalty_app.rewards.comparison import compared_anew, price_with, saves_nothing
from saleor_loyalty_app.rewards.errors import CodeRefused, SaleorRefused
from saleor_loyalty_app.rewards.instruments.port import Place
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.checkout_snapshot import Cart
from saleor_loyalty_app.saleor.errors import SaleorPermissionDenied, SaleorQueryError

logger = log.get(__name__)

#: So often a code is taken off in one go where somebody puts it back again …
ROUNDS = 4
#: … and after so long it is tried anew.
RETRY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Cleared:
    """What a round over all carts found: where it rests, if it must, and how many had the code."""

    rested: RedemptionRef | None
    taken: int


def end_redemption(work: Work) -> RedemptionRef:
    """Works towards the ending that the redemption has; gives it at rest.

    It rests ended; or live, while an order waits to be booked or money is on a cart with the code.

    Raises:
        LeaseLost: somebody took over.
        SaleorUnavailable and the like: nothing is lost, it is tried again.
    """
    if work.ref.voucher_id is None:
        return _end_unopened(work)
    ended = False
    for _ in range(ROUNDS):
        cleared = _clear(work)
        if cleared.rested is not None:
            return cleared.rested
        if ended and not cleared.taken:
            return give_back(work)
        if not ended:
            # Known before it is done, so that whoever goes on revives a code that is paid with; and
            # who lost the lease does not end a code that another may have put to use.
            work.save(code_ended_at=work.now)
            work.instrument.release(work.store, work.ref)
            ended = True
    return work.rest(work.now + RETRY)


def give_back(work: Work) -> RedemptionRef:
    """Gives the points back and closes the redemption as its ending says.

    What comes back to a member who was erased meanwhile is written off.

    Raises:
        LeaseLost: somebody took over, or an order used it.
    """
    now = work.now

    def write(conn: Connection) -> RedemptionRef:
        [row] = redemptions.lock(conn, work.store.id, [work.ref.id])
        if row.fence != work.ref.fence or not row.is_live:
            raise LeaseLost
        grace = timedelta(days=work.limits(conn).grace_days)
        if row.hold_id is not None:
            ledger.release_hold(conn, work.store.id, row.hold_id, now=now, grace=grace)
        claims.give_back(conn, row.id, now=now)
        closed = redemptions.change(
            conn,
            row.id,
            row.fence,
            {
                "state": row.ending,
                "ended_at": now,
                "due_at": None,
                "leased_until": None,
                "attempts": 0,
            },
        )
        if closed is None:
            raise LeaseLost
        owner = spender_of(conn, row)
        if not owner.reachable:
            write_off(
                conn,
                work.store,
                owner.member.id,
                key=f"erase:{row.public_id}",
                actor="app",
                now=now,
            )
            return closed
        if row.is_gift:
            if closed.state == "failed":
                note_failed(conn, work.store, closed, now=now)
            return closed
        outbox.tell(
            conn,
            work.store.id,
            owner.member.id,
            outbox.Kind.points_returned,
            {
                "redemption": row.public_id,
                "points": row.points,
                **money_of(row),
                "why": (row.reason or {}).get("code", row.ending),
            },
            key=f"{row.public_id}:returned",
            now=now,
        )
        return closed

    work.ref = work.bench.database.write(write)
    return work.ref


def _end_unopened(work: Work) -> RedemptionRef:
    """Nobody knows of a voucher: one that was made unheard opens nothing, as it has no listing.

    It is ended all the same where it is found; where Saleor refuses, that is no reason to keep the
    points.
    """
    try:
        work.instrument.release(work.store, work.ref)
    except (SaleorPermissionDenied, SaleorQueryError, SaleorRefused) as failure:
        logger.warning("unopened_voucher_left", store_id=work.store.id, error_code=failure.code)
    work.save(code_ended_at=work.now)
    return give_back(work)


def _clear(work: Work) -> _Cleared:
    """Takes the code off all carts, where nothing forbids it; then asks for orders made with it."""
    places = work.places()
    taken = 0
    for place in places:
        work.check_time()
        cart = work.bench.carts.read(work.store, place)
        if cart is None:
            continue
        if cart.code != work.ref.code:
            if cart.code is None and work.is_taking(place):
                with_code = price_with(work.ref.reason) if place == work.place else None
                if cart.money and not _goes_without(work, cart, with_code):
                    return _Cleared(_keep(work, place, is_on=False), taken)
                # Saleor took it off, and whoever asked did not hear of it.
                _find_delivery(work, place, cart)
                work.looked(place, is_on=False)
            continue
        if cart.made:
            continue
        is_tried = place == work.place and saves_nothing(work.ref.reason)
        if cart.money and not is_tried:
            return _Cleared(_keep(work, place, is_on=True), taken)
        # What another cart used up could not be put back here.
        if cart.money and (orders := work.orders_made(places)):
            return _Cleared(work.wait_for(orders), taken)
        taken += 1
        after = _take_off(work, place, cart)
        if after is not None and after.money:
            is_on = after.code == work.ref.code
            if not _goes_without(work, after, cart.price if is_tried else None):
                return _Cleared(_keep(work, place, is_on=is_on), taken)
            work.looked(place, is_on=is_on)
    orders = work.orders_made(places)
    return _Cleared(work.wait_for(orders) if orders else None, taken)


def _goes_without(work: Work, cart: Cart, with_code: Decimal | None) -> bool:
    """Whether a cart with money on it, which the code is off now, may stay so.

    It may where a greater discount was lost by the code, so that whoever pays has paid enough
    without it; unless that discount ended meanwhile. Then that is written down, so that the code
    is not taken off again as long as the money is there.

    Args:
        with_code: the price of the cart while the code was on it; None = it saved something.
    """
    if with_code is None:
        return False
    if cart.code is not None or cart.price <= with_code:
        return True
    work.save(reason=compared_anew(work.ref.reason or {}, cart.price, with_code))
    return False


def _take_off(work: Work, place: Place, cart: Cart) -> Cart | None:
    """Takes the code off a cart; gives the cart as it is then."""
    work.take_off(place)
    if cart.delivery is not None:
        work.bench.carts.check_delivery(work.store, place)
    after = work.bench.carts.read(work.store, place)
    if after is None or not after.money:
        work.looked(place, is_on=after is not None and after.code == work.ref.code)
    if after is not None and _choose_again(work, place, after):
        after = work.bench.carts.read(work.store, place)
    return after


def _find_delivery(work: Work, place: Place, cart: Cart) -> None:
    """Has Saleor look at the delivery again, now that the code is off the cart."""
    if cart.delivery is not None:
        work.bench.carts.check_delivery(work.store, place)
    else:
        _choose_again(work, place, cart)


def _choose_again(work: Work, place: Place, cart: Cart) -> bool:
    """Chooses the delivery that the code took from the cart; gives whether it was gone.

    Before 3.23 Saleor drops a delivery that the discount made too dear for its minimum.
    """
    chosen = (work.ref.before or {}).get("delivery")
    if (
        work.ref.ending != "failed"
        or place != work.place
        or not chosen
        or cart.delivery is not None
    ):
        return False
    work.bench.carts.choose_delivery(work.store, place, chosen)
    return True


def _keep(work: Work, place: Place, *, is_on: bool) -> RedemptionRef:
    """Money is on the cart: the code has to be good there until it goes or becomes an order."""
    was_ended = work.ref.code_ended_at is not None
    if was_ended:
        work.save()
        work.instrument.revive(work.store, work.ref)
    # Whoever looked while the code was ended had the cart priced without it: it is put on anew.
    if was_ended or not is_on:
        try:
            work.instrument.attach(work.store, work.ref, place)
        except CodeRefused:
            logger.error("code_not_put_back", store_id=work.store.id, redemption=work.ref.public_id)
            return work.rest(work.now + MONEY_WAIT, attempts=0)
    work.looked(place, is_on=True)
    return work.rest(work.now + MONEY_WAIT, attempts=0, code_ended_at=None)
