"""Drives a redemption to its next state of rest: used by requests, the sweep and jobs alike.

Whoever drives holds the lease. Each step looks before it acts and is written down under the fence,
so that a driver that dies between any two steps is followed by another that goes on, and one that
was only slow finds its lease lost and stops.
"""

from datetime import datetime, timedelta

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.end_redemption import end_redemption
from saleor_loyalty_app.flows.redemption_uses import COMPLETED_WITHOUT
from saleor_loyalty_app.flows.redemption_work import Bench, LeaseLost, OutOfTime, Work
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.rewards import redemptions, sightings
from saleor_loyalty_app.rewards.comparison import before_of, why_not
from saleor_loyalty_app.rewards.errors import (
    CartChanging,
    CartCompleted,
    CartUnknown,
    CodeRefused,
    OtherCode,
    PaymentUnderWay,
    SaleorRefused,
    SpendingRefused,
)
from saleor_loyalty_app.rewards.handed_out import UNBOUND, stays_a_code
from saleor_loyalty_app.rewards.instruments.port import Place, Terms
from saleor_loyalty_app.rewards.instruments.voucher_kinds import voucher_minimum
from saleor_loyalty_app.rewards.quote import minimum_of_goods
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.steps import Step, next_step
from saleor_loyalty_app.saleor.checkout_snapshot import Cart
from saleor_loyalty_app.saleor.errors import SaleorPermissionDenied, SaleorUnavailable
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: A step that Saleor did not answer is tried again after so long, then twice as long, and so on.
RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
#: What Saleor or a strange answer of it may cause; a database that is away goes up.
FAULTS = (AppError, ValueError, TypeError, LookupError, ArithmeticError)
#: So often a cart that changes meanwhile is tried again.
TRIES = 3


class Driver:
    """Drives the redemptions of all stores; safe to use from any thread."""

    def __init__(self, access: StoreAccess, clock: Clock) -> None:
        self._bench = Bench.of(access, clock)

    @property
    def bench(self) -> Bench:
        """What it works with."""
        return self._bench

    def drive(
        self, store: StoreRef, redemption_id: int, *, until: datetime | None = None
    ) -> RedemptionRef:
        """Does what is to be done for a redemption; gives it as it is then.

        What Saleor does not answer is put off. Where somebody else is at it, nothing is done.

        Args:
            until: no call begins after this; the sweep does the rest.

        Raises:
            RedemptionUnknown: the store has none with this id.
        """
        now = self._bench.clock()
        held = self._bench.database.write(
            lambda conn: redemptions.take_lease(conn, store.id, redemption_id, now)
        )
        if held is None:
            return self._bench.reread(store, redemption_id)
        return self.work(store, held, until=until)

    def work(
        self, store: StoreRef, held: RedemptionRef, *, until: datetime | None = None
    ) -> RedemptionRef:
        """`drive`, for whoever holds the lease already."""
        work = Work(self._bench, store, held, until)
        try:
            return _work(work)
        except LeaseLost:
            return self._bench.reread(store, held.id)


def _work(work: Work) -> RedemptionRef:
    rested: RedemptionRef | None = None
    try:
        while rested is None:
            work.check_time()
            rested = _do(work)
    except OutOfTime:
        return work.rest(work.now)
    except FAULTS as failure:
        return _put_off(work, failure)
    return rested


def _do(work: Work) -> RedemptionRef | None:
    """The next step; gives the redemption where it rests, None where there is more to do."""
    step = next_step(work.ref, work.now)
    match step:
        case Step.expire:
            work.end("expired", {"code": "expired"})
        case Step.issue:
            _issue(work)
        case Step.attach:
            return _attach(work)
        case Step.look:
            return _look(work)
        case Step.end:
            return end_redemption(work)
        case Step.settle:
            return _settle(work)
        case Step.wait:
            return work.rest(work.ref.deadline, attempts=0)
        case Step.rest:
            return work.rest(None)
    return None


def _issue(work: Work) -> None:
    try:
        if work.ref.voucher_id is None:
            made = work.instrument.issue(work.store, work.ref)
            if made is None:
                work.issued()
                return
            work.save(voucher_id=made)
        work.check_time()
        work.instrument.open(work.store, work.ref, _terms(work))
    except (SaleorRefused, SaleorPermissionDenied):
        # Waiting does not bring a permission; the points are not kept for it.
        work.fail(SaleorRefused())
        return
    work.issued()


def _terms(work: Work) -> Terms:
    ref = work.ref
    channel_id = work.bench.database.read(
        lambda conn: stores.channel_saleor_id(conn, work.store.id, ref.channel)
    )
    if channel_id is None:
        raise SaleorRefused
    if ref.terms is not None:
        return Terms(channel_id, voucher_minimum(ref.terms))
    if not ref.is_bearer:
        return Terms(channel_id)
    limits = work.bench.database.read(work.limits)
    return Terms(channel_id, minimum_of_goods(limits, ref.channel, ref.currency, ref.amount))


