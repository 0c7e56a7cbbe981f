"""Who would come into segments and leave them if a draft were published, by the books of now."""

from typing import Any

import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows import preview_segment_moves as previews
from saleor_loyalty_app.flows.preview_segment_moves import SegmentMoves, preview_segment_moves
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_member
from tests.integration.segments.test_sweep_segments import (
    AYSE,
    CAN,
    bought,
    receive,
    segment,
    settle,
    with_segments,
)
from tests.order_books import NOW, live_store, program

OFTEN = segment("regulars", type="orders", min=1)
SELDOM = segment("seldom", type="orders", max=1)


def store_of(database: Database, document: dict[str, Any]) -> StoreRef:
    """A store in which Ayşe bought three times and Can once; a third never did."""
    store = database.write(lambda conn: live_store(conn, document))
    for number in (1, 2, 3):
        receive(database, store, bought(number, user=AYSE))
    receive(database, store, bought(4, user=CAN))
    database.write(lambda conn: make_member(conn, store.id))
    settle(database, store)
    return store


def moves(
    database: Database, store: StoreRef, live: dict[str, Any] | None, draft: dict[str, Any]
) -> SegmentMoves:
    """What publishing would do."""
    before = None if live is None else read_program(live)
    return database.read(
        lambda conn: preview_segment_moves(conn, store, before, read_program(draft), now=NOW)
    )


def told(found: SegmentMoves) -> dict[str, tuple[str, int, int, int, int]]:
    """By segment: what became of it, who is in it before and after, who comes and goes."""
    return {
        one.segment.id: (one.changed, one.before, one.after, one.come, one.gone)
        for one in found.flows
    }


def test_a_changed_rule_tells_who_comes_and_who_goes(database: Database) -> None:
    live = with_segments(OFTEN, SELDOM)
    store = store_of(database, live)
    dearer = segment("regulars", type="orders", min=3)
    wider = segment("seldom", type="orders", max=3)
    turned = segment("regulars", type="orders", max=0)

    found = moves(database, store, live, with_segments(dearer, wider))
    assert told(found) == {
        "regulars": ("changed", 2, 1, 0, 1),
        "seldom": ("changed", 2, 3, 1, 0),
    }
    assert (found.total, found.looked_at, found.is_sample) == (3, 3, False)
    # The same number before and after may be other members.
    assert told(moves(database, store, live, with_segments(turned, SELDOM))) == {
        "regulars": ("changed", 2, 1, 1, 2)
    }


def test_new_and_removed_segments_are_told_those_of_the_draft_first(database: Database) -> None:
    live = with_segments(OFTEN)
    store = store_of(database, live)

    found = moves(database, store, live, with_segments(SELDOM))
    assert list(told(found).items()) == [
        ("seldom", ("new", 0, 2, 2, 0)),
        ("regulars", ("removed", 2, 0, 0, 2)),
    ]
    assert told(moves(database, store, live, program())) == {"regulars": ("removed", 2, 0, 0, 2)}
    # Before the first program nobody is in any.
    assert told(moves(database, store, None, live)) == {"regulars": ("new", 0, 2, 2, 0)}


def test_segments_that_ask_the_same_are_not_told(database: Database) -> None:
    live = with_segments(OFTEN, SELDOM)
    store = store_of(database, live)
    renamed = OFTEN | {"names": {"en": "Another name"}}

    found = moves(database, store, live, with_segments(SELDOM, renamed))
    assert (told(found), found.total) == ({}, 3)


def test_a_level_that_is_gone_takes_its_members_out_of_a_segment_of_the_same_rule(
    database: Database,
) -> None:
    level = {"id": "gold", "names": {"en": "Gold"}, "requirements": {"orders": {"min": 2}}}
    tiers = {"enabled": True, "levels": [level]}
    golden = segment("golden", type="tier", tiers=["gold"])
    live = with_segments(OFTEN, golden, tiers=tiers)
    store = store_of(database, live)

    off = with_segments(OFTEN, golden, tiers=tiers | {"enabled": False})
    assert told(moves(database, store, live, off)) == {"golden": ("changed", 1, 0, 0, 1)}


def test_of_many_members_a_sample_stands_for_all(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = with_segments(OFTEN)
    store = store_of(database, live)

    def crowd(conn: Any) -> None:
        for at in range(37):
            make_member(conn, store.id, bucket=at * 250)

    database.write(crowd)
    monkeypatch.setattr(previews, "SAMPLE", 20)
    monkeypatch.setattr(previews, "PAGE", 5)
    nobody_yet = segment("all", type="member_since", min=0)

    found = moves(database, store, live, with_segments(OFTEN, nobody_yet))
    [flow] = found.flows
    assert (found.total, found.is_sample) == (40, True)
    assert 0 < found.looked_at < 40
    assert flow.come == found.looked_at
    assert found.expected(flow.come) == 40
