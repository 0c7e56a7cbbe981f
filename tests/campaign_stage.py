"""Campaigns at work in a sandbox store; for tests."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check, codes, repository, spending
from saleor_loyalty_app.campaigns.codes import CountedCode
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.spending import Spent
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_turns import turn
from saleor_loyalty_app.flows.campaign_vouchers import work_on_vouchers
from saleor_loyalty_app.programs.yaml_text import parse_yaml
from tests.claim_stage import book
from tests.redemption_stage import SHOPPER, Stage

ACTOR = "user:VXNlcjox"
RECIPES = Path(__file__).parents[1] / "docs" / "recipes"
_BLOCK = re.compile(r"^```yaml campaign\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipe(name: str) -> dict[str, Any]:
    """The terms in a recipe of the documentation."""
    text = (RECIPES / f"{name}.md").read_text(encoding="utf-8")
    [found] = _BLOCK.findall(text)
    terms = parse_yaml(found)
    assert isinstance(terms, dict)
    return terms


def terms_of(stage: Stage, kind: str = "percent", **values: Any) -> dict[str, Any]:
    """Terms in one line, for ten days from yesterday on."""
    named: dict[str, Any] = {
        "kind": kind,
        "name": "Autumn",
        "texts": {"en": {"title": "Autumn"}, "tr": {"title": "Sonbahar"}},
        "starts_at": (stage.now - timedelta(days=1)).isoformat(),
        "ends_at": (stage.now + timedelta(days=10)).isoformat(),
    }
    if kind == "points":
        named["times"] = "2"
    else:
        value = {} if kind == "free_shipping" else {"value": "10"}
        named["channels"] = [{"channel": "default-channel", "currency": "USD", **value}]
        named["codes"] = {"sharing": "shared", "code": "AUTUMN10"}
    return named | values


def start(stage: Stage, terms: Mapping[str, Any], *, work: bool = True) -> CampaignRow:
    """Staff plan and schedule a campaign; `work` lets the background make what it needs."""
    read = check.read(dict(terms))

    def write(conn: Connection) -> CampaignRow:
        made = desk.create_campaign(conn, stage.store, read, actor=ACTOR, now=stage.now)
        return desk.schedule_campaign(
            conn, stage.store, made.public_id, version=made.version, actor=ACTOR, now=stage.now
        )

    found = stage.database.write(write)
    # What is ordered in the same second was ordered before.
    stage.box.clock.advance(timedelta(seconds=1))
    if work:
        background(stage)
    return now_of(stage, found)


def background(stage: Stage) -> None:
    """What the tasks of the background do, until nothing is left."""
    for _ in range(10):
        more = turn(stage.database, stage.store, clock=stage.box.clock.now)
        access = stage.driver.bench.access
        more |= work_on_vouchers(access, stage.store, clock=stage.box.clock.now)
        if not more:
            return
    raise AssertionError("the background does not come to an end")


def now_of(stage: Stage, campaign: CampaignRow) -> CampaignRow:
    """The campaign as it is now."""
    return stage.database.read(
        lambda conn: repository.get(conn, stage.store.id, campaign.public_id)
    )


def codes_of(stage: Stage, campaign: CampaignRow) -> list[CountedCode]:
    """The codes of a campaign, the oldest first."""
    found = stage.database.read(
        lambda conn: codes.page(conn, campaign.id, first=10_000, before=None)
    )
    return found[::-1]


def spent_of(stage: Stage, campaign: CampaignRow) -> Spent:
    """What a campaign took."""
    return stage.database.read(lambda conn: spending.spent_of(conn, [campaign.id]))[campaign.id]


def buy(stage: Stage, code: str = "", *, quantity: int = 2, email: str = SHOPPER) -> str:
    """A shopper buys shirts at 75.00 and the order is booked; gives the order's id."""
    cart = stage.cart(quantity, email=email)
    if code:
        stage.put_code(cart, code)
    stage.charge(cart)
    order = stage.teller.complete(cart, by=stage.box.shopper_token(email))
    book(stage, order)
    return order


def refund(stage: Stage, order: str) -> None:
    """The order is canceled, and booked again."""
    stage.teller.cancel(order)
    stage.box.clock.advance(timedelta(minutes=1))
    book(stage, order)
