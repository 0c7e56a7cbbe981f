"""One piece of work on a redemption, under its lease: what was done is written down at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.redemption_uses import who_used
from saleor_loyalty_app.flows.reward_news import tell_of_reward
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.orders import refresh, repository
from saleor_loyalty_app.programs.repository import programs_by_id
from saleor_loyalty_app.programs.spending import DEFAULTS, Spending
from saleor_loyalty_app.rewards import redemptions, sightings, use_records
from saleor_loyalty_app.rewards.errors import RedemptionUnknown, reason_of
from saleor_loyalty_app.rewards.handed_out import came_by_news
from saleor_loyalty_app.rewards.instruments.carts import Carts
from saleor_loyalty_app.rewards.instruments.hand_over import HAND_OVER, HandOverInstrument
from saleor_loyalty_app.rewards.instruments.port import Instrument, Place
from saleor_loyalty_app.rewards.instruments.voucher import VOUCHER, VoucherInstrument
from saleor_loyalty_app.rewards.redemptions import LEASE, RedemptionRef
from saleor_loyalty_app.saleor.checkout_snapshot import OrderWithCode, orders_with_code
from saleor_loyalty_app.stores.refs import StoreRef

#: Who waits for an order that was made to be booked looks again after so long …
ORDER_WAIT = timedelta(seconds=10)
#: … and who waits for money to go or to become an order, after so long.
MONEY_WAIT = timedelta(hours=1)


class LeaseLost(Exception):
    """Somebody else works on the redemption now, or it is settled: nothing more is to be done."""


class OutOfTime(Exception):
    """Whoever waits has waited long enough: the sweep goes on from what was written down last."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What work on redemptions needs; the same for all of them."""

    database: Database
    clock: Clock
    access: StoreAccess
    carts: Carts
    instruments: dict[str, Instrument]

    @classmethod
    def of(cls, access: StoreAccess, clock: Clock) -> "Bench":
        """The bench of a process."""
        carts = Carts(access, clock)
        return cls(
            access.database,
            clock,
            access,
            carts,
            {VOUCHER: VoucherInstrument(access, carts), HAND_OVER: HandOverInstrument()},
        )

    def reread(self, store: StoreRef, redemption_id: int) -> RedemptionRef:
        """A redemption as it is now.

        Raises:
            RedemptionUnknown: the store has none with this id.
        """
        found = self.database.read(lambda conn: redemptions.by_id(conn, store.id, redemption_id))
        if found is None:
            raise RedemptionUnknown
        return found


