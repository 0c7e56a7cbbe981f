"""The recipes of rewards: each can be published, is taken in a store, and gives what it says."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.reward_board import claim_of
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_from_yaml, program_to_yaml
from saleor_loyalty_app.rewards.claim_states import state_of
from tests.claim_stage import buy, cancel, claim, offer
from tests.redemption_stage import Stage
from tests.unit.programs.test_recipes import BASE, FOLDER, README

_BLOCK = re.compile(r"^```yaml( claim)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = (
    "reward-amount-off",
    "reward-percent-off",
    "reward-free-product",
    "reward-free-shipping",
    "reward-early-access",
    "reward-invitation",
    "reward-handed-over",
)
#: The store adds so much tax to its prices.
TAX = Decimal("1.08")


def blocks(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A recipe, and what comes of its claim."""
    found = _BLOCK.findall((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    [recipe] = [parse_yaml(body) for told, body in found if not told]
    [told] = [parse_yaml(body) for told, body in found if told]
    return recipe, told


def test_every_recipe_is_listed_and_has_no_problem_of_its_own() -> None:
    for name in NAMES:
        assert f"]({name}.md)" in README
        recipe, _ = blocks(name)
        program = read_program({**BASE, **recipe})
        found = check_program(program, [], today=date(2026, 7, 1))
        wrong = [one for one in found if one.path.startswith("rewards")]
        assert [one.code for one in wrong if one.code != "channel_unknown"] == []
        assert program_from_yaml(program_to_yaml(program)).digest == program.digest


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_gives_what_it_says_and_all_comes_back(name: str, stage: Stage) -> None:
    recipe, told = blocks(name)
    [item] = recipe["rewards"]["items"]
    item["channels"][0]["channel"] = "default-channel"
    offer(stage, item)
    members = table(Member)
    stage.database.write(
        lambda conn: conn.execute(
            sa.update(members).values(first_enrolled_at=datetime(2020, 1, 1, tzinfo=UTC))
        )
    )
    checkout = stage.cart()
    full = stage.price(checkout)
    taken = claim(stage, told["reward"], on=checkout if told.get("in_cart") else None)
    assert taken.points == item["points"]
    if "takes_off" not in told:
        found = stage.database.read(lambda conn: claim_of(conn, stage.store, taken))
        assert found is not None
        assert state_of(found.claim, found.redemption) == told["state"]
        return
    if not told.get("in_cart"):
        stage.put_code(checkout, taken.code)
    assert full - stage.price(checkout) == Decimal(told["takes_off"]) * TAX
    order = buy(stage, checkout)
    assert stage.points() == (2000 - item["points"], 0)
    cancel(stage, order)
    assert stage.points() == (2000, 0)
