"""The first order of who bought before the program: new while nothing was counted, known after."""

# The fixtures are those of the file beside.
# ruff: noqa: F811

from collections.abc import Callable
from typing import Any

import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.import_choice import ImportChoice
from saleor_loyalty_app.flows.program_problems import problems_of_program
from saleor_loyalty_app.orders.imports import ImportRow
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.test_converge_first_order import first_order_program
from tests.integration.orders.test_import_history import (
    NOW,
    clock,  # noqa: F401
    past,
    run,  # noqa: F401
    source,  # noqa: F401
)
from tests.order_books import KEYS, live_store

CODE = "past_orders_not_counted"


@pytest.fixture
def store(database: Database) -> StoreRef:
    return database.write(lambda conn: live_store(conn, first_order_program()))


def warned(database: Database, store: StoreRef, document: dict[str, Any]) -> list[str]:
    """The places of the warning; it is worded in both languages."""
    program = read_program(document)
    found = database.read(lambda conn: problems_of_program(conn, store, program, now=NOW))
    mine = [one for one in found if one.code == CODE]
    for one in mine:
        assert one.severity == "warning"
        assert "Publish" in one.in_words("en")
        assert "Yayınla" in one.in_words("tr")
    return [one.path for one in mine]


def buy(database: Database, store: StoreRef) -> int:
    """What the order gives that a customer of old makes after the program began."""
    told = past(9, -5)
    outcome = database.write(
        lambda conn: converge_order(conn, store, told, Look.read(NOW), now=NOW, secrets=KEYS)
    )
    return outcome.posted[("points", "points")]


@pytest.mark.parametrize(
    ("choice", "dry_run", "given", "warns"),
    [
        (None, False, 1500, True),
        (ImportChoice("status_only"), True, 1500, True),
        (ImportChoice("none"), False, 1500, True),
        (ImportChoice("status_only"), False, 1000, False),
    ],
    ids=["nothing", "dry", "none", "for tiers only"],
)
def test_orders_of_before_make_the_next_one_no_first_once_they_are_counted(
    database: Database,
    store: StoreRef,
    run: Callable[..., ImportRow],
    choice: ImportChoice | None,
    dry_run: bool,
    given: int,
    warns: bool,
) -> None:
    if choice is not None:
        run(choice, dry_run=dry_run)
    number = len(first_order_program()["earning"]["rules"]) - 1
    places = [f"earning.rules[{number}].when"] if warns else []
    assert warned(database, store, first_order_program()) == places
    assert buy(database, store) == given


@pytest.mark.parametrize(
    ("when", "warns"),
    [
        ({"type": "member_orders", "max": 3}, True),
        ({"type": "expression", "cel": "order.nth_order == 1"}, True),
        ({"type": "expression", "cel": "member.orders > 5"}, True),
        ({"type": "not", "of": {"type": "nth_order", "max": 1}}, True),
        ({"type": "order_quantity", "min": 2}, False),
    ],
)
def test_whatever_asks_for_the_number_is_warned_of(
    database: Database, store: StoreRef, when: dict[str, Any], warns: bool
) -> None:
    document = first_order_program()
    document["earning"]["rules"][-1]["when"] = when
    assert bool(warned(database, store, document)) is warns
    document["earning"]["rules"][-1]["enabled"] = False
    assert warned(database, store, document) == []
