"""Counters beside the ledger that are sums of rows: each against its rows, one statement each."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.adjustments.models import Adjustment
from saleor_loyalty_app.campaigns.models import Campaign, CampaignSpent, CampaignUse
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_deed_sums import DEED_SUMS, SOURCE_OF_DEED
from saleor_loyalty_app.flows.audit_sides import (
    NOBODY,
    Side,
    Told,
    differing,
    flag,
    total,
    two_sides,
)
from saleor_loyalty_app.goodwill.models import GoodwillPrompt
from saleor_loyalty_app.goodwill.prompts import WAITING
from saleor_loyalty_app.ledger.auditing import Drift, all_at_once
from saleor_loyalty_app.ledger.models import Entry, Hold
from saleor_loyalty_app.orders.models import OrderState, OrderUnit
from saleor_loyalty_app.programs.models import CapUse, DeedAward, RulePerk
from saleor_loyalty_app.rewards.models import (
    LIVE_STATES,
    Redemption,
    RedemptionUse,
    RewardClaim,
    RewardStock,
)

_E, _H, _O, _OU = table(Entry).c, table(Hold).c, table(OrderState).c, table(OrderUnit).c
_C, _S, _U = table(Campaign).c, table(CampaignSpent).c, table(CampaignUse).c
_R, _RU = table(Redemption).c, table(RedemptionUse).c
_RC, _RS, _CU, _D = (table(one).c for one in (RewardClaim, RewardStock, CapUse, DeedAward))
_P = table(RulePerk).c
_A, _W = table(Adjustment).c, table(GoodwillPrompt).c
_POINTS = sa.literal("points")
_UNUSED = ("released", "expired", "failed")
_SOURCE_OF_ORDER = sa.literal("order:").concat(_O.order_id)
_REDEMPTION = Told(_R.store_id, _R.member_id, _R.unit, _R.id, _R.public_id)


def _of_orders(of_entry: Any, of_unit: Any, *kinds: str) -> sa.Select[Any]:
    """Entries of other kinds bear an order's name when its points move on, or expire."""
    posted = Side(
        table(Entry),
        of_entry,
        _E.source.concat(":").concat(_E.part),
        Told(_E.store_id, unit=_E.unit, about=_E.source),
        (_E.kind.in_(kinds), _E.source.startswith("order:")),
    )
    kept = Side(
        table(OrderUnit).join(table(OrderState), _O.id == _OU.order_state_id),
        of_unit,
        _SOURCE_OF_ORDER.concat(":").concat(_OU.part),
        Told(_O.store_id, _O.member_id, _OU.unit, _O.id, _O.number),
    )
    return two_sides(posted, kept)


def _stray_draws() -> sa.Select[Any]:
    """What was drawn of a cap by an order or a deed that there is not."""
    of_order = sa.exists().where(_O.store_id == _CU.store_id, _CU.source == _SOURCE_OF_ORDER)
    of_deed = sa.exists().where(_D.store_id == _CU.store_id, _CU.source == SOURCE_OF_DEED)
    about = _CU.rule_id.concat(", ").concat(_CU.source)
    told = Told(_CU.store_id, _CU.member_id, _POINTS, _CU.id, about)
    nowhere = sa.not_(of_order), sa.not_(of_deed)
    return differing(table(CapUse), told, sa.literal(0), _CU.points + _CU.times, *nowhere)


def _campaign_points() -> sa.Select[Any]:
    used = sa.select(_U.campaign_id, total(_U.points).label("total")).group_by(_U.campaign_id)
    by_use = used.subquery()
    return differing(
        table(Campaign).outerjoin(by_use, by_use.c.campaign_id == _C.id),
        Told(_C.store_id, NOBODY, _POINTS, _C.id, _C.name),
        sa.func.coalesce(by_use.c.total, 0),
        _C.spent_points,
    )


