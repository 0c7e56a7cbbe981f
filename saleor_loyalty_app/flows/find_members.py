"""Members as staff look for them: by what they typed, by filters, page by page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.models import Balance, Lot
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.models import MemberIdentity, MemberNote
from saleor_loyalty_app.members.repository import identities, members
from saleor_loyalty_app.members.search_terms import SearchTerms
from saleor_loyalty_app.orders.repository import states as orders

UNIT = "points"
#: The widest window of "expiring soon", in days.
LONGEST_WINDOW = 366
_balances, _lots, _notes = table(Balance), table(Lot), table(MemberNote)
_identity_columns = table(MemberIdentity).c


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members are wanted; None = whether or not.

    Attributes:
        state: a state of a member; merged members are never found by themselves.
        blocked: something of them is blocked.
        in_debt: they owe points.
        least, most: bounds of what they have and may spend some day, pending included.
        expiring_days: something of theirs expires within so many days.
        joined_since: when they first joined.
        to_do_by: a note about them is due by then.
        user_id: Saleor's id of their account, also of one that was merged.
    """

    state: str | None = None
    blocked: bool | None = None
    in_debt: bool | None = None
    least: int | None = None
    most: int | None = None
    expiring_days: int | None = None
    joined_since: datetime | None = None
    to_do_by: date | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class FoundMember:
    """A member in a list. What they have is that of the books: what is due to expire counts until
    it is booked."""

    id: int
    user_id: str | None
    state: str
    spending_blocked: bool
    earning_blocked: bool
    codes_blocked: bool
    first_enrolled_at: datetime | None
    created_at: datetime
    email: str
    first_name: str
    last_name: str
    points: int
    held: int
    debt: int


_COLUMNS = (
    members.c.id,
    members.c.user_id,
    members.c.state,
    members.c.spending_blocked,
    members.c.earning_blocked,
    members.c.codes_blocked,
    members.c.first_enrolled_at,
    members.c.created_at,
    sa.func.coalesce(_identity_columns.email, ""),
    sa.func.coalesce(_identity_columns.first_name, ""),
    sa.func.coalesce(_identity_columns.last_name, ""),
    sa.func.coalesce(_balances.c.lots, 0),
    sa.func.coalesce(_balances.c.held, 0),
    sa.func.coalesce(_balances.c.debt, 0),
)


def find_members(
    conn: Connection,
    store_id: int,
    wanted: MemberFilter,
    terms: SearchTerms | None,
    *,
    keys: EmailKeys,
    first: int,
    before: int | None,
    now: datetime,
) -> list[FoundMember]:
    """At most `first` members with numbers below `before`, the newest first.

    Args:
        terms: what was searched for; None = nothing.
    """
    query: sa.Select[*tuple[Any, ...]] = (
        sa.select(*_COLUMNS)
        .select_from(
            members.outerjoin(identities, identities.c.member_id == members.c.id).outerjoin(
                _balances,
                sa.and_(_balances.c.member_id == members.c.id, _balances.c.unit == UNIT),
            )
        )
        .where(
            members.c.store_id == store_id,
            members.c.merged_into.is_(None),
            *_conditions(store_id, wanted, now),
        )
        .order_by(members.c.id.desc())
        .limit(first)
    )
    if before is not None:
        query = query.where(members.c.id < before)
    if terms is not None:
        query = query.where(members.c.id.in_(_found_by(conn, store_id, terms, keys)))
    return [FoundMember(*row) for row in conn.execute(query)]


