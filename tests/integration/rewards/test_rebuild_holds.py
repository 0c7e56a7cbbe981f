"""A backup is restored: what was spent since then is learned from the vouchers in Saleor."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows.rebuild_holds import RebuildReport, rebuild_holds
from saleor_loyalty_app.flows.reconcile import ReconcileReport, reconcile_after_restore
from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.stores.problems import open_problems
from tests.claim_stage import claim, drawn, item_of, offer
from tests.order_books import KEYS
from tests.redemption_stage import Stage

WIPED = (
    "outbox_message",
    "redemption_use",
    "redemption_sighting",
    "redemption",
    "allocation",
    "hold",
)


@pytest.fixture
def stage(database: Database) -> Stage:
    made = Stage.open(database)
    made.give(2000)
    return made


def restore_backup(stage: Stage) -> None:
    """The books as they were before anything was spent."""
    lots, balances = metadata.tables["lot"], metadata.tables["balance"]

    def wipe(conn: sa.Connection) -> None:
        for name in WIPED:
            conn.execute(sa.delete(metadata.tables[name]))
        conn.execute(
            sa.update(lots).values(remaining=lots.c.remaining + lots.c.held, held=0, closed=False)
        )
        conn.execute(sa.update(balances).values(lots=balances.c.lots + balances.c.held, held=0))

    stage.database.write(wipe)
    assert stage.points() == (2000, 0)


def rebuild(stage: Stage) -> RebuildReport:
    access = stage.driver.bench.access
    return rebuild_holds(access, stage.store, clock=stage.box.clock.now)


def heal(stage: Stage) -> ReconcileReport:
    return reconcile_after_restore(
        stage.database,
        stage.store,
        stage.source,
        clock=stage.box.clock.now,
        secrets=KEYS,
        access=stage.driver.bench.access,
    )


def known(stage: Stage, lost: RedemptionRef) -> RedemptionRef | None:
    return stage.database.read(
        lambda conn: redemptions.by_public_id(conn, stage.store.id, lost.public_id)
    )


def found(stage: Stage, lost: RedemptionRef) -> RedemptionRef:
    again = known(stage, lost)
    assert again is not None
    return again


def problems(stage: Stage) -> list[str]:
    return stage.database.read(
        lambda conn: [one.key for one in open_problems(conn, stage.store.id)]
    )


def take_points(stage: Stage, amount: int) -> None:
    stage.database.write(
        lambda conn: ledger.adjust(
            conn,
            stage.account(),
            -amount,
            ledger.Cause("staff:1", "points", "test"),
            key=f"taken:{amount}",
            now=stage.now,
            effective_at=stage.now,
        )
    )


def test_points_on_a_cart_are_set_aside_again_and_go_on_as_ever(stage: Stage) -> None:
    cart = stage.cart()
    lost = stage.spend(cart)
    restore_backup(stage)
    assert rebuild(stage) == RebuildReport(vouchers=1, rebuilt=[lost.public_id])
    assert rebuild(stage) == RebuildReport(vouchers=1)
    assert stage.points() == (1500, 500)
    again = found(stage, lost)
    same: list[Any] = [
        (one.checkout_id, one.code, one.voucher_id, one.amount, one.points, one.user_id)
        for one in (lost, again)
    ]
    assert same[0] == same[1]
    stage.sweep()
    assert found(stage, lost).state == "attached"
    stage.take_code(cart, lost.code)
    assert stage.wake(again).state == "released"
    assert stage.points() == (2000, 0)


def test_an_order_made_since_the_backup_spends_them(stage: Stage) -> None:
    lost = stage.spend(stage.cart())
    order = stage.pay_and_complete(str(lost.checkout_id))
    restore_backup(stage)
    report = heal(stage)
    assert (report.rebuilt, report.missing) == (1, ())
    again = found(stage, lost)
    assert (again.state, again.order_id) == ("consumed", order)
    assert stage.points()[1] == 0
    assert stage.balance().available == 1500


def bought_with(stage: Stage, *, handed_out: bool) -> tuple[RedemptionRef, str]:
    """A redemption that became an order, which is booked again before the vouchers are read."""
    cart = stage.cart()
    lost = stage.bearer() if handed_out else stage.spend(cart)
    if handed_out:
        stage.put_code(cart, lost.code)
    order = stage.pay_and_complete(cart)
    restore_backup(stage)
    stage.database.write(
        lambda conn: refresh.wish_refresh(
            conn, stage.store.id, [order], due_at=stage.now, now=stage.now
        )
    )
    assert stage.book_orders().booked == 1
    return lost, order


def rebuild_and_die(stage: Stage, lost: RedemptionRef) -> None:
    """The run ends once the points are set aside again, before it asks for orders."""
    stage.network.lose("OrdersWithCode", heard=False)
    with pytest.raises(SaleorUnavailable):
        rebuild(stage)
    assert found(stage, lost).is_live


@pytest.mark.parametrize("handed_out", [False, True])
def test_a_run_that_died_is_finished_by_the_next_one(stage: Stage, handed_out: bool) -> None:
    lost, order = bought_with(stage, handed_out=handed_out)
    rebuild_and_die(stage, lost)
    assert rebuild(stage) == RebuildReport(vouchers=1)
    stage.book_orders()
    assert (found(stage, lost).state, found(stage, lost).order_id) == ("consumed", order)
    assert stage.points() == (1500, 0)


def test_a_run_that_died_is_finished_by_the_sweep(stage: Stage) -> None:
    lost, order = bought_with(stage, handed_out=False)
    rebuild_and_die(stage, lost)
    stage.sweep()
    stage.book_orders()
    assert (found(stage, lost).state, found(stage, lost).order_id) == ("consumed", order)
    assert stage.points() == (1500, 0)


def test_what_had_ended_is_left_alone(stage: Stage) -> None:
    lost = stage.spend(stage.cart())
    stage.release(lost)
    restore_backup(stage)
    assert rebuild(stage) == RebuildReport(vouchers=1)
    assert known(stage, lost) is None


def test_a_code_that_was_handed_out_is_bound_by_news_again(stage: Stage) -> None:
    lost = stage.bearer()
    restore_backup(stage)
    rebuild(stage)
    again = found(stage, lost)
    assert (again.state, again.checkout_id, again.deadline) == ("issued", None, lost.deadline)
    assert stage.points() == (1500, 500)


def test_too_few_points_are_told_and_the_redemption_is_rebuilt_once_they_are_there(
    stage: Stage,
) -> None:
    lost = stage.spend(stage.cart())
    order = stage.pay_and_complete(str(lost.checkout_id))
    restore_backup(stage)
    take_points(stage, 1800)
    report = heal(stage)
    assert (report.rebuilt, report.missing) == (0, (lost.public_id,))
    assert problems(stage) == ["redemptions-not-rebuilt"]
    stage.give(300)
    rebuild(stage)
    assert problems(stage) == []
    assert found(stage, lost).state == "attached"
    assert stage.points() == (0, 500)
    stage.book_orders()
    assert (found(stage, lost).state, found(stage, lost).order_id) == ("consumed", order)


def test_vouchers_of_others_and_of_unknown_members_make_nothing(stage: Stage) -> None:
    lost = stage.spend(stage.cart())
    restore_backup(stage)
    members = metadata.tables["member"]
    stage.database.write(
        lambda conn: conn.execute(
            sa.update(members)
            .where(members.c.user_id == lost.user_id)
            .values(user_id="VXNlcjo5OTk=")
        )
    )
    assert rebuild(stage) == RebuildReport(vouchers=1, missing=[lost.public_id])
    voucher = stage.voucher(lost)
    voucher.name = "Loyalty reward"
    assert rebuild(stage) == RebuildReport()


def test_a_redemption_that_the_backup_still_has_on_the_cart_is_looked_at_first(
    stage: Stage,
) -> None:
    cart = stage.cart()
    old = stage.spend(cart)
    stage.release(old)
    new = stage.spend(cart, 300)
    rows = metadata.tables["redemption"]
    stage.box.clock.advance(timedelta(seconds=1))
    restore_backup(stage)
    # The backup was made while the first one was on the cart.
    stage.database.write(lambda conn: _write_old(conn, stage, rows, old))
    report = rebuild(stage)
    assert report.rebuilt == [new.public_id]
    assert found(stage, new).checkout_id is None
    stage.sweep()
    assert found(stage, old).state == "released"
    assert stage.points() == (1700, 300)


def _write_old(conn: sa.Connection, stage: Stage, rows: sa.Table, old: RedemptionRef) -> None:
    hold = ledger.place_hold(
        conn,
        stage.account(),
        old.points,
        key=f"redemption:{old.public_id}",
        source=f"redemption:{old.public_id}",
        deadline=stage.now + timedelta(hours=1),
        now=stage.now,
    )
    values = {one.name: getattr(old, one.name) for one in rows.columns if one.name != "id"}
    values |= {
        "hold_id": hold.hold_id,
        "state": "attached",
        "ending": "",
        "amount": str(old.amount),
        "due_at": stage.now + timedelta(hours=1),
        "reason": None,
        "before": None,
    }
    conn.execute(sa.insert(rows).values(values))


def test_a_reward_that_was_taken_after_the_backup_is_a_claim_again(stage: Stage) -> None:
    offer(stage, item_of({"type": "percent", "percent": 20}, stock=3))
    made = claim(stage)

    def wipe(conn: sa.Connection) -> None:
        for name in ("reward_claim", "reward_stock"):
            conn.execute(sa.delete(metadata.tables[name]))

    stage.database.write(wipe)
    restore_backup(stage)
    assert rebuild(stage).rebuilt == [made.public_id]
    again = stage.read(made)
    assert (again.points, again.amount, again.code) == (500, Decimal(0), made.code)
    assert again.terms == made.terms
    assert (stage.points(), drawn(stage)) == ((1500, 500), 1)
    assert stage.release(again).state == "released"
    assert (stage.points(), drawn(stage)) == ((2000, 0), 0)
