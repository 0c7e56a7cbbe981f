"""The sandbox against a real Saleor: the recorded stories, told again, come out the same."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox import Emitted
from tests.contract.stories import STORIES, Recorded, Story
from tests.contract.story_stage import SHOPPER, Stage

#: What later issues model; the stories only need their effect on the totals.
LATER = ("SHIPPING_LIST", "CHECKOUT_FILTER", "CHECKOUT_CREATED", "CHECKOUT_UPDATED")

MONEY = [
    "totalCharged",
    "totalAuthorized",
    "totalRefunded",
    "totalGrantedRefund",
    "totalCanceled",
    "totalBalance",
    "totalRefundPending",
    "totalRemainingGrant",
]
PLAIN = [
    "status",
    "origin",
    "isPaid",
    "paymentStatus",
    "chargeStatus",
    "authorizeStatus",
    "voucherCode",
    "displayGrossPrices",
    "shippingTaxRate",
    "canFinalize",
    "taxExemption",
]
PRICES = ["total", "subtotal", "shippingPrice", "undiscountedTotal"]
_PRICE = "{ gross { amount } net { amount } }"
_LINE = "quantity quantityFulfilled quantityToFulfill isGift isPriceOverridden taxRate voucherCode"
SELECTION = f"""
  {" ".join(PLAIN)} userEmail user {{ email }} updatedAt
  {" ".join(f"{name} {{ amount }}" for name in MONEY)}
  {" ".join(f"{name} {_PRICE}" for name in PRICES)}
  lines {{
    {_LINE} unitPrice {_PRICE} totalPrice {_PRICE}
    undiscountedUnitPrice {_PRICE} undiscountedTotalPrice {_PRICE}
  }}
  discounts {{ type value total {{ amount }} }}
  fulfillments {{ status lines {{ quantity }} }}
  grantedRefunds {{ status amount {{ amount }} shippingCostsIncluded lines {{ quantity }} }}
  transactions {{
    chargedAmount {{ amount }} authorizedAmount {{ amount }} refundedAmount {{ amount }}
    canceledAmount {{ amount }} events {{ type amount {{ amount }} }}
  }}
  events {{ type }}
