"""The recipes of tiers: each story is told to a store in a box, and ends each step as it says."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.programs.yaml_text import parse_yaml
from saleor_loyalty_app.saleor import documents
from saleor_loyalty_app.saleor.event import OrderEvent, parse
from sandbox import Sandbox
from sandbox.events.render import to_body
from tests.integration.tiers.test_move_tiers import receive, settle, tiers
from tests.order_books import books_of, live_store
from tests.sandbox_shop import People
from tests.unit.programs.test_recipes import BASE, FOLDER, README

JOHN = "john@example.com"
#: The channel of the recipes, as the store in a box calls it.
CHANNELS = {"default": "default-channel", "turkey": "channel-tr"}
_BLOCK = re.compile(r"^```yaml( story)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TOLD = ("ORDER_CREATED", "ORDER_UPDATED")
#: The recipes with a story, and how many steps it has at least.
RECIPES = {"tiers.md": 9, "tier-reward-returned.md": 6}


def recipe(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The document of the recipe, and all steps of its story."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    found = [(bool(story), parse_yaml(body)) for story, body in _BLOCK.findall(text)]
    [section] = [body for story, body in found if not story]
    rates = [one | {"channel": CHANNELS[one["channel"]]} for one in BASE["currencies"]]
    steps = [step for story, body in found if story for step in body]
    return {**BASE, **section, "currencies": rates}, steps


class Shop:
    """John buys in a store in a box, and the app hears of it."""

    def __init__(self, database: Database, document: Mapping[str, Any]) -> None:
        self.database, self.box = database, Sandbox()
        self.people = People(self.box)
        self.app = self.people.install()
        self.box.take_emitted()
        self.store = database.write(lambda conn: live_store(conn, document))

    def do(self, step: Mapping[str, Any]) -> None:
        if "buy" in step:
            self.people.buy(step["buy"], email=JOHN)
        elif "refund" in step:
            self.people.refund(self.people.orders[step["refund"] - 1], Decimal(1))
        else:
            self.box.clock.advance(timedelta(days=step["days"]))
        self.box.clock.advance(timedelta(minutes=2))
        for emitted in self.box.take_emitted():
            if emitted.event not in _TOLD:
                continue
            payload = self.box.render(emitted, documents.load("subscriptions/orders"), self.app)
            order = None if payload is None else parse(to_body(payload), OrderEvent).order
            if order is not None:
                receive(self.database, self.store, order, self.box.clock.now())
        settle(self.database, self.store, self.box.clock.now())

    def points(self) -> int:
        books = self.database.read(lambda conn: books_of(conn, self.store))
        return sum(amount for (_, unit), amount in books.balances.items() if unit == "points")


@pytest.mark.parametrize("name", RECIPES)
def test_each_step_of_the_story_ends_as_it_says(database: Database, name: str) -> None:
    document, steps = recipe(name)
    assert len(steps) >= RECIPES[name]
    shop = Shop(database, document)
    for number, step in enumerate(steps, start=1):
        shop.do(step)
        [tier] = tiers(database, shop.store)
        assert tier == step["tier"], f"step {number}: {step}"
        assert shop.points() == step.get("points", shop.points()), f"step {number}: {step}"


@pytest.mark.parametrize("name", RECIPES)
def test_the_recipe_could_be_published_and_is_in_the_list(name: str) -> None:
    document, _ = recipe(name)
    found = check_program(read_program(document), [], today=date(2026, 7, 1))
    assert [one for one in found if one.path.startswith("tiers") and one.severity == "error"] == []
    assert f"]({name})" in README
