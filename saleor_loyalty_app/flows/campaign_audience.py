"""Who is in the audience of a campaign: members as they are now, read in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.members.refs import Newcomer
from saleor_loyalty_app.programs.boosts import Audience, outside
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.segments.standing import segments_in_force
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.models import MemberTier
from saleor_loyalty_app.tiers.newcomers import tier_of_newcomer
from saleor_loyalty_app.tiers.standing import counted_tier

_M, _I, _T = table(Member), table(MemberIdentity), table(MemberTier)
#: Why somebody gets nothing of a campaign whatever its audience.
NO_PART, BLOCKED, HOLD_OUT = "no_part", "blocked", "hold_out"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member as campaigns look at them; `why_not` is empty for who is in the audience."""

    member_id: int
    why_not: str


def candidates(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    audience: Audience,
    member_ids: Sequence[int],
) -> list[Candidate]:
    """Whether these members are in an audience; who was merged into another is left out."""
    rows = conn.execute(_members().where(_M.c.store_id == store.id, _M.c.id.in_(list(member_ids))))
    return [_judged(conn, store, program, audience, row) for row in rows]


def why_not_newcomer(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    audience: Audience,
    newcomer: Newcomer,
) -> str:
    """Why a newcomer would be outside of an audience, as a stable word; "" = they are in it."""
    if newcomer.hold_out:
        return HOLD_OUT
    if newcomer.codes_blocked:
        return BLOCKED
    segments = None if program is None else program.segments
    return outside(
        audience,
        tier=tier_of_newcomer(conn, newcomer, program),
        language=newcomer.language,
        segments=segments_in_force(conn, store.id, newcomer.id, segments),
    )


def why_not_in_each(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    audiences: Sequence[Audience],
    member_id: int,
) -> list[str]:
    """Why a member is not in each of some audiences ("" = they are); who they are is read once.

    Who was merged into another takes no part.
    """
    row = conn.execute(
        _members().where(_M.c.store_id == store.id, _M.c.id == member_id)
    ).one_or_none()
    if row is None:
        return [NO_PART] * len(audiences)
    asks = any(one.segments for one in audiences)
    segments = _segments(conn, store, program, row) if asks else frozenset()
    return [_why_not(program, one, row, segments) for one in audiences]


def candidates_after(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    audience: Audience,
    *,
    after: int,
    limit: int,
) -> list[Candidate]:
    """The next members of a store by their ids, and whether they are in an audience."""
    rows = conn.execute(
        _members().where(_M.c.store_id == store.id, _M.c.id > after).limit(limit)
    ).all()
    return [_judged(conn, store, program, audience, row) for row in rows]


def _members() -> sa.Select[Any]:
    return (
        sa.select(
            _M.c.id,
            _M.c.state,
            _M.c.hold_out,
            _M.c.codes_blocked,
            sa.func.coalesce(_I.c.language, "").label("language"),
            _T.c.tier,
        )
        .select_from(
            _M.outerjoin(_I, _I.c.member_id == _M.c.id).outerjoin(_T, _T.c.member_id == _M.c.id)
        )
        .where(_M.c.merged_into.is_(None))
        .order_by(_M.c.id)
    )


def _judged(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    audience: Audience,
    row: sa.Row[Any],
) -> Candidate:
    segments = _segments(conn, store, program, row) if audience.segments else frozenset()
    return Candidate(row.id, _why_not(program, audience, row, segments))


def _why_no_offers(row: sa.Row[Any]) -> str:
    """Why a member gets nothing of any campaign; "" = they may."""
    if row.hold_out:
        return HOLD_OUT
    if row.codes_blocked or row.state == "blocked":
        return BLOCKED
    return "" if takes_part(row.state, hold_out=False, automatic=False) else NO_PART


def _segments(
    conn: Connection, store: StoreRef, program: Program | None, row: sa.Row[Any]
) -> frozenset[str]:
    if program is None or _why_no_offers(row):
        return frozenset()
    return segments_in_force(conn, store.id, row.id, program.segments)


def _why_not(
    program: Program | None, audience: Audience, row: sa.Row[Any], segments: frozenset[str]
) -> str:
    return _why_no_offers(row) or outside(
        audience,
        tier=counted_tier(program, row.tier or "", state=row.state, hold_out=False),
        language=row.language,
        segments=segments,
    )
