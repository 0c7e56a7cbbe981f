"""A stage whose program has a catalog of rewards; for tests."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import Bearer, OnCheckout, SpendRequest, Target
from sandbox.box import id_of
from tests.factories import make_revision
from tests.program_samples import document_of
from tests.redemption_stage import PATIENCE, RATES, SHOPPER, Stage

CHANNEL = {"channel": "default-channel", "currency": "USD"}


def item_of(gift: str | dict[str, Any], points: int = 500, **values: Any) -> dict[str, Any]:
    """A reward in one line; `amount`, `cap`, `minimum` and `worth` are those of its channel."""
    kind = {"type": gift} if isinstance(gift, str) else gift
    amounts = {
        name: values.pop(name) for name in ("amount", "cap", "minimum", "worth") if name in values
    }
    item = {
        "id": "reward",
        "names": {"en": "A reward", "tr": "Bir ödül"},
        "gift": kind,
        "points": points,
        "channels": [CHANNEL | amounts],
    }
    return item | values


def offer(stage: Stage, *items: dict[str, Any], **document: Any) -> None:
    """Publishes a program with these rewards."""
    values = document_of(currencies=RATES, rewards={"items": list(items)}, **document)
    stage.box.clock.advance(timedelta(seconds=1))
    now = stage.now
    stage.database.write(
        lambda conn: make_revision(conn, stage.store.id, values, effective_from=now)
    )


def variant_of(stage: Stage, slug: str = "linen-shirt") -> str:
    """Saleor's id of what a product's first variant is."""
    products = stage.box.store.products.values()
    return next(id_of(one.variants[0]) for one in products if one.slug == slug)


def claim(
    stage: Stage,
    reward: str = "reward",
    *,
    on: str | None = None,
    key: str = "",
    email: str = SHOPPER,
) -> RedemptionRef:
    """A shopper takes a reward, as a code or on a checkout."""
    stage.keys += 1
    user = stage.users[email]
    target: Target = Bearer("default-channel") if on is None else OnCheckout(on)
    wish = SpendRequest(
        user, f"shopper:{user}", target, 0, key or f"key-{stage.keys}", reward=reward
    )
    return stage.spender.spend(stage.store, wish, patience=PATIENCE)


def drawn(stage: Stage, reward: str = "reward") -> int:
    """How many of a reward are taken; the claims say the same."""

    def read(conn: sa.Connection) -> tuple[int, int]:
        counted = claims.drawn(conn, stage.store.id).get(reward, 0)
        listed = claims.of_members(conn, stage.store.id, list(stage.members.values()), first=1000)
        return counted, sum(one.reward_id == reward and one.returned_at is None for one in listed)

    counted, listed = stage.database.read(read)
    assert counted == listed
    return counted


def book(stage: Stage, *orders: str) -> None:
    """The orders are read from the store and booked."""
    stage.database.write(
        lambda conn: refresh.wish_refresh(
            conn, stage.store.id, list(orders), due_at=stage.now, now=stage.now
        )
    )
    stage.book_orders()


def buy(stage: Stage, checkout: str) -> str:
    """A card pays, the order is made and booked; gives its id."""
    order = stage.pay_and_complete(checkout)
    stage.box.clock.advance(timedelta(minutes=1))
    book(stage, order)
    return order


def cancel(stage: Stage, order: str) -> None:
    """Staff cancel the order, and the store tells of it."""
    stage.box.clock.advance(timedelta(minutes=1))
    # A token of staff is good for minutes only.
    stage.teller.cast = replace(stage.teller.cast, staff=stage.box.staff_token())
    stage.teller.cancel(order)
    stage.box.clock.advance(timedelta(minutes=1))
    book(stage, order)
