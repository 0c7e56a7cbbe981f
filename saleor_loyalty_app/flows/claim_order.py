"""A customer misses the points of an order: it is read from Saleor by its number, and booked."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.converge_order import Outcome, converge_page
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.store_orders import StoreOrders
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberErased, MemberNotFound
from saleor_loyalty_app.members.repository import member_by_id, surviving_member
from saleor_loyalty_app.members.same_person import is_same_person
from saleor_loyalty_app.orders import repository
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.orders.plan import NOT_LIVE, AwardPlan
from saleor_loyalty_app.saleor.order_reader import OrderReader
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
#: Saleor counts orders in 32 bits.
LARGEST_NUMBER = 2**31 - 1


class OrderUnknown(AppError):
    """Saleor has no order with this number."""

    code: ClassVar[str] = "order_unknown"
    status: ClassVar[int] = 404


class OrderOfAnother(AppError):
    """The order was made by another account, or with another address."""

    code: ClassVar[str] = "order_of_another"
    status: ClassVar[int] = 409


class OrderUnreadable(AppError):
    """Saleor cannot describe the order, so that it cannot be booked."""

    code: ClassVar[str] = "order_unreadable"
    status: ClassVar[int] = 502


class Ending(StrEnum):
    """What came of it.

    booked: points were posted now. known: they were posted before. unpaid: they come once the order
    is paid in full. not_live: the order was paid or made before the program. elsewhere: another
    member has them, such as the guest of an address that nobody confirmed. earning_off: they come
    once earning is switched on. withheld: the customer earns nothing for it. nothing: no rule gives
    points for it.
    torn: Saleor contradicts itself just now; the order is read again by itself.
    """

    booked = "booked"
    known = "known"
    unpaid = "unpaid"
    not_live = "not_live"
    elsewhere = "elsewhere"
    earning_off = "earning_off"
    withheld = "withheld"
    nothing = "nothing"
    torn = "torn"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of a claim.

    Attributes:
        points: in the books for the order now.
        owner: the number of the member who has them.
        why: why they are withheld, as a stable word; "" = they are not.
    """

    order_id: str
    number: str
    ending: Ending
    points: int
    owner: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Claimer:
    """Claims orders of stores. `claim` calls the network."""

    access: StoreAccess
    keys: EmailKeys
    clock: Clock

    def claim(self, store: StoreRef, member_id: int, number: int, *, actor: str) -> Claimed:
        """Reads the order with this number and books it, if it is the member's.

        Raises:
            MemberNotFound, MemberErased: there is nobody to book it for.
            OrderUnknown, OrderOfAnother, OrderUnreadable.
            SaleorUnavailable and the like: Saleor could not be asked.
        """
        database = self.access.database
        database.read(lambda conn: _require_member(conn, store, member_id))
        known = database.read(lambda conn: repository.ids_by_number(conn, store.id, str(number)))
        order_ids = known or self._asked(store, number)
        if not order_ids:
            raise OrderUnknown
        started = self.clock()
        page = StoreOrders(self.access, OrderReader(self.access.client)).orders_by_ids(
            store, order_ids[:1]
        )
        if page.unreadable:
            raise OrderUnreadable
        if not page.orders:
            raise OrderUnknown
        [order] = page.orders
        database.read(lambda conn: self._require_theirs(conn, store, member_id, order))

        def book(conn: Connection) -> Claimed:
            [outcome] = converge_page(
                conn, store, [order], Look.read(started), now=self.clock(), secrets=self.keys
            )
            claimed = _told(conn, store, member_id, order, outcome)
            staff_actions.note(
                conn,
                store.id,
                actor=actor,
                kind="order_claimed",
                subject=f"member:{member_id}",
                after={
                    "order": order.number,
                    "outcome": claimed.ending.value,
                    "points": claimed.points,
                },
                now=self.clock(),
            )
            return claimed

        return database.write(book)

    def _asked(self, store: StoreRef, number: int) -> list[str]:
        answer = self.access.ask(
            store, "queries/order_ids", {"where": {"number": {"eq": number}}, "first": 1}
        )
        return [edge["node"]["id"] for edge in answer["orders"]["edges"]]

    def _require_theirs(
        self, conn: Connection, store: StoreRef, member_id: int, order: OrderSnapshot
    ) -> None:
        user_id = order.user.id if order.user is not None else ""
        if not is_same_person(
            conn, store.id, member_id, user_id, order.user_email or "", self.keys
        ):
            raise OrderOfAnother


def _require_member(conn: Connection, store: StoreRef, member_id: int) -> None:
    member = member_by_id(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    if member.state == "erased":
        raise MemberErased


def _told(
    conn: Connection, store: StoreRef, member_id: int, order: OrderSnapshot, outcome: Outcome
) -> Claimed:
    row = repository.how_it_stands(conn, store.id, order.id)
    if row is None:
        raise OrderUnknown
    points = repository.booked_points(conn, store.id, order.id, UNIT)
    wanted = surviving_member(conn, store.id, member_id)
    theirs = wanted is not None and row.member_id == wanted.id
    plan = None if row.plan is None else AwardPlan.from_json(row.plan)
    ending = Ending.nothing
    if row.updated_at is None:
        ending = Ending.torn
    elif row.paid_at is None or plan is None:
        ending = Ending.unpaid
    elif plan.none == NOT_LIVE:
        ending = Ending.not_live
    elif row.withheld:
        ending = Ending.withheld
    elif row.deferred:
        ending = Ending.earning_off
    elif row.member_id is not None and not theirs:
        ending = Ending.elsewhere
    elif points:
        ending = Ending.booked if any(outcome.posted.values()) else Ending.known
    return Claimed(order.id, order.number, ending, points, row.member_id, row.withheld)
