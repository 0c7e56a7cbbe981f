"""Rewards of the catalog: taken, used, given up and refunded, with points that never get lost."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.api.rewards.catalog import read_exchange
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows import reward_news, warn_of_rewards
from saleor_loyalty_app.flows.each_row import Aside
from saleor_loyalty_app.flows.export_member import export_member
from saleor_loyalty_app.flows.fulfill_claim import move_claim
from saleor_loyalty_app.flows.redemption_news import note_checkout
from saleor_loyalty_app.flows.reward_values import reward_figures
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards.claims import ClaimRow
from saleor_loyalty_app.rewards.errors import (
    BelowMinimumOrder,
    ClaimInPreparation,
    NotEnoughPoints,
    OtherCode,
    RedemptionConsumed,
    RewardByCode,
    RewardForTier,
    RewardGone,
    RewardLimit,
    RewardNeedsCart,
    RewardUnknown,
)
from saleor_loyalty_app.saleor.checkout_event import CheckoutNews, CheckoutUser
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.tasks import reward_tasks
from saleor_loyalty_app.tasks.background import Background
from sandbox.box import id_of
from tests.claim_stage import book, buy, cancel, claim, drawn, item_of, offer, variant_of
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, SHOPPER, Stage

FREE_SHIRT = {"type": "free_product"}


def off(stage: Stage, checkout: str, code: str) -> Decimal:
    """What a code takes off a checkout, with tax."""
    before = stage.price(checkout)
    stage.put_code(checkout, code)
    return before - stage.price(checkout)


class TestKinds:
    """Two shirts at 75.00 and shipping at 5.00, both plus 8 % tax."""

    @pytest.mark.parametrize(
        ("gift", "amounts", "saves"),
        [
            ("amount", {"amount": "10"}, "10.80"),
            ({"type": "percent", "percent": 20}, {}, "32.40"),
            ("free_product", {}, "81.00"),
            ("shipping", {}, "5.40"),
            ("shipping", {"amount": "2"}, "2.16"),
        ],
    )
    def test_a_code_takes_off_what_the_reward_says_and_comes_back_with_the_order(
        self, stage: Stage, gift: str | dict[str, Any], amounts: dict[str, Any], saves: str
    ) -> None:
        made_of = {"type": gift} if isinstance(gift, str) else gift
        if gift == "free_product":
            made_of["variant"] = stage.box.node(variant_of(stage)).sku
        offer(stage, item_of(made_of, stock=1, **amounts))
        taken = claim(stage)
        assert (taken.state, taken.points, stage.points()) == ("issued", 500, (1500, 500))
        assert stage.told()[-1] == "reward_issued"
        voucher = stage.voucher(taken)
        assert (voucher.single_use, voucher.usage_limit) == (True, None)
        checkout = stage.cart()
        assert off(stage, checkout, taken.code) == Decimal(saves)
        order = buy(stage, checkout)
        assert stage.read(taken).state == "consumed"
        assert (stage.points(), drawn(stage)) == ((1500, 0), 1)
        with pytest.raises(RedemptionConsumed):
            stage.release(taken)
        cancel(stage, order)
        assert stage.read(taken).state == "restored"
        assert (stage.points(), drawn(stage)) == ((2000, 0), 0)

    def test_a_free_product_stays_one_unit_however_many_are_in_the_cart(self, stage: Stage) -> None:
        offer(stage, item_of(FREE_SHIRT | {"variant": variant_of(stage)}))
        taken = claim(stage)
        checkout = stage.cart(1)
        assert off(stage, checkout, taken.code) == Decimal("81.00")
        full = stage.price(checkout)
        stage.change_lines(checkout, 4)
        assert stage.price(checkout) - full == 3 * Decimal("81.00")

    def test_a_capped_share_is_taken_in_the_cart_and_never_more_than_either(
        self, stage: Stage
    ) -> None:
        offer(stage, item_of({"type": "percent", "percent": 20}, cap="12"))
        with pytest.raises(RewardNeedsCart):
            claim(stage)
        checkout = stage.cart()
        taken = claim(stage, on=checkout)
        assert (taken.state, taken.amount) == ("attached", Decimal("12.00"))
        # 12.00 are 20 % of 60.00: below that the store drops the voucher by itself.
        [listing] = stage.voucher(taken).listings.values()
        assert listing.min_spent == 60
        assert drawn(stage) == 1
        stage.take_code(checkout, taken.code)
        assert stage.wake(taken).state == "released"
        assert (stage.points(), drawn(stage)) == ((2000, 0), 0)

    def test_an_invitation_is_taken_at_once(self, stage: Stage) -> None:
        offer(stage, item_of({"type": "invitation", "notes": {"en": "Doors open at 8."}}, stock=1))
        taken = claim(stage, key="k")
        assert taken.state == "consumed"
        assert (stage.points(), drawn(stage)) == ((1500, 0), 1)
        assert claim(stage, key="k") == taken
        assert (stage.points(), drawn(stage)) == ((1500, 0), 1)
        assert "VoucherCreate" not in stage.network.operations

    def test_what_staff_hand_over_waits_for_them_and_makes_no_voucher(self, stage: Stage) -> None:
        offer(stage, item_of("custom"))
        taken = claim(stage)
        stage.sweep(timedelta(days=400))
        assert (stage.read(taken).state, stage.points()) == ("issued", (1500, 500))
        assert "VoucherCreate" not in stage.network.operations
        assert stage.release(taken).state == "released"
        assert (stage.points(), drawn(stage)) == ((2000, 0), 0)


class TestGivenBack:
    """Points, stock and limit come back together, once."""

    def test_a_shopper_gives_an_unused_code_up(self, stage: Stage) -> None:
        offer(stage, item_of("amount", amount="10", stock=1))
        taken = claim(stage)
        for _ in range(2):
            assert stage.release(taken).state == "released"
        assert (stage.points(), drawn(stage)) == ((2000, 0), 0)
        assert claim(stage).state == "issued"

    def test_a_code_that_nobody_used_in_time_expires(self, stage: Stage) -> None:
        offer(stage, item_of("amount", amount="10", valid_days=5, stock=1))
        taken = claim(stage)
        # Its last day is told as a date, so that it is good until the store's clocks say midnight.
        zone = ZoneInfo(stage.store.timezone)
        last = (taken.created_at + timedelta(days=5)).astimezone(zone).date()
        assert taken.deadline.astimezone(zone).date() == last
        midnight = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)
        stage.sweep(midnight - timedelta(minutes=1) - stage.now)
        assert stage.read(taken).state == "issued"
        stage.sweep(timedelta(minutes=1))
        assert stage.read(taken).state == "expired"
        assert (stage.points(), drawn(stage)) == ((2000, 0), 0)

    def test_a_product_that_is_gone_from_the_store_costs_nothing(self, stage: Stage) -> None:
        offer(stage, item_of(FREE_SHIRT | {"variant": "UHJvZHVjdFZhcmlhbnQ6OTk5OTk="}))
        assert claim(stage).state == "failed"
        assert (stage.points(), drawn(stage)) == ((2000, 0), 0)

    def test_a_part_that_is_refunded_restores_its_share_and_keeps_the_piece(
        self, stage: Stage
    ) -> None:
        offer(stage, item_of("amount", amount="10", stock=1))
        taken = claim(stage)
        checkout = stage.cart()
        stage.put_code(checkout, taken.code)
        order = buy(stage, checkout)
        [line] = stage.teller.lines(order)
        warehouse = id_of(next(iter(stage.box.store.warehouses.values())))
        stage.teller.fulfill(order, [(line["id"], warehouse, 2)])
        stage.teller.return_sent(order, line["id"], 1)
        stage.box.clock.advance(timedelta(minutes=1))
        book(stage, order)
        available, held = stage.points()
        assert (1500 < available < 2000, held, drawn(stage)) == (True, 0, 1)

    def test_new_terms_change_nothing_of_what_was_taken(self, stage: Stage) -> None:
        offer(stage, item_of("amount", amount="10", points=500))
        taken = claim(stage)
        offer(stage, item_of("amount", amount="1", points=900, enabled=False))
        checkout = stage.cart()
        assert off(stage, checkout, taken.code) == Decimal("10.80")
        buy(stage, checkout)
        assert stage.points() == (1500, 0)


class TestRefused:
    """Nothing is set aside and nothing drawn."""

    @pytest.mark.parametrize(
        ("item", "refusal"),
        [
            ({"points": 2001}, NotEnoughPoints),
            ({"enabled": False}, RewardUnknown),
            ({"active_until": "2020-01-01"}, RewardUnknown),
            ({"stock": 0}, RewardGone),
            ({"who": {"tiers": ["gold"]}}, RewardForTier),
        ],
    )
    def test_with_its_reason(
        self, stage: Stage, item: dict[str, Any], refusal: type[AppError]
    ) -> None:
        offer(stage, item_of("amount", amount="10", **item))
        with pytest.raises(refusal):
            claim(stage)
        assert (stage.points(), drawn(stage)) == ((2000, 0), 0)

    def test_the_limit_of_a_member_counts_what_was_not_given_back(self, stage: Stage) -> None:
        stage.give(1000, OTHER)
        offer(stage, item_of("amount", amount="10", limit={"times": 1, "period": "month"}))
        taken = claim(stage, key="k")
        with pytest.raises(RewardLimit):
            claim(stage)
        assert claim(stage, key="k").public_id == taken.public_id
        assert claim(stage, email=OTHER).state == "issued"
        stage.release(taken)
        assert claim(stage).state == "issued"
        stage.box.clock.advance(timedelta(days=32))
        assert claim(stage).state == "issued"

    def test_a_cart_with_another_code_or_too_little_in_it_is_left_alone(self, stage: Stage) -> None:
        offer(
            stage,
            item_of("amount", amount="10", minimum="500"),
            item_of("amount", amount="10", id="small"),
            item_of("custom", id="mug"),
        )
        checkout = stage.cart()
        with pytest.raises(BelowMinimumOrder):
            claim(stage, on=checkout)
        with pytest.raises(RewardByCode):
            claim(stage, "mug", on=checkout)
        first = claim(stage, "small")
        stage.put_code(checkout, first.code)
        with pytest.raises(OtherCode):
            claim(stage, "small", on=checkout)
        assert stage.points() == (1500, 500)


def test_what_is_being_prepared_is_not_the_shoppers_to_give_up(stage: Stage) -> None:
    offer(stage, item_of("custom"))
    taken = claim(stage)
    stage.database.write(
        lambda conn: move_claim(
            conn, stage.store, taken.public_id, "preparing", note="", actor="user:9", now=stage.now
        )
    )
    with pytest.raises(ClaimInPreparation):
        stage.release(taken)
    assert stage.points() == (1500, 500)


def test_what_somebody_took_is_in_the_data_that_is_kept_about_them(stage: Stage) -> None:
    stage.give(1000, OTHER)
    offer(stage, item_of("custom"))
    mine, other = claim(stage), claim(stage, email=OTHER)
    about = stage.database.read(
        lambda conn: export_member(conn, stage.store, mine.member_id, now=stage.now)
    )["tables"]
    [kept] = about["reward_claim"]
    assert (kept["redemption_id"], kept["item"]["names"]["tr"]) == (mine.id, "Bir ödül")
    assert [row["public_id"] for row in about["redemption"]] == [mine.public_id]
    assert other.public_id not in str(about)


def background(stage: Stage) -> Background:
    """What the task works with."""
    clock = stage.box.clock.now
    return cast(Background, SimpleNamespace(database=stage.database, clock=clock, aside=Aside()))


def test_a_code_that_is_not_used_is_told_of_once_before_its_end(stage: Stage) -> None:
    work = cast(
        Background,
        SimpleNamespace(database=stage.database, clock=stage.box.clock.now, aside=Aside()),
    )
    offer(stage, item_of("amount", amount="10", valid_days=10), item_of("custom", id="mug"))
    taken = claim(stage)
    claim(stage, "mug")
    for before in (timedelta(days=4), timedelta(days=3), timedelta(days=2)):
        stage.box.clock.advance(taken.deadline - before - stage.now)
        reward_tasks._warn(work, stage.store)
        assert stage.told().count("reward_expiring") == (0 if before.days == 4 else 1)


def test_a_reminder_that_fails_keeps_no_other_waiting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = background(stage)
    offer(stage, item_of("amount", amount="10", valid_days=10))
    first, _ = claim(stage), claim(stage)
    tell = reward_news.tell_of_end

    def fails(conn: sa.Connection, of: ClaimRow, public_id: str, *, now: datetime) -> None:
        tell(conn, of, public_id, now=now)
        if public_id == first.public_id:
            raise LookupError("a claim that nobody foresaw")

    monkeypatch.setattr(warn_of_rewards, "tell_of_end", fails)
    stage.box.clock.advance(first.deadline - timedelta(days=3) - stage.now)
    reward_tasks._warn(work, stage.store)
    assert stage.told().count("reward_expiring") == 1
    [problem] = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
    assert ": 1 failed" in problem.message
    monkeypatch.undo()
    stage.box.clock.advance(timedelta(minutes=2))
    reward_tasks._warn(work, stage.store)
    assert stage.told().count("reward_expiring") == 2
    assert stage.database.read(lambda conn: open_problems(conn, stage.store.id)) == []


def test_a_code_of_one_day_or_in_a_cart_that_was_left_is_told_of_too(stage: Stage) -> None:
    work = cast(
        Background,
        SimpleNamespace(database=stage.database, clock=stage.box.clock.now, aside=Aside()),
    )
    offer(stage, item_of("amount", amount="10", valid_days=1))
    taken, checkout = claim(stage), stage.cart()
    stage.put_code(checkout, taken.code)
    told = CheckoutNews(
        id=checkout, voucher_code=taken.code, user=CheckoutUser(id=stage.users[SHOPPER])
    )
    stage.database.write(lambda conn: note_checkout(conn, stage.store, told, now=stage.now))
    stage.sweep()
    assert stage.read(taken).state == "attached"
    for hours in (23, 2):
        reward_tasks._warn(work, stage.store)
        assert stage.told().count("reward_expiring") == 0
        stage.sweep(timedelta(hours=hours))
    reward_tasks._warn(work, stage.store)
    assert stage.told().count("reward_expiring") == 1
    shown = stage.database.read(lambda conn: reward_figures(conn, stage.store.id, taken.public_id))
    assert shown is not None
    assert shown["code"] == taken.code


def test_the_catalog_takes_as_many_reads_for_many_rewards_in_all_channels_as_for_few(
    stage: Stage,
) -> None:
    channels = [
        {"channel": one.slug, "currency": one.currency_code}
        for one in stage.box.store.channels.values()
    ]

    def shown(count: int, where: list[dict[str, str]]) -> tuple[int, int, int]:
        limits = [{"times": 1, "period": period} for period in ("day", "month", "ever")]
        offer(
            stage,
            *(
                item_of("custom", id=f"r{n}", limit=limits[n % 3], channels=where)
                for n in range(count)
            ),
        )
        sent: list[str] = []
        with stage.database.engine.connect() as conn:
            member = member_by_id(conn, stage.store.id, stage.members[SHOPPER])
            revision = revision_at(conn, stage.store.id, stage.now)
            assert member is not None
            assert revision is not None
            program = revision.program
            sa.event.listen(conn, "before_cursor_execute", lambda *args: sent.append(args[2]))
            found = read_exchange(
                conn, stage.store, member, program, now=stage.now, keys=KEYS, language="en"
            )
        return len(sent), len(found.channels), sum(len(one.rewards) for one in found.channels)

    few, many = shown(3, channels[:1]), shown(60, channels)
    assert (few[1:], many[1:]) == ((1, 3), (len(channels), 60 * len(channels)))
    assert many[0] == few[0] <= 12


def test_each_reward_is_counted_in_its_own_period(stage: Stage) -> None:
    daily, ever = ({"times": 1, "period": period} for period in ("day", "ever"))
    offer(stage, item_of("custom", 10, limit=daily), item_of("custom", 10, id="once", limit=ever))
    for _ in range(2):
        claim(stage)
        with pytest.raises(RewardLimit):
            claim(stage)
        stage.box.clock.advance(timedelta(days=1))
    claim(stage, "once")
    stage.box.clock.advance(timedelta(days=400))
    assert claim(stage).state == "issued"
    with pytest.raises(RewardLimit):
        claim(stage, "once")
