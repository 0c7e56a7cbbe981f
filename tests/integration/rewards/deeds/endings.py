"""How every story ends: all news arrived, all that is due was done, and everybody has their due."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.target import kept
from saleor_loyalty_app.rewards.codes import public_id_of_voucher
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from sandbox.box import id_of
from tests.integration.rewards.deeds.carts import found, why_not_ready
from tests.integration.rewards.deeds.proofs import (
    ENDED,
    Row,
    Rows,
    prove_audit,
    prove_books,
    rows_of,
)
from tests.integration.rewards.deeds.world import World

_outbox = table(OutboxMessage)


def end(world: World) -> None:
    """Brings a story to its end and looks at what came of it.

    Raises:
        AssertionError: somebody lacks what is theirs.
    """
    world.stage.network.once(None)
    world.shop.stage.box.clock.advance(timedelta(minutes=2))
    _close_carts(world)
    _rest(world)
    before = rows_of(world.stage)
    _rest(world)
    after = rows_of(world.stage)
    assert [row.id for row in after.entries] == [row.id for row in before.entries]
    known = world.app.all()
    prove_books(world.stage, known, world.books)
    prove_audit(world.stage)
    uses = _uses_in(world)
    for redemption in known:
        assert not redemption.is_live
        _prove_spent(world, redemption, uses.get(redemption.public_id, set()), after)
        _prove_restored(world, redemption, after)
        _prove_off(world, redemption)
        _prove_told(world, redemption, after)


def _close_carts(world: World) -> None:
    """Whoever can place an order does; all other money goes back."""
    box = world.stage.box
    world.post.deliver_all()
    for _ in range(3):
        world.app.work()
    for cart in world.shop.carts:
        checkout = found(box, cart)
        if checkout is None:
            continue
        why = why_not_ready(box, cart)
        paid = any(item.amounts.charged > 0 for item in checkout.transactions)
        if not why and paid:
            world.shop.place(cart)
            world.post.collect()
            box.clock.advance(timedelta(seconds=5))
        else:
            world.shop.return_money(cart)


def _rest(world: World) -> None:
    world.app.work_off(world.post)
    world.app.reconcile()
    world.app.look_daily()
    world.app.work_off(world.post)


def _uses_in(world: World) -> Mapping[str, set[str]]:
    """The orders that have the discount of a redemption, by its public id: Saleor's truth."""
    found_uses: defaultdict[str, set[str]] = defaultdict(set)
    for order in world.stage.box.store.orders.values():
        for discount in order.discounts:
            public_id = public_id_of_voucher(discount.name)
            if public_id is not None and discount.amount > 0:
                found_uses[public_id].add(id_of(order))
    return found_uses


def _prove_spent(world: World, redemption: RedemptionRef, orders: set[str], rows: Rows) -> None:
    """Whatever orders used the code, the points were spent once; the others are cases."""
    uses = {row.order_id: row for row in rows.uses[redemption.id]}
    assert set(uses) == orders
    if redemption.state in ENDED:
        assert all(use.kind == "late" for use in uses.values())
        assert not [use for use in uses.values() if _could_be_found(world, redemption, use)]
        return
    assert uses
    first = [use for use in uses.values() if use.kind == "first"]
    assert len(first) == 1 or all(use.state not in ("settled", "open") for use in uses.values())
    for use in uses.values():
        if (use.kind != "first" or use.by_stranger) and Fraction(use.kept) > 0:
            assert use.state != "settled"


def _could_be_found(world: World, redemption: RedemptionRef, use: Row) -> bool:
    """The order was there when the points went back, and told of the code or of a known cart."""
    order, ended = world.stage.box.node(use.order_id), redemption.ended_at
    if ended is None or order.created >= ended:
        return False
    known = use.checkout_id in world.seen(redemption, before=ended)
    return known or use.checkout_id == redemption.checkout_id or bool(order.voucher_code)


def _prove_restored(world: World, redemption: RedemptionRef, rows: Rows) -> None:
    """The points of the share that was lost came back, cut to whole ones."""
    uses = rows.uses[redemption.id]
    for use in uses:
        assert Fraction(use.kept) == _kept(world, use)
    if redemption.state in ENDED or any(use.state == "restored" for use in uses):
        return
    owed = int(redemption.points * (1 - max(Fraction(use.kept) for use in uses)))
    if len(uses) == 1:
        assert redemption.restored == owed
        assert (redemption.state == "restored") is (owed > 0)
    else:
        assert owed <= redemption.restored <= redemption.points


def _kept(world: World, use: Row) -> Fraction:
    stage = world.stage
    [order] = stage.source.orders_by_ids(stage.store, [use.order_id]).orders
    return kept(order).order


def _prove_off(world: World, redemption: RedemptionRef) -> None:
    """What is ended or used up is on no checkout that the app knows of."""
    box = world.stage.box
    for cart in world.shop.carts:
        checkout = found(box, cart)
        if checkout is not None and world.can_be_known(cart):
            assert checkout.voucher_code != redemption.code


def _prove_told(world: World, redemption: RedemptionRef, rows: Rows) -> None:
    """The member is told of each movement once."""
    query = sa.select(_outbox).where(
        _outbox.c.store_id == world.stage.store.id, _outbox.c.member_id == redemption.member_id
    )
    told = [
        row.kind
        for row in world.stage.database.read(lambda conn: conn.execute(query).all())
        if row.data.get("redemption") == redemption.public_id
    ]
    charges = sum(use.entry_id is not None for use in rows.uses[redemption.id])
    spent = redemption.state not in ENDED
    assert told.count("points_held") == 1
    assert told.count("points_returned") == (not spent)
    assert told.count("points_spent") == spent + charges
    returned = redemption.restorings + sum(use.restorings for use in rows.uses[redemption.id])
    assert told.count("points_restored") == returned
