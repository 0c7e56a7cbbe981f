"""A stage whose program gives rewards for deeds; for tests."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.flows.give_bonus import give_bonus
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.sweep_milestones import milestones_page
from saleor_loyalty_app.flows.sweep_tiers import rewards_page, tiers_page
from saleor_loyalty_app.flows.take_event import take_back, take_event
from saleor_loyalty_app.programs.deeds import DeedFacts
from tests.claim_stage import item_of, offer
from tests.factories import make_partner_key
from tests.order_books import KEYS
from tests.redemption_stage import SHOPPER, Stage

BASE: dict[str, Any] = {"id": "base", "then": {"type": "points_per_money"}}
TIERS: dict[str, Any] = {
    "enabled": True,
    "levels": [
        {
            "id": "silver",
            "names": {"en": "Silver", "tr": "Gümüş"},
            "requirements": {"orders": {"min": 1}},
        }
    ],
}
EVENTS: dict[str, Any] = {
    "types": [{"id": "visit", "name": {"en": "Visit", "tr": "Ziyaret"}, "identity": ["user_id"]}]
}
ITEM = item_of("amount", amount="10")


def on(trigger: str, rule_id: str = "gives", **values: Any) -> dict[str, Any]:
    """A rule that gives the reward for a deed."""
    then = {"type": "issue_reward", "reward": "reward"}
    return {"id": rule_id, "trigger": trigger, "then": then} | values


def at_line(least: int, rule_id: str = "gives", **more: Any) -> dict[str, Any]:
    """A rule that gives the reward for so many paid orders."""
    line = {"line": {"type": "orders", "min": least}} | more
    return on("milestone", rule_id, milestone=line)


def publish(
    stage: Stage, *rules: dict[str, Any], item: dict[str, Any] = ITEM, stacking: str = "sum"
) -> None:
    """A program with points on every purchase, these rules, one reward, a tier and an event."""
    earning = {"stacking": stacking, "rules": [BASE, *rules]}
    offer(stage, item, earning=earning, tiers=TIERS, events=EVENTS)


def birthday(stage: Stage, year: int = 2026, member: int | None = None) -> int:
    """A birthday is celebrated; gives its points."""
    deed = DeedFacts("birthday", "", stage.now, f"birthday:{year}")
    who = stage.members[SHOPPER] if member is None else member
    return stage.database.write(
        lambda conn: give_bonus(conn, stage.store, who, deed, keys=KEYS, now=stage.now)
    )


def report(stage: Stage, reference: str = "one") -> str:
    """Another system reports a visit; gives what became of it."""
    event = Incoming("visit", reference, "user_id", stage.users[SHOPPER], None, {})
    key = _key(stage)
    taken = stage.database.write(
        lambda conn: take_event(conn, stage.store, event, key_id=key, now=stage.now, keys=KEYS)
    )
    return taken.event.outcome


def remove(stage: Stage, reference: str = "one") -> None:
    """The other system takes the visit back."""
    key = _key(stage)
    stage.database.write(
        lambda conn: take_back(conn, stage.store, "visit", reference, key_id=key, now=stage.now)
    )


def _key(stage: Stage) -> int:
    """A key of the system that reports visits."""
    return stage.database.write(lambda conn: make_partner_key(conn, stage.store.id, "visit"))


def settle(stage: Stage) -> None:
    """All that the tasks have to do for lines and tiers by now."""
    stage.box.clock.advance(timedelta(minutes=1))

    def work(conn: sa.Connection) -> bool:
        moving = tiers_page(conn, stage.store, now=stage.now)
        looking = milestones_page(conn, stage.store, now=stage.now)
        giving = rewards_page(conn, stage.store, keys=KEYS, now=stage.now)
        settled = settle_milestones(conn, stage.store, limit=5, keys=KEYS, now=stage.now)
        return moving or looking or giving or settled > 0

    for _ in range(20):
        if not stage.database.write(work):
            return
    raise AssertionError("the tasks never come to an end")
