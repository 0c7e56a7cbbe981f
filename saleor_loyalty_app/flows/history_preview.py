"""What an import of history would give, without booking anything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.order_owner import STAFF
from saleor_loyalty_app.flows.order_plan import Grant
from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.money import paid_in_full_at
from saleor_loyalty_app.orders.plan import Terms, freeze
from saleor_loyalty_app.orders.repository import planned_orders
from saleor_loyalty_app.orders.target import kept, targets
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef


def preview_page(
    conn: Connection, store: StoreRef, snapshots: Sequence[OrderSnapshot], grant: Grant
) -> Counter[str]:
    """Counts what the orders of a page would earn under the grant.

    Only the grant's tally is written. Rules that ask for the number of an order in its customer's
    history are taken as not met, as the history is not there yet.
    """
    counts: Counter[str] = Counter()
    planned = planned_orders(conn, store.id, [one.id for one in snapshots])
    for snapshot in snapshots:
        paid_at = paid_in_full_at(snapshot)
        if snapshot.id in planned or paid_at is None:
            counts["nothing_to_earn"] += 1
            continue
        automatic = grant.revision.program.settings.enrollment == "automatic"
        withheld = why_withheld(conn, store, snapshot, automatic=automatic, at=grant.since)
        if withheld:
            counts[withheld] += 1
            continue
        given = _given(conn, store, snapshot, paid_at, grant)
        counts["counted" if any(given.values()) else "nothing_to_earn"] += 1
        counts.update({f"points:{unit}": points for unit, points in given.items()})
    return counts


def _given(
    conn: Connection, store: StoreRef, snapshot: OrderSnapshot, paid_at: datetime, grant: Grant
) -> Counter[str]:
    program = grant.revision.program
    settings = program.settings
    facts = facts_of(snapshot, settings, app_id=store.app_id, paid_at=paid_at)
    decision = decide_order(program, facts, store.timezone)
    plan = freeze(
        snapshot,
        Terms.of(settings),
        line_awards=decision.line_awards,
        order_awards=decision.order_awards,
        misses=decision.misses,
        expires_from=max(paid_at, grant.since),
    )
    limited = grant.limited(conn, replace(plan, imported=True), snapshot)
    given: Counter[str] = Counter()
    for (unit, _), points in targets(limited, kept(snapshot)).items():
        given[unit] += points
    return given


def why_withheld(
    conn: Connection, store: StoreRef, snapshot: OrderSnapshot, *, automatic: bool, at: datetime
) -> str:
    """Why the order's customer would earn nothing, as a stable word; "" = they would."""
    user = snapshot.user
    if user is None:
        if not snapshot.user_email:
            return "no_customer"
        return "" if automatic else "not_enrolled"
    if user.is_staff:
        return STAFF
    member = member_by_user(conn, store.id, user.id)
    if member is None:
        return "" if automatic else "not_enrolled"
    return why_not_earning(member, automatic=automatic, at=at)