def _campaign_money() -> sa.Select[Any]:
    def side(rows: sa.Table) -> Side:
        return Side(
            rows.join(table(Campaign), _C.id == rows.c.campaign_id),
            rows.c.money_milli,
            sa.cast(_C.id, sa.String),
            Told(_C.store_id, NOBODY, rows.c.currency, _C.id, _C.name),
        )

    return two_sides(side(table(CampaignUse)), side(table(CampaignSpent)))


def _stock() -> sa.Select[Any]:
    taken = Told(_RC.store_id, about=_RC.reward_id)
    kept = Told(_RS.store_id, about=_RS.reward_id)
    return two_sides(
        Side(
            table(RewardClaim),
            sa.literal(1),
            _RC.reward_id,
            taken,
            (_RC.returned_at.is_(None),),
        ),
        Side(table(RewardStock), _RS.drawn, _RS.reward_id, kept),
    )


def _claims() -> sa.Select[Any]:
    """A claim was given back exactly where its redemption ended unused, or came back as a whole."""
    whole = sa.and_(_R.state == "restored", _R.restored >= _R.points)
    return differing(
        table(RewardClaim).join(table(Redemption), _R.id == _RC.redemption_id),
        Told(_R.store_id, _RC.member_id, subject=_RC.id, about=_RC.reward_id),
        flag(sa.or_(_R.state.in_(_UNUSED), whole)),
        flag(_RC.returned_at.is_not(None)),
    )


def _gifts() -> sa.Select[Any]:
    """A reward that a rule gave is a redemption for nothing, and is open no more once taken."""
    named = _P.detail["redemption"].as_string()
    rows = table(RulePerk).outerjoin(
        table(Redemption), sa.and_(_R.store_id == _P.store_id, _R.public_id == named)
    )
    open_still = sa.and_(_P.state == "taken", _R.state.in_(LIVE_STATES), _R.ending == "")
    return differing(
        rows,
        Told(_P.store_id, _P.member_id, subject=_P.id, about=_P.rule_id),
        sa.literal(1),
        flag(sa.and_(_R.id.is_not(None), _R.hold_id.is_(None), sa.not_(open_still))),
        _P.kind == "issue_reward",
        _P.state.in_(("given", "kept", "taken")),
        named.is_not(None),
    )


def _loose_gifts() -> sa.Select[Any]:
    """What is open and was given for nothing, a rule gave, and has not taken back."""
    named = _P.detail["redemption"].as_string()
    standing = (
        sa.select(_P.store_id, named.label("named"))
        .where(_P.kind == "issue_reward", _P.state.in_(("given", "kept")), named.is_not(None))
        .subquery()
    )
    rows = table(Redemption).outerjoin(
        standing,
        sa.and_(standing.c.store_id == _R.store_id, standing.c.named == _R.public_id),
    )
    return differing(
        rows,
        Told(_R.store_id, _R.member_id, subject=_R.id, about=_R.public_id),
        sa.literal(1),
        flag(standing.c.named.is_not(None)),
        _R.hold_id.is_(None),
        _R.state.in_(LIVE_STATES),
        _R.ending == "",
    )


def _restores() -> sa.Subquery:
    """What was given back of spendings, and in how many steps, by the spending."""
    return (
        sa.select(
            _E.refers_to.label("spending"),
            total(_E.amount).label("total"),
            sa.func.count().label("steps"),
        )
        .where(_E.kind == "restore", _E.refers_to.is_not(None))
        .group_by(_E.refers_to)
        .subquery()
    )


def _restored(counter: Any, of: str) -> sa.Select[Any]:
    back = _restores()
    rows = table(Redemption).outerjoin(back, back.c.spending == _R.redeem_entry_id)
    return differing(rows, _REDEMPTION, sa.func.coalesce(back.c[of], 0), counter)


