"""Takes codes of spent points off checkouts where they do not belong.

A code may lie on any number of checkouts, and Saleor tells of it only after the payment: whoever
pays there with a code that is used up by then gets no order. So it is taken off at once; but never
while money is on the checkout, as its completion would fail with the money gone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.rewards import redemptions, sightings
from saleor_loyalty_app.rewards.errors import CodeRefused
from saleor_loyalty_app.rewards.instruments.carts import Carts
from saleor_loyalty_app.rewards.instruments.port import Place
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.sightings import Sighting
from saleor_loyalty_app.saleor.checkout_snapshot import Cart
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: So long one worker has a checkout for itself.
CLAIM = timedelta(seconds=60)
#: While money is on a checkout, it is looked at again after so long.
MONEY_WAIT = timedelta(hours=1)
#: After a failure, doubled with each further one up to MONEY_WAIT.
RETRY = timedelta(seconds=5)
PAGE = 20


@dataclass(frozen=True, slots=True)
class CleaningReport:
    """What a run did: checkouts that have no code of ours any more, and those to look at again."""

    removed: int = 0
    waiting: int = 0
    failed: int = 0


def clean_checkouts(db: Database, store: StoreRef, carts: Carts, *, clock: Clock) -> CleaningReport:
    """Takes a page of codes off that are due; a checkout that fails does not stop others."""
    now = clock()
    due = db.read(lambda conn: sightings.due(conn, store.id, now, PAGE))
    removed = waiting = failed = 0
    for sighting in due:
        until = clock() + CLAIM
        if not db.write(partial(sightings.claim, sighting=sighting, until=until)):
            continue
        try:
            gone = clean_checkout(db, store, carts, sighting, until, clock=clock)
        except AppError as failure:
            _put_off(db, store, sighting, until, failure, clock())
            failed += 1
        else:
            removed, waiting = removed + gone, waiting + (not gone)
    return CleaningReport(removed, waiting, failed)


def clean_checkout(
    db: Database,
    store: StoreRef,
    carts: Carts,
    sighting: Sighting,
    claimed_until: datetime,
    *,
    clock: Clock,
) -> bool:
    """Takes one code off one checkout; gives whether it is off, else it is looked at again.

    Raises:
        SaleorUnavailable and the like: nothing is lost.
    """
    redemption = db.read(lambda conn: redemptions.by_id(conn, store.id, sighting.redemption_id))
    if redemption is None or _belongs_there(redemption, sighting):
        return _done(db, sighting, claimed_until, clock())
    place = Place(sighting.checkout_id)
    # Whoever took it off did not look any more what came of that.
    taken = sighting.removed_at is not None
    for _ in range(2):
        cart = carts.read(store, place)
        if cart is None or cart.code != redemption.code:
            if taken and _paid_meanwhile(store, carts, place, cart, redemption):
                return _wait(db, sighting, claimed_until, clock() + MONEY_WAIT)
            return _done(db, sighting, claimed_until, clock())
        if cart.money:
            return _wait(db, sighting, claimed_until, clock() + MONEY_WAIT)
        db.write(
            partial(
                sightings.taking,
                redemption_id=redemption.id,
                checkout_id=sighting.checkout_id,
                now=clock(),
                due_at=claimed_until,
            )
        )
        taken = True
        carts.take(store, place, redemption.code)
        after = carts.read(store, place)
        if after is None or after.code == redemption.code:
            continue
        if _paid_meanwhile(store, carts, place, after, redemption):
            return _wait(db, sighting, claimed_until, clock() + MONEY_WAIT)
        logger.info("code_taken_off", store_id=store.id, redemption=redemption.public_id, count=1)
        return _done(db, sighting, claimed_until, clock())
    return _wait(db, sighting, claimed_until, clock() + RETRY)


def _belongs_there(redemption: RedemptionRef, sighting: Sighting) -> bool:
    """A code that was handed out may have come to its own checkout meanwhile."""
    return redemption.is_live and redemption.checkout_id == sighting.checkout_id


def _paid_meanwhile(
    store: StoreRef, carts: Carts, place: Place, cart: Cart | None, redemption: RedemptionRef
) -> bool:
    """Puts the code back where money came in between: whoever paid saw the price with the code."""
    if cart is None or not cart.money or cart.code is not None or not redemption.is_live:
        return False
    try:
        carts.put(store, place, redemption.code)
    except CodeRefused:
        logger.warning("code_not_put_back", store_id=store.id, redemption=redemption.public_id)
        return False
    return True


def _done(db: Database, sighting: Sighting, claimed_until: datetime, now: datetime) -> bool:
    db.write(lambda conn: sightings.removed(conn, sighting.id, claimed_until, now))
    return True


def _wait(db: Database, sighting: Sighting, claimed_until: datetime, due_at: datetime) -> bool:
    def write(conn: Connection) -> None:
        sightings.later(conn, sighting.id, claimed_until, due_at, failed=False)

    db.write(write)
    return False


def _put_off(
    db: Database,
    store: StoreRef,
    sighting: Sighting,
    claimed_until: datetime,
    failure: AppError,
    now: datetime,
) -> None:
    wait = min(RETRY * 2 ** min(sighting.attempts, 10), MONEY_WAIT)
    logger.warning("code_not_taken_off", store_id=store.id, error_code=failure.code)

    def write(conn: Connection) -> None:
        sightings.later(conn, sighting.id, claimed_until, now + wait, failed=True)

    db.write(write)
