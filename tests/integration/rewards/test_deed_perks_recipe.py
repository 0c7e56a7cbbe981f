"""The recipe of rewards for deeds: its story is told to a store in a box."""

from datetime import date

from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from tests.claim_stage import buy, cancel, offer
from tests.deed_stage import birthday, settle
from tests.integration.rewards.test_rule_perks import gifts, perks
from tests.redemption_stage import Stage
from tests.told_recipe import recipe
from tests.unit.programs.test_recipes import BASE, README

NAME = "reward-on-birthday"


def test_the_recipe_is_listed_and_has_no_problem_of_its_own() -> None:
    assert f"]({NAME}.md)" in README
    section, _ = recipe(NAME)
    program = read_program({**BASE, **section})
    found = check_program(program, [], today=date(2026, 7, 1))
    wrong = [one for one in found if one.path.startswith(("earning", "rewards"))]
    assert [one.code for one in wrong if one.code != "channel_unknown"] == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest


def test_its_story_ends_each_step_as_it_says(stage: Stage) -> None:
    section, steps = recipe(NAME)
    [item] = section.pop("rewards")["items"]
    item["channels"][0]["channel"] = "default-channel"
    offer(stage, item, **section)
    settle(stage)
    orders: list[str] = []
    for step in steps:
        if "buy" in step:
            orders.append(buy(stage, stage.cart(step["buy"])))
        elif "cancel" in step:
            cancel(stage, orders[step["cancel"] - 1])
        else:
            assert birthday(stage, step["birthday"]) == 0
        settle(stage)
        stage.sweep()
        perks(stage)
        usable = [one for one in gifts(stage) if one.state == "issued" and not one.ending]
        assert len(usable) == step["rewards"], step
