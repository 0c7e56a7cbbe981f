"""A row that is broken takes nothing from the others of its page, and others go before it then."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from structlog.testing import capture_logs

from saleor_loyalty_app import ledger
from saleor_loyalty_app.bonuses import birthdays, waiting
from saleor_loyalty_app.bonuses.celebrating import Birthday
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import award_deed, give_bonus, pass_milestones
from saleor_loyalty_app.flows.award_deed import Awarded
from saleor_loyalty_app.flows.celebrate import celebrate_page
from saleor_loyalty_app.flows.each_row import TRACED, Aside
from saleor_loyalty_app.flows.give_bonus import give_waiting
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.reward_tiers import give_rewards
from saleor_loyalty_app.flows.settle_points import settle_points
from saleor_loyalty_app.flows.sweep_milestones import milestones_page
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.milestones import passed
from saleor_loyalty_app.milestones.models import MilestonePassed
from saleor_loyalty_app.milestones.passed import Note
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.models import StoreProblem
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks import milestone_tasks
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tiers.models import TierReward
from tests.deed_stage import BASE, TIERS
from tests.factories import LONG_AGO, make_member
from tests.order_books import KEYS, NOW, live_store, program

#: More than a page of any kind of work here.
BROKEN = 25
LATER = NOW + timedelta(minutes=5)
_entries, _passed, _problems = table(Entry), table(MilestonePassed), table(StoreProblem)


def gives(trigger: str, rule_id: str, **values: Any) -> dict[str, Any]:
    return {"id": rule_id, "trigger": trigger, "then": {"type": "points", "points": 7}} | values


LINE = {"line": {"type": "orders", "min": 1}}
DOCUMENT = program() | {
    "earning": {
        "rules": [
            BASE,
            gives("birthday", "party"),
            gives("account_confirmed", "joined"),
            gives("tier_reached", "level", on=["silver"]),
            gives("milestone", "line", milestone=LINE),
        ]
    },
    "tiers": TIERS,
    "bonuses": {"birthdays": {"asked": True}},
}

Page = Callable[[Connection, StoreRef, Aside, datetime], object]


def of_tiers(conn: Connection, store: StoreRef, aside: Aside, now: datetime) -> object:
    return give_rewards(conn, store, limit=20, keys=KEYS, now=now, aside=aside)


def of_milestones(conn: Connection, store: StoreRef, aside: Aside, now: datetime) -> object:
    return settle_milestones(conn, store, limit=20, keys=KEYS, now=now, aside=aside)


def of_waiting(conn: Connection, store: StoreRef, aside: Aside, now: datetime) -> object:
    return give_waiting(conn, store, limit=20, keys=KEYS, now=now, aside=aside)


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(lambda conn: live_store(conn, DOCUMENT))


def joined(conn: Connection, store: StoreRef) -> int:
    """A member for whom each kind of work has something to do."""
    member = make_member(conn, store.id)
    reached = {"member_id": member, "tier": "silver", "store_id": store.id, "at": NOW}
    conn.execute(sa.insert(table(TierReward)), reached | {"points": 0, "waiting": True})
    passed.note(conn, store.id, [Note(member, "line", "orders", "1", "waiting")], now=NOW)
    deed = DeedFacts("account_confirmed", "", NOW, "account_confirmed")
    waiting.note(conn, store.id, member, deed)
    return member


@pytest.fixture
def members(database: Database, store: StoreRef) -> list[int]:
    """Those who are broken, and behind them one who is not."""
    return database.write(lambda conn: [joined(conn, store) for _ in range(BROKEN + 1)])


@pytest.fixture
def broken(members: list[int], monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Members at whom every deed fails, after it was booked."""
    ill, award = set(members[:-1]), award_deed.award_deed

    def fails(
        conn: Connection, store: StoreRef, member_id: int, *args: Any, **more: Any
    ) -> Awarded:
        awarded = award(conn, store, member_id, *args, **more)
        if member_id in ill:
            raise ValueError("a row that nobody foresaw")
        return awarded

    monkeypatch.setattr(give_bonus, "award_deed", fails)
    return ill


