"""The command line tells who moves between tiers as Publish counts it, in both languages."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.cli.costs import lines_beside_orders
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members import sampling
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.tiers.test_move_tiers import AYSE, CAN, bought, receive, settle, tiered
from tests.order_books import NOW, live_store
from tests.order_samples import shopper

EFE = shopper("VXNlcjoz", "efe@example.com")


@pytest.fixture
def store(database: Database) -> StoreRef:
    """Ayşe and Can have Silver by two orders of $100, Efe has Bronze by one."""
    store = database.write(lambda conn: live_store(conn, tiered()))
    for number, who in enumerate((AYSE, AYSE, CAN, CAN, EFE), start=1):
        receive(database, store, bought(number, number, user=who), NOW)
    settle(database, store, NOW)
    return store


def lines(
    database: Database, store: StoreRef, document: dict[str, Any], language: str
) -> list[str]:
    draft = read_program(document)
    now = NOW + timedelta(minutes=1)
    return [
        line
        for line in database.read(
            lambda conn: lines_beside_orders(
                conn, store, draft, start=now, now=now, language=language
            )
        )
        if "→" in line or "tier" in line.lower() or "eviye" in line
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "1 member moves at once: Bronze → Silver.",
                "Reaching tiers gives 50 points at once at most.",
            ],
        ),
        (
            "tr",
            [
                "1 üyenin seviyesi hemen değişir: Bronze → Silver.",
                "Seviyelere ulaşma karşılığında hemen en çok 50 puan verilir.",
            ],
        ),
    ],
)
def test_it_tells_who_rises_at_once_and_what_that_gives(
    database: Database, store: StoreRef, language: str, told: list[str]
) -> None:
    assert lines(database, store, tiered(50, 100, 500), language)[:2] == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "Nobody moves between tiers at once.",
                (
                    "2 members would fall when their period ends, buying no more than today:"
                    " Silver → Bronze."
                ),
            ],
        ),
        (
            "tr",
            [
                "Hemen kimsenin seviyesi değişmez.",
                (
                    "2 üye, bugünkünden fazla alışveriş yapmazsa dönemi bitince iner:"
                    " Silver → Bronze."
                ),
            ],
        ),
    ],
)
def test_it_tells_who_falls_later(
    database: Database, store: StoreRef, language: str, told: list[str]
) -> None:
    assert lines(database, store, tiered(50, 250, 500), language)[:2] == told


def test_tiers_that_stay_are_not_told(database: Database, store: StoreRef) -> None:
    same = tiered() | {"name": "Another name"}
    assert [one for one in lines(database, store, same, "en") if "moves" in one] == []


def test_switching_tiers_off_tells_who_loses_one(database: Database, store: StoreRef) -> None:
    off = tiered()
    off["tiers"]["enabled"] = False
    assert lines(database, store, off, "en")[:2] == [
        "1 member moves at once: Bronze → No tier.",
        "2 members move at once: Silver → No tier.",
    ]


def test_of_many_members_a_sample_is_told_as_such(
    database: Database, store: StoreRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SAMPLE", 2)
    members = table(Member)
    ids = sa.select(members.c.id).where(members.c.store_id == store.id).order_by(members.c.id)
    first, *others = database.read(lambda conn: list(conn.execute(ids).scalars()))
    buckets = dict.fromkeys((first, others[0]), 0) | {others[1]: sampling.BUCKETS - 1}
    for one, bucket in buckets.items():
        placed = sa.update(members).where(members.c.id == one).values(bucket=bucket)
        database.write(partial(_run, placed))
    told = lines(database, store, tiered(50, 250, 500), "en")
    assert told[1].startswith("2 members would fall")
    assert told[2].startswith("Of tiers a sample was looked at: 2 of 3 members")


def _run(statement: sa.Update, conn: sa.Connection) -> None:
    conn.execute(statement)
