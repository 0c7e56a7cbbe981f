"""A program ends in an orderly way: announced, without earning, without spending, without codes.

The dates alone decide what is earned and spent (`stores.wind_downs`). The timetable does what
follows from them, each step in transactions of a page, so that whoever goes on after a crash finds
what is done. Points that are left stay as they are until staff confirm that they expire.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger, log
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.wind_down_campaigns import end_campaigns
from saleor_loyalty_app.flows.wind_down_left import left
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.instruments.hand_over import HAND_OVER
from saleor_loyalty_app.rewards.models import LIVE_STATES, Redemption
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores import staff_actions, wind_downs
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.wind_downs import Plan, checked_dates

logger = log.get(__name__)
UNIT = "points"
#: Why codes were ended and points expired, as the books tell it.
ENDED = "program_ended"
#: Who takes the steps.
SYSTEM = "system:wind_down"
#: Members told, codes ended and accounts written off in one transaction.
PAGE = 100
_members, _redemptions = table(Member), table(Redemption)
#: Guests and who was invited hold no points that they could spend.
_TOLD = ("active", "paused", "blocked")
_Step = Callable[[Connection, StoreRef, Plan, datetime], bool]


class EndChanged(AppError):
    """Somebody else changed the plan of the end meanwhile."""

    code: ClassVar[str] = "end_changed"
    status: ClassVar[int] = 409


class EndNotPlanned(AppError):
    """The program is not being ended."""

    code: ClassVar[str] = "end_not_planned"
    status: ClassVar[int] = 404


class PointsStillSpendable(AppError):
    """Points expire for the end of the program only once they cannot be spent any more."""

    code: ClassVar[str] = "points_still_spendable"
    status: ClassVar[int] = 409


class RewardsStillWaiting(AppError):
    """Points expire only once staff handed over what members took, or gave its points back."""

    code: ClassVar[str] = "rewards_still_waiting"
    status: ClassVar[int] = 409


class PointsChanged(AppError):
    """Not the number of points that was confirmed is left."""

    code: ClassVar[str] = "points_changed"
    status: ClassVar[int] = 409


def plan_end(
    conn: Connection,
    store: StoreRef,
    *,
    earning_ends_on: date,
    last_spending_on: date,
    tell_members: bool,
    version: int,
    actor: str,
    now: datetime,
) -> Plan:
    """Plans the end of a program, or changes the plan that was read as `version` (0 = none).

    Who was told of other dates is told again.

    Raises:
        EndChanged: the plan is not what was read.
        EndDatesInvalid, EndStepDone: see `checked_dates`.
    """
    _lock_store(conn, store.id)
    standing = wind_downs.standing_plan(conn, store.id, lock=True)
    if (0 if standing is None else standing.version) != version:
        raise EndChanged
    dates = checked_dates(earning_ends_on, last_spending_on, store, standing, now=now)
    values = {
        "earning_ends_on": dates.earning_ends_on.isoformat(),
        "last_spending_on": dates.last_spending_on.isoformat(),
        "earning_ends_at": dates.earning_ends_at,
        "spending_ends_at": dates.spending_ends_at,
        "tell_members": tell_members,
    }
    if standing is None:
        made = wind_downs.add_plan(
            conn, {"store_id": store.id, "planned_at": now, "planned_by": actor, **values}
        )
    else:
        news = {"told_after": 0, "told_at": None} if _differs(standing, values) else {}
        made = wind_downs.change_plan(
            conn, standing.id, version=standing.version + 1, **values, **news
        )
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="end_planned",
        subject=f"end:{made.id}",
        before=None if standing is None else _noted(standing),
        after=_noted(made),
        now=now,
    )
    return made


def call_off(conn: Connection, store: StoreRef, *, version: int, actor: str, now: datetime) -> Plan:
    """The program goes on. What has happened stays: what was not earned, codes, expired points.

    Raises:
        EndNotPlanned: there is no plan.
        EndChanged: it is not what was read.
    """
    plan = _standing(conn, store.id, version)
    made = wind_downs.change_plan(conn, plan.id, called_off_at=now, called_off_by=actor)
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="end_called_off",
        subject=f"end:{plan.id}",
        before=_noted(plan),
        now=now,
    )
    return made


def expire_what_is_left(
    conn: Connection,
    store: StoreRef,
    *,
    version: int,
    points: int,
    actor: str,
    now: datetime,
) -> Plan:
    """Staff confirm that all points that are left expire; the timetable posts the entries.

    Args:
        points: how many that are, as they were shown.

    Raises:
        EndNotPlanned, EndChanged: see `call_off`.
        PointsStillSpendable: spending has not ended, or codes are still to be ended.
        RewardsStillWaiting: staff owe members something that they paid for with points.
        PointsChanged: there are more or less by now.
    """
    plan = _standing(conn, store.id, version)
    if plan.codes_ended_at is None:
        raise PointsStillSpendable
    if plan.expiry_asked_at is not None:
        return plan
    found = left(conn, store.id)
    if found.waiting:
        raise RewardsStillWaiting(count=found.waiting)
    if found.points != points:
        raise PointsChanged(points=found.points)
    made = wind_downs.change_plan(conn, plan.id, expiry_asked_at=now, expiry_asked_by=actor)
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="points_expired_at_end",
        subject=f"end:{plan.id}",
        after={"points": points},
        now=now,
    )
    return made


def advance(database: Database, store: StoreRef, *, now: datetime) -> bool:
    """Takes a page of each step that is due; gives whether more is waiting."""
    more = False
    for step in (_note_dates, end_campaigns, _end_codes, _expire, _tell):
        more = database.write(partial(_one_step, step=step, store_id=store.id, now=now)) or more
    return database.write(partial(_revoke, store_id=store.id, now=now)) or more


def _one_step(conn: Connection, *, step: _Step, store_id: int, now: datetime) -> bool:
    store = stores.store_by_id(conn, store_id)
    if store is None or not store.active:
        return False
    plan = wind_downs.standing_plan(conn, store_id, lock=True)
    return False if plan is None else step(conn, store, plan, now)


def _revoke(conn: Connection, *, store_id: int, now: datetime) -> bool:
    store = stores.store_by_id(conn, store_id)
    return store is not None and store.active and _tell_revoked(conn, store, now)


def _note_dates(conn: Connection, store: StoreRef, plan: Plan, now: datetime) -> bool:
    """Writes down that a date came: from then on it is part of what happened."""
    for name, at in (("earning", plan.earning_ends_at), ("spending", plan.spending_ends_at)):
        if at <= now and getattr(plan, f"{name}_ended_at") is None:
            wind_downs.change_plan(conn, plan.id, **{f"{name}_ended_at": now})
            _note(conn, plan, f"{name}_ended", now)
            logger.info("wind_down_step", store_id=store.id, kind=name)
    return False


def _end_codes(conn: Connection, store: StoreRef, plan: Plan, now: datetime) -> bool:
    """Has every code ended as if its time were over: never one with which somebody is paying.

    What staff are to hand over was paid for with points while it could be: it goes on.
    """
    if plan.spending_ended_at is None or plan.codes_ended_at is not None:
        return False
    ids = conn.execute(
        sa.select(_redemptions.c.id)
        .where(
            _redemptions.c.store_id == store.id,
            _redemptions.c.instrument != HAND_OVER,
            _redemptions.c.state.in_(LIVE_STATES),
            _redemptions.c.ending == "",
        )
        .order_by(_redemptions.c.id)
        .limit(PAGE)
    ).scalars()
    found = ids.all()
    for redemption_id in found:
        redemptions.end_as(conn, store.id, redemption_id, "expired", {"code": ENDED}, now)
    if not found and left(conn, store.id).live == 0:
        wind_downs.change_plan(conn, plan.id, codes_ended_at=now)
        _note(conn, plan, "codes_ended", now)
        logger.info("wind_down_step", store_id=store.id, kind="codes")
    return len(found) == PAGE


def _expire(conn: Connection, store: StoreRef, plan: Plan, now: datetime) -> bool:
    """Expires what is left, and what comes back later, once staff confirmed that."""
    if plan.expiry_asked_at is None:
        return False
    accounts, points = ledger.expire_page(
        conn,
        store.id,
        unit=UNIT,
        key=f"end:{plan.id}",
        reason=ENDED,
        actor=plan.expiry_asked_by,
        now=now,
        limit=PAGE,
    )
    if points:
        wind_downs.change_plan(conn, plan.id, expired_points=plan.expired_points + points)
    if accounts < PAGE and plan.expired_at is None:
        wind_downs.change_plan(conn, plan.id, expired_at=now)
    return accounts == PAGE


def _tell(conn: Connection, store: StoreRef, plan: Plan, now: datetime) -> bool:
    """Writes the members a message with the dates, as long as they can still spend."""
    if not plan.tell_members or plan.told_at is not None or not store.messages_on:
        return False
    if plan.spending_ends_at <= now:
        return False
    page = _page_of_members(conn, store.id, plan.told_after)
    last_day = date.fromisoformat(plan.earning_ends_on) - timedelta(days=1)
    data = {
        "last_earning_on": last_day.isoformat(),
        "last_spending_on": plan.last_spending_on,
    }
    for member_id in page:
        key = f"end:{plan.id}:{plan.earning_ends_on}:{plan.last_spending_on}:{member_id}"
        tell(conn, store.id, member_id, Kind.program_ending, data, key=key, now=now)
    is_last = len(page) < PAGE
    wind_downs.change_plan(
        conn,
        plan.id,
        told_after=page[-1] if page else plan.told_after,
        told_at=now if is_last else None,
        any_told=plan.any_told or bool(page),
    )
    return not is_last


def _tell_revoked(conn: Connection, store: StoreRef, now: datetime) -> bool:
    """Who may have been told of an end that was called off is told that the program goes on."""
    if not store.messages_on:
        return False
    for found in wind_downs.revoked_plans(conn, store.id):
        plan = wind_downs.plan_by_id(conn, store.id, found.id, lock=True)
        if plan is None or plan.revoked_at is not None:
            continue
        page = _page_of_members(conn, store.id, plan.revoked_after)
        for member_id in page:
            key = f"end:{plan.id}:revoked:{member_id}"
            tell(conn, store.id, member_id, Kind.program_continues, {}, key=key, now=now)
        is_last = len(page) < PAGE
        wind_downs.change_plan(
            conn,
            plan.id,
            revoked_after=page[-1] if page else plan.revoked_after,
            revoked_at=now if is_last else None,
        )
        return not is_last
    return False


def _page_of_members(conn: Connection, store_id: int, after: int) -> list[int]:
    query = (
        sa.select(_members.c.id)
        .where(
            _members.c.store_id == store_id,
            _members.c.id > after,
            _members.c.state.in_(_TOLD),
            _members.c.merged_into.is_(None),
        )
        .order_by(_members.c.id)
        .limit(PAGE)
    )
    return list(conn.execute(query).scalars())


def _standing(conn: Connection, store_id: int, version: int) -> Plan:
    plan = wind_downs.standing_plan(conn, store_id, lock=True)
    if plan is None:
        raise EndNotPlanned
    if plan.version != version:
        raise EndChanged
    return plan


def _lock_store(conn: Connection, store_id: int) -> None:
    """Two first plans at once: the second one waits, and then finds the first."""
    rows = table(Store)
    conn.execute(sa.select(rows.c.id).where(rows.c.id == store_id).with_for_update())


def _differs(plan: Plan, values: Mapping[str, Any]) -> bool:
    return any(
        getattr(plan, name) != values[name] for name in ("earning_ends_on", "last_spending_on")
    )


def _noted(plan: Plan) -> dict[str, Any]:
    return {
        "earning_ends_on": plan.earning_ends_on,
        "last_spending_on": plan.last_spending_on,
        "tell_members": plan.tell_members,
    }


def _note(conn: Connection, plan: Plan, kind: str, now: datetime) -> None:
    staff_actions.note(
        conn, plan.store_id, actor=SYSTEM, kind=kind, subject=f"end:{plan.id}", now=now
    )
