"""Orders lock all that they work on before the first of them is booked, in one order.

Orders, then redemptions, then members, then accounts; then what all draw from, rewards' stocks and
campaigns' budgets, which nobody holds who waits for an account.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import repository as campaigns
from saleor_loyalty_app.flows.known_member import lock_members
from saleor_loyalty_app.flows.lock_campaigns import lock_campaigns
from saleor_loyalty_app.flows.lock_stocks import lock_stocks, rewards_of_rules
from saleor_loyalty_app.flows.order_owner import first_owner, make_later_owner, may_change_owner
from saleor_loyalty_app.flows.order_perks import brings_more, gifts_of, holders_of
from saleor_loyalty_app.flows.order_plan import Grant
from saleor_loyalty_app.flows.redemption_uses import concerned_by
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders import repository
from saleor_loyalty_app.orders.look import Look, Verdict, digest_of, judge
from saleor_loyalty_app.orders.money import paid_in_full_at
from saleor_loyalty_app.orders.plan import NOT_LIVE
from saleor_loyalty_app.orders.repository import OrderRow
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards import redemptions, use_records
from saleor_loyalty_app.rewards.uses import mark_of
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

#: So often it is looked whether more came to be concerned while it was waited for accounts.
_LOOKS = 5


@dataclass(frozen=True, slots=True)
class _Orders:
    """Some orders that are locked, and what is needed to tell what they concern."""

    conn: Connection
    store: StoreRef
    snapshots: Sequence[OrderSnapshot]
    rows: Mapping[str, OrderRow]
    look: Look
    grant: Grant | None
    keys: EmailKeys
    now: datetime

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.snapshots]


def lock_page(
    conn: Connection,
    store: StoreRef,
    snapshots: Sequence[OrderSnapshot],
    look: Look,
    *,
    origin: str,
    grant: Grant | None,
    keys: EmailKeys,
    now: datetime,
) -> None:
    """Locks what the orders of a page concern; who buys for the first time becomes a member.

    Args:
        origin: how the orders came here, of those that are seen for the first time.
    """
    repository.make_rows(conn, store.id, sorted(snapshots, key=lambda one: one.id), origin=origin)
    rows = repository.lock_rows(conn, store.id, [one.id for one in snapshots])
    orders = _Orders(conn, store, snapshots, rows, look, grant, keys, now)
    programs, held = _lock_people(orders)
    _lock_stocks(orders, held, programs, before_budgets=True)
    if campaigns.has_any(conn, store.id):
        lock_campaigns(conn, store, snapshots)


def lock_order(
    conn: Connection,
    store: StoreRef,
    row: OrderRow,
    snapshot: OrderSnapshot,
    look: Look,
    *,
    grant: Grant | None,
    keys: EmailKeys,
    now: datetime,
) -> list[int]:
    """`lock_page` for one order, which is locked and is booked next; gives what it concerns of
    redemptions.

    Most orders concern one account and nothing else: it is locked by being booked to.
    """
    concerned = concerned_by(conn, store, snapshot)
    if conn.dialect.name == "sqlite":
        return concerned
    perks = (row.plan or {}).get("perks")
    if not concerned and not (
        perks
        and (
            brings_more(conn, store, snapshot.id, row.member_id)
            or may_change_owner(conn, store, row, snapshot, keys=keys)
        )
    ):
        return concerned
    orders = _Orders(conn, store, [snapshot], {snapshot.id: row}, look, grant, keys, now)
    programs, held = _lock_people(orders)
    _lock_stocks(orders, held, programs)
    return concerned_by(conn, store, snapshot)


def _lock_people(orders: _Orders) -> tuple[list[Program], list[int]]:
    """Locks redemptions, members and accounts; gives the programs that decide of the orders, and
    the redemptions.

    A redemption may come to be concerned while it is waited for an account: then these are let go,
    and locked again after it.
    """
    conn, store = orders.conn, orders.store
    held = redemptions.lock(conn, store.id, _concerned(orders))
    people = {row.member_id for row in orders.rows.values() if row.member_id is not None}
    people |= holders_of(conn, store, orders.ids) | _buyers(orders)
    made, programs = _make_members(orders, people | {one.member_id for one in held})
    for _ in range(_LOOKS):
        with conn.begin_nested() as accounts:
            _lock_accounts(orders, people | made, held)
            if {*_concerned(orders)} <= {one.id for one in held}:
                return programs, [one.id for one in held]
            accounts.rollback()
        held = redemptions.lock(conn, store.id, _concerned(orders))
    _lock_accounts(orders, people | made, held)
    return programs, [one.id for one in held]


def _lock_accounts(
    orders: _Orders, people: Collection[int], held: Sequence[redemptions.RedemptionRef]
) -> None:
    conn, store = orders.conn, orders.store
    everybody = {*people, *(one.member_id for one in held)}
    lock_members(conn, store, members.hold_members(conn, store.id, everybody))


def _concerned(orders: _Orders) -> list[int]:
    marks = [mark_of(snapshot) for snapshot in orders.snapshots]
    used = use_records.concerned_by_all(orders.conn, orders.store.id, marks)
    return [*gifts_of(orders.conn, orders.store, orders.ids), *used]


def _buyers(orders: _Orders) -> set[int]:
    """The members that the buyers are known as, with the guests that would be joined to them."""
    users = {one.user.id for one in orders.snapshots if one.user is not None}
    mails = {one.user_email or "" for one in orders.snapshots}
    mails |= {one.user.email for one in orders.snapshots if one.user is not None}
    every = orders.keys.every
    addresses = [key for mail in sorted(mails) if mail for key in every(orders.store.id, mail)]
    return members.ids_of_people(orders.conn, orders.store.id, users, addresses)


def _make_members(orders: _Orders, people: Collection[int]) -> tuple[set[int], list[Program]]:
    """Makes the members whose orders they become now, with the guests that they were.

    Whoever makes one waits for another who does. Gives them, and the programs of plans that are
    frozen now.

    Args:
        people: whose accounts are locked next.
    """
    programs: dict[int, Program] = {}
    owners: set[int | None] = set()
    for snapshot in sorted(orders.snapshots, key=_buyer):
        row, paid_at = orders.rows[snapshot.id], paid_in_full_at(snapshot)
        if not _is_booked(orders, row, snapshot):
            continue
        if not _freezes(row, orders.grant):
            if row.plan is not None and not row.plan["none"]:
                owners.add(_later_owner(orders, row, snapshot, people))
        elif paid_at is not None:
            owners.add(_first_owner(orders, snapshot, paid_at, people, programs))
    return {one for one in owners if one is not None}, list(programs.values())


def _buyer(snapshot: OrderSnapshot) -> str:
    return "" if snapshot.user is None else snapshot.user.id


def _later_owner(
    orders: _Orders, row: OrderRow, snapshot: OrderSnapshot, people: Collection[int]
) -> int | None:
    conn, store, keys, now = orders.conn, orders.store, orders.keys, orders.now
    return make_later_owner(conn, store, row, snapshot, keys=keys, now=now, also=people)


def _first_owner(
    orders: _Orders,
    snapshot: OrderSnapshot,
    paid_at: datetime,
    people: Collection[int],
    programs: dict[int, Program],
) -> int | None:
    """The member who owns an order from now on; notes the program that decides of it."""
    conn, store, grant = orders.conn, orders.store, orders.grant
    revision = revision_at(conn, store.id, snapshot.created)
    imported = revision is None
    revision = revision or (None if grant is None else grant.revision)
    if revision is None:
        return None
    if not imported:
        programs[revision.id] = revision.program
    since = paid_at if grant is None else max(paid_at, grant.since)
    settings = revision.program.settings
    owner = first_owner(
        conn,
        store,
        snapshot,
        settings,
        at=since,
        keys=orders.keys,
        now=orders.now,
        silent=imported,
        also=people,
    )
    return owner.member_id


def _freezes(row: OrderRow, grant: Grant | None) -> bool:
    return row.plan is None or (grant is not None and row.plan["none"] == NOT_LIVE)


def _is_booked(orders: _Orders, row: OrderRow, snapshot: OrderSnapshot) -> bool:
    known = row.known(importing=orders.grant is not None)
    return judge(known, snapshot, digest_of(snapshot), orders.look) is Verdict.book


def _lock_stocks(
    orders: _Orders,
    redemption_ids: Collection[int],
    programs: Sequence[Program],
    *,
    before_budgets: bool = False,
) -> None:
    rewards = {name for program in programs for name in rewards_of_rules(program)}
    for row in orders.rows.values():
        perks = (row.plan or {}).get("perks", ())
        rewards |= {one["effect"]["reward"] for one in perks if "reward" in one["effect"]}
    lock_stocks(orders.conn, orders.store, rewards, redemption_ids, before_budgets=before_budgets)
