"""Any news of an order means: look at its state and post the difference.

Duplicates, disorder, gaps and torn payloads end in the same books, because what is booked is a
function of the order's state and of the plan frozen when it was first paid in full.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.flows import order_news
from saleor_loyalty_app.flows.campaign_orders import OrderLook, note_campaigns
from saleor_loyalty_app.flows.guest_claims import mail_after_order
from saleor_loyalty_app.flows.lock_page import lock_order, lock_page
from saleor_loyalty_app.flows.open_goodwill import watch_order
from saleor_loyalty_app.flows.order_owner import Ownership, later_owner
from saleor_loyalty_app.flows.order_perks import settle_perks
from saleor_loyalty_app.flows.order_plan import Grant, draw_caps, freeze_plan
from saleor_loyalty_app.flows.order_posting import Posting, post_differences, tell_availability
from saleor_loyalty_app.flows.redemption_uses import concerned_by, note_order
from saleor_loyalty_app.goodwill.signals import has_news
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.orders import categories, refresh, repository
from saleor_loyalty_app.orders.counted import counted_of
from saleor_loyalty_app.orders.goods import fulfilled_at, is_open
from saleor_loyalty_app.orders.look import Look, Verdict, digest_of, judge
from saleor_loyalty_app.orders.money import paid_in_full_at, shipping_milli, total_milli
from saleor_loyalty_app.orders.plan import NOT_LIVE, AwardPlan
from saleor_loyalty_app.orders.repository import OrderRow, UnitRow
from saleor_loyalty_app.orders.target import OWNER, Book, kept, reduction, targets, told_shares
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again

logger = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look at an order did.

    `posted` holds what this look changed in the books, by unit and part. `withheld` tells why the
    owner earns nothing; `deferred` that points wait for the earning switch.
    """

    order_id: str
    verdict: Verdict
    member_id: int | None = None
    posted: Mapping[Book, int] = field(default_factory=dict)
    withheld: str = ""
    deferred: bool = False


def converge_order(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    look: Look,
    *,
    now: datetime,
    secrets: EmailKeys,
    origin: str = "webhook",
    grant: Grant | None = None,
    locked: bool = False,
) -> Outcome:
    """Brings the books of one order to what the snapshot says, if it may be booked.

    The order's row stays locked until the transaction ends. After a webhook the order is due to be
    read again; after a read that was booked it is not.

    Args:
        origin: how the order came here, kept from the first look: webhook, reconcile, import.
        grant: lets orders from before the program earn (history import).
        locked: the caller holds all that the order concerns (`lock_page`).
    """
    row = repository.observe(conn, store.id, snapshot, look, origin=origin)
    if not look.is_read:
        refresh.expect_refresh(conn, store.id, snapshot.id, now=now)
    digest = digest_of(snapshot)
    verdict = judge(row.known(importing=grant is not None), snapshot, digest, look)
    if look.is_read and verdict is Verdict.torn:
        verdict = _judge_torn_read(conn, store, snapshot, digest, now)
    if look.is_read and verdict is Verdict.lagging:
        refresh.retry_later(conn, store.id, snapshot.id, now=now)
    outcome = Outcome(snapshot.id, verdict, row.member_id)
    if verdict is Verdict.book:
        concerned = (
            concerned_by(conn, store, snapshot)
            if locked
            else lock_order(conn, store, row, snapshot, look, grant=grant, keys=secrets, now=now)
        )
        outcome = _book(conn, store, row, snapshot, concerned, look, digest, now, secrets, grant)
    if look.is_read and verdict in (Verdict.book, Verdict.unchanged):
        refresh.refreshed(conn, store.id, snapshot.id)
        if verdict is Verdict.unchanged:
            repository.book_look(conn, row.id, {"checked_at": look.at, "gone_at": None})
    return outcome


def converge_page(
    conn: Connection,
    store: StoreRef,
    snapshots: Sequence[OrderSnapshot],
    look: Look,
    *,
    now: datetime,
    secrets: EmailKeys,
    origin: str = "reconcile",
    grant: Grant | None = None,
) -> list[Outcome]:
    """Several orders in one transaction.

    All that they concern is locked first (`lock_page`), so that two pages, or a page and a webhook,
    do not wait for each other. Orders are booked as they were made: whoever bought twice on a page
    bought first what was ordered first.
    """
    newest = {item.id: item for item in sorted(snapshots, key=lambda item: item.updated_at)}
    together = len(newest) > 1 and conn.dialect.name != "sqlite"
    if together:
        found = list(newest.values())
        lock_page(conn, store, found, look, origin=origin, grant=grant, keys=secrets, now=now)
    return [
        converge_order(
            conn,
            store,
            snapshot,
            look,
            now=now,
            secrets=secrets,
            origin=origin,
            grant=grant,
            locked=together,
        )
        for snapshot in sorted(newest.values(), key=lambda item: (item.created, item.id))
    ]


def _judge_torn_read(
    conn: Connection, store: StoreRef, snapshot: OrderSnapshot, digest: str, now: datetime
) -> Verdict:
    """A contradiction that stays the same over several reads is no tear but what Saleor says."""
    before = refresh.torn_before(conn, store.id, snapshot.id)
    reads = before.torn_reads + 1 if before.torn_hash == digest else 1
    if reads >= refresh.STABLE_READS:
        logger.warning("order_contradicts_itself", store_id=store.id, order_id=snapshot.id)
        return Verdict.book
    torn = refresh.Torn(before.attempts, digest, reads)
    refresh.retry_later(conn, store.id, snapshot.id, torn=torn, now=now)
    return Verdict.torn


