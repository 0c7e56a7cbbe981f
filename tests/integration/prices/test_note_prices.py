"""The prices of days: read in pages, the lowest kept, nothing told of days that are not known."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import shown_prices
from saleor_loyalty_app.flows.note_prices import forget_page, note_page
from saleor_loyalty_app.prices import days, watches
from saleor_loyalty_app.prices.days import Lowest, Noted, Span
from saleor_loyalty_app.prices.models import PriceDay
from saleor_loyalty_app.prices.watches import Watch
from sandbox.box import id_of
from tests.campaign_stage import start, terms_of
from tests.price_stage import CHANNEL, as_in_saleor, go_through, read_all, shirt, watch
from tests.redemption_stage import Stage

_days = table(PriceDay)


def state(stage: Stage) -> Watch:
    found = stage.database.read(lambda conn: watches.of_store(conn, stage.store.id))
    return found[CHANNEL]


def lowest(stage: Stage, span: Span, *, with_tax: bool = False) -> Lowest | None:
    variant = id_of(shirt(stage))
    found = stage.database.read(
        lambda conn: days.lowest(
            conn, stage.store.id, CHANNEL, "USD", {variant: span}, with_tax=with_tax
        )
    )
    return found.get(variant)


def count(stage: Stage) -> int:
    query = sa.select(sa.func.count()).where(_days.c.store_id == stage.store.id)
    return int(stage.database.read(lambda conn: conn.execute(query).scalar_one()))


def today(stage: Stage) -> date:
    """By the store's clocks."""
    return stage.now.date()


def test_nothing_is_read_before_the_owner_says_so_and_nothing_after_they_stop(
    stage: Stage,
) -> None:
    read_all(stage)
    assert "ShownPrices" not in stage.network.operations
    watch(stage)
    read_all(stage)
    known = count(stage)
    assert known > 5
    watch(stage, running=False)
    stage.box.clock.advance(timedelta(days=1))
    read_all(stage)
    assert count(stage) == known


def test_all_products_are_read_in_pages_and_again_after_some_hours(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_prices, "PAGE", 2)
    watch(stage)
    access = stage.driver.bench.access
    assert note_page(access, stage.store, clock=stage.box.clock.now)
    under_way = state(stage)
    assert (under_way.cursor != "", under_way.finished_at, under_way.since) == (True, None, None)
    read_all(stage)
    done = state(stage)
    assert (done.cursor, done.finished_at, done.since) == ("", stage.now, today(stage).isoformat())
    sold = [one for one in stage.box.store.variants.values() if CHANNEL in one.prices]
    assert done.variants == len(sold) == count(stage)
    asked = stage.network.operations.count("ShownPrices")
    assert asked > len(stage.box.store.products) // 2 - 1
    read_all(stage)
    assert stage.network.operations.count("ShownPrices") == asked
    stage.box.clock.advance(timedelta(hours=3))
    read_all(stage)
    assert stage.network.operations.count("ShownPrices") == 2 * asked
    assert state(stage).variants == len(sold)


def test_of_several_prices_of_a_day_the_lowest_stays_and_each_span_has_its_own(
    stage: Stage,
) -> None:
    as_in_saleor(stage)
    watch(stage)
    begin = today(stage)
    read_all(stage)
    for price in ("60.00", "80.00"):
        shirt(stage).prices[CHANNEL] = Decimal(price)
        stage.box.clock.advance(timedelta(hours=3))
        read_all(stage)
    first = lowest(stage, Span(begin, begin + timedelta(days=1)))
    shown = Decimal(60) if first is None else first.price
    assert first == Lowest(shown, "USD", begin, 1)
    assert shown in (Decimal("60.00"), Decimal("64.80"))
    stage.box.clock.advance(timedelta(days=1))
    go_through(stage, "72.00", "71.00")
    second = lowest(stage, Span(begin + timedelta(days=1), begin + timedelta(days=9)))
    assert second is not None
    assert (second.price, second.days) == (shown / 60 * 71, 2)
    assert second.since == begin + timedelta(days=1)
    assert lowest(stage, Span(begin - timedelta(days=9), begin)) is None


