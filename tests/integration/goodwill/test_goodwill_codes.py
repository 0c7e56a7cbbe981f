"""Goodwill as a code, and as points where none can be made."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.make_goodwill_code import make_code
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.offers import offer_for
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.programs.goodwill import Amount, GiveAmount
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.goodwill.goodwill_stage import decided, told, values_of
from tests.program_samples import program_of
from tests.redemption_stage import RATES, Stage


def wants_a_code(stage: Stage, number: int = 1, email: str = "ayse@example.com") -> Prompt:
    """Goodwill that was given in points, of which a code is wanted."""
    values = _row(stage.store, stage.members[email], number, stage.now)
    made = stage.database.write(lambda conn: prompts.add(conn, values))
    found = stage.database.read(lambda conn: prompts.by_id(conn, stage.store.id, made or 0))
    assert found is not None
    return decided(stage.database, stage.store, found, now=stage.now)


def made_of(stage: Stage, wanted: Prompt, store: StoreRef | None = None) -> tuple[str, Prompt]:
    """What the background makes of a code that is wanted, and its prompt then."""
    [seen] = [
        one
        for one in stage.database.read(
            lambda conn: prompts.codes_wanted(conn, stage.store.id, limit=9)
        )
        if one.id == wanted.id
    ] or [wanted]
    state = make_code(
        stage.database, stage.spender, store or stage.store, seen, clock=lambda: stage.now
    )
    after = stage.database.read(lambda conn: prompts.by_id(conn, stage.store.id, wanted.id))
    assert after is not None
    return state, after


def test_an_amount_becomes_a_code_and_points_where_none_can_be_made(database: Database) -> None:
    stage = Stage.open(database, step=100)
    store = stage.store
    first = wants_a_code(stage)
    assert told(database, store) == [], "told once it is known whether there is a code"
    assert made_of(stage, first)[0] == "made"
    state, done = made_of(stage, first)
    assert (state, done.code_state) == ("made", "made")
    [redemption] = [stage.spender.find(store, done.redemption, None)]
    assert (redemption.state, redemption.points, redemption.amount) == (
        "issued",
        500,
        Decimal(5),
    )
    [apology] = told(database, store)
    assert (apology["amount"], apology["currency"]) == ("5", "USD"), "what the code takes off"
    second = wants_a_code(stage, 2, "john@example.com")
    off = StoreRef(**{**values_of(store), "spending_on": False})
    state, left = made_of(stage, second, off)
    assert (state, left.code_state, left.code_why) == ("refused", "refused", "spending_off")
    assert stage.points("john@example.com") == (500, 0), "the points stay"
    assert [one.get("amount") for one in told(database, store)] == ["5", None]


def test_a_code_that_saleor_refuses_is_told_as_points(database: Database) -> None:
    stage = Stage.open(database, step=100)
    for app in stage.box.store.apps.values():
        app.permissions -= {"MANAGE_DISCOUNTS"}
    state, left = made_of(stage, wants_a_code(stage))
    assert (state, left.code_state, left.code_why) == ("refused", "refused", "saleor_refused")
    assert stage.points() == (500, 0)
    assert [one.get("amount") for one in told(database, stage.store)] == [None]


def test_a_code_that_is_on_its_way_is_waited_for_before_anybody_is_told(
    database: Database,
) -> None:
    stage = Stage.open(database, step=100)
    wanted = wants_a_code(stage)
    stage.network.lose("VoucherCreate", heard=True)
    state, seen = made_of(stage, wanted)
    assert (state, seen.code_state, told(database, stage.store)) == ("wanted", "wanted", [])
    assert made_of(stage, wanted)[0] == "wanted"
    stage.sweep(timedelta(minutes=1))
    state, done = made_of(stage, wanted)
    assert (state, done.code_state, done.redemption) == ("made", "made", seen.redemption)
    assert [one.get("amount") for one in told(database, stage.store)] == ["5"]


@pytest.mark.parametrize(
    ("step", "points_a_dollar", "asked", "offered"),
    [(1, 100, "4.20", (420, 4200)), (100, 100, "4.20", (500, 5000)), (1, 3, "0.50", (2, 660))],
    ids=["exact", "in steps", "cut to cents"],
)
def test_a_code_is_offered_with_what_its_points_take_off(
    step: int, points_a_dollar: int, asked: str, offered: tuple[int, int]
) -> None:
    rates = [RATES[0] | {"spend_rate": {"points": points_a_dollar, "money": "1"}}]
    suggest = GiveAmount(type="amount", amounts=(Amount(currency="USD", amount=Decimal(asked)),))
    offer = offer_for(
        program_of(currencies=rates, spending={"step": step}),
        suggest,
        channel="default-channel",
        currency="USD",
        shipping_milli=0,
    )
    assert (offer.points, offer.amount_milli, offer.as_code) == (*offered, True)


def _row(store: StoreRef, member_id: int, number: int, now: datetime) -> dict[str, Any]:
    return {
        "store_id": store.id,
        "member_id": member_id,
        "order_id": f"O{number}",
        "order_number": str(number),
        "channel": "default-channel",
        "currency": "USD",
        "signal": "complaint",
        "facts": {},
        "suggested": "amount",
        "points": 500,
        "amount_milli": 4200,
        "as_code": True,
        "automatic": False,
        "state": "open",
        "opened_at": now,
        "opened_by": "app",
        "note": "",
        "decision_note": "",
        "decided_by": "",
        "given": 0,
        "code_state": "",
        "code_why": "",
        "redemption": "",
    }
