"""Recorded requests of a real Saleor as the app's own types.

The recorded subscriptions asked for more than ours and in a few places for less: amounts without
their currency, no product kind, no payments of the older model. All of that has defaults, so the
real parser reads the bodies as they are.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from saleor_loyalty_app import shapes
from saleor_loyalty_app.saleor.event import OrderEvent, OrdersEvent
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded request about orders."""

    file: str
    event: str
    at: datetime
    body: bytes
    snapshots: tuple[OrderSnapshot, ...]


def order_story(shared: Path, name: str) -> list[Recorded]:
    """The requests of a story that carry orders, as they arrived."""
    folder = shared / "recordings" / "stories" / name
    return list(_read(sorted(folder.glob("*.json"))))


def order_stories(shared: Path) -> list[str]:
    """The names of all stories."""
    folder = shared / "recordings" / "stories"
    return sorted(path.name for path in folder.iterdir())


def _read(paths: list[Path]) -> Iterator[Recorded]:
    for path in paths:
        request = json.loads(path.read_text(encoding="utf-8"))
        event, body = request["event"], request["body"].encode()
        if event == "ORDER_BULK_CREATED":
            snapshots = shapes.decode(body, OrdersEvent).orders or ()
        elif event.startswith(("ORDER_", "FULFILLMENT_")):
            order = shapes.decode(body, OrderEvent).order
            snapshots = (order,) if order is not None else ()
        else:
            continue
        if snapshots:
            at = datetime.fromtimestamp(request["at"], UTC)
            yield Recorded(path.stem, event, at, body, tuple(snapshots))
