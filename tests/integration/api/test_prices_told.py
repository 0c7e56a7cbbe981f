"""What is told beside prices: the days that are meant, the last day of a code, and to whom."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.api.saleor_calls import SaleorBusy, SaleorCalls
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.campaign_audience import why_not_in_each
from saleor_loyalty_app.stores.models import Store
from tests.campaign_stage import start, terms_of
from tests.integration.api.spending_scene import STOREFRONT, SpendingScene
from tests.integration.api.test_prices import ask, line, usd, web
from tests.price_stage import CHANNEL, as_in_saleor, go_through, shirt, watch
from tests.signing import SigningKey

_stores = table(Store)


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shop that shows prices without tax."""
    made = SpendingScene(database, key, limits={})
    web(made).display_gross_prices = False
    as_in_saleor(made.stage)
    yield made
    made.close()


def test_goods_have_no_price_before_the_day_on_which_they_are_published(
    scene: SpendingScene,
) -> None:
    stage = scene.stage
    shirt(stage).product.published_at[CHANNEL] = stage.now + timedelta(hours=1)
    assert ask(scene)["missing"] == ["linen-shirt"]
    stage.box.clock.advance(timedelta(hours=2))
    assert line(scene)["price"] == usd("75.00")


def test_goods_without_a_day_of_publication_have_no_price(scene: SpendingScene) -> None:
    shirt(scene.stage).product.published_at[CHANNEL] = None
    assert ask(scene)["missing"] == ["linen-shirt"]


def test_the_days_before_a_campaign_end_when_it_was_scheduled_if_that_was_later(
    scene: SpendingScene,
) -> None:
    stage = scene.stage
    watch(stage)
    go_through(stage, "75.00", "75.00", "50.00")
    shirt(stage).prices[CHANNEL] = Decimal("75.00")
    yesterday = stage.now - timedelta(days=1)
    start(stage, terms_of(stage, starts_at=yesterday.isoformat()))
    lowest = line(scene)["lowest"]
    assert (lowest["price"], lowest["to"], lowest["known_days"]) == (
        usd("50.00"),
        yesterday.date().isoformat(),
        3,
    )


def test_days_shown_without_tax_are_not_told_beside_a_price_with_tax(
    scene: SpendingScene,
) -> None:
    stage = scene.stage
    watch(stage)
    go_through(stage, "75.00")
    web(scene).display_gross_prices = True
    as_in_saleor(stage)
    go_through(stage, "75.00")
    start(stage, terms_of(stage, starts_at=stage.now.isoformat()))
    lowest = line(scene)["lowest"]
    assert (lowest["price"], lowest["known_days"]) == (usd("81.00"), 1)


def test_a_code_that_is_over_at_midnight_is_told_with_the_day_before(
    scene: SpendingScene,
) -> None:
    stage = scene.stage
    stage.database.write(
        lambda conn: conn.execute(
            sa.update(_stores)
            .where(_stores.c.id == stage.store.id)
            .values(timezone="Europe/Istanbul")
        )
    )
    last = (stage.now + timedelta(days=5)).date()
    midnight = f"{(last + timedelta(days=1)).isoformat()}T00:00:00+03:00"
    start(stage, terms_of(stage, ends_at=midnight))
    assert line(scene)["personal"]["last_day"] == last.isoformat()
    answer = scene.edge.get(f"{STOREFRONT}/me/campaigns", scene.headers())
    [campaign] = answer.json()["campaigns"]
    assert campaign["last_day"] == last.isoformat()


def test_nobody_is_judged_for_campaigns_that_lower_no_price_here(
    scene: SpendingScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = scene.stage
    start(stage, terms_of(stage, "points"))
    free = {"sharing": "shared", "code": "SHIPFREE"}
    start(stage, terms_of(stage, "free_shipping", codes=free))
    elsewhere = [{"channel": "channel-tr", "currency": "TRY", "value": "10"}]
    codes = {"sharing": "shared", "code": "ELSEWHERE"}
    start(stage, terms_of(stage, channels=elsewhere, codes=codes))
    start(stage, terms_of(stage))
    judged = 0

    def counted(*given: Any) -> list[str]:
        nonlocal judged
        answers = why_not_in_each(*given)
        judged += len(answers)
        return answers

    monkeypatch.setattr("saleor_loyalty_app.flows.campaign_board.why_not_in_each", counted)
    assert line(scene)["personal"]["code"] == "AUTUMN10"
    assert judged == 1


def test_what_is_remembered_is_told_also_while_nothing_can_be_asked(
    scene: SpendingScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{STOREFRONT}/me/prices?channel={CHANNEL}&products=linen-shirt"

    async def busy(*_given: Any) -> None:
        raise SaleorBusy

    with monkeypatch.context() as rush:
        rush.setattr(SaleorCalls, "run", busy)
        refused = scene.edge.get(url, scene.headers())
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "saleor_busy")
    assert line(scene)["price"] == usd("75.00"), "nobody waits for what was not begun"
    monkeypatch.setattr(SaleorCalls, "run", busy)
    assert line(scene)["price"] == usd("75.00")
