"""By which channels a message goes, and which partners are told the same.

Guests are known by no address: only what carries one, sealed, is written to them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.messages import (
    deliveries,
    mirror_rows,
    outbox,
    partner_deliveries,
    partner_webhooks,
)
from saleor_loyalty_app.messages.deliveries import Wanted
from saleor_loyalty_app.messages.kinds import Kind, KindSpec, spec
from saleor_loyalty_app.messages.setup import MailSetup, setup_of
from saleor_loyalty_app.stores.refs import StoreRef

#: Messages of a store that are planned in one transaction.
PAGE = 100
_member = table(Member)
#: What partners are told of a message: figures and references, nothing that opens anything.
_SHARED = (
    "points",
    "order",
    "amount",
    "currency",
    "redemption",
    "reward_id",
    "why",
    "available_from",
    "blocked",
)


def plan_messages(conn: Connection, store: StoreRef, *, now: datetime) -> bool:
    """Plans a page of a store's outbox; gives whether more is waiting."""
    waiting = outbox.waiting(conn, store.id, limit=PAGE)
    if not waiting:
        return False
    setup = setup_of(conn, store.id).setup
    listening = partner_webhooks.webhooks(conn, store.id)
    users = _users(conn, store.id, {row.member_id for row in waiting})
    if setup.mirror != "off":
        mirror_rows.mark(conn, store.id, users, now)
    for message in waiting:
        known = spec(message.kind)
        wanted: Sequence[Wanted] = []
        reachable = users.get(message.member_id) is not None
        if known is not None and (reachable or known.to_guests):
            wanted = channels_of(Kind(message.kind), known, setup)
        deliveries.plan(conn, message, wanted, now=now)
        if known is not None and known.event and now - message.created_at <= known.stale_after:
            partner_deliveries.publish(
                conn,
                store.id,
                listening,
                known.event,
                _shared(message, users.get(message.member_id)),
                happened_at=message.created_at,
                now=now,
                event_id=f"msg_{store.id}_{message.id}",
            )
    return len(waiting) == PAGE


def channels_of(kind: Kind, known: KindSpec, setup: MailSetup) -> Sequence[Wanted]:
    """The channels of a kind by a store's settings. Pure."""
    if not known.mailed:
        return []
    why = "switched_off" if kind in setup.switched_off and known.optional else ""
    wanted = [Wanted(Channel.email.value, why=why)]
    if kind is Kind.email_changed:
        wanted.append(Wanted(Channel.email.value, deliveries.PREVIOUS))
    if setup.sms is not None and kind in setup.sms.kinds:
        wanted.append(Wanted(Channel.sms.value, why=why))
    return wanted


def _shared(message: sa.Row[Any], user_id: str | None) -> Mapping[str, Any]:
    data = {name: message.data[name] for name in _SHARED if name in message.data}
    return {"member": {"id": message.member_id, "user_id": user_id}, **data}


def _users(conn: Connection, store_id: int, member_ids: set[int]) -> dict[int, str | None]:
    rows = conn.execute(
        sa.select(_member.c.id, _member.c.user_id).where(
            _member.c.store_id == store_id, _member.c.id.in_(member_ids)
        )
    )
    return {row.id: row.user_id for row in rows}