"""


def _recorded(shared: Path, story: Story) -> Recorded:
    """The requests of a story by number, with their bodies read."""
    files = (shared / "recordings" / "stories" / story.name).glob("*.json")
    found = []
    for file in files:
        request = json.loads(file.read_text(encoding="utf-8"))
        number = int(file.name.partition("-")[0])
        found.append(
            {
                "number": number,
                "event": request["event"],
                "body": json.loads(request["body"]),
            }
        )
    return sorted(found, key=lambda request: request["number"])


def _subscribed(shared: Path) -> set[str]:
    """The events that the recording app listened to."""
    manifest = json.loads((shared / "recordings" / "manifest.json").read_text(encoding="utf-8"))
    return {
        event
        for webhook in manifest["webhooks"]
        for event in [*(webhook.get("asyncEvents") or ()), *(webhook.get("syncEvents") or ())]
    } | {"CHECKOUT_FULLY_AUTHORIZED"}


def _compared(events: list[str], story: Story, subscribed: set[str]) -> Counter[str]:
    without = (*LATER, *(family for family, _why in story.left_out))
    return Counter(
        event for event in events if event in subscribed and not event.startswith(without)
    )


def _price(price: dict[str, Any]) -> tuple[float, float]:
    return price["gross"]["amount"], price["net"]["amount"]


def _facts(order: dict[str, Any], *, imported: bool) -> dict[str, Any]:
    """What must be equal in both stores."""
    line_prices = ("unitPrice", "totalPrice", "undiscountedUnitPrice", "undiscountedTotalPrice")
    return {
        **{name: order[name] for name in PLAIN},
        **{name: order[name]["amount"] for name in MONEY},
        **{name: _price(order[name]) for name in PRICES},
        "has user": order["user"] is not None,
        "lines": sorted(
            [
                *(str(line[name]) for name in _LINE.split()),
                *(_price(line[name]) for name in line_prices),
            ]
            for line in order["lines"]
        ),
        "discounts": [(d["type"], d["value"], d["total"]["amount"]) for d in order["discounts"]],
        "fulfillments": sorted(
            (f["status"], sorted(line["quantity"] for line in f["lines"]))
            for f in order["fulfillments"]
        ),
        "grants": [
            (g["status"], g["amount"]["amount"], g["shippingCostsIncluded"], len(g["lines"]))
            for g in order["grantedRefunds"]
        ],
        "transactions": sorted(
            [
                *(
                    item[name]["amount"]
                    for name in (
                        "chargedAmount",
                        "authorizedAmount",
                        "refundedAmount",
                        "canceledAmount",
                    )
                ),
                sorted((event["type"], event["amount"]["amount"]) for event in item["events"]),
            ]
            for item in order["transactions"]
        ),
        "history": [] if imported else [event["type"] for event in order["events"]],
    }


def _orders_in(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [body["order"]] if body.get("order") else list(body.get("orders") or ())


def _last_states(step: Recorded) -> dict[str, dict[str, Any]]:
    """The latest state of each order in a step: payloads are made when they are sent."""
    states = {}
    for request in sorted(step, key=lambda request: request["body"]["issuedAt"]):
        for order in _orders_in(request["body"]):
            states[order["number"]] = order
    return states


def _check_step(
    stage: Stage,
    story: Story,
    step: Recorded,
    emitted: list[Emitted],
    subscribed: set[str],
    numbers: dict[str, str],
) -> dict[str, str]:
    """Compare one step; returns when each order last changed in the sandbox."""
    told = _compared([event.event for event in emitted], story, subscribed)
    assert told == _compared([request["event"] for request in step], story, subscribed)
    moments = {}
    for number, recorded in _last_states(step).items():
        if number not in numbers:
            numbers[number] = stage.teller.orders[len(numbers)]
        ours = stage.teller.read(numbers[number], SELECTION)
        imported = recorded["origin"] == "BULK_CREATE"
        assert _facts(ours, imported=imported) == _facts(_filled(recorded), imported=imported)
        moments[number] = ours["updatedAt"]
    return moments


def _filled(recorded: dict[str, Any]) -> dict[str, Any]:
    """Some recordings show null where a later look showed an empty list."""
    recorded = {**recorded, "events": recorded.get("events") or []}
    recorded["discounts"] = recorded["discounts"] or []
    return recorded


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_recorded_story_comes_out_the_same(shared: Path, story: Story) -> None:
    recorded, subscribed = _recorded(shared, story), _subscribed(shared)
    stage = story.stage()
    numbers: dict[str, str] = {}
    last_number = 0
    before_ours: dict[str, str] = {}
    before_recorded: dict[str, str] = {}
    for until in story.tell(stage, recorded):
        step = [each for each in recorded if last_number < each["number"] <= until]
        ours = _check_step(stage, story, step, stage.box.take_emitted(), subscribed, numbers)
        moments = {number: order["updatedAt"] for number, order in _last_states(step).items()}
        for number in moments.keys() & before_recorded.keys():
            moved = moments[number] != before_recorded[number]
            assert (ours[number] != before_ours[number]) == moved, "updatedAt"
        before_ours |= ours
        before_recorded |= moments
        last_number = until
    assert last_number == recorded[-1]["number"], "the story is told to its end"


def test_every_recorded_story_is_told(shared: Path) -> None:
    folders = {path.name for path in (shared / "recordings" / "stories").iterdir()}
    assert {story.name for story in STORIES} == folders


def test_a_guest_with_a_customers_address_buys_for_that_customer() -> None:
    story = next(story for story in STORIES if story.name == "guest")
    stage = story.stage()
    checkout = stage.teller.checkout(
        "default-channel", [stage.line("218223580", 1)], "Default", by=None, email=SHOPPER
    )
    stage.teller.transact(checkout, "Card", "USD", by=stage.teller.cast.app, amountCharged="45")
    order = stage.teller.complete(checkout, by=None)
    assert stage.teller.read(order, "user { email }") == {"user": {"email": SHOPPER}}
