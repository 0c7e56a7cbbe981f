"""In a store that behaves as Saleor does, no order changes without one of the events we ask for.

The recorded stories are told to the sandbox; after each mutation all orders are looked at through
our own fragment.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from saleor_loyalty_app.handlers.orders import ORDERS, ORDERS_BULK
from saleor_loyalty_app.saleor.documents import complete
from tests.contract.stories import STORIES, Recorded, Story
from tests.contract.story_stage import Stage

CHOSEN = {*ORDERS.events, *ORDERS_BULK.events}
LOOK = complete("query { orders(first: 100) { edges { node { ...OrderSnapshot } } } }")
#: Saleor tells nobody of a granted refund; reconciliation finds it by `updatedAt`.
SILENT = ("orderGrantRefund",)


@dataclass
class Watch:
    """Looks at all orders around every mutation."""

    stage: Stage
    changes: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)

    def look(self) -> dict[str, str]:
        box = self.stage.box
        edges = box.execute(LOOK, token=box.staff_token())["data"]["orders"]["edges"]
        return {edge["node"]["id"]: _state(edge["node"]) for edge in edges}

    def around(self, inner: Any) -> Any:
        def execute(document: str, given: dict[str, Any], token: str | None) -> dict[str, Any]:
            before, told_before = self.look(), len(self.stage.box.emitted)
            answer: dict[str, Any] = inner(document, given, token)
            after = self.look()
            events = {event.event for event in self.stage.box.emitted[told_before:]}
            for order, state in after.items():
                if before.get(order) != state and not any(name in document for name in SILENT):
                    self.changes += 1
                    if not events & CHOSEN:
                        self.missed.append((document[:200], ", ".join(sorted(events))))
            return answer

        return execute


def _state(order: dict[str, Any]) -> str:
    """What counts of an order: money that was only asked for, or refused, moves nothing."""
    for transaction in order["transactions"]:
        transaction["events"] = [
            event
            for event in transaction["events"]
            if not str(event["type"]).endswith(("_REQUEST", "_FAILURE"))
        ]
    return json.dumps(order | {"updatedAt": ""})


def recorded(shared: Path, story: Story) -> Recorded:
    found = []
    for file in sorted((shared / "recordings" / "stories" / story.name).glob("*.json")):
        request = json.loads(file.read_text(encoding="utf-8"))
        found.append(
            {
                "number": int(file.name.partition("-")[0]),
                "event": request["event"],
                "body": json.loads(request["body"]),
            }
        )
    return sorted(found, key=lambda request: request["number"])


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_no_order_changes_unheard(story: Story, shared: Path) -> None:
    stage = story.stage()
    watch = Watch(stage)
    stage.teller.execute = watch.around(stage.teller.execute)
    for _ in story.tell(stage, recorded(shared, story)):
        assert watch.missed == []
    assert watch.changes > 0


def test_expiry_is_heard_too(shared: Path) -> None:
    """Saleor expires orders by itself, not by a mutation."""
    [story] = [one for one in STORIES if one.name == "expired"]
    stage = story.stage()
    watch = Watch(stage)
    steps = story.tell(stage, recorded(shared, story))
    before, told = watch.look(), 0
    for _ in steps:
        after = watch.look()
        events = {event.event for event in stage.box.emitted[told:]}
        assert before != after
        assert events & CHOSEN
        before, told = after, len(stage.box.emitted)
    assert any('"EXPIRED"' in state for state in before.values())