def _spent() -> sa.Select[Any]:
    """What the entry of a redemption took, which has one once it is spent."""
    rows = table(Redemption).outerjoin(table(Entry), _E.id == _R.redeem_entry_id)
    expected = sa.case((_R.state.in_(("consumed", "restored")), _R.points), else_=0)
    return differing(rows, _REDEMPTION, expected, sa.func.coalesce(-_E.amount, 0))


def _held() -> sa.Select[Any]:
    """What a redemption holds is held as long as it is on its way, and no longer."""
    rows = table(Redemption).join(table(Hold), _H.id == _R.hold_id)
    expected = sa.case((_R.state.in_(LIVE_STATES), _R.points), else_=0)
    found = sa.case((_H.state == "open", _H.amount), else_=0)
    return differing(rows, _REDEMPTION, expected, found)


def _charged() -> sa.Select[Any]:
    """Of a further use that was charged: what was not charged, and what came back since."""
    back = _restores()
    rows = (
        table(RedemptionUse)
        .join(table(Redemption), _R.id == _RU.redemption_id)
        .outerjoin(table(Entry), _E.id == _RU.entry_id)
        .outerjoin(back, back.c.spending == _RU.entry_id)
    )
    expected = _R.points + sa.func.coalesce(_E.amount, 0) + sa.func.coalesce(back.c.total, 0)
    return differing(rows, _REDEMPTION, expected, _RU.restored, _RU.state == "charged")


def _adjustments() -> sa.Select[Any]:
    rows = table(Adjustment).join(table(Entry), _E.id == _A.entry_id)
    told = Told(_A.store_id, _A.member_id, _E.unit, _A.id, _A.reason)
    return differing(rows, told, _E.amount, _A.points)


def _goodwill() -> sa.Select[Any]:
    """What waits for a second person is noted with the points that were asked for."""
    rows = table(GoodwillPrompt).outerjoin(table(Adjustment), _A.id == _W.adjustment_id)
    told = Told(_W.store_id, _W.member_id, _POINTS, _W.id, _W.order_number)
    promised = sa.or_(_A.state == "posted", sa.and_(_A.state == _W.state, _W.state == WAITING))
    return differing(rows, told, sa.case((promised, _A.points), else_=0), _W.given)


#: Statements that give a row for each counter that is wrong.
SUMS: dict[str, sa.Select[Any]] = {
    "order_booked": _of_orders(_E.amount, _OU.booked, "earn", "reverse"),
    "order_postings": _of_orders(sa.literal(1), _OU.postings, "earn", "reverse", "waive"),
    "cap_stray": _stray_draws(),
    "campaign_points": _campaign_points(),
    "campaign_money": _campaign_money(),
    "reward_stock": _stock(),
    "claim_returned": _claims(),
    "perk_reward": _gifts(),
    "perk_loose": _loose_gifts(),
    "redemption_spent": _spent(),
    "redemption_held": _held(),
    "redemption_restored": _restored(_R.restored, "total"),
    "redemption_steps": _restored(_R.restorings, "steps"),
    "use_restored": _charged(),
    "adjustment": _adjustments(),
    "goodwill": _goodwill(),
    **DEED_SUMS,
}


def sum_drifts(conn: Connection, store_id: int | None = None) -> Iterator[Drift]:
    """The sums that are not those of their rows, of one store or of all."""
    of_store = {} if store_id is None else {"of_store": store_id}
    with all_at_once(conn):
        for check in SUMS:
            for row in conn.execute(_wanted(check, of_one=store_id is not None), of_store):
                yield Drift(
                    check,
                    row.store_id,
                    row.member_id,
                    row.unit,
                    row.subject,
                    int(row.expected),
                    int(row.found),
                    row.about,
                )


@cache
def _wanted(check: str, *, of_one: bool) -> sa.Select[Any]:
    rows = SUMS[check].subquery().c
    wanted = sa.select(*rows).order_by(rows.store_id, rows.member_id, rows.about)
    return wanted.where(rows.store_id == sa.bindparam("of_store")) if of_one else wanted
