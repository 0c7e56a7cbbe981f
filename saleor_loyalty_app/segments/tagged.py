"""The tags of members: what rules gave them, and what staff put on them."""

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import Member, MemberTag
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.perk_rows import GIVEN
from saleor_loyalty_app.programs.tag_rows import KIND
from saleor_loyalty_app.segments.repository import Whom

_perks, _tags, _members = table(RulePerk), table(MemberTag), table(Member)
_P, _T, _M = _perks.c, _tags.c, _members.c


def tags_of(conn: Connection, store_id: int, whom: Whom) -> dict[int, frozenset[str]]:
    """The tags of members, with those of whoever became them; who has none is left out."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    of_rules = sa.and_(_P.store_id == store_id, _P.kind == KIND)
    by_staff = _T.store_id == store_id
    became = _M.merged_into
    for query in (
        sa.select(_P.member_id, _P.state, _P.detail).where(of_rules, whom(_P.member_id)),
        sa.select(became, _P.state, _P.detail)
        .join_from(_members, _perks, _P.member_id == _M.id)
        .where(of_rules, whom(became)),
    ):
        for member_id, state, detail in conn.execute(query):
            # Not asked of the database: SQLite would take the index of states for it.
            if state == GIVEN:
                found[member_id].add(str(detail["tag"]))
    for marked in (
        sa.select(_T.member_id, _T.tag).where(by_staff, whom(_T.member_id)),
        sa.select(became, _T.tag)
        .join_from(_members, _tags, _T.member_id == _M.id)
        .where(by_staff, whom(became)),
    ):
        for member_id, tag in conn.execute(marked):
            found[member_id].add(str(tag))
    return {member_id: frozenset(tags) for member_id, tags in found.items()}