def earned(database: Database, store: StoreRef) -> dict[int, int]:
    """Points by member."""
    query = (
        sa.select(_entries.c.member_id, sa.func.sum(_entries.c.amount))
        .where(_entries.c.store_id == store.id)
        .group_by(_entries.c.member_id)
    )
    return database.read(lambda conn: {one: int(sum_) for one, sum_ in conn.execute(query)})


def told(database: Database, store: StoreRef) -> list[str]:
    return [one.message for one in database.read(lambda conn: open_problems(conn, store.id))]


@pytest.mark.parametrize("page", [of_tiers, of_milestones, of_waiting])
def test_a_page_of_broken_rows_keeps_none_behind_them_waiting(
    database: Database, store: StoreRef, members: list[int], broken: set[int], page: Page
) -> None:
    aside = Aside()
    for _ in range(2):
        database.write(lambda conn: page(conn, store, aside, NOW))
    assert earned(database, store) == {members[-1]: 7}
    [problem] = told(database, store)
    assert f": {BROKEN} failed" in problem
    database.write(lambda conn: page(conn, store, aside, NOW))
    assert len(told(database, store)) == 1
    broken.clear()
    for _ in range(2):
        database.write(lambda conn: page(conn, store, aside, LATER))
    assert earned(database, store) == dict.fromkeys(members, 7)
    assert told(database, store) == []


def test_a_broken_row_takes_nothing_from_its_page(
    database: Database, store: StoreRef, members: list[int], broken: set[int]
) -> None:
    broken.intersection_update(members[3:4])
    database.write(lambda conn: of_milestones(conn, store, Aside(), NOW))
    assert earned(database, store) == dict.fromkeys([*members[:3], *members[4:20]], 7)


def test_of_a_page_that_fails_as_a_whole_each_row_is_logged_and_few_are_traced(
    database: Database, store: StoreRef, members: list[int], broken: set[int]
) -> None:
    with capture_logs() as logs:
        database.write(lambda conn: of_milestones(conn, store, Aside(), NOW))
    failed = [one for one in logs if one["event"] == "row_failed"]
    assert {one["row"] for one in failed} == {
        str((member, "line", "orders")) for member in members[:20]
    }
    assert {one["error_code"] for one in failed} == {"ValueError"}
    assert sum(one["exc_info"] for one in failed) == TRACED


def test_others_go_before_a_broken_row_until_its_time_comes_later_each_time(
    database: Database, store: StoreRef, members: list[int], broken: set[int]
) -> None:
    aside, tried = Aside(), list[int]()
    for minute in range(8):
        now = NOW + timedelta(minutes=minute)
        for _ in range(2):
            database.write(lambda conn, now=now: of_milestones(conn, store, aside, now))  # type: ignore[misc]
        resting = aside.resting(pass_milestones.PERKS, store.id, now + timedelta(seconds=59))
        tried.append(len(resting))
    assert tried == [BROKEN] * 7 + [BROKEN]
    assert aside.resting(pass_milestones.PERKS, store.id, NOW + timedelta(minutes=14, seconds=59))


def test_what_was_told_is_over_where_the_broken_rows_are_gone(
    database: Database, store: StoreRef, broken: set[int]
) -> None:
    work = cast(
        Background,
        SimpleNamespace(
            database=database,
            clock=lambda: NOW,
            email_keys=KEYS,
            aside=Aside(),
            active_stores=lambda: [store],
        ),
    )
    for _ in range(2):
        milestone_tasks.give_milestones(work)
    assert len(told(database, store)) == 1
    database.write(lambda conn: conn.execute(sa.delete(_passed)))
    work.aside.__init__()  # type: ignore[misc]  # the process begins anew
    milestone_tasks.give_milestones(work)
    assert told(database, store) == []