def _attach(work: Work) -> RedemptionRef | None:
    """Puts the code on its cart and compares, until both sides of it are of the same cart."""
    place = work.place
    if place is None:
        raise AssertionError("a code without a cart is not attached")
    if work.came_by_news():
        return _look(work)
    for _ in range(TRIES):
        cart = work.bench.carts.read(work.store, place)
        if cart is None or cart.made:
            work.fail(CartUnknown() if cart is None else CartCompleted())
            return None
        if cart.code == work.ref.code and work.ref.before is None:
            # A code that was handed out: the shopper put it on, and saw the price.
            return _attached(work, place)
        if cart.code is None and cart.money and work.is_taking(place):
            # Taken off to compare anew, and paid meanwhile with the discount before the eyes.
            return _put_back(work, place)
        if cart.code != work.ref.code and not _put(work, place, cart):
            return None
        after = _checked(work, place, cart)
        if after is None or after.made or after.code != work.ref.code:
            _taken_meanwhile(work, after)
            return None
        why = why_not(work.ref.before or {}, after, work.ref.amount)
        # Whoever changes the cart and pays has seen the price with the discount.
        if why is None or (isinstance(why, CartChanging) and after.money):
            return _attached(work, place)
        if not isinstance(why, CartChanging):
            work.fail(why)
            return None
        work.take_off(place)
    work.fail(CartChanging())
    return None


def _put_back(work: Work, place: Place) -> RedemptionRef | None:
    try:
        work.instrument.attach(work.store, work.ref, place)
    except CodeRefused as refused:
        work.fail(refused)
        return None
    work.looked(place, is_on=True)
    return _attached(work, place)


def _put(work: Work, place: Place, cart: Cart) -> bool:
    """Puts the code on a cart, after writing down what the cart was before."""
    if unfit := _unfit(work.ref, cart):
        work.fail(unfit)
        return False
    # In this order: a place that is known without a `before` was told of by news.
    work.save(before=before_of(cart))
    _note_place(work, place, cart)
    try:
        work.instrument.attach(work.store, work.ref, place)
    except CodeRefused as refused:
        work.fail(refused)
        return False
    return True


def _unfit(ref: RedemptionRef, cart: Cart) -> SpendingRefused | None:
    if cart.user_id != ref.user_id or cart.channel != ref.channel:
        return CartUnknown()
    if cart.code is not None:
        return OtherCode()
    return PaymentUnderWay() if cart.money else None


def _note_place(work: Work, place: Place, cart: Cart) -> None:
    """What is on a checkout is known before it is put there."""
    if place.is_draft:
        return
    work.bench.database.write(
        lambda conn: sightings.note(
            conn,
            work.store.id,
            work.ref.id,
            place.id,
            user_id=cart.user_id,
            foreign=False,
            now=work.now,
        )
    )


def _checked(work: Work, place: Place, cart: Cart) -> Cart | None:
    """The cart after the code, in a request of its own: the mutation's answer may be stale."""
    work.check_time()
    if cart.delivery is not None:
        work.bench.carts.check_delivery(work.store, place)
    return work.bench.carts.read(work.store, place)


def _taken_meanwhile(work: Work, after: Cart | None) -> None:
    """The code was put on and is not there any more."""
    if after is not None and not after.made and after.code is not None:
        work.fail(OtherCode())
    else:
        work.end("released", {"code": "taken_off"})


def _attached(work: Work, place: Place) -> RedemptionRef:
    work.bench.carts.mark(work.store, place, work.ref.public_id)
    return work.rest(work.ref.deadline, state="attached", attached_at=work.now, attempts=0)


def _look(work: Work) -> RedemptionRef | None:
    """Whether the code is still where it was put."""
    place = work.place
    if place is None:
        raise AssertionError("a code without a cart is not looked for")
    cart = work.bench.carts.read(work.store, place)
    if cart is None:
        orders = work.orders_made([place])
        if orders:
            return work.wait_for(orders)
        return _off(work, "cart_gone")
    if cart.code == work.ref.code:
        if not cart.made:
            if work.ref.state == "issued":
                return _attached(work, place)
            return work.rest(work.ref.deadline, attempts=0)
        if orders := work.orders_made([place]):
            return work.wait_for(orders)
        return _off(work, COMPLETED_WITHOUT)
    return _off(work, "taken_off")


def _off(work: Work, why: str) -> RedemptionRef | None:
    """The code is not on its cart: it waits for another one, or its points come back."""
    if stays_a_code(work.ref, by_news=work.came_by_news()):
        return work.rest(work.ref.deadline, attempts=0, **UNBOUND)
    work.end("released", {"code": why})
    return None


def _settle(work: Work) -> RedemptionRef:
    """What an order that used it, or points that came back, leave open in Saleor."""
    if work.ref.state == "consumed":
        work.instrument.consume(work.store, work.ref)
    else:
        work.instrument.restore(work.store, work.ref)
    return work.rest(None, attempts=0)


def _put_off(work: Work, failure: Exception) -> RedemptionRef:
    """Saleor did not do it, or nobody knows whether it did: another look, later."""
    tries = work.ref.attempts + 1
    wait = min(RETRY * 2 ** min(tries - 1, 10), LONGEST_RETRY)
    if isinstance(failure, SaleorUnavailable) and failure.retry_after is not None:
        wait = max(wait, min(timedelta(seconds=failure.retry_after), LONGEST_RETRY))
    if not isinstance(failure, AppError):
        logger.error("redemption_fault", store_id=work.store.id, exc_info=failure)
    logger.warning(
        "redemption_put_off",
        store_id=work.store.id,
        redemption=work.ref.public_id,
        state=work.ref.state,
        attempt=tries,
        error_code=failure.code if isinstance(failure, AppError) else type(failure).__name__,
    )
    return work.rest(work.now + wait, attempts=tries)
