"""What campaigns cost, and what their budgets say to it.

Whoever writes holds the campaign's row, so that two orders at once never draw the same rest.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.campaigns.models import Campaign, CampaignSpent, CampaignUse
from saleor_loyalty_app.campaigns.terms import Budget
from saleor_loyalty_app.db.tables import table

_C, _S, _U = table(Campaign), table(CampaignSpent), table(CampaignUse)
Level = Literal["within", "warn", "reached"]
MILLI = 1000


@dataclass(frozen=True, slots=True)
class Spent:
    """What a campaign took: whole points, and thousandths of money by currency."""

    points: int = 0
    money: Mapping[str, int] = field(default_factory=dict)

    def amount(self, currency: str) -> Decimal:
        """Money of a currency in its major unit."""
        return Decimal(self.money.get(currency, 0)) / MILLI


@dataclass(frozen=True, slots=True)
class Use:
    """What a campaign did to one order, as a look at it found."""

    code_id: int | None = None
    money_milli: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class OfOrder:
    """The order behind uses."""

    order_id: str
    number: str
    member_id: int | None
    currency: str
    ordered_at: datetime


def level(budget: Budget | None, spent: Spent) -> Level:
    """How far a budget is used. Pure: the fullest of its parts decides."""
    used = share_used(budget, spent)
    if budget is None or used * 100 < budget.warn_percent:
        return "within"
    return "reached" if used >= 1 else "warn"


def share_used(budget: Budget | None, spent: Spent) -> Fraction:
    """Which share of a budget is used; above 1 where orders under way overshot it. Pure."""
    if budget is None:
        return Fraction(0)
    shares = [
        Fraction(spent.money.get(currency, 0)) / (Fraction(limit) * MILLI)
        for currency, limit in budget.money.items()
    ]
    if budget.points is not None:
        shares.append(Fraction(spent.points, budget.points))
    return max(shares, default=Fraction(0))


def overshot(budget: Budget | None, spent: Spent) -> dict[str, Decimal]:
    """By how much money orders under way went beyond a budget, by currency. Pure."""
    if budget is None:
        return {}
    return {
        currency: spent.amount(currency) - limit
        for currency, limit in budget.money.items()
        if spent.amount(currency) > limit
    }


def spent_of(conn: Connection, campaign_ids: list[int]) -> dict[int, Spent]:
    """What campaigns took so far."""
    money: dict[int, dict[str, int]] = {one: {} for one in campaign_ids}
    rows = conn.execute(
        sa.select(_S.c.campaign_id, _S.c.currency, _S.c.money_milli).where(
            _S.c.campaign_id.in_(campaign_ids)
        )
    )
    for row in rows:
        money[row.campaign_id][row.currency] = row.money_milli
    points = conn.execute(sa.select(_C.c.id, _C.c.spent_points).where(_C.c.id.in_(campaign_ids)))
    return {row.id: Spent(row.spent_points, money[row.id]) for row in points}


def uses_of_order(conn: Connection, store_id: int, order_id: str) -> dict[int, Use]:
    """What campaigns did to an order at the look before, by campaign."""
    query = sa.select(_U.c.campaign_id, _U.c.code_id, _U.c.money_milli, _U.c.points).where(
        _U.c.store_id == store_id, _U.c.order_id == order_id
    )
    return {
        row.campaign_id: Use(row.code_id, row.money_milli, row.points)
        for row in conn.execute(query)
    }


def campaigns_of(conn: Connection, store_id: int, order_ids: Collection[str]) -> set[int]:
    """The campaigns that did something to any of some orders, by their ids."""
    query = sa.select(_U.c.campaign_id).where(
        _U.c.store_id == store_id, _U.c.order_id.in_(list(order_ids))
    )
    return set(conn.execute(query.distinct()).scalars())


def set_use(
    conn: Connection,
    store_id: int,
    campaign_id: int,
    order: OfOrder,
    before: Use | None,
    use: Use,
    *,
    late: bool,
) -> None:
    """Sets what a campaign does to an order now; totals follow by the difference."""
    if before == use:
        return
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    changing: dict[str, Any] = {
        "code_id": use.code_id,
        "member_id": order.member_id,
        "money_milli": use.money_milli,
        "points": use.points,
    }
    conn.execute(
        make(_U)
        .values(
            store_id=store_id,
            campaign_id=campaign_id,
            order_id=order.order_id,
            number=order.number,
            currency=order.currency,
            late=late,
            ordered_at=order.ordered_at,
            **changing,
        )
        .on_conflict_do_update(index_elements=["campaign_id", "order_id"], set_=changing)
    )
    known = before or Use()
    if use.points != known.points:
        conn.execute(
            sa.update(_C)
            .where(_C.c.id == campaign_id)
            .values(spent_points=_C.c.spent_points + (use.points - known.points))
        )
    if use.money_milli != known.money_milli:
        _add_money(conn, campaign_id, order.currency, use.money_milli - known.money_milli)


def _add_money(conn: Connection, campaign_id: int, currency: str, difference: int) -> None:
    """The row is made empty first: a difference below zero is none to insert."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(
        make(_S)
        .values(campaign_id=campaign_id, currency=currency, money_milli=0)
        .on_conflict_do_nothing(index_elements=["campaign_id", "currency"])
    )
    conn.execute(
        sa.update(_S)
        .where(_S.c.campaign_id == campaign_id, _S.c.currency == currency)
        .values(money_milli=_S.c.money_milli + difference)
    )


@dataclass(frozen=True, slots=True)
class Numbers:
    """How often a campaign was used: orders, of them late ones, and members."""

    orders: int = 0
    late: int = 0
    members: int = 0


def numbers_of(conn: Connection, campaign_ids: list[int]) -> dict[int, Numbers]:
    """How often campaigns were used; orders of which all went back do not count."""
    query = (
        sa.select(
            _U.c.campaign_id,
            sa.func.count().label("orders"),
            sa.func.sum(sa.case((_U.c.late.is_(sa.true()), 1), else_=0)).label("late"),
            sa.func.count(_U.c.member_id.distinct()).label("members"),
        )
        .where(
            _U.c.campaign_id.in_(campaign_ids),
            sa.or_(_U.c.points > 0, _U.c.money_milli > 0),
        )
        .group_by(_U.c.campaign_id)
    )
    return {
        row.campaign_id: Numbers(row.orders, int(row.late or 0), row.members)
        for row in conn.execute(query)
    }
