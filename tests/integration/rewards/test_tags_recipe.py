"""The recipe of tags: its story is told to a store in a box."""

from datetime import date

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.perk_tags import add_tag
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.flows.sweep_tiers import tiers_page
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from saleor_loyalty_app.segments.repository import these
from saleor_loyalty_app.segments.standing import member_in
from saleor_loyalty_app.segments.tagged import tags_of
from tests.claim_stage import buy, cancel, offer
from tests.integration.rewards.test_rule_perks import STAFF, perks
from tests.order_books import KEYS
from tests.redemption_stage import SHOPPER, Stage
from tests.told_recipe import recipe
from tests.unit.programs.test_recipes import BASE, README

NAME = "tag-with-order"


def test_the_recipe_is_listed_and_has_no_problem_of_its_own() -> None:
    assert f"]({NAME}.md)" in README
    section, _ = recipe(NAME)
    program = read_program({**BASE, **section})
    found = check_program(program, [], today=date(2026, 7, 1))
    wrong = [one for one in found if one.path.startswith(("earning", "segments"))]
    assert wrong == []
    assert program_from_yaml(program_to_yaml(program)).digest == program.digest


def test_its_story_ends_each_step_as_it_says(stage: Stage) -> None:
    section, steps = recipe(NAME)
    offer(stage, **section)
    orders: list[str] = []
    member = stage.members[SHOPPER]
    for step in steps:
        if "buy" in step:
            orders.append(buy(stage, stage.cart(step["buy"])))
            assert hands(stage, orders[-1]) == set(step["by"]), step
        elif "cancel" in step:
            cancel(stage, orders[step["cancel"] - 1])
        else:
            mark(stage, member, step["staff"])
        perks(stage)
        assert standing(stage, member) == (set(step["tags"]), set(step["segments"])), step


def mark(stage: Stage, member: int, tag: str) -> None:
    """Staff put a tag on a member."""
    stage.database.write(
        lambda conn: add_tag(conn, stage.store, member, tag, STAFF, keys=KEYS, now=stage.now)
    )


def hands(stage: Stage, order: str) -> set[str]:
    """The rules that had a hand in the points of an order."""
    row = table(OrderState).c
    query = sa.select(row.plan).where(row.store_id == stage.store.id, row.order_id == order)
    plan = stage.database.read(lambda conn: AwardPlan.from_json(conn.execute(query).scalar_one()))
    return {rule for award in plan.awards for rule in award.rule_ids}


def standing(stage: Stage, member: int) -> tuple[set[str], set[str]]:
    """The tags of a member, and the segments, once all is looked at."""
    for _ in range(50):
        more = stage.database.write(lambda conn: tiers_page(conn, stage.store, now=stage.now))
        if not (segments_page(stage.database, stage.store, now=stage.now) or more):
            break

    def read(conn: sa.Connection) -> tuple[set[str], set[str]]:
        tags = tags_of(conn, stage.store.id, these([member])).get(member, frozenset())
        return set(tags), set(member_in(conn, stage.store.id, member))

    return stage.database.read(read)