def _conditions(store_id: int, wanted: MemberFilter, now: datetime) -> list[sa.ColumnElement[bool]]:
    row, conditions = members.c, []
    if wanted.state is not None:
        conditions.append(row.state == wanted.state)
    if wanted.blocked is not None:
        some = sa.or_(
            row.spending_blocked, row.earning_blocked, row.codes_blocked, row.state == "blocked"
        )
        conditions.append(some if wanted.blocked else sa.not_(some))
    if wanted.in_debt is not None:
        debt = sa.func.coalesce(_balances.c.debt, 0)
        conditions.append(debt > 0 if wanted.in_debt else debt == 0)
    points = sa.func.coalesce(_balances.c.lots, 0)
    if wanted.least is not None:
        conditions.append(points >= wanted.least)
    if wanted.most is not None:
        conditions.append(points <= wanted.most)
    if wanted.joined_since is not None:
        conditions.append(row.first_enrolled_at >= wanted.joined_since)
    if wanted.user_id is not None:
        conditions.append(row.id.in_(_survivors(store_id, members.c.user_id == wanted.user_id)))
    if wanted.expiring_days is not None:
        conditions.append(_expiring(now, now + timedelta(days=wanted.expiring_days)))
    if wanted.to_do_by is not None:
        due = sa.select(_notes.c.member_id).where(
            _notes.c.store_id == store_id,
            _notes.c.done_at.is_(None),
            _notes.c.due_on <= wanted.to_do_by.isoformat(),
        )
        conditions.append(row.id.in_(due))
    return conditions


def _expiring(now: datetime, until: datetime) -> sa.ColumnElement[bool]:
    """The member's balance is asked first: it knows before when nothing of it is due."""
    lot = (
        sa.select(_lots.c.id)
        .where(
            _lots.c.member_id == members.c.id,
            _lots.c.unit == UNIT,
            _lots.c.closed.is_(False),
            _lots.c.remaining > 0,
            _lots.c.expires_at <= until,
        )
        .correlate(members)
        .exists()
    )
    return sa.and_(_balances.c.next_expiry <= until, lot)


def _found_by(
    conn: Connection, store_id: int, terms: SearchTerms, keys: EmailKeys
) -> sa.sql.expression.CompoundSelect[Any] | sa.Select[Any]:
    """The ids of members that what was typed may stand for; of merged ones, of whom they became.

    Each meaning is a search of its own in an index.
    """
    member, identity = members.c, identities.c
    found: list[sa.Select[Any]] = []
    if terms.member is not None:
        found.append(_survivors(store_id, member.id == terms.member))
    if terms.user_id:
        found.append(_survivors(store_id, member.user_id == terms.user_id))
    if terms.email:
        by_key = keys.every(store_id, terms.email)
        found.append(_survivors(store_id, member.guest_key.in_(by_key)))
        found.append(_of_identities(store_id, identity.email_key.in_(by_key)))
    if terms.address_hash:
        found.append(_of_identities(store_id, identity.email_sha256 == terms.address_hash))
    for column, start in (
        (identity.email, terms.email_start),
        (identity.name_key, terms.name),
        (identity.surname_key, terms.name),
    ):
        if start:
            found.append(_of_identities(store_id, starts_with(conn, column, start)))
    for column, value in ((orders.c.order_id, terms.order_id), (orders.c.number, terms.order)):
        if value:
            of_order = sa.select(orders.c.member_id).where(
                orders.c.store_id == store_id, column == value
            )
            found.append(_survivors(store_id, member.id.in_(of_order)))
    if not found:
        return sa.select(sa.null()).where(sa.false())
    return sa.union(*found)


def starts_with(
    conn: Connection, column: sa.ColumnElement[str], start: str
) -> sa.ColumnElement[bool]:
    """Whether a column begins so, in the form for which each database uses an index."""
    if conn.dialect.name == "sqlite":
        return sa.and_(column >= start, column < start + "\U0010ffff")
    escaped = start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return column.like(f"{escaped}%", escape="\\")


def _survivors(store_id: int, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    row = members.c
    return sa.select(sa.func.coalesce(row.merged_into, row.id)).where(
        row.store_id == store_id, condition
    )


def _of_identities(store_id: int, condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    known = identities.c
    joined = identities.join(members, members.c.id == known.member_id)
    survivor = sa.func.coalesce(members.c.merged_into, members.c.id)
    return sa.select(survivor).select_from(joined).where(known.store_id == store_id, condition)
