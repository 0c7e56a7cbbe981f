"""A reward of a tier, or a look at one, that is broken takes nothing from those of others."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import award_deed, move_tiers, reward_tiers, sweep_tiers
from saleor_loyalty_app.flows.each_row import Aside
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import entry_rewards, looks
from saleor_loyalty_app.tiers.models import MemberTier, TierReward
from tests.deed_stage import TIERS
from tests.factories import make_revision
from tests.integration.bonuses.test_broken_rows import (
    BROKEN,
    DOCUMENT,
    LATER,
    broken,
    earned,
    joined,
    members,
    of_tiers,
    store,
    told,
)
from tests.order_books import NOW

__all__ = ["broken", "members", "store"]

_members, _tiers, _rewards = table(Member), table(MemberTier), table(TierReward)


@pytest.fixture
def kept(members: list[int], monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Members of whom no deed can be taken back, which is found after it was."""
    ill, reverse = set(members[:-1]), award_deed.reverse_deed

    def fails(conn: Connection, store: StoreRef, member_id: int, *args: Any, **more: Any) -> object:
        taken = reverse(conn, store, member_id, *args, **more)
        if member_id in ill:
            raise ValueError("a row that nobody foresaw")
        return taken

    monkeypatch.setattr(reward_tiers, "reverse_deed", fails)
    return ill


def fallen(database: Database, store: StoreRef, members: list[int], aside: Aside) -> None:
    """All have been given what a level brings, and have lost it since."""
    for _ in range(2):
        database.write(lambda conn: of_tiers(conn, store, aside, NOW))
    assert earned(database, store) == dict.fromkeys(members, 7)
    database.write(lambda conn: entry_rewards.fall(conn, store.id, members, ["silver"]))


def test_rewards_of_tiers_that_cannot_be_taken_back_keep_none_behind_them_waiting(
    database: Database, store: StoreRef, members: list[int], kept: set[int]
) -> None:
    aside = Aside()
    fallen(database, store, members, aside)
    for _ in range(2):
        database.write(lambda conn: of_tiers(conn, store, aside, NOW))
    assert earned(database, store) == dict.fromkeys(members, 7) | {members[-1]: 0}
    [problem] = told(database, store)
    assert f": {BROKEN} failed" in problem
    kept.clear()
    for _ in range(2):
        database.write(lambda conn: of_tiers(conn, store, aside, LATER))
    assert earned(database, store) == dict.fromkeys(members, 0)
    assert told(database, store) == []
    assert database.read(lambda conn: entry_rewards.open_ones(conn, store.id, limit=1)) == []


def test_a_reward_of_a_tier_that_cannot_be_taken_back_keeps_no_other_from_being_given(
    database: Database, store: StoreRef, members: list[int], kept: set[int]
) -> None:
    fallen(database, store, members, Aside())
    kept.intersection_update(members[:1])
    late = database.write(lambda conn: joined(conn, store))
    for _ in range(2):
        database.write(lambda conn: of_tiers(conn, store, Aside(), NOW))
    assert earned(database, store) == dict.fromkeys(members, 0) | {members[0]: 7, late: 7}


@pytest.mark.parametrize("ill", [2, 0], ids=["beside", "one_of_them"])
def test_two_who_became_one_are_given_a_level_once_beside_a_broken_reward(
    database: Database, store: StoreRef, members: list[int], broken: set[int], ill: int
) -> None:
    """What they are of is told from row to row, though each is worked on by itself."""
    broken.intersection_update({members[ill]})
    first, second = members[:2]

    def merge(conn: Connection) -> None:
        values = {"merged_into": first}
        conn.execute(sa.update(_members).where(_members.c.id == second).values(values))
        conn.execute(sa.delete(_rewards).where(_rewards.c.member_id.in_(members[3:])))

    database.write(merge)
    aside = Aside()
    database.write(lambda conn: of_tiers(conn, store, aside, NOW))
    given = earned(database, store)
    assert given == ({first: 7} if ill else {members[2]: 7})
    broken.clear()
    for _ in range(2):
        database.write(lambda conn: of_tiers(conn, store, aside, LATER))
    assert earned(database, store) == {first: 7, members[2]: 7}
    assert told(database, store) == []


@pytest.fixture
def unmoved(
    database: Database, store: StoreRef, members: list[int], monkeypatch: pytest.MonkeyPatch
) -> set[int]:
    """Members at whose tiers it cannot be looked, which is found after it was; none at first."""
    ill, look = set[int](), move_tiers.look_at

    def fails(conn: Connection, store: StoreRef, revision: Any, some: Any, **more: Any) -> object:
        found = look(conn, store, revision, some, **more)
        if ill & {*some}:
            raise ValueError("a row that nobody foresaw")
        return found

    monkeypatch.setattr(sweep_tiers, "look_at", fails)
    return ill


def look_at_tiers(database: Database, store: StoreRef, aside: Aside, now: datetime) -> None:
    """All pages, of which there are only so many."""
    for _ in range(6):
        if not database.write(lambda conn: tiers_page(conn, store, now=now, aside=aside)):
            return
    raise AssertionError("it goes round in circles")


def looked_at(database: Database, store: StoreRef) -> set[int]:
    """Who was looked at, and whose time has not come again."""
    query = sa.select(_tiers.c.member_id).where(
        _tiers.c.store_id == store.id, sa.or_(_tiers.c.due_at.is_(None), _tiers.c.due_at > NOW)
    )
    return set(database.read(lambda conn: conn.execute(query).scalars().all()))


def asked(conn: Connection, store: StoreRef, members: list[int]) -> None:
    conn.execute(sa.delete(_tiers))
    looks.look_again(conn, store.id, members)


def timely(conn: Connection, store: StoreRef, members: list[int]) -> None:
    conn.execute(sa.update(_tiers).values(due_at=NOW))


def swept(conn: Connection, store: StoreRef, members: list[int]) -> None:
    conn.execute(sa.delete(_tiers))
    conn.execute(sa.text("UPDATE tier_sweep SET after = 0"))


@pytest.mark.parametrize("why", [asked, timely, swept])
def test_a_member_at_whose_tier_it_cannot_be_looked_keeps_none_from_being_looked_at(
    database: Database,
    store: StoreRef,
    members: list[int],
    unmoved: set[int],
    why: Callable[[Connection, StoreRef, list[int]], None],
) -> None:
    aside = Aside()
    look_at_tiers(database, store, aside, NOW)
    assert looked_at(database, store) == {*members}
    database.write(lambda conn: why(conn, store, members))
    unmoved |= {members[0], members[7]}
    look_at_tiers(database, store, aside, NOW)
    assert looked_at(database, store) == {*members} - unmoved
    [problem] = told(database, store)
    assert "tiers: 2 failed" in problem
    ill = {*unmoved}
    unmoved.clear()
    look_at_tiers(database, store, aside, NOW)
    assert looked_at(database, store) == {*members} - ill, "they rest for a while"
    look_at_tiers(database, store, aside, LATER)
    assert looked_at(database, store) == {*members}
    assert told(database, store) == []


def test_tiers_that_are_switched_off_are_no_trouble_any_more(
    database: Database, store: StoreRef, members: list[int], unmoved: set[int]
) -> None:
    unmoved |= {members[0]}
    look_at_tiers(database, store, Aside(), NOW)
    assert len(told(database, store)) == 1
    off = DOCUMENT | {"tiers": TIERS | {"enabled": False}}
    database.write(lambda conn: make_revision(conn, store.id, off, effective_from=NOW))
    look_at_tiers(database, store, Aside(), NOW)
    assert told(database, store) == []
