"""Codes that everybody types: which they are, who has used theirs, and which are used up.

Saleor gives no use of a code back, so an order counts also when nothing of it is kept. Never
commits.
"""

from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns.codes import COLUMNS, SHARED, CodeRow
from saleor_loyalty_app.campaigns.models import Campaign, CampaignCode, CampaignUse
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.terms import Codes, read_terms
from saleor_loyalty_app.db.tables import table

_C, _K, _U = table(Campaign), table(CampaignCode), table(CampaignUse)


def shared_of(conn: Connection, store_id: int, campaign_id: int) -> CodeRow | None:
    """The shared code of a campaign."""
    return shared_of_each(conn, store_id, [campaign_id]).get(campaign_id)


def shared_of_each(
    conn: Connection, store_id: int, campaign_ids: Collection[int]
) -> dict[int, CodeRow]:
    """The shared codes of those campaigns that have one, by the campaigns' ids."""
    if not campaign_ids:
        return {}
    rows = conn.execute(
        sa.select(*COLUMNS).where(
            _K.c.store_id == store_id,
            _K.c.issue_key == SHARED,
            _K.c.campaign_id.in_(sorted(campaign_ids)),
        )
    )
    return {row.campaign_id: CodeRow(*row) for row in rows}


def once_each(campaigns: Iterable[CampaignRow]) -> list[CampaignRow]:
    """Those with a shared code that is for one order of each customer. Pure."""
    return [one for one in campaigns if _is_once(one.terms.codes)]


def used_up(conn: Connection, store_id: int, campaigns: Iterable[CampaignRow]) -> set[int]:
    """The campaigns whose shared code was used as often as it may be, by whomever."""
    limits = {
        one.id: one.terms.codes.uses
        for one in campaigns
        if one.terms.codes is not None
        and one.terms.codes.sharing == SHARED
        and one.terms.codes.uses is not None
    }
    return _reached(conn, store_id, limits) if limits else set()


def used_by(
    conn: Connection, store_id: int, campaign_ids: Collection[int], member_ids: Collection[int]
) -> set[int]:
    """The campaigns whose shared code is in an order of one of these members."""
    if not campaign_ids:
        return set()
    query = (
        sa.select(_U.c.campaign_id)
        .join_from(_U, _K, _K.c.id == _U.c.code_id)
        .where(
            _U.c.store_id == store_id,
            _U.c.member_id.in_(list(member_ids)),
            _U.c.campaign_id.in_(sorted(campaign_ids)),
            _K.c.issue_key == SHARED,
        )
    )
    return set(conn.execute(query.distinct()).scalars())


def once_used_by(conn: Connection, store_id: int, member_ids: Collection[int]) -> list[str]:
    """The public ids of campaigns that are not over, whose code these members have used for good.

    Codes of which anybody may make any number of orders are not meant.
    """
    query = (
        sa.select(_C.c.public_id, _C.c.terms)
        .join_from(_C, _K, _K.c.campaign_id == _C.c.id)
        .where(
            _C.c.store_id == store_id,
            _C.c.state.in_(("scheduled", "running")),
            _K.c.issue_key == SHARED,
            _K.c.id.in_(sa.select(_U.c.code_id).where(_U.c.member_id.in_(list(member_ids)))),
        )
    )
    found = conn.execute(query).all()
    return sorted(row.public_id for row in found if _is_once(read_terms(row.terms).codes))


def _is_once(codes: Codes | None) -> bool:
    return codes is not None and codes.sharing == SHARED and codes.once_per_customer


def _reached(conn: Connection, store_id: int, limits: Mapping[int, int]) -> set[int]:
    reached = [
        sa.and_(
            _K.c.campaign_id == campaign_id,
            sa.select(_U.c.id)
            .where(_U.c.code_id == _K.c.id)
            .correlate(_K)
            .offset(number - 1)
            .limit(1)
            .exists(),
        )
        for campaign_id, number in limits.items()
    ]
    query = sa.select(_K.c.campaign_id).where(
        _K.c.store_id == store_id, _K.c.issue_key == SHARED, sa.or_(*reached)
    )
    return set(conn.execute(query).scalars())
