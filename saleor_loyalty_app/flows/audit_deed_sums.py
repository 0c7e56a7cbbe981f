"""What is noted beside the books of deeds, against what the deeds posted: one statement each."""

from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.bonuses.models import BonusGiven
from saleor_loyalty_app.custom_events.models import ReceivedEvent
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_sides import Side, Told, differing, flag, total, two_sides
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.milestones.models import MilestonePassed
from saleor_loyalty_app.programs.milestones import MILESTONE
from saleor_loyalty_app.programs.models import DeedAward
from saleor_loyalty_app.programs.tier_deeds import TIER_REACHED
from saleor_loyalty_app.tiers.models import TierReward

_E, _M, _D, _G = table(Entry).c, table(Member).c, table(DeedAward).c, table(BonusGiven).c
_P, _T, _V = table(MilestonePassed).c, table(TierReward).c, table(ReceivedEvent).c
_POINTS = sa.literal("points")
#: What the entries of a deed bear as their source (programs.deed_awards.DeedRow.source).
SOURCE_OF_DEED = (
    sa.literal("deed:").concat(_D.trigger).concat(":").concat(sa.cast(_D.id, sa.String))
)
#: The keys of the deeds behind lines, levels and events.
_LINE = sa.literal(f"{MILESTONE}:").concat(_P.rule_id).concat(":").concat(_P.kind)
_LEVEL = sa.literal("tier:").concat(_T.tier)
_EVENT = (
    sa.literal("event:")
    .concat(_V.type)
    .concat(":")
    .concat(sa.func.substr(_V.reference_hash, 1, 40))
)


def _deeds(unit: str, *kinds: str) -> tuple[Any, Any]:
    """All deeds beside what they posted in a unit, and that as an amount."""
    posted = (
        sa.select(_E.store_id, _E.source, total(_E.amount).label("total"))
        .where(_E.source.startswith("deed:"), _E.unit == unit, _E.kind.in_(kinds))
        .group_by(_E.store_id, _E.source)
        .subquery()
    )
    rows = table(DeedAward).outerjoin(
        posted, sa.and_(posted.c.store_id == _D.store_id, posted.c.source == SOURCE_OF_DEED)
    )
    return rows, sa.func.coalesce(posted.c.total, 0)


def _bonuses() -> sa.Select[Any]:
    deeds, earned = _deeds("points", "earn")
    its_deed = sa.and_(
        _D.store_id == _G.store_id, _D.member_id == _G.member_id, _D.deed_key == _G.deed
    )
    told = Told(_G.store_id, _G.member_id, _POINTS, _G.id, _G.deed)
    return differing(table(BonusGiven).outerjoin(deeds, its_deed), told, earned, _G.points)


def _levels() -> sa.Select[Any]:
    """Per person and level, what reaching it brought and was not taken back against what is noted.

    Who was merged into another may have reached a level of their own; a level that was reached
    again has more than one deed.
    """
    level = sa.literal("tier:").concat(_D.about)
    return _of_people(TierReward, _LEVEL, _T, TIER_REACHED, level, "earn", "reverse")


def _lines() -> sa.Select[Any]:
    """Per person, what passing lines brought against the points noted beside it.

    Who was merged into another may have passed a line of their own.
    """
    return _of_people(MilestonePassed, _LINE, _P, MILESTONE, _D.deed_key, "earn")


def _of_people(
    model: Any, key: Any, row: Any, trigger: str, deed_key: Any, *kinds: str
) -> sa.Select[Any]:
    deeds, earned = _deeds("points", *kinds)

    def of_person(rows: Any, member: Any, store: Any, deed: Any, points: Any, *where: Any) -> Side:
        person = sa.func.coalesce(_M.merged_into, _M.id)
        return Side(
            rows.join(table(Member), _M.id == member),
            points,
            sa.cast(person, sa.String).concat(":").concat(deed),
            Told(store, person, _POINTS, about=deed),
            where,
        )

    return two_sides(
        of_person(deeds, _D.member_id, _D.store_id, deed_key, earned, _D.trigger == trigger),
        of_person(table(model), row.member_id, row.store_id, key, row.points),
    )


def _taken_perks() -> sa.Select[Any]:
    """A perk is noted as taken exactly where its deed was reversed."""
    its_deed = sa.and_(
        _D.store_id == _P.store_id, _D.member_id == _P.member_id, _D.deed_key == _LINE
    )
    return differing(
        table(MilestonePassed).join(table(DeedAward), its_deed),
        Told(_P.store_id, _P.member_id, about=_LINE),
        flag(_D.reversed_at.is_not(None)),
        flag(_P.state == "taken"),
        _P.state.in_(("given", "taking", "taken")),
    )


def _events(unit: str, noted: Any, sign: int, *kinds: str) -> sa.Select[Any]:
    """What the deed of an event posted against what the event says."""
    deeds, posted = _deeds(unit, *kinds)
    its_deed = sa.and_(_D.store_id == _V.store_id, _D.deed_key == _EVENT)
    told = Told(_V.store_id, _V.member_id, sa.literal(unit), _V.id, _V.type)
    return differing(table(ReceivedEvent).outerjoin(deeds, its_deed), told, sign * posted, noted)


DEED_SUMS: dict[str, sa.Select[Any]] = {
    "bonus_given": _bonuses(),
    "milestone_points": _lines(),
    "milestone_taken": _taken_perks(),
    "tier_reward": _levels(),
    "event_points": _events("points", _V.points, 1, "earn"),
    "event_status": _events("status", _V.status_points, 1, "earn"),
    "event_taken": _events("points", _V.taken_back, -1, "reverse"),
}
