"""Totals that are kept so that nobody has to add up are added up anew, where an audit found them
wrong. Whoever draws from one holds its row, and so does whoever mends it.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.campaigns.models import Campaign, CampaignSpent, CampaignUse
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_sides import total
from saleor_loyalty_app.flows.audit_sums import sum_drifts
from saleor_loyalty_app.flows.audit_words import MENDABLE
from saleor_loyalty_app.ledger.auditing import Drift
from saleor_loyalty_app.rewards.models import RewardClaim, RewardStock
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

_campaigns, _spent, _uses = table(Campaign), table(CampaignSpent), table(CampaignUse)
_stock, _claims = table(RewardStock), table(RewardClaim)
_log = log.get(__name__)


def mend_counters(database: Database, store: StoreRef, *, actor: str, now: datetime) -> list[Drift]:
    """Sets the totals of a store that are wrong to what their rows add up to; gives these.

    Only sums of rows that are themselves right are mended: budgets of campaigns and stock of
    rewards. Nothing else is touched, and the books never.
    """
    drifts = database.read(
        lambda conn: [one for one in sum_drifts(conn, store.id) if one.check in MENDABLE],
        snapshot=True,
    )
    for drift in drifts:

        def write(conn: Connection, drift: Drift = drift) -> None:
            _mend(conn, store, drift)
            staff_actions.note(
                conn,
                store.id,
                actor=actor,
                kind="counter_mended",
                subject=drift.check,
                before={"about": drift.about, "count": drift.found},
                after={"about": drift.about, "count": drift.expected},
                now=now,
            )

        database.write(write)
        _log.warning("counter_mended", store_id=store.id, kind=drift.check)
    return drifts


def _mend(conn: Connection, store: StoreRef, drift: Drift) -> None:
    if drift.check == "reward_stock":
        _count_stock(conn, store.id, drift.about)
    elif drift.subject is not None:
        _add_up_campaign(conn, store.id, drift.subject, drift.unit)


def _count_stock(conn: Connection, store_id: int, reward_id: str) -> None:
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    new = make(_stock).values(store_id=store_id, reward_id=reward_id, drawn=0)
    conn.execute(new.on_conflict_do_nothing())
    mine = _stock.c.store_id == store_id, _stock.c.reward_id == reward_id
    conn.execute(sa.select(_stock.c.drawn).where(*mine).with_for_update())
    taken = sa.select(sa.func.count()).where(
        _claims.c.store_id == store_id,
        _claims.c.reward_id == reward_id,
        _claims.c.returned_at.is_(None),
    )
    drawn = conn.execute(taken).scalar_one()
    conn.execute(sa.update(_stock).where(*mine).values(drawn=drawn))


def _add_up_campaign(conn: Connection, store_id: int, campaign_id: int, unit: str) -> None:
    """`unit`: "points", or the currency of the money."""
    mine = _campaigns.c.store_id == store_id, _campaigns.c.id == campaign_id
    conn.execute(sa.select(_campaigns.c.id).where(*mine).with_for_update())
    used = sa.and_(_uses.c.store_id == store_id, _uses.c.campaign_id == campaign_id)
    if unit == "points":
        points = conn.execute(sa.select(total(_uses.c.points)).where(used)).scalar_one()
        conn.execute(sa.update(_campaigns).where(*mine).values(spent_points=points))
        return
    of_currency = sa.select(total(_uses.c.money_milli)).where(used, _uses.c.currency == unit)
    money = conn.execute(of_currency).scalar_one()
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        make(_spent)
        .values(campaign_id=campaign_id, currency=unit, money_milli=money)
        .on_conflict_do_update(
            index_elements=["campaign_id", "currency"], set_={"money_milli": money}
        )
    )
