"""A program ends by its dates: nothing earned, nothing spent, no codes; then nothing is left."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import wind_down
from saleor_loyalty_app.flows.fulfill_claim import move_claim
from saleor_loyalty_app.flows.wind_down import (
    EndChanged,
    PointsChanged,
    PointsStillSpendable,
    RewardsStillWaiting,
    advance,
    call_off,
    expire_what_is_left,
    plan_end,
)
from saleor_loyalty_app.flows.wind_down_left import left
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.messages.outbox import tell
from saleor_loyalty_app.orders.refresh import expect_refresh
from saleor_loyalty_app.rewards.claims import to_hand_over
from saleor_loyalty_app.rewards.errors import SpendingOff
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from saleor_loyalty_app.stores.switches import Part, set_switch
from saleor_loyalty_app.stores.wind_downs import EndDatesInvalid, EndStepDone, Plan, checked_dates
from tests.claim_stage import claim, item_of, offer
from tests.factories import make_member, make_store
from tests.redemption_stage import OTHER, Stage

ACTOR = "user:VXNlcjox"
DAY = timedelta(days=1)


def plan(
    stage: Stage, earning_in: int, spending_in: int, *, version: int = 0, tell: bool = True
) -> Plan:
    """Nothing is earned from so many days on, and spending ends with a later day."""
    today = stage.now.date()

    def write(conn: sa.Connection) -> Plan:
        return plan_end(
            conn,
            stage.store,
            earning_ends_on=today + earning_in * DAY,
            last_spending_on=today + spending_in * DAY,
            tell_members=tell,
            version=version,
            actor=ACTOR,
            now=stage.now,
        )

    return stage.database.write(write)


def standing(stage: Stage) -> Plan:
    found = stage.database.read(lambda conn: wind_downs.standing_plan(conn, stage.store.id))
    assert found is not None
    return found


def tick(stage: Stage) -> None:
    """The timetable comes by until nothing is due."""
    while advance(stage.database, stage.store, now=stage.now):
        pass


def go_to(stage: Stage, moment: datetime) -> None:
    stage.box.clock.advance(moment - stage.now)
    tick(stage)


def told(stage: Stage, kind: str) -> list[dict[str, Any]]:
    messages = table(OutboxMessage)
    query = sa.select(messages.c.data).where(messages.c.kind == kind).order_by(messages.c.id)
    with stage.database.engine.connect() as conn:
        return list(conn.execute(query).scalars())


def buy(stage: Stage) -> int:
    """Somebody buys, the order is paid and booked; gives what it earned."""
    before = stage.balance().total
    checkout = stage.cart()
    stage.charge(checkout)
    order = stage.complete(checkout)
    stage.database.write(lambda conn: expect_refresh(conn, stage.store.id, order, now=stage.now))
    stage.sweep(timedelta(minutes=6))
    stage.book_orders()
    return stage.balance().total - before


def test_a_program_ends_date_by_date(stage: Stage) -> None:
    made = plan(stage, 2, 5)
    tick(stage)
    assert len(told(stage, "program_ending")) == 2
    assert told(stage, "program_ending")[0]["last_spending_on"] == made.last_spending_on
    assert buy(stage) > 0

    go_to(stage, made.earning_ends_at)
    assert standing(stage).earning_ended_at == stage.now
    assert buy(stage) == 0
    bearer, cart = stage.bearer(), stage.cart()
    used = stage.spend(cart)
    assert max(bearer.deadline, used.deadline) <= made.spending_ends_at

    go_to(stage, made.spending_ends_at)
    with pytest.raises(SpendingOff):
        stage.spend(stage.cart())
    assert standing(stage).codes_ended_at is None
    stage.sweep()
    tick(stage)
    assert {stage.read(one).state for one in (bearer, used)} == {"expired"}
    assert standing(stage).codes_ended_at == stage.now
    assert stage.points()[1] == 0


def test_a_code_that_is_being_paid_with_is_waited_for(stage: Stage) -> None:
    checkout = stage.cart()
    used = stage.spend(checkout)
    stage.charge(checkout)
    made = plan(stage, 0, 0)
    go_to(stage, made.spending_ends_at)
    stage.sweep()
    tick(stage)
    found = stage.database.read(lambda conn: left(conn, stage.store.id))
    assert (found.live, found.paying) == (1, 1)
    assert standing(stage).codes_ended_at is None
    assert stage.code_on(checkout) == used.code
    stage.complete(checkout)
    stage.sweep(timedelta(hours=1))
    stage.book_orders()
    stage.sweep()
    tick(stage)
    assert stage.read(used).state == "consumed"
    assert standing(stage).codes_ended_at is not None


def test_what_staff_are_to_hand_over_outlives_the_program_and_is_settled_before_points_expire(
    stage: Stage,
) -> None:
    offer(stage, item_of("custom"), item_of("amount", id="off", amount="10"))
    plan(stage, 0, 0)
    mug, code = claim(stage), claim(stage, "off")
    made = standing(stage)
    assert code.deadline < made.spending_ends_at < mug.deadline
    go_to(stage, made.spending_ends_at + DAY)
    stage.sweep()
    tick(stage)
    assert (stage.read(mug).state, stage.read(code).state) == ("issued", "expired")
    with stage.database.engine.connect() as conn:
        found = left(conn, stage.store.id)
        [line] = to_hand_over(conn, stage.store.id, ["requested"], first=9)
    assert (found.live, found.paying, found.waiting, found.held) == (0, 0, 1, 500)
    assert (line.redemption_id, standing(stage).codes_ended_at) == (mug.id, stage.now)

    def expire(conn: sa.Connection) -> Plan:
        now = stage.now
        return expire_what_is_left(conn, stage.store, version=1, points=1500, actor=ACTOR, now=now)

    with pytest.raises(RewardsStillWaiting):
        stage.database.write(expire)
    stage.database.write(
        lambda conn: move_claim(
            conn, stage.store, mug.public_id, "handed_over", note="", actor=ACTOR, now=stage.now
        )
    )
    stage.database.write(expire)
    tick(stage)
    assert (stage.read(mug).state, stage.points()) == ("consumed", (0, 0))


def test_what_is_left_stays_until_staff_confirm_its_number(stage: Stage) -> None:
    stage.give(300, OTHER)
    plan(stage, 0, 0)

    def expire(points: int) -> Plan:
        return stage.database.write(
            lambda conn: expire_what_is_left(
                conn, stage.store, version=1, points=points, actor=ACTOR, now=stage.now
            )
        )

    with pytest.raises(PointsStillSpendable):
        expire(2300)
    go_to(stage, standing(stage).spending_ends_at + 30 * DAY)
    tick(stage)
    assert stage.balance().total == 2000
    with pytest.raises(PointsChanged):
        expire(2299)
    expire(2300)
    tick(stage)
    assert (stage.points(), stage.points(OTHER)) == ((0, 0), (0, 0))
    entries = table(Entry)
    with stage.database.engine.connect() as conn:
        rows = conn.execute(sa.select(entries).where(entries.c.kind == "expire")).all()
    assert sorted(row.amount for row in rows) == [-2000, -300]
    assert {(row.actor, row.reason["code"]) for row in rows} == {(ACTOR, "program_ended")}
    assert standing(stage).expired_points == 2300
    stage.give(50)
    tick(stage)
    assert stage.points() == (0, 0)
    assert standing(stage).expired_points == 2350


def test_an_end_that_is_called_off_gives_back_what_was_to_come(stage: Stage) -> None:
    made = plan(stage, 1, 10)
    tick(stage)
    go_to(stage, made.earning_ends_at)
    assert buy(stage) == 0
    stage.database.write(
        lambda conn: call_off(conn, stage.store, version=1, actor=ACTOR, now=stage.now)
    )
    tick(stage)
    assert len(told(stage, "program_continues")) == 2
    assert buy(stage) > 0
    assert stage.spend(stage.cart()).state == "attached"
    missed = made.earning_ends_at + timedelta(minutes=1)
    assert stage.database.read(
        lambda conn: [
            wind_downs.earned_nothing(conn, stage.store.id, at) for at in (missed, stage.now)
        ]
    ) == [True, False]
    again = plan(stage, 3, 3)
    assert again.id != made.id


def test_dates_change_until_they_came(stage: Stage) -> None:
    made = plan(stage, 2, 5)
    tick(stage)
    with pytest.raises(EndChanged):
        plan(stage, 3, 6)
    made = plan(stage, 3, 6, version=made.version)
    tick(stage)
    assert len(told(stage, "program_ending")) == 4
    go_to(stage, made.earning_ends_at)
    with pytest.raises(EndStepDone):
        plan(stage, 1, 5, version=made.version)
    later = plan(stage, 0, 20, version=made.version)
    assert later.earning_ends_at == made.earning_ends_at
    assert later.spending_ends_at > made.spending_ends_at


@pytest.mark.parametrize(
    ("earning", "spending", "problem"),
    [(-1, 5, "past"), (5, 3, "order"), (10_000, 10_000, "too_far"), (0, -1, "past")],
)
def test_dates_that_make_no_sense_are_refused(earning: int, spending: int, problem: str) -> None:
    now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    store = StoreRef(
        1, "https://a/graphql/", "a", "UTC", "en", "3.23", True, True, True, True, True
    )
    days = (now.date() + earning * DAY, now.date() + spending * DAY)
    with pytest.raises(EndDatesInvalid) as refused:
        checked_dates(*days, store, None, now=now)
    assert refused.value.detail["problem"] == problem


def test_the_days_are_those_of_the_store() -> None:
    dates = wind_downs.Dates.of(date(2027, 3, 1), date(2027, 3, 28), "Europe/Berlin")
    assert dates.earning_ends_at.isoformat() == "2027-02-28T23:00:00+00:00"
    # The clocks went forward in the night of the 28th.
    assert dates.spending_ends_at.isoformat() == "2027-03-28T22:00:00+00:00"


def test_whoever_goes_on_after_a_crash_tells_nobody_twice_and_forgets_nobody(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wind_down, "PAGE", 1)
    made = plan(stage, 0, 0)
    first: Callable[..., bool] = tell
    calls: list[int] = []

    def dies_once(*args: Any, **given: Any) -> bool:
        calls.append(1)
        written = first(*args, **given)
        if len(calls) == 2:
            raise ConnectionResetError
        return written

    monkeypatch.setattr(wind_down, "tell", dies_once)
    assert advance(stage.database, stage.store, now=stage.now)
    with pytest.raises(ConnectionResetError):
        advance(stage.database, stage.store, now=stage.now)
    tick(stage)
    assert len(told(stage, "program_ending")) == 2
    go_to(stage, made.spending_ends_at + 2 * DAY)
    assert standing(stage).codes_ended_at is not None


def test_the_switches_stay_as_they_are(stage: Stage) -> None:
    stage.database.write(
        lambda conn: set_switch(conn, stage.store.id, Part.SHIPPING, False, stage.now)
    )
    made = plan(stage, 0, 0)
    go_to(stage, made.spending_ends_at)
    found = stage.database.read(lambda conn: store_by_id(conn, stage.store.id))
    assert found is not None
    assert (found.earning_on, found.spending_on, found.shipping_on) == (True, True, False)


def test_messages_that_are_switched_off_hold_up_no_date(stage: Stage) -> None:
    stage.database.write(
        lambda conn: set_switch(conn, stage.store.id, Part.MESSAGES, False, stage.now)
    )
    made = plan(stage, 0, 0)
    go_to(stage, made.spending_ends_at)
    assert told(stage, "program_ending") == []
    assert standing(stage).codes_ended_at is not None


def test_one_store_ends_and_no_other(stage: Stage) -> None:
    database = stage.database

    def another(conn: sa.Connection) -> StoreRef:
        store = make_store(conn)
        account = Account(store.id, make_member(conn, store.id), "points")
        cause = Cause("test", "points", "test")
        ledger.earn(
            conn, account, 70, cause, key="gift", now=stage.now, effective_at=stage.now,
            available_from=stage.now, expires_at=None,
        )  # fmt: skip
        return store

    other = database.write(another)
    made = plan(stage, 0, 0)
    go_to(stage, made.spending_ends_at)
    assert advance(database, other, now=stage.now) is False
    database.write(
        lambda conn: expire_what_is_left(
            conn, stage.store, version=1, points=2000, actor=ACTOR, now=stage.now
        )
    )
    tick(stage)
    assert stage.points() == (0, 0)
    assert database.read(lambda conn: left(conn, other.id)).points == 70
    assert database.read(lambda conn: list(ledger.audit(conn))) == []