def test_a_birthday_that_fails_waits_and_is_given_later(
    database: Database, store: StoreRef, members: list[int], broken: set[int]
) -> None:
    def born(conn: Connection) -> None:
        conn.execute(sa.delete(waiting._waiting))
        for member in members:
            day = Birthday(NOW.month, NOW.day)
            birthdays.tell_birthday(conn, store.id, member, day, now=LONG_AGO)

    database.write(born)
    aside = Aside()
    while database.write(lambda conn: celebrate_page(conn, store, "birthday", keys=KEYS, now=NOW)):
        pass
    assert earned(database, store) == {members[-1]: 7}
    for _ in range(2):
        database.write(lambda conn: of_waiting(conn, store, aside, NOW))
    assert f": {BROKEN} failed" in told(database, store)[0]
    broken.clear()
    for _ in range(2):
        database.write(lambda conn: of_waiting(conn, store, aside, LATER))
    assert earned(database, store) == dict.fromkeys(members, 7)
    assert told(database, store) == []


@pytest.fixture
def unseen(members: list[int], monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Members at whom a look at lines fails."""
    ill, look = set(members[:1]), pass_milestones.notes_of

    def fails(
        conn: Connection, store: StoreRef, revision: Any, sweep: Any, some: Any, **more: Any
    ) -> list[Note]:
        if ill & {*some}:
            raise ValueError("a row that nobody foresaw")
        return look(conn, store, revision, sweep, some, **more)

    monkeypatch.setattr(pass_milestones, "notes_of", fails)
    return ill


def test_everybody_else_is_looked_at_for_lines(
    database: Database, store: StoreRef, members: list[int], unseen: set[int]
) -> None:
    seen, aside = list[int](), Aside()
    note = passed.note

    def noted(conn: Connection, store_id: int, notes: Any, *, now: datetime) -> None:
        seen.append(len(notes))
        note(conn, store_id, notes, now=now)

    passed_note = pytest.MonkeyPatch()
    passed_note.setattr(passed, "note", noted)
    try:
        database.write(lambda conn: milestones_page(conn, store, now=NOW, aside=aside))
        assert len(seen) == BROKEN
        for _ in range(3):
            database.write(lambda conn: tiers_page(conn, store, now=NOW, aside=aside))
        assert len(told(database, store)) == 1
        unseen.clear()
        del seen[:]
        database.write(lambda conn: tiers_page(conn, store, now=LATER, aside=aside))
        assert len(seen) == 1
        assert told(database, store) == []
    finally:
        passed_note.undo()


def expire(conn: Connection, store: StoreRef, member: int, *, at: datetime) -> int:
    """Points that expire; gives the number of their lot."""
    made = ledger.earn(
        conn,
        Account(store.id, member, "points"),
        10,
        Cause(source=f"test:{member}", part="points", actor="test"),
        key=f"test:{member}",
        now=LONG_AGO,
        effective_at=LONG_AGO,
        available_from=LONG_AGO,
        expires_at=at,
        notice_required=False,
    )
    return int(
        conn.execute(
            sa.text("SELECT id FROM lot WHERE entry_id = :entry"), {"entry": made.entry_id}
        ).scalar_one()
    )


def test_points_of_all_others_expire(
    database: Database, store: StoreRef, members: list[int]
) -> None:
    """A key in the books that is taken already: the account cannot be settled."""

    def furnish(conn: Connection) -> None:
        for number, member in enumerate(members):
            lot = expire(conn, store, member, at=NOW - timedelta(days=30 - number))
            if member == members[-1]:
                continue
            ledger.adjust(
                conn,
                Account(store.id, member, "points"),
                1,
                Cause(source=f"test:{member}", part="points", actor="test"),
                key=f"expire:lot:{lot}",
                now=LONG_AGO,
                effective_at=LONG_AGO,
            )

    database.write(furnish)
    aside = Aside()
    for _ in range(2):
        database.write(lambda conn: settle_points(conn, store, limit=20, now=NOW, aside=aside))
    left = earned(database, store)
    assert left.pop(members[-1]) == 0
    assert set(left.values()) == {11}
    assert f": {BROKEN} failed" in told(database, store)[0]