def test_a_code_for_everybody_makes_the_price_of_the_day_and_one_for_some_does_not(
    stage: Stage,
) -> None:
    watch(stage)
    begin = today(stage)
    read_all(stage)
    plain = lowest(stage, Span(begin, begin + timedelta(days=1)))
    assert plain is not None
    some = {"tiers": [], "languages": ["tr"], "segments": []}
    start(stage, terms_of(stage, audience=some, codes={"sharing": "shared", "code": "FORSOME"}))
    stage.box.clock.advance(timedelta(hours=3))
    read_all(stage)
    assert lowest(stage, Span(begin, begin + timedelta(days=1))) == plain
    minimum = [{"channel": CHANNEL, "currency": "USD", "value": "50", "minimum": "500"}]
    codes = {"sharing": "shared", "code": "FORMORE"}
    start(stage, terms_of(stage, channels=minimum, codes=codes))
    start(stage, terms_of(stage))
    stage.box.clock.advance(timedelta(hours=3))
    read_all(stage)
    with_code = lowest(stage, Span(begin, begin + timedelta(days=1)))
    assert with_code is not None
    assert with_code.price == (plain.price * 9 / 10).quantize(Decimal("0.01"))


def test_where_saleor_does_not_answer_the_channel_rests_says_so_and_goes_on(
    stage: Stage,
) -> None:
    watch(stage)
    stage.network.lose("ShownPrices", heard=False)
    access = stage.driver.bench.access
    assert not note_page(access, stage.store, clock=stage.box.clock.now)
    assert (state(stage).trouble, count(stage)) == ("saleor_unavailable", 0)
    asked = stage.network.operations.count("ShownPrices")
    read_all(stage)
    assert stage.network.operations.count("ShownPrices") == asked
    stage.box.clock.advance(timedelta(minutes=10))
    read_all(stage)
    assert (state(stage).trouble, count(stage) > 0) == ("", True)


def test_a_page_that_another_worker_read_meanwhile_counts_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown_prices, "PAGE", 2)
    watch(stage)
    access = stage.driver.bench.access
    note_page(access, stage.store, clock=stage.box.clock.now)
    other = lambda: note_page(access, stage.store, clock=stage.box.clock.now)  # noqa: E731
    stage.network.meanwhile("ShownPrices", other)
    read_all(stage)
    sold = [one for one in stage.box.store.variants.values() if CHANNEL in one.prices]
    assert state(stage).variants == len(sold)


def test_days_before_a_break_do_not_count_as_known(stage: Stage) -> None:
    watch(stage)
    go_through(stage, "75.00", "75.00")
    before = state(stage).since
    watch(stage, days=10)
    assert state(stage).since == before
    watch(stage, running=False)
    stage.box.clock.advance(timedelta(days=5))
    watch(stage)
    assert state(stage).since is None
    read_all(stage)
    assert state(stage).since == today(stage).isoformat()


def test_prices_of_two_currencies_or_with_tax_and_without_are_not_compared(stage: Stage) -> None:
    begin = today(stage)

    def note(currency: str, price: str, *, with_tax: bool = False) -> None:
        read = Noted(variant, currency, Decimal(price), with_tax)
        stage.database.write(lambda conn: days.note(conn, stage.store.id, CHANNEL, begin, [read]))

    variant = id_of(shirt(stage))
    span = Span(begin, begin + timedelta(days=1))
    note("USD", "10.00")
    note("EUR", "90.00")
    assert lowest(stage, span) is None
    note("USD", "80.00")
    found = lowest(stage, span)
    assert found is not None
    assert found.price == 80
    note("USD", "96.00", with_tax=True)
    assert lowest(stage, span) is None
    found = lowest(stage, span, with_tax=True)
    assert found is not None
    assert found.price == 96


def test_old_days_go_page_by_page_but_not_those_before_a_campaign_that_runs(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "PAGE", 3)
    watch(stage)
    go_through(stage, "75.00")
    noted = count(stage)
    long = {"ends_at": (stage.now + timedelta(days=200)).isoformat()}
    campaign = terms_of(stage, **long)
    start(stage, campaign)
    access = stage.driver.bench.access

    def forget() -> None:
        while forget_page(access, stage.store, clock=stage.box.clock.now):
            pass

    stage.box.clock.advance(timedelta(days=38))
    forget()
    assert count(stage) == noted
    stage.box.clock.advance(timedelta(days=100))
    forget()
    assert count(stage) == noted, "the campaign began on the day after"
    stage.box.clock.advance(timedelta(days=300))
    forget()
    assert count(stage) == 0
