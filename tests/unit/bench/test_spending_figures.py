"""What is measured of spending: nothing is lost, exactly one wins, our own share is ours."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.redemptions import RACE_POINTS, SPREAD, add_member, hold_and_release, race
from bench.scene import Scene, prepare
from bench.whole_redemption import Share, figures, waited_in
from saleor_loyalty_app.db.database import Database, open_database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'books.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def scene(database: Database) -> Scene:
    return prepare(database)


def test_holds_come_back_and_are_counted(database: Database, scene: Scene) -> None:
    accounts = [add_member(database, scene, number, lots=2 * SPREAD) for number in range(2)]
    found = hold_and_release(database, accounts, 0.3, clients=2)
    assert found["per_second"] > 0
    assert 0 < found["p50"] <= found["p99"]


def test_of_a_race_one_wins(database: Database, scene: Scene) -> None:
    assert race(database, scene, 1, wishes=6) > 0


def test_a_race_that_nobody_wins_is_an_error(database: Database, scene: Scene) -> None:
    add_member(database, scene, 1, lots=1, lot=1)
    closed = Scene(replace(scene.store, spending_on=False))
    with pytest.raises(RuntimeError, match=f"{RACE_POINTS} left"):
        race(database, closed, 2, wishes=3)


def test_what_was_waited_for_saleor_is_summed_over_operations() -> None:
    page = (
        b"# HELP loyalty_saleor_seconds Time of requests to Saleor.\n"
        b'loyalty_saleor_seconds_bucket{le="0.005",operation="a"} 7.0\n'
        b'loyalty_saleor_seconds_sum{operation="a"} 0.25\n'
        b'loyalty_saleor_seconds_count{operation="a"} 7.0\n'
        b'loyalty_saleor_seconds_sum{operation="b"} 1.5e-01\n'
        b'loyalty_schedule_seconds_sum{schedule="x"} 9.0\n'
    )
    assert waited_in(page) == pytest.approx(0.4)
    assert waited_in(b"") == 0


def test_whole_redemptions_are_judged_by_our_own_share() -> None:
    shares = [Share(whole=100.0 + n, own=float(n), status=201) for n in range(20)]
    own, whole, late = figures([shares, shares])
    assert (own.value, own.ratio, own.reached) == (19.0, 19 / 15, False)
    assert (whole.value, whole.reached) == (119.0, None)
    assert (late.value, late.unit, late.reached) == (0, "of 40", True)
    slow = itertools.chain(shares, [Share(9000.0, 1.0, 202)])
    assert list(figures([list(slow)]))[2].reached is False