class Work:
    """A redemption whose lease is held.

    Args:
        until: somebody waits for it until then; None = nobody does.

    Attributes:
        ref: the redemption as last written.
    """

    def __init__(
        self, bench: Bench, store: StoreRef, held: RedemptionRef, until: datetime | None = None
    ) -> None:
        self.bench = bench
        self.until = until
        self.store = store
        self.ref = held
        self.instrument = bench.instruments[held.instrument]

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.bench.clock()

    @property
    def place(self) -> Place | None:
        """Where it belongs; None for a code that has seen no checkout."""
        if self.ref.checkout_id is not None:
            return Place(self.ref.checkout_id)
        return Place(self.ref.order_id, is_draft=True) if self.ref.order_id is not None else None

    def check_time(self) -> None:
        """To be asked before a network call; what is done can be told from Saleor and the row.

        Raises:
            OutOfTime: nobody waits any more.
        """
        if self.until is not None and self.now >= self.until:
            raise OutOfTime

    def save(self, **values: object) -> None:
        """Writes down what was done, and keeps the lease.

        Raises:
            LeaseLost: somebody took over; nothing was written.
        """
        values |= {"leased_until": self.now + LEASE}
        saved = self.bench.database.write(
            lambda conn: redemptions.change(conn, self.ref.id, self.ref.fence, values)
        )
        if saved is None:
            raise LeaseLost
        self.ref = saved

    def issued(self) -> None:
        """The code can be used. A code that was handed out is told to its owner too.

        Raises:
            LeaseLost: somebody took over; nothing was written.
        """
        now = self.now
        values = {
            "state": "issued",
            "issued_at": now,
            "attempts": 0,
            "leased_until": now + LEASE,
        }

        def write(conn: Connection) -> RedemptionRef | None:
            changed = redemptions.change(conn, self.ref.id, self.ref.fence, values)
            if changed is not None and changed.terms is not None:
                tell_of_reward(conn, changed, now=now)
            elif changed is not None and changed.is_bearer:
                tell(
                    conn,
                    self.store.id,
                    changed.member_id,
                    Kind.reward_code,
                    {"redemption": changed.public_id, "points": changed.points},
                    key=f"redemption:{changed.public_id}:code",
                    now=now,
                )
            return changed

        saved = self.bench.database.write(write)
        if saved is None:
            raise LeaseLost
        self.ref = saved

    def rest(self, due_at: datetime | None, **values: object) -> RedemptionRef:
        """Writes down what is left and gives the lease back until `due_at`.

        Raises:
            LeaseLost: somebody took over; nothing was written.
        """
        rested = self.bench.database.write(
            lambda conn: redemptions.finish(conn, self.ref, values, due_at=due_at)
        )
        if rested is None:
            raise LeaseLost
        self.ref = rested
        return rested

    def fail(self, failure: AppError) -> None:
        """It is to end without a discount, and this is why.

        Raises:
            LeaseLost: somebody took over.
        """
        self.end("failed", reason_of(failure))

    def end(self, ending: str, reason: dict[str, object]) -> None:
        """It is to end so; an ending that was given before stays.

        Raises:
            LeaseLost: somebody took over.
        """
        if not self.ref.ending:
            self.save(ending=ending, reason=reason, attempts=0)

    def places(self) -> list[Place]:
        """Where its code may be: its own place, and every checkout where it was ever seen.

        Also where it was taken off: somebody may have put it back, and the news be on its way.
        """
        seen = self.bench.database.read(lambda conn: sightings.of_redemption(conn, self.ref.id))
        own = self.place
        others = [Place(one.checkout_id) for one in seen if one.checkout_id != self.ref.checkout_id]
        return others if own is None else [own, *others]

    def came_by_news(self) -> bool:
        """Whether it is on its checkout, if it is, since the shopper put it there."""
        return self.bench.database.read(lambda conn: came_by_news(conn, self.ref))

    def take_off(self, place: Place) -> None:
        """Takes the code off a cart, after writing down that it is to be gone there.

        Until `looked` says what came of it, money may be on the cart of somebody who saw the price
        with the discount: `is_taking` tells whoever goes on.
        """
        now = self.now
        due_at = None if self._is_own(place) else now + LEASE
        self.bench.database.write(
            lambda conn: sightings.taking(conn, self.ref.id, place.id, now, due_at=due_at)
        )
        self.instrument.detach(self.store, self.ref, place)

    def is_taking(self, place: Place) -> bool:
        """Whether the code was taken off a cart and nobody looked since."""
        seen = self.bench.database.read(lambda conn: sightings.find(conn, self.ref.id, place.id))
        if seen is None or seen.removed_at is None:
            return False
        return self._is_own(place) or seen.due_at is not None

    def looked(self, place: Place, *, is_on: bool) -> None:
        """Notes what came of taking the code off a cart: nothing where that was not tried."""
        own, now = self._is_own(place), self.now
        self.bench.database.write(
            lambda conn: sightings.looked(
                conn,
                self.ref.id,
                place.id,
                removed_at=None if own or is_on else now,
                due_at=now + MONEY_WAIT if is_on and not own else None,
            )
        )

    def _is_own(self, place: Place) -> bool:
        return place.id in (self.ref.checkout_id, self.ref.order_id)

    def orders_made(self, places: Sequence[Place]) -> list[str]:
        """The ids of orders that used the code and are not booked yet.

        Those, and no others, that booking will find to have used it: whoever waited for another
        would wait forever. Ask after the checkout was seen gone: Saleor makes the order and deletes
        the checkout at once.
        """
        self.check_time()
        checkouts = [place.id for place in places if not place.is_draft]
        data = self.bench.access.ask(
            self.store,
            "queries/orders_with_code",
            {"checkouts": checkouts, "ofCheckouts": bool(checkouts), "code": self.ref.code},
        )
        orders = orders_with_code(data)
        return self.bench.database.read(lambda conn: self._unbooked(conn, orders))

    def wait_for(self, orders: Sequence[str]) -> RedemptionRef:
        """Has orders booked that were made with the code: that settles the redemption.

        Also those that were booked before the redemption was known, as after a restored backup.

        Raises:
            LeaseLost: somebody took over, perhaps by booking the order.
        """
        now = self.now

        def wish(conn: Connection) -> None:
            repository.forget_looks(conn, self.store.id, orders)
            refresh.wish_refresh(conn, self.store.id, orders, due_at=now, now=now)

        self.bench.database.write(wish)
        tries = self.ref.attempts + 1
        wait = min(ORDER_WAIT * 2 ** min(tries - 1, 10), MONEY_WAIT)
        return self.rest(now + wait, attempts=tries)

    def limits(self, conn: Connection) -> Spending:
        """The limits under which the points were set aside."""
        if self.ref.revision_id is None:
            return DEFAULTS
        programs = programs_by_id(conn, self.store.id, [self.ref.revision_id])
        return programs[self.ref.revision_id].spending or DEFAULTS

    def _unbooked(self, conn: Connection, orders: Sequence[OrderWithCode]) -> list[str]:
        booked = use_records.of_redemption(conn, self.ref.id)
        return sorted(
            order.id
            for order in orders
            if order.id not in booked and who_used(conn, self.store, order) == self.ref.id
        )
