"""A code on checkouts where it does not belong, in a store that behaves as Saleor does."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.foreign_checkouts import CleaningReport, clean_checkouts
from saleor_loyalty_app.flows.redemption_news import concerns, note_checkout
from saleor_loyalty_app.flows.used_vouchers import delete_used_vouchers
from saleor_loyalty_app.orders import refresh
from saleor_loyalty_app.rewards import sightings
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.checkout_event import CheckoutNews, CheckoutUser
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from tests.claim_stage import book, buy, claim, drawn, item_of, offer
from tests.redemption_stage import OTHER, SHOPPER, Stage


@pytest.fixture
def stage(database: Database) -> Stage:
    made = Stage.open(database)
    made.give(2000)
    return made


def news(stage: Stage, checkout: str) -> CheckoutNews:
    """What an event would tell of a checkout now."""
    found = stage.box.node(checkout)
    user = stage.users.get(found.email or "") if found.user is not None else None
    return CheckoutNews(
        id=checkout,
        email=found.email,
        voucher_code=stage.code_on(checkout),
        user=None if user is None else CheckoutUser(id=user),
    )


def hear(stage: Stage, told: CheckoutNews) -> bool:
    """An event arrives; gives whether it was news."""
    now = stage.now
    if not stage.database.read(lambda conn: concerns(conn, stage.store, told, now=now)):
        return False
    return stage.database.write(lambda conn: note_checkout(conn, stage.store, told, now=now))


def clean(stage: Stage, after: timedelta = timedelta(0)) -> CleaningReport:
    stage.box.clock.advance(after)
    carts = stage.driver.bench.carts
    return clean_checkouts(stage.database, stage.store, carts, clock=stage.box.clock.now)


def seen(stage: Stage, known: RedemptionRef) -> dict[str, sightings.Sighting]:
    rows = stage.database.read(lambda conn: sightings.of_redemption(conn, known.id))
    return {row.checkout_id: row for row in rows}


def test_news_of_checkouts_without_a_code_of_ours_are_none(stage: Stage) -> None:
    cart = stage.cart()
    assert not hear(stage, news(stage, cart))
    known = stage.spend(cart)
    for _ in range(2):
        assert not hear(stage, news(stage, cart))
    assert not hear(stage, CheckoutNews(id="C9", voucher_code="SUMMER"))
    assert not hear(stage, CheckoutNews(id="C9", voucher_code=known.code.lower()))


def test_a_bound_code_is_taken_off_a_foreign_checkout_and_stays_on_its_own(stage: Stage) -> None:
    cart, foreign = stage.cart(), stage.cart(email=OTHER)
    known = stage.spend(cart)
    stage.put_code(foreign, known.code)
    told = news(stage, foreign)
    assert hear(stage, told)
    assert not hear(stage, told)
    sighting = seen(stage, known)[foreign]
    assert (sighting.foreign_checkout, sighting.user_id) == (True, stage.users[OTHER])
    assert clean(stage) == CleaningReport(removed=1)
    assert (stage.code_on(foreign), stage.code_on(cart)) == (None, known.code)
    assert seen(stage, known)[foreign].removed_at == stage.now
    assert clean(stage) == CleaningReport()
    assert not hear(stage, news(stage, foreign))
    stage.put_code(foreign, known.code)
    assert hear(stage, news(stage, foreign))
    assert clean(stage) == CleaningReport(removed=1)
    assert stage.read(known).state == "attached"


def test_news_that_are_old_take_nothing_off(stage: Stage) -> None:
    cart, foreign = stage.cart(), stage.cart(email=OTHER)
    known = stage.spend(cart)
    stage.put_code(foreign, known.code)
    told = news(stage, foreign)
    stage.take_code(foreign, known.code)
    assert hear(stage, told)
    assert clean(stage) == CleaningReport(removed=1)
    assert stage.count("CheckoutRemovePromoCode") == 0


def test_a_checkout_with_money_on_it_keeps_the_code_until_the_money_is_gone(stage: Stage) -> None:
    cart, foreign = stage.cart(), stage.cart(email=OTHER)
    known = stage.spend(cart)
    stage.put_code(foreign, known.code)
    stage.charge(foreign)
    hear(stage, news(stage, foreign))
    assert clean(stage) == CleaningReport(waiting=1)
    assert stage.code_on(foreign) == known.code
    assert clean(stage, timedelta(minutes=59)) == CleaningReport()
    assert clean(stage, timedelta(minutes=2)) == CleaningReport(waiting=1)
    stage.teller.complete(foreign, by=stage.box.shopper_token(OTHER))
    assert clean(stage, timedelta(hours=2)) == CleaningReport(removed=1)


def test_money_that_comes_while_the_code_is_taken_off_gets_the_code_back(stage: Stage) -> None:
    cart, foreign = stage.cart(), stage.cart(email=OTHER)
    known = stage.spend(cart)
    stage.put_code(foreign, known.code)
    hear(stage, news(stage, foreign))
    stage.network.meanwhile("CheckoutRemovePromoCode", lambda: stage.charge(foreign))
    assert clean(stage) == CleaningReport(waiting=1)
    assert stage.code_on(foreign) == known.code
    stage.teller.complete(foreign, by=stage.box.shopper_token(OTHER))


def test_a_store_that_does_not_answer_is_asked_again_later(stage: Stage) -> None:
    cart, foreign = stage.cart(), stage.cart(email=OTHER)
    known = stage.spend(cart)
    stage.put_code(foreign, known.code)
    hear(stage, news(stage, foreign))

    def down(_operation: str) -> None:
        raise SaleorUnavailable("timeout")

    stage.network.before = down
    assert clean(stage) == CleaningReport(failed=1)
    stage.network.once(None)
    sighting = seen(stage, known)[foreign]
    assert (sighting.attempts, sighting.removed_at) == (1, None)
    assert clean(stage) == CleaningReport()
    assert clean(stage, timedelta(minutes=2)) == CleaningReport(removed=1)
    assert seen(stage, known)[foreign].attempts == 0


def test_a_code_that_is_used_up_is_taken_off_all_other_checkouts(stage: Stage) -> None:
    cart, foreign = stage.cart(), stage.cart(email=OTHER)
    known = stage.spend(cart)
    stage.put_code(foreign, known.code)
    hear(stage, news(stage, foreign))
    with stage.database.engine.begin() as conn:
        conn.execute(sa.update(sightings.sightings).values(due_at=None))
    order = stage.pay_and_complete(cart)
    stage.database.write(lambda conn: _wish(conn, stage, order))
    stage.book_orders()
    assert stage.read(known).state == "consumed"
    assert clean(stage) == CleaningReport(removed=1)
    assert stage.code_on(foreign) is None


def test_a_code_that_the_shopper_took_off_gives_the_points_back(stage: Stage) -> None:
    cart = stage.cart()
    known = stage.spend(cart)
    stage.take_code(cart, known.code)
    assert hear(stage, news(stage, cart))
    assert not hear(stage, news(stage, cart))
    stage.sweep()
    assert stage.read(known).state == "released"
    assert stage.points() == (2000, 0)


def test_a_code_that_was_handed_out_belongs_to_its_owners_first_checkout(stage: Stage) -> None:
    bearer = stage.bearer()
    cart, second = stage.cart(), stage.cart()
    stage.put_code(cart, bearer.code)
    assert hear(stage, news(stage, cart))
    stage.sweep()
    assert (stage.read(bearer).checkout_id, stage.read(bearer).state) == (cart, "attached")
    stage.put_code(second, bearer.code)
    assert hear(stage, news(stage, second))
    assert clean(stage) == CleaningReport(removed=1)
    assert stage.code_on(cart) == bearer.code


@pytest.mark.parametrize("reward", [False, True], ids=["points", "reward"])
@pytest.mark.parametrize("then", ["taken off", "other code", "money", "gone"])
def test_old_news_put_no_handed_out_code_back_and_cost_it_nothing(
    stage: Stage, reward: bool, then: str
) -> None:
    offer(stage, item_of("amount", amount="5"))
    known = claim(stage) if reward else stage.bearer()
    other = stage.bearer()
    cart = stage.cart()
    stage.put_code(cart, known.code)
    told = news(stage, cart)
    stage.take_code(cart, known.code)
    if then == "other code":
        stage.put_code(cart, other.code)
    elif then == "money":
        stage.charge(cart)
    elif then == "gone":
        stage.pay_and_complete(cart)
    assert hear(stage, told)
    stage.sweep()
    after = stage.read(known)
    assert (after.state, after.checkout_id, after.ending) == ("issued", None, "")
    assert after.due_at == after.deadline
    assert stage.count("CheckoutAddPromoCode") == 0
    assert stage.points() == (1000, 1000)
    second = stage.cart()
    stage.put_code(second, known.code)
    assert hear(stage, news(stage, second))
    stage.sweep()
    assert (stage.read(known).state, stage.read(known).checkout_id) == ("attached", second)


@pytest.mark.parametrize("how", ["taken off", "cart deleted", "completed without"])
def test_a_reward_code_is_good_for_another_cart_when_it_is_off_the_first(
    stage: Stage, how: str
) -> None:
    offer(stage, item_of("amount", amount="5", stock=1))
    known, cart, second = claim(stage), stage.cart(), stage.cart()
    stage.put_code(cart, known.code)
    assert hear(stage, news(stage, cart))
    stage.sweep()
    assert stage.read(known).state == "attached"
    if how == "cart deleted":
        stage.box.store.checkouts.pop(stage.box.node(cart).pk)
        stage.wake(known)
    else:
        stage.take_code(cart, known.code)
    if how == "taken off":
        assert hear(stage, news(stage, cart))
        stage.sweep()
    elif how == "completed without":
        book(stage, stage.pay_and_complete(cart))
    after = stage.read(known)
    assert (after.state, after.checkout_id, after.due_at) == ("issued", None, known.deadline)
    assert (stage.points(), drawn(stage)) == ((1500, 500), 1)
    stage.put_code(second, known.code)
    assert hear(stage, news(stage, second))
    buy(stage, second)
    assert (stage.read(known).state, stage.points()) == ("consumed", (1500, 0))


def test_a_handed_out_code_on_another_shoppers_checkout_is_taken_off(stage: Stage) -> None:
    bearer, foreign = stage.bearer(), stage.cart(email=OTHER)
    stage.put_code(foreign, bearer.code)
    assert hear(stage, news(stage, foreign))
    assert clean(stage) == CleaningReport(removed=1)
    assert stage.read(bearer).checkout_id is None


def test_a_guest_with_a_handed_out_code_is_left_alone_until_it_is_known_who_it_is(
    stage: Stage,
) -> None:
    bearer = stage.bearer()
    told = CheckoutNews(id="C9", voucher_code=bearer.code, email="guest@example.com")
    assert hear(stage, told)
    assert not hear(stage, told)
    assert clean(stage) == CleaningReport()
    assert not seen(stage, bearer)["C9"].foreign_checkout
    owner = CheckoutUser(id=stage.users[SHOPPER])
    assert hear(stage, CheckoutNews(id="C9", voucher_code=bearer.code, user=owner))
    assert stage.read(bearer).checkout_id == "C9"


def test_a_handed_out_code_that_replaces_points_on_a_cart_ends_those_first(stage: Stage) -> None:
    cart = stage.cart()
    known, bearer = stage.spend(cart), stage.bearer()
    stage.put_code(cart, bearer.code)
    told = news(stage, cart)
    assert hear(stage, told)
    assert stage.read(bearer).checkout_id is None
    stage.sweep()
    assert stage.read(known).state == "released"
    assert hear(stage, told)
    stage.sweep()
    assert stage.read(bearer).checkout_id == cart
    assert stage.points() == (1500, 500)


def test_a_checkout_that_goes_over_to_somebody_else_loses_the_discount(stage: Stage) -> None:
    cart = stage.cart()
    known = stage.spend(cart)
    told = CheckoutNews(id=cart, voucher_code=known.code)
    assert not hear(stage, told)
    other = CheckoutUser(id=stage.users[OTHER])
    assert hear(stage, CheckoutNews(id=cart, voucher_code=known.code, user=other))
    assert not hear(stage, CheckoutNews(id=cart, voucher_code=known.code, user=other))
    stage.sweep()
    assert stage.read(known).reason == {"code": "checkout_of_another"}
    assert (stage.read(known).state, stage.code_on(cart)) == ("released", None)


def test_vouchers_are_deleted_ninety_days_after_their_end(stage: Stage) -> None:
    used, released, live = (stage.spend(stage.cart(), 300) for _ in range(3))
    order = stage.pay_and_complete(str(used.checkout_id))
    stage.database.write(lambda conn: _wish(conn, stage, order))
    stage.book_orders()
    stage.release(released)
    stage.box.clock.advance(timedelta(days=89))
    access, clock = stage.driver.bench.access, stage.box.clock.now
    assert delete_used_vouchers(access, stage.store, clock=clock) == 0
    stage.box.clock.advance(timedelta(days=2))
    assert delete_used_vouchers(access, stage.store, clock=clock, page=1) == 2
    assert [stage.voucher(one) is None for one in (used, released, live)] == [True, True, False]
    assert stage.read(used).voucher_deleted_at == stage.now
    assert delete_used_vouchers(access, stage.store, clock=clock) == 0


def _wish(conn: sa.Connection, stage: Stage, order: str) -> None:
    refresh.wish_refresh(conn, stage.store.id, [order], due_at=stage.now, now=stage.now)
