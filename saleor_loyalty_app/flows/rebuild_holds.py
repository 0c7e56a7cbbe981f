"""Redemptions that a restored database does not know any more, rebuilt from their vouchers.

What was spent after the backup lives on in Saleor: codes on carts, and orders made with them. The
vouchers say whose points they stand for; so the points are set aside again, and orders and the
driver do the rest as ever.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger, log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.rebuild_perks import lock_order_of, note_perk
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger.errors import InsufficientPoints
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders import refresh, repository
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.rewards import RewardItem
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.rewards import claims, redemptions
from saleor_loyalty_app.rewards.catalog import code_terms
from saleor_loyalty_app.rewards.instruments.voucher import VOUCHER
from saleor_loyalty_app.rewards.lost_redemptions import LostRedemption, redemption_of
from saleor_loyalty_app.saleor.checkout_snapshot import orders_with_code
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

PAGE = 50
UNIT = "points"
#: The key of the problem that the owner is told of.
NOT_REBUILT = "redemptions-not-rebuilt"
#: Points that are set aside again wait at least so long, whatever time it is by now.
LEAST_WAIT = timedelta(minutes=10)


@dataclass(slots=True)
class RebuildReport:
    """What a run did.

    `rebuilt` and `missing` are public ids; the latter could not be rebuilt, as the books know too
    few points or not the member.
    """

    vouchers: int = 0
    rebuilt: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def rebuild_holds(access: StoreAccess, store: StoreRef, *, clock: Clock) -> RebuildReport:
    """Reads all vouchers of spent points, and writes the redemptions that the books do not know.

    Orders that were made with them are due to be read, also where they are booked already. It may
    run again: what is known is left alone.

    Raises:
        SaleorUnavailable and the like: what was rebuilt stays.
    """
    report = RebuildReport()
    for node in _vouchers(access, store):
        report.vouchers += 1
        lost = redemption_of(node, clock())
        if lost is not None:
            _rebuild(access, store, lost, clock(), report)
    access.database.write(lambda conn: _tell(conn, store, report, clock()))
    return report


def _vouchers(access: StoreAccess, store: StoreRef) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while True:
        data = access.ask(store, "queries/loyalty_vouchers", {"first": PAGE, "after": after})
        connection = data.get("vouchers")
        if not isinstance(connection, dict):
            raise SaleorQueryError("no vouchers in the answer")
        yield from (edge["node"] for edge in connection["edges"])
        after = connection["pageInfo"]["endCursor"]
        if not connection["pageInfo"]["hasNextPage"] or after is None:
            return


def _rebuild(
    access: StoreAccess, store: StoreRef, lost: LostRedemption, now: datetime, report: RebuildReport
) -> None:
    try:
        made = access.database.write(lambda conn: _set_aside(conn, store, lost, now))
    except (InsufficientPoints, _NotRebuilt):
        report.missing.append(lost.public_id)
        return
    if made:
        report.rebuilt.append(lost.public_id)
        logger.info("redemption_rebuilt", store_id=store.id, redemption=lost.public_id)
    if lost.used and access.database.read(lambda conn: _is_unspent(conn, store, lost)):
        _have_orders_read(access, store, lost, now)


def _is_unspent(conn: Connection, store: StoreRef, lost: LostRedemption) -> bool:
    """Whether no order has spent the points yet; a run before this one may have died meanwhile."""
    found = redemptions.by_public_id(conn, store.id, lost.public_id)
    return found is not None and found.is_live


def _have_orders_read(
    access: StoreAccess, store: StoreRef, lost: LostRedemption, now: datetime
) -> None:
    """The orders that used the code, which may have been booked before it was known."""
    checkouts = [] if lost.checkout_id is None else [lost.checkout_id]
    data = access.ask(
        store,
        "queries/orders_with_code",
        {"checkouts": checkouts, "ofCheckouts": bool(checkouts), "code": lost.code},
    )
    ids = [order.id for order in orders_with_code(data)]

    def wish(conn: Connection) -> None:
        repository.forget_looks(conn, store.id, ids)
        refresh.wish_refresh(conn, store.id, ids, due_at=now, now=now)

    access.database.write(wish)


class _NotRebuilt(Exception):
    """The books have no such member, or something else has its place."""


def _set_aside(conn: Connection, store: StoreRef, lost: LostRedemption, now: datetime) -> bool:
    """Sets the points aside and writes the redemption; False where it is known.

    Where the books have another one on its checkout, which ended after the backup, it is written
    as a code that was handed out: orders find it by the code, and news of the checkout bind it.
    """
    if redemptions.by_public_id(conn, store.id, lost.public_id) is not None:
        return False
    lock_order_of(conn, store, lost)
    member = member_by_user(conn, store.id, lost.user_id, lock=True)
    if member is None:
        raise _NotRebuilt
    checkout = lost.checkout_id
    others = redemptions.on_checkout(conn, store.id, checkout) if checkout else []
    if live := [one.id for one in others if one.is_live]:
        checkout = None
        redemptions.wake(conn, store.id, live, now)
    deadline = max(lost.deadline, now + LEAST_WAIT)
    hold_id = _hold(conn, Account(store.id, member.id, UNIT), lost, deadline, now)
    item = _reward(conn, store, lost, now)
    bound = checkout is not None or lost.draft_id is not None
    written = redemptions.insert(
        conn,
        {
            "store_id": store.id,
            "public_id": lost.public_id,
            "member_id": member.id,
            "user_id": lost.user_id,
            "instrument": VOUCHER,
            "unit": UNIT,
            "points": lost.points,
            "amount": plain(lost.amount),
            "terms": _terms(item, lost),
            "channel": lost.channel,
            "currency": lost.currency,
            "checkout_id": checkout,
            "order_id": lost.draft_id,
            "request_key": f"restored:{lost.public_id}",
            "request_hash": "",
            "actor": "app",
            "state": "attached" if bound else "issued",
            "ending": "",
            "hold_id": hold_id,
            "restored": 0,
            "restorings": 0,
            "code": lost.code,
            "voucher_id": lost.voucher_id,
            "deadline": deadline,
            "due_at": now,
            "fence": 0,
            "attempts": 0,
            "created_at": now,
            "issued_at": now,
        },
    )
    if written is None:
        raise _NotRebuilt
    if item is not None:
        claims.add(conn, store.id, written.id, member.id, item, state="", now=now)
        claims.draw_stock(conn, store.id, item.id, None)
    if lost.perk:
        note_perk(conn, store, lost, written, now=now)
    return True


def _hold(
    conn: Connection, account: Account, lost: LostRedemption, deadline: datetime, now: datetime
) -> int | None:
    """Sets the points aside; None where the reward was given for nothing."""
    if not lost.points:
        return None
    hold = ledger.place_hold(
        conn,
        account,
        lost.points,
        key=f"redemption:{lost.public_id}",
        source=f"redemption:{lost.public_id}",
        deadline=deadline,
        now=now,
    )
    return hold.hold_id


def _reward(
    conn: Connection, store: StoreRef, lost: LostRedemption, now: datetime
) -> RewardItem | None:
    """The reward behind a voucher, as the program in force has it."""
    revision = revision_at(conn, store.id, now)
    section = None if revision is None else revision.program.rewards
    return None if section is None or not lost.reward else section.item(lost.reward)


def _terms(item: RewardItem | None, lost: LostRedemption) -> dict[str, Any] | None:
    """What it was made with, as far as the program in force knows it; its voucher stands already,
    and is not made again.
    """
    if not lost.reward:
        return None
    given = {"perk": lost.perk} if lost.perk else {}
    if item is None:
        return {"reward": lost.reward, "kind": "amount", **given}
    return {**code_terms(item, item.in_channel(lost.channel, lost.currency)), **given}


def _tell(conn: Connection, store: StoreRef, report: RebuildReport, now: datetime) -> None:
    if not report.missing:
        resolve_problem(conn, store.id, NOT_REBUILT, now)
        return
    words = Words(
        "problem.redemptions_not_rebuilt",
        {"count": len(report.missing), "redemptions": ", ".join(report.missing[:5])},
    )
    report_words(conn, store, NOT_REBUILT, words, now)