def _book(
    conn: Connection,
    store: StoreRef,
    row: OrderRow,
    snapshot: OrderSnapshot,
    concerned: Sequence[int],
    look: Look,
    digest: str,
    now: datetime,
    keys: EmailKeys,
    grant: Grant | None,
) -> Outcome:
    plan = AwardPlan.from_json(row.plan) if row.plan is not None else None
    share = kept(snapshot)
    why_less = reduction(snapshot.status, share, row.losses)
    note_order(conn, store, snapshot, share, concerned, why=why_less, now=now)
    paid_at = row.paid_at or paid_in_full_at(snapshot)
    fulfilled = _earliest(row.fulfilled_at, fulfilled_at(snapshot))
    revision_id = row.revision_id
    values: dict[str, Any] = {}
    known: dict[Book, UnitRow] = {}
    owner = Ownership(row.member_id, row.withheld, row.member_id, row.owner_changes)
    if paid_at is not None and (plan is None or (grant is not None and plan.none == NOT_LIVE)):
        frozen = freeze_plan(conn, store, row, snapshot, paid_at, keys=keys, now=now, grant=grant)
        plan, revision_id, owner = frozen.plan, frozen.revision_id, frozen.owner
        values |= {"plan": plan.to_json(), "revision_id": revision_id}
    elif plan is not None and not plan.none:
        known = repository.units_of(conn, row.id)
        units = [unit for unit, _ in known]
        owner = later_owner(conn, store, row, snapshot, plan, units, keys=keys, now=now)
    posted: Mapping[Book, int] = {}
    deferred = False
    if plan is not None:
        values["kept_shares"] = told_shares(plan, share)
    if plan is not None and paid_at is not None and owner.books_of is not None:
        values["losses"] = share.losses()
        work = Posting(
            store=store,
            row_id=row.id,
            snapshot=snapshot,
            plan=plan,
            revision_id=revision_id,
            member_id=owner.books_of,
            paid_at=paid_at,
            fulfilled_at=fulfilled,
            why_less=OWNER if owner.withheld else why_less,
            now=now,
        )
        wanted = {} if owner.withheld else targets(plan, share)
        differences = post_differences(conn, work, wanted, known)
        posted, deferred = differences.amounts, differences.deferred
        held = settle_perks(
            conn,
            store,
            snapshot,
            plan,
            owner,
            kept=share.order > 0,
            revision_id=revision_id,
            now=now,
            keys=keys,
        )
        draw_caps(conn, store, snapshot, plan, share, owner, held)
        order_news.tell_of_points(conn, work, posted, digest=digest)
        if known:
            available = tell_availability(conn, work, fulfilled_before=row.fulfilled_at)
            if available is not None:
                order_news.tell_available_now(conn, work, available)
    note_campaigns(
        conn,
        store,
        OrderLook(
            snapshot=snapshot,
            share=share,
            plan=plan,
            member_id=owner.member_id,
            withheld=bool(owner.withheld),
            paid_at=paid_at,
            fulfilled_at=fulfilled,
            seen_before=row.updated_at is not None,
        ),
        now=now,
    )
    if look.is_read:
        values["checked_at"] = look.at
    counted = row.counted_milli
    if paid_at is not None:
        spent = counted_of(snapshot, share, app_id=store.app_id, paid_at=paid_at)
        counted, values["country"] = spent.milli, spent.country
        if counted != row.counted_milli or row.country is None:
            again = row.country is not None
            categories.keep(conn, store.id, row.id, spent.by_category, again=again)
    if posted or (counted, owner.member_id) != (row.counted_milli, row.member_id):
        silent = plan is not None and plan.imported
        look_again(conn, store.id, (owner.member_id, row.member_id), silent=silent)
    values |= {
        "counted_milli": counted,
        "number": snapshot.number,
        "status": snapshot.status,
        "total_milli": total_milli(snapshot),
        "shipping_milli": shipping_milli(snapshot),
        "updated_at": snapshot.updated_at,
        "snapshot_hash": digest,
        "member_id": owner.member_id,
        "withheld": owner.withheld,
        "owner_changes": owner.changes,
        "paid_at": paid_at,
        "fulfilled_at": fulfilled,
        "open": is_open(snapshot) or deferred,
        "deferred": deferred,
        "gone_at": None,
    }
    repository.book_look(conn, row.id, values)
    watched = plan is not None and not plan.imported and row.fulfilled_at is None
    if watched and paid_at is not None and not owner.withheld and has_news(snapshot, fulfilled):
        watch_order(conn, store, owner.member_id, snapshot, paid_at, fulfilled, now=now)
    first = plan is not None and not plan.imported and not known and any(posted.values())
    if first and snapshot.user is None and snapshot.user_email:
        mail_after_order(conn, store, snapshot.id, snapshot.user_email, keys=keys, now=now)
    return Outcome(snapshot.id, Verdict.book, owner.member_id, posted, owner.withheld, deferred)


def _earliest(first: datetime | None, second: datetime | None) -> datetime | None:
    if first is None or second is None:
        return first or second
    return min(first, second)
