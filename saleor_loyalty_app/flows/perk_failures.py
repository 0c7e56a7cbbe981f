"""Saleor refused the code of a reward that a rule gave: nothing was given."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.known_member import lock_members
from saleor_loyalty_app.flows.perk_problems import NAMED, plain, tell_not_given
from saleor_loyalty_app.flows.perk_work import surviving_id
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs import cap_uses, perk_rows
from saleor_loyalty_app.programs.deed_awards import cap_source
from saleor_loyalty_app.programs.perk_rows import GIVEN, REFUSED
from saleor_loyalty_app.programs.perks import IssueReward
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef

_ORDER = "order:"
_O = table(OrderState).c


def note_failed(
    conn: Connection, store: StoreRef, redemption: RedemptionRef, *, now: datetime
) -> None:
    """What was not given counts for no cap, and the owner is told.

    The caller holds the redemption.
    """
    lock_members(conn, store, [surviving_id(conn, store, redemption.member_id)])
    row_id = redemption.request_key.removeprefix("perk:").partition(":")[0]
    row = perk_rows.by_id(conn, store.id, int(row_id)) if row_id.isdecimal() else None
    if row is None or row.state != GIVEN or row.detail.get(NAMED) != redemption.public_id:
        return
    reason = dict(redemption.reason or {})
    code = str(reason.pop("code", redemption.state))
    detail = {**row.detail, "code": code, "detail": reason}
    perk_rows.change(conn, row.id, now=now, state=REFUSED, detail=detail)
    cap_uses.give_back(conn, store.id, cap_source(conn, store.id, row.source), row.rule_id)
    revision = revision_at(conn, store.id, now)
    tell_not_given(
        conn,
        store,
        None if revision is None else revision.program,
        row.rule_id,
        IssueReward(type="issue_reward", reward=str((redemption.terms or {})["reward"])),
        _number(conn, store, row.source),
        Words(f"error.{code}", plain(reason)),
        now,
    )


def _number(conn: Connection, store: StoreRef, source: str) -> str:
    """Of an order; "" = it is a deed."""
    query = sa.select(_O.number).where(
        _O.store_id == store.id, _O.order_id == source.removeprefix(_ORDER)
    )
    return conn.execute(query).scalar_one_or_none() or ""
