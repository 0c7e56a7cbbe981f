"""A page of orders locks all that it works on before it books the first of them, in one order.

Orders, then redemptions, then accounts; then what all draw from, rewards' stocks and campaigns'
budgets, which nobody holds who waits for an account.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import repository as campaigns
from saleor_loyalty_app.campaigns import spending
from saleor_loyalty_app.flows.known_member import lock_members
from saleor_loyalty_app.flows.lock_stocks import lock_stocks, rewards_of_rules
from saleor_loyalty_app.flows.order_owner import first_owner
from saleor_loyalty_app.flows.order_perks import gifts_of, holders_of
from saleor_loyalty_app.flows.order_plan import Grant
from saleor_loyalty_app.flows.redemption_uses import lock_for_orders
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders import repository
from saleor_loyalty_app.orders.look import Look, Verdict, digest_of, judge
from saleor_loyalty_app.orders.money import paid_in_full_at
from saleor_loyalty_app.orders.plan import NOT_LIVE
from saleor_loyalty_app.orders.repository import OrderRow
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.repository import survivors


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
    ids = [one.id for one in snapshots]
    repository.make_rows(conn, store.id, sorted(snapshots, key=lambda one: one.id), origin=origin)
    rows = repository.lock_rows(conn, store.id, ids)
    gifts = gifts_of(conn, store, ids)
    held = lock_for_orders(conn, store, snapshots, gifts=gifts)
    people = {row.member_id for row in rows.values() if row.member_id is not None}
    people |= {one.member_id for one in held} | holders_of(conn, store, ids)
    people |= _buyers(conn, store, snapshots, keys)
    lock_members(conn, store, [*people, *survivors(conn, store.id, list(people))])
    programs = _make_members(conn, store, snapshots, rows, look, grant, keys, now)
    _lock_shared(conn, store, ids, rows, [one.id for one in held], programs)


def _buyers(
    conn: Connection, store: StoreRef, snapshots: Sequence[OrderSnapshot], keys: EmailKeys
) -> set[int]:
    """The members that the buyers are known as, with the guests that would be joined to them."""
    users = {one.user.id for one in snapshots if one.user is not None}
    mails = {one.user.email for one in snapshots if one.user is not None}
    mails |= {one.user_email for one in snapshots}
    addresses = [key for mail in sorted(mails) if mail for key in keys.every(store.id, mail)]
    return members.ids_of_people(conn, store.id, users, addresses)


def _make_members(
    conn: Connection,
    store: StoreRef,
    snapshots: Sequence[OrderSnapshot],
    rows: Mapping[str, OrderRow],
    look: Look,
    grant: Grant | None,
    keys: EmailKeys,
    now: datetime,
) -> list[Program]:
    """Makes the members of orders whose plan is frozen now, and locks their accounts.

    Whoever makes one waits for another who does. Gives the programs that decide of the orders.
    """
    programs: dict[int, Program] = {}
    owners: set[int] = set()
    for snapshot in sorted(snapshots, key=lambda one: "" if one.user is None else one.user.id):
        paid_at = paid_in_full_at(snapshot)
        if paid_at is None or not _freezes(rows[snapshot.id], snapshot, look, grant):
            continue
        revision = revision_at(conn, store.id, snapshot.created)
        imported = revision is None
        revision = revision or (None if grant is None else grant.revision)
        if revision is None:
            continue
        if not imported:
            programs[revision.id] = revision.program
        since = paid_at if grant is None else max(paid_at, grant.since)
        settings = revision.program.settings
        owner = first_owner(
            conn, store, snapshot, settings, at=since, keys=keys, now=now, silent=imported
        )
        if owner.member_id is not None:
            owners.add(owner.member_id)
    lock_members(conn, store, owners)
    return list(programs.values())


def _freezes(row: OrderRow, snapshot: OrderSnapshot, look: Look, grant: Grant | None) -> bool:
    if row.plan is not None and (grant is None or row.plan["none"] != NOT_LIVE):
        return False
    known = row.known(importing=grant is not None)
    return judge(known, snapshot, digest_of(snapshot), look) is Verdict.book


def _lock_shared(
    conn: Connection,
    store: StoreRef,
    order_ids: Sequence[str],
    rows: Mapping[str, OrderRow],
    redemption_ids: Collection[int],
    programs: Sequence[Program],
) -> None:
    rewards = {name for program in programs for name in rewards_of_rules(program)}
    for row in rows.values():
        perks = (row.plan or {}).get("perks", ())
        rewards |= {one["effect"]["reward"] for one in perks if "reward" in one["effect"]}
    lock_stocks(conn, store, rewards, redemption_ids, before_budgets=True)
    if campaigns.has_any(conn, store.id):
        wanted = {one.id for one in campaigns.open_ones(conn, store.id)}
        wanted |= spending.campaigns_of(conn, store.id, order_ids)
        campaigns.by_ids(conn, store.id, wanted, lock=True)
