"""The recipe of messages from rules: its story is told to a store in a box."""

from datetime import date

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.preview_checkout import preview_checkout, read_checkout
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from saleor_loyalty_app.saleor.client import SaleorClient
from tests.claim_stage import buy, cancel, offer
from tests.integration.rewards.test_rule_perks import perks
from tests.redemption_stage import CIPHER, Stage
from tests.told_recipe import recipe
from tests.unit.programs.test_recipes import BASE, README

NAME = "message-with-order"
_message = table(OutboxMessage).c


def test_the_recipe_is_listed_and_has_no_problem_of_its_own() -> None:
    assert f"]({NAME}.md)" in README
    section, _ = recipe(NAME)
    program = read_program({**BASE, **section})
    found = check_program(program, [], today=date(2026, 7, 1))
    assert [one for one in found if one.path.startswith("earning")] == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest


def test_its_story_ends_each_step_as_it_says(stage: Stage) -> None:
    section, steps = recipe(NAME)
    offer(stage, **section)
    orders: list[str] = []
    for step in steps:
        if "buy" in step:
            orders.append(buy(stage, stage.cart(step["buy"])))
        else:
            cancel(stage, orders[step["cancel"] - 1])
        perks(stage)
        assert waiting(stage) == step["waiting"], step


def waiting(stage: Stage) -> list[str]:
    """The titles of what rules tell and nobody sent or withdrew yet."""
    query = (
        sa.select(_message.data)
        .where(
            _message.store_id == stage.store.id,
            _message.kind == Kind.order_message.value,
            _message.planned_at.is_(None),
        )
        .order_by(_message.id)
    )
    rows = stage.database.read(lambda conn: list(conn.execute(query).scalars()))
    return [str(data["title"]) for data in rows]


def test_a_cart_is_not_told_what_it_lacks_for_a_message(stage: Stage) -> None:
    section, _ = recipe(NAME)
    [purchases, thanks] = section["earning"]["rules"]
    gift = {"type": "points_per_order", "points": 5}
    five = thanks | {"id": "five", "name": {"en": "Five more"}, "then": gift}
    offer(stage, earning={"rules": [purchases, thanks, five]})
    client = SaleorClient(stage.http, now=stage.box.clock.now)
    access = StoreAccess(stage.database, client, CIPHER)
    cart = read_checkout(access, stage.store, stage.cart(1))
    found = stage.database.read(
        lambda conn: preview_checkout(
            conn, stage.store, cart, None, is_owner=False, now=stage.now, language="en"
        )
    )
    assert [rule for rule, _ in found.nearly] == ["five"]
