"""Which days are known and kept, and what makes the price of a day: the exceptions."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.note_prices import forget_page, note_page
from saleor_loyalty_app.prices import days, watches
from saleor_loyalty_app.prices.days import Span
from saleor_loyalty_app.stores.models import Channel
from tests.campaign_stage import background, buy, recipe, start, terms_of
from tests.integration.prices.test_note_prices import count, lowest, state, today
from tests.price_stage import CHANNEL, go_through, read_all, watch
from tests.redemption_stage import Stage

_channels = table(Channel)


def forget(stage: Stage) -> None:
    """The background deletes what is over."""
    access = stage.driver.bench.access
    while forget_page(access, stage.store, clock=stage.box.clock.now):
        pass


def test_more_than_a_day_without_a_reading_begins_anew_what_is_known(stage: Stage) -> None:
    watch(stage)
    begin = today(stage).isoformat()
    go_through(stage, "75.00", "75.00", "75.00")
    assert state(stage).since == begin, "a day between two readings is no gap"
    stage.box.clock.advance(timedelta(days=2))
    read_all(stage)
    assert state(stage).since == today(stage).isoformat()


def test_a_code_whose_uses_are_gone_does_not_make_the_price_of_a_day(stage: Stage) -> None:
    watch(stage)
    codes = {"sharing": "shared", "code": "FIRST", "uses": 1, "once_per_customer": False}
    start(stage, terms_of(stage, codes=codes))
    begin = today(stage)
    read_all(stage)
    buy(stage, "FIRST")
    stage.box.clock.advance(timedelta(days=1))
    read_all(stage)
    on_days = [lowest(stage, Span.before(begin + timedelta(days=each), 1)) for each in (1, 2)]
    assert [one and one.price for one in on_days] == [Decimal("67.5"), Decimal(75)]


def test_days_are_kept_for_codes_that_outlive_their_campaign_and_for_nothing_else(
    stage: Stage,
) -> None:
    watch(stage)
    go_through(stage, "75.00")
    noted = count(stage)
    long = {"ends_at": (stage.now + timedelta(days=300)).isoformat()}
    start(stage, terms_of(stage, "points", **long))
    start(stage, terms_of(stage, "free_shipping", codes=shared("SHIPFREE"), **long))
    elsewhere = [{"channel": "channel-tr", "currency": "TRY", "value": "10"}]
    start(stage, terms_of(stage, channels=elsewhere, codes=shared("ELSEWHERE"), **long))
    ends = {"ends_at": (stage.now + timedelta(days=2)).isoformat()}
    coupons = recipe("campaign-next-order")["codes"]
    coupons["after_order"]["valid_days"] = 60
    start(stage, terms_of(stage, codes=coupons, **ends))
    buy(stage)
    background(stage)
    stage.box.clock.advance(timedelta(days=50))
    background(stage)
    forget(stage)
    assert count(stage) == noted, "the coupon of the order works still"
    stage.box.clock.advance(timedelta(days=20))
    background(stage)
    forget(stage)
    assert count(stage) == 0


def test_a_page_is_noted_in_short_transactions_and_what_breaks_off_is_read_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "PAGE", 3)
    note, begun = days.note, 0

    def broken(*given: Any) -> int:
        nonlocal begun
        begun += 1
        if begun == 2:
            raise InterruptedError
        return note(*given)

    watch(stage)
    monkeypatch.setattr(days, "note", broken)
    with pytest.raises(InterruptedError):
        note_page(stage.driver.bench.access, stage.store, clock=stage.box.clock.now)
    assert (count(stage), state(stage).finished_at) == (3, None)
    read_all(stage)
    assert (count(stage), state(stage).finished_at) == (state(stage).variants, stage.now)


def test_the_noting_of_a_channel_that_is_gone_ends_by_itself(stage: Stage) -> None:
    watch(stage)
    stage.database.write(
        lambda conn: conn.execute(
            sa.update(_channels)
            .where(_channels.c.store_id == stage.store.id, _channels.c.slug == CHANNEL)
            .values(slug="another")
        )
    )
    read_all(stage)
    assert not state(stage).running
    due = stage.database.read(lambda conn: watches.stores_due(conn, stage.now + timedelta(days=9)))
    assert due == set()


def shared(code: str) -> dict[str, Any]:
    return {"sharing": "shared", "code": code}
