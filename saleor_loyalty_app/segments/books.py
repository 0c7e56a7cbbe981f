"""What the rules of segments look at, read for many members in one statement of each kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import (
    ChannelConsent,
    Member,
    MemberIdentity,
    MemberPreference,
)
from saleor_loyalty_app.orders.models import OrderCategory, OrderState
from saleor_loyalty_app.orders.spent import COUNTED, COUNTS
from saleor_loyalty_app.programs.segment_match import Facts, Fifths, Measure, Needs
from saleor_loyalty_app.segments.repository import Whom, of_store
from saleor_loyalty_app.segments.tagged import tags_of
from saleor_loyalty_app.tiers.models import MemberTier

_members, _identities, _preferences = table(Member), table(MemberIdentity), table(MemberPreference)
_tiers, _consents = table(MemberTier), table(ChannelConsent)
_orders, _categories = table(OrderState), table(OrderCategory)
_M, _O, _C, _G = _members.c, _orders.c, _consents.c, _categories.c


@dataclass(frozen=True, slots=True)
class Day:
    """The day on which members are looked at, in the store's time zone."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The date."""
        return self.now.astimezone(self.zone).date()

    def start(self, days: int) -> datetime | None:
        """When a window of so many days until today begins; None for one without an end."""
        if not days:
            return None
        return datetime.combine(self.today - timedelta(days=days), time(), tzinfo=self.zone)

    def on(self, at: datetime) -> date:
        """The date of a moment."""
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of whom it is asked: whether they take part, and what is known of them."""

    state: str
    hold_out: bool
    facts: Facts


def people(
    conn: Connection, store_id: int, whom: Whom, needs: Needs, day: Day, fifths: Fifths
) -> dict[int, Person]:
    """What is known of members who are somebody of their own, by their ids.

    The tier in the facts is the one that is noted; whether it is in force the program tells.
    """
    bought = _bought(conn, store_id, whom, needs, day)
    spent = _by_category(conn, store_id, whom, needs, day)
    countries = countries_of(conn, store_id, whom) if needs.country else {}
    agreed = _agreed(conn, store_id, whom) if needs.consents else {}
    tags = tags_of(conn, store_id, whom) if needs.tags else {}
    found = {}
    for row in conn.execute(_who(store_id, whom)):
        sums, last = bought.get(row.id, ({}, None))
        facts = Facts(
            day.today,
            day.on(row.since),
            tier=row.tier or "",
            language=row.chosen or row.language or "",
            country=countries.get(row.id, ""),
            consents=agreed.get(row.id, frozenset()),
            last_order=last,
            last_order_days=None if last is None else max(0, (day.today - day.on(last)).days),
            sums=sums | spent[row.id] if row.id in spent else sums,
            fifths=fifths,
            tags=tags.get(row.id, frozenset()),
        )
        found[row.id] = Person(row.state, row.hold_out, facts)
    return found


def sum_of(measure: Measure, day: Day) -> Any:
    """The column that counts a measure."""
    conditions = []
    start = day.start(measure.days)
    if start is not None:
        conditions.append(_O.paid_at >= start)
    if measure.currency:
        conditions.append(_O.currency == measure.currency)
    if measure.kind == "category":
        conditions.append(_G.category == measure.category)
    value: Any = {"orders": sa.literal(1), "spend": COUNTED, "category": _G.counted_milli}[
        measure.kind
    ]
    counted = sa.case((sa.and_(*conditions), value), else_=0) if conditions else value
    return sa.cast(sa.func.sum(counted), sa.BigInteger)


def _who(store_id: int, whom: Whom) -> sa.Select[Any]:
    joined = (
        _members.outerjoin(_identities, _identities.c.member_id == _M.id)
        .outerjoin(_preferences, _preferences.c.member_id == _M.id)
        .outerjoin(_tiers, _tiers.c.member_id == _M.id)
    )
    return (
        sa.select(
            _M.id,
            _M.state,
            _M.hold_out,
            sa.func.coalesce(_M.first_enrolled_at, _M.created_at).label("since"),
            _identities.c.language.label("language"),
            _preferences.c.language.label("chosen"),
            _tiers.c.tier.label("tier"),
        )
        .select_from(joined)
        .where(_M.store_id == store_id, whom(_M.id), _M.merged_into.is_(None))
    )


def _bought(
    conn: Connection, store_id: int, whom: Whom, needs: Needs, day: Day
) -> dict[int, tuple[dict[Measure, int], datetime | None]]:
    measures = sorted(one for one in needs.measures if one.kind != "category")
    if not measures and not needs.last_order:
        return {}
    query = (
        sa.select(
            _O.member_id,
            sa.func.max(_O.paid_at),
            *(sum_of(measure, day) for measure in measures),
        )
        .where(of_store(_O.store_id, store_id), whom(_O.member_id), COUNTS)
        .group_by(_O.member_id)
    )
    return {row[0]: (_counts(measures, row[2:]), row[1]) for row in conn.execute(query)}


def _by_category(
    conn: Connection, store_id: int, whom: Whom, needs: Needs, day: Day
) -> dict[int, dict[Measure, int]]:
    measures = sorted(one for one in needs.measures if one.kind == "category")
    if not measures:
        return {}
    slugs = sorted({measure.category for measure in measures})
    query = (
        sa.select(_O.member_id, *(sum_of(measure, day) for measure in measures))
        .select_from(_orders.join(_categories, _G.order_state_id == _O.id))
        .where(of_store(_O.store_id, store_id), whom(_O.member_id), COUNTS, _G.category.in_(slugs))
        .group_by(_O.member_id)
    )
    return {row[0]: _counts(measures, row[1:]) for row in conn.execute(query)}


def _counts(measures: Sequence[Measure], values: Sequence[Any]) -> dict[Measure, int]:
    return {measure: int(value or 0) for measure, value in zip(measures, values, strict=True)}


def countries_of(conn: Connection, store_id: int, whom: Whom) -> dict[int, str]:
    """Where the last paid order of each member went to; nothing of who has none that tells."""
    newest = (
        sa.func.row_number()
        .over(partition_by=_O.member_id, order_by=(_O.paid_at.desc(), _O.id.desc()))
        .label("place")
    )
    ranked = (
        sa.select(_O.member_id, _O.country, newest)
        .where(
            of_store(_O.store_id, store_id),
            whom(_O.member_id),
            _O.paid_at.is_not(None),
            _O.country != "",
        )
        .subquery()
    )
    rows = conn.execute(sa.select(ranked.c.member_id, ranked.c.country).where(ranked.c.place == 1))
    return {row.member_id: row.country for row in rows}


def _agreed(conn: Connection, store_id: int, whom: Whom) -> dict[int, frozenset[str]]:
    """The channels that members agreed to: the newest row of each says."""
    newest = (
        sa.select(sa.func.max(_C.id))
        .where(_C.store_id == store_id, whom(_C.member_id))
        .group_by(_C.member_id, _C.channel)
    )
    rows = conn.execute(
        sa.select(_C.member_id, _C.channel).where(_C.id.in_(newest), _C.granted.is_(True))
    )
    found: dict[int, set[str]] = {}
    for member_id, channel in rows:
        found.setdefault(member_id, set()).add(channel)
    return {member_id: frozenset(channels) for member_id, channels in found.items()}
